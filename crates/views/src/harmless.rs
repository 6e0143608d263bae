//! Makes texts from outside harmless to a person who reads them at a terminal or in a browser. Only what is shown is
//! changed, never what is stored or piped.

use std::{borrow::Cow, fmt::Write as _};

/// Whether a character could steer a terminal, hide, or change the order of what is shown: control characters (C0, C1 and
/// DEL), bidirectional controls, zero-width and other invisible characters, and line separators.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A text with its line ends and tabs, in which other harmful characters are replaced.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let is_harmful = |c: char| is_harmful(c) && !matches!(c, '\n' | '\t');
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    // A line end of Windows is one.
    let lines = text.replace("\r\n", "\n");
    Cow::Owned(lines.chars().map(|c| if is_harmful(c) { char::REPLACEMENT_CHARACTER } else { c }).collect())
}

/// A text on one line, in which line ends and tabs are spaces.
pub fn one_line(text: &str) -> String {
    let is_space = |c| matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let line: String = text.chars().map(|c| if is_space(c) { ' ' } else { c }).collect();
    harmless(&line).into_owned()
}

/// A JSON text in which harmful characters are escaped: the same value. Outside of strings, JSON has none of them but white
/// space.
pub fn harmless_json(text: &str) -> Cow<'_, str> {
    let is_harmful = |c: char| is_harmful(c) && !matches!(c, '\n' | '\t' | '\r');
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmful(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a `String` cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "\u{0}\u{7}\u{8}\u{b}\u{c}\u{1b}\u{7f}\u{80}\u{85}\u{9b}\u{ad}\u{61c}\u{180e}\u{200b}\u{200c}\
        \u{200d}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{feff}\u{fff9}\u{e0001}\u{e0041}";

    #[test]
    fn control_characters_are_not_shown() {
        for c in HOSTILE.chars() {
            assert_eq!(harmless(&format!("a{c}b")), "a\u{fffd}b", "{c:?}");
            assert!(!one_line(&format!("a{c}b")).contains(c), "{c:?}");
        }
        assert_eq!(harmless("a\x1b[31mb\n\tc\r\nd\re"), "a\u{fffd}[31mb\n\tc\nd\u{fffd}e");
        assert_eq!(one_line("a\nb\u{2028}c\td"), "a b c d");
        let plain = "Grüße, 世界 \u{1f600} e\u{301} مرحبا";
        assert!(matches!(harmless(plain), Cow::Borrowed(text) if text == plain));
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({ HOSTILE: [HOSTILE, "\\", "\""], "plain": 1 });
        let text = serde_json::to_string_pretty(&value).unwrap();
        let shown = harmless_json(&text);
        assert!(!shown.contains(|c| is_harmful(c) && c != '\n'), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }
}
