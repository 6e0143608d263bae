//! The keys of a connection to functions behind URLs.

use crate::{HttpUrl, http_functions_check, references};
use lamplight_domain::{SecretRef, TableError, read_table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, path::Path};

/// The keys of a connection to functions behind URLs, beside those that every connection has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "HttpConnection")]
pub struct HttpFunctionsTable {
    /// The functions, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub functions: BTreeMap<String, HttpFunctionTable>,
}

/// A function behind a URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "HttpFunction")]
pub struct HttpFunctionTable {
    /// Where it is called by POST with the event as JSON. It has no query: a key goes into a header.
    #[schemars(with = "String", url)]
    pub url: HttpUrl,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its own time limit in seconds, 1-86400; a call is waited for as long as that and a margin. Where it is not set, an
    /// hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 86400))]
    pub timeout_seconds: Option<u32>,
    /// The headers of each call. A value is a text, or a reference to a secret; of a header for credentials it is a reference.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// A reference to the token that is sent as `authorization: Bearer TOKEN`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "references::optional")]
    #[schemars(with = "Option<String>", regex(pattern = crate::references::PATTERN))]
    pub bearer_token: Option<SecretRef>,
    /// Whether it takes events and runs them later: it is called with the invocation type Event only, and HTTP 202 says that
    /// it took one.
    #[serde(default, rename = "async", skip_serializing_if = "std::ops::Not::not")]
    pub is_async: bool,
    /// The HTTP statuses of success, of 200-299 without 202.
    #[serde(default = "success")]
    #[schemars(length(min = 1), inner(range(min = 200, max = 299)))]
    pub success_statuses: Vec<u16>,
    /// The HTTP statuses by which the function says that it failed, of 400-599; 502-504, which every proxy says too, only
    /// beside `mark_header`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(range(min = 400, max = 599)))]
    pub error_statuses: Vec<u16>,
    /// The HTTP statuses that prove that the function did not start, of 400-499: such as 401 and 429, where a gateway before
    /// the function says them and the function does not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(range(min = 400, max = 499)))]
    pub refused_statuses: Vec<u16>,
    /// A header that stands in the function's answers where it failed, and in no other answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_header: Option<String>,
    /// A property of the JSON object that the function answers with, which holds something where it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_field: Option<String>,
    /// A header that stands in every answer of the function, and in nobody else's. Without one only JSON, and HTTP 204, is
    /// taken for a success.
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
    /// The first mistake. No value that may be a secret is repeated.
    pub fn read(table: &Map<String, Value>) -> Result<Self, TableError> {
        let own = read_table::<Self>(table)?;
        http_functions_check::check(&own)?;
        Ok(own)
    }

    /// The JSON Schema of the table.
    pub fn schema() -> Value {
        schemars::schema_for!(Self).into()
    }

    /// Every reference to a secret that the table holds.
    pub fn references(&self) -> Vec<SecretRef> {
        let all = self.functions.values().flat_map(|function| {
            let headers = function.headers.values().filter_map(|value| value.parse().ok());
            headers.chain(function.bearer_token.clone())
        });
        all.collect()
    }

    /// The same with relative paths of references that start from `folder`.
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
