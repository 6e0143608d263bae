//! The types that a parameter can declare, and how a value is checked against them.

use crate::{Argument, JsonKind, did_you_mean, json};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The declared type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataType {
    /// Any text. A text that is a valid JSON object or array is embedded as JSON.
    #[default]
    String,
    /// Any text, always sent as a JSON string, even if it is itself JSON.
    Text,
    /// A number of any length without a fraction or exponent.
    Integer,
    /// Any JSON number, of any length and precision.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A JSON object.
    Object,
    /// A JSON array.
    Array,
    /// Any JSON value.
    Json,
}

/// A text that is not the name of a [`DataType`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not a data type; use string, text, integer, number, boolean, object, array or json{}",
    did_you_mean(.0, DataType::ALL.map(DataType::as_str)),
    text = .0
)]
pub struct UnknownDataType(pub String);

/// Why a value does not fit a type. It does not contain the value, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, {problem}")]
pub struct Misfit {
    /// The declared type.
    pub expected: DataType,
    /// What was found instead.
    pub problem: String,
}

/// A value that fits its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fitted<'a> {
    /// JSON to copy unchanged.
    Raw(&'a str),
    /// Text to write as a JSON string.
    Text(&'a str),
}

impl DataType {
    /// All types, in the order of the documentation.
    pub const ALL: [Self; 8] = [
        Self::String,
        Self::Text,
        Self::Integer,
        Self::Number,
        Self::Boolean,
        Self::Object,
        Self::Array,
        Self::Json,
    ];

    /// The name used in files, on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Object => "object",
            Self::Array => "array",
            Self::Json => "json",
        }
    }

    /// Whether a JSON value of `kind` has this type. An object or array is accepted for a string parameter in an event
    /// only, not here: a string output must be a JSON string.
    pub fn admits(self, kind: JsonKind) -> bool {
        match self {
            Self::Json => true,
            Self::String | Self::Text => kind == JsonKind::String,
            Self::Integer => kind == JsonKind::Integer,
            Self::Number => matches!(kind, JsonKind::Integer | JsonKind::Number),
            Self::Boolean => kind == JsonKind::Boolean,
            Self::Object => kind == JsonKind::Object,
            Self::Array => kind == JsonKind::Array,
        }
    }

    /// Checks that `argument` is a value of this type.
    pub fn check(self, argument: &Argument) -> Result<(), Misfit> {
        self.fit(argument).map(|_| ())
    }

    pub(crate) fn fit(self, argument: &Argument) -> Result<Fitted<'_>, Misfit> {
        match argument {
            Argument::Text(text) => self.fit_text(text),
            Argument::Json(raw) => {
                let kind = raw.kind();
                let embeds = self == Self::String && matches!(kind, JsonKind::Object | JsonKind::Array);
                if embeds || self.admits(kind) {
                    Ok(Fitted::Raw(raw.as_str()))
                } else {
                    Err(self.misfit(format!("found JSON of type {kind}")))
                }
            }
        }
    }

    fn fit_text(self, text: &str) -> Result<Fitted<'_>, Misfit> {
        let trimmed = text.trim_matches(json::WHITE_SPACE);
        match self {
            Self::String => match trimmed.as_bytes().first() {
                Some(b'{' | b'[') if json::validate(trimmed).is_ok() => Ok(Fitted::Raw(trimmed)),
                _ => Ok(Fitted::Text(text)),
            },
            Self::Text => Ok(Fitted::Text(text)),
            Self::Integer | Self::Number => match json::number_kind(trimmed) {
                Some(kind) if self.admits(kind) => Ok(Fitted::Raw(trimmed)),
                Some(_) => Err(self.misfit("found a number with a fraction or an exponent".to_owned())),
                None => Err(self.misfit("found text that is not a JSON number".to_owned())),
            },
            Self::Boolean if trimmed.eq_ignore_ascii_case("true") => Ok(Fitted::Raw("true")),
            Self::Boolean if trimmed.eq_ignore_ascii_case("false") => Ok(Fitted::Raw("false")),
            Self::Boolean => Err(self.misfit("found text that is neither true nor false".to_owned())),
            Self::Object | Self::Array | Self::Json => {
                json::validate(trimmed)
                    .map_err(|error| self.misfit(format!("found text that is {error}")))?;
                let kind = json::kind_of(trimmed);
                if self.admits(kind) {
                    Ok(Fitted::Raw(trimmed))
                } else {
                    Err(self.misfit(format!("found JSON of type {kind}")))
                }
            }
        }
    }

    fn misfit(self, problem: String) -> Misfit {
        Misfit { expected: self, problem }
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DataType {
    type Err = UnknownDataType;

    fn from_str(text: &str) -> Result<Self, UnknownDataType> {
        Self::ALL.into_iter().find(|t| t.as_str() == text).ok_or_else(|| UnknownDataType(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(data_type: DataType, text: &str) -> Result<String, String> {
        match data_type.fit(&Argument::Text(text.to_owned())) {
            Ok(Fitted::Raw(raw)) => Ok(raw.to_owned()),
            Ok(Fitted::Text(plain)) => Ok(format!("text {plain}")),
            Err(misfit) => Err(misfit.to_string()),
        }
    }

    #[test]
    fn text_is_read_by_declared_type() {
        use DataType as T;
        assert_eq!(fit(T::Number, "12345678901234567890.10").unwrap(), "12345678901234567890.10");
        assert_eq!(fit(T::Integer, " 7\n").unwrap(), "7");
        assert_eq!(fit(T::Boolean, "True").unwrap(), "true");
        assert_eq!(fit(T::String, "7").unwrap(), "text 7");
        assert_eq!(fit(T::String, r#" {"a": [1]} "#).unwrap(), r#"{"a": [1]}"#);
        assert_eq!(fit(T::String, "{not json}").unwrap(), "text {not json}");
        for text in [r#" {"a": [1]} "#, "[]", "null", "", "\u{feff}{}"] {
            assert_eq!(fit(T::Text, text).unwrap(), format!("text {text}"));
        }
        assert_eq!(fit(T::Json, "null").unwrap(), "null");
        assert_eq!(fit(T::Array, "[1,2]").unwrap(), "[1,2]");
    }

    #[test]
    fn text_of_another_type_is_refused_with_the_reason() {
        use DataType as T;
        assert_eq!(
            fit(T::Integer, "1.5").unwrap_err(),
            "expected integer, found a number with a fraction or an exponent"
        );
        assert_eq!(
            fit(T::Number, "abc").unwrap_err(),
            "expected number, found text that is not a JSON number"
        );
        assert_eq!(fit(T::Object, "[1]").unwrap_err(), "expected object, found JSON of type array");
        assert!(fit(T::Object, "{").unwrap_err().contains("not valid JSON"));
        assert!(fit(T::Boolean, "yes").is_err());
        assert!(fit(T::Integer, "\u{a0}7").is_err(), "only JSON's white space is skipped");
        for (data_type, json) in [(T::Text, "{}"), (T::Text, "5"), (T::String, "5"), (T::Json, "5")] {
            let fits = data_type.check(&Argument::Json(crate::RawJson::parse(json).unwrap())).is_ok();
            assert_eq!(fits, data_type == T::Json, "{data_type} {json}");
        }
    }

    #[test]
    fn every_name_is_read_back() {
        for data_type in DataType::ALL {
            assert_eq!(data_type.as_str().parse(), Ok(data_type));
        }
        assert!("float".parse::<DataType>().is_err());
    }
}
