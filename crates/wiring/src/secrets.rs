//! Creates the resolver that reads each kind of secret reference from its store.

#[cfg(feature = "aws")]
mod network;

use lamplight_ports::{ConnectionOverrides, SecretResolver};
use lamplight_secrets_adapter::SecretRouter;
use std::sync::Arc;

use crate::shared::Shared;
use lamplight_config::Config;

/// A resolver for all stores. A store that is read through a connection uses the connection's own keys, never the keys
/// that are given for one call; overridden regions and addresses apply.
pub(crate) fn resolver(
    shared: &Shared,
    config: &Config,
    overrides: &ConnectionOverrides,
) -> Arc<dyn SecretResolver> {
    let router = SecretRouter::new(Arc::clone(&shared.local));
    let router = with_network(router, shared, config, overrides);
    let further = shared.adapters.secret_stores();
    Arc::new(further.fold(router, |router, (scheme, store)| router.with_store(scheme, store)))
}

#[cfg(feature = "aws")]
use network::with_network;

/// A build without network adapters only reads environment variables and files.
#[cfg(not(feature = "aws"))]
fn with_network(router: SecretRouter, _: &Shared, _: &Config, _: &ConnectionOverrides) -> SecretRouter {
    router
}
