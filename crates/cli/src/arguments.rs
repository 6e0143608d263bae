//! Reading values for a run from the command line, files and stdin.

use crate::{
    failure::Failure,
    input::{read_text, source_name},
    yaml,
};
use lamplight_domain::{Argument, Arguments, ErrorCode, JsonSyntaxError, ParamName, RawJson};
use serde::{
    Deserialize,
    de::{MapAccess, Visitor},
};
use std::{collections::BTreeMap, fmt};

/// How a value on the command line is meant.
#[derive(Clone, Copy)]
enum Meant {
    /// `name=text`: by the type of the parameter.
    ByType,
    /// `name==text`: always as text.
    Text,
    /// `name:=json`
    Json,
}

/// Reads `name=text`, `name==text` and `name:=json` into `arguments`. A value `@FILE` is read from a file; a text `@@…`
/// begins with one `@`. Returns what the caller should be told.
pub fn read_parameter(arguments: &mut Arguments, text: &str) -> Result<Option<String>, Failure> {
    let Some((left, right)) = text.split_once('=') else {
        return Err(Failure::usage(ErrorCode::InvalidArguments, format!("parameter {text:?} has no '='"))
            .with_hint("give text as -p name=value and JSON as -p name:=json"));
    };
    let (name, meant, given) = match (left.strip_suffix(':'), right.strip_prefix('=')) {
        (Some(name), _) => (name, Meant::Json, right),
        (None, Some(given)) => (left, Meant::Text, given),
        (None, None) => (left, Meant::ByType, right),
    };
    let value = match given.strip_prefix('@') {
        Some(file) if file.starts_with('@') => file.to_owned(),
        Some(file) => read_text(file).map_err(|failure| match failure.hint {
            Some(_) => failure,
            None => failure.with_hint(format!("a text that begins with '@' is written {name}=@@…")),
        })?,
        None => given.to_owned(),
    };
    let note = (matches!(meant, Meant::ByType) && is_file_url(given))
        .then(|| format!("parameter {name}: {FILE_URL} is sent as text; {name}=@FILE reads the file"));
    let argument = match meant {
        Meant::ByType => Argument::Text(value),
        Meant::Text => Argument::Json(RawJson::string(&value)),
        Meant::Json => Argument::Json(json(name, &value)?),
    };
    insert(arguments, name, argument)?;
    Ok(note)
}

const FILE_URL: &str = "file://…";

/// Whether a value names a file as the AWS CLI does.
fn is_file_url(text: &str) -> bool {
    text.starts_with("file://") || text.starts_with("fileb://")
}

/// Reads a whole file of values, a JSON or YAML object; `-` is stdin.
pub fn read_parameters_file(file: &str) -> Result<Arguments, Failure> {
    let mut arguments = Arguments::default();
    let text = read_text(file)?;
    let source = source_name(file);
    if text.trim_start().starts_with('{') {
        let values: Properties = serde_json::from_str(&text).map_err(|error| {
            Failure::usage(ErrorCode::InvalidArguments, format!("{source}: {}", JsonSyntaxError::from(error)))
        })?;
        for (name, value) in values.0 {
            insert(&mut arguments, &name, Argument::Json(value))?;
        }
        return Ok(arguments);
    }
    // Scalars stay the text that the file has, so that no number is rounded. Only null is not a text.
    let values: BTreeMap<String, Option<String>> =
        read_mapping(&text, &source).map_err(|failure| match failure.hint {
            Some(_) => failure,
            None => failure.with_hint(
                "a YAML file holds one scalar per parameter; write nested values as JSON text or use JSON",
            ),
        })?;
    for (name, value) in values {
        insert(&mut arguments, &name, value.map_or_else(|| Argument::Json(RawJson::null()), Argument::Text))?;
    }
    Ok(arguments)
}

/// Reads a YAML mapping; a file of another kind is named.
pub fn read_mapping<T: serde::de::DeserializeOwned>(text: &str, source: &str) -> Result<T, Failure> {
    yaml::read(text, source).map_err(|failure| {
        if is_env_file(text) {
            let message = format!("{source} is an .env file with lines NAME=value");
            Failure::usage(ErrorCode::InvalidYaml, message)
                .with_hint("write it as YAML, with lines NAME: value, or as a JSON object")
        } else {
            failure
        }
    })
}

