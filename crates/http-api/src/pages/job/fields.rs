//! The fields of a job's form: one for each input, by its declared type.

use lamplight_domain::{Argument, Arguments, DataType, Parameter};
use std::collections::BTreeMap;

/// What a form was filled with, by the names of its fields.
pub type Filled = BTreeMap<String, String>;

/// What the names of fields with values begin with, so that no parameter can take the name of another field.
pub const PREFIX: &str = "p.";

/// A field.
pub struct Field {
    /// The ID in the page.
    pub id: String,
    /// The name in the form.
    pub key: String,
    /// The name of the parameter.
    pub name: String,
    /// The declared type.
    pub data_type: &'static str,
    /// Whether a run without a value is refused.
    pub required: bool,
    /// Whether the value is masked everywhere.
    pub secret: bool,
    /// How the value is given.
    pub control: Control,
    /// What is expected.
    pub hint: String,
    /// Why the value was refused.
    pub problem: Option<String>,
}

/// How a value is given.
pub enum Control {
    /// One line of text.
    Line {
        /// The value.
        value: String,
        /// What is used if the field is empty.
        placeholder: String,
        /// The keyboard to show: `numeric`, `decimal` or `text`. A field for numbers would rewrite their digits.
        input_mode: &'static str,
    },
    /// Several lines of text.
    Lines {
        /// The value.
        value: String,
        /// The number of lines to show.
        rows: usize,
    },
    /// JSON of a type.
    Json {
        /// The value.
        value: String,
        /// The number of lines to show.
        rows: usize,
    },
    /// True, false, or neither.
    Choice {
        /// The words for neither; empty if a value is required.
        neither: String,
        /// The value.
        value: String,
    },
    /// A secret, which is never shown.
    Secret {
        /// What an empty field means.
        placeholder: String,
    },
}

impl Control {
    /// The kind, for templates.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Line { .. } => "line",
            Self::Lines { .. } => "lines",
            Self::Json { .. } => "json",
            Self::Choice { .. } => "choice",
            Self::Secret { .. } => "secret",
        }
    }
}

impl Field {
    /// The field of a parameter, with what was filled in and why it was refused.
    pub fn new(place: usize, parameter: &Parameter, filled: &Filled, problem: Option<String>) -> Self {
        let name = parameter.name.to_string();
        let key = format!("{PREFIX}{name}");
        let value = filled.get(&key).cloned().unwrap_or_default();
        let description = parameter.description.clone().map(|text| end_sentence(&text)).unwrap_or_default();
        let (control, more) = control(parameter, value);
        let hint =
            [description, more].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
        Self {
            id: id(place),
            key,
            data_type: parameter.data_type.as_str(),
            required: parameter.required,
            secret: parameter.secret,
            control,
            hint,
            problem,
            name,
        }
    }
}

/// The ID of the field of the parameter at this place. Names may contain what an ID may not.
pub fn id(place: usize) -> String {
    format!("p{place}")
}

fn control(parameter: &Parameter, value: String) -> (Control, String) {
    let default = parameter.default.as_deref();
    if parameter.secret {
        let (placeholder, hint) = match default {
            Some(reference) => (
                format!("from {reference}"),
                format!(
                    "Leave empty to read {reference} when the run starts. A value typed here is used once; it is never \
                     shown or stored."
                ),
            ),
            None => {
                (String::new(), "A value typed here is used once; it is never shown or stored.".to_owned())
            }
        };
        return (Control::Secret { placeholder }, hint);
    }
    let empty = match default {
        Some(default) => format!("Leave empty for the default, {}.", shorten(default)),
        None if parameter.required => String::new(),
        None => "Leave empty to send nothing.".to_owned(),
    };
    let placeholder = default.map(shorten).unwrap_or_default();
    match parameter.data_type {
        DataType::String | DataType::Text if value.contains('\n') => {
            (Control::Lines { rows: rows(&value, 3), value }, empty)
        }
        DataType::String | DataType::Text => {
            (Control::Line { value, placeholder, input_mode: "text" }, empty)
        }
        DataType::Integer => (Control::Line { value, placeholder, input_mode: "numeric" }, empty),
        DataType::Number => {
            let hint = format!("Sent exactly as written; never rounded. {empty}");
            (Control::Line { value, placeholder, input_mode: "decimal" }, hint.trim_end().to_owned())
        }
        DataType::Boolean => {
            let neither = match default {
                Some(default) => format!("default: {default}"),
                None if parameter.required => String::new(),
                None => "send nothing".to_owned(),
            };
            (Control::Choice { neither, value }, String::new())
        }
        DataType::Object | DataType::Array | DataType::Json => {
            (Control::Json { rows: rows(&value, 2), value }, empty)
        }
    }
}

/// The lines of a text, at least `least` and at most 14.
fn rows(text: &str, least: usize) -> usize {
    text.lines().count().clamp(least, 14)
}

fn shorten(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// A text that ends as a sentence.
pub fn end_sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.is_empty() || text.ends_with(['.', '!', '?', ':']) { text.to_owned() } else { format!("{text}.") }
}

/// The fields filled with these arguments.
pub fn filled_with(arguments: &Arguments) -> Filled {
    let pair = |(name, argument): (&lamplight_domain::ParamName, &Argument)| {
        (format!("{PREFIX}{name}"), argument.as_given().to_owned())
    };
    arguments.iter().map(pair).collect()
}

/// The value that a field gives; `None` if it is empty, which means the default or nothing. Browsers end lines with two
/// characters, whatever was typed.
pub fn value_of(parameter: &Parameter, filled: &Filled) -> Option<Argument> {
    let value = filled.get(&format!("{PREFIX}{}", parameter.name))?.replace("\r\n", "\n");
    let is_empty = match parameter.data_type {
        DataType::String | DataType::Text => value.is_empty(),
        _ => value.trim().is_empty(),
    };
    (!is_empty).then_some(Argument::Text(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(data_type: DataType) -> Parameter {
        Parameter::new("x".parse().unwrap(), data_type)
    }

    #[test]
    fn each_type_has_its_control() {
        for (data_type, kind) in [
            (DataType::String, "line"),
            (DataType::Text, "line"),
            (DataType::Integer, "line"),
            (DataType::Number, "line"),
            (DataType::Boolean, "choice"),
            (DataType::Object, "json"),
            (DataType::Array, "json"),
            (DataType::Json, "json"),
        ] {
            let field = Field::new(0, &parameter(data_type), &Filled::new(), None);
            assert_eq!(field.control.kind(), kind, "{data_type}");
            let secret = Field::new(0, &parameter(data_type).secret(), &Filled::new(), None);
            assert_eq!(secret.control.kind(), "secret", "{data_type}");
        }
        let long = Filled::from([("p.x".to_owned(), "a\nb".to_owned())]);
        assert_eq!(Field::new(0, &parameter(DataType::String), &long, None).control.kind(), "lines");
    }

    #[test]
    fn an_empty_field_gives_nothing_and_lines_end_as_typed() {
        let filled = |value: &str| Filled::from([("p.x".to_owned(), value.to_owned())]);
        assert_eq!(value_of(&parameter(DataType::Integer), &filled(" ")), None);
        assert_eq!(value_of(&parameter(DataType::String), &filled("")), None);
        assert_eq!(value_of(&parameter(DataType::String), &Filled::new()), None);
        let text = value_of(&parameter(DataType::String), &filled(" a\r\nb"));
        assert_eq!(text, Some(Argument::Text(" a\nb".to_owned())));
    }
}
