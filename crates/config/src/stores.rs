//! The settings of the secret stores.

use crate::HttpUrl;
use lamplight_domain::{ConnectionName, SecretRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The secret stores that references such as `vault:…` are read from.
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

/// HashiCorp Vault with a KV secrets engine, version 2. Settings that are not given here are taken from the environment
/// variables of Vault's own client.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VaultConfig {
    /// The address; if not set, `VAULT_ADDR`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", url)]
    pub address: Option<HttpUrl>,
    /// The namespace; if not set, `VAULT_NAMESPACE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The mount path of the secrets engine, needed if it has more than one segment; otherwise the first segment of the
    /// reference is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mount: Option<String>,
    /// How to log in; if not set, the token of the variable `VAULT_TOKEN` or of the file `~/.vault-token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<VaultAuth>,
}

/// How to log in to Vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VaultAuth {
    /// A reference to a token.
    Token(#[schemars(with = "String", regex(pattern = r"^(env|file|keyring):.+$"))] SecretRef),
    /// An AppRole.
    #[serde(rename = "approle")]
    AppRole(AppRoleLogin),
    /// A JWT, such as that of a Kubernetes service account.
    Jwt(JwtLogin),
}

/// Settings for logging in with an AppRole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppRoleLogin {
    /// The role ID.
    pub role_id: String,
    /// A reference to the secret ID; the secret ID itself is not accepted.
    #[schemars(with = "String", regex(pattern = r"^(env|file|keyring):.+$"))]
    pub secret_id: SecretRef,
    /// The mount path of the auth method; `approle` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount: Option<String>,
}

/// Settings for logging in with a JWT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JwtLogin {
    /// The role in Vault.
    pub role: String,
    /// A reference to the JWT.
    #[schemars(with = "String", regex(pattern = r"^(env|file|keyring):.+$"))]
    pub token: SecretRef,
    /// The mount path of the auth method; `kubernetes` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount: Option<String>,
}

impl VaultConfig {
    /// Mutable access to the secret reference that the login reads.
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
    /// The connection whose region and credentials are used to read secrets; `ambient` unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub connection: Option<ConnectionName>,
}
