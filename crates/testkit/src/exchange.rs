//! HTTP requests that are answered from a list without leaving the process.

use crate::http::Form;
use async_trait::async_trait;
use lamplight_domain::ErrorCode;
use lamplight_ports::{ExposeSecret, HttpAnswer, HttpExchange, HttpRequest, PortError, PortErrorKind};
use serde_json::Value;
use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

/// A request, with its secrets in the open.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The method and the URL, as in `Get https://example.com/`.
    pub line: String,
    /// The headers.
    pub headers: BTreeMap<&'static str, String>,
    /// The body.
    pub body: Option<String>,
    /// How long the answer is waited for.
    pub timeout: Duration,
}

impl Asked {
    /// The fields of the body as a form.
    pub fn form(&self) -> BTreeMap<String, String> {
        Form::parse(self.body.as_deref().unwrap_or_default()).unwrap().fields()
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<Value> {
        self.body.as_ref().map(|body| serde_json::from_str(body).unwrap())
    }
}

impl From<HttpRequest> for Asked {
    fn from(request: HttpRequest) -> Self {
        let headers = request.headers.iter().map(|(name, value)| (*name, value.expose_secret().to_owned()));
        Self {
            line: format!("{:?} {}", request.method, request.url),
            headers: headers.collect(),
            body: request.body.map(|body| body.expose_secret().to_owned()),
            timeout: request.timeout,
        }
    }
}

/// A status and a body; `None` where no answer comes.
pub type Answer = Option<(u16, String)>;

/// Gives its answers in their order, then none. `Debug` shows no request, as no exchange's does.
pub struct Exchange {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<Asked>>,
    is_slow: bool,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exchange")
    }
}

impl Exchange {
    /// With these answers, each given at once.
    pub fn new(answers: impl IntoIterator<Item = Answer>) -> Arc<Self> {
        Self::with(answers, false)
    }

    /// With these answers. Requests at the same time overlap, as they do on a network.
    pub fn slow(answers: impl IntoIterator<Item = Answer>) -> Arc<Self> {
        Self::with(answers, true)
    }

    fn with(answers: impl IntoIterator<Item = Answer>, is_slow: bool) -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::new(answers.into_iter().collect()),
            asked: Mutex::default(),
            is_slow,
        })
    }

    /// What was asked.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The lines of the requests alone.
    pub fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line).collect()
    }
}

#[async_trait]
impl HttpExchange for Exchange {
    async fn exchange(&self, request: HttpRequest) -> Result<HttpAnswer, PortError> {
        self.asked.lock().unwrap().push(request.into());
        if self.is_slow {
            tokio::task::yield_now().await;
        }
        match self.answers.lock().unwrap().pop_front().flatten() {
            Some((status, body)) => Ok(HttpAnswer { status, headers: Vec::new(), body: body.into() }),
            None => Err(PortError::new(PortErrorKind::Unavailable, ErrorCode::Timeout, "no answer")),
        }
    }
}
