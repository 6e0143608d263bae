//! A request to a server that failed, as problem details (RFC 9457).

use lamplight_domain::ErrorClass;
use schemars::JsonSchema;
use serde::Serialize;

/// The answer to a failed request.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProblemView<'a> {
    /// The address of the page that explains the code, relative to the server.
    #[serde(rename = "type")]
    pub page: String,
    /// What kind of problem it is, in a few words.
    pub title: &'a str,
    /// The HTTP status.
    #[schemars(range(min = 400, max = 599))]
    pub status: u16,
    /// What happened.
    pub detail: &'a str,
    /// The stable code, documented in `docs/errors.md`.
    pub code: &'a str,
    /// What a caller can do about it.
    pub class: ClassWord,
    /// The causes, outermost first.
    pub causes: &'a [String],
    /// What to do about it.
    pub hint: Option<&'a str>,
    /// Names the request in the server's log.
    pub request_id: Option<&'a str>,
}

/// What a caller can do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClassWord {
    /// Change the request.
    Usage,
    /// Get credentials or a permission.
    Access,
    /// Wait, or ask for less.
    Limit,
    /// Name something that exists.
    NotFound,
    /// Read it again and decide.
    Conflict,
    /// Fix the function.
    Function,
    /// Find out whether the request took effect.
    Unknown,
    /// Send the request again if needed: nothing was done.
    Interrupted,
    /// Look at the server or the provider.
    Unexpected,
}

impl From<ErrorClass> for ClassWord {
    fn from(class: ErrorClass) -> Self {
        match class {
            ErrorClass::Usage => Self::Usage,
            ErrorClass::Access => Self::Access,
            ErrorClass::Limit => Self::Limit,
            ErrorClass::NotFound => Self::NotFound,
            ErrorClass::Conflict => Self::Conflict,
            ErrorClass::Function => Self::Function,
            ErrorClass::Unknown => Self::Unknown,
            ErrorClass::Interrupted => Self::Interrupted,
            ErrorClass::Unexpected => Self::Unexpected,
        }
    }
}
