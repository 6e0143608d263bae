//! The keys of a connection to AWS.

use crate::{Auth, HttpUrl, aws_check, references};
use lamplight_domain::{SecretRef, TableError, read_table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::Path;

/// The keys of a connection to AWS, in addition to those that all connections have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AwsTable {
    /// The region, such as `eu-west-1`; if not set, `AWS_REGION`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// How the connection authenticates.
    #[serde(skip_serializing_if = "Auth::is_default")]
    pub auth: Auth,
    /// The endpoint URL of all services, such as that of an emulator or a VPC endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", url)]
    pub endpoint_url: Option<HttpUrl>,
    /// Whether answers to calls count without a header that identifies Lambda; only with `endpoint_url`, for emulators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmarked_answers: Option<bool>,
    /// The endpoint URL of STS, if it differs from `endpoint_url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", url)]
    pub sts_endpoint_url: Option<HttpUrl>,
    /// The region of the STS endpoint that issues role credentials; the connection's region unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sts_region: Option<String>,
    /// Whether an endpoint URL may be plain `http://` to another machine, where requests, responses and temporary
    /// credentials can be read and changed on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_http: Option<bool>,
    /// Whether to use endpoints with FIPS 140 validated cryptography.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_fips: Option<bool>,
    /// Whether to use dual-stack endpoints, which support IPv4 and IPv6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_dual_stack: Option<bool>,
}

impl AwsTable {
    /// Reads the table.
    ///
    /// # Errors
    /// The first error. Values that may be secrets are never repeated.
    pub fn read(table: &Map<String, Value>) -> Result<Self, TableError> {
        if table.contains_key("script") {
            return Err(TableError::new(["script"], "only connections to the simulator have a script")
                .with_hint("add provider = \"fake\", or remove script"));
        }
        let own = read_table::<Self>(table)?;
        aws_check::check(&own)?;
        Ok(own)
    }

    /// The JSON Schema of the table.
    pub fn schema() -> Value {
        schemars::schema_for!(Self).into()
    }

    /// All secret references in the table.
    pub fn references(&self) -> Vec<SecretRef> {
        let mut auth = self.auth.clone();
        auth.references_mut().into_iter().map(|reference| reference.clone()).collect()
    }

    /// Resolves the relative paths of secret references from `folder`.
    #[must_use]
    pub fn in_folder(mut self, folder: &Path) -> Self {
        for reference in self.auth.references_mut() {
            references::start_from(reference, folder);
        }
        self
    }
}
