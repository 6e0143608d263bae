//! Whether a run can be made again with the inputs that were recorded, and with which.

use lamplight_domain::{Argument, Arguments, DataType, Job, JsonKind, MASK, RawJson, Run};

/// A run can be made again as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// The key that makes sure that a form which is sent twice makes one run.
    pub once: String,
}

/// The inputs of a recorded run, and what of them could not be taken over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// The values that were recorded whole.
    pub arguments: Arguments,
    /// What is missing or differs, one sentence each.
    pub notes: Vec<String>,
    /// Whether the same event can be built from them.
    pub is_complete: bool,
}

/// The recorded inputs of a run, as far as the parameters of its job today take them.
///
/// Secret values are not recorded: where the job has a reference, the new run reads it again.
pub fn arguments_of(run: &Run, job: Option<&Job>) -> Inputs {
    let mut inputs = Inputs { is_complete: true, ..Inputs::default() };
    for recorded in &run.intent.arguments {
        let name = &recorded.name;
        let declared = job.and_then(|job| job.parameters.get(name));
        let is_taken = match (job, declared) {
            (Some(job), None) => job.open,
            (_, declared) => declared.is_none_or(|parameter| parameter.direction.is_input()),
        };
        if !is_taken {
            inputs.notes.push(format!("{name} is no longer an input of the job and was left out."));
            inputs.is_complete = false;
        } else if recorded.value == MASK {
            if let Some(reference) = declared.and_then(|parameter| parameter.default.as_ref()) {
                inputs.notes.push(format!("{name} is secret: it is read from {reference} again."));
            } else {
                inputs.notes.push(format!("{name} is secret and was not recorded: give it again."));
                inputs.is_complete = false;
            }
        } else if let Some(bytes) = recorded.cut_from_bytes {
            inputs.notes.push(format!("{name} was recorded only in part, because it has {bytes} bytes."));
            inputs.is_complete = false;
        } else if is_ambiguous(declared.map(|parameter| parameter.data_type), &recorded.value) {
            inputs
                .notes
                .push(format!("{name} may have been given as text or as JSON, which is not recorded."));
            inputs.is_complete = false;
            let _ = inputs.arguments.insert(name.clone(), Argument::Text(recorded.value.clone()));
        } else if inputs.arguments.insert(name.clone(), Argument::Text(recorded.value.clone())).is_err() {
            inputs.is_complete = false;
        }
    }
    if run.intent.arguments.is_empty() && run.intent.payload_bytes > EMPTY_EVENT {
        inputs.notes.push("The event was given as JSON and is not recorded.".to_owned());
        inputs.is_complete = false;
    }
    if let Some(job) = job {
        let is_given = |name| inputs.arguments.get(name).is_some();
        let missing = job.parameters.iter().filter(|parameter| {
            parameter.required
                && parameter.direction.is_input()
                && parameter.default.is_none()
                && !is_given(&parameter.name)
                && !run.intent.arguments.iter().any(|recorded| recorded.name == parameter.name)
        });
        let missing: Vec<String> = missing
            .map(|parameter| format!("{} is required now and has no value.", parameter.name))
            .collect();
        inputs.is_complete &= missing.is_empty();
        inputs.notes.extend(missing);
    }
    inputs
}

/// Whether a recorded value would be sent differently as text than as JSON. It is not recorded as which it was given.
fn is_ambiguous(declared: Option<DataType>, value: &str) -> bool {
    let Ok(json) = RawJson::parse(value) else { return false };
    match (declared, json.kind()) {
        // A text that is a JSON object or array is embedded as such, and other types read both in the same way.
        (None, JsonKind::Object | JsonKind::Array) => false,
        (None, _) | (Some(DataType::String | DataType::Text), JsonKind::String) => true,
        (Some(_), _) => false,
    }
}

/// The size of `{}`.
const EMPTY_EVENT: u64 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;
    use lamplight_domain::{Parameter, ParameterList, RecordedArgument};

    fn run(arguments: &[(&str, &str)]) -> Run {
        let mut run = samples::run(lamplight_domain::RunState::Succeeded);
        let recorded = arguments.iter().map(|(name, value)| RecordedArgument {
            name: name.parse().unwrap(),
            value: (*value).to_owned(),
            cut_from_bytes: None,
        });
        run.intent.arguments = recorded.collect();
        run
    }

    fn job(parameters: Vec<Parameter>) -> Job {
        Job { parameters: ParameterList::try_from(parameters).unwrap(), ..samples::job("adder") }
    }

    fn parameter(name: &str, data_type: DataType) -> Parameter {
        Parameter::new(name.parse().unwrap(), data_type)
    }

    #[test]
    fn what_was_given_is_taken_over_as_far_as_the_job_takes_it_today() {
        let job = job(vec![
            parameter("a", DataType::Integer),
            parameter("token", DataType::String).secret().with_default("env:TOKEN"),
            parameter("day", DataType::String).required(),
        ]);
        let inputs = arguments_of(&run(&[("a", "2"), ("gone", "x"), ("token", MASK)]), Some(&job));
        assert_eq!(inputs.arguments.iter().count(), 1);
        assert!(!inputs.is_complete);
        let notes = inputs.notes.join(" ");
        for part in [
            "gone is no longer an input",
            "token is secret: it is read from env:TOKEN again",
            "day is required now",
        ] {
            assert!(notes.contains(part), "{notes}");
        }
        let whole = arguments_of(&run(&[("a", "2"), ("token", MASK), ("day", "x")]), Some(&job));
        assert!(whole.is_complete, "{:?}", whole.notes);
    }

    #[test]
    fn a_value_that_may_be_text_or_json_is_not_sent_again_unseen() {
        for (declared, value, expected) in [
            (None, "2", true),
            (None, "plain", false),
            (None, "{\"a\":1}", false),
            (Some(DataType::String), "\"quoted\"", true),
            (Some(DataType::String), "2", false),
            (Some(DataType::Integer), "2", false),
            (Some(DataType::Json), "\"x\"", false),
        ] {
            assert_eq!(is_ambiguous(declared, value), expected, "{declared:?} {value}");
        }
    }
}
