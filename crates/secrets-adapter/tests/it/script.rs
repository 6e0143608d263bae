//! A Vault that answers by a script and remembers what it was asked, and a clock that is set by hand.

use async_trait::async_trait;
use lamplight_domain::{ErrorCode, SecretRef, Timestamp};
use lamplight_ports::{
    Clock, ExposeSecret, HttpAnswer, HttpExchange, HttpRequest, PortError, PortErrorKind, SecretResolver,
    SecretString,
};
use lamplight_secrets_adapter::{VaultLogin, VaultOptions, VaultSecrets};
use std::{
    collections::{BTreeMap, VecDeque},
    error::Error,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

pub(crate) const ADDRESS: &str = "https://vault.example.com:8200";
pub(crate) const TOKEN: &str = "hvs.hunter2-token";

/// A request as it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) headers: BTreeMap<&'static str, String>,
    pub(crate) body: Option<serde_json::Value>,
}

impl Asked {
    pub(crate) fn from(request: &HttpRequest) -> Self {
        let headers = request.headers.iter();
        let body = request.body.as_ref();
        Self {
            line: format!("{:?} {}", request.method, request.url),
            headers: headers.map(|(name, value)| (*name, value.expose_secret().to_owned())).collect(),
            body: body.map(|body| serde_json::from_str(body.expose_secret()).unwrap()),
        }
    }
}

/// Answers in the order of the script.
pub(crate) struct Script {
    answers: Mutex<VecDeque<(u16, String)>>,
    asked: Mutex<Vec<Asked>>,
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Script")
    }
}

impl Script {
    pub(crate) fn new<T: Into<String>>(answers: impl IntoIterator<Item = (u16, T)>) -> Arc<Self> {
        let answers = answers.into_iter().map(|(status, body)| (status, body.into())).collect();
        Arc::new(Self { answers: Mutex::new(answers), asked: Mutex::default() })
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The lines of the requests alone.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line).collect()
    }
}

#[async_trait]
impl HttpExchange for Script {
    async fn exchange(&self, request: HttpRequest) -> Result<HttpAnswer, PortError> {
        self.asked.lock().unwrap().push(Asked::from(&request));
        // Callers at the same time overlap here, as they would on a network.
        tokio::task::yield_now().await;
        match self.answers.lock().unwrap().pop_front() {
            Some((status, body)) => Ok(HttpAnswer { status, headers: Vec::new(), body: body.into() }),
            None => Err(PortError::new(PortErrorKind::Unavailable, ErrorCode::Timeout, "no answer")),
        }
    }
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

pub(crate) fn vault(options: VaultOptions, http: &Arc<Script>, clock: &Arc<Hand>) -> VaultSecrets {
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
