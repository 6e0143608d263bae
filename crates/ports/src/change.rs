//! Changes at a provider: made or only shown, and what is known of one that brought no answer.

use crate::PortError;
use lamplight_domain::Applied;
use std::{
    error::Error,
    fmt::{self, Debug},
    time::Duration,
};

/// Whether a change is made, or only shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It is made.
    Make,
    /// Nothing is sent; the request that would be is shown.
    Show {
        /// Whether the values of environment variables are shown too.
        secrets: bool,
    },
}

/// A request that was not sent, as the provider would see it, without credentials and signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestPreview {
    /// What is asked for, in the provider's words.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: String,
    /// The address.
    pub url: String,
    /// The body as JSON text; uploaded code is told by its size, and values of environment variables are masked
    /// unless they were asked for.
    pub body: Option<String>,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed<T> {
    /// It was made, and this is what the provider says of the thing now.
    Made(T),
    /// It was only to be shown.
    Shown(RequestPreview),
}

impl<T> Changed<T> {
    /// The same with what was made turned into something else.
    pub fn map<U>(self, into: impl FnOnce(T) -> U) -> Changed<U> {
        match self {
            Self::Made(made) => Changed::Made(into(made)),
            Self::Shown(preview) => Changed::Shown(preview),
        }
    }
}

/// A change that brought no answer saying that it was made.
pub struct ChangeError {
    /// Whether it can have been made all the same.
    pub applied: Applied,
    /// Whether the cause may pass, so that asking again makes sense.
    pub transient: bool,
    /// The wait that the provider asked for.
    pub retry_after: Option<Duration>,
    /// What went wrong.
    pub error: PortError,
}

impl ChangeError {
    /// A change that was provably not made, and will not be by asking again.
    pub fn refused(error: PortError) -> Self {
        Self { applied: Applied::No, transient: false, retry_after: None, error }
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

/// Is told how much of a request has left.
///
/// # Guarantees
/// - `sent` never falls and never passes `of`; both count bytes of the request's body, which is longer than the code in
///   it.
/// - It is called often and from within the sending: it must return at once.
pub trait UploadWatch: Debug + Send + Sync + 'static {
    /// So many bytes were handed to the connection.
    fn sent(&self, sent: u64, of: u64);
}
