//! Builds the event, one JSON object, from parameters and arguments. Numbers keep their text.

use crate::{
    Argument, Arguments, DataType, JsonSyntaxError, ParamName, Parameter, ParameterList, data_type::Fitted,
    json, parameter::truncate,
};
use std::{cell::LazyCell, fmt};

/// The bytes of an event: valid JSON.
#[derive(Clone, PartialEq, Eq)]
pub struct Payload(Vec<u8>);

impl Payload {
    /// Checks that `text` is JSON and keeps it unchanged. An event need not be an object.
    pub fn from_json(text: String) -> Result<Self, JsonSyntaxError> {
        json::validate(&text)?;
        Ok(Self(text.into_bytes()))
    }

    /// The bytes to send.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes to send, owned.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// The size in bytes, which the provider's limit applies to.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Always false: a payload is at least one byte of JSON.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Events may contain secrets, so `Debug` shows only the size.
impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} bytes)", self.0.len())
    }
}

/// What is wrong with one argument.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentProblem {
    /// The value does not fit the declared type.
    #[error("parameter {name}: {text} is not a valid {expected}: {problem}")]
    Misfit {
        /// The parameter.
        name: ParamName,
        /// Its declared type.
        expected: DataType,
        /// The value in quotes and truncated, or a placeholder if it is secret.
        text: String,
        /// What was found instead.
        problem: String,
    },
    /// A required parameter has neither a value nor a default.
    #[error("parameter {name} of type {expected} is required")]
    Missing {
        /// The parameter.
        name: ParamName,
        /// Its declared type.
        expected: DataType,
    },
    /// The job does not have this parameter.
    #[error("unknown parameter {name}; {known}")]
    Unknown {
        /// The name given.
        name: ParamName,
        /// Which parameters exist, as a clause of the message.
        known: String,
    },
    /// Two values were given for one parameter, by names that differ only in case.
    #[error(
        "parameter {name} is given more than once; a job's parameter names are not case-sensitive, and only a raw payload \
         can contain both"
    )]
    Repeated {
        /// The second name, as given.
        name: ParamName,
    },
    /// A value was given for a parameter that is only read from the response.
    #[error("parameter {name} is an output and takes no value")]
    OutputOnly {
        /// The parameter.
        name: ParamName,
    },
}

impl ArgumentProblem {
    /// The parameter that the problem is about.
    pub fn name(&self) -> &ParamName {
        match self {
            Self::Misfit { name, .. }
            | Self::Missing { name, .. }
            | Self::Unknown { name, .. }
            | Self::Repeated { name }
            | Self::OutputOnly { name } => name,
        }
    }
}

/// How many problems, and how many parameters of a job, a message names.
const MOST_SHOWN: usize = 20;

/// Everything that is wrong with the arguments of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadError {
    /// At least one problem, in the order of the parameters; repeated and unknown parameters come last.
    pub problems: Vec<ArgumentProblem>,
}

impl fmt::Display for PayloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().take(MOST_SHOWN).enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{problem}")?;
        }
        match self.problems.len().saturating_sub(MOST_SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl std::error::Error for PayloadError {}

/// Builds the event of a run.
///
/// # Guarantees
/// - Properties are in the order of the parameters; a parameter without a value and a default is left out.
/// - Numbers and raw JSON are copied byte for byte.
/// - Every problem is reported, not only the first.
/// - No error contains the value of a secret parameter.
///
/// # Example
/// ```
/// use lamplight_domain::{Arguments, DataType, Parameter, ParameterList, build_payload};
/// let list = ParameterList::try_from(vec![
///     Parameter::new("amount".parse()?, DataType::Number),
///     Parameter::new("note".parse()?, DataType::String),
/// ])?;
/// let mut arguments = Arguments::default();
/// arguments.insert_text("note", "paid")?;
/// arguments.insert_text("amount", "12345678901234567890.10")?;
/// let payload = build_payload(&list, &arguments)?;
/// assert_eq!(payload.as_bytes(), br#"{"amount":12345678901234567890.10,"note":"paid"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn build_payload(parameters: &ParameterList, arguments: &Arguments) -> Result<Payload, PayloadError> {
    let mut problems = Vec::new();
    let mut out = Vec::with_capacity(
        64 + arguments.iter().map(|(n, a)| n.as_str().len() + a.as_given().len() + 8).sum::<usize>(),
    );
    out.push(b'{');
    let mut given: Vec<Option<&Argument>> = vec![None; parameters.len()];
    let mut misplaced = Vec::new();
    let known = LazyCell::new(|| describe_inputs(parameters));
    for (name, argument) in arguments.iter() {
        match parameters.position(name).and_then(|place| given.get_mut(place)) {
            Some(place) if place.is_none() => *place = Some(argument),
            Some(_) => misplaced.push(ArgumentProblem::Repeated { name: name.clone() }),
            None => misplaced.push(ArgumentProblem::Unknown { name: name.clone(), known: known.clone() }),
        }
    }
    for (parameter, given) in parameters.iter().zip(given) {
        if !parameter.direction.is_input() {
            if given.is_some() {
                problems.push(ArgumentProblem::OutputOnly { name: parameter.name.clone() });
            }
            continue;
        }
        let default;
        let argument = match (given, &parameter.default) {
            (Some(given), _) => given,
            (None, Some(text)) => {
                default = Argument::Text(text.clone());
                &default
            }
            (None, None) => {
                if parameter.required {
                    let (name, expected) = (parameter.name.clone(), parameter.data_type);
                    problems.push(ArgumentProblem::Missing { name, expected });
                }
                continue;
            }
        };
        match parameter.data_type.fit(argument) {
            Ok(fitted) => write_property(&mut out, parameter.name.as_str(), fitted),
            Err(misfit) => problems.push(ArgumentProblem::Misfit {
                name: parameter.name.clone(),
                expected: parameter.data_type,
                text: quote_unless_secret(parameter, argument),
                problem: misfit.problem,
            }),
        }
    }
    problems.append(&mut misplaced);
    if problems.is_empty() {
        out.push(b'}');
        Ok(Payload(out))
    } else {
        Err(PayloadError { problems })
    }
}

