//! Reading values for a run from the command line, files and stdin.

use crate::{failure::Failure, yaml};
use lamplight_domain::{Argument, Arguments, ErrorCode, JsonSyntaxError, ParamName, RawJson};
use serde::{
    Deserialize,
    de::{MapAccess, Visitor},
};
use std::{collections::BTreeMap, fmt, io::Read, path::Path};

/// Reads `name=value`, `name=@file`, `name:=json` and `name:=@file` into `arguments`.
pub fn read_parameter(arguments: &mut Arguments, text: &str) -> Result<(), Failure> {
    let Some((left, right)) = text.split_once('=') else {
        return Err(Failure::usage(ErrorCode::InvalidArguments, format!("parameter {text:?} has no '='"))
            .with_hint("give text as -p name=value and JSON as -p name:=json"));
    };
    let (name, is_json) = left.strip_suffix(':').map_or((left, false), |name| (name, true));
    let value = match right.strip_prefix('@') {
        Some(file) => read_text(file)?,
        None => right.to_owned(),
    };
    let argument = if is_json { Argument::Json(json(name, &value)?) } else { Argument::Text(value) };
    insert(arguments, name, argument)
}

/// Reads a whole file of values, a JSON or YAML object; `-` is stdin.
pub fn read_parameters_file(arguments: &mut Arguments, file: &str) -> Result<(), Failure> {
    let text = read_document(file)?;
    let source = source_name(file);
    if text.trim_start().starts_with('{') {
        let values: Properties = serde_json::from_str(&text).map_err(|error| {
            Failure::usage(ErrorCode::InvalidArguments, format!("{source}: {}", JsonSyntaxError::from(error)))
        })?;
        for (name, value) in values.0 {
            insert(arguments, &name, Argument::Json(value))?;
        }
        return Ok(());
    }
    // Scalars stay the text that the file has, so that no number is rounded.
    let values: BTreeMap<String, String> = yaml::read(&text, &source).map_err(|failure| {
        failure.with_hint(
            "a YAML file holds one scalar per parameter; write nested values as JSON text or use JSON",
        )
    })?;
    for (name, value) in values {
        insert(arguments, &name, Argument::Text(value))?;
    }
    Ok(())
}

/// Reads a raw event: JSON, `@FILE` or `-` for stdin.
pub fn read_payload(text: &str) -> Result<String, Failure> {
    match text.strip_prefix('@') {
        Some(file) => read_document(file),
        None if text == "-" => read_document("-"),
        None => Ok(text.to_owned()),
    }
}

/// Reads a document; `-` is stdin. A byte order mark is removed.
pub fn read_document(file: &str) -> Result<String, Failure> {
    let mut text = read_text(file)?;
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    Ok(text)
}

/// Reads a text file; `-` is stdin.
pub fn read_text(file: &str) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if file == "-" {
        std::io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(Path::new(file))
    };
    read.map_err(|error| Failure::io(format!("could not read {}", source_name(file)), &error))
}

/// The name of a file in error messages.
pub fn source_name(file: &str) -> String {
    if file == "-" { "stdin".to_owned() } else { file.to_owned() }
}

fn json(name: &str, text: &str) -> Result<RawJson, Failure> {
    RawJson::parse(text)
        .map_err(|error| Failure::usage(ErrorCode::InvalidArguments, format!("parameter {name}: {error}")))
}

fn insert(arguments: &mut Arguments, name: &str, argument: Argument) -> Result<(), Failure> {
    let invalid = |error: String| Failure::usage(ErrorCode::InvalidArguments, error);
    let name: ParamName =
        name.parse().map_err(|error: lamplight_domain::NameError| invalid(error.to_string()))?;
    arguments.insert(name, argument).map_err(|error| invalid(error.to_string()))
}

/// The properties of an object in their order, including repeated names, so that these can be refused.
struct Properties(Vec<(String, RawJson)>);

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Properties;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of parameter values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut values = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    values.push(entry);
                }
                Ok(Properties(values))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Result<Vec<(String, Argument)>, Failure> {
        let mut arguments = Arguments::default();
        for text in texts {
            read_parameter(&mut arguments, text)?;
        }
        Ok(arguments.iter().map(|(name, value)| (name.to_string(), value.clone())).collect())
    }

    #[test]
    fn text_and_json_are_told_apart() {
        let read = read(&["a=1=2", "b:=[1]", "c="]).unwrap();
        assert_eq!(read[0], ("a".into(), Argument::Text("1=2".into())));
        assert_eq!(read[1], ("b".into(), Argument::Json(RawJson::parse("[1]").unwrap())));
        assert_eq!(read[2], ("c".into(), Argument::Text(String::new())));
    }

    #[test]
    fn mistakes_name_the_parameter() {
        for (texts, message) in [
            (vec!["a"], "parameter \"a\" has no '='"),
            (vec!["a:={"], "parameter a: not valid JSON"),
            (vec!["a=1", "A=2"], "parameter A is given more than once"),
            (vec!["=1"], "parameter name \"\" must be"),
        ] {
            let failure = read(&texts).unwrap_err();
            assert!(failure.message.starts_with(message), "{}", failure.message);
        }
    }

    #[test]
    fn a_file_of_values_keeps_numbers_and_refuses_repeats() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let mut arguments = Arguments::default();
        read_parameters_file(&mut arguments, &file("a.json", "{\"a\": 1.10}")).unwrap();
        read_parameters_file(&mut arguments, &file("a.yaml", "b: 12345678901234567890.10\nc: '{}'\n"))
            .unwrap();
        let given: Vec<_> = arguments.iter().map(|(_, value)| value.as_given().to_owned()).collect();
        assert_eq!(given, ["1.10", "12345678901234567890.10", "{}"]);
        let mut marked = Arguments::default();
        read_parameters_file(&mut marked, &file("bom.json", "\u{feff}{\"a\": 1}")).unwrap();
        assert_eq!(marked.get(&"a".parse().unwrap()), Some(&Argument::Json(RawJson::parse("1").unwrap())));
        let failure = read_parameters_file(&mut arguments, &file("d.json", "{\"x\":1,\"X\":2}")).unwrap_err();
        assert!(failure.message.contains("more than once"), "{}", failure.message);
        let failure = read_parameters_file(&mut arguments, &file("e.yaml", "y: 1\nz: [1]\n")).unwrap_err();
        assert!(failure.message.contains("line 2, column 4"), "{}", failure.message);
    }
}
