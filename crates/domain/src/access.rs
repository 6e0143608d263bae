//! Who makes a request, and what that person or program may do and see.

use crate::{ConnectionName, JobName, MASK, NameError, StartedBy};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, fmt, str::FromStr};

/// What an actor may do. Each role may do what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May look at jobs, runs, functions and connections.
    Viewer,
    /// May also start and cancel runs, and keep notes on them.
    Runner,
    /// May also change jobs and tokens, remove runs, and read the audit log.
    Admin,
}

/// A text that is not the name of a [`Role`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a role; use viewer, runner or admin")]
pub struct UnknownRole(pub String);

impl Role {
    /// All roles, the weakest first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Runner, Self::Admin];

    /// The name of the role.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Runner => "runner",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

/// What an actor may see and use. `None` means no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Only these connections, with their functions, jobs and runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<BTreeSet<ConnectionName>>,
    /// Only these jobs and their runs. Runs without a job are not among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jobs: Option<BTreeSet<JobName>>,
}

impl Scope {
    /// Whether there is no limit.
    pub fn is_unlimited(&self) -> bool {
        self.connections.is_none() && self.jobs.is_none()
    }

    /// Whether a connection is in scope.
    pub fn has_connection(&self, connection: &ConnectionName) -> bool {
        self.connections.as_ref().is_none_or(|allowed| allowed.contains(connection))
    }

    /// Whether a job on this connection, or what belongs to them, is in scope; without a job, a call of a function.
    pub fn includes(&self, connection: &ConnectionName, job: Option<&JobName>) -> bool {
        self.has_connection(connection)
            && self.jobs.as_ref().is_none_or(|allowed| job.is_some_and(|job| allowed.contains(job)))
    }
}

/// The public part of an API token: 12 lower-case letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenId(String);

impl TokenId {
    /// The number of characters.
    pub const LENGTH: usize = 12;

    /// The ID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TokenId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if text.len() == Self::LENGTH && is_plain {
            return Ok(Self(text.to_owned()));
        }
        Err(NameError::new("token ID", text, "must be 12 lower-case letters and digits"))
    }
}

impl TryFrom<String> for TokenId {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<TokenId> for String {
    fn from(id: TokenId) -> Self {
        id.0
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The SHA-256 hash of a secret with at least 128 random bits. It is what a store keeps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    /// The hash of a secret.
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// An API token, without its secret part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its public part.
    pub id: TokenId,
    /// The name that its creator gave it: 1-64 characters without control characters.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// What it may see and use.
    pub scope: Scope,
    /// Who created it.
    pub created_by: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires; `None` if it does not.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl ApiToken {
    /// Whether it may be used at this time.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// The actor that uses it.
    pub fn actor(&self) -> Actor {
        Actor {
            who: StartedBy::Token(self.name.clone()),
            token: Some(self.id.clone()),
            role: self.role,
            scope: self.scope.clone(),
        }
    }
}

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Whom a run that the actor starts is recorded for.
    pub who: StartedBy,
    /// The API token, if the actor uses one. Two tokens may have the same name.
    pub token: Option<TokenId>,
    /// What the actor may do.
    pub role: Role,
    /// What the actor may see and use.
    pub scope: Scope,
}

impl Actor {
    /// The person at this machine, who may do everything.
    pub fn local_admin(name: impl Into<String>) -> Self {
        Self { who: StartedBy::User(name.into()), token: None, role: Role::Admin, scope: Scope::default() }
    }

    /// The name to show.
    pub fn name(&self) -> &str {
        match &self.who {
            StartedBy::User(name) | StartedBy::Token(name) | StartedBy::Service(name) => name,
        }
    }

    /// A text that no other actor has, for what belongs to one actor only.
    pub fn id(&self) -> String {
        match (&self.token, &self.who) {
            (Some(token), _) => format!("token:{token}"),
            (None, StartedBy::User(name)) => format!("user:{name}"),
            (None, StartedBy::Token(name)) => format!("token-name:{name}"),
            (None, StartedBy::Service(name)) => format!("service:{name}"),
        }
    }

    /// Whether the actor has this role or a stronger one.
    pub fn may(&self, role: Role) -> bool {
        self.role >= role
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names<T: FromStr<Err = NameError> + Ord>(texts: &[&str]) -> BTreeSet<T> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn each_role_may_do_what_weaker_ones_may() {
        for (own, allowed) in [(Role::Viewer, 1), (Role::Runner, 2), (Role::Admin, 3)] {
            let actor = Actor { role: own, ..Actor::local_admin("a") };
            assert_eq!(Role::ALL.into_iter().filter(|role| actor.may(*role)).count(), allowed);
            assert_eq!(own.as_str().parse(), Ok(own));
        }
        assert_eq!("root".parse::<Role>(), Err(UnknownRole("root".to_owned())));
    }

    #[test]
    fn a_scope_limits_connections_and_jobs() {
        let (a, b): (ConnectionName, ConnectionName) = ("a".parse().unwrap(), "b".parse().unwrap());
        let (x, y): (JobName, JobName) = ("x".parse().unwrap(), "y".parse().unwrap());
        let all = Scope::default();
        assert!(all.is_unlimited() && all.includes(&a, None) && all.includes(&b, Some(&y)));
        let one = Scope { connections: Some(names(&["a"])), jobs: None };
        assert!(one.includes(&a, None) && one.includes(&a, Some(&x)) && !one.includes(&b, Some(&x)));
        let job = Scope { connections: None, jobs: Some(names(&["x"])) };
        assert!(job.includes(&b, Some(&x)) && !job.includes(&b, Some(&y)) && !job.includes(&b, None));
        let both = Scope { connections: Some(names(&["a"])), jobs: Some(names(&["x"])) };
        assert!(both.includes(&a, Some(&x)) && !both.includes(&b, Some(&x)) && !both.is_unlimited());
        let nothing = Scope { connections: Some(BTreeSet::new()), jobs: None };
        assert!(!nothing.has_connection(&a));
    }

    #[test]
    fn a_token_is_valid_until_it_expires_or_is_revoked() {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let token = ApiToken {
            id: "abcdefghij12".parse().unwrap(),
            name: "deploy".to_owned(),
            role: Role::Runner,
            scope: Scope::default(),
            created_by: "admin".to_owned(),
            created_at: time("2026-01-01T00:00:00Z"),
            expires_at: Some(time("2026-02-01T00:00:00Z")),
            last_used_at: None,
            revoked_at: None,
        };
        assert!(token.is_valid(time("2026-01-31T23:59:59Z")));
        assert!(!token.is_valid(time("2026-02-01T00:00:00Z")));
        let revoked = ApiToken { revoked_at: Some(token.created_at), ..token.clone() };
        assert!(!revoked.is_valid(token.created_at));
        assert_eq!(token.actor().id(), "token:abcdefghij12");
        assert!("ABC".parse::<TokenId>().is_err());
    }
}
