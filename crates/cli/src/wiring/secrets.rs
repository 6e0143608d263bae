//! Which store each kind of secret reference leads to.

use crate::failure::Failure;
use async_trait::async_trait;
use lamplight_aws_adapter::SecretsManager;
use lamplight_config::{AppRoleLogin, JwtLogin, VaultAuth, VaultConfig};
use lamplight_domain::{ErrorCode, SecretRef};
use lamplight_http_adapter::HttpClient;
use lamplight_ports::{PortError, PortErrorKind, SecretResolver, SecretString};
use lamplight_secrets_adapter::{KeyringSecrets, SecretRouter, VaultLogin, VaultOptions, VaultSecrets};
use lamplight_system_adapter::{EnvAndFileSecrets, Environment, SystemClock};
use std::sync::Arc;

/// The router over all stores but AWS Secrets Manager, which needs a connection of its own.
pub fn without_aws(
    local: EnvAndFileSecrets,
    environment: &Environment,
    vault: Option<&VaultConfig>,
    http: &HttpClient,
) -> SecretRouter {
    let local: Arc<dyn SecretResolver> = Arc::new(local);
    let router = SecretRouter::new(Arc::clone(&local)).with_keyring(Arc::new(KeyringSecrets));
    match vault_options(environment, vault) {
        None => router,
        Some(options) => {
            // Logging in reads no store: it would need itself.
            let basis = SecretRouter::new(local).with_keyring(Arc::new(KeyringSecrets));
            let vault =
                VaultSecrets::new(options, Arc::new(http.clone()), Arc::new(SystemClock), Arc::new(basis));
            router.with_store("vault", Arc::new(vault))
        }
    }
}

/// Vault as the file says, and for the rest as the variables of Vault's own client say; `None` without address.
fn vault_options(environment: &Environment, config: Option<&VaultConfig>) -> Option<VaultOptions> {
    let variable = |name: &str| environment.get(name).filter(|value| !value.is_empty()).map(str::to_owned);
    let own = config.cloned().unwrap_or_default();
    let address = own.address.as_ref().map(ToString::to_string).or_else(|| variable("VAULT_ADDR"))?;
    let login = match own.auth {
        Some(VaultAuth::Token(reference)) => VaultLogin::Token(reference),
        Some(VaultAuth::AppRole(AppRoleLogin { role_id, secret_id, mount })) => {
            VaultLogin::AppRole { mount: mount.unwrap_or_else(|| "approle".to_owned()), role_id, secret_id }
        }
        Some(VaultAuth::Jwt(JwtLogin { role, token, mount })) => {
            VaultLogin::Jwt { mount: mount.unwrap_or_else(|| "kubernetes".to_owned()), role, token }
        }
        None if variable("VAULT_TOKEN").is_some() => {
            VaultLogin::Token(SecretRef::Env("VAULT_TOKEN".to_owned()))
        }
        None => VaultLogin::Token(SecretRef::File("~/.vault-token".to_owned())),
    };
    Some(VaultOptions {
        address,
        namespace: own.namespace.or_else(|| variable("VAULT_NAMESPACE")),
        mount: own.mount,
        login,
    })
}

/// AWS Secrets Manager behind a connection; where that cannot be opened, the reason is told to whoever asks.
#[derive(Debug)]
pub struct AwsSecrets(Result<Arc<SecretsManager>, Refusal>);

#[derive(Debug)]
struct Refusal {
    message: String,
    hint: Option<String>,
}

impl AwsSecrets {
    /// The connection's Secrets Manager, or why there is none.
    pub fn new(opened: Result<Arc<SecretsManager>, Failure>) -> Self {
        Self(opened.map_err(|failure| Refusal { message: failure.message, hint: failure.hint }))
    }
}

#[async_trait]
impl SecretResolver for AwsSecrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        match &self.0 {
            Ok(secrets) => secrets.resolve(reference).await,
            Err(refusal) => {
                let message = format!("secret {reference} cannot be read: {}", refusal.message);
                let error = PortError::new(PortErrorKind::Unsupported, ErrorCode::SecretUnsupported, message);
                let hint = refusal.hint.clone();
                Err(error
                    .with_hint(hint.unwrap_or_else(|| "name a connection in [secrets.aws-sm]".to_owned())))
            }
        }
    }
}
