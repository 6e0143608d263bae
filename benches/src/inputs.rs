//! Inputs with the sizes and shapes for which there are targets.

use lamplight_domain::{Argument, Arguments, DataType, Direction, Parameter, ParameterList};
use serde_json::{Map, Value, json};

/// A list of parameters and values that build an event of about `bytes`: text, numbers, flags, and JSON that
/// makes up half of it.
pub fn typed_arguments(bytes: usize) -> (ParameterList, Arguments) {
    let items = (bytes / 2 / 48).max(1);
    let nested: Vec<Value> =
        (0..items).map(|n| json!({ "id": n, "name": format!("item {n}"), "price": 12.5 })).collect();
    let texts = 8;
    let text = "The quick brown fox jumps over the lazy dog. ".repeat(bytes / 2 / texts / 45 + 1);
    let mut parameters = Vec::new();
    let mut arguments = Arguments::default();
    let mut add = |name: String, data_type: DataType, value: &str| {
        parameters.push(Parameter::new(name.parse().unwrap(), data_type));
        arguments.insert(name.parse().unwrap(), Argument::Text(value.to_owned())).unwrap();
    };
    add("items".into(), DataType::Array, &Value::from(nested).to_string());
    add("count".into(), DataType::Integer, "123456");
    add("amount".into(), DataType::Number, "1234567.89");
    add("dry".into(), DataType::Boolean, "true");
    for number in 0..texts {
        add(format!("text{number}"), DataType::String, &text);
    }
    (ParameterList::try_from(parameters).unwrap(), arguments)
}

/// The baseline, as most programs do it: parse every value, put it into a map, and write the map.
pub fn build_by_value(parameters: &ParameterList, arguments: &Arguments) -> Vec<u8> {
    let mut event = Map::new();
    for parameter in parameters {
        let Some(Argument::Text(text)) = arguments.get(&parameter.name) else { continue };
        let value = match parameter.data_type {
            DataType::String => match serde_json::from_str::<Value>(text) {
                Ok(value @ (Value::Object(_) | Value::Array(_))) => value,
                _ => Value::String(text.clone()),
            },
            _ => serde_json::from_str(text).unwrap(),
        };
        event.insert(parameter.name.to_string(), value);
    }
    serde_json::to_vec(&Value::Object(event)).unwrap()
}

/// Three outputs: at the start, in the middle and at the end of the response.
pub fn three_outputs() -> ParameterList {
    let output = |name: &str, data_type| {
        Parameter::new(name.parse().unwrap(), data_type).with_direction(Direction::Output)
    };
    ParameterList::try_from(vec![
        output("first", DataType::Integer),
        output("Middle", DataType::String),
        output("last", DataType::Boolean),
    ])
    .unwrap()
}

/// A response of about 6 MB with one huge nested value.
pub fn nested_response() -> Vec<u8> {
    let items: Vec<Value> = (0..62_000)
        .map(|n| json!({ "id": n, "tags": ["alpha", "beta"], "price": 12.75, "owner": { "name": "Ada", "active": true } }))
        .collect();
    let text = Value::from(items).to_string();
    format!(r#"{{"first":1,"items":{text},"MIDDLE":"x","last":true}}"#).into_bytes()
}

/// A response of about 6 MB with 100,000 small properties.
pub fn many_properties() -> Vec<u8> {
    let small = |n: u32| format!(r#""property{n:06}":"value of about thirty bytes {n:06}""#);
    let half: Vec<String> = (0..50_000).map(small).collect();
    let rest: Vec<String> = (50_000..100_000).map(small).collect();
    format!(r#"{{"first":1,{},"middle":"x",{},"last":true}}"#, half.join(","), rest.join(",")).into_bytes()
}

/// A response of about 6 MB of long strings; with `escapes`, 2 % of them are escapes and 1 % is not ASCII.
pub fn long_strings(escapes: bool) -> Vec<u8> {
    let unit = if escapes {
        "plain text and more of it, quite a lot, \\n then \\\" and ü, to the end of the line "
    } else {
        "plain text and more of it, quite a lot, and then some, up to the end of this line; "
    };
    let text = unit.repeat(4000 / unit.len());
    let strings: Vec<String> = (0..1_570).map(|n| format!(r#""s{n}":"{text}""#)).collect();
    format!(r#"{{"first":1,{},"middle":"x","last":true}}"#, strings.join(",")).into_bytes()
}

/// The baseline, as most programs do it: parse everything, then look up the names without regard to case.
pub fn extract_by_value(response: &[u8]) -> Vec<Value> {
    let value: Value = serde_json::from_slice(response).unwrap();
    let object = value.as_object().unwrap();
    ["first", "middle", "last"]
        .iter()
        .filter_map(|name| {
            object
                .get(*name)
                .or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v))
        })
        .cloned()
        .collect()
}
