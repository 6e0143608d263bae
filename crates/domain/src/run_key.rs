//! The run key and the runner ID.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A text that is not a run key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a run key; a run key is 1-64 lower-case letters, digits or '-'")]
pub struct RunKeyError(pub String);

/// The run key: our own identifier of a run. It exists before the first call is made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunKey(String);

impl RunKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RunKey {
    type Err = RunKeyError;

    fn from_str(text: &str) -> Result<Self, RunKeyError> {
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(good) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RunKeyError(text.chars().take(80).collect()))
        }
    }
}

impl TryFrom<String> for RunKey {
    type Error = RunKeyError;

    fn try_from(text: String) -> Result<Self, RunKeyError> {
        text.parse()
    }
}

impl From<RunKey> for String {
    fn from(key: RunKey) -> Self {
        key.0
    }
}

impl fmt::Display for RunKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Identifies the process that makes the calls of a run, so that other processes can tell whether it still runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunnerId(pub String);
