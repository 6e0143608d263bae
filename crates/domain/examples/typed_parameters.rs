//! One typed list of parameters builds the event and reads the answer, without a provider. The README shows this program.

use lamplight_domain::{
    Arguments, DataType, Direction, Parameter, ParameterList, RunId, Status, build_payload, extract_outputs,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let parameters = ParameterList::try_from(vec![
        Parameter::new("amount".parse()?, DataType::Number).required(),
        Parameter::new("currency".parse()?, DataType::String).with_default("EUR"),
        Parameter::new("total".parse()?, DataType::Number).with_direction(Direction::Output),
    ])?;

    let mut arguments = Arguments::default();
    arguments.insert_text("amount", "12345678901234567890.10")?;
    let event = build_payload(&parameters, &arguments)?;
    assert_eq!(event.as_bytes(), br#"{"amount":12345678901234567890.10,"currency":"EUR"}"#);

    let answer = extract_outputs(&parameters, br#"{"TOTAL": 3, "shelf": []}"#);
    assert_eq!(answer.outputs[0].value.to::<u64>()?, 3);

    let id: RunId = "adder/8f507cfc-1b2c-4697-b07a-ac58fc914c95#Success".parse()?;
    assert_eq!(id.status(), Status::Success);
    Ok(())
}
