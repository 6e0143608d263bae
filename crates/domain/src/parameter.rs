//! The typed parameter list: flags, forms, schemas and events are all derived from it.

use crate::{Argument, DataType, ParamName, SecretRef, did_you_mean};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, fmt, str::FromStr};

/// Whether a parameter's value is sent in the event, read from the response, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Direction {
    /// Sent in the event.
    #[default]
    Input,
    /// Read from the response.
    Output,
    /// Sent in the event and read from the response.
    #[serde(alias = "Input&Output", alias = "Input & Output")]
    InputOutput,
}

/// A text that is not the name of a [`Direction`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not a direction; use Input, Output or InputOutput{}",
    did_you_mean(.0, Direction::ALL.map(Direction::as_str)),
    text = .0
)]
pub struct UnknownDirection(pub String);

impl Direction {
    /// All directions, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::Input, Self::Output, Self::InputOutput];

    /// Whether the value becomes a property of the event.
    pub fn is_input(self) -> bool {
        matches!(self, Self::Input | Self::InputOutput)
    }

    /// Whether the value is read from the response.
    pub fn is_output(self) -> bool {
        matches!(self, Self::Output | Self::InputOutput)
    }

    /// The name used in files and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Input => "Input",
            Self::Output => "Output",
            Self::InputOutput => "InputOutput",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Direction {
    type Err = UnknownDirection;

    /// Accepts `Input&Output` too, as other tools write it.
    fn from_str(text: &str) -> Result<Self, UnknownDirection> {
        let letters: String = text.chars().filter(|c| !matches!(c, '&' | ' ' | '-' | '_')).collect();
        Self::ALL
            .into_iter()
            .find(|direction| direction.as_str().eq_ignore_ascii_case(&letters))
            .ok_or_else(|| UnknownDirection(text.to_owned()))
    }
}

/// One parameter of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// The name, which is also that of the property in the event and the response.
    pub name: ParamName,
    /// The declared type.
    #[serde(default, rename = "type")]
    pub data_type: DataType,
    /// Whether the value is sent, read or both.
    #[serde(default)]
    pub direction: Direction,
    /// The value used if none is given, as text that is parsed according to the declared type. For a secret parameter
    /// it is a reference ([`SecretRef`]), never the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether a run without a value for it is refused.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// Whether the value is masked wherever it is shown or recorded.
    #[serde(default, skip_serializing_if = "is_false")]
    pub secret: bool,
    /// What the parameter means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl Parameter {
    /// An optional `Input` parameter without a default.
    pub fn new(name: ParamName, data_type: DataType) -> Self {
        Self {
            name,
            data_type,
            direction: Direction::Input,
            default: None,
            required: false,
            secret: false,
            description: None,
        }
    }

    /// The same parameter with another direction.
    #[must_use]
    pub fn with_direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// The same parameter, required.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same parameter with a default as text, or as a reference if the parameter is secret. [`ParameterList`]
    /// checks it.
    #[must_use]
    pub fn with_default(mut self, text: impl Into<String>) -> Self {
        self.default = Some(text.into());
        self
    }

    /// The same parameter, secret.
    #[must_use]
    pub fn secret(mut self) -> Self {
        self.secret = true;
        self
    }
}

/// Why a list of parameters is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// Two names are equal if case is ignored.
    #[error(
        "parameters {first} and {second} have the same name; a job's parameter names are not case-sensitive, and only a \
         raw payload can contain both"
    )]
    Duplicate {
        /// The first of the two names.
        first: ParamName,
        /// The second of the two names.
        second: ParamName,
    },
    /// A default does not fit the declared type.
    #[error("default {text:?} of parameter {name} is not valid: {problem}")]
    Default {
        /// The parameter.
        name: ParamName,
        /// The default as given, truncated.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A secret parameter has a literal default. The literal is not repeated here.
    #[error(
        "default of secret parameter {name} must be a reference such as env:NAME or file:PATH, not the secret itself"
    )]
    LiteralSecret {
        /// The parameter.
        name: ParamName,
    },
    /// The named parameter does not exist.
    #[error("parameter {name} does not exist")]
    Absent {
        /// The name that was looked up.
        name: ParamName,
    },
}

/// An ordered list of parameters. Names are unique and not case-sensitive, defaults fit their types, and defaults of
/// secrets are references.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Parameter>", into = "Vec<Parameter>")]
pub struct ParameterList {
    parameters: Vec<Parameter>,
    /// The position of each name, as it is written and in lower case. What is written wins.
    places: HashMap<String, usize>,
}

impl TryFrom<Vec<Parameter>> for ParameterList {
    type Error = ParameterError;

    fn try_from(parameters: Vec<Parameter>) -> Result<Self, ParameterError> {
        Self::unique_by(parameters, ParamName::folded)
    }
}

fn check_default(parameter: &Parameter) -> Result<(), ParameterError> {
    let Some(text) = &parameter.default else { return Ok(()) };
    let name = parameter.name.clone();
    if parameter.secret {
        return match text.parse::<SecretRef>() {
            Ok(_) => Ok(()),
            Err(_) => Err(ParameterError::LiteralSecret { name }),
        };
    }
    parameter.data_type.check(&Argument::Text(text.clone())).map_err(|misfit| ParameterError::Default {
        name,
        text: truncate(text),
        problem: misfit.to_string(),
    })
}

