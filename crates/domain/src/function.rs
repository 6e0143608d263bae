//! Functions, as a provider describes them and as a job refers to them.

use crate::{EnvironmentVariable, FunctionName, FunctionSettings, Qualifier, Tags};
use serde::{Deserialize, Serialize};

/// A function as a job or a caller refers to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionRef {
    /// The bare name, for display and for run IDs.
    pub name: FunctionName,
    /// What to call the provider with: the name or a full reference, without a qualifier.
    pub reference: String,
    /// The version or alias that the reference contained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualifier: Option<Qualifier>,
    /// The function's timeout in seconds, if discovery has recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    /// The processor architecture, if discovery has recorded it; prices depend on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
}

impl FunctionRef {
    /// A reference by name only.
    pub fn by_name(name: FunctionName) -> Self {
        let reference = name.to_string();
        Self { name, reference, qualifier: None, timeout_seconds: None, architecture: None }
    }
}

/// Whether a function can be called and its last change is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Readiness {
    /// The function can be called and its last change is complete.
    Ready,
    /// A change is in progress and will complete or fail without further action.
    Pending,
    /// The function is inactive; the next call activates it.
    Asleep,
    /// The function cannot be called or its last change failed, and it stays so until somebody acts.
    Failed,
}

/// A function as the provider describes it. `None` is what the provider does not report.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// The bare name.
    pub name: FunctionName,
    /// The provider's full reference. That of a published version ends with its number; any other has no qualifier.
    pub reference: String,
    /// The version described, in the provider's words.
    pub version: Option<String>,
    /// Its settings.
    pub settings: FunctionSettings,
    /// Why the provider could not read the environment variables, if it could not.
    pub environment_error: Option<String>,
    /// The processor architecture, in the provider's words.
    pub architecture: Option<String>,
    /// The package type, in the provider's words.
    pub package_type: Option<String>,
    /// The checksum of its code, in the provider's format.
    pub code_sha256: Option<String>,
    /// The size of the uploaded code, in bytes.
    pub code_size: Option<u64>,
    /// Its container image.
    pub image: Option<String>,
    /// When it last changed, in the provider's format.
    pub last_modified: Option<String>,
    /// The provider's revision, for changes that must not overwrite somebody else's.
    pub revision: Option<String>,
    /// The function in another region that this one is a replica of.
    pub primary_reference: Option<String>,
    /// Its state, in the provider's words.
    pub state: Option<String>,
    /// Why it is in that state, in the provider's words.
    pub state_reason: Option<String>,
    /// The result of its last change, in the provider's words.
    pub update_status: Option<String>,
    /// The reason for that result, in the provider's words.
    pub update_reason: Option<String>,
    /// What the state and the result of the last change mean together.
    pub readiness: Option<Readiness>,
    /// The provider's reference of its code signing configuration.
    pub code_signing: Option<String>,
    /// How tenants are isolated, in the provider's words.
    pub tenancy: Option<String>,
    /// Its reserved concurrency.
    pub reserved_concurrency: Option<u32>,
    /// Its tags.
    pub tags: Option<Tags>,
}

impl Function {
    /// A function with only a name and a reference.
    pub fn new(name: FunctionName, reference: impl Into<String>) -> Self {
        Self {
            name,
            reference: reference.into(),
            version: None,
            settings: FunctionSettings::default(),
            environment_error: None,
            architecture: None,
            package_type: None,
            code_sha256: None,
            code_size: None,
            image: None,
            last_modified: None,
            revision: None,
            primary_reference: None,
            state: None,
            state_reason: None,
            update_status: None,
            update_reason: None,
            readiness: None,
            code_signing: None,
            tenancy: None,
            reserved_concurrency: None,
            tags: None,
        }
    }

    /// Its environment variables, sorted by key; empty if it has none or they could not be read.
    pub fn environment(&self) -> &[EnvironmentVariable] {
        self.settings.environment.as_deref().unwrap_or_default()
    }

    /// The reference for a job: to the function itself, even if this describes a version of it.
    pub fn to_ref(&self) -> FunctionRef {
        let version = self.version.as_deref().and_then(|version| self.reference.strip_suffix(version));
        let whole = version.and_then(|reference| reference.strip_suffix(':')).unwrap_or(&self.reference);
        FunctionRef {
            name: self.name.clone(),
            reference: whole.to_owned(),
            qualifier: None,
            timeout_seconds: self.settings.timeout_seconds,
            architecture: self.architecture.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_refers_to_the_function_and_not_to_a_version() {
        for (reference, version, whole) in [
            ("place:adder", None, "place:adder"),
            ("place:adder", Some("newest"), "place:adder"),
            ("place:adder:7", Some("7"), "place:adder"),
            ("place:adder7", Some("7"), "place:adder7"),
        ] {
            let name = "adder".parse().unwrap();
            let function = Function { version: version.map(str::to_owned), ..Function::new(name, reference) };
            assert_eq!(function.to_ref().reference, whole);
        }
    }
}
