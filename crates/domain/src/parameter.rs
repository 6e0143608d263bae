//! The typed parameter list that drives flags, forms, schemas and events alike.

use crate::{Argument, DataType, ParamName, SecretRef, argument::same_name};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, fmt, str::FromStr};

/// Which way a parameter's value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Direction {
    /// Into the event.
    #[default]
    Input,
    /// Out of the response.
    Output,
    /// Both: into the event, and updated from the response.
    InputOutput,
}

/// A text that names no [`Direction`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no direction; use Input, Output or InputOutput")]
pub struct UnknownDirection(pub String);

impl Direction {
    /// Whether the value becomes a property of the event.
    pub fn is_input(self) -> bool {
        matches!(self, Self::Input | Self::InputOutput)
    }

    /// Whether the value is taken from the response.
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

    fn from_str(text: &str) -> Result<Self, UnknownDirection> {
        [Self::Input, Self::Output, Self::InputOutput]
            .into_iter()
            .find(|direction| direction.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownDirection(text.to_owned()))
    }
}

/// One parameter of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// The property's name.
    pub name: ParamName,
    /// The declared type.
    #[serde(default, rename = "type")]
    pub data_type: DataType,
    /// Which way the value goes.
    #[serde(default)]
    pub direction: Direction,
    /// The value used where none is given, as text that is read by the declared type. For a secret
    /// parameter it is a reference ([`SecretRef`]), never the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether a run without a value is refused.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// Whether the value is masked wherever it would be shown or kept.
    #[serde(default, skip_serializing_if = "is_false")]
    pub secret: bool,
    /// What the parameter means, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl Parameter {
    /// An optional Input parameter without default.
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

    /// The same parameter as one that needs a value.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same parameter with a default, as text; of a secret parameter it is a reference. A [`ParameterList`] checks it.
    #[must_use]
    pub fn with_default(mut self, text: impl Into<String>) -> Self {
        self.default = Some(text.into());
        self
    }

    /// The same parameter as one whose value is masked.
    #[must_use]
    pub fn secret(mut self) -> Self {
        self.secret = true;
        self
    }
}

/// Why a list of parameters is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// Two names are the same when compared without case.
    #[error("parameters {first} and {second} have the same name; names are compared without case")]
    Duplicate {
        /// The name that came first.
        first: ParamName,
        /// The name that repeats it.
        second: ParamName,
    },
    /// A default does not fit the declared type.
    #[error("default {text:?} of parameter {name}: {problem}")]
    Default {
        /// The parameter.
        name: ParamName,
        /// The default as given.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A secret parameter holds a literal default. The literal is not repeated here.
    #[error(
        "default of secret parameter {name} must be a reference such as env:NAME or file:PATH, not the secret itself"
    )]
    LiteralSecret {
        /// The parameter.
        name: ParamName,
    },
    /// The named parameter does not exist.
    #[error("there is no parameter {name}")]
    Absent {
        /// The name asked for.
        name: ParamName,
    },
}

/// An ordered list of parameters: names are unique without regard to case, defaults fit their types,
/// defaults of secrets are references.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Parameter>", into = "Vec<Parameter>")]
pub struct ParameterList(Vec<Parameter>);

impl TryFrom<Vec<Parameter>> for ParameterList {
    type Error = ParameterError;

    fn try_from(parameters: Vec<Parameter>) -> Result<Self, ParameterError> {
        let mut seen = HashSet::new();
        for (index, parameter) in parameters.iter().enumerate() {
            if !seen.insert(parameter.name.folded()) {
                let first =
                    parameters[..index].iter().find(|p| same_name(p.name.as_str(), parameter.name.as_str()));
                return Err(ParameterError::Duplicate {
                    first: first.map_or_else(|| parameter.name.clone(), |p| p.name.clone()),
                    second: parameter.name.clone(),
                });
            }
            check_default(parameter)?;
        }
        Ok(Self(parameters))
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
        text: shown(text),
        problem: misfit.to_string(),
    })
}

/// A text as an error shows it: the first 60 characters.
pub(crate) fn shown(text: &str) -> String {
    let mut cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

impl From<ParameterList> for Vec<Parameter> {
    fn from(list: ParameterList) -> Self {
        list.0
    }
}

impl ParameterList {
    /// The parameters in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Parameter> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The parameter of a name, compared without case.
    pub fn get(&self, name: &ParamName) -> Option<&Parameter> {
        self.0.iter().find(|parameter| same_name(parameter.name.as_str(), name.as_str()))
    }

    /// The list with a parameter replaced where its name exists, else added at the end.
    pub fn with(mut self, parameter: Parameter) -> Result<Self, ParameterError> {
        match self.0.iter().position(|own| same_name(own.name.as_str(), parameter.name.as_str())) {
            Some(index) => self.0[index] = parameter,
            None => self.0.push(parameter),
        }
        Self::try_from(self.0)
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
    fn names_that_differ_in_case_alone_are_refused() {
        let list = vec![parameter("count", DataType::String), parameter("Count", DataType::String)];
        let error = ParameterList::try_from(list).unwrap_err();
        assert!(error.to_string().starts_with("parameters count and Count"), "{error}");
    }

    #[test]
    fn defaults_fit_their_type_and_secrets_are_references() {
        let wrong = parameter("count", DataType::Integer).with_default("many");
        let error = ParameterList::try_from(vec![wrong]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "default \"many\" of parameter count: expected integer, found text that is no JSON number"
        );
        let secret = parameter("key", DataType::String).secret();
        let error = ParameterList::try_from(vec![secret.clone().with_default("hunter2")]).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert!(ParameterList::try_from(vec![secret.with_default("env:API_KEY")]).is_ok());
    }
}
