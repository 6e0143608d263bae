//! Which store each kind of secret reference leads to.

#[cfg(feature = "aws")]
mod network;

use lamplight_ports::{ConnectionOverrides, SecretResolver};
use lamplight_secrets_adapter::SecretRouter;
use std::sync::Arc;

use crate::shared::Shared;
use lamplight_config::Config;

/// The router over all stores. With a connection's own region and address, and never with the keys of one call: a store that is
/// behind a connection is read with that connection's own keys.
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

/// A build without network has variables and files alone.
#[cfg(not(feature = "aws"))]
fn with_network(router: SecretRouter, _: &Shared, _: &Config, _: &ConnectionOverrides) -> SecretRouter {
    router
}
