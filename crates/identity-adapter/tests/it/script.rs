//! Services that answer by a script and remember what they were asked.

use async_trait::async_trait;
use lamplight_domain::{ErrorCode, RunKey, SecretRef, Timestamp};
use lamplight_ports::{
    Clock, ExposeSecret, HttpAnswer, HttpExchange, HttpRequest, IdSource, PortError, PortErrorKind,
    SecretResolver, SecretString, Sleeper,
};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

/// A JWT in form, for tests that do not look into it.
pub(crate) const JWT: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln";

/// A request as it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
    pub(crate) timeout: Duration,
}

impl Asked {
    /// The body's form.
    pub(crate) fn form(&self) -> BTreeMap<String, String> {
        self.body
            .split('&')
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(name, value)| (name.to_owned(), decoded(value)))
            .collect()
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// An answer of the script; `None` is silence.
pub(crate) type Answer = Option<(u16, String)>;

/// Answers in the order of the script. `Debug` keeps what was asked, as every exchange's does.
pub(crate) struct Service {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<Asked>>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Service")
    }
}

impl Service {
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Arc<Self> {
        Arc::new(Self { answers: Mutex::new(answers.into_iter().collect()), asked: Mutex::default() })
    }

    /// One answer with a token.
    pub(crate) fn giving_a_token() -> Arc<Self> {
        Self::new([Some((200, format!("{{\"access_token\":\"{JWT}\",\"id_token\":\"aWQ.aWQ.aWQ\"}}")))])
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl HttpExchange for Service {
    async fn exchange(&self, request: HttpRequest) -> Result<HttpAnswer, PortError> {
        let headers = request.headers.iter();
        self.asked.lock().unwrap().push(Asked {
            method: format!("{:?}", request.method),
            url: request.url,
            headers: headers
                .map(|(name, value)| ((*name).to_owned(), value.expose_secret().to_owned()))
                .collect(),
            body: request.body.map(|body| body.expose_secret().to_owned()).unwrap_or_default(),
            timeout: request.timeout,
        });
        match self.answers.lock().unwrap().pop_front().unwrap() {
            Some((status, body)) => Ok(HttpAnswer { status, headers: Vec::new(), body: body.into() }),
            None => Err(PortError::new(PortErrorKind::Unavailable, ErrorCode::Timeout, "no answer")),
        }
    }
}

/// Knows secrets by reference. `Debug` keeps them, as every resolver's does.
pub(crate) struct Secrets(pub(crate) &'static str, pub(crate) String);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.0)
    }
}

#[async_trait]
impl SecretResolver for Secrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        if reference.to_string() == self.0 {
            return Ok(self.1.clone().into());
        }
        Err(PortError::new(
            PortErrorKind::NotFound,
            ErrorCode::SecretNotFound,
            format!("there is no {reference}"),
        ))
    }
}

/// Time, chance and waiting that stand still.
#[derive(Debug, Default)]
pub(crate) struct Still {
    pub(crate) slept: Mutex<Vec<Duration>>,
}

impl Clock for Still {
    fn now(&self) -> Timestamp {
        "2026-11-21T08:00:00Z".parse().unwrap()
    }
}

impl IdSource for Still {
    fn run_key(&self) -> RunKey {
        "0199c0de-0000-7000-8000-000000000001".parse().unwrap()
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

#[async_trait]
impl Sleeper for Still {
    async fn sleep(&self, duration: Duration) {
        self.slept.lock().unwrap().push(duration);
    }
}
