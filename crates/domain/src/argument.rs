//! The values given for one run.

use crate::{MASK, NameError, ParamName, ParameterList, RawJson, name::fold};
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, HashSet},
    fmt,
};

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
#[error("parameter {name} is given more than once")]
pub struct DuplicateArgument {
    /// The name.
    pub name: ParamName,
}

/// The values for one run in the order given. Names are unique. Names that differ only in case are different names here,
/// but the same name where a job declares it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arguments {
    values: Vec<(ParamName, Argument)>,
    /// The positions of the names, and of the first of those that are equal if case is ignored.
    exact: HashMap<ParamName, usize>,
    folded: HashMap<String, usize>,
}

impl Arguments {
    /// Adds a value.
    pub fn insert(&mut self, name: ParamName, argument: Argument) -> Result<(), DuplicateArgument> {
        if self.exact.contains_key(&name) {
            return Err(DuplicateArgument { name });
        }
        self.exact.insert(name.clone(), self.values.len());
        self.folded.entry(name.folded()).or_insert(self.values.len());
        self.values.push((name, argument));
        Ok(())
    }

    /// These values with those of `stronger` in place of the ones for the same parameters. Names that differ only in case
    /// are the same parameter if `declared` has it.
    #[must_use]
    pub fn overridden_by(self, stronger: Self, declared: &ParameterList) -> Self {
        let meant =
            |name: &ParamName| declared.get(name).map_or_else(|| name.clone(), |own| own.name.clone());
        let replaced: HashSet<ParamName> = stronger.iter().map(|(name, _)| meant(name)).collect();
        let kept = self.values.into_iter().filter(|(name, _)| !replaced.contains(&meant(name)));
        let mut all = Self::default();
        for (name, argument) in kept.chain(stronger.values) {
            // The names of each list are unique, and what both lists have was left out.
            let inserted = all.insert(name, argument);
            debug_assert!(inserted.is_ok());
        }
        all
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

    /// The value for a name: for exactly this one, else for the first that is equal if case is ignored.
    pub fn get(&self, name: &ParamName) -> Option<&Argument> {
        let at = self.exact.get(name).or_else(|| self.folded.get(&name.folded()))?;
        self.values.get(*at).map(|(_, argument)| argument)
    }

    /// All values, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = (&ParamName, &Argument)> {
        self.values.iter().map(|(name, argument)| (name, argument))
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
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
    /// The text as given, truncated to [`RecordedArgument::LONGEST`] bytes; [`MASK`] for a secret.
    pub value: String,
    /// The length of the whole text in bytes, if `value` is truncated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_from_bytes: Option<u64>,
}

impl RecordedArgument {
    /// The maximum length of a recorded text in bytes: enough to recognise a call, and small enough to list runs
    /// quickly.
    pub const LONGEST: usize = 4096;

    /// Creates the record of `argument`, masked if it is secret.
    pub fn new(name: &ParamName, argument: &Argument, secret: bool) -> Self {
        let text = argument.as_given();
        if secret {
            return Self { name: name.clone(), value: MASK.to_owned(), cut_from_bytes: None };
        }
        let end = text.floor_char_boundary(Self::LONGEST);
        let cut_from_bytes = (end < text.len()).then_some(text.len() as u64);
        Self { name: name.clone(), value: text[..end].to_owned(), cut_from_bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_given_once_and_found_whatever_its_case() {
        let mut arguments = Arguments::default();
        arguments.insert_text("Count", "1").unwrap();
        arguments.insert_text("COUNT", "2").unwrap();
        assert!(arguments.insert_text("COUNT", "3").is_err());
        for (name, value) in [("Count", "1"), ("COUNT", "2"), ("count", "1")] {
            assert_eq!(arguments.get(&name.parse().unwrap()).unwrap().as_given(), value);
        }
    }

    #[test]
    fn stronger_values_replace_those_of_the_same_parameter() {
        let given = |values: &[(&str, &str)]| {
            let mut arguments = Arguments::default();
            for (name, text) in values {
                arguments.insert_text(name, text).unwrap();
            }
            arguments
        };
        let declared = vec![crate::Parameter::new("count".parse().unwrap(), crate::DataType::String)];
        let declared = ParameterList::try_from(declared).unwrap();
        let weaker = given(&[("COUNT", "1"), ("more", "2"), ("x", "3")]);
        let all = weaker.clone().overridden_by(given(&[("Count", "7"), ("X", "8")]), &declared);
        assert_eq!(all, given(&[("more", "2"), ("x", "3"), ("Count", "7"), ("X", "8")]));
        let all = weaker.overridden_by(given(&[("count", "7"), ("x", "8")]), &ParameterList::default());
        assert_eq!(all, given(&[("COUNT", "1"), ("more", "2"), ("count", "7"), ("x", "8")]));
    }

    #[test]
    fn records_mask_secrets_and_cut_long_texts_at_a_character() {
        let name = "key".parse().unwrap();
        let secret = RecordedArgument::new(&name, &Argument::Text("hunter2".into()), true);
        assert_eq!(secret.value, MASK);
        let long = RecordedArgument::new(&name, &Argument::Text("ä".repeat(4000)), false);
        assert!(long.value.len() <= RecordedArgument::LONGEST && long.value.ends_with('ä'));
        assert_eq!(long.cut_from_bytes, Some(8000));
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(format!("{:?}", Argument::Text("hunter2".into())), "Text(7 bytes)");
    }
}
