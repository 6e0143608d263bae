//! Where identity tokens come from.

use crate::HttpUrl;
use lamplight_domain::SecretRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where an identity token comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Token {
    /// A file, read anew for each session, such as the one that Kubernetes keeps fresh.
    File(String),
    /// An environment variable, by its name.
    Env(String),
    /// Microsoft Entra workload identity: the file with the federated token is exchanged for a token of Entra.
    EntraWorkloadIdentity(WorkloadIdentityToken),
    /// The managed identity of a machine in Azure.
    EntraManagedIdentity(ManagedIdentityToken),
    /// The client-credentials grant of any OpenID provider.
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

    /// Every reference to a secret that the source reads, to be changed.
    pub(crate) fn references_mut(&mut self) -> Vec<&mut SecretRef> {
        let Self::ClientCredentials(client) = self else { return Vec::new() };
        let key = client.assertion.as_mut().map(|assertion| &mut assertion.private_key);
        client.client_secret.iter_mut().chain(key).collect()
    }
}

/// Microsoft Entra workload identity. What is left out is taken from the variables that Azure's webhook sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkloadIdentityToken {
    /// The scope asked for: the application's ID URI and `/.default`. Its audience must be one of the IAM identity
    /// provider's.
    pub scope: String,
    /// The tenant; else `AZURE_TENANT_ID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// The application's client id; else `AZURE_CLIENT_ID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The file with the federated token, read anew each time; else `AZURE_FEDERATED_TOKEN_FILE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_file: Option<String>,
    /// Entra's address; else `AZURE_AUTHORITY_HOST`, else `https://login.microsoftonline.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", url)]
    pub authority_host: Option<HttpUrl>,
}

/// The managed identity of a machine in Azure. At most one of the three ids is given; none is the identity that
/// the system assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ManagedIdentityToken {
    /// The resource asked for: the application's ID URI. It becomes the token's audience, which must be one of the
    /// IAM identity provider's.
    pub resource: String,
    /// The client id of an identity that a user assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Its object id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_id: Option<String>,
    /// Its resource id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// The address of the metadata service; else `AZURE_POD_IDENTITY_AUTHORITY_HOST`, else `http://169.254.169.254`. App
    /// Service is recognised by its variables `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", url)]
    pub endpoint: Option<HttpUrl>,
}

/// The client-credentials grant. Exactly one of `client_secret` and `assertion` is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientCredentialsToken {
    /// The provider's token endpoint.
    #[schemars(with = "String", url)]
    pub token_url: HttpUrl,
    /// The client's id.
    pub client_id: String,
    /// The scope asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The audience asked for, where the provider takes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// The client's secret, by reference and never itself.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::references::optional"
    )]
    #[schemars(with = "Option<String>", regex(pattern = crate::references::PATTERN))]
    pub client_secret: Option<SecretRef>,
    /// Whether the secret goes into the Authorization header (`client_secret_basic`) in place of the form
    /// (`client_secret_post`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub basic_auth: bool,
    /// A key that signs in place of a secret (RFC 7523, `private_key_jwt`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assertion: Option<SignedAssertion>,
    /// Whether the answer's `id_token` is used in place of its `access_token`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub use_id_token: bool,
}

/// A key that signs what a client says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedAssertion {
    /// The private key as PEM, by reference and never itself.
    #[serde(deserialize_with = "crate::references::needed")]
    #[schemars(with = "String", regex(pattern = crate::references::PATTERN))]
    pub private_key: SecretRef,
    /// The algorithm.
    #[serde(default)]
    pub algorithm: Algorithm,
    /// The key's id at the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// The audience of the assertion; the token endpoint unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
}

/// The algorithm of a signature (RFC 7518).
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
