//! Scripted responses of Vault, the secrets of a login, and a clock that tests set.

use async_trait::async_trait;
use lamplight_domain::{ErrorCode, SecretRef, Timestamp};
use lamplight_ports::{Clock, PortError, PortErrorKind, SecretResolver, SecretString};
use lamplight_secrets_adapter::{VaultLogin, VaultOptions, VaultSecrets};
use lamplight_testkit::exchange::Exchange;
use std::{
    error::Error,
    sync::{Arc, Mutex},
    time::Duration,
};

pub(crate) const ADDRESS: &str = "https://vault.example.com:8200";
pub(crate) const TOKEN: &str = "hvs.hunter2-token";

/// An exchange that gives these answers in their order.
pub(crate) fn script<T: Into<String>>(answers: impl IntoIterator<Item = (u16, T)>) -> Arc<Exchange> {
    Exchange::slow(answers.into_iter().map(|(status, body)| Some((status, body.into()))))
}

/// A time that is set by hand.
#[derive(Debug)]
pub(crate) struct Hand(Mutex<Timestamp>);

impl Default for Hand {
    fn default() -> Self {
        Self(Mutex::new("2026-11-21T08:00:00Z".parse().unwrap()))
    }
}

impl Hand {
    pub(crate) fn advance(&self, seconds: u64) {
        let mut now = self.0.lock().unwrap();
        *now += Duration::from_secs(seconds);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// What logging in needs, each with the line end that files have.
#[derive(Debug)]
pub(crate) struct Basis;

#[async_trait]
impl SecretResolver for Basis {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        match reference.to_string().as_str() {
            "env:VAULT_TOKEN" => Ok(format!("{TOKEN}\n").into()),
            "env:SECRET_ID" => Ok("hunter2-secret-id\n".into()),
            "file:/jwt" => Ok("hunter2.jwt.x\n".into()),
            other => {
                Err(PortError::new(PortErrorKind::NotFound, ErrorCode::SecretNotFound, format!("no {other}")))
            }
        }
    }
}

pub(crate) fn token_login() -> VaultLogin {
    VaultLogin::Token(reference("env:VAULT_TOKEN"))
}

pub(crate) fn app_role() -> VaultLogin {
    let secret_id = reference("env:SECRET_ID");
    VaultLogin::AppRole { mount: "approle".to_owned(), role_id: "role-1".to_owned(), secret_id }
}

pub(crate) fn options(login: VaultLogin) -> VaultOptions {
    VaultOptions { address: ADDRESS.to_owned(), namespace: None, mount: None, login }
}

pub(crate) fn vault(options: VaultOptions, http: &Arc<Exchange>, clock: &Arc<Hand>) -> VaultSecrets {
    VaultSecrets::new(options, Arc::clone(http) as _, Arc::clone(clock) as _, Arc::new(Basis))
}

pub(crate) fn reference(text: &str) -> SecretRef {
    text.parse().unwrap()
}

/// An entry of a key-value engine of version 2.
pub(crate) fn entry(fields: &str) -> String {
    format!(
        r#"{{"request_id":"r","lease_id":"","renewable":false,"lease_duration":0,"data":{{"data":{fields},"metadata":{{"created_time":"2026-11-20T08:00:00Z","deletion_time":"","destroyed":false,"version":1}}}},"wrap_info":null,"warnings":null,"auth":null}}"#
    )
}

/// A login's answer.
pub(crate) fn let_in(token: &str, lease_seconds: u64) -> String {
    format!(
        r#"{{"auth":{{"client_token":"{token}","accessor":"a","policies":["default"],"lease_duration":{lease_seconds},"renewable":true}},"data":null,"warnings":null}}"#
    )
}

/// Everything that an error says, with its hint and its causes.
pub(crate) fn told(error: &PortError) -> String {
    let mut told = vec![format!("{error} {error:?} {:?}", error.hint)];
    let mut cause = error.source();
    while let Some(inner) = cause {
        told.push(format!("{inner} {inner:?}"));
        cause = inner.source();
    }
    told.join(" ")
}
