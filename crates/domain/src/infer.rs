//! Infers a data type from a text. Used only to suggest parameters.

use crate::{DataType, JsonKind, json};

/// From this number of digits on, a number is more often an identifier: account IDs have 12. Fewer digits also fit the
/// integers that every language represents exactly.
const DIGITS_OF_IDENTIFIERS: usize = 12;

/// The narrowest type that a function can read `text` as and write again as the same text. In doubt it is
/// [`DataType::String`]: `1.10` would come back as `1.1`, `True` as `true`, `1e5` as `100000`, and a text with leading
/// zeros or with 12 digits or more is an identifier.
///
/// ```
/// use lamplight_domain::{DataType, infer_data_type};
/// assert_eq!(infer_data_type("5"), DataType::Integer);
/// assert_eq!(infer_data_type("1.5"), DataType::Number);
/// assert_eq!(infer_data_type("1.10"), DataType::String);
/// assert_eq!(infer_data_type("123456789012"), DataType::String);
/// assert_eq!(infer_data_type("[1]"), DataType::Array);
/// ```
pub fn infer_data_type(text: &str) -> DataType {
    if matches!(text, "true" | "false") {
        return DataType::Boolean;
    }
    match json::number_kind(text) {
        Some(_) if !survives_as_number(text) => return DataType::String,
        Some(JsonKind::Integer) => return DataType::Integer,
        Some(_) => return DataType::Number,
        None => {}
    }
    match text.as_bytes().first() {
        Some(b'{') if json::validate(text).is_ok() => DataType::Object,
        Some(b'[') if json::validate(text).is_ok() => DataType::Array,
        _ => DataType::String,
    }
}

/// Whether a number comes back as the same text from a language that reads it as a 64-bit float, as most do.
fn survives_as_number(text: &str) -> bool {
    let whole = text.trim_start_matches('-').split('.').next().unwrap_or_default();
    // Rust writes floats without an exponent; other languages write one below 0.0001.
    let is_tiny = |number: f64| number != 0.0 && number.abs() < 0.0001;
    whole.len() < DIGITS_OF_IDENTIFIERS
        && text
            .parse()
            .is_ok_and(|number: f64| number.to_string() == text && !is_tiny(number) && text != "-0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_function_would_not_give_back_stays_text() {
        for text in [
            "",
            "yes",
            "null",
            "True",
            "FALSE",
            "TRUE",
            "1.10",
            "1.0",
            "3.",
            ".5",
            "-0",
            "-0.0",
            "+1",
            "007",
            "00",
            "-01",
            "0.00",
            "1e5",
            "1E5",
            "1e-7",
            "0.00001",
            "1.2.3",
            "0x10",
            "NaN",
            "Infinity",
            "1_000",
            "1,000",
            " 1",
            "1 ",
            "1\n",
            "１２",
            "123456789012",
            "000123456789",
            "4929123456789012",
            "9007199254740993",
            "0.12345678901234567890",
            "123456789012.5",
            "{x}",
            " {\"a\":1} ",
            "[1,]",
        ] {
            assert_eq!(infer_data_type(text), DataType::String, "{text:?}");
        }
    }

    #[test]
    fn plain_values_are_typed() {
        for (text, expected) in [
            ("true", DataType::Boolean),
            ("false", DataType::Boolean),
            ("0", DataType::Integer),
            ("-1", DataType::Integer),
            ("300", DataType::Integer),
            ("10737418240", DataType::Integer),
            ("0.5", DataType::Number),
            ("-2.25", DataType::Number),
            ("0.0001", DataType::Number),
            ("99999999999.5", DataType::Number),
            ("{\"a\":1.10}", DataType::Object),
            ("[]", DataType::Array),
        ] {
            assert_eq!(infer_data_type(text), expected, "{text:?}");
        }
    }
}
