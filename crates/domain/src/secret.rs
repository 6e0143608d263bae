//! Recognises what looks like a secret, by its name and by its value.

use crate::json_leaves::leaves;

/// Words that make a name look secret. They are compared with each word of the name and are not case-sensitive.
const SECRET_WORDS: [&str; 33] = [
    "password",
    "passwd",
    "pswd",
    "pwd",
    "pw",
    "pass",
    "passphrase",
    "passcode",
    "secret",
    "secrets",
    "token",
    "apikey",
    "credential",
    "credentials",
    "creds",
    "cred",
    "auth",
    "authorization",
    "bearer",
    "dsn",
    "cookie",
    "jwt",
    "pin",
    "otp",
    "totp",
    "signature",
    "sig",
    "hmac",
    "sas",
    "salt",
    "pepper",
    "mnemonic",
    "webhook",
];

/// Parts of words that make a name look secret wherever they are: `PGPASSWORD`, `clientsecret2`.
const SECRET_PARTS: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "credential",
    "apikey",
    "privatekey",
    "accesskey",
    "secretkey",
    "accountkey",
    "passwort",
    "kennwort",
    "contrase",
];

/// Ends of words that make a name look secret: `MYSQLPWD`, `dbpass`, `authtoken`.
const SECRET_ENDS: [&str; 3] = ["pwd", "pass", "token"];

/// Words with such a part or end that mean something else.
const OTHER_WORDS: [&str; 12] = [
    "oldpwd",
    "bypass",
    "compass",
    "encompass",
    "surpass",
    "trespass",
    "overpass",
    "underpass",
    "secretary",
    "secretaries",
    "secretariat",
    "passwordless",
];

/// What a key is for, if the key is a secret: `API_KEY`. And other pairs of words that make a name look secret.
const SECRET_PAIRS: [(&str, &str); 30] = [
    ("api", "key"),
    ("access", "key"),
    ("private", "key"),
    ("secret", "key"),
    ("encryption", "key"),
    ("signing", "key"),
    ("master", "key"),
    ("account", "key"),
    ("shared", "key"),
    ("service", "key"),
    ("client", "key"),
    ("auth", "key"),
    ("app", "key"),
    ("application", "key"),
    ("license", "key"),
    ("subscription", "key"),
    ("storage", "key"),
    ("host", "key"),
    ("ssh", "key"),
    ("pgp", "key"),
    ("gpg", "key"),
    ("instrumentation", "key"),
    ("connection", "string"),
    ("conn", "str"),
    ("web", "hook"),
    ("access", "code"),
    ("security", "code"),
    ("verification", "code"),
    ("recovery", "code"),
    ("backup", "code"),
];

/// Last words that say the variable describes a secret but does not contain one: `TOKEN_URL`, `SECRET_ARN`.
const HARMLESS_ENDINGS: [&str; 15] = [
    "arn", "name", "url", "uri", "endpoint", "path", "file", "ttl", "timeout", "expiry", "length", "count",
    "enabled", "region", "type",
];

/// Words before `token` that say it marks a place in a list, which is no secret: `nextToken`.
const PAGE_WORDS: [&str; 4] = ["next", "page", "continuation", "pagination"];

/// Prefixes that well-known services use for their keys. The kinds are those of gitleaks and detect-secrets.
const KEY_PREFIXES: [&str; 61] = [
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
];

/// Starts of texts that are hashes of passwords.
const HASHES: [&str; 6] = ["$2a$", "$2b$", "$2y$", "$argon2", "$5$", "$6$"];

/// Whether a variable looks like a secret by its name or its value. In doubt the answer is yes: a false positive costs
/// typing a value again, a false negative would store a secret.
///
/// ```
/// use lamplight_domain::looks_secret;
/// assert!(looks_secret("DB_PASSWORD", "x"));
/// assert!(looks_secret("DATABASE", "postgres://app:s3cret@db/app"));
/// assert!(!looks_secret("TOKEN_URL", "https://example.com/token"));
/// ```
pub fn looks_secret(name: &str, value: &str) -> bool {
    is_secret_name(name) || is_secret_value(value)
}

