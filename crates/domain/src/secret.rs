//! Recognises what looks like a secret, and removes secrets from texts before they are recorded.

use crate::MASK;
use std::fmt;

/// Words that make a variable name look secret. They are compared with each word of the name and are not
/// case-sensitive.
const SECRET_WORDS: [&str; 19] = [
    "password",
    "passwd",
    "pwd",
    "pass",
    "passphrase",
    "secret",
    "secrets",
    "token",
    "apikey",
    "credential",
    "credentials",
    "auth",
    "authorization",
    "bearer",
    "dsn",
    "cookie",
    "jwt",
    "pin",
    "signature",
];

/// Pairs of adjacent words that make a name look secret.
const SECRET_PAIRS: [(&str, &str); 9] = [
    ("api", "key"),
    ("access", "key"),
    ("private", "key"),
    ("secret", "key"),
    ("encryption", "key"),
    ("signing", "key"),
    ("master", "key"),
    ("connection", "string"),
    ("account", "key"),
];

/// Last words that say the variable describes a secret but does not contain one: `TOKEN_URL`, `SECRET_ARN`.
const HARMLESS_ENDINGS: [&str; 15] = [
    "arn", "name", "url", "uri", "endpoint", "path", "file", "ttl", "timeout", "expiry", "length", "count",
    "enabled", "region", "type",
];

/// Prefixes that well-known services use for their keys.
const KEY_PREFIXES: [&str; 17] = [
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "sk_live_",
    "rk_live_",
    "sk-",
    "AIza",
    "npm_",
    "hvs.",
];

/// Whether a variable looks like a secret by its name or its value. In doubt the answer is yes: a false positive costs
/// typing a default, a false negative would store a secret.
///
/// ```
/// use lamplight_domain::looks_secret;
/// assert!(looks_secret("DB_PASSWORD", "x"));
/// assert!(looks_secret("DATABASE", "postgres://app:s3cret@db/app"));
/// assert!(!looks_secret("TOKEN_URL", "https://example.com/token"));
/// ```
pub fn looks_secret(name: &str, value: &str) -> bool {
    is_secret_name(name) || is_secret_value(value.trim())
}

fn is_secret_name(name: &str) -> bool {
    let words = split_into_words(name);
    let harmless = words.last().is_some_and(|last| HARMLESS_ENDINGS.contains(&last.as_str()));
    let single = words.iter().any(|word| SECRET_WORDS.contains(&word.as_str()));
    let paired = words.windows(2).any(|pair| {
        SECRET_PAIRS.iter().any(|(first, second)| {
            pair.first().is_some_and(|w| w == first) && pair.last().is_some_and(|w| w == second)
        })
    });
    (single || paired) && !harmless
}

/// Splits a name into lower-case words, at every character that is not a letter or digit and before a capital that
/// follows a lower-case letter or a digit: `dbPassword`, `DB_PASSWORD`, `db-password`.
fn split_into_words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_was_small = false;
    for c in name.chars() {
        let begins = !c.is_alphanumeric() || (c.is_uppercase() && before_was_small);
        if begins && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before_was_small = c.is_lowercase() || c.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_secret_value(value: &str) -> bool {
    let long_key = value.len() >= 16 && KEY_PREFIXES.iter().any(|prefix| value.starts_with(prefix));
    let pem = value.contains("-----BEGIN") && value.contains("PRIVATE KEY");
    let jwt = value.starts_with("eyJ") && value.matches('.').count() == 2;
    long_key || pem || jwt || has_password_in_url(value) || is_random_text(value)
}

fn has_password_in_url(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .is_some_and(|(user, _)| user.split_once(':').is_some_and(|(_, pass)| !pass.is_empty()))
}

/// Whether the value is long, consists only of letters, digits and the other characters of Base64, mixes capitals,
/// lower-case letters and digits, and has many different characters: such a text is far more often a key than a word.
/// UUIDs and hexadecimal hashes do not match.
fn is_random_text(value: &str) -> bool {
    let key_like =
        value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'_' | b'-'));
    let mixed = value.bytes().any(|b| b.is_ascii_uppercase())
        && value.bytes().any(|b| b.is_ascii_lowercase())
        && value.bytes().filter(u8::is_ascii_digit).count() >= 3;
    let different = value.bytes().collect::<std::collections::HashSet<_>>().len();
    value.len() >= 24 && key_like && mixed && different >= 16
}

/// Removes known secrets from texts before they are recorded or shown.
///
/// Both the secret and its escaped form in a JSON string are replaced by [`MASK`]. Secrets shorter than
/// [`Scrubber::SHORTEST`] are not replaced: they occur by chance, and replacing them would garble the text.
#[derive(Clone, Default)]
pub struct Scrubber {
    needles: Vec<String>,
}

impl Scrubber {
    /// The minimum length of a secret that is replaced, in bytes.
    pub const SHORTEST: usize = 4;

