//! Tokens that say who we are to others than the provider.

use crate::PortError;
use async_trait::async_trait;
use secrecy::SecretString;
use std::fmt::Debug;

/// Gives identity tokens: signed statements of an issuer that a provider trusts.
///
/// # Guarantees
/// - Each call reads or asks anew: a token that was replaced at its source is used at once. Who needs it
///   less often keeps what it was exchanged for.
/// - The token appears in no error, no log and no `Debug`.
/// - What the source refuses is [`Unauthenticated`](crate::PortErrorKind::Unauthenticated),
///   [`Denied`](crate::PortErrorKind::Denied) or, where the request itself is wrong,
///   [`InvalidRequest`](crate::PortErrorKind::InvalidRequest); a source that does not answer is
///   [`Unavailable`](crate::PortErrorKind::Unavailable). The hint says what to check.
#[async_trait]
pub trait TokenSource: Debug + Send + Sync + 'static {
    /// A token that is valid now.
    async fn token(&self) -> Result<SecretString, PortError>;
}
