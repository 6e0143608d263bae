//! JSON that is written exactly as it was received: no number is rounded and no key is reordered.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lamplight_domain::{MASK, Output, RawJson};
use schemars::JsonSchema;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;

/// A response: byte for byte if it is JSON, otherwise as a string.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Response<'a> {
    /// JSON as it was received.
    Json(&'a RawValue),
    /// Text that is not JSON.
    Text(&'a str),
    /// Bytes that are not text, in standard Base64.
    Binary(String),
}

/// How a response is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResponseKind {
    /// `response` is the JSON that was received, which may be null.
    Json,
    /// `response` is the text that was received, as a string.
    Text,
    /// `response` is what was received in standard Base64, as a string.
    Binary,
    /// Nothing was received, or it was not stored; `response` is null.
    None,
}

impl<'a> Response<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        if let Ok(raw) = serde_json::from_slice(bytes) {
            return Self::Json(raw);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text),
            Err(_) => Self::Binary(STANDARD.encode(bytes)),
        }
    }

    pub(crate) fn kind(&self) -> ResponseKind {
        match self {
            Self::Json(_) => ResponseKind::Json,
            Self::Text(_) => ResponseKind::Text,
            Self::Binary(_) => ResponseKind::Binary,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_json_text_or_binary() {
        for (bytes, kind, written) in [
            (&b"null"[..], ResponseKind::Json, "null"),
            (b"{\"n\": 1.10}", ResponseKind::Json, "{\"n\": 1.10}"),
            (b"\"\\ud800\"", ResponseKind::Json, "\"\\ud800\""),
            (b"plain", ResponseKind::Text, "\"plain\""),
            (b"nul", ResponseKind::Text, "\"nul\""),
            (b"\xff\0\x01", ResponseKind::Binary, "\"/wAB\""),
        ] {
            let response = Response::new(bytes);
            let found = (response.kind(), serde_json::to_string(&response).unwrap());
            assert_eq!(found, (kind, written.to_owned()), "{bytes:?}");
        }
    }
}