/// Truncates a text to 60 characters, for error messages.
pub(crate) fn truncate(text: &str) -> String {
    let mut cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

impl From<ParameterList> for Vec<Parameter> {
    fn from(list: ParameterList) -> Self {
        list.parameters
    }
}

impl ParameterList {
    /// A list in which names that differ only in case are different parameters: for the values of a call that no job
    /// declares.
    pub fn case_sensitive(parameters: Vec<Parameter>) -> Result<Self, ParameterError> {
        Self::unique_by(parameters, ToString::to_string)
    }

    fn unique_by(
        parameters: Vec<Parameter>,
        key: impl Fn(&ParamName) -> String,
    ) -> Result<Self, ParameterError> {
        let mut places = HashMap::with_capacity(parameters.len());
        for (index, parameter) in parameters.iter().enumerate() {
            if let Some(first) = places.insert(key(&parameter.name), index) {
                let name = |index: usize| parameters.get(index).map(|own| own.name.clone());
                let second = parameter.name.clone();
                return Err(ParameterError::Duplicate {
                    first: name(first).unwrap_or_else(|| second.clone()),
                    second,
                });
            }
            check_default(parameter)?;
        }
        for (index, parameter) in parameters.iter().enumerate() {
            places.entry(parameter.name.folded()).or_insert(index);
        }
        for (index, parameter) in parameters.iter().enumerate() {
            places.insert(parameter.name.to_string(), index);
        }
        Ok(Self { parameters, places })
    }

    /// The parameters in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Parameter> {
        self.parameters.iter()
    }

    /// The number of parameters.
    pub fn len(&self) -> usize {
        self.parameters.len()
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty()
    }

    /// The parameter with this name: with exactly this one, else with one that is equal if case is ignored.
    pub fn get(&self, name: &ParamName) -> Option<&Parameter> {
        self.parameters.get(self.position(name)?)
    }

    /// The position of the parameter with this name, as of [`get`](Self::get).
    pub(crate) fn position(&self, name: &ParamName) -> Option<usize> {
        self.places.get(name.as_str()).or_else(|| self.places.get(&name.folded())).copied()
    }

    /// The list with `parameter` in the place of the one with the same name, or added at the end.
    pub fn with(mut self, parameter: Parameter) -> Result<Self, ParameterError> {
        let place = self.position(&parameter.name);
        match place.and_then(|place| self.parameters.get_mut(place)) {
            Some(own) => *own = parameter,
            None => self.parameters.push(parameter),
        }
        Self::try_from(self.parameters)
    }
}

impl<'a> IntoIterator for &'a ParameterList {
    type Item = &'a Parameter;
    type IntoIter = std::slice::Iter<'a, Parameter>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(name: &str, data_type: DataType) -> Parameter {
        Parameter::new(name.parse().unwrap(), data_type)
    }

    #[test]
    fn directions_are_read_in_every_spelling() {
        for text in ["InputOutput", "Input&Output", "input & output", "input_output"] {
            assert_eq!(text.parse(), Ok(Direction::InputOutput), "{text}");
        }
        for text in ["InputOutput", "Input&Output", "Input & Output"] {
            let read: Direction = serde_json::from_str(&format!("{text:?}")).unwrap();
            assert_eq!(read, Direction::InputOutput, "{text}");
        }
        assert_eq!(serde_json::to_string(&Direction::InputOutput).unwrap(), "\"InputOutput\"");
        let error = "Inptu".parse::<Direction>().unwrap_err();
        assert!(error.to_string().ends_with("did you mean Input?"), "{error}");
        assert!("&".parse::<Direction>().is_err());
    }

    #[test]
    fn names_that_differ_only_in_case_are_refused() {
        let list = vec![parameter("count", DataType::String), parameter("Count", DataType::String)];
        let error = ParameterList::try_from(list).unwrap_err();
        assert!(error.to_string().starts_with("parameters count and Count"), "{error}");
    }

    #[test]
    fn names_of_undeclared_values_differ_in_case() {
        let named = |name: &str| parameter(name, DataType::String);
        let list = ParameterList::case_sensitive(vec![named("ID"), named("id"), named("Other")]).unwrap();
        for (name, found) in [("ID", "ID"), ("id", "id"), ("other", "Other"), ("OTHER", "Other")] {
            assert_eq!(list.get(&name.parse().unwrap()).unwrap().name.as_str(), found);
        }
        assert!(list.get(&"absent".parse().unwrap()).is_none());
        assert!(ParameterList::case_sensitive(vec![named("id"), named("id")]).is_err());
    }

    #[test]
    fn defaults_fit_their_type_and_secrets_are_references() {
        let wrong = parameter("count", DataType::Integer).with_default("many");
        let error = ParameterList::try_from(vec![wrong]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "default \"many\" of parameter count is not valid: expected integer, found text that is not a JSON number"
        );
        let secret = parameter("key", DataType::String).secret();
        let error = ParameterList::try_from(vec![secret.clone().with_default("hunter2")]).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert!(ParameterList::try_from(vec![secret.with_default("env:API_KEY")]).is_ok());
    }
}
