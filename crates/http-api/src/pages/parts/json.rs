//! Large texts, cut: a page holds at most 64 KiB of each, and links to the whole.

use super::{Markup, as_content};
use askama::filters::Safe;
use lamplight_views::harmless_json;

/// How much of a response, a log or an input a page shows, in bytes.
pub const MOST_SHOWN: usize = 64 * 1024;

/// Deeper levels are not indented further.
const DEEPEST: usize = 24;

/// A text of which a page shows the beginning.
pub struct Cut {
    /// What is shown.
    pub shown: Markup,
    /// Whether that is not all.
    pub is_cut: bool,
}

/// The beginning of a text.
pub fn cut_text(text: &str) -> Cut {
    let end = text.floor_char_boundary(MOST_SHOWN);
    let shown = text.get(..end).unwrap_or_default();
    Cut { shown: Safe(as_content(shown)), is_cut: end < text.len() }
}

/// A JSON text with a property on each line. Numbers and strings are those of the text; what could hide in a string is
/// escaped, which is the same value.
pub fn pretty_json(text: &str) -> Cut {
    let mut pretty = Pretty::default();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if pretty.size > MOST_SHOWN {
            return Cut { shown: Safe(pretty.markup), is_cut: true };
        }
        let token = token_of(rest, first);
        pretty.token(token, first, rest.get(token.len()..).unwrap_or_default());
        rest = rest.get(token.len()..).unwrap_or_default();
    }
    Cut { shown: Safe(pretty.markup), is_cut: false }
}

/// The next token: a string, a number or word, a sign, or white space.
fn token_of(rest: &str, first: char) -> &str {
    let length = match first {
        '"' => {
            let mut is_escaped = false;
            let end = rest.char_indices().skip(1).find(|(_, c)| {
                let ends = *c == '"' && !is_escaped;
                is_escaped = *c == '\\' && !is_escaped;
                ends
            });
            end.map_or(rest.len(), |(at, _)| at + 1)
        }
        '{' | '}' | '[' | ']' | ',' | ':' => 1,
        c if c.is_ascii_whitespace() => rest.find(|c: char| !c.is_ascii_whitespace()).unwrap_or(rest.len()),
        _ => rest
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '{' | '}' | '[' | ']' | ',' | ':' | '"'))
            .unwrap_or(rest.len())
            .max(first.len_utf8()),
    };
    rest.get(..length).unwrap_or(rest)
}

#[derive(Default)]
struct Pretty {
    markup: String,
    /// The bytes of the text so far, without markup.
    size: usize,
    depth: usize,
    /// Whether the last sign opened an object or array, so that its end may follow at once.
    is_open: bool,
}

impl Pretty {
    fn token(&mut self, token: &str, first: char, rest: &str) {
        match first {
            c if c.is_ascii_whitespace() => {}
            '{' | '[' => {
                self.before();
                self.push(token);
                self.depth += 1;
                self.is_open = true;
            }
            '}' | ']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.is_open {
                    self.is_open = false;
                } else {
                    self.line();
                }
                self.push(token);
            }
            ',' => {
                self.push(token);
                self.line();
            }
            ':' => self.push(": "),
            '"' if rest.trim_start().starts_with(':') => {
                self.before();
                let key = self.shorten(token);
                self.markup.push_str("<span class=\"k\">");
                self.push(&key);
                self.markup.push_str("</span>");
            }
            _ => {
                self.before();
                let value = self.shorten(token);
                self.push(&value);
            }
        }
    }

    /// The first item of an object or array begins a line.
    fn before(&mut self) {
        if std::mem::take(&mut self.is_open) {
            self.line();
        }
    }

    fn line(&mut self) {
        self.markup.push('\n');
        let indent = self.depth.min(DEEPEST) * 2;
        self.markup.extend(std::iter::repeat_n(' ', indent));
        self.size += indent + 1;
    }

    fn push(&mut self, text: &str) {
        self.size += text.len();
        self.markup.push_str(&as_content(text));
    }

    /// A token that fits in what may still be shown.
    fn shorten(&self, token: &str) -> String {
        let room = MOST_SHOWN.saturating_sub(self.size) + 1;
        harmless_json(token.get(..token.floor_char_boundary(room)).unwrap_or(token)).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        pretty_json(text).shown.0.replace("<span class=\"k\">", "").replace("</span>", "")
    }

    #[test]
    fn json_is_indented_and_keeps_its_numbers() {
        assert_eq!(
            shown(r#"{"a":12345678901234567890.10,"b":[1,{"c":"x\",:"}],"d":{},"e":[]}"#),
            "{\n  \"a\": 12345678901234567890.10,\n  \"b\": [\n    1,\n    {\n      \"c\": \"x\\\",:\"\n    }\n  ],\n  \
             \"d\": {},\n  \"e\": []\n}"
        );
        for plain in ["1", "\"x\"", "null", "[]"] {
            assert_eq!(shown(plain), plain);
        }
    }

    #[test]
    fn what_is_large_or_deep_is_cut() {
        for text in [
            format!("[{}1]", "1,".repeat(400_000)),
            "[".repeat(200_000),
            format!("\"{}\"", "x".repeat(300_000)),
        ] {
            let cut = pretty_json(&text);
            assert!(cut.shown.0.len() < MOST_SHOWN + 200, "{}", cut.shown.0.len());
        }
        assert!(pretty_json(&format!("[{}1]", "1,".repeat(400_000))).is_cut);
        let log = cut_text(&"é\n".repeat(MOST_SHOWN));
        assert!(log.is_cut && log.shown.0.len() <= MOST_SHOWN);
    }

    #[test]
    fn markup_and_hidden_characters_are_inert() {
        let Safe(markup) = pretty_json("{\"<b>\u{202e}\":\"</pre><script>\u{200b}\"}").shown;
        assert!(markup.contains("\\u202e") && markup.contains("\\u200b"), "{markup}");
        assert!(!markup.replace("<span class=\"k\">", "").replace("</span>", "").contains('<'), "{markup}");
    }
}
