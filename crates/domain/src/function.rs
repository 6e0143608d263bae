//! What a provider lists.

use crate::{FunctionName, Qualifier, Redacted};
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

/// One environment variable of a function; its value may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentVariable {
    /// The key.
    pub key: String,
    /// The value.
    pub value: Redacted<String>,
}

/// A function as the provider describes it. What a provider does not say is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// The bare name.
    pub name: FunctionName,
    /// The provider's full reference, without qualifier.
    pub reference: String,
    /// The version described, in the provider's words.
    pub version: Option<String>,
    /// What it does, for people.
    pub description: Option<String>,
    /// The language runtime, in the provider's words.
    pub runtime: Option<String>,
    /// The entry point.
    pub handler: Option<String>,
    /// Its own time limit in seconds.
    pub timeout_seconds: Option<u32>,
    /// Its memory in MiB.
    pub memory_mb: Option<u32>,
    /// The processor architecture, in the provider's words.
    pub architecture: Option<String>,
    /// How its code is packaged, in the provider's words.
    pub package_type: Option<String>,
    /// When it last changed, in the provider's words.
    pub last_modified: Option<String>,
    /// Where its logs go, in the provider's words.
    pub log_group: Option<String>,
    /// Whether it can be called, in the provider's words.
    pub state: Option<String>,
    /// Why it is in that state, in the provider's words.
    pub state_reason: Option<String>,
    /// Its environment, by key.
    pub environment: Vec<EnvironmentVariable>,
    /// Why the environment could not be read, where it could not.
    pub environment_error: Option<String>,
}

impl Function {
    /// A function of which only name and reference are known.
    pub fn new(name: FunctionName, reference: impl Into<String>) -> Self {
        Self {
            name,
            reference: reference.into(),
            version: None,
            description: None,
            runtime: None,
            handler: None,
            timeout_seconds: None,
            memory_mb: None,
            architecture: None,
            package_type: None,
            last_modified: None,
            log_group: None,
            state: None,
            state_reason: None,
            environment: Vec::new(),
            environment_error: None,
        }
    }

    /// How a job refers to this function.
    pub fn to_ref(&self) -> FunctionRef {
        FunctionRef {
            name: self.name.clone(),
            reference: self.reference.clone(),
            qualifier: None,
            timeout_seconds: self.timeout_seconds,
            architecture: self.architecture.clone(),
        }
    }
}