    /// A scrubber for these secrets.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut needles = Vec::new();
        for secret in secrets.into_iter().map(str::trim).filter(|secret| secret.len() >= Self::SHORTEST) {
            needles.push(secret.to_owned());
            if let Ok(quoted) = serde_json::to_string(secret) {
                needles.push(quoted.trim_matches('"').to_owned());
            }
        }
        // Longest first, so that a secret that contains another one is replaced as a whole.
        needles.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        needles.dedup();
        Self { needles }
    }

    /// Whether there are no secrets to remove.
    pub fn is_empty(&self) -> bool {
        self.needles.is_empty()
    }

    /// Whether `text` contains one of the secrets, as it is or in any JSON escaping.
    pub fn finds(&self, text: &str) -> bool {
        self.finds_plain(text)
            || (!self.is_empty() && text.contains('\\') && self.finds_plain(&decode_escapes(text)))
    }

    /// `text` with the secrets masked. If one remains that is visible only after decoding escapes, every JSON string
    /// that contains one is masked as a whole; if that does not help either, so is the whole text.
    pub fn scrub(&self, text: String) -> String {
        if !self.finds(&text) {
            return text;
        }
        let text = self.needles.iter().fold(text, |text, needle| text.replace(needle.as_str(), MASK));
        if !self.finds(&text) {
            return text;
        }
        let text = self.mask_json_strings(&text);
        if self.finds(&text) { MASK.to_owned() } else { text }
    }

    fn finds_plain(&self, text: &str) -> bool {
        self.needles.iter().any(|needle| text.contains(needle.as_str()))
    }

    /// The text with every JSON string masked that contains a secret.
    fn mask_json_strings(&self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, from)) = rest.split_once('"') {
            let mut is_escaped = false;
            let end = from.find(|sign| {
                let ends = sign == '"' && !is_escaped;
                is_escaped = sign == '\\' && !is_escaped;
                ends
            });
            let Some(end) = end else { break };
            let (string, after) = (&from[..end], &from[end + 1..]);
            let string = if self.finds(string) { MASK } else { string };
            shown.extend([before, "\"", string, "\""]);
            rest = after;
        }
        shown + rest
    }
}

/// Decodes JSON escapes. Anything that is not a valid escape is kept.
fn decode_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('\\') {
        plain.push_str(before);
        let mut signs = from.chars();
        let sign = match signs.next() {
            Some('u') => {
                let code = from.get(1..5).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                if code.is_some() {
                    signs = from.get(5..).unwrap_or_default().chars();
                }
                // A single surrogate cannot be a part of a secret, which is valid Unicode.
                code.map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            sign => sign,
        };
        plain.extend(sign);
        rest = signs.as_str();
    }
    plain + rest
}

impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scrubber({} forms)", self.needles.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_word_by_word() {
        for name in
            ["DB_PASSWORD", "dbPassword", "api-key", "CLOUD_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "SENTRY_DSN"]
        {
            assert!(looks_secret(name, "x"), "{name}");
        }
        for name in
            ["TOKEN_URL", "SECRET_ARN", "TOKENIZER", "KEYBOARD", "PASSENGERS", "PARTITION_KEY", "AUTHOR"]
        {
            assert!(!looks_secret(name, "x"), "{name}");
        }
    }

    #[test]
    fn values_are_recognised_by_their_form() {
        let random = ["wJalrXUtnFEMI7K7MDENG", "bPxRfiCYEXAMPLEKEY1"].concat();
        let pem = ["-----BEGIN RSA", " PRIVATE KEY-----\nMII"].concat();
        for value in ["amqp://u:p@h/", random.as_str(), pem.as_str(), "eyJh.eyJi.c2ln"] {
            assert!(looks_secret("X", value), "{value}");
        }
        for value in [
            "https://example.com/a@b:c",
            "crn:v1:iam::123456789012:role/VeryLongRoleNameForTesting",
            "0199c0de-0000-7000-8000-000000000000",
            "d41d8cd98f00b204e9800998ecf8427e",
            "us-east-1",
            "AlphaBetaGammaDeltaEpsilonZeta",
        ] {
            assert!(!looks_secret("X", value), "{value}");
        }
    }

    #[test]
    fn scrubbing_finds_plain_and_quoted_forms() {
        let scrubber = Scrubber::new(["pa\"ss\nword", "abc", "pass"]);
        let clean = scrubber.scrub("{\"k\":\"pa\\\"ss\\nword\"} pa\"ss\nword pass abc".to_owned());
        assert_eq!(clean, "{\"k\":\"********\"} ******** ******** abc");
        assert_eq!(format!("{scrubber:?}"), "Scrubber(3 forms)");
    }

    #[test]
    fn a_secret_is_found_however_json_escapes_it() {
        let scrubber = Scrubber::new(["s3cr3t-Tok/en"]);
        for (text, shown) in [
            (r#"{"a":"s3cr3t-Tok/en"}"#, r#"{"a":"********"}"#),
            (r#"{"a":"x s3cr3t-Tok\/en y","b":"c\n"}"#, r#"{"a":"********","b":"c\n"}"#),
            (r#"{"a":"\u00733cr3t-Tok/en","\"b":[1]}"#, r#"{"a":"********","\"b":[1]}"#),
            (r"s3cr3t-Tok\/en", MASK),
            (r#"{"a":"s3cr3t-Tok\u002fen"#, MASK),
        ] {
            assert!(scrubber.finds(text), "{text}");
            assert_eq!(scrubber.scrub(text.to_owned()), shown);
        }
        for text in [r#"{"a":"\u00e4\ud800\u","b":"s3cr3t"}"#, r"\", r"\u12", r"\uzzzz"] {
            assert_eq!(scrubber.scrub(text.to_owned()), text);
        }
    }
}
