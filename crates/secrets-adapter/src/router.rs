//! The way from a reference to the store that holds the secret.

use async_trait::async_trait;
use lamplight_domain::{ErrorCode, SecretRef};
use lamplight_ports::{PortError, PortErrorKind, SecretResolver, SecretString};
use std::{collections::BTreeMap, sync::Arc};

/// The schemes whose stores a table `[secrets.SCHEME]` of the configuration sets up.
const CONFIGURED: [&str; 2] = ["vault", "aws-sm"];

/// Sends each reference to its store, and refuses those of a scheme that has none.
#[derive(Debug, Clone)]
pub struct SecretRouter {
    local: Arc<dyn SecretResolver>,
    keyring: Option<Arc<dyn SecretResolver>>,
    stores: BTreeMap<String, Arc<dyn SecretResolver>>,
}

impl SecretRouter {
    /// `env:` and `file:` go to `local`; everything else is refused until it is given a store.
    pub fn new(local: Arc<dyn SecretResolver>) -> Self {
        Self { local, keyring: None, stores: BTreeMap::new() }
    }

    /// The same with a store for `keyring:`.
    #[must_use]
    pub fn with_keyring(mut self, keyring: Arc<dyn SecretResolver>) -> Self {
        self.keyring = Some(keyring);
        self
    }

    /// The same with a store for the references of one scheme, such as `vault`.
    #[must_use]
    pub fn with_store(mut self, scheme: impl Into<String>, store: Arc<dyn SecretResolver>) -> Self {
        self.stores.insert(scheme.into(), store);
        self
    }

    fn store(&self, reference: &SecretRef) -> Result<&Arc<dyn SecretResolver>, PortError> {
        let (found, hint) = match reference {
            SecretRef::Env(_) | SecretRef::File(_) => return Ok(&self.local),
            SecretRef::Keyring { .. } => {
                (self.keyring.as_ref(), "use a build with the keyring, or env: or file:".to_owned())
            }
            SecretRef::Store(store) => match (self.stores.get(store.scheme()), store.scheme()) {
                (None, scheme) if !CONFIGURED.contains(&scheme) => return Err(self.unknown(scheme)),
                (found, scheme) => (found, format!("add [secrets.{scheme}] to the configuration")),
            },
        };
        found.ok_or_else(|| {
            let message = format!("nothing is set up to read secret {reference}");
            PortError::new(PortErrorKind::Unsupported, ErrorCode::SecretUnsupported, message).with_hint(hint)
        })
    }

    /// The refusal of a scheme that nothing here serves. What follows the scheme may be a secret in the form of a
    /// reference, so it is not repeated.
    fn unknown(&self, scheme: &str) -> PortError {
        let keyring = self.keyring.as_ref().map(|_| "keyring");
        let stores = self.stores.keys().map(String::as_str);
        let known: Vec<&str> = ["env", "file"].into_iter().chain(keyring).chain(stores).collect();
        let message = format!("no secret store serves the scheme {scheme}");
        PortError::new(PortErrorKind::Unsupported, ErrorCode::SecretUnsupported, message)
            .with_hint(format!("the schemes are: {}", known.join(", ")))
    }
}

#[async_trait]
impl SecretResolver for SecretRouter {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        self.store(reference)?.resolve(reference).await
    }
}