fn write_property(out: &mut Vec<u8>, name: &str, value: Fitted<'_>) {
    if out.len() > 1 {
        out.push(b',');
    }
    write_string(out, name);
    out.push(b':');
    match value {
        Fitted::Raw(raw) => out.extend_from_slice(raw.as_bytes()),
        Fitted::Text(text) => write_string(out, text),
    }
}

fn write_string(out: &mut Vec<u8>, text: &str) {
    // Serialising a `str` into a `Vec` cannot fail: there is no IO and no map key to reject.
    let written = serde_json::to_writer(out, text);
    debug_assert!(written.is_ok());
}

fn quote_unless_secret(parameter: &Parameter, argument: &Argument) -> String {
    if parameter.secret {
        "the secret value".to_owned()
    } else {
        format!("{:?}", truncate(argument.as_given()))
    }
}

fn describe_inputs(parameters: &ParameterList) -> String {
    let names: Vec<&str> =
        parameters.iter().filter(|p| p.direction.is_input()).map(|p| p.name.as_str()).collect();
    match names.get(..MOST_SHOWN) {
        _ if names.is_empty() => "the job has no input parameters".to_owned(),
        None => format!("the job has {}", names.join(", ")),
        Some(first) => format!("the job has {} and others", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Direction;

    fn parameter(name: &str, data_type: DataType) -> Parameter {
        Parameter::new(name.parse().unwrap(), data_type)
    }

    fn build(parameters: Vec<Parameter>, given: &[(&str, &str)]) -> Result<String, PayloadError> {
        let mut arguments = Arguments::default();
        for (name, text) in given {
            arguments.insert_text(name, text).unwrap();
        }
        build_payload(&ParameterList::try_from(parameters).unwrap(), &arguments)
            .map(|payload| String::from_utf8(payload.into_bytes()).unwrap())
    }

    #[test]
    fn properties_follow_the_parameters_and_defaults_fill_in() {
        let mut limit = parameter("limit", DataType::Integer);
        limit.default = Some("10".into());
        let event = build(
            vec![parameter("who", DataType::String), limit, parameter("unset", DataType::Json)],
            &[("WHO", "Zoë \"Z\" \u{1f600}\n")],
        );
        assert_eq!(event.unwrap(), "{\"who\":\"Zoë \\\"Z\\\" \u{1f600}\\n\",\"limit\":10}");
    }

    #[test]
    fn text_that_is_an_object_is_embedded_even_in_a_string() {
        let event = build(vec![parameter("q", DataType::String)], &[("q", r#"{"a":[1,{"b":null}]}"#)]);
        assert_eq!(event.unwrap(), r#"{"q":{"a":[1,{"b":null}]}}"#);
        let event = build(vec![parameter("q", DataType::String)], &[("q", r#"{"a":[1,}"#)]);
        assert_eq!(event.unwrap(), r#"{"q":"{\"a\":[1,}"}"#);
    }

    #[test]
    fn every_problem_is_named_and_no_secret_is_shown() {
        let required = parameter("id", DataType::Integer).required();
        let secret = parameter("pin", DataType::Integer).secret();
        let out = parameter("sum", DataType::Number).with_direction(Direction::Output);
        let error =
            build(vec![required, secret, out], &[("pin", "hunter2"), ("sum", "1"), ("xx", "1")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "parameter id of type integer is required; parameter pin: the secret value is not a valid integer: \
             found text that is not a JSON number; parameter sum is an output and takes no value; unknown \
             parameter xx; the job has id, pin"
        );
    }

    #[test]
    fn names_that_differ_in_case_are_one_parameter_of_a_job() {
        let error = build(vec![parameter("id", DataType::String)], &[("ID", "1"), ("Id", "2")]).unwrap_err();
        assert_eq!(error.problems, [ArgumentProblem::Repeated { name: "Id".parse().unwrap() }]);
    }

    #[test]
    fn an_error_is_bounded_whatever_is_given() {
        let names: Vec<String> = (0..1000).map(|number| format!("p{number}")).collect();
        let given: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
        let error = build(vec![parameter("id", DataType::String)], &given).unwrap_err();
        assert_eq!(error.problems.len(), 1000);
        assert!(error.to_string().ends_with("; and 980 more"), "{error}");
    }

    #[test]
    fn a_raw_payload_may_be_any_json() {
        assert_eq!(Payload::from_json(" [1] ".into()).unwrap().as_bytes(), b" [1] ");
        assert!(Payload::from_json("{".into()).is_err());
    }
}
