//! The keys of a connection to AWS.

use crate::{Auth, HttpUrl, aws_check, references};
use lamplight_domain::{SecretRef, TableError, read_table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::Path;

/// The keys of a connection to AWS, beside those that every connection has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AwsTable {
    /// The region, such as `eu-west-1`; else `AWS_REGION`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// How the connection authenticates.
    #[serde(skip_serializing_if = "Auth::is_default")]
    pub auth: Auth,
    /// The address of the services, in place of AWS's own: an emulator's, or a private one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", url)]
    pub endpoint_url: Option<HttpUrl>,
    /// The address of STS, where it is another one than `endpoint_url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", url)]
    pub sts_endpoint_url: Option<HttpUrl>,
    /// The region whose STS gives the credentials of roles; the connection's own unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sts_region: Option<String>,
    /// Whether the endpoints with FIPS 140 validated cryptography are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_fips: Option<bool>,
    /// Whether the endpoints that are reached over IPv6 as well are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_dual_stack: Option<bool>,
}

impl AwsTable {
    /// Reads the table.
    ///
    /// # Errors
    /// The first mistake. No value that may be a secret is repeated.
    pub fn read(table: &Map<String, Value>) -> Result<Self, TableError> {
        if table.contains_key("script") {
            return Err(TableError::new(["script"], "only the simulator has a script")
                .with_hint("add provider = \"fake\", or leave it out"));
        }
        let own = read_table::<Self>(table)?;
        aws_check::check(&own)?;
        Ok(own)
    }

    /// The JSON Schema of the table.
    pub fn schema() -> Value {
        schemars::schema_for!(Self).into()
    }

    /// Every reference to a secret that the table holds.
    pub fn references(&self) -> Vec<SecretRef> {
        let mut auth = self.auth.clone();
        auth.references_mut().into_iter().map(|reference| reference.clone()).collect()
    }

    /// The same with relative paths of references that start from `folder`.
    #[must_use]
    pub fn in_folder(mut self, folder: &Path) -> Self {
        for reference in self.auth.references_mut() {
            references::start_from(reference, folder);
        }
        self
    }
}
