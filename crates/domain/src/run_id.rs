//! The run id: `{functionName}/{requestId}#{status}`, decoded without a call to anybody.

use crate::{FunctionName, Status};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Why a text is no run id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no run id: {problem}; a run id is functionName/requestId#Status")]
pub struct RunIdError {
    /// The text as given, cut to 200 characters.
    pub text: String,
    /// What is wrong with it.
    pub problem: String,
}

/// The identity of a finished run as other systems keep it.
///
/// ```
/// use lamplight_domain::{RunId, Status};
/// let id: RunId = "adder/8f5f#Success".parse()?;
/// assert_eq!((id.function().as_str(), id.request_id(), id.status()), ("adder", "8f5f", Status::Success));
/// assert_eq!(id.to_string(), "adder/8f5f#Success");
/// # Ok::<(), lamplight_domain::RunIdError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId {
    function: FunctionName,
    request_id: String,
    status: Status,
}

impl RunId {
    /// What the request part begins with where the provider gave no request id.
    pub const LOCAL: &'static str = "local-";

    /// Puts a run id together; `request_id` is 1–128 printable ASCII characters without `/` and `#`.
    pub fn new(function: FunctionName, request_id: &str, status: Status) -> Result<Self, RunIdError> {
        match check_request_id(request_id) {
            Ok(()) => Ok(Self { function, request_id: request_id.to_owned(), status }),
            Err(problem) => Err(RunIdError::new(&format!("{function}/{request_id}#{status}"), problem)),
        }
    }

    /// The bare name of the function.
    pub fn function(&self) -> &FunctionName {
        &self.function
    }

    /// The provider's request id, or `local-` and the run's own key.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The run's own key, where the provider gave no request id.
    pub fn local_key(&self) -> Option<&str> {
        self.request_id.strip_prefix(Self::LOCAL)
    }

    /// The status at the time the id was made.
    pub fn status(&self) -> Status {
        self.status
    }
}

fn check_request_id(text: &str) -> Result<(), &'static str> {
    if text.is_empty() {
        return Err("the request id is empty");
    }
    if text.len() > 128 {
        return Err("the request id is longer than 128 characters");
    }
    if !text.bytes().all(|b| b.is_ascii_graphic() && b != b'/' && b != b'#') {
        return Err("the request id may hold printable ASCII without '/' and '#' only");
    }
    Ok(())
}

impl RunIdError {
    fn new(text: &str, problem: impl Into<String>) -> Self {
        Self { text: text.chars().take(200).collect(), problem: problem.into() }
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}#{}", self.function, self.request_id, self.status)
    }
}

impl FromStr for RunId {
    type Err = RunIdError;

    fn from_str(text: &str) -> Result<Self, RunIdError> {
        let wrong = |problem: String| RunIdError::new(text, problem);
        let (function, rest) = text.split_once('/').ok_or_else(|| wrong("there is no '/'".to_owned()))?;
        let (request_id, status) = rest.split_once('#').ok_or_else(|| wrong("there is no '#'".to_owned()))?;
        let function = function.parse::<FunctionName>().map_err(|error| wrong(error.to_string()))?;
        let status = status.parse::<Status>().map_err(|error| wrong(error.to_string()))?;
        check_request_id(request_id).map_err(|problem| wrong(problem.to_owned()))?;
        Ok(Self { function, request_id: request_id.to_owned(), status })
    }
}

impl TryFrom<String> for RunId {
    type Error = RunIdError;

    fn try_from(text: String) -> Result<Self, RunIdError> {
        text.parse()
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_text_is_refused_with_the_reason() {
        for (text, problem) in [
            ("", "there is no '/'"),
            ("adder", "there is no '/'"),
            ("adder/1", "there is no '#'"),
            ("/1#Success", "function name"),
            ("adder/#Success", "the request id is empty"),
            ("adder/1#", "no status"),
            ("adder/1#success", "no status"),
            ("adder/1#Success#Failed", "no status"),
            ("adder/1/2#Success", "'/'"),
            ("adder/a b#Success", "printable ASCII"),
            ("a b/1#Success", "function name"),
            (" adder/1#Success", "function name"),
            ("adder/1#Success\n", "no status"),
        ] {
            let error = text.parse::<RunId>().unwrap_err();
            assert!(error.problem.contains(problem), "{text:?}: {error}");
        }
    }
}
