//! The run ID: `{functionName}/{requestId}#{status}`. Decoding one needs no call to the provider or the store.

use crate::{FunctionName, RunKey, Status};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Why a text is not a run ID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a run ID: {problem}; the format is functionName/requestId#Status")]
pub struct RunIdError {
    /// The text as given, truncated to 200 characters.
    pub text: String,
    /// What is wrong with it.
    pub problem: String,
}

/// The identity of a run for use in other systems.
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
    /// The prefix of the request part if the provider gave no usable request ID.
    pub const LOCAL: &'static str = "local-";

    /// Creates a run ID. `request_id` must be 1–128 printable ASCII characters except `/` and `#`.
    pub fn new(function: FunctionName, request_id: &str, status: Status) -> Result<Self, RunIdError> {
        match check_request_id(request_id) {
            Ok(()) => Ok(Self { function, request_id: request_id.to_owned(), status }),
            Err(problem) => Err(RunIdError::new(&format!("{function}/{request_id}#{status}"), problem)),
        }
    }

    /// Creates the ID of a run with this key.
    ///
    /// A request ID that cannot be a part of a run ID is replaced by `local-` and the key: one that is empty or longer
    /// than 128 characters, that contains other characters than [`new`](Self::new) accepts, or that begins with `local-`
    /// itself.
    pub fn of_run(function: FunctionName, request_id: Option<&str>, key: &RunKey, status: Status) -> Self {
        let usable = request_id.filter(|id| check_request_id(id).is_ok() && !id.starts_with(Self::LOCAL));
        let request_id = usable.map_or_else(|| format!("{}{key}", Self::LOCAL), str::to_owned);
        Self { function, request_id, status }
    }

    /// The bare name of the function.
    pub fn function(&self) -> &FunctionName {
        &self.function
    }

    /// The provider's request ID, or `local-` followed by the run key.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The run key, if the provider gave no usable request ID.
    pub fn local_key(&self) -> Option<&str> {
        self.request_id.strip_prefix(Self::LOCAL)
    }

    /// The status when the ID was created.
    pub fn status(&self) -> Status {
        self.status
    }
}

fn check_request_id(text: &str) -> Result<(), &'static str> {
    if text.is_empty() {
        return Err("the request ID is empty");
    }
    if text.len() > 128 {
        return Err("the request ID is longer than 128 characters");
    }
    if !text.bytes().all(|b| b.is_ascii_graphic() && b != b'/' && b != b'#') {
        return Err("the request ID may contain only printable ASCII characters except '/' and '#'");
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
        let (function, rest) = text.split_once('/').ok_or_else(|| wrong("'/' is missing".to_owned()))?;
        let (request_id, status) = rest.split_once('#').ok_or_else(|| wrong("'#' is missing".to_owned()))?;
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
    use proptest::prelude::*;

    #[test]
    fn a_request_id_that_cannot_be_a_part_of_the_id_is_replaced_by_the_key() {
        let key: RunKey = "0199".parse().unwrap();
        let id = |request_id| RunId::of_run("adder".parse().unwrap(), request_id, &key, Status::Success);
        assert_eq!(id(Some("8f5f")).request_id(), "8f5f");
        let (longest, too_long) = ("x".repeat(128), "x".repeat(129));
        assert_eq!(id(Some(&longest)).request_id(), longest);
        let odd = ["", "a/b", "a#b", "a b", " ", "é", "a\n", "\0", "local-0200", "local-", &too_long];
        for request_id in odd.map(Some).into_iter().chain([None]) {
            let id = id(request_id);
            assert_eq!(id.to_string(), "adder/local-0199#Success", "{request_id:?}");
            assert_eq!(id.local_key(), Some("0199"));
        }
    }

    proptest! {
        #[test]
        fn the_id_of_any_run_is_read_as_it_was_written(
            request_id in proptest::option::of(any::<String>()), key in "[a-z0-9-]{1,64}",
        ) {
            let key: RunKey = key.parse().unwrap();
            let id = RunId::of_run("adder".parse().unwrap(), request_id.as_deref(), &key, Status::Unknown);
            prop_assert_eq!(id.to_string().parse::<RunId>(), Ok(id));
        }
    }

    #[test]
    fn malformed_text_is_refused_with_the_reason() {
        for (text, problem) in [
            ("", "'/' is missing"),
            ("adder", "'/' is missing"),
            ("adder/1", "'#' is missing"),
            ("/1#Success", "function name"),
            ("adder/#Success", "the request ID is empty"),
            ("adder/1#", "not a status"),
            ("adder/1#success", "not a status"),
            ("adder/1#Success#Failed", "not a status"),
            ("adder/1/2#Success", "'/'"),
            ("adder/a b#Success", "printable ASCII"),
            ("a b/1#Success", "function name"),
            (" adder/1#Success", "function name"),
            ("adder/1#Success\n", "not a status"),
        ] {
            let error = text.parse::<RunId>().unwrap_err();
            assert!(error.problem.contains(problem), "{text:?}: {error}");
        }
    }
}
