//! The secret stores outside of the process: Vault, AWS Secrets Manager and the keyring.

use crate::{AwsFactory, network::check_proxy_variables, shared::Shared};
use async_trait::async_trait;
use lamplight_aws_adapter::SecretsManager;
use lamplight_config::{AMBIENT, AppRoleLogin, Config, ConnectionConfig, JwtLogin, VaultAuth, VaultConfig};
use lamplight_domain::{ConnectionName, ErrorCode, SecretRef};
use lamplight_ports::{ConnectionOverrides, PortError, PortErrorKind, SecretResolver, SecretString};
use lamplight_secrets_adapter::{KeyringSecrets, SecretRouter, VaultLogin, VaultOptions, VaultSecrets};
use std::{borrow::Cow, sync::Arc};

/// Adds these stores to the router.
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
            // The login cannot read its own secrets from Vault, so it only has the local stores.
            let basis = SecretRouter::new(Arc::clone(&shared.local)).with_keyring(Arc::new(KeyringSecrets));
            let http = Arc::new(shared.adapters.http.clone());
            let clock = Arc::clone(&shared.system.clock);
            let vault = check_proxy_variables(&|name| shared.variable(name))
                .map(|()| Arc::new(VaultSecrets::new(options, http, clock, Arc::new(basis))));
            router.with_store("vault", Arc::new(OpenedStore(vault)))
        }
    };
    let aws = OpenedStore(secrets_manager(shared, config, overrides, Arc::new(router.clone())));
    router.with_store("aws-sm", Arc::new(aws))
}

/// Secrets Manager of the connection that the configuration names for it. It uses that connection's own keys, even if other
/// keys are given for this call.
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

/// The options of Vault from the configuration, and from the environment variables of Vault's own client for settings that
/// it does not have; `None` without an address.
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

/// A store; if it could not be opened, reading a secret returns the error.
#[derive(Debug)]
struct OpenedStore<S>(Result<Arc<S>, PortError>);

#[async_trait]
impl<S: SecretResolver> SecretResolver for OpenedStore<S> {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        match &self.0 {
            Ok(secrets) => secrets.resolve(reference).await,
            Err(refusal) => {
                let message = format!("could not read secret {reference}: {}", refusal.message);
                let error = PortError::new(PortErrorKind::Unsupported, ErrorCode::SecretUnsupported, message);
                let hint = refusal.hint.clone();
                Err(error.with_hint(hint.unwrap_or_else(|| "set connection in [secrets.aws-sm]".into())))
            }
        }
    }
}
