//! API tokens and the audit log.

use crate::DamagedView;
use lamplight_domain::{ApiToken, ConnectionName, JobName, Role, Scope, Timestamp, TokenId};
use lamplight_ports::AuditEntry;
use schemars::JsonSchema;
use serde::Serialize;

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleWord {
    /// Look at jobs, runs, functions and connections.
    Viewer,
    /// Also start and cancel runs, and keep notes on them.
    Runner,
    /// Also change jobs and tokens, remove runs, and read the audit log.
    Admin,
}

impl From<Role> for RoleWord {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Runner => Self::Runner,
            Role::Admin => Self::Admin,
        }
    }
}

/// The tokens, the latest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TokensView<'a> {
    /// The tokens, including those that have expired or were revoked.
    pub tokens: Vec<TokenView<'a>>,
}

/// An API token without its secret.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TokenView<'a> {
    /// The public part of the token.
    pub id: &'a str,
    /// The name that its creator gave it.
    pub name: &'a str,
    /// What it may do.
    pub role: RoleWord,
    /// The only connections that it may see and use; null if there is no limit.
    pub connections: Option<Vec<&'a str>>,
    /// The only jobs that it may see and use; null if there is no limit.
    pub jobs: Option<Vec<&'a str>>,
    /// Who created it.
    pub created_by: &'a str,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires; null if it does not.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute; null if it was not.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked; null if it was not.
    pub revoked_at: Option<Timestamp>,
}

impl<'a> From<&'a ApiToken> for TokenView<'a> {
    fn from(token: &'a ApiToken) -> Self {
        // Destructured, so that a new field cannot be forgotten here.
        let ApiToken {
            id,
            name,
            role,
            scope: Scope { connections, jobs },
            created_by,
            created_at,
            expires_at,
            last_used_at,
            revoked_at,
        } = token;
        Self {
            id: TokenId::as_str(id),
            name,
            role: (*role).into(),
            connections: connections.as_ref().map(|all| all.iter().map(ConnectionName::as_str).collect()),
            jobs: jobs.as_ref().map(|all| all.iter().map(JobName::as_str).collect()),
            created_by,
            created_at: *created_at,
            expires_at: *expires_at,
            last_used_at: *last_used_at,
            revoked_at: *revoked_at,
        }
    }
}

/// A token that was just created. Its text is shown only here.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NewTokenView<'a> {
    /// The token as it is sent in `Authorization: Bearer`. It cannot be read again.
    pub token: &'a str,
    /// What is known about it later.
    pub details: TokenView<'a>,
}

/// A page of the audit log, the latest entry first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditView<'a> {
    /// The entries.
    pub entries: Vec<AuditEntryView<'a>>,
    /// The marker of the next page; null on the last page.
    pub next_marker: Option<&'a str>,
    /// The entries that cannot be read.
    pub damaged: Vec<DamagedView<'a>>,
}

/// What somebody did or was refused.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditEntryView<'a> {
    /// When.
    pub at: Timestamp,
    /// The name of the person or token; `unknown` if nobody was signed in.
    pub who: &'a str,
    /// What, such as `run.created`.
    pub action: &'a str,
    /// On what.
    pub subject: &'a str,
    /// The address that the request came from, if it is known.
    pub from: Option<&'a str>,
    /// Why it was refused; null if it was done.
    pub refused: Option<&'a str>,
}

impl<'a> From<&'a AuditEntry> for AuditEntryView<'a> {
    fn from(entry: &'a AuditEntry) -> Self {
        // Destructured, so that a new field cannot be forgotten here.
        let AuditEntry { at, who, action, subject, from, refused } = entry;
        Self { at: *at, who, action, subject, from: from.as_deref(), refused: refused.as_deref() }
    }
}
