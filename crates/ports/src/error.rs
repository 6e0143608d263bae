//! What a port's failure lets the caller do.

use lamplight_domain::{ErrorClass, ErrorCode, Hint, NameError, TableError};
use std::{error::Error, fmt};

/// A failure, named by what the caller can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PortErrorKind {
    /// What the caller said exists does not: name another.
    NotFound,
    /// It was changed by another, or exists already: read again and decide.
    Conflict,
    /// Too much at once: wait and try again.
    Throttled,
    /// Known and not allowed: ask for the permission.
    Denied,
    /// Not known, or no longer: get credentials.
    Unauthenticated,
    /// The request itself is wrong: change it.
    InvalidRequest,
    /// The request is larger than a limit: make it smaller.
    TooLarge,
    /// This adapter cannot do it at all.
    Unsupported,
    /// Not reachable or broken for now: try later.
    Unavailable,
    /// What was read is not what was written, or is of a newer version.
    Corrupt,
}

impl PortErrorKind {
    /// What a caller can do, in the classes that fronts match.
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

/// A port's failure. `Display` is one fragment for people and never repeats the source.
pub struct PortError {
    /// What the caller can do.
    pub kind: PortErrorKind,
    /// A stable code, documented in `docs/errors.md`.
    pub code: ErrorCode,
    /// What happened, as one fragment that names the thing and the place.
    pub message: String,
    /// What to do about it, where more can be said than the kind says.
    pub hint: Option<Hint>,
    /// What lies beneath, for logs and for the list of causes.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl PortError {
    /// A failure without hint and source.
    pub fn new(kind: PortErrorKind, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into(), hint: None, source: None }
    }

    /// The same failure with advice.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same failure with its cause.
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

/// The request names a thing by a text that cannot be its name.
impl From<NameError> for PortError {
    fn from(error: NameError) -> Self {
        Self::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidName, error.to_string())
    }
}

/// A provider's table of settings cannot be read.
impl From<TableError> for PortError {
    fn from(error: TableError) -> Self {
        let message = error.to_string();
        Self {
            hint: error.hint,
            ..Self::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidConfig, message)
        }
    }
}
