//! The errors of ports, classified by what the caller can do.

use lamplight_domain::{BrokenRules, ErrorClass, ErrorCode, Hint, NameError, TableError};
use std::{error::Error, fmt};

/// The kind of an error, named by what the caller can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PortErrorKind {
    /// What the caller named does not exist: name something else.
    NotFound,
    /// Somebody else changed it, or it already exists: read it again and decide.
    Conflict,
    /// Too many calls: wait and retry.
    Throttled,
    /// The caller is authenticated but not allowed: get the permission.
    Denied,
    /// The caller is not authenticated, or no longer: get credentials.
    Unauthenticated,
    /// The request is not valid: change it.
    InvalidRequest,
    /// The request exceeds a limit: make it smaller.
    TooLarge,
    /// The adapter does not support it.
    Unsupported,
    /// It cannot be reached or has failed: retry later.
    Unavailable,
    /// The data read is damaged, or was written by a newer version.
    Corrupt,
}

impl PortErrorKind {
    /// The class, which fronts map to exit codes and HTTP statuses.
    pub fn class(self) -> ErrorClass {
        match self {
            Self::NotFound => ErrorClass::NotFound,
            Self::Conflict => ErrorClass::Conflict,
            Self::Throttled | Self::TooLarge => ErrorClass::Limit,
            Self::Denied | Self::Unauthenticated => ErrorClass::Access,
            Self::InvalidRequest | Self::Unsupported => ErrorClass::Usage,
            Self::Unavailable | Self::Corrupt => ErrorClass::Unexpected,
        }
    }
}

/// The error of a port. `Display` shows only the message, never the source.
pub struct PortError {
    /// The kind, which says what the caller can do.
    pub kind: PortErrorKind,
    /// The stable code, documented in `docs/errors.md`.
    pub code: ErrorCode,
    /// What happened and to what: lower case, without a final period.
    pub message: String,
    /// What to do about it, if there is more to say than the kind does.
    pub hint: Option<Hint>,
    /// The underlying error, for logs and for the list of causes.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl PortError {
    /// An error without a hint and a source.
    pub fn new(kind: PortErrorKind, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into(), hint: None, source: None }
    }

    /// The same error with a hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same error with its source.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Debug for PortError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortError")
            .field("kind", &self.kind)
            .field("code", &self.code)
            .field("message", &self.message)
            .field("hint", &self.hint)
            .field("source", &self.source.as_ref().map(ToString::to_string))
            .finish()
    }
}

impl fmt::Display for PortError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for PortError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}

/// The request contains a text that is not a valid name.
impl From<NameError> for PortError {
    fn from(error: NameError) -> Self {
        Self::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidName, error.to_string())
    }
}

/// The request was not sent.
impl From<BrokenRules> for PortError {
    fn from(error: BrokenRules) -> Self {
        Self::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest, error.message)
            .with_hint("fix these values, then retry")
    }
}

/// A provider's table of settings is not valid.
impl From<TableError> for PortError {
    fn from(error: TableError) -> Self {
        let message = error.to_string();
        Self {
            hint: error.hint,
            ..Self::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidConfig, message)
        }
    }
}