/// Whether an argument of a run looks like a secret: by its name, or because its value has the form of a known kind of
/// secret. A random text alone does not count, because events contain many that are not secret: cursors, identifiers,
/// images in Base64.
pub fn is_secret_argument(name: &str, value: &str) -> bool {
    is_secret_name(name) || is_known_secret(value)
}

/// The values in a JSON text that look secret, by the names above them or by themselves, as for [`is_secret_argument`].
/// Objects and arrays are given as their texts and numbers. `is_known` says which names are known to be secret, whatever
/// they look like.
pub fn secrets_in_json(json: &str, is_known: impl Fn(&str) -> bool) -> Vec<String> {
    let found = leaves(json, |name| is_known(name) || is_secret_name(name)).into_iter();
    found.filter(|leaf| leaf.is_marked || is_known_secret(&leaf.text)).map(|leaf| leaf.text).collect()
}

/// The longest value that can be a secret of a known kind, in bytes. The longest ones are private keys.
const LONGEST_SECRET: usize = 16 * 1024;

/// Whether a value has the form of a known kind of secret. JSON has not: its members are judged one by one.
fn is_known_secret(value: &str) -> bool {
    value.len() <= LONGEST_SECRET && !value.starts_with(['{', '[']) && has_secret_form(value.trim())
}

/// Whether a name looks secret and does not only describe a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let words = split_into_words(name);
    let describes = words.last().is_some_and(|last| HARMLESS_ENDINGS.contains(&last.as_str()));
    let is_page_token = matches!(words.as_slice(), [.., before, last] if last == "token" && PAGE_WORDS.contains(&before.as_str()));
    !describes && !is_page_token && has_secret_word(&words)
}

/// Whether one of the words of a name, or two adjacent ones, are about a secret.
pub(crate) fn has_secret_word(words: &[String]) -> bool {
    let single = |word: &String| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        SECRET_WORDS.contains(&word)
            || (!OTHER_WORDS.contains(&word)
                && (SECRET_PARTS.iter().any(|part| word.contains(part))
                    || SECRET_ENDS.iter().any(|end| word.ends_with(end))))
    };
    words.iter().any(single)
        || words.windows(2).any(|pair| SECRET_PAIRS.contains(&(pair[0].as_str(), pair[1].as_str())))
}

