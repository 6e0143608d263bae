//! Recognises what looks like a secret, by its name and by its value.

mod decoding;
mod inside;
mod key_forms;
mod names;

use crate::{json, json_leaves::leaves};
pub(crate) use inside::secrets_inside_secret;
pub(crate) use names::{has_secret_word, is_secret_name, split_into_words};
use std::borrow::Cow;

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

/// The values in a JSON text that look secret, by the names above them or beside them or by themselves, as for
/// [`is_secret_argument`]. Objects and arrays are given as their texts and numbers; JSON in a text is read, too. `is_known`
/// says which names are known to be secret, whatever they look like.
pub fn secrets_in_json(json: &str, is_known: impl Fn(&str) -> bool) -> Vec<String> {
    let mut secrets = Vec::new();
    let mut found = leaves(json, |name| is_known(name) || is_secret_name(name));
    // Every level of JSON in a text doubles the escapes, so there are few.
    while !found.is_empty() {
        let mut below = Vec::new();
        for leaf in found {
            if leaf.is_marked || is_known_secret(&leaf.text) {
                secrets.push(leaf.text);
            } else if let Some(json) = json_in(&leaf.text) {
                below.extend(leaves(&json, |name| is_known(name) || is_secret_name(name)));
            }
        }
        found = below;
    }
    secrets
}

/// The JSON object or array that a text is, possibly in Base64.
fn json_in(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim_start();
    if text.starts_with(['{', '[', '"']) {
        return Some(text.into());
    }
    let may_be_base64 =
        text.len() <= LONGEST_SECRET && BASE64_STARTS.iter().any(|start| text.starts_with(start));
    may_be_base64.then(|| decoding::from_base64(text)).flatten().map(Cow::Owned)
}

/// How `{"`, `{ `, `{` and a line end, `[{` and `["` begin in Base64.
const BASE64_STARTS: [&str; 5] = ["eyJ", "eyAi", "ewog", "W3s", "Wyd"];

/// The longest value that can be a secret of a known kind, in bytes. The longest ones are private keys.
const LONGEST_SECRET: usize = 16 * 1024;

/// Whether a value has the form of a known kind of secret. JSON has not: its members are judged one by one.
fn is_known_secret(value: &str) -> bool {
    let value = if value.len() <= LONGEST_SECRET { value.trim() } else { return false };
    let is_json = value.starts_with(['{', '[']) && json::validate(value).is_ok();
    !is_json && has_secret_form(value)
}

/// Whether a value looks secret, whatever its name.
pub(crate) fn is_secret_value(value: &str) -> bool {
    let value = value.trim();
    has_secret_form(value) || is_random_text(value)
}

/// Whether a value has the form of a known kind of secret, or has one within.
pub(crate) fn has_secret_form(value: &str) -> bool {
    key_forms::is_known_key(value)
        || is_authorization(value)
        || is_web_hook(value)
        || !inside::secrets_inside(value).is_empty()
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

/// Whether the value is the address of a web hook: who knows it may use it.
fn is_web_hook(value: &str) -> bool {
    if !value.contains("://") {
        return false;
    }
    let lower = value.to_ascii_lowercase();
    ["://hooks.", "://hook.", "webhook", "/hooks/", "://maker.ifttt.com/trigger/", "://hc-ping.com/"]
        .iter()
        .any(|part| lower.contains(part))
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
            "sessionId",
            "PHPSESSID",
            "csrf",
            "x-csrf",
            "cvv2",
            "iban",
            "SSN",
            "gh_pat",
            "seed phrase",
            "SLACK_WEBHOOK_URL",
            "webHookUri",
            "cert_key",
            "cardNumber",
            "mot de passe",
            "MotDePasse",
            "contraseña",
            "senha",
            "HASŁO",
            "пароль",
            "wachtwoord_db",
            "lösenord",
            "DB密码",
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
            "WEBHOOK_NAME",
            "webhook_enabled",
            "session",
            "SESSION_COUNT",
            "path",
            "PATTERN",
            "patch",
            "urban",
            "engenharia",
            "card",
            "phrase",
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
