//! The values given for one run.

use crate::{MASK, NameError, ParamName, RawJson, Scrubber, name::fold};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// The value of one parameter as the caller gave it.
#[derive(Clone, PartialEq, Eq)]
pub enum Argument {
    /// Text, parsed according to the parameter's declared type.
    Text(String),
    /// JSON, which must have the declared type.
    Json(RawJson),
}

/// Values may be secret, so `Debug` shows only whether they are text or JSON, and their length.
impl fmt::Debug for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Json(raw) => write!(f, "Json({} bytes)", raw.as_str().len()),
        }
    }
}

impl Argument {
    /// The text as given, for both text and JSON.
    pub fn as_given(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Json(raw) => raw.as_str(),
        }
    }
}

/// A parameter that is given more than once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("parameter {name} is given more than once; parameter names are not case-sensitive")]
pub struct DuplicateArgument {
    /// The second name, as given.
    pub name: ParamName,
}

/// The values for one run in the order given. Names are unique and not case-sensitive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arguments(Vec<(ParamName, Argument)>);

impl Arguments {
    /// Adds a value.
    pub fn insert(&mut self, name: ParamName, argument: Argument) -> Result<(), DuplicateArgument> {
        if self.get(&name).is_some() {
            return Err(DuplicateArgument { name });
        }
        self.0.push((name, argument));
        Ok(())
    }

    /// Replaces the value for a name. Does nothing if there is none.
    pub fn replace(&mut self, name: &ParamName, argument: Argument) {
        if let Some(own) = self.0.iter_mut().find(|(own, _)| same_name(own.as_str(), name.as_str())) {
            own.1 = argument;
        }
    }

    /// Checks `name` and adds a text value for it.
    pub fn insert_text(&mut self, name: &str, text: &str) -> Result<(), NameError> {
        let name = name.parse::<ParamName>()?;
        self.insert(name, Argument::Text(text.to_owned())).map_err(|duplicate| NameError {
            kind: "parameter name",
            text: duplicate.name.to_string(),
            rule: "is given more than once",
        })
    }

    /// The value for a name, which is not case-sensitive.
    pub fn get(&self, name: &ParamName) -> Option<&Argument> {
        self.0.iter().find(|(own, _)| same_name(own.as_str(), name.as_str())).map(|(_, argument)| argument)
    }

    /// All values, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = (&ParamName, &Argument)> {
        self.0.iter().map(|(name, argument)| (name, argument))
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether two names are equal if case is ignored. ASCII names, the common case, are compared without an allocation;
/// both comparisons give the same result for them.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() { a.eq_ignore_ascii_case(b) } else { fold(a) == fold(b) }
}

/// An argument as it is recorded with a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedArgument {
    /// The parameter.
    pub name: ParamName,
    /// The text as given, truncated to [`RecordedArgument::LONGEST`] bytes; [`MASK`] for a secret and for secrets in it.
    pub value: String,
    /// The length of the whole text in bytes, if `value` is truncated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_from_bytes: Option<u64>,
}

impl RecordedArgument {
    /// The maximum length of a recorded text in bytes: enough to recognise a call, and small enough to list runs
    /// quickly.
    pub const LONGEST: usize = 4096;

    /// Creates the record of `argument`: masked if it is secret, else with the run's secrets masked in it.
    pub fn new(name: &ParamName, argument: &Argument, secret: bool, scrubber: &Scrubber) -> Self {
        if secret {
            return Self { name: name.clone(), value: MASK.to_owned(), cut_from_bytes: None };
        }
        let text = argument.as_given();
        let text = if scrubber.finds(text) {
            Cow::Owned(scrubber.scrub(text.to_owned()))
        } else {
            Cow::Borrowed(text)
        };
        let end = text.floor_char_boundary(Self::LONGEST);
        let cut_from_bytes = (end < text.len()).then_some(text.len() as u64);
        Self { name: name.clone(), value: text[..end].to_owned(), cut_from_bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_given_once_whatever_its_case() {
        let mut arguments = Arguments::default();
        arguments.insert_text("Count", "1").unwrap();
        assert!(arguments.insert_text("COUNT", "2").is_err());
        assert_eq!(arguments.get(&"count".parse().unwrap()).unwrap().as_given(), "1");
    }

    #[test]
    fn records_mask_secrets_and_cut_long_texts_at_a_character() {
        let name = "key".parse().unwrap();
        let none = Scrubber::default();
        let secret = RecordedArgument::new(&name, &Argument::Text("hunter2".into()), true, &none);
        assert_eq!(secret.value, MASK);
        let long = RecordedArgument::new(&name, &Argument::Text("ä".repeat(4000)), false, &none);
        assert!(long.value.len() <= RecordedArgument::LONGEST && long.value.ends_with('ä'));
        assert_eq!(long.cut_from_bytes, Some(8000));
        let scrubber = Scrubber::new(["hunter2"]);
        let text = format!("{}hunter2", "a".repeat(RecordedArgument::LONGEST - 3));
        let around = RecordedArgument::new(&name, &Argument::Text(text), false, &scrubber);
        assert!(around.value.ends_with("a***"), "secrets are masked before the text is cut");
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(format!("{:?}", Argument::Text("hunter2".into())), "Text(7 bytes)");
    }
}
