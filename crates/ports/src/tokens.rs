//! Identity tokens.

use crate::PortError;
use async_trait::async_trait;
use secrecy::SecretString;
use std::fmt::Debug;

/// Provides identity tokens: statements signed by an issuer that a provider trusts.
///
/// # Guarantees
/// - Nothing is cached: a token that was replaced at its source is used at once. Callers cache the credentials that
///   they exchange it for.
/// - The token does not appear in errors, logs or `Debug`.
/// - If the source refuses, the error is [`Unauthenticated`](crate::PortErrorKind::Unauthenticated),
///   [`Denied`](crate::PortErrorKind::Denied) or, if the request is not valid,
///   [`InvalidRequest`](crate::PortErrorKind::InvalidRequest). A source that does not answer is
///   [`Unavailable`](crate::PortErrorKind::Unavailable). The hint says what to check.
#[async_trait]
pub trait TokenSource: Debug + Send + Sync + 'static {
    /// A token that is valid now.
    async fn token(&self) -> Result<SecretString, PortError>;
}
