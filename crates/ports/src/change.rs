//! Changes at a provider: whether to make or only to show them, and what is known about one that failed.

use crate::PortError;
use lamplight_domain::Applied;
use std::{
    error::Error,
    fmt::{self, Debug},
    time::Duration,
};

/// Whether to make a change or only to show the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Make the change.
    Make,
    /// Send nothing; return the request that [`Make`](Self::Make) would send.
    Show {
        /// Whether to show the values of environment variables.
        secrets: bool,
    },
}

/// A request that was not sent, as the provider would receive it, without credentials and signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestPreview {
    /// The provider's name for the operation.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// The body as JSON text. Uploaded code is replaced by its size, and values of environment variables are masked
    /// unless [`Effect::Show`] asks for them.
    pub body: Option<String>,
}

/// The result of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed<T> {
    /// The change was made; this is the provider's description of the resource after it.
    Made(T),
    /// The change was not made; this is the request.
    Shown(RequestPreview),
}

impl<T> Changed<T> {
    /// Converts the description of the changed resource.
    pub fn map<U>(self, into: impl FnOnce(T) -> U) -> Changed<U> {
        match self {
            Self::Made(made) => Changed::Made(into(made)),
            Self::Shown(preview) => Changed::Shown(preview),
        }
    }
}

/// A change without an answer that says that it was made.
pub struct ChangeError {
    /// Whether it may have been made nevertheless.
    pub applied: Applied,
    /// Whether the cause may go away by itself, so that a retry makes sense.
    pub transient: bool,
    /// The wait that the provider asked for.
    pub retry_after: Option<Duration>,
    /// The error.
    pub error: PortError,
}

impl ChangeError {
    /// A change that was provably not made and that a retry will not make either.
    pub fn refused(error: impl Into<PortError>) -> Self {
        Self { applied: Applied::No, transient: false, retry_after: None, error: error.into() }
    }
}

impl Debug for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeError")
            .field("applied", &self.applied)
            .field("transient", &self.transient)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl Error for ChangeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

/// Receives the progress of an upload.
///
/// # Guarantees
/// - `sent` never decreases and never exceeds `of`. Both count bytes of the request's body, which is longer than the
///   code in it.
/// - `sent` is called often, by the code that sends the request, so it must return at once.
pub trait UploadWatch: Debug + Send + Sync + 'static {
    /// `sent` of `of` bytes were passed to the network connection.
    fn sent(&self, sent: u64, of: u64);
}
