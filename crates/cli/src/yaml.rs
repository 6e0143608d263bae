//! YAML files of the command line, and its output as YAML.

use crate::{failure::Failure, members::Members};
use lamplight_domain::ErrorCode;
use lamplight_yaml::ReadError;
use serde::{Serialize, Serializer, de::DeserializeOwned, ser::Error as _};
use serde_json::value::RawValue;

/// Reads one or several documents; an error names `source`, line and column.
pub fn read_all<T: DeserializeOwned>(text: &str, source: &str) -> Result<Vec<T>, Failure> {
    lamplight_yaml::read_all(text).map_err(|error| read_failure(&error, source))
}

/// Reads one document.
pub fn read<T: DeserializeOwned>(text: &str, source: &str) -> Result<T, Failure> {
    lamplight_yaml::read(text).map_err(|error| read_failure(&error, source))
}

/// Writes one document.
pub fn write<T: Serialize>(value: &T) -> Result<String, Failure> {
    lamplight_yaml::write(value).map_err(|error| write_failure(&error))
}

/// Writes a JSON value as one document. What YAML cannot hold is written as a text, which is its JSON: a number that a reader
/// would round, a value below [`DEEPEST`], and a value with text that is not valid Unicode (a lone surrogate).
pub fn write_exact<T: Serialize>(value: &T) -> Result<String, Failure> {
    let json = serde_json::value::to_raw_value(value).map_err(|error| write_failure(&error))?;
    write(&Exact { json: &json, depth: 0 })
}

/// How deep values are nested in YAML. Its writer, and readers of what it writes, use the stack.
const DEEPEST: usize = 64;

/// A JSON text for the YAML writer, which loses no digit of a number.
struct Exact<'a> {
    json: &'a RawValue,
    depth: usize,
}

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.json.get();
        let inner = |json| Exact { json, depth: self.depth + 1 };
        match text.as_bytes().first() {
            Some(b'{' | b'[') if self.depth >= DEEPEST => serializer.serialize_str(text),
            Some(b'{') => match serde_json::from_str(text) {
                Ok(Members(members)) => {
                    serializer.collect_map(members.iter().map(|(key, value)| (key, inner(value))))
                }
                Err(_) => serializer.serialize_str(text),
            },
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text).map_err(S::Error::custom)?;
                serializer.collect_seq(items.into_iter().map(inner))
            }
            Some(b'-' | b'0'..=b'9') => match serde_json::from_str::<serde_json::Number>(text) {
                Ok(number) if number.to_string() == text => number.serialize(serializer),
                _ => serializer.serialize_str(text),
            },
            _ => match serde_json::from_str::<serde_json::Value>(text) {
                Ok(value) => value.serialize(serializer),
                Err(_) => serializer.serialize_str(text),
            },
        }
    }
}

fn write_failure(error: &dyn std::error::Error) -> Failure {
    Failure {
        exit_code: crate::ExitCode::Unexpected,
        code: ErrorCode::Io,
        message: "could not write the YAML".to_owned(),
        causes: vec![error.to_string()],
        hint: None,
    }
}

fn read_failure(error: &ReadError, source: &str) -> Failure {
    Failure::usage(ErrorCode::InvalidYaml, format!("{source}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_digit_is_lost() {
        let text = r#"{"a":12345678901234567890.10,"b":[1,-2.5,1e400,true,null,"x: y","no","1"],"c":{},"d":"two\nlines"}"#;
        let value: &RawValue = serde_json::from_str(text).unwrap();
        let yaml = write_exact(&value).unwrap();
        let back: serde_json::Value = read(&yaml, "here").unwrap();
        let expected = serde_json::json!({
            "a": "12345678901234567890.10",
            "b": [1, -2.5, "1e400", true, null, "x: y", "no", "1"],
            "c": {},
            "d": "two\nlines",
        });
        assert_eq!(back, expected, "{yaml}");
    }

    /// The YAML of a JSON text, read again.
    fn again(json: &str) -> serde_json::Value {
        let value: &RawValue = serde_json::from_str(json).unwrap();
        read(&write_exact(&value).unwrap(), "here").unwrap()
    }

    #[test]
    fn what_is_nested_too_deep_is_a_text() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
            let json = format!("{}1{}", open.repeat(20_000), close.repeat(20_000));
            let mut value = &again(&json);
            while let Some(inner) = value.get(0).or_else(|| value.get("a")) {
                value = inner;
            }
            let text = value.as_str().unwrap();
            assert!(json.contains(text) && serde_json::from_str::<&RawValue>(text).is_ok());
        }
        assert_eq!(again("[[[[1]]]]"), serde_json::json!([[[[1]]]]));
    }

    #[test]
    fn what_is_not_unicode_is_a_text() {
        assert_eq!(again(r#"["\ud800", 1]"#), serde_json::json!([r#""\ud800""#, 1]));
        assert_eq!(again(r#"{"a": {"\ud800": 1}}"#), serde_json::json!({ "a": r#"{"\ud800": 1}"# }));
    }
}
