//! Extracts outputs from a response in one pass, which validates the whole response and copies only the outputs.

use crate::{
    DataType, Evidence, EvidenceKind, JsonKind, ParamName, Parameter, ParameterList, RawJson, RunState, json,
    name::fold,
};
use serde::{
    Deserialize, Serialize,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    fmt,
};

/// The value of one `Output` or `InputOutput` parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// The parameter.
    pub name: ParamName,
    /// Its declared type. If `value` has another type, the run carries a warning.
    #[serde(rename = "type")]
    pub data_type: DataType,
    /// The property, byte for byte as in the response.
    pub value: RawJson,
    /// Whether the parameter is secret.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
}

/// A problem with a run that does not change its status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Warning {
    /// The response is not JSON, so it has no outputs.
    ResponseNotJson {
        /// The parser's message, with line and column.
        reason: String,
    },
    /// The response is JSON but not an object, so it has no outputs.
    ResponseNotObject {
        /// The type of the response.
        found: JsonKind,
    },
    /// The response has no property with the parameter's name.
    PropertyMissing {
        /// The parameter.
        parameter: ParamName,
    },
    /// Several properties match the name if case is ignored, and none matches it exactly.
    PropertyAmbiguous {
        /// The parameter.
        parameter: ParamName,
        /// The names of these properties as in the response.
        candidates: Vec<String>,
    },
    /// The response has the property more than once; the last one counts, as in most JSON parsers.
    PropertyRepeated {
        /// The parameter.
        parameter: ParamName,
    },
    /// The value does not have the declared type; it is kept unchanged.
    TypeMismatch {
        /// The parameter.
        parameter: ParamName,
        /// The declared type.
        expected: DataType,
        /// The type of the value.
        found: JsonKind,
    },
    /// The function does not support a feature that was requested, such as a log tail; the call was made without it.
    FeatureRefused {
        /// The feature left out, in the provider's words.
        feature: String,
    },
    /// The answer has no identifying header; it counts because the connection accepts such answers.
    UnmarkedAnswer,
    /// Evidence as strong as that of the recorded outcome says that the run ended in another state. The recorded
    /// outcome is kept.
    Contradicted {
        /// The state according to the other evidence.
        state: RunState,
        /// The kind of the other evidence.
        evidence: EvidenceKind,
    },
    /// A part of what the run produced could not be recorded in the store.
    NotRecorded {
        /// Which part, and why.
        what: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ResponseNotJson { reason } => write!(f, "no outputs: the response is not JSON: {reason}"),
            Self::ResponseNotObject { found } => {
                write!(f, "no outputs: the response is a JSON {found}, but outputs need a JSON object")
            }
            Self::PropertyMissing { parameter } => write!(f, "the response has no property {parameter}"),
            Self::PropertyAmbiguous { parameter, candidates } => write!(
                f,
                "output {parameter} is ambiguous: the response has {}; rename the parameter to one of them",
                candidates.join(", ")
            ),
            Self::PropertyRepeated { parameter } => {
                write!(f, "the response has property {parameter} more than once; the last one is used")
            }
            Self::TypeMismatch { parameter, expected, found } => {
                write!(
                    f,
                    "output {parameter} is declared as {expected}, but the response has {found}; the value is kept unchanged"
                )
            }
            Self::FeatureRefused { feature } => {
                write!(f, "the function does not support {feature}; the call was made without it")
            }
            Self::UnmarkedAnswer => f.write_str(
                "the answer has no identifying header, so anything at the endpoint may have sent it; it counts because the \
                 connection accepts unmarked answers",
            ),
            Self::Contradicted { state, evidence } => {
                let evidence = Evidence::of(*evidence);
                write!(
                    f,
                    "contradicted: equally strong evidence says {state} ({evidence}); the first outcome is kept"
                )
            }
            Self::NotRecorded { what } => write!(f, "not recorded: {what}"),
        }
    }
}

/// The outputs of a response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extraction {
    /// The outputs found, in the order of the parameters.
    pub outputs: Vec<Output>,
    /// What was missing, ambiguous or not of the declared type.
    pub warnings: Vec<Warning>,
}