/// Whether the first line that is not a comment is `NAME=value` or `export NAME=value`.
fn is_env_file(text: &str) -> bool {
    let line = text.lines().map(str::trim_start).find(|line| !line.is_empty() && !line.starts_with('#'));
    let Some((name, _)) = line.unwrap_or_default().split_once('=') else { return false };
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

/// Reads a JSON text: the text itself, `@FILE`, or `-` for stdin.
pub fn read_json_text(text: &str, code: ErrorCode) -> Result<String, Failure> {
    if is_file_url(text) {
        let message = format!("{FILE_URL} is not JSON; it is how the AWS CLI names a file");
        return Err(Failure::usage(code, message).with_hint("give the file as @FILE"));
    }
    match text.strip_prefix('@') {
        Some(file) => read_text(file),
        None if text == "-" => read_text("-"),
        None => Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
    }
}

fn json(name: &str, text: &str) -> Result<RawJson, Failure> {
    RawJson::parse(text).map_err(|error| {
        let failure = Failure::usage(ErrorCode::InvalidArguments, format!("parameter {name}: {error}"));
        if is_file_url(text) { failure.with_hint(format!("give a file as {name}:=@FILE")) } else { failure }
    })
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
    fn text_and_json_arguments_are_distinguished() {
        let json = |text| Argument::Json(RawJson::parse(text).unwrap());
        for (given, name, expected) in [
            ("a=1=2", "a", Argument::Text("1=2".into())),
            ("b:=[1]", "b", json("[1]")),
            ("c=", "c", Argument::Text(String::new())),
            ("d==[1]", "d", json("\"[1]\"")),
            ("e==", "e", json("\"\"")),
            ("f===x", "f", json("\"=x\"")),
            ("g=@@handle", "g", Argument::Text("@handle".into())),
            ("h==@@handle", "h", json("\"@handle\"")),
            ("i=@@@", "i", Argument::Text("@@".into())),
            ("j=a@b", "j", Argument::Text("a@b".into())),
        ] {
            assert_eq!(read(&[given]).unwrap(), [(name.to_owned(), expected)], "{given}");
        }
    }

    #[test]
    fn a_file_named_as_the_aws_cli_does_is_explained() {
        let mut arguments = Arguments::default();
        let note = read_parameter(&mut arguments, "a=file://x.json").unwrap().unwrap();
        assert!(note.contains("a=@FILE"), "{note}");
        assert_eq!(read_parameter(&mut arguments, "b=https://x").unwrap(), None);
        let failure = read_json_text("fileb://x.json", ErrorCode::InvalidPayload).unwrap_err();
        assert_eq!(failure.hint.as_deref(), Some("give the file as @FILE"));
    }

    #[test]
    fn mistakes_name_the_parameter() {
        for (texts, message) in [
            (vec!["a"], "parameter \"a\" has no '='"),
            (vec!["a:={"], "parameter a: not valid JSON"),
            (vec!["a=1", "a=2"], "parameter a is given more than once"),
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
        let values = |name: &str, text: &str| -> Vec<String> {
            let arguments = read_parameters_file(&file(name, text)).unwrap();
            arguments.iter().map(|(_, value)| value.as_given().to_owned()).collect()
        };
        assert_eq!(values("a.json", "{\"a\": 1.10}"), ["1.10"]);
        assert_eq!(
            values("a.yaml", "b: 12345678901234567890.10\nc: '{}'\n"),
            ["12345678901234567890.10", "{}"]
        );
        assert_eq!(values("mark.json", "\u{feff}{\"a\": 1}"), ["1"]);
        assert_eq!(values("mark.yaml", "\u{feff}a: x\n"), ["x"]);
        assert_eq!(values("case.json", "{\"x\":1,\"X\":2}"), ["1", "2"]);
        let failure = read_parameters_file(&file("d.json", "{\"x\":1,\"x\":2}")).unwrap_err();
        assert!(failure.message.contains("more than once"), "{}", failure.message);
        let failure = read_parameters_file(&file("e.yaml", "y: 1\nz: [1]\n")).unwrap_err();
        assert!(failure.message.contains("line 2, column 4"), "{}", failure.message);
    }

    #[test]
    fn null_in_yaml_is_null() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("values.yaml");
        std::fs::write(&path, "a: null\nb: ~\nc:\nd: 'null'\ne: \"~\"\nf: ''\ng: nul\n").unwrap();
        let arguments = read_parameters_file(path.to_str().unwrap()).unwrap();
        let text = |text: &str| Argument::Text(text.to_owned());
        let null = || Argument::Json(RawJson::null());
        let expected = [null(), null(), null(), text("null"), text("~"), text(""), text("nul")];
        assert_eq!(arguments.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_env_file_is_explained() {
        for text in ["A=1\n", "# settings\n\nexport A_B='x'\nC=2\n", "a.b=1\nc=2"] {
            assert!(is_env_file(text), "{text}");
        }
        for text in ["a: b=c\n", "{\"a\": \"b=c\"}", "", "- a=1\n", "=x\n", "1=2\n"] {
            assert!(!is_env_file(text), "{text}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        std::fs::write(&path, "A=1\nB=2\n").unwrap();
        let failure = read_parameters_file(path.to_str().unwrap()).unwrap_err();
        assert!(failure.message.contains("is an .env file"), "{}", failure.message);
    }
}
