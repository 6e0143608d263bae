//! Payloads contain every value as it was meant, and numbers and raw JSON byte for byte.

use lamplight_domain::{Argument, Arguments, DataType, Parameter, ParameterList, RawJson, build_payload};
use proptest::prelude::*;
use serde_json::{Value, value::RawValue};
use std::collections::BTreeMap;

/// A JSON text of any shape, with numbers longer than any machine type.
fn json() -> impl Strategy<Value = String> {
    let string = any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap());
    let leaf = prop_oneof![Just("null".to_owned()), Just("true".to_owned()), number(), string.clone()];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::vec((string.clone(), inner), 0..4).prop_map(|members| {
                let members: Vec<String> =
                    members.iter().map(|(key, value)| format!("{key} :{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,39})(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?"
}

fn build(data_type: DataType, argument: Argument) -> Result<String, String> {
    let list = ParameterList::try_from(vec![Parameter::new("p".parse().unwrap(), data_type)]).unwrap();
    let mut arguments = Arguments::default();
    arguments.insert("p".parse().unwrap(), argument).unwrap();
    let payload = build_payload(&list, &arguments).map_err(|error| error.to_string())?;
    Ok(String::from_utf8(payload.into_bytes()).unwrap())
}

/// The property in the event, byte for byte.
fn property(event: &str) -> String {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(event).unwrap();
    members["p"].get().to_owned()
}

fn text(text: &str) -> Argument {
    Argument::Text(text.to_owned())
}

proptest! {
    #[test]
    fn numbers_keep_their_text(number in number()) {
        prop_assert_eq!(property(&build(DataType::Number, text(&number)).unwrap()), number.clone());
        let whole = !number.contains(['.', 'e', 'E']);
        prop_assert_eq!(build(DataType::Integer, text(&number)).is_ok(), whole);
    }

    #[test]
    fn any_text_arrives_as_text_or_as_its_json(given in "\\PC{0,40}|[\\[{][\\PC]{0,20}|\\s*[\\[{].{0,10}") {
        let arrived = property(&build(DataType::String, text(&given)).unwrap());
        let spelled = serde_json::from_str::<&RawValue>(&given).ok().filter(|raw| raw.get().starts_with(['{', '[']));
        if let Some(raw) = spelled {
            prop_assert_eq!(arrived, raw.get());
        } else {
            prop_assert_eq!(serde_json::from_str::<String>(&arrived).unwrap(), given);
        }
    }

    #[test]
    fn a_text_is_sent_as_that_text_whatever_it_spells(given in prop_oneof![any::<String>(), json()]) {
        let quoted = Argument::Json(RawJson::string(&given));
        for (data_type, argument) in
            [(DataType::Text, text(&given)), (DataType::Text, quoted.clone()), (DataType::String, quoted)]
        {
            let arrived = property(&build(data_type, argument).unwrap());
            prop_assert_eq!(serde_json::from_str::<String>(&arrived).unwrap(), given.clone());
        }
    }

    #[test]
    fn raw_json_is_embedded_byte_for_byte_where_its_type_is_declared(raw in json()) {
        let value = RawJson::parse(&raw).unwrap();
        let json = build(DataType::Json, text(&raw)).unwrap();
        prop_assert_eq!(property(&json), raw.trim());
        for data_type in DataType::ALL {
            let by_text = build(data_type, text(&raw));
            let by_json = build(data_type, Argument::Json(value.clone()));
            if let Ok(event) = &by_json {
                prop_assert_eq!(property(event), raw.trim());
            }
            if !matches!(data_type, DataType::String | DataType::Text) {
                prop_assert_eq!(by_text.is_ok(), by_json.is_ok(), "{} as {}", raw, data_type);
                prop_assert_eq!(by_json.is_ok(), data_type.admits(value.kind()));
            }
        }
    }

    #[test]
    fn text_that_only_looks_like_json_is_text_or_refused(raw in json(), cut in any::<prop::sample::Index>()) {
        let at = cut.index(raw.len().max(1));
        prop_assume!(raw.is_char_boundary(at));
        let broken = &raw[..at];
        prop_assume!(serde_json::from_str::<serde::de::IgnoredAny>(broken).is_err());
        for data_type in [DataType::Json, DataType::Object, DataType::Array] {
            prop_assert!(build(data_type, text(broken)).is_err(), "{broken:?}");
        }
        let arrived = property(&build(DataType::String, text(broken)).unwrap());
        prop_assert_eq!(serde_json::from_str::<String>(&arrived).unwrap(), broken);
    }

    #[test]
    fn events_are_valid_in_the_parameters_order_and_complete(
        values in prop::collection::vec(("[a-zä]{1,6}", json(), any::<bool>()), 0..8)
    ) {
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut given = Vec::new();
        for (name, raw, is_given) in values {
            let parameter = Parameter::new(name.parse().unwrap(), DataType::Json);
            if parameters.iter().all(|own| own.name.folded() != parameter.name.folded()) {
                given.push((parameter.name.clone(), raw, is_given));
                parameters.push(parameter);
            }
        }
        let mut arguments = Arguments::default();
        for (name, raw, _) in given.iter().rev().filter(|(_, _, is_given)| *is_given) {
            arguments.insert(name.clone(), text(raw)).unwrap();
        }
        let payload = build_payload(&ParameterList::try_from(parameters).unwrap(), &arguments).unwrap();
        let expected: Vec<String> = given
            .iter()
            .filter(|(_, _, is_given)| *is_given)
            .map(|(name, raw, _)| format!("{}:{}", serde_json::to_string(name.as_str()).unwrap(), raw.trim()))
            .collect();
        prop_assert_eq!(String::from_utf8(payload.into_bytes()).unwrap(), format!("{{{}}}", expected.join(",")));
    }

    #[test]
    fn no_error_contains_a_secret(secret in "[a-z]{12,20}") {
        let parameter = Parameter::new("p".parse().unwrap(), DataType::Integer).secret();
        let mut arguments = Arguments::default();
        arguments.insert_text("p", &secret).unwrap();
        let error = build_payload(&ParameterList::try_from(vec![parameter]).unwrap(), &arguments).unwrap_err();
        let shown = format!("{error} {error:?} {arguments:?}");
        prop_assert!(!shown.contains(&secret), "{shown}");
    }

    #[test]
    fn defaults_are_read_like_values(raw in json()) {
        let parameter = Parameter::new("p".parse().unwrap(), DataType::Json).with_default(raw.clone());
        let list = ParameterList::try_from(vec![parameter]).unwrap();
        let payload = build_payload(&list, &Arguments::default()).unwrap();
        prop_assert_eq!(property(std::str::from_utf8(payload.as_bytes()).unwrap()), raw.trim());
        let kept: ParameterList = serde_json::from_str(&serde_json::to_string(&list).unwrap()).unwrap();
        prop_assert_eq!(kept, list);
    }
}

#[test]
fn a_forty_digit_number_is_kept_from_every_source() {
    let digits = "1234567890123456789012345678901234567890";
    for argument in [text(digits), Argument::Json(RawJson::parse(digits).unwrap())] {
        for data_type in [DataType::Integer, DataType::Number, DataType::Json] {
            assert_eq!(build(data_type, argument.clone()).unwrap(), format!("{{\"p\":{digits}}}"));
        }
    }
    let event: Value = serde_json::from_str(&build(DataType::String, text(digits)).unwrap()).unwrap();
    assert_eq!(event["p"], digits);
}
