//! Outputs, compared with a model that parses everything.

use lamplight_domain::{DataType, Direction, Parameter, ParameterList, Warning, extract_outputs};
use proptest::prelude::*;
use serde_json::Value;

fn wanted(names: &[&str]) -> ParameterList {
    let output =
        |name: &&str| Parameter::new(name.parse().unwrap(), DataType::Json).with_direction(Direction::Output);
    ParameterList::try_from(names.iter().map(output).collect::<Vec<_>>()).unwrap()
}

/// Members in the order of the text, including repeated names.
fn members() -> impl Strategy<Value = Vec<(String, u32)>> {
    let key = prop_oneof![
        Just("sum"),
        Just("SUM"),
        Just("Sum"),
        Just("other"),
        Just("ÄB"),
        Just("äb"),
        Just("x\"y")
    ];
    prop::collection::vec((key.prop_map(str::to_owned), any::<u32>()), 0..7)
}

fn object(members: &[(String, u32)]) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(key, value)| format!("{}: {value}", serde_json::to_string(key).unwrap()))
        .collect();
    format!("{{{}}}", members.join(", "))
}

/// The rules: the last property with the exact name, else the last one with the only similar name, else nothing.
fn model(members: &[(String, u32)], name: &str) -> Option<u32> {
    let last = |wanted: &str| members.iter().rev().find(|(key, _)| key == wanted).map(|(_, value)| *value);
    if let Some(exact) = last(name) {
        return Some(exact);
    }
    let mut similar: Vec<&str> = members
        .iter()
        .map(|(key, _)| key.as_str())
        .filter(|key| key.to_lowercase() == name.to_lowercase())
        .collect();
    similar.sort_unstable();
    similar.dedup();
    match similar[..] {
        [only] => last(only),
        _ => None,
    }
}

proptest! {
    #[test]
    fn names_are_matched_as_the_rules_say(members in members()) {
        let names = ["sum", "äb", "x\"Y"];
        let extraction = extract_outputs(&wanted(&names), object(&members).as_bytes());
        for name in names {
            let found = extraction.outputs.iter().find(|output| output.name.as_str() == name);
            let found = found.map(|output| output.value.as_str().parse::<u32>().unwrap());
            prop_assert_eq!(found, model(&members, name), "{} in {:?}", name, members);
            let warned = extraction.warnings.iter().any(|warning| matches!(warning,
                Warning::PropertyMissing { parameter } | Warning::PropertyAmbiguous { parameter, .. }
                    if parameter.as_str() == name));
            prop_assert_eq!(warned, found.is_none(), "a missing output has a warning: {:?}", extraction.warnings);
        }
    }

    #[test]
    fn any_bytes_are_read_or_named_as_unreadable(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let extraction = extract_outputs(&wanted(&["a"]), &bytes);
        let valid = std::str::from_utf8(&bytes).is_ok_and(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok());
        let named = extraction.warnings.iter().any(|warning| matches!(warning, Warning::ResponseNotJson { .. }));
        prop_assert_eq!(named, !valid, "{:?}", extraction.warnings);
    }

    #[test]
    fn damage_anywhere_is_seen(members in members(), at in any::<prop::sample::Index>()) {
        let mut text = object(&members).into_bytes();
        let at = at.index(text.len());
        text.truncate(at);
        let extraction = extract_outputs(&wanted(&["sum"]), &text);
        prop_assert!(matches!(extraction.warnings[..], [Warning::ResponseNotJson { .. }]), "{:?}", extraction.warnings);
        prop_assert!(extraction.outputs.is_empty());
    }

    #[test]
    fn values_are_kept_byte_for_byte_and_checked(
        raw in "-?(0|[1-9][0-9]{0,39})(\\.[0-9]{1,5})?|true|\"[a-z]{0,5}\"|\\[1,  2\\]|\\{ \\}|null"
    ) {
        for data_type in DataType::ALL {
            let parameter = Parameter::new("v".parse().unwrap(), data_type).with_direction(Direction::InputOutput);
            let list = ParameterList::try_from(vec![parameter]).unwrap();
            let extraction = extract_outputs(&list, format!("{{\"V\" : {raw} }}").as_bytes());
            prop_assert_eq!(extraction.outputs[0].value.as_str(), &raw);
            let value: Value = serde_json::from_str(&raw).unwrap();
            let fits = match data_type {
                DataType::Json => true,
                DataType::String | DataType::Text => value.is_string(),
                DataType::Integer => value.is_number() && !raw.contains('.'),
                DataType::Number => value.is_number(),
                DataType::Boolean => value.is_boolean(),
                DataType::Object => value.is_object(),
                DataType::Array => value.is_array(),
            };
            prop_assert_eq!(extraction.warnings.is_empty(), fits, "{} as {}", raw, data_type);
        }
    }
}
