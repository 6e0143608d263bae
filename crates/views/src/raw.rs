//! JSON that is written exactly as it was received: no number is rounded and no key is reordered.

use lamplight_domain::{MASK, Output, RawJson};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A response: byte for byte if it is JSON, otherwise as text.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Response<'a> {
    /// JSON as it was received.
    Json(&'a RawValue),
    /// Text; bytes that are not valid UTF-8 are replaced.
    Text(Cow<'a, str>),
}

impl<'a> Response<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        match serde_json::from_slice(bytes) {
            Ok(raw) => Self::Json(raw),
            Err(_) => Self::Text(String::from_utf8_lossy(bytes)),
        }
    }
}

/// Outputs by parameter, in the order of the parameters; secret ones are masked.
#[derive(Debug)]
pub struct Outputs<'a>(pub(crate) &'a [Output]);

impl Serialize for Outputs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for output in self.0 {
            if output.secret {
                map.serialize_entry(output.name.as_str(), &RawJson::string(MASK))?;
            } else {
                map.serialize_entry(output.name.as_str(), &output.value)?;
            }
        }
        map.end()
    }
}
