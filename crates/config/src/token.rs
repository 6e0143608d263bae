//! Where identity tokens come from.

use crate::HttpUrl;
use lamplight_domain::SecretRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where an identity token comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Token {
    /// A file that is read again for each session, such as a token file that Kubernetes rotates.
    File(String),
    /// The name of an environment variable.
    Env(String),
    /// Microsoft Entra workload identity: the federated token in a file is exchanged for an Entra token.
    EntraWorkloadIdentity(WorkloadIdentityToken),
    /// The managed identity of an Azure resource.
    EntraManagedIdentity(ManagedIdentityToken),
    /// The client credentials grant of any OpenID provider.
    ClientCredentials(ClientCredentialsToken),
}

impl Token {
    /// The source's name in the file.
    pub fn source(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::Env(_) => "env",
            Self::EntraWorkloadIdentity(_) => "entra-workload-identity",
            Self::EntraManagedIdentity(_) => "entra-managed-identity",
            Self::ClientCredentials(_) => "client-credentials",
        }
    }

    /// Mutable access to all secret references that the source reads.
    pub(crate) fn references_mut(&mut self) -> Vec<&mut SecretRef> {
        let Self::ClientCredentials(client) = self else { return Vec::new() };
        let key = client.assertion.as_mut().map(|assertion| &mut assertion.private_key);
        client.client_secret.iter_mut().chain(key).collect()
    }
}

/// Microsoft Entra workload identity. Settings that are not given here are taken from the variables that Azure's
/// workload identity webhook sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkloadIdentityToken {
    /// The requested scope: the application ID URI followed by `/.default`. The audience of the token must be
    /// registered with the IAM identity provider.
    pub scope: String,
    /// The tenant ID; if not set, `AZURE_TENANT_ID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// The client ID of the application; if not set, `AZURE_CLIENT_ID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The file with the federated token, read again each time; if not set, the file that
    /// `AZURE_FEDERATED_TOKEN_FILE` names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_file: Option<String>,
    /// The address of Entra; if not set, `AZURE_AUTHORITY_HOST` or `https://login.microsoftonline.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", url)]
    pub authority_host: Option<HttpUrl>,
}

/// The managed identity of an Azure resource. Give at most one of the three IDs; without one, the system-assigned
/// identity is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ManagedIdentityToken {
    /// The requested resource: the application ID URI. It becomes the audience of the token, which must be registered
    /// with the IAM identity provider.
    pub resource: String,
    /// The client ID of a user-assigned identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The object ID of a user-assigned identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_id: Option<String>,
    /// The resource ID of a user-assigned identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// The address of the instance metadata service; if not set, that of App Service if its variables
    /// `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` are set, else `AZURE_POD_IDENTITY_AUTHORITY_HOST` or
    /// `http://169.254.169.254`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", url)]
    pub endpoint: Option<HttpUrl>,
}

/// The client credentials grant. Give exactly one of `client_secret` and `assertion`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientCredentialsToken {
    /// The provider's token endpoint.
    #[schemars(with = "String", url)]
    pub token_url: HttpUrl,
    /// The client ID.
    pub client_id: String,
    /// The requested scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The requested audience, if the provider supports one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// A reference to the client secret; the secret itself is not accepted.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::references::deserialize_optional"
    )]
    #[schemars(with = "Option<String>", regex(pattern = crate::references::PATTERN))]
    pub client_secret: Option<SecretRef>,
    /// Whether the secret is sent in the Authorization header (`client_secret_basic`) instead of in the form
    /// (`client_secret_post`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub basic_auth: bool,
    /// A signed assertion that replaces the secret (RFC 7523, `private_key_jwt`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assertion: Option<SignedAssertion>,
    /// Whether to use the response's `id_token` instead of its `access_token`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub use_id_token: bool,
}

/// A key that signs client assertions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedAssertion {
    /// A reference to the private key in PEM format; the key itself is not accepted.
    #[serde(deserialize_with = "crate::references::deserialize")]
    #[schemars(with = "String", regex(pattern = crate::references::PATTERN))]
    pub private_key: SecretRef,
    /// The signing algorithm.
    #[serde(default)]
    pub algorithm: Algorithm,
    /// The key ID (`kid`) at the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// The audience of the assertion; the token endpoint unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
}

/// A signing algorithm (RFC 7518).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Algorithm {
    /// RSA with SHA-256.
    #[default]
    RS256,
    /// RSA with SHA-384.
    RS384,
    /// RSA with SHA-512.
    RS512,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// ECDSA on P-384 with SHA-384.
    ES384,
}
