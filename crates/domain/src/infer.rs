//! Infers a data type from a text. Used only to suggest parameters.

use crate::{DataType, JsonKind, json};

/// The narrowest type that represents `text` without changing it.
///
/// ```
/// use lamplight_domain::{DataType, infer_data_type};
/// assert_eq!(infer_data_type("5"), DataType::Integer);
/// assert_eq!(infer_data_type("007"), DataType::String);
/// assert_eq!(infer_data_type("[1]"), DataType::Array);
/// ```
pub fn infer_data_type(text: &str) -> DataType {
    if matches!(text, "true" | "false" | "True" | "False" | "TRUE" | "FALSE") {
        return DataType::Boolean;
    }
    match json::number_kind(text) {
        Some(JsonKind::Integer) => return DataType::Integer,
        Some(_) => return DataType::Number,
        None => {}
    }
    match text.trim_matches(json::WHITE_SPACE).as_bytes().first() {
        Some(b'{') if json::validate(text).is_ok() => DataType::Object,
        Some(b'[') if json::validate(text).is_ok() => DataType::Array,
        _ => DataType::String,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_plainly_typed_stays_text() {
        for (text, expected) in [
            ("", DataType::String),
            ("yes", DataType::String),
            ("1.2.3", DataType::String),
            ("{x}", DataType::String),
            ("null", DataType::String),
            ("True", DataType::Boolean),
            ("-1", DataType::Integer),
            ("1e5", DataType::Number),
            (" {\"a\":1} ", DataType::Object),
        ] {
            assert_eq!(infer_data_type(text), expected, "{text:?}");
        }
    }
}
