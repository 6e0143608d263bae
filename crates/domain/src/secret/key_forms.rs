//! The forms of keys and hashes that are known.

use super::decoding::from_base64;

/// Prefixes that well-known services use for their keys. The kinds are those of gitleaks and detect-secrets.
const KEY_PREFIXES: [&str; 94] = [
    "AKIA",
    "ASIA",
    "ABIA",
    "ACCA",
    "ABSK",
    "LTAI",
    "AKCp",
    "cmVmd",
    "AIza",
    "ya29.",
    "GOCSPX-",
    "1//0",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "gldt-",
    "glrt-",
    "glptt-",
    "glsa_",
    "glc_",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxe",
    "xoxr-",
    "xoxs-",
    "xapp-",
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "rk_test_",
    "whsec_",
    "sk-",
    "npm_",
    "pypi-",
    "rubygems_",
    "hvs.",
    "hvb.",
    "hf_",
    "dop_v1_",
    "dapi",
    "dp.pt.",
    "shpat_",
    "shpss_",
    "sq0atp-",
    "EAAA",
    "SG.",
    "xkeysib-",
    "lin_api_",
    "PMAK-",
    "NRAK-",
    "sntryu_",
    "AGE-SECRET-KEY-1",
    "ops_eyJ",
    "pscale_",
    "pul-",
    "tfp_",
    "doo_v1_",
    "dor_v1_",
    "shpca_",
    "shppa_",
    "sq0csp-",
    "EZAK",
    "EZTK",
    "figd_",
    "gsk_",
    "xai-",
    "tskey-",
    "nvapi-",
    "sbp_",
    "sb_secret_",
    "glagent-",
    "glcbt-",
    "glft-",
    "glimt-",
    "glsoat-",
    "sntrys_",
    "ATATT3",
    "ATBB",
    "ATCTT3",
    "dckr_pat_",
    "dckr_oat_",
    "CFPAT-",
    "CLOJARS_",
    "duffel_",
    "FLWSECK",
    "sgp_",
    "rdme_",
    "shippo_",
    "hvr.",
];

/// Starts of texts that are hashes of passwords.
const HASHES: [&str; 14] = [
    "$2a$", "$2b$", "$2x$", "$2y$", "$argon2", "$1$", "$5$", "$6$", "$y$", "$apr1$", "$scrypt$", "$pbkdf2",
    "{SHA}", "{SSHA",
];

/// The shortest key within a text, in bytes: some prefixes are also how words begin.
const SHORTEST_WITHIN: usize = 20;

/// Whether a value is a key or a hash of a known form.
pub(super) fn is_known_key(value: &str) -> bool {
    let is_prefixed = || KEY_PREFIXES.iter().any(|prefix| value.starts_with(prefix));
    (value.len() >= 16 && is_prefixed() && !value.contains(char::is_whitespace))
        || is_token(value)
        || is_hash(value)
        || is_pem(value)
}

/// The keys and hashes of a known form in a part of a text that has no spaces, possibly after a colon.
pub(super) fn service_keys(part: &str) -> impl Iterator<Item = &str> {
    let after_colon = part.split_once(':').map(|(_, rest)| rest);
    let pieces = part.split(':').map(|piece| piece.trim_start_matches('/'));
    let is_key = |piece: &&str| {
        is_token(piece)
            || is_pem(piece)
            || (piece.len() >= 12 && HASHES.iter().any(|start| piece.starts_with(start)))
            || (piece.len() >= SHORTEST_WITHIN
                && piece.bytes().any(|byte| byte.is_ascii_digit())
                && KEY_PREFIXES.iter().any(|prefix| piece.starts_with(prefix)))
    };
    std::iter::once(part).chain(after_colon).chain(pieces).filter(is_key)
}

/// A JSON web token, the token of a Telegram bot, or the key of a Twilio account.
fn is_token(part: &str) -> bool {
    let jwt =
        part.starts_with("eyJ") && part.matches('.').count() == 2 && !part.contains(char::is_whitespace);
    let telegram = part.split_once(':').is_some_and(|(bot, token)| {
        (8..=10).contains(&bot.len())
            && bot.bytes().all(|byte| byte.is_ascii_digit())
            && (33..=36).contains(&token.len())
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    });
    let twilio = part.strip_prefix("SK").is_some_and(|digits| {
        digits.len() == 32 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    });
    jwt || telegram || twilio
}

/// The hash of a password, possibly after the user's name.
fn is_hash(part: &str) -> bool {
    let (user, hash) = part.split_once(':').unwrap_or(("", part));
    let is_start = |text: &str| HASHES.iter().any(|start| text.starts_with(start));
    is_start(part) || (!user.contains(char::is_whitespace) && is_start(hash))
}

/// A private key in PEM, or its Base64.
fn is_pem(part: &str) -> bool {
    (part.contains("-----BEGIN") && part.contains("PRIVATE KEY"))
        || (part.starts_with("LS0tLS1CRUdJTi")
            && from_base64(part).is_some_and(|text| text.contains("PRIVATE KEY")))
}
