//! How a connection authenticates.

use crate::{AccessKeyId, Token};
use lamplight_aws_model::{ExternalId, PolicyArn, RoleArn, RoleSessionName, SessionDuration, SessionPolicy};
use lamplight_domain::SecretRef;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use std::collections::BTreeMap;

/// How a connection authenticates.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(transform = crate::schema::names_as_tables)]
pub enum Auth {
    /// The default credential chain of AWS tools: environment variables, profile, single sign-on, container, instance.
    #[default]
    Default,
    /// The credentials of the machine: from the container credentials endpoint (ECS, EKS), else from version 2 of the
    /// instance metadata service (EC2).
    InstanceProfile,
    /// A profile of `~/.aws/config`: access keys, a role, single sign-on or a credential process.
    Profile(ProfileAuth),
    /// An access key.
    AccessKey(AccessKeyAuth),
    /// A role that is assumed with the credentials of another method.
    AssumeRole(Box<AssumeRoleAuth>),
    /// A role that is assumed with a token of an identity provider; it needs no long-term AWS credentials.
    WebIdentity(Box<WebIdentityAuth>),
}

impl Auth {
    /// Whether this is the method that is used if `auth` is not set.
    pub(crate) fn is_default(&self) -> bool {
        matches!(self, Self::Default)
    }

    /// The method's name in the file.
    pub fn method(&self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::InstanceProfile => "instance-profile",
            Self::Profile(_) => "profile",
            Self::AccessKey(_) => "access-key",
            Self::AssumeRole(_) => "assume-role",
            Self::WebIdentity(_) => "web-identity",
        }
    }

    /// Mutable access to all secret references that the method reads.
    pub(crate) fn references_mut(&mut self) -> Vec<&mut SecretRef> {
        match self {
            Self::Default | Self::InstanceProfile | Self::Profile(_) => Vec::new(),
            Self::AccessKey(key) => {
                let id = match &mut key.access_key_id {
                    AccessKeyId::Itself(_) => None,
                    AccessKeyId::Reference(reference) => Some(reference),
                };
                id.into_iter().chain([&mut key.secret_access_key]).chain(&mut key.session_token).collect()
            }
            Self::AssumeRole(role) => role.source.references_mut(),
            Self::WebIdentity(identity) => identity.token.references_mut(),
        }
    }
}

/// A profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileAuth {
    /// The profile's name.
    #[schemars(length(min = 1))]
    pub name: String,
}

/// An access key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessKeyAuth {
    /// The access key ID, or a reference to it.
    #[schemars(
        with = "String",
        regex(pattern = crate::references::PATTERN_OR_KEY_ID)
    )]
    pub access_key_id: AccessKeyId,
    /// A reference to the secret access key; the key itself is not accepted.
    #[serde(deserialize_with = "crate::references::deserialize")]
    #[schemars(with = "String", regex(pattern = crate::references::PATTERN))]
    pub secret_access_key: SecretRef,
    /// A reference to the session token of temporary credentials; the token itself is not accepted.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::references::deserialize_optional"
    )]
    #[schemars(with = "Option<String>", regex(pattern = crate::references::PATTERN))]
    pub session_token: Option<SecretRef>,
}

/// A role that is assumed with other credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssumeRoleAuth {
    /// The role's ARN.
    #[schemars(with = "String", regex(pattern = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$"))]
    pub role_arn: RoleArn,
    /// The credentials that assume the role, by any method. If they come from a role themselves, this is role chaining.
    #[serde(default)]
    pub source: Auth,
    /// The external ID that the role's trust policy requires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", length(min = 2, max = 1224), regex(pattern = r"^[\w+=,.@:/-]*$"))]
    pub external_id: Option<ExternalId>,
    /// The session's name, which shows in the account's audit log; `lamplight` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", length(min = 2, max = 64), regex(pattern = r"^[\w+=,.@-]*$"))]
    pub session_name: Option<RoleSessionName>,
    /// How long the session lasts, in seconds: 900-43200, and at most 3600 in a chain of roles; 3600 unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<u32>", range(min = 900, max = 43200))]
    pub duration_seconds: Option<SessionDuration>,
    /// A policy document that narrows what the session may do, as JSON text of at most 2048 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", length(max = 2048))]
    pub policy: Option<SessionPolicy>,
    /// Managed policies that narrow what the session may do, at most 10.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>", length(max = 10))]
    pub policy_arns: Vec<PolicyArn>,
    /// Tags of the session, at most 50.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The keys of the tags that are passed on in role chaining.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transitive_tag_keys: Vec<String>,
    /// The source identity of the session; CloudTrail shows it through role chaining too.
    #[serde(default, deserialize_with = "source_identity", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", length(min = 2, max = 64), regex(pattern = r"^[\w+=,.@-]*$"))]
    pub source_identity: Option<RoleSessionName>,
}

fn source_identity<'de, D: Deserializer<'de>>(from: D) -> Result<Option<RoleSessionName>, D::Error> {
    let text = String::deserialize(from)?;
    RoleSessionName::source_identity(&text).map(Some).map_err(D::Error::custom)
}

/// A role that is assumed with a token of an identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebIdentityAuth {
    /// The role's ARN.
    #[schemars(with = "String", regex(pattern = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$"))]
    pub role_arn: RoleArn,
    /// Where the token comes from; it is read or requested again for each session.
    pub token: Token,
    /// The session's name, which shows in the account's audit log; `lamplight` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", length(min = 2, max = 64), regex(pattern = r"^[\w+=,.@-]*$"))]
    pub session_name: Option<RoleSessionName>,
    /// How long the session lasts, in seconds: 900-43200; 3600 unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<u32>", range(min = 900, max = 43200))]
    pub duration_seconds: Option<SessionDuration>,
    /// A policy document that narrows what the session may do, as JSON text of at most 2048 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", length(max = 2048))]
    pub policy: Option<SessionPolicy>,
    /// Managed policies that narrow what the session may do, at most 10.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>", length(max = 10))]
    pub policy_arns: Vec<PolicyArn>,
}
