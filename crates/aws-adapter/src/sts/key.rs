//! Access keys, given directly or read through secret references.

use super::{
    AccessKey, KeyPart,
    load::{Loaded, Source},
};
use crate::error::CredentialsFailure;
use async_trait::async_trait;
use aws_credential_types::Credentials;
use lamplight_ports::{ExposeSecret, SecretResolver, SecretString};
use std::sync::Arc;

/// The source for an access key. Its parts are read when they are needed.
#[derive(Debug)]
pub(super) struct KeySource {
    pub(super) key: AccessKey,
    pub(super) secrets: Arc<dyn SecretResolver>,
}

impl KeySource {
    async fn read(&self, part: &KeyPart, what: &'static str) -> Result<SecretString, CredentialsFailure> {
        let read = match part {
            KeyPart::Value(value) => value.clone(),
            KeyPart::Reference(reference) => {
                self.secrets.resolve(reference).await.map_err(CredentialsFailure::of_port)?
            }
        };
        // Ignore whitespace around the key, such as a line break that was pasted with it.
        let text = read.expose_secret().trim();
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            let reference = match part {
                KeyPart::Value(_) => None,
                KeyPart::Reference(reference) => Some(reference),
            };
            return Err(CredentialsFailure::key_part_unusable(what, reference));
        }
        Ok(if text.len() == read.expose_secret().len() { read } else { SecretString::from(text) })
    }
}

#[async_trait]
impl Source for KeySource {
    fn name(&self) -> String {
        "the access key".to_owned()
    }

    async fn load(&self) -> Result<Loaded, CredentialsFailure> {
        let AccessKey { id, secret, session_token } = &self.key;
        let id = self.read(id, "access key id").await?;
        let secret = self.read(secret, "secret access key").await?;
        let token = match session_token {
            Some(token) => Some(self.read(token, "session token").await?),
            None => None,
        };
        let credentials = Credentials::new(
            id.expose_secret(),
            secret.expose_secret(),
            token.map(|token| token.expose_secret().to_owned()),
            None,
            "lamplight",
        );
        let origin = if self.key.session_token.is_some() { "temporary access key" } else { "access key" };
        Ok(Loaded { credentials, origin: format!("{origin} {}", id.expose_secret()) })
    }
}
