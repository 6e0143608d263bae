//! The declaration of a function.

use crate::AnswerRules;
use lamplight_domain::{Function, FunctionName, FunctionRef, SecretRef};
use std::{collections::BTreeMap, fmt};

/// The functions of a connection, by name.
pub type Functions = BTreeMap<FunctionName, HttpFunction>;

/// The declaration of a function.
#[derive(Debug, Clone)]
pub struct HttpFunction {
    /// The URL to call: absolute, `http` or `https`, without a query, because a query could hold a key.
    pub url: String,
    /// What the function does, for people.
    pub description: Option<String>,
    /// The function's own time limit in seconds; `None` if it is not known.
    pub timeout_seconds: Option<u32>,
    /// The headers of each call, besides `content-type` and `accept`; names are in lower case.
    pub headers: Vec<(String, HeaderValue)>,
    /// Whether the function accepts events and runs them later. If so, it is called only with the invocation type
    /// Event, and HTTP 202 means that it accepted the event.
    pub is_async: bool,
    /// How to interpret its answers.
    pub rules: AnswerRules,
}

/// The value of a header.
#[derive(Clone)]
pub enum HeaderValue {
    /// Text that is not secret.
    Plain(String),
    /// A secret, read for each call.
    Secret {
        /// The text before the secret, such as `Bearer `.
        prefix: &'static str,
        /// Where the secret is stored.
        reference: SecretRef,
    },
}

/// Shows references but no plain text, which may be a secret after all.
impl fmt::Debug for HeaderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(_) => f.write_str("Plain(..)"),
            Self::Secret { reference, .. } => write!(f, "Secret({reference})"),
        }
    }
}

impl HttpFunction {
    /// A function with only a URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            description: None,
            timeout_seconds: None,
            headers: Vec::new(),
            is_async: false,
            rules: AnswerRules::default(),
        }
    }

    /// The reference that a job stores.
    pub(crate) fn to_ref(&self, name: &FunctionName) -> FunctionRef {
        self.describe(name).to_ref()
    }

    /// The description that the catalogue returns.
    pub(crate) fn describe(&self, name: &FunctionName) -> Function {
        let mut function = Function::new(name.clone(), &self.url);
        function.settings.description.clone_from(&self.description);
        function.settings.timeout_seconds = self.timeout_seconds;
        function
    }
}
