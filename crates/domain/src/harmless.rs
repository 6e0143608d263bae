//! Decides whether a discovered variable is obviously harmless, so that its value may be stored as a default.
//!
//! Rules for known kinds of secrets, as gitleaks and detect-secrets have them, find some secrets; what they do not know
//! would be stored. Here it is the other way round: only a value of a known harmless form is stored.

use crate::{
    Platform,
    json_leaves::leaves,
    secret::{has_secret_form, has_secret_word, is_random_text, split_into_words},
};

/// Words of a name that may be about a secret. Such a variable is harmless only if the name's last word says that it is
/// something else, and the value has the form of that.
const DOUBTFUL_WORDS: [&str; 32] = [
    "key",
    "keys",
    "login",
    "cert",
    "certs",
    "certificate",
    "pem",
    "seed",
    "hash",
    "iv",
    "nonce",
    "hook",
    "hooks",
    "connection",
    "conn",
    "connect",
    "session",
    "private",
    "access",
    "csrf",
    "xsrf",
    "license",
    "licence",
    "serial",
    "code",
    "phrase",
    "mfa",
    "2fa",
    "refresh",
    "sid",
    "encryption",
    "signing",
];

/// Words before `key` that make it a name for data: `PARTITION_KEY`.
const DATA_KEYS: [&str; 13] = [
    "partition",
    "sort",
    "primary",
    "foreign",
    "range",
    "object",
    "routing",
    "cache",
    "group",
    "row",
    "index",
    "idempotency",
    "deduplication",
];

/// Words before `code` that make it a name for a word: `COUNTRY_CODE`.
const PLAIN_CODES: [&str; 8] =
    ["country", "currency", "language", "status", "exit", "error", "http", "response"];

/// Last words of a name that say what kind of value it has.
const QUANTITIES: [&str; 26] = [
    "ttl",
    "timeout",
    "expiry",
    "expires",
    "expiration",
    "length",
    "count",
    "size",
    "limit",
    "max",
    "min",
    "days",
    "hours",
    "minutes",
    "seconds",
    "ms",
    "retries",
    "interval",
    "age",
    "rounds",
    "iterations",
    "bits",
    "port",
    "version",
    "level",
    "concurrency",
];
const SWITCHES: [&str; 5] = ["enabled", "disabled", "required", "optional", "debug"];
const ADDRESSES: [&str; 8] = ["url", "uri", "endpoint", "issuer", "host", "hostname", "domain", "server"];
const PATHS: [&str; 5] = ["path", "file", "dir", "directory", "folder"];
const LABELS: [&str; 14] = [
    "name",
    "prefix",
    "suffix",
    "type",
    "mode",
    "format",
    "algorithm",
    "alg",
    "method",
    "provider",
    "region",
    "header",
    "store",
    "strategy",
];

/// Last words of a name whose value is the name of a resource, which may have a generated part: `ORDERS_TABLE`.
const RESOURCES: [&str; 19] = [
    "name",
    "table",
    "bucket",
    "queue",
    "topic",
    "function",
    "stream",
    "cluster",
    "group",
    "role",
    "host",
    "hostname",
    "database",
    "index",
    "namespace",
    "image",
    "stack",
    "domain",
    "api",
];

/// Letters before or after digits in words of technology: `sha256`, `python3`, `512MB`.
const NUMBERED: [&str; 27] = [
    "python", "nodejs", "node", "java", "dotnet", "ruby", "go", "php", "utf", "sha", "md", "http", "oauth",
    "ipv", "x", "arm", "amd", "aarch", "base", "rsa", "aes", "rs", "hs", "es", "iso", "int", "float",
];

/// Whether both the name and the value are obviously harmless.
pub(crate) fn is_harmless(name: &str, value: &str, platform: &dyn Platform) -> bool {
    let (words, value) = (split_into_words(name), value.trim());
    if has_secret_form(value) {
        return false;
    }
    let last = words.last().map_or("", String::as_str);
    if has_secret_word(&words) {
        return fits_ending(last, value, platform);
    }
    if words.iter().enumerate().any(|(at, word)| is_doubtful(&words[..at], word)) {
        return value.is_empty() || is_switch(value) || fits_ending(last, value, platform);
    }
    is_plain(name, value, platform)
        || (RESOURCES.contains(&last) && is_resource(value))
        || (last == "id" && is_uuid(value))
}