/// Extracts the outputs of `parameters` from `response`.
///
/// # Guarantees
/// - All of `response` is validated, including UTF-8 and the properties that no parameter asks for. Without output
///   parameters it is not read at all.
/// - An exact name wins; otherwise the only property that matches if case is ignored.
/// - A value of another type is kept, with a warning.
/// - Skipped properties may be nested to any depth: skipping them uses no stack.
pub fn extract_outputs(parameters: &ParameterList, response: &[u8]) -> Extraction {
    let mut slots: Vec<Slot<'_, '_>> =
        parameters.iter().filter(|p| p.direction.is_output()).map(Slot::new).collect();
    if slots.is_empty() {
        return Extraction::default();
    }
    // On text that is not all ASCII, twice as fast as the check of the standard library.
    let text = match simdutf8::compat::from_utf8(response) {
        Ok(text) => text,
        Err(error) => return without_outputs(Warning::ResponseNotJson { reason: error.to_string() }),
    };
    if !text.trim_start_matches(json::WHITE_SPACE).starts_with('{') {
        return without_outputs(match json::validate(text) {
            Ok(()) => Warning::ResponseNotObject { found: json::kind_of(text) },
            Err(error) => Warning::ResponseNotJson { reason: error.reason },
        });
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // A few slots are compared one by one, without a copy of each key in lower case.
    let by_name = (slots.len() > FEW_SLOTS)
        .then(|| slots.iter().enumerate().map(|(index, slot)| (slot.folded.clone(), index)).collect());
    let read = Properties { slots: &mut slots, by_name: by_name.as_ref() }
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    if let Err(error) = read {
        return without_outputs(Warning::ResponseNotJson { reason: error.to_string() });
    }
    let mut extraction = Extraction::default();
    for slot in slots {
        slot.write_to(&mut extraction);
    }
    extraction
}

fn without_outputs(warning: Warning) -> Extraction {
    Extraction { outputs: Vec::new(), warnings: vec![warning] }
}

/// The properties found so far for one parameter.
struct Slot<'p, 'r> {
    parameter: &'p Parameter,
    folded: String,
    exact: Option<&'r RawValue>,
    repeated: bool,
    /// By name, with the order in the response.
    similar: BTreeMap<String, (usize, &'r RawValue)>,
}

impl<'p, 'r> Slot<'p, 'r> {
    fn new(parameter: &'p Parameter) -> Self {
        let folded = parameter.name.folded();
        Self { parameter, folded, exact: None, repeated: false, similar: BTreeMap::new() }
    }

    fn matches(&self, key: &str) -> bool {
        // ASCII names of equal length are the common case and need no allocation.
        key == self.parameter.name.as_str()
            || (key.len() == self.folded.len() && key.eq_ignore_ascii_case(&self.folded))
            || (!key.is_ascii() && fold(key) == self.folded)
    }

    fn offer(&mut self, key: &str, value: &'r RawValue) {
        if key == self.parameter.name.as_str() {
            self.repeated |= self.exact.replace(value).is_some();
        } else {
            let order = self.similar.len();
            let same = self.similar.entry(key.to_owned()).or_insert((order, value));
            self.repeated |= same.0 != order;
            same.1 = value;
        }
    }

    fn write_to(self, extraction: &mut Extraction) {
        let parameter = self.parameter.name.clone();
        let mut similar: Vec<_> = self.similar.into_iter().collect();
        similar.sort_by_key(|(_, (order, _))| *order);
        let value = match (self.exact, similar.as_slice()) {
            (Some(exact), _) => exact,
            (None, [(_, (_, only))]) => *only,
            (None, []) => return extraction.warnings.push(Warning::PropertyMissing { parameter }),
            (None, several) => {
                let candidates = several.iter().map(|(name, _)| name.clone()).collect();
                return extraction.warnings.push(Warning::PropertyAmbiguous { parameter, candidates });
            }
        };
        if self.repeated {
            extraction.warnings.push(Warning::PropertyRepeated { parameter: parameter.clone() });
        }
        let value = RawJson::from(value);
        let (expected, found) = (self.parameter.data_type, value.kind());
        if !expected.admits(found) {
            extraction.warnings.push(Warning::TypeMismatch { parameter: parameter.clone(), expected, found });
        }
        let secret = self.parameter.secret;
        extraction.outputs.push(Output { name: parameter, data_type: expected, value, secret });
    }
}

/// With more output parameters than this, properties are found by a map.
const FEW_SLOTS: usize = 16;

/// The position of the slot for each name in lower case.
type Places = HashMap<String, usize>;

/// Visits the top-level properties and keeps those that a parameter asks for.
struct Properties<'s, 'p, 'r> {
    slots: &'s mut [Slot<'p, 'r>],
    by_name: Option<&'s Places>,
}

impl<'r> DeserializeSeed<'r> for Properties<'_, '_, 'r> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'r>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'r> Visitor<'r> for Properties<'_, '_, 'r> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'r>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(found) = map.next_key_seed(Key { slots: self.slots, by_name: self.by_name })? {
            match found {
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
                Some((index, key)) => {
                    let value = map.next_value::<&RawValue>()?;
                    if let Some(slot) = self.slots.get_mut(index) {
                        slot.offer(&key, value);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Reads a key and finds the parameter that it belongs to. Keys without a parameter are not copied.
struct Key<'s, 'p, 'r> {
    slots: &'s [Slot<'p, 'r>],
    by_name: Option<&'s Places>,
}

impl Key<'_, '_, '_> {
    fn find(&self, key: &str) -> Option<usize> {
        match self.by_name {
            Some(places) => places.get(&fold(key)).copied(),
            None => self.slots.iter().position(|slot| slot.matches(key)),
        }
    }
}

impl<'r> DeserializeSeed<'r> for Key<'_, '_, '_> {
    type Value = Option<(usize, Cow<'r, str>)>;

    fn deserialize<D: serde::Deserializer<'r>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'r> Visitor<'r> for Key<'_, '_, '_> {
    type Value = Option<(usize, Cow<'r, str>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property name")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'r str) -> Result<Self::Value, E> {
        Ok(self.find(key).map(|index| (index, Cow::Borrowed(key))))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.find(key).map(|index| (index, Cow::Owned(key.to_owned()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Direction;

    fn outputs(types: &[(&str, DataType)]) -> ParameterList {
        let list: Vec<Parameter> = types
            .iter()
            .map(|(name, data_type)| {
                Parameter::new(name.parse().unwrap(), *data_type).with_direction(Direction::Output)
            })
            .collect();
        ParameterList::try_from(list).unwrap()
    }

    fn extract(types: &[(&str, DataType)], response: &str) -> (Vec<String>, Vec<String>) {
        let extraction = extract_outputs(&outputs(types), response.as_bytes());
        (
            extraction.outputs.iter().map(|o| format!("{}={}", o.name, o.value)).collect(),
            extraction.warnings.iter().map(ToString::to_string).collect(),
        )
    }

    #[test]
    fn exact_names_win_over_similar_ones() {
        let (found, warnings) = extract(&[("sum", DataType::Integer)], r#"{"SUM":1,"sum":2,"Sum":3}"#);
        assert_eq!((found, warnings), (vec!["sum=2".into()], vec![]));
        let (found, _) = extract(&[("sum", DataType::Integer)], r#"{"x":{"sum":9},"S\u0055M":1}"#);
        assert_eq!(found, ["sum=1"]);
        let (found, _) = extract(&[("größe", DataType::Integer)], r#"{"GRÖSSE":0,"GRÖßE":1}"#);
        assert_eq!(found, ["größe=1"]);
    }

    #[test]
    fn an_output_that_cannot_be_read_gives_a_warning() {
        let (found, warnings) = extract(&[("sum", DataType::Integer)], r#"{"SUM":1,"Sum":3}"#);
        assert!(found.is_empty());
        assert_eq!(
            warnings[0],
            "output sum is ambiguous: the response has SUM, Sum; rename the parameter to one of them"
        );
        let (found, warnings) = extract(&[("sum", DataType::Integer)], r#"{"sum":1.0,"sum":2.5}"#);
        assert_eq!(found, ["sum=2.5"]);
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        for (response, start) in [
            ("{}", "the response has no property sum"),
            ("[1]", "no outputs: the response is a JSON array"),
            ("null", "no outputs: the response is a JSON null"),
            ("", "no outputs: the response is not JSON"),
            (r#"{"sum":1"#, "no outputs: the response is not JSON"),
            (r#"{"sum":1} x"#, "no outputs: the response is not JSON"),
            (r#"{"sum":1,"late":}"#, "no outputs: the response is not JSON"),
        ] {
            let (found, warnings) = extract(&[("sum", DataType::Integer)], response);
            assert!(found.is_empty() && warnings[0].starts_with(start), "{response}: {warnings:?}");
        }
    }

    #[test]
    fn many_outputs_are_found_like_few() {
        let names: Vec<String> = (0..10_000).map(|number| format!("Größe{number}")).collect();
        let types: Vec<(&str, DataType)> =
            names.iter().map(|name| (name.as_str(), DataType::Integer)).collect();
        let members: Vec<String> =
            names.iter().map(|name| format!("\"{}\":1", name.to_uppercase())).collect();
        // The capital of ß is SS, so upper case is another name; lower case is the same.
        assert!(extract(&types, &format!("{{{}}}", members.join(","))).0.is_empty());
        let members: Vec<String> =
            names.iter().map(|name| format!("\"{}\":1", name.to_lowercase())).collect();
        assert_eq!(extract(&types, &format!("{{{}}}", members.join(","))).0.len(), names.len());
    }

    #[test]
    fn many_names_that_differ_in_case_end_in_one_warning() {
        let variant = |number: usize| -> String {
            let capital = |bit: usize| if number >> bit & 1 == 1 { 'A' } else { 'a' };
            (0..16).map(capital).collect()
        };
        let members: Vec<String> = (1..40_000).map(|number| format!("\"{}\":1", variant(number))).collect();
        let (found, warnings) =
            extract(&[(&variant(0), DataType::Integer)], &format!("{{{}}}", members.join(",")));
        assert!(found.is_empty() && warnings.len() == 1, "{} warnings", warnings.len());
    }

    #[test]
    fn bad_bytes_in_a_skipped_part_are_seen() {
        let extraction = extract_outputs(&outputs(&[("a", DataType::Json)]), b"{\"a\":1,\"b\":\"\xff\"}");
        assert!(matches!(extraction.warnings[..], [Warning::ResponseNotJson { .. }]));
    }

    #[test]
    fn a_million_levels_do_no_harm() {
        let deep = format!("{{\"x\":{}{},\"a\":1}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_eq!(extract(&[("a", DataType::Integer)], &deep).0, ["a=1"]);
    }

    #[test]
    fn without_outputs_nothing_is_read() {
        assert_eq!(extract_outputs(&ParameterList::default(), b"\xff"), Extraction::default());
    }
}
