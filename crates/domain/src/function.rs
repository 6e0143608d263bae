//! What a provider lists.

use crate::{EnvironmentVariable, FunctionName, FunctionSettings, Qualifier, Tags};
use serde::{Deserialize, Serialize};

/// A function as a caller can name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionRef {
    /// The bare name, for people and for run ids.
    pub name: FunctionName,
    /// What the provider is to be called with: the name itself or a full reference, without qualifier.
    pub reference: String,
    /// The version or alias that stood in the reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualifier: Option<Qualifier>,
    /// The function's own time limit in seconds, where discovery has recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    /// The processor architecture, where discovery has recorded it; prices depend on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
}

impl FunctionRef {
    /// A reference by name alone.
    pub fn by_name(name: FunctionName) -> Self {
        let reference = name.to_string();
        Self { name, reference, qualifier: None, timeout_seconds: None, architecture: None }
    }
}

/// Whether a function is as it was last asked to be, and can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Readiness {
    /// It is, and it can.
    Ready,
    /// A change is still being made; the provider will come to an end by itself.
    Pending,
    /// It sleeps, and the next call wakes it.
    Asleep,
    /// It cannot be called, or its last change failed; somebody has to do something.
    Failed,
}

/// A function as the provider describes it. What a provider does not say is `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// The bare name.
    pub name: FunctionName,
    /// The provider's full reference: that of a published version ends with its number, any other has no qualifier.
    pub reference: String,
    /// The version described, in the provider's words.
    pub version: Option<String>,
    /// What can be set about it.
    pub settings: FunctionSettings,
    /// Why the environment could not be read, where it could not.
    pub environment_error: Option<String>,
    /// The processor architecture, in the provider's words.
    pub architecture: Option<String>,
    /// How its code is packaged, in the provider's words.
    pub package_type: Option<String>,
    /// The checksum of its code, in the provider's form.
    pub code_sha256: Option<String>,
    /// The size of its code as it was uploaded, in bytes.
    pub code_size: Option<u64>,
    /// The container image it was made of.
    pub image: Option<String>,
    /// When it last changed, in the provider's words.
    pub last_modified: Option<String>,
    /// What it is to be changed from, for changes that must not undo another's.
    pub revision: Option<String>,
    /// The function in another region that this one is a copy of.
    pub primary_reference: Option<String>,
    /// Whether it can be called, in the provider's words.
    pub state: Option<String>,
    /// Why it is in that state, in the provider's words.
    pub state_reason: Option<String>,
    /// How its last change went, in the provider's words.
    pub update_status: Option<String>,
    /// Why its last change went so, in the provider's words.
    pub update_reason: Option<String>,
    /// What state and last change mean together.
    pub readiness: Option<Readiness>,
    /// Who must have signed its code.
    pub code_signing: Option<String>,
    /// How callers are kept apart, in the provider's words.
    pub tenancy: Option<String>,
    /// How many calls are kept for it alone.
    pub reserved_concurrency: Option<u32>,
    /// What it is marked with.
    pub tags: Option<Tags>,
}

impl Function {
    /// A function of which only name and reference are known.
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

    /// Its environment, by key; empty where it has none or it could not be read.
    pub fn environment(&self) -> &[EnvironmentVariable] {
        self.settings.environment.as_deref().unwrap_or_default()
    }

    /// How a job refers to this function, whichever version of it is described.
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