fn is_doubtful(before: &[String], word: &str) -> bool {
    let before = before.last().map_or("", String::as_str);
    match word {
        "key" | "keys" => !DATA_KEYS.contains(&before),
        "code" => !PLAIN_CODES.contains(&before),
        _ => DOUBTFUL_WORDS.contains(&word) || word.ends_with("key") || word.ends_with("cert"),
    }
}

/// Whether the value is what the last word of its name says.
fn fits_ending(last: &str, value: &str, platform: &dyn Platform) -> bool {
    (platform.resource_name_words().contains(&last) && is_resource_name(value, platform))
        || (QUANTITIES.contains(&last) && is_quantity(value))
        || (SWITCHES.contains(&last) && is_switch(value))
        || (ADDRESSES.contains(&last) && (is_address(value, platform) || is_host(value)))
        || (PATHS.contains(&last) && value.contains(['/', '.']) && is_wordy(value))
        || (LABELS.contains(&last) && is_wordy(value))
}

/// Whether the value has a harmless form; `name` is that of its variable, or of its member of a JSON object.
fn is_plain(name: &str, value: &str, platform: &dyn Platform) -> bool {
    if value.starts_with(['{', '[']) {
        let found = leaves(value, |_| false);
        if !found.is_empty() || ["{}", "[]"].contains(&value) {
            return found.iter().all(|leaf| {
                let own = if leaf.key.is_empty() { name } else { &*leaf.key };
                is_harmless(own, &leaf.text, platform)
            });
        }
    }
    value.is_empty()
        || is_switch(value)
        || is_quantity(value)
        || is_resource_name(value, platform)
        || is_address(value, platform)
        || is_mail_address(value)
        || (value.contains('=') && has_plain_pairs(value, platform))
        || is_wordy(value)
}

fn is_switch(value: &str) -> bool {
    ["true", "false", "yes", "no", "on", "off", "null", "none"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word))
}

/// Whether the value is a number, possibly with a short unit. A longer number may be an account or a card.
fn is_quantity(value: &str) -> bool {
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    value.len() - number.len() <= 3
        && (1..=12).contains(&digits)
        && number.strip_prefix(['-', '+']).unwrap_or(number).bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// Whether the value is the full name of a resource of the provider, without a part that may be a key.
fn is_resource_name(value: &str, platform: &dyn Platform) -> bool {
    platform.is_resource_name(value) && !value.split([':', '/']).any(is_random_text)
}

/// Whether the value is a URL without a user, a generated part in its path or anything doubtful in its query.
fn is_address(value: &str, platform: &dyn Platform) -> bool {
    let value = value.strip_prefix("jdbc:").unwrap_or(value);
    let Some((scheme, rest)) = value.split_once("://") else { return false };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+')
        && is_host(authority)
        && is_wordy(path)
        && (query.is_empty() || has_plain_pairs(query, platform))
        && !value.to_ascii_lowercase().contains("hook")
}

/// Whether the value is a host, possibly with a port. Names of hosts are public, so they may have generated parts.
fn is_host(value: &str) -> bool {
    let (host, port) = match value.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (host, port),
        _ => (value, ""),
    };
    let is_name = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    port.len() <= 5
        && (host.split('.').all(is_name) && (host.contains('.') || is_wordy(host))
            || host.parse::<std::net::IpAddr>().is_ok())
}

fn is_mail_address(value: &str) -> bool {
    value.split_once('@').is_some_and(|(user, host)| is_wordy(user) && host.contains('.') && is_host(host))
}

