//! What is declared about a function.

use crate::AnswerRules;
use lamplight_domain::{Function, FunctionName, FunctionRef, SecretRef};
use std::{collections::BTreeMap, fmt};

/// The functions of a connection, by name.
pub type Functions = BTreeMap<FunctionName, HttpFunction>;

/// A function, as it is declared.
#[derive(Debug, Clone)]
pub struct HttpFunction {
    /// Where it is called: an absolute `http` or `https` URL without query, which could hold a key.
    pub url: String,
    /// What it does, for people.
    pub description: Option<String>,
    /// Its own time limit in seconds; `None` where it is not known.
    pub timeout_seconds: Option<u32>,
    /// The headers of each call, beside `content-type` and `accept`; names are in lower case.
    pub headers: Vec<(String, HeaderValue)>,
    /// Whether it takes events and runs them later: it is called with queued events only, and its HTTP 202 says that it took
    /// one.
    pub is_async: bool,
    /// What its answers mean.
    pub rules: AnswerRules,
}

/// The value of a header.
#[derive(Clone)]
pub enum HeaderValue {
    /// A text that is not secret.
    Plain(String),
    /// A secret, read for each call.
    Secret {
        /// What stands before it, such as `Bearer `.
        prefix: &'static str,
        /// Where it can be read.
        reference: SecretRef,
    },
}

/// Shows references, and no text: it may be a secret after all.
impl fmt::Debug for HeaderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(_) => f.write_str("Plain(..)"),
            Self::Secret { reference, .. } => write!(f, "Secret({reference})"),
        }
    }
}

impl HttpFunction {
    /// A function of which only the URL is declared.
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

    /// How a job refers to it.
    pub(crate) fn to_ref(&self, name: &FunctionName) -> FunctionRef {
        self.describe(name).to_ref()
    }

    /// What the catalogue tells about it.
    pub(crate) fn describe(&self, name: &FunctionName) -> Function {
        let mut function = Function::new(name.clone(), &self.url);
        function.settings.description.clone_from(&self.description);
        function.settings.timeout_seconds = self.timeout_seconds;
        function
    }
}
