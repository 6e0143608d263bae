//! Reads the texts and numbers in a JSON value, without recursion, each with the keys above it.

use crate::json::{self, WHITE_SPACE};
use std::{collections::HashMap, ops::Range, rc::Rc};

/// A text or a number in a JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// The innermost key above it; empty if there is none.
    pub(crate) key: Rc<str>,
    /// Whether any key above it is marked, or a name beside it, as in `{"name": …, "value": …}`.
    pub(crate) is_marked: bool,
    /// The text without its escapes, or the number as written.
    pub(crate) text: String,
}

/// Ends of keys whose value is the name of what a member beside it contains: `{"ParameterKey": …, "ParameterValue": …}`.
const NAMES: [&str; 17] = [
    "name",
    "key",
    "field",
    "header",
    "variable",
    "var",
    "env",
    "property",
    "attribute",
    "attr",
    "parameter",
    "param",
    "option",
    "label",
    "type",
    "id",
    "kind",
];

/// Short keys of that sort, and of what is beside it.
const SHORT_NAMES: [&str; 2] = ["k", "n"];
const SHORT_VALUES: [&str; 4] = ["v", "val", "data", "secret"];

/// The longest text that is taken for a name, in bytes.
const LONGEST_NAME: usize = 128;

/// How many names are remembered. Most texts have few, which come again and again.
const MOST_NAMES: usize = 1024;

/// An object or array that is not closed yet.
struct Open {
    /// The innermost key above it, and whether it or one above it is marked.
    place: (Rc<str>, bool),
    is_array: bool,
    /// How many leaves were found before it.
    start: usize,
    /// How many values it has so far.
    values: usize,
    /// The leaves that name what is beside them.
    names: Vec<usize>,
    /// The leaves below the members that have such names beside them.
    beside: Option<Range<usize>>,
}

/// The texts and numbers in `json`, in their order; none if it is not valid JSON. `marks` says which names are marked.
///
/// A name is a key, or the text beside a value: in an object with members such as `name` and `value`, in a pair within an
/// array, and before the value of an option in a list of arguments.
pub(crate) fn leaves(json: &str, marks: impl Fn(&str) -> bool) -> Vec<Leaf> {
    let mut found: Vec<Leaf> = Vec::new();
    if json::validate(json).is_err() {
        return found;
    }
    // The innermost key and whether it or one above it is marked: of the next value.
    let mut place: (Rc<str>, bool) = ("".into(), false);
    let mut open: Vec<Open> = Vec::new();
    let mut judged: HashMap<Rc<str>, bool> = HashMap::new();
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
        let mut value_start = None;
        match first {
            b'{' | b'[' => {
                open.push(Open {
                    place: place.clone(),
                    is_array: first == b'[',
                    start: found.len(),
                    values: 0,
                    names: Vec::new(),
                    beside: None,
                });
            }
            b'}' | b']' => {
                if let Some(closed) = open.pop() {
                    let in_array = open.last().is_some_and(|above| above.is_array);
                    mark_named(&mut found, &closed, in_array, &marks);
                    value_start = Some(closed.start);
                    place = closed.place;
                }
            }
            b'"' if after.trim_start_matches(WHITE_SPACE).starts_with(':') => {
                let text = plain(token);
                let is_below = open.last().is_some_and(|above| above.place.1);
                let (key, is_marked) = if let Some((key, is_marked)) = judged.get_key_value(text.as_str()) {
                    (Rc::clone(key), *is_marked)
                } else {
                    let key: Rc<str> = text.into();
                    let is_marked = marks(&key);
                    if key.len() <= LONGEST_NAME && judged.len() < MOST_NAMES {
                        judged.insert(Rc::clone(&key), is_marked);
                    }
                    (key, is_marked)
                };
                place = (key, is_below || is_marked);
            }
            b'"' | b'-' | b'0'..=b'9' => {
                let text = if first == b'"' { plain(token) } else { token.to_owned() };
                value_start = Some(found.len());
                found.push(Leaf { key: Rc::clone(&place.0), is_marked: place.1, text });
            }
            _ => {}
        }
        if let (Some(start), Some(above)) = (value_start, open.last_mut()) {
            above.take(&mut found, start, &place.0, &marks);
        }
        rest = after;
    }
    found
}

impl Open {
    /// Takes note of a value in it, whose leaves begin at `start`.
    fn take(&mut self, found: &mut [Leaf], start: usize, key: &str, marks: impl Fn(&str) -> bool) {
        self.values += 1;
        let single = found.len() == start + 1;
        if self.is_array {
            // The value of an option in a list of arguments: `["--password", "x"]`.
            if single
                && let Some(before) = start.checked_sub(1).filter(|before| *before >= self.start)
                && let Some(name) =
                    found[before].text.strip_prefix('-').map(|name| name.trim_start_matches('-'))
                && may_be_name(name)
                && marks(name)
            {
                found[start].is_marked = true;
            }
        } else if single && is_one_of(key, &NAMES, &SHORT_NAMES) && may_be_name(&found[start].text) {
            self.names.push(start);
        } else if is_one_of(key, &["value", "values"], &SHORT_VALUES) {
            self.beside = Some(self.beside.as_ref().map_or(start, |beside| beside.start)..found.len());
        }
    }
}

/// Marks what a closed object or array names within itself.
fn mark_named(found: &mut [Leaf], closed: &Open, in_array: bool, marks: impl Fn(&str) -> bool) {
    let named = if closed.is_array {
        // A pair in a list of pairs: `[["Authorization", "x"]]`.
        let is_pair = in_array
            && closed.values == 2
            && found.get(closed.start).is_some_and(|name| may_be_name(&name.text) && marks(&name.text));
        is_pair.then(|| closed.start + 1..found.len())
    } else {
        closed.beside.clone().filter(|_| closed.names.iter().any(|name| marks(&found[*name].text)))
    };
    // Between the members of an object there may be others, which are marked, too: that is on the safe side.
    for leaf in named.map(|named| &mut found[named]).into_iter().flatten() {
        leaf.is_marked = true;
    }
}

/// Whether the text is short and has at most three words: a sentence about passwords names nothing, and no number does.
fn may_be_name(text: &str) -> bool {
    text.len() <= LONGEST_NAME
        && !text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && (1..=3).contains(&text.split_whitespace().count())
}

/// Whether the key ends with one of these words, or is one of the short ones. Case does not matter.
fn is_one_of(key: &str, ends: &[&str], short: &[&str]) -> bool {
    let last = key.bytes().last().map(|byte| byte.to_ascii_lowercase());
    let ends_with = |end: &&str| {
        let start = key.len().checked_sub(end.len()).filter(|_| end.bytes().last() == last);
        start.and_then(|start| key.get(start..)).is_some_and(|own| own.eq_ignore_ascii_case(end))
    };
    ends.iter().any(ends_with) || short.iter().any(|word| key.eq_ignore_ascii_case(word))
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
