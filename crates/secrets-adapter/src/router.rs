//! Routes each secret reference to its store.

use async_trait::async_trait;
use lamplight_domain::{ErrorCode, SecretRef};
use lamplight_ports::{PortError, PortErrorKind, SecretResolver, SecretString};
use std::{collections::BTreeMap, sync::Arc};

/// The schemes whose stores are configured in a table `[secrets.SCHEME]` of the configuration.
const CONFIGURED: [&str; 2] = ["vault", "aws-sm"];

/// Reads each reference from the store of its scheme, and rejects schemes without a store.
#[derive(Debug, Clone)]
pub struct SecretRouter {
    local: Arc<dyn SecretResolver>,
    keyring: Option<Arc<dyn SecretResolver>>,
    stores: BTreeMap<String, Arc<dyn SecretResolver>>,
}

impl SecretRouter {
    /// Reads `env:` and `file:` from `local`, and rejects all other references until a store is added.
    pub fn new(local: Arc<dyn SecretResolver>) -> Self {
        Self { local, keyring: None, stores: BTreeMap::new() }
    }

    /// Adds a store for `keyring:`.
    #[must_use]
    pub fn with_keyring(mut self, keyring: Arc<dyn SecretResolver>) -> Self {
        self.keyring = Some(keyring);
        self
    }

    /// Adds a store for the references of one scheme, such as `vault`.
    #[must_use]
    pub fn with_store(mut self, scheme: impl Into<String>, store: Arc<dyn SecretResolver>) -> Self {
        self.stores.insert(scheme.into(), store);
        self
    }

    fn store(&self, reference: &SecretRef) -> Result<&Arc<dyn SecretResolver>, PortError> {
        let (found, hint) = match reference {
            SecretRef::Env(_) | SecretRef::File(_) => return Ok(&self.local),
            SecretRef::Keyring { .. } => (
                self.keyring.as_ref(),
                "use a build that supports the keyring, or use env: or file:".to_owned(),
            ),
            SecretRef::Store(store) => match (self.stores.get(store.scheme()), store.scheme()) {
                (None, scheme) if !CONFIGURED.contains(&scheme) => return Err(self.unknown_scheme(scheme)),
                (found, scheme) => (found, format!("add [secrets.{scheme}] to the configuration")),
            },
        };
        found.ok_or_else(|| {
            let message = format!("cannot read secret {reference}: its secret store is not configured");
            PortError::new(PortErrorKind::Unsupported, ErrorCode::SecretUnsupported, message).with_hint(hint)
        })
    }

    /// The error for a scheme without a store. It shows only the scheme: the rest may be a secret that happens to look
    /// like a reference.
    fn unknown_scheme(&self, scheme: &str) -> PortError {
        let keyring = self.keyring.as_ref().map(|_| "keyring");
        let stores = self.stores.keys().map(String::as_str);
        let known: Vec<&str> = ["env", "file"].into_iter().chain(keyring).chain(stores).collect();
        let message = format!("the secret scheme {scheme} is not supported");
        PortError::new(PortErrorKind::Unsupported, ErrorCode::SecretUnsupported, message)
            .with_hint(format!("the supported schemes are: {}", known.join(", ")))
    }
}

#[async_trait]
impl SecretResolver for SecretRouter {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        self.store(reference)?.resolve(reference).await
    }
}
