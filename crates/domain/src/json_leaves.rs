//! Reads the texts and numbers in a JSON value, without recursion, each with the keys above it.

use crate::json::{self, WHITE_SPACE};
use std::rc::Rc;

/// A text or a number in a JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// The innermost key above it; empty if there is none.
    pub(crate) key: Rc<str>,
    /// Whether any key above it is marked.
    pub(crate) is_marked: bool,
    /// The text without its escapes, or the number as written.
    pub(crate) text: String,
}

/// The texts and numbers in `json`, in their order; none if it is not valid JSON. `marks` says which keys are marked.
pub(crate) fn leaves(json: &str, marks: impl Fn(&str) -> bool) -> Vec<Leaf> {
    let mut found = Vec::new();
    if json::validate(json).is_err() {
        return found;
    }
    // The innermost key and whether it or one above it is marked: of the next value, and of every open object or array.
    let mut place: (Rc<str>, bool) = ("".into(), false);
    let mut open: Vec<(Rc<str>, bool)> = Vec::new();
    let mut rest = json;
    while let Some(first) = rest.bytes().next() {
        let length = match first {
            b'"' => string_length(rest),
            b'-' | b'0'..=b'9' => {
                rest.find(|c| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(rest.len())
            }
            // Outside of strings, valid JSON is ASCII.
            _ => 1,
        };
        let (token, after) = rest.split_at(length);
        match first {
            b'{' | b'[' => open.push(place.clone()),
            b'}' | b']' => place = open.pop().unwrap_or_else(|| place.clone()),
            b'"' => {
                let text = plain(token);
                if after.trim_start_matches(WHITE_SPACE).starts_with(':') {
                    let is_marked = open.last().is_some_and(|above| above.1) || marks(&text);
                    place = (text.into(), is_marked);
                } else {
                    found.push(Leaf { key: Rc::clone(&place.0), is_marked: place.1, text });
                }
            }
            b'-' | b'0'..=b'9' => {
                found.push(Leaf { key: Rc::clone(&place.0), is_marked: place.1, text: token.to_owned() });
            }
            _ => {}
        }
        rest = after;
    }
    found
}

/// The length of the JSON string at the start of `text`, with its quotes.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

/// The text of a JSON string. One that is not valid Unicode keeps its escapes.
fn plain(token: &str) -> String {
    serde_json::from_str(token).unwrap_or_else(|_| token.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_know_the_keys_above_them() {
        let json = r#" {"a": "x\n\"y", "login": {"user": "u", "list": [1, {"b": -2.5e3}, "]"]}, "c\u0041": [true, null, "z"]} "#;
        let found: Vec<_> = leaves(json, |key| key == "login")
            .into_iter()
            .map(|leaf| (leaf.key.to_string(), leaf.is_marked, leaf.text))
            .collect();
        let found: Vec<_> = found.iter().map(|(key, marked, text)| (&**key, *marked, &**text)).collect();
        assert_eq!(
            found,
            [
                ("a", false, "x\n\"y"),
                ("user", true, "u"),
                ("list", true, "1"),
                ("b", true, "-2.5e3"),
                ("list", true, "]"),
                ("cA", false, "z"),
            ]
        );
        assert_eq!(leaves(r#""\ud800""#, |_| false)[0].text, "\\ud800");
        assert!(leaves("{", |_| true).is_empty() && leaves("x", |_| true).is_empty());
    }

    #[test]
    fn many_levels_do_no_harm() {
        let deep = format!("{{\"key\":{}7{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(leaves(&deep, |_| true)[0].text, "7");
    }
}
