//! Parameters, payload and outputs for a provider that is not a cloud.
//!
//! Imagine a town library whose catalogue answers with JSON over a serial line. `lamplight-domain` knows nothing about
//! it, but checks its parameters, builds its requests, judges its answers and extracts its outputs.

use lamplight_domain::{
    AnswerOutcome, Arguments, DataType, Direction, FunctionRef, InvocationType, Limits, Parameter,
    ParameterList, Platform, Qualifier, ReferenceError, build_payload, extract_outputs, judge_answer,
};
use std::error::Error;

/// What is known about the library without a request.
#[derive(Debug)]
struct TownLibrary;

impl Platform for TownLibrary {
    fn parse_function(&self, text: &str) -> Result<FunctionRef, ReferenceError> {
        let refused = |message: String| ReferenceError { message };
        let desk = text
            .strip_prefix("desk:")
            .ok_or_else(|| refused(format!("{text:?} is not a desk; write desk:NAME")))?;
        Ok(FunctionRef::by_name(desk.parse().map_err(|error| refused(format!("{error}")))?))
    }

    fn parse_qualifier(&self, text: &str) -> Result<Qualifier, ReferenceError> {
        Err(ReferenceError { message: format!("desks have no versions, so {text:?} is not a version") })
    }

    fn limits(&self) -> Limits {
        Limits { request_response_payload: Some(512), ..Limits::default() }
    }

    // The library has no links, prices or log figures, and no error format of its own: the defaults of the trait are right.
}

#[expect(clippy::print_stdout, reason = "an example talks to its reader")]
fn main() -> Result<(), Box<dyn Error>> {
    let desk = TownLibrary.parse_function("desk:loans")?;
    assert!(TownLibrary.parse_function("loans").is_err());

    // One typed list describes the inputs and the outputs.
    let parameters = ParameterList::try_from(vec![
        Parameter::new("isbn".parse()?, DataType::Integer),
        Parameter::new("reader".parse()?, DataType::String),
        Parameter::new("due".parse()?, DataType::String).with_direction(Direction::Output),
        Parameter::new("fee".parse()?, DataType::Number).with_direction(Direction::Output),
    ])?;
    let mut arguments = Arguments::default();
    arguments.insert_text("reader", "Ada")?;
    arguments.insert_text("isbn", "97802620336400000000000000001")?;

    // The event has the order of the parameters, and the long number keeps all its digits.
    let payload = build_payload(&parameters, &arguments)?;
    assert_eq!(payload.as_bytes(), br#"{"isbn":97802620336400000000000000001,"reader":"Ada"}"#);
    let limit = TownLibrary.limits().payload(InvocationType::RequestResponse);
    assert!(limit.is_none_or(|limit| payload.len() <= limit));

    // The adapter says what the answer means, here without HTTP. The names of outputs ignore case.
    let (state, evidence) = judge_answer(InvocationType::RequestResponse, &AnswerOutcome::Returned, None);
    let extraction = extract_outputs(&parameters, br#"{"DUE": "2027-01-31", "Fee": 0.50, "shelf": [3, 14]}"#);
    assert!(extraction.warnings.is_empty());

    println!("{} {state}: {evidence}", desk.name);
    for output in &extraction.outputs {
        println!("{} = {}", output.name, output.value);
    }
    assert_eq!(extraction.outputs[1].value.as_str(), "0.50");
    Ok(())
}
