//! A deserialiser for JSON values that tracks the path to each value. The one in `serde_json` does not, and does not
//! accept an empty table in place of the name of a unit variant.

use super::{TableError, TableSpot, explain_parse_error};
use crate::Hint;
use serde::{
    Deserializer, de,
    de::{
        DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value, map, value::Number};
use std::{fmt, slice};

/// A mistake that is being returned to the root: each enclosing table or array adds a key.
#[derive(Debug)]
pub(super) struct Mistake {
    /// From the mistake up to the root.
    keys: Vec<String>,
    spot: TableSpot,
    /// The message from serde; it may repeat values.
    message: String,
}

impl Mistake {
    /// The mistake in plain words, without values.
    pub(super) fn into_table_error(self) -> TableError {
        let (message, hint) = explain_parse_error(&self.message);
        TableError {
            path: self.keys.into_iter().rev().collect(),
            spot: self.spot,
            message,
            hint: hint.map(Hint::from),
        }
    }

    fn with_parent(mut self, key: impl Into<String>) -> Self {
        self.keys.push(key.into());
        self
    }

    /// The mistake is in the key, not in its value.
    fn in_key(self, key: &str) -> Self {
        Self { spot: TableSpot::Key, ..self.with_parent(key) }
    }
}

impl de::Error for Mistake {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { keys: Vec::new(), spot: TableSpot::Value, message: message.to_string() }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Mistake {}

/// The root table, or a table inside it.
pub(super) struct Table<'a>(pub(super) &'a Map<String, Value>);

impl<'de> Deserializer<'de> for Table<'de> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_map(Entries { entries: self.0.iter(), next: None })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 i128 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Reader<'a>(&'a Value);

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => visit_number(number, visitor),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(elements) => visitor.visit_seq(Elements { elements: elements.iter(), number: 0 }),
            Value::Object(table) => Table(table).deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &str, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let variant = match self.0 {
            Value::String(name) => Variant { name, content: None },
            Value::Object(table) => {
                let mut entries = table.iter();
                match (entries.next(), entries.next()) {
                    (Some((name, content)), None) => Variant { name, content: Some(content) },
                    (None, _) => {
                        return Err(Mistake::custom("wanted exactly 1 element, less than 1 element"));
                    }
                    (Some(_), Some(_)) => {
                        return Err(Mistake::custom("wanted exactly 1 element, more than 1 element"));
                    }
                }
            }
            _ => return Err(Mistake::custom("wanted string or table")),
        };
        visitor.visit_enum(variant)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Mistake> {
    if let Some(value) = number.as_u64() {
        visitor.visit_u64(value)
    } else if let Some(value) = number.as_i64() {
        visitor.visit_i64(value)
    } else {
        visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN))
    }
}

struct Entries<'a> {
    entries: map::Iter<'a>,
    next: Option<(&'a str, &'a Value)>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mistake> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        self.next = Some((key, value));
        let read = seed.deserialize(de::value::BorrowedStrDeserializer::<Mistake>::new(key));
        read.map(Some).map_err(|mistake| mistake.in_key(key))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Mistake> {
        let (key, value) = self.next.take().ok_or_else(|| Mistake::custom("a value without a key"))?;
        seed.deserialize(Reader(value)).map_err(|mistake| mistake.with_parent(key))
    }
}

struct Elements<'a> {
    elements: slice::Iter<'a, Value>,
    number: usize,
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = Mistake;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Mistake> {
        let Some(element) = self.elements.next() else { return Ok(None) };
        let number = self.number;
        self.number += 1;
        seed.deserialize(Reader(element)).map(Some).map_err(|mistake| mistake.with_parent(number.to_string()))
    }
}

/// An enum variant: a name, or a table with one name as its key.
struct Variant<'a> {
    name: &'a str,
    content: Option<&'a Value>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Mistake;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Mistake> {
        let name: de::value::StrDeserializer<'_, Mistake> = self.name.into_deserializer();
        match seed.deserialize(name) {
            Ok(value) => Ok((value, self)),
            Err(mistake) if self.content.is_some() => Err(mistake.in_key(self.name)),
            Err(mistake) => Err(mistake),
        }
    }
}