/// Splits a name into lower-case words, at every character that is not a letter or digit and before a capital that
/// follows a lower-case letter or a digit, or that begins a word after capitals: `dbPassword`, `DB_PASSWORD`,
/// `db-password`, `DBPassword`.
pub(crate) fn split_into_words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before: Option<char> = None;
    let mut signs = name.chars().peekable();
    while let Some(c) = signs.next() {
        let after_small = before.is_some_and(|c| c.is_lowercase() || c.is_numeric());
        let ends_capitals =
            before.is_some_and(char::is_uppercase) && signs.peek().is_some_and(|c| c.is_lowercase());
        let begins = !c.is_alphanumeric() || (c.is_uppercase() && (after_small || ends_capitals));
        if begins && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = Some(c);
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a value looks secret, whatever its name.
pub(crate) fn is_secret_value(value: &str) -> bool {
    let value = value.trim();
    has_secret_form(value) || is_random_text(value)
}

/// Whether a value has the form of a known kind of secret.
pub(crate) fn has_secret_form(value: &str) -> bool {
    let long_key = value.len() >= 16 && KEY_PREFIXES.iter().any(|prefix| value.starts_with(prefix));
    let pem = value.contains("-----BEGIN") && value.contains("PRIVATE KEY");
    let jwt = value.starts_with("eyJ") && value.matches('.').count() == 2;
    let hash = HASHES.iter().any(|start| value.starts_with(start));
    long_key
        || pem
        || jwt
        || hash
        || is_authorization(value)
        || has_password_in_url(value)
        || is_web_hook(value)
        || has_secret_pair(value)
        || (value.starts_with(['{', '[']) && has_secret_member(value))
}

/// Whether the value is that of an `Authorization` header: `Bearer …`, `Basic …`.
fn is_authorization(value: &str) -> bool {
    const SCHEMES: [&str; 6] = ["bearer", "basic", "digest", "token", "apikey", "negotiate"];
    value.split_once(char::is_whitespace).is_some_and(|(scheme, rest)| {
        let rest = rest.trim();
        SCHEMES.iter().any(|known| scheme.trim_end_matches(':').eq_ignore_ascii_case(known))
            && rest.len() >= 6
            && !rest.contains(char::is_whitespace)
    })
}

fn has_password_in_url(value: &str) -> bool {
    value.match_indices("://").any(|(at, _)| {
        let authority = value[at + 3..].split(['/', '?', '#', ' ', '"', '\'']).next().unwrap_or_default();
        authority
            .rsplit_once('@')
            .is_some_and(|(user, _)| user.split_once(':').is_some_and(|(_, pass)| !pass.is_empty()))
    })
}

/// Whether the value is the address of a web hook: who knows it may use it.
fn is_web_hook(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    lower.contains("://")
        && ["://hooks.", "://hook.", "webhook", "/hooks/", "://maker.ifttt.com/trigger/", "://hc-ping.com/"]
            .iter()
            .any(|part| lower.contains(part))
}

/// Whether a text has a pair of a secret name and a value: a connection string, a query, the lines of a configuration
/// file. In a query, `key` and `code` are secret names, too.
fn has_secret_pair(value: &str) -> bool {
    let is_url = value.contains("://");
    value.split([';', '&', '?', ',', '#', '\n', ' ', '\t']).any(|part| {
        part.split_once('=').is_some_and(|(name, value)| {
            let name = name.trim();
            let name = name.trim_start_matches(['-', '"', '\'', '{', '[', '(']);
            let value = value.trim_start_matches(['=', '"', '\'']);
            !value.is_empty()
                && (is_secret_name(name)
                    || (is_url && ["key", "code"].iter().any(|secret| name.eq_ignore_ascii_case(secret))))
        })
    }) || value.lines().any(|line| {
        line.split_once(": ").is_some_and(|(name, value)| {
            let name = name.trim().trim_start_matches(['-', '"', '\'']).trim_end_matches(['"', '\'']);
            !name.contains(char::is_whitespace) && is_secret_name(name) && !value.trim().is_empty()
        })
    })
}

fn has_secret_member(value: &str) -> bool {
    let found = leaves(value, is_secret_name);
    found.iter().any(|leaf| !leaf.text.is_empty() && (leaf.is_marked || is_secret_value(&leaf.text)))
}

/// Whether the value is long, consists only of letters, digits and the other characters of Base64, mixes capitals,
/// lower-case letters and digits, and has many different characters: such a text is far more often a key than a word.
/// UUIDs and hexadecimal hashes do not match.
pub(crate) fn is_random_text(value: &str) -> bool {
    if value.len() < 24 {
        return false;
    }
    let key_like =
        value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'_' | b'-'));
    let mixed = value.bytes().any(|b| b.is_ascii_uppercase())
        && value.bytes().any(|b| b.is_ascii_lowercase())
        && value.bytes().filter(u8::is_ascii_digit).count() >= 3;
    let different = || value.bytes().collect::<std::collections::HashSet<_>>().len();
    key_like && mixed && different() >= 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_word_by_word() {
        for name in [
            "DB_PASSWORD",
            "dbPassword",
            "DBPassword",
            "api-key",
            "CLOUD_SECRET_ACCESS_KEY",
            "GITHUB_TOKEN",
            "SENTRY_DSN",
            "PGPASSWORD",
            "MYSQL_PWD",
            "REDISCLI_AUTH",
            "dbpass",
            "DB_PASS2",
            "clientsecret",
            "AUTHTOKEN",
            "WEBHOOK",
            "AccountKey",
            "LICENSE_KEY",
            "nextPageSecretToken",
            "page_secret",
            "token_next",
        ] {
            assert!(looks_secret(name, "x"), "{name}");
        }
        for name in [
            "TOKEN_URL",
            "SECRET_ARN",
            "TOKENIZER",
            "MAX_TOKENS",
            "KEYBOARD",
            "PASSENGERS",
            "PARTITION_KEY",
            "AUTHOR",
            "BYPASS",
            "SECRETARY",
            "COMPASS",
            "nextToken",
            "NEXT_PAGE_TOKEN",
            "continuation-token",
        ] {
            assert!(!looks_secret(name, "x"), "{name}");
        }
    }

    #[test]
    fn values_are_recognised_by_their_form() {
        let random = ["wJalrXUtnFEMI7K7MDENG", "bPxRfiCYEXAMPLEKEY1"].concat();
        let pem = ["-----BEGIN RSA", " PRIVATE KEY-----\nMII"].concat();
        for value in [
            "amqp://u:p@h/",
            "see postgres://u:p@h/db for it",
            random.as_str(),
            pem.as_str(),
            "eyJh.eyJi.c2ln",
            "Bearer abc123",
            "basic dXNlcjpwYXNz",
            "Server=db;User Id=app;Password=x;",
            "host=db password=x dbname=app",
            "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b+c==",
            r#"{"user":"app","password":"x"}"#,
            r#"[{"login":{"credentials":["x"]}}]"#,
            r#"{"dsn":"{\"token\":\"x\"}"}"#,
            "https://hooks.slack.com/services/T0/B0/x",
            "https://example.com/a?sig=x",
            "https://example.com/a?key=x",
            "user: app\npassword: x\n",
            "$2b$12$abc",
        ] {
            assert!(looks_secret("X", value), "{value}");
        }
        for value in [
            "https://example.com/a@b:c",
            "crn:v1:iam::123456789012:role/VeryLongRoleNameForTesting",
            "0199c0de-0000-7000-8000-000000000000",
            "d41d8cd98f00b204e9800998ecf8427e",
            "us-east-1",
            "AlphaBetaGammaDeltaEpsilonZeta",
            r#"{"user":"app","password":""}"#,
            "https://example.com/a?page=2",
            "basic plan",
            "Server=db;Database=app",
        ] {
            assert!(!looks_secret("X", value), "{value}");
        }
    }

    #[test]
    fn secrets_are_found_in_json() {
        let json =
            r#"{"token":"a","n":1,"login":{"password":{"x":["b",2]}},"url":"amqp://u:p@h/","own":"c"}"#;
        assert_eq!(secrets_in_json(json, |name| name == "own"), ["a", "b", "2", "amqp://u:p@h/", "c"]);
        assert!(secrets_in_json("[1", |_| true).is_empty());
    }

    #[test]
    fn random_texts_of_an_event_are_not_secret() {
        let random = "iVBORw0KGgoAAAANSUhEUgAAAAUA9jk3Zx7Qb2";
        let event = format!(r#"{{"image":"{random}","cursor":"{random}","big":"{}"}}"#, random.repeat(1000));
        assert_eq!(secrets_in_json(&event, |_| false), [""; 0]);
        assert!(!is_secret_argument("image", random) && !is_secret_argument("data", &event));
        assert!(looks_secret("IMAGE", random), "a discovered variable is judged more strictly");
        for (name, value) in [("DB_PASSWORD", "x"), ("database", "postgres://app:s3cret@db/app")] {
            assert!(is_secret_argument(name, value));
        }
    }
}
