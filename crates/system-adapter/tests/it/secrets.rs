//! Runs the suite of the secret port against environment variables and files.

use async_trait::async_trait;
use lamplight_conformance::secret_resolver::{SecretHarness, SecretShelf};
use lamplight_domain::SecretRef;
use lamplight_ports::SecretResolver;
use lamplight_system_adapter::{EnvAndFileSecrets, Environment};
use std::{fs, path::PathBuf, sync::Arc};
use tempfile::TempDir;

/// Stores the secret in a file in a separate folder.
#[derive(Debug, Clone, Copy)]
struct Files;

struct Folder {
    folder: TempDir,
    resolver: Arc<dyn SecretResolver>,
}

impl Folder {
    fn file(&self) -> PathBuf {
        self.folder.path().join("secret")
    }
}

#[async_trait]
impl SecretHarness for Files {
    async fn arrange(&self, secret: &str) -> Box<dyn SecretShelf> {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment::from_pairs([("HUNTER", secret)]);
        let arranged = Folder { folder, resolver: Arc::new(EnvAndFileSecrets::new(environment)) };
        arranged.put(secret).await;
        Box::new(arranged)
    }
}

#[async_trait]
impl SecretShelf for Folder {
    fn resolver(&self) -> Arc<dyn SecretResolver> {
        Arc::clone(&self.resolver)
    }

    fn reference(&self) -> SecretRef {
        SecretRef::File(self.file().display().to_string())
    }

    fn absent(&self) -> Vec<SecretRef> {
        let below_a_file = self.file().join("secret");
        vec![
            SecretRef::Env("ABSENT".to_owned()),
            SecretRef::File(self.folder.path().join("absent").display().to_string()),
            SecretRef::File(below_a_file.display().to_string()),
            SecretRef::File("~/absent".to_owned()),
        ]
    }

    fn foreign(&self) -> Vec<SecretRef> {
        ["keyring:service/account", "vault:secret/app#key", "aws-sm:app"]
            .map(|text| text.parse().unwrap())
            .to_vec()
    }

    async fn put(&self, secret: &str) {
        fs::write(self.file(), secret).unwrap();
    }
}

mod files {
    lamplight_conformance::secret_resolver!(super::Files);
}
