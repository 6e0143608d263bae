//! The forms in which a secret may appear in a text: its parts, and their usual encodings.

use super::layer::{ESCAPES, Layer};
use crate::{json, json_leaves::leaves, percent_encode, secret::secrets_inside_secret};
use std::{collections::BTreeSet, fmt::Write};

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Up to this many bytes, a part is also looked for in the unusual encodings.
const SMALL: usize = 128;

/// The shortest line of a secret that is looked for by itself, in bytes.
const SHORTEST_LINE: usize = 8;

/// Up to this many bytes, a secret is searched for the secrets within it.
const LONGEST_CONTAINER: usize = 16 * 1024;

/// The parts of secrets that are looked for.
#[derive(Default)]
pub(super) struct Parts {
    /// Whole secrets, and the texts and numbers of those that are JSON.
    whole: BTreeSet<String>,
    /// The lines of secrets with several lines: a log has a prefix on each.
    lines: BTreeSet<String>,
}

impl Parts {
    /// Adds a secret and its parts that are at least `shortest` bytes long.
    pub(super) fn add(&mut self, secret: &str, shortest: usize) {
        let mut open = vec![secret.to_owned()];
        while let Some(text) = open.pop() {
            let text = text.trim();
            // A JSON word occurs everywhere, and everybody knows it.
            if text.len() < shortest || matches!(text, "true" | "false" | "null") || self.whole.contains(text)
            {
                continue;
            }
            if text.starts_with(['{', '[', '"']) {
                open.extend(leaves(text, |_| true).into_iter().map(|leaf| leaf.text));
            } else if json::number_kind(text).is_some() {
                self.whole.extend(spellings(text).filter(|number| number.len() >= shortest));
            }
            // What an answer repeats may be the password alone, of a URL, a header or a connection string.
            if text.len() <= LONGEST_CONTAINER {
                open.extend(secrets_inside_secret(text));
            }
            if text.contains('\n') {
                let lines = text.lines().map(str::trim);
                let lines = lines.filter(|line| line.len() >= SHORTEST_LINE && !line.starts_with("-----"));
                self.lines.extend(lines.map(str::to_owned));
            }
            self.whole.insert(text.to_owned());
        }
    }

    /// The total length of the parts, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.whole.iter().chain(&self.lines).map(String::len).sum()
    }

    /// Every form of every part.
    pub(super) fn forms(&self) -> BTreeSet<String> {
        let mut forms: BTreeSet<String> = self.lines.iter().flat_map(|line| plain(line)).collect();
        for part in &self.whole {
            forms.extend(plain(part));
            forms.extend(encoded(part));
        }
        forms
    }
}

/// How other programs write a number after they have read it.
fn spellings(number: &str) -> impl Iterator<Item = String> {
    let value = number.parse::<f64>().ok().filter(|value| value.is_finite());
    value.into_iter().flat_map(|value| {
        let short = format!("{value:?}");
        [format!("{value}"), short.replace('e', "e+"), short]
    })
}

/// The part itself, also as quoted for other languages. Texts are decoded before they are searched, so it is also looked
/// for as it looks then.
fn plain(part: &str) -> Vec<String> {
    let mut forms = vec![part.to_owned(), part.replace(' ', "+")];
    forms.extend(quoted(part));
    let mut layer = Layer::of(part);
    while let Some(below) = layer.decoded(&ESCAPES) {
        forms.push(String::from_utf8_lossy(&below.bytes).into_owned());
        layer = below;
    }
    forms
}

/// The longest part that is looked for as quoted, in bytes.
const LONGEST_QUOTED: usize = 1024;

/// The signs that the command line of Windows escapes with a circumflex.
const OF_WINDOWS: [char; 5] = ['&', '|', '<', '>', '^'];

