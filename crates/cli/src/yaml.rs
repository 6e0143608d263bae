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

/// Writes a JSON value as one document. A number that a reader would round is written as a text.
pub fn write_exact<T: Serialize>(value: &T) -> Result<String, Failure> {
    let json = serde_json::value::to_raw_value(value).map_err(|error| write_failure(&error))?;
    write(&Exact(&json))
}

/// A JSON text for the YAML writer, which loses no digit of a number.
struct Exact<'a>(&'a RawValue);

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.0.get();
        match text.as_bytes().first() {
            Some(b'{') => {
                let Members(members) = serde_json::from_str(text).map_err(S::Error::custom)?;
                serializer.collect_map(members.iter().map(|(key, value)| (key, Exact(value))))
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text).map_err(S::Error::custom)?;
                serializer.collect_seq(items.into_iter().map(Exact))
            }
            Some(b'-' | b'0'..=b'9') => match serde_json::from_str::<serde_json::Number>(text) {
                Ok(number) if number.to_string() == text => number.serialize(serializer),
                _ => serializer.serialize_str(text),
            },
            _ => serde_json::from_str::<serde_json::Value>(text)
                .map_err(S::Error::custom)?
                .serialize(serializer),
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
}
