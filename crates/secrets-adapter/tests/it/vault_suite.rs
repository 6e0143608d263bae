//! Runs the suite of the secret port against a small in-memory Vault.

use crate::script::{ADDRESS, Basis, Hand, app_role, entry, let_in, options, reference, token_login};
use async_trait::async_trait;
use lamplight_conformance::secret_resolver::{SecretHarness, SecretShelf};
use lamplight_domain::SecretRef;
use lamplight_ports::{HttpAnswer, HttpExchange, HttpRequest, PortError, SecretResolver};
use lamplight_secrets_adapter::{VaultLogin, VaultSecrets};
use lamplight_testkit::exchange::Asked;
use std::{
    fmt,
    sync::{Arc, Mutex},
};

/// Holds one entry, `kv/app`, whose field `key` is the secret.
#[derive(Default)]
struct SmallVault(Mutex<String>);

impl fmt::Debug for SmallVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmallVault")
    }
}

#[async_trait]
impl HttpExchange for SmallVault {
    async fn exchange(&self, request: HttpRequest) -> Result<HttpAnswer, PortError> {
        let line = Asked::from(request).line;
        let (status, body) = match line.strip_prefix(&format!("Get {ADDRESS}/v1/")) {
            None => (200, let_in("hvs.mine", 3600)),
            Some("kv/data/app") => {
                let secret = serde_json::json!({ "key": *self.0.lock().unwrap() });
                (200, entry(&secret.to_string()))
            }
            Some(_) => (404, r#"{"errors":[]}"#.to_owned()),
        };
        Ok(HttpAnswer { status, headers: Vec::new(), body: body.into() })
    }
}

struct Vaults(fn() -> VaultLogin);

struct Shelf {
    vault: Arc<SmallVault>,
    resolver: Arc<dyn SecretResolver>,
}

#[async_trait]
impl SecretHarness for Vaults {
    async fn arrange(&self, secret: &str) -> Box<dyn SecretShelf> {
        let vault = Arc::new(SmallVault(Mutex::new(secret.to_owned())));
        let clock = Arc::new(Hand::default());
        let resolver = VaultSecrets::new(options(self.0()), Arc::clone(&vault) as _, clock, Arc::new(Basis));
        Box::new(Shelf { vault, resolver: Arc::new(resolver) })
    }
}

#[async_trait]
impl SecretShelf for Shelf {
    fn resolver(&self) -> Arc<dyn SecretResolver> {
        Arc::clone(&self.resolver)
    }

    fn reference(&self) -> SecretRef {
        reference("vault:kv/app#key")
    }

    fn absent(&self) -> Vec<SecretRef> {
        ["vault:kv/absent", "vault:kv/app#absent", "vault:kv/app/key#key", "vault:other/app#key"]
            .map(reference)
            .to_vec()
    }

    fn foreign(&self) -> Vec<SecretRef> {
        ["env:KEY", "file:/key", "keyring:service/account", "aws-sm:app#key"].map(reference).to_vec()
    }

    async fn put(&self, secret: &str) {
        secret.clone_into(&mut self.vault.0.lock().unwrap());
    }
}

mod with_a_token {
    lamplight_conformance::secret_resolver!(super::Vaults(super::token_login));
}

mod with_a_login {
    lamplight_conformance::secret_resolver!(super::Vaults(super::app_role));
}
