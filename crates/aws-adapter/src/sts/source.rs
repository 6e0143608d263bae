//! The configuration of the sources of credentials.

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
    /// An access key that the caller gives.
    AccessKey(AccessKey),
    /// A role, assumed with credentials of another source.
    AssumeRole(Box<AssumeRole>),
    /// A role, assumed with a token of an identity provider.
    WebIdentity(WebIdentity),
    /// The credentials of the machine: for an ECS task or EKS pod from the container's endpoint, for an EC2 instance from
    /// version 2 of the instance metadata service.
    InstanceProfile,
}

/// An access key.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// The access key ID.
    pub id: KeyPart,
    /// The secret access key.
    pub secret: KeyPart,
    /// The session token of a temporary key.
    pub session_token: Option<KeyPart>,
}

/// A part of an access key: its value, or a reference to a secret.
#[derive(Debug, Clone)]
pub enum KeyPart {
    /// The value.
    Value(SecretString),
    /// A reference, which is read again each time the credentials are renewed.
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

/// The session of an assumed role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleSession {
    /// The role.
    pub role: RoleArn,
    /// The session name. Default: `lamplight`.
    pub name: Option<RoleSessionName>,
    /// The duration. Default: one hour.
    pub duration: Option<SessionDuration>,
    /// A policy that restricts the session.
    pub policy: Option<SessionPolicy>,
    /// Managed policies that restrict the session, at most 10.
    pub policy_arns: Vec<PolicyArn>,
}

impl RoleSession {
    /// A session of `role` with the defaults of STS.
    pub fn of(role: RoleArn) -> Self {
        Self { role, name: None, duration: None, policy: None, policy_arns: Vec::new() }
    }
}

/// A role assumed with other credentials (STS `AssumeRole`).
#[derive(Debug, Clone)]
pub struct AssumeRole {
    /// The credentials of the caller. If they are from a role themselves, this is role chaining.
    pub source: CredentialsSource,
    /// The session.
    pub session: RoleSession,
    /// The external ID, if the role's trust policy requires one.
    pub external_id: Option<ExternalId>,
    /// Tags of the session, at most 50.
    pub tags: Vec<SessionTag>,
    /// The keys of the tags that sessions of chained roles inherit.
    pub transitive_tag_keys: Vec<String>,
    /// Who uses the session; `CloudTrail` records it for all chained roles.
    pub source_identity: Option<RoleSessionName>,
}

/// A role assumed with a token (STS `AssumeRoleWithWebIdentity`).
#[derive(Debug, Clone)]
pub struct WebIdentity {
    /// Gives a new token for each session.
    pub token: Arc<dyn TokenSource>,
    /// The session.
    pub session: RoleSession,
}
