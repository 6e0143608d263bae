//! A reader of JSON values that knows the path to where it is. That of `serde_json` knows no path, and takes no empty table
//! for a name without settings.

use super::{TableError, TableSpot, plain_words};
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

/// A mistake on its way out: each table that it passes adds a key.
#[derive(Debug)]
pub(super) struct Mistake {
    /// From the mistake up to the root.
    keys: Vec<String>,
    spot: TableSpot,
    /// As serde says it; it may repeat values.
    words: String,
}

impl Mistake {
    /// The mistake in plain words.
    pub(super) fn plain(self) -> TableError {
        let (message, hint) = plain_words(&self.words);
        TableError {
            path: self.keys.into_iter().rev().collect(),
            spot: self.spot,
            message,
            hint: hint.map(Hint::from),
        }
    }

    fn below(mut self, key: impl Into<String>) -> Self {
        self.keys.push(key.into());
        self
    }

    /// The mistake of a key and not of what it leads to.
    fn of_key(self, key: &str) -> Self {
        Self { spot: TableSpot::Key, ..self.below(key) }
    }
}

impl de::Error for Mistake {
    fn custom<T: fmt::Display>(words: T) -> Self {
        Self { keys: Vec::new(), spot: TableSpot::Value, words: words.to_string() }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for Mistake {}

/// The table that everything is in.
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
        read.map(Some).map_err(|mistake| mistake.of_key(key))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Mistake> {
        let (key, value) = self.next.take().ok_or_else(|| Mistake::custom("a value without a key"))?;
        seed.deserialize(Reader(value)).map_err(|mistake| mistake.below(key))
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
        seed.deserialize(Reader(element)).map(Some).map_err(|mistake| mistake.below(number.to_string()))
    }
}

/// A name alone, or a table of one name and what belongs to it.
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
            Err(mistake) if self.content.is_some() => Err(mistake.of_key(self.name)),
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
            Some(_) => Err(Mistake::custom("expected empty table").below(self.name)),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Mistake> {
        let content = self.content("newtype variant")?;
        seed.deserialize(content).map_err(|mistake| mistake.below(self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mistake> {
        let content = self.content("tuple variant")?;
        content.deserialize_seq(visitor).map_err(|mistake| mistake.below(self.name))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let content = self.content("struct variant")?;
        content.deserialize_map(visitor).map_err(|mistake| mistake.below(self.name))
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
    fn a_name_without_settings_is_itself_or_an_empty_table() {
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
                "this is a string and must be a whole number of 0 or more",
            ),
            (r#"{"count":-1}"#, "count", Value, "this is an integer and must be a whole number of 0 or more"),
            (r#"{"list":[1,"hunter2"]}"#, "list.1", Value, "this is a string and must be u8"),
            (r#"{"tags":{"a":{"b":"hunter2"}}}"#, "tags.a", Value, "this is a table and must be a boolean"),
            (r#"{"way":"plian"}"#, "way", Value, "unknown value \"plian\""),
            (r#"{"way":{"plian":{}}}"#, "way.plian", Key, "unknown value \"plian\""),
            (r#"{"way":{"plain":{"x":"hunter2"}}}"#, "way.plain", Value, "this has no settings"),
            (r#"{"way":"named"}"#, "way", Value, "this has settings of its own, which are missing"),
            (r#"{"way":{}}"#, "way", Value, "exactly one of the ways can be given here, and there is none"),
            (
                r#"{"way":{"plain":{},"named":"hunter2"}}"#,
                "way",
                Value,
                "exactly one of the ways can be given here, and there are several",
            ),
            (r#"{"way":5}"#, "way", Value, "this must be a name or a table"),
            (r#"{"way":{"further":{}}}"#, "way.further", Value, "the key source is missing"),
            (
                r#"{"way":{"further":{"source":{"named":5}}}}"#,
                "way.further.source.named",
                Value,
                "this is an integer and must be a string",
            ),
        ] {
            let mistake = read(json).unwrap_err();
            assert_eq!((mistake.path.join("."), mistake.spot), (path.to_owned(), spot), "{json}");
            assert_eq!(mistake.message, message, "{json}");
            assert!(!format!("{} {:?}", mistake.message, mistake.hint).contains("hunter2"), "{mistake:?}");
        }
    }
}
