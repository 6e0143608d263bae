//! How templates escape: as HTML, and with harmful characters replaced as on a terminal.

use askama::filters::{Escaper, Html};
use lamplight_views::harmless;
use std::fmt::{self, Write};

/// The escaper of all templates.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown;

impl Escaper for Shown {
    fn write_escaped_str<W: Write>(&self, dest: W, string: &str) -> fmt::Result {
        Html.write_escaped_str(dest, &harmless(string))
    }
}

/// A text as the templates would show it, for markup that is built here.
pub fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + text.len() / 8);
    // Writing to a `String` cannot fail.
    let _ = Shown.write_escaped_str(&mut shown, text);
    shown
}

/// A text as the content of an element, not as a value of an attribute: quotes stay, which large JSON has many of.
pub fn as_content(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + text.len() / 16);
    for c in harmless(text).chars() {
        match c {
            '&' => shown.push_str("&#38;"),
            '<' => shown.push_str("&#60;"),
            '>' => shown.push_str("&#62;"),
            other => shown.push(other),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_harmful_characters_are_inert() {
        let shown = escaped("<script>alert('\"&')</script>\u{202e}x\u{0}\r\ny");
        assert!(!shown.contains(['<', '>', '"', '\'', '\u{202e}', '\0', '\r']), "{shown}");
        assert!(shown.contains("script") && shown.ends_with("\ny"));
        assert_eq!(escaped("Grüße, 世界"), "Grüße, 世界");
        assert_eq!(as_content("\"<a> & 'b'\u{202e}\""), "\"&#60;a&#62; &#38; 'b'\u{fffd}\"");
    }
}
