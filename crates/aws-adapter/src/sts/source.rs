//! The ways to get credentials, as the caller describes them.

use lamplight_aws_model::{
    ExternalId, PolicyArn, RoleArn, RoleSessionName, SessionDuration, SessionPolicy, SessionTag,
};
use lamplight_domain::SecretRef;
use lamplight_ports::{SecretString, TokenSource};
use std::sync::Arc;

/// Where credentials come from.
#[derive(Debug, Clone, Default)]
pub enum CredentialsSource {
    /// The AWS SDK's default chain: environment, profile, web identity, container, instance.
    #[default]
    Ambient,
    /// A profile of the AWS configuration files: keys, a role, a sign-in or a program.
    Profile(String),
    /// A key given by the caller.
    AccessKey(AccessKey),
    /// A role, assumed with credentials of another source.
    AssumeRole(Box<AssumeRole>),
    /// A role, assumed with a token of an identity provider.
    WebIdentity(WebIdentity),
    /// What the machine is given: an ECS task or EKS pod by its container's endpoint, else an EC2 instance by
    /// version 2 of its metadata service.
    InstanceProfile,
}

/// An access key.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// The key's id.
    pub id: KeyPart,
    /// The secret half.
    pub secret: KeyPart,
    /// The token that goes with a temporary key.
    pub session_token: Option<KeyPart>,
}

/// A part of an access key: itself, or where it can be read.
#[derive(Debug, Clone)]
pub enum KeyPart {
    /// Itself.
    Value(SecretString),
    /// Where it can be read, each time anew when credentials are renewed.
    Reference(SecretRef),
}

impl From<&str> for KeyPart {
    fn from(value: &str) -> Self {
        Self::Value(value.into())
    }
}

impl From<SecretString> for KeyPart {
    fn from(value: SecretString) -> Self {
        Self::Value(value)
    }
}

impl From<SecretRef> for KeyPart {
    fn from(reference: SecretRef) -> Self {
        Self::Reference(reference)
    }
}

/// The session that a role is assumed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleSession {
    /// The role.
    pub role: RoleArn,
    /// The session's name; `lamplight` unless set.
    pub name: Option<RoleSessionName>,
    /// How long it lasts; an hour unless set.
    pub duration: Option<SessionDuration>,
    /// A policy that narrows what the session may do.
    pub policy: Option<SessionPolicy>,
    /// Managed policies that narrow it, at most 10.
    pub policy_arns: Vec<PolicyArn>,
}

impl RoleSession {
    /// A session of `role` as STS makes it unless asked otherwise.
    pub fn of(role: RoleArn) -> Self {
        Self { role, name: None, duration: None, policy: None, policy_arns: Vec::new() }
    }
}

/// A role assumed with other credentials (STS `AssumeRole`).
#[derive(Debug, Clone)]
pub struct AssumeRole {
    /// Whose credentials ask for the role. A role itself makes a chain.
    pub source: CredentialsSource,
    /// The session.
    pub session: RoleSession,
    /// What the role's owner demands beside the right caller.
    pub external_id: Option<ExternalId>,
    /// Tags of the session, at most 50.
    pub tags: Vec<SessionTag>,
    /// The keys of those tags that sessions of further roles inherit.
    pub transitive_tag_keys: Vec<String>,
    /// Who stands behind the session; it stays in `CloudTrail` through all chained roles.
    pub source_identity: Option<RoleSessionName>,
}

/// A role assumed with a token (STS `AssumeRoleWithWebIdentity`).
#[derive(Debug, Clone)]
pub struct WebIdentity {
    /// Gives the token, anew for each session.
    pub token: Arc<dyn TokenSource>,
    /// The session.
    pub session: RoleSession,
}
