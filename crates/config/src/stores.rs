//! The stores that secret references lead to.

use crate::HttpUrl;
use lamplight_domain::{ConnectionName, SecretRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The stores that secret references lead to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SecretStores {
    /// HashiCorp Vault, for `vault:MOUNT/PATH#FIELD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vault: Option<VaultConfig>,
    /// AWS Secrets Manager, for `aws-sm:NAME#FIELD`.
    #[serde(rename = "aws-sm", skip_serializing_if = "Option::is_none")]
    pub aws_sm: Option<AwsSmConfig>,
}

/// HashiCorp Vault with a key-value engine of version 2. What is left out is taken from the variables that Vault's
/// own client reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VaultConfig {
    /// Its address; else `VAULT_ADDR`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", url)]
    pub address: Option<HttpUrl>,
    /// The namespace; else `VAULT_NAMESPACE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The engine's mount where its path has more than one segment; else the reference's first segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mount: Option<String>,
    /// How to log in; else the variable `VAULT_TOKEN`, else the file `~/.vault-token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<VaultAuth>,
}

/// How to log in to Vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VaultAuth {
    /// A token, by reference.
    Token(#[schemars(with = "String", regex(pattern = r"^(env|file|keyring):.+$"))] SecretRef),
    /// An AppRole.
    #[serde(rename = "approle")]
    AppRole(AppRoleLogin),
    /// A JWT, such as the one of a Kubernetes service account.
    Jwt(JwtLogin),
}

/// Logging in by an AppRole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppRoleLogin {
    /// The role's id.
    pub role_id: String,
    /// The secret id, by reference and never itself.
    #[schemars(with = "String", regex(pattern = r"^(env|file|keyring):.+$"))]
    pub secret_id: SecretRef,
    /// Where the method is mounted; `approle` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount: Option<String>,
}

/// Logging in by a JWT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JwtLogin {
    /// The role at Vault.
    pub role: String,
    /// The JWT, by reference.
    #[schemars(with = "String", regex(pattern = r"^(env|file|keyring):.+$"))]
    pub token: SecretRef,
    /// Where the method is mounted; `kubernetes` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount: Option<String>,
}

impl VaultConfig {
    /// The reference to the secret that logging in reads, to be changed.
    pub(crate) fn reference_mut(&mut self) -> Option<&mut SecretRef> {
        match self.auth.as_mut()? {
            VaultAuth::Token(reference) => Some(reference),
            VaultAuth::AppRole(login) => Some(&mut login.secret_id),
            VaultAuth::Jwt(login) => Some(&mut login.token),
        }
    }
}

/// AWS Secrets Manager.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AwsSmConfig {
    /// The connection whose region and credentials read the secrets; else the ambient ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub connection: Option<ConnectionName>,
}
