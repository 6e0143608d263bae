//! Who may use a server: API tokens, sessions, links to sign in, and the audit log.

use crate::{PageRequest, PortError, StoredPage};
use async_trait::async_trait;
use lamplight_domain::{Actor, ApiToken, SecretHash, Timestamp, TokenId};
use std::fmt::Debug;

/// A session of a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who has signed in. If that was with a token, the session is valid only as long as the token.
    pub actor: Actor,
    /// When it began.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// What an actor did or was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// The name of the actor; `unknown` if nobody was signed in.
    pub who: String,
    /// What, in the form `run.created`.
    pub action: String,
    /// On what, without payloads and secrets.
    pub subject: String,
    /// The address that the request came from.
    pub from: Option<String>,
    /// Why it was refused; `None` if it was done.
    pub refused: Option<String>,
}

/// Which entries of the audit log to read: those that match all of these conditions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only entries whose actor, action or subject contains this text.
    pub text: Option<String>,
    /// Only what was refused.
    pub refused_only: bool,
    /// Only from this time on.
    pub since: Option<Timestamp>,
}

impl AuditFilter {
    /// Whether an entry matches. Case does not matter.
    pub fn matches(&self, entry: &AuditEntry) -> bool {
        let text = self.text.as_deref().unwrap_or_default().to_lowercase();
        let has_text = |field: &String| field.to_lowercase().contains(&text);
        (text.is_empty() || [&entry.who, &entry.action, &entry.subject].into_iter().any(has_text))
            && (!self.refused_only || entry.refused.is_some())
            && self.since.is_none_or(|since| entry.at >= since)
    }
}

/// Stores who may use a server.
///
/// # Guarantees
/// - Every method is atomic, and its effect is visible to every later call, as for [`RunStore`](crate::RunStore).
/// - Secrets are stored as hashes only.
#[async_trait]
pub trait AccessStore: Debug + Send + Sync + 'static {
    /// Stores a new token. [`Conflict`](crate::PortErrorKind::Conflict) if its ID is taken.
    async fn add_token(&self, token: &ApiToken, hash: &SecretHash) -> Result<(), PortError>;

    /// Reads a token and the hash of its secret; `None` if it does not exist. Expired and revoked ones exist.
    async fn token(&self, id: &TokenId) -> Result<Option<(ApiToken, SecretHash)>, PortError>;

    /// Reads all tokens, the latest first.
    async fn tokens(&self) -> Result<Vec<ApiToken>, PortError>;

    /// Revokes a token and ends its sessions; `false` if it does not exist or was revoked before.
    async fn revoke_token(&self, id: &TokenId, at: Timestamp) -> Result<bool, PortError>;

    /// Notes that a token was used.
    async fn use_token(&self, id: &TokenId, at: Timestamp) -> Result<(), PortError>;

    /// Stores a new session under the hash of its secret, and removes sessions that have expired when it was created.
    async fn add_session(&self, hash: &SecretHash, session: &Session) -> Result<(), PortError>;

    /// Reads a session; `None` if it does not exist.
    async fn session(&self, hash: &SecretHash) -> Result<Option<Session>, PortError>;

    /// Ends a session; `false` if it does not exist.
    async fn remove_session(&self, hash: &SecretHash) -> Result<bool, PortError>;

    /// Stores a link to sign in once, under the hash of its secret.
    async fn add_login_link(
        &self,
        hash: &SecretHash,
        actor: &Actor,
        expires_at: Timestamp,
    ) -> Result<(), PortError>;

    /// Takes a link: the actor that it signs in, or `None` if it does not exist, was taken, or has expired.
    ///
    /// # Guarantees
    /// - Of several calls with the same link, one gets the actor.
    async fn take_login_link(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<Actor>, PortError>;

    /// Adds an entry to the audit log. Entries are never changed; only [`prune_audit`](Self::prune_audit) removes them.
    async fn record(&self, entry: &AuditEntry) -> Result<(), PortError>;

    /// Reads a page of the audit log, the latest first.
    async fn audit(
        &self,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Result<StoredPage<AuditEntry>, PortError>;

    /// Removes the entries from before a time, and returns how many.
    async fn prune_audit(&self, before: Timestamp) -> Result<u64, PortError>;
}