impl<'de> Variant<'de> {
    fn content(&self, wanted: &str) -> Result<Reader<'de>, Mistake> {
        self.content.map(Reader).ok_or_else(|| Mistake::invalid_type(Unexpected::UnitVariant, &wanted))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'de> {
    type Error = Mistake;

    fn unit_variant(self) -> Result<(), Mistake> {
        match self.content {
            None => Ok(()),
            Some(Value::Object(table)) if table.is_empty() => Ok(()),
            Some(_) => Err(Mistake::custom("expected empty table").with_parent(self.name)),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Mistake> {
        let content = self.content("newtype variant")?;
        seed.deserialize(content).map_err(|mistake| mistake.with_parent(self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mistake> {
        let content = self.content("tuple variant")?;
        content.deserialize_seq(visitor).map_err(|mistake| mistake.with_parent(self.name))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let content = self.content("struct variant")?;
        content.deserialize_map(visitor).map_err(|mistake| mistake.with_parent(self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{TableError, TableSpot, read_table};
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Own {
        way: Option<Way>,
        count: Option<u32>,
        #[serde(default)]
        list: Vec<u8>,
        #[serde(default)]
        tags: BTreeMap<String, bool>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Way {
        Plain,
        Named(String),
        Further(Box<Inner>),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        source: Way,
    }

    fn read(json: &str) -> Result<Own, TableError> {
        read_table(serde_json::from_str::<serde_json::Value>(json).unwrap().as_object().unwrap())
    }

    #[test]
    fn a_unit_variant_is_a_name_or_an_empty_table() {
        for json in [r#"{"way":"plain"}"#, r#"{"way":{"plain":{}}}"#] {
            assert_eq!(read(json).unwrap().way, Some(Way::Plain), "{json}");
        }
        let nested =
            read(r#"{"way":{"further":{"source":{"named":"x"}}},"count":3,"list":[1],"tags":{"a":true}}"#);
        let Some(Way::Further(inner)) = nested.unwrap().way else { unreachable!("a way with a source") };
        assert_eq!(inner.source, Way::Named("x".to_owned()));
    }

    #[test]
    fn every_mistake_has_its_path_and_repeats_no_value() {
        use TableSpot::{Key, Value};
        for (json, path, spot, message) in [
            (r#"{"cuont":1}"#, "cuont", Key, "unknown key \"cuont\""),
            (r#"{"hunter2":1}"#, "hunter2", Key, "unknown key"),
            (
                r#"{"count":"hunter2"}"#,
                "count",
                Value,
                "this is a string, but it must be a whole number of 0 or more",
            ),
            (
                r#"{"count":-1}"#,
                "count",
                Value,
                "this is an integer, but it must be a whole number of 0 or more",
            ),
            (
                r#"{"list":[1,"hunter2"]}"#,
                "list.1",
                Value,
                "this is a string, but it must be a whole number of 0 or more",
            ),
            (
                r#"{"tags":{"a":{"b":"hunter2"}}}"#,
                "tags.a",
                Value,
                "this is a table, but it must be a boolean",
            ),
            (r#"{"way":"plian"}"#, "way", Value, "unknown value \"plian\""),
            (r#"{"way":{"plian":{}}}"#, "way.plian", Key, "unknown value \"plian\""),
            (r#"{"way":{"plain":{"x":"hunter2"}}}"#, "way.plain", Value, "this choice has no settings"),
            (r#"{"way":"named"}"#, "way", Value, "the settings of this choice are missing"),
            (r#"{"way":{}}"#, "way", Value, "expected exactly one choice, found none"),
            (
                r#"{"way":{"plain":{},"named":"hunter2"}}"#,
                "way",
                Value,
                "expected exactly one choice, found several",
            ),
            (r#"{"way":5}"#, "way", Value, "expected a name or a table"),
            (r#"{"way":{"further":{}}}"#, "way.further", Value, "key source is missing"),
            (
                r#"{"way":{"further":{"source":{"named":5}}}}"#,
                "way.further.source.named",
                Value,
                "this is an integer, but it must be a string",
            ),
        ] {
            let mistake = read(json).unwrap_err();
            assert_eq!((mistake.path.join("."), mistake.spot), (path.to_owned(), spot), "{json}");
            assert_eq!(mistake.message, message, "{json}");
            assert!(!format!("{} {:?}", mistake.message, mistake.hint).contains("hunter2"), "{mistake:?}");
        }
    }
}
