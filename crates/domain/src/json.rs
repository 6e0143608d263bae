//! JSON text, kept exactly as written: numbers are not rounded and keys are not reordered.

use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::value::RawValue;
use std::fmt;

/// The type of a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JsonKind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number without a fraction or exponent.
    Integer,
    /// Any other number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl fmt::Display for JsonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        })
    }
}

/// A text that is not valid JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not valid JSON: {reason}")]
pub struct JsonSyntaxError {
    /// The parser's message, with line and column.
    pub reason: String,
}

impl From<serde_json::Error> for JsonSyntaxError {
    fn from(error: serde_json::Error) -> Self {
        let told = error.to_string();
        let (problem, place) = told.rsplit_once(" at line ").unwrap_or((&told, ""));
        // The words of the parser where they are those of its own source.
        let problem = match problem {
            ended if ended.starts_with("EOF while parsing") => "the text ends too early",
            "expected ident" => "a word that is not true, false or null",
            "expected value" => "expected a value",
            "trailing characters" => "unexpected text after the value",
            "key must be a string" => "a key must be a text in double quotes",
            other => other,
        };
        let at = if place.is_empty() { String::new() } else { format!(" at line {place}") };
        Self { reason: format!("{problem}{at}") }
    }
}

/// A JSON value that does not have the type that it is read as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the JSON value does not fit: {reason}")]
pub struct JsonMismatch {
    /// The parser's message, with line and column.
    pub reason: String,
}

/// A valid JSON text, byte for byte as written, without surrounding white space.
///
/// ```
/// use lamplight_domain::{JsonKind, RawJson};
/// let amount = RawJson::parse(" 12345678901234567890.10 ").unwrap();
/// assert_eq!(amount.as_str(), "12345678901234567890.10");
/// assert_eq!(amount.kind(), JsonKind::Number);
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RawJson(Box<RawValue>);

impl RawJson {
    /// Checks and copies `text`.
    pub fn parse(text: &str) -> Result<Self, JsonSyntaxError> {
        serde_json::from_str::<&RawValue>(text).map(|raw| Self(raw.to_owned())).map_err(JsonSyntaxError::from)
    }

    /// The JSON string for a text.
    pub fn string(text: &str) -> Self {
        // Serialising a `str` cannot fail; the fallback avoids a panic.
        serde_json::value::to_raw_value(text).map_or_else(|_| Self::null(), Self)
    }

    /// `null`
    pub fn null() -> Self {
        Self(RawValue::NULL.to_owned())
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// The type of the value.
    pub fn kind(&self) -> JsonKind {
        kind_of(self.as_str())
    }

    /// Deserialises the value from its text. A number is rounded only if `T` cannot represent it exactly, as with `f64`
    /// and `serde_json::Value`; a field of type [`RawJson`] keeps its text.
    ///
    /// ```
    /// use lamplight_domain::RawJson;
    /// let total = RawJson::parse("18446744073709551615")?;
    /// assert_eq!(total.to::<u64>()?, u64::MAX);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The value is not a `T`: another type, a number out of range, a missing field.
    pub fn to<'a, T: Deserialize<'a>>(&'a self) -> Result<T, JsonMismatch> {
        serde_json::from_str(self.as_str()).map_err(|error| JsonMismatch { reason: error.to_string() })
    }

    /// The content of a JSON string with escapes decoded; `None` for other types and for strings that are valid JSON
    /// but not valid Unicode (a lone surrogate).
    pub fn as_plain_text(&self) -> Option<String> {
        self.to().ok()
    }
}

impl From<&RawValue> for RawJson {
    fn from(raw: &RawValue) -> Self {
        Self(raw.to_owned())
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RawJson {}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The type of a text that is known to be valid JSON; leading white space is skipped.
pub(crate) fn kind_of(text: &str) -> JsonKind {
    let text = text.trim_start_matches(WHITE_SPACE);
    match text.as_bytes().first() {
        Some(b'{') => JsonKind::Object,
        Some(b'[') => JsonKind::Array,
        Some(b'"') => JsonKind::String,
        Some(b't' | b'f') => JsonKind::Boolean,
        Some(b'n') | None => JsonKind::Null,
        Some(_) if text.bytes().any(|b| matches!(b, b'.' | b'e' | b'E')) => JsonKind::Number,
        Some(_) => JsonKind::Integer,
    }
}

/// JSON's white space, a subset of Rust's.
pub(crate) const WHITE_SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// Checks that `text` is JSON, without building a value.
pub(crate) fn validate(text: &str) -> Result<(), JsonSyntaxError> {
    serde_json::from_str::<IgnoredAny>(text).map(|_| ()).map_err(JsonSyntaxError::from)
}

/// `Integer` or `Number` if `text` is a JSON number without surrounding white space, else `None`.
pub(crate) fn number_kind(text: &str) -> Option<JsonKind> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    validate(text).ok().filter(|()| text.trim() == text).map(|()| kind_of(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_errors_use_plain_words_and_name_the_position() {
        for (text, reason) in [
            ("[1", "the text ends too early at line 1 column 2"),
            ("nul1", "a word that is not true, false or null at line 1 column 4"),
            ("{\"a\":}", "expected a value at line 1 column 6"),
            ("1 2", "unexpected text after the value at line 1 column 3"),
            ("[1,]", "expected a value at line 1 column 4"),
            ("{a:1}", "a key must be a text in double quotes at line 1 column 2"),
            ("", "the text ends too early at line 1 column 0"),
        ] {
            assert_eq!(RawJson::parse(text).unwrap_err().reason, reason, "{text}");
        }
    }

    #[test]
    fn numbers_differ_from_texts_that_look_like_numbers() {
        for (text, kind) in [
            ("0", Some(JsonKind::Integer)),
            ("-12", Some(JsonKind::Integer)),
            ("1234567890123456789012345678901234567890", Some(JsonKind::Integer)),
            ("1.50", Some(JsonKind::Number)),
            ("1e400", Some(JsonKind::Number)),
            ("007", None),
            ("+1", None),
            ("1.", None),
            (".5", None),
            ("", None),
            ("-", None),
            ("NaN", None),
            ("1 ", None),
            ("true", None),
        ] {
            assert_eq!(number_kind(text), kind, "{text:?}");
        }
    }

    #[test]
    fn values_are_read_as_they_were_written() {
        #[derive(Deserialize)]
        struct Bill {
            amount: RawJson,
            units: u128,
        }
        let text = r#"{"amount": 12345678901234567890.10, "units": 340282366920938463463374607431768211455}"#;
        let bill: Bill = RawJson::parse(text).unwrap().to().unwrap();
        assert_eq!((bill.amount.as_str(), bill.units), ("12345678901234567890.10", u128::MAX));
        assert_eq!(RawJson::string("a\tb").to::<String>().unwrap(), "a\tb");
        let error = RawJson::parse("256").unwrap().to::<u8>().unwrap_err();
        assert!(error.reason.contains("256"), "{error}");
        assert!(RawJson::parse("1.0").unwrap().to::<i64>().is_err(), "a fraction is not dropped");
    }

    #[test]
    fn syntax_errors_say_where() {
        let error = RawJson::parse("{\"a\":\n 1,}").unwrap_err();
        assert!(error.reason.contains("line 2 column 4"), "{error}");
    }
}
