//! The stores that are reached over a network, or over the session's bus: Vault, AWS Secrets Manager, the keyring.

use crate::{AwsFactory, shared::Shared};
use async_trait::async_trait;
use lamplight_aws_adapter::SecretsManager;
use lamplight_config::{AMBIENT, AppRoleLogin, Config, ConnectionConfig, JwtLogin, VaultAuth, VaultConfig};
use lamplight_domain::{ConnectionName, ErrorCode, SecretRef};
use lamplight_ports::{ConnectionOverrides, PortError, PortErrorKind, SecretResolver, SecretString};
use lamplight_secrets_adapter::{KeyringSecrets, SecretRouter, VaultLogin, VaultOptions, VaultSecrets};
use std::{borrow::Cow, sync::Arc};

/// The router with these stores too.
pub(super) fn with_network(
    router: SecretRouter,
    shared: &Shared,
    config: &Config,
    overrides: &ConnectionOverrides,
) -> SecretRouter {
    let router = router.with_keyring(Arc::new(KeyringSecrets));
    let router = match vault_options(shared, config.secrets.vault.as_ref()) {
        None => router,
        Some(options) => {
            // Logging in reads no store: it would need itself.
            let basis = SecretRouter::new(Arc::clone(&shared.local)).with_keyring(Arc::new(KeyringSecrets));
            let http = Arc::new(shared.adapters.http.clone());
            let clock = Arc::clone(&shared.system.clock);
            router.with_store("vault", Arc::new(VaultSecrets::new(options, http, clock, Arc::new(basis))))
        }
    };
    let aws = AwsSecrets(secrets_manager(shared, config, overrides, Arc::new(router.clone())));
    router.with_store("aws-sm", Arc::new(aws))
}

/// Secrets Manager behind the connection that the configuration names for it, with that connection's own keys even where
/// this call has others.
fn secrets_manager(
    shared: &Shared,
    config: &Config,
    overrides: &ConnectionOverrides,
    basis: Arc<dyn SecretResolver>,
) -> Result<Arc<SecretsManager>, PortError> {
    let wanted = config.secrets.aws_sm.as_ref().and_then(|store| store.connection.as_ref());
    let name = wanted.map_or(AMBIENT, ConnectionName::as_str);
    let own = config.connection(name).unwrap_or(Cow::Owned(ConnectionConfig::default()));
    let name: ConnectionName = name.parse()?;
    let own_keys = ConnectionOverrides { keys: None, ..overrides.clone() };
    shared.with_opening(&name, &own, config, &own_keys, basis, |open| {
        AwsFactory::new(shared.adapters.http.clone()).secrets_manager(&open)
    })
}

/// Vault as the file says, and for the rest as the variables of Vault's own client say; `None` without address.
fn vault_options(shared: &Shared, config: Option<&VaultConfig>) -> Option<VaultOptions> {
    let variable = |name: &str| shared.variable(name);
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
struct AwsSecrets(Result<Arc<SecretsManager>, PortError>);

#[async_trait]
impl SecretResolver for AwsSecrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        match &self.0 {
            Ok(secrets) => secrets.resolve(reference).await,
            Err(refusal) => {
                let message = format!("secret {reference} cannot be read: {}", refusal.message);
                let error = PortError::new(PortErrorKind::Unsupported, ErrorCode::SecretUnsupported, message);
                let hint = refusal.hint.clone();
                Err(error.with_hint(hint.unwrap_or_else(|| "name a connection in [secrets.aws-sm]".into())))
            }
        }
    }
}
