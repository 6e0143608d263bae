//! The keys of a connection to functions behind URLs.

use crate::{HttpUrl, http_functions_check, references};
use lamplight_domain::{SecretRef, TableError, read_table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, path::Path};

/// The keys of a connection to functions behind URLs, in addition to those that all connections have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "HttpConnection")]
pub struct HttpFunctionsTable {
    /// The functions, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub functions: BTreeMap<String, HttpFunctionTable>,
    /// Whether a function's URL may be plain `http://` to another machine, where events and responses can be read and changed
    /// on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_http: Option<bool>,
}

/// A function behind a URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "HttpFunction")]
pub struct HttpFunctionTable {
    /// The URL to which the event is sent by POST as JSON. It must not have a query: send a key in a header.
    #[schemars(with = "String", url)]
    pub url: HttpUrl,
    /// A description of the function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The function's own time limit in seconds, 1-86400. A call waits that long and a margin more; if not set, an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 86400))]
    pub timeout_seconds: Option<u32>,
    /// The headers of each call. A value is plain text or a secret reference; a header for credentials needs a
    /// reference.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// A reference to the token to send as `authorization: Bearer TOKEN`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "references::deserialize_optional"
    )]
    #[schemars(with = "Option<String>", regex(pattern = crate::references::PATTERN))]
    pub bearer_token: Option<SecretRef>,
    /// Whether the function accepts events and runs them later: it can only be called with the invocation type Event,
    /// and HTTP 202 means that the event was accepted.
    #[serde(default, rename = "async", skip_serializing_if = "std::ops::Not::not")]
    pub is_async: bool,
    /// The HTTP statuses that mean success; allowed are 200-299 except 202. The default is 200 and 204.
    #[serde(default = "success")]
    #[schemars(length(min = 1), inner(range(min = 200, max = 299)))]
    pub success_statuses: Vec<u16>,
    /// The HTTP statuses that mean that the function ran and failed; allowed are 400-599. Proxies send 502-504 too, so
    /// those need `mark_header`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(range(min = 400, max = 599)))]
    pub error_statuses: Vec<u16>,
    /// The HTTP statuses that prove that the function did not start; allowed are 400-499. Examples are 401 and 429 if only
    /// a gateway in front of the function sends them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(range(min = 400, max = 499)))]
    pub refused_statuses: Vec<u16>,
    /// A header that a response has only if the function failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_header: Option<String>,
    /// A property of the JSON response that has a value only if the function failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_field: Option<String>,
    /// A header that all responses of the function have and those of proxies do not. Without it, only a JSON response or
    /// HTTP 204 counts as success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark_header: Option<String>,
}

fn success() -> Vec<u16> {
    vec![200, 204]
}

impl HttpFunctionsTable {
    /// Reads the table.
    ///
    /// # Errors
    /// The first error. Values that may be secrets are never repeated.
    pub fn read(table: &Map<String, Value>) -> Result<Self, TableError> {
        let own = read_table::<Self>(table)?;
        http_functions_check::check(&own)?;
        Ok(own)
    }

    /// The JSON Schema of the table.
    pub fn schema() -> Value {
        schemars::schema_for!(Self).into()
    }

    /// All secret references in the table.
    pub fn references(&self) -> Vec<SecretRef> {
        let all = self.functions.values().flat_map(|function| {
            let headers = function.headers.values().filter_map(|value| value.parse().ok());
            headers.chain(function.bearer_token.clone())
        });
        all.collect()
    }

    /// Resolves the relative paths of secret references from `folder`.
    #[must_use]
    pub fn in_folder(mut self, folder: &Path) -> Self {
        for function in self.functions.values_mut() {
            if let Some(reference) = &mut function.bearer_token {
                references::start_from(reference, folder);
            }
            for value in function.headers.values_mut() {
                if let Ok(mut reference) = value.parse() {
                    references::start_from(&mut reference, folder);
                    *value = reference.to_string();
                }
            }
        }
        self
    }
}