/// The part as it looks within quotes of shells, SQL and CSV, which end and begin again, or double, at a quote.
fn quoted(part: &str) -> Vec<String> {
    // The third is what decoding makes of the first.
    const SINGLE: [&str; 4] = [r"'\''", "'\"'\"'", "'''", "''"];
    const DOUBLE: [&str; 4] = ["\"\"", "\"'\"'\"", "\"\"\"\"", "\""];
    let mut forms = Vec::new();
    if part.len() <= LONGEST_QUOTED && part.contains(['\'', '"']) {
        let single = SINGLE.iter().chain(&["'"]);
        forms.extend(single.flat_map(|single| {
            DOUBLE.map(|double| {
                let write = |c| match c {
                    '\'' => (*single).to_owned(),
                    '"' => double.to_owned(),
                    other => String::from(other),
                };
                part.chars().map(write).collect::<String>()
            })
        }));
    }
    if part.contains(OF_WINDOWS) {
        forms.push(
            part.chars()
                .flat_map(|c| OF_WINDOWS.contains(&c).then_some('^').into_iter().chain([c]))
                .collect(),
        );
    }
    forms
}

/// The encodings of the part that decoding a text escape by escape does not undo.
fn encoded(part: &str) -> Vec<String> {
    let mut sources = vec![part.to_owned()];
    if part.len() <= SMALL {
        let quoted = serde_json::to_string(part).unwrap_or_default();
        let quoted = quoted.trim_matches('"');
        sources.extend([quoted.to_owned(), in_ascii(quoted), percent_encode(part)]);
    }
    sources.sort_unstable();
    sources.dedup();
    let mut forms = Vec::new();
    for source in &sources {
        let bytes = source.as_bytes();
        let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        forms.push(digits.concat());
        if part.len() <= SMALL {
            forms.extend([":", "-", ",", ",0x"].map(|sign| digits.join(sign)));
        }
        for skipped in 0..3 {
            let once = base64(bytes, skipped, STANDARD);
            if part.len() <= SMALL {
                forms.extend((0..3).map(|skipped| base64(once.as_bytes(), skipped, STANDARD)));
            }
            forms.extend([once, base64(bytes, skipped, URL_SAFE)]);
        }
    }
    if part.len() <= SMALL {
        let numbers: Vec<String> = part.bytes().map(|byte| byte.to_string()).collect();
        forms.push(numbers.join(","));
    }
    forms
}

/// A JSON string with every character escaped that is not ASCII, as many serializers write it.
fn in_ascii(quoted: &str) -> String {
    let mut text = String::with_capacity(quoted.len());
    for c in quoted.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            for half in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{half:04x}");
            }
        }
    }
    text
}

/// The part of the base64 of a longer text that depends only on `bytes`, which stand in that text after a multiple of
/// three bytes and `skipped` more.
fn base64(bytes: &[u8], skipped: usize, alphabet: &[u8; 64]) -> String {
    let first = (skipped * 8).div_ceil(6);
    let end = (skipped + bytes.len()) * 8 / 6;
    (first..end)
        .map(|index| {
            let bit = index * 6 - skipped * 8;
            let next = bytes.get(bit / 8 + 1).copied().unwrap_or_default();
            let pair = u16::from_be_bytes([bytes[bit / 8], next]);
            char::from(alphabet[usize::from(pair >> (10 - bit % 8) & 63)])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_what_every_alignment_has_in_common() {
        // The base64 of "hunter2", "xhunter2" and "xyhunter2".
        for (skipped, whole) in [(0, "aHVudGVyMg=="), (1, "eGh1bnRlcjI="), (2, "eHlodW50ZXIy")] {
            let core = base64(b"hunter2", skipped, STANDARD);
            assert!(whole.contains(&core) && core.len() >= 8, "{core}");
        }
        assert_eq!(base64(b"\xff\xff\xff", 0, URL_SAFE), "____");
    }

    #[test]
    fn an_object_is_looked_for_by_its_leaves() {
        let mut parts = Parts::default();
        parts.add(r#"{"user":"admin","key":"{\"pin\":12345.50,\"on\":true}","n":1e30,"x":"abc"}"#, 4);
        for text in ["admin", r#"{"pin":12345.50,"on":true}"#, "12345.50", "12345.5", "1e+30"] {
            assert!(parts.whole.contains(text), "{text}: {:?}", parts.whole);
        }
        assert!(!parts.whole.contains("true") && !parts.whole.contains("abc"));
    }
}