/// Whether every part of the value is harmless: pairs by their names, others as words.
fn has_plain_pairs(value: &str, platform: &dyn Platform) -> bool {
    value.split([';', '&', ',', ' ', '\n']).all(|part| match part.split_once('=') {
        Some((name, value)) => {
            let name = name.trim_start_matches('-');
            is_wordy(name) && !value.contains('=') && is_harmless(name, value, platform)
        }
        None => is_wordy(part),
    })
}

/// Whether the value is the name of a resource: words, and possibly a generated part at the end.
fn is_resource(value: &str) -> bool {
    let (words, last) = value.rsplit_once(['-', '_', '.', '/']).unwrap_or((value, ""));
    is_wordy(value)
        || (words.chars().filter(|c| c.is_alphabetic()).count() >= 3
            && is_wordy(words)
            && last.len() <= 14
            && last.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn is_uuid(value: &str) -> bool {
    let lengths = value.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Whether the value consists of words and short numbers, with the signs of sentences, names, paths, versions, formats
/// and schedules between them.
fn is_wordy(value: &str) -> bool {
    const SIGNS: &str = " -_./,+()[]{}!?'*%<>|\n\t";
    // A colon is followed by a number, a format or a space, or else a user may be before it and a password after it.
    let colons = value.match_indices(':').all(|(at, _)| {
        let mut after = value[at + 1..].chars();
        after.next().is_none_or(|next| next.is_ascii_digit() || next == '%' || next.is_whitespace())
    });
    let parts = || value.split(|c| SIGNS.contains(c) || c == ':').filter(|part| !part.is_empty());
    value.len() <= 400 && colons && parts().all(is_word) && !is_grouped(parts()) && !is_seed_phrase(value)
}

/// Whether the parts are groups of equal length, as in license keys and passwords for one application.
fn is_grouped<'a>(mut parts: impl Iterator<Item = &'a str> + Clone) -> bool {
    let count = parts.clone().count();
    let length = parts.next().map_or(0, str::len);
    count >= 4 && length >= 4 && parts.all(|part| part.len() == length)
}

/// Whether the value may be the words that restore a wallet.
fn is_seed_phrase(value: &str) -> bool {
    let words = || value.split_whitespace();
    let is_small = |word: &str| (3..=8).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase());
    [12, 15, 18, 21, 24].contains(&words().count()) && words().all(is_small)
}

/// Whether a text without signs is a word, a short number, or a short or well-known mixture of both.
fn is_word(part: &str) -> bool {
    if part.bytes().all(|b| b.is_ascii_digit()) {
        return part.len() <= 12;
    }
    if part.chars().all(char::is_alphabetic) {
        return part.chars().count() <= 30 && is_pronounceable(part);
    }
    if !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return false;
    }
    let letters = part.trim_matches(|c: char| c.is_ascii_digit());
    let digits = part.len() - letters.len();
    let is_time = part.len() <= 5 && letters == "T";
    let is_numbered = letters.bytes().all(|b| b.is_ascii_alphabetic())
        && digits <= 4
        && (letters.len() <= 3 && part.starts_with(|c: char| c.is_ascii_digit())
            || NUMBERED.iter().any(|known| letters.eq_ignore_ascii_case(known)));
    part.len() <= 3 || is_time || is_numbered
}

/// Whether letters read as words, not as a random text: few changes of case, vowels among the consonants.
fn is_pronounceable(letters: &str) -> bool {
    let words = split_into_words(letters);
    let single = words.iter().filter(|word| word.chars().count() == 1).count();
    single <= 1 && words.iter().all(|word| is_readable(word))
}

fn is_readable(word: &str) -> bool {
    let count = word.chars().count();
    if !word.is_ascii() || count < 5 {
        return count <= 30;
    }
    let is_vowel = |letter: u8| b"aeiouy".contains(&letter);
    let vowels = word.bytes().filter(|letter| is_vowel(*letter)).count();
    let longest = word.split(|c: char| u8::try_from(c).is_ok_and(is_vowel)).map(str::len).max().unwrap_or(0);
    count <= 15 && vowels * 6 >= count && longest <= 5
}

#[cfg(test)]
#[path = "harmless_tests.rs"]
mod tests;
