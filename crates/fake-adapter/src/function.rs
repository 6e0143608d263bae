//! One scripted function: what it is and how it behaves.

use crate::Expression;
use lamplight_domain::FunctionName;
use serde_json::Value;
use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

/// An error that a scripted function reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionFailure {
    /// `Handled` or `Unhandled`, as the provider's header says.
    pub kind: String,
    /// The error's type, in the function's language.
    pub error_type: String,
    /// What it says.
    pub message: String,
    /// Its stack, a frame a line.
    pub stack: Vec<String>,
}

impl FunctionFailure {
    /// An unhandled error without stack.
    pub fn unhandled(error_type: &str, message: impl Into<String>) -> Self {
        Self {
            kind: "Unhandled".to_owned(),
            error_type: error_type.to_owned(),
            message: message.into(),
            stack: Vec::new(),
        }
    }
}

type Handler = Arc<dyn Fn(Value) -> Result<Value, FunctionFailure> + Send + Sync>;

/// How a scripted function answers.
#[derive(Clone)]
pub enum Answer {
    /// Always this JSON text, byte for byte.
    Return(String),
    /// The event, byte for byte.
    Echo,
    /// An object of values computed from the event.
    Compute(BTreeMap<String, Expression>),
    /// Always this error.
    Error(FunctionFailure),
    /// Whatever this Rust function says.
    Call(Handler),
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Return(text) => write!(f, "Return({} bytes)", text.len()),
            Self::Echo => f.write_str("Echo"),
            Self::Compute(values) => write!(f, "Compute({} values)", values.len()),
            Self::Error(failure) => write!(f, "Error({})", failure.error_type),
            Self::Call(_) => f.write_str("Call"),
        }
    }
}

/// A scripted function.
#[derive(Debug, Clone)]
pub struct FakeFunction {
    /// Its bare name.
    pub name: FunctionName,
    /// What it does, for people.
    pub description: String,
    /// Its runtime, in the provider's words.
    pub runtime: String,
    /// Its time limit in seconds; a longer delay is a timeout.
    pub timeout_seconds: u32,
    /// Its memory in MiB.
    pub memory_mb: u32,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
    /// Its aliases and the version each leads to.
    pub aliases: BTreeMap<String, String>,
    /// How long each execution takes.
    pub delay: Duration,
    /// How many calls are throttled before the first is served.
    pub throttle: u32,
    /// How many connections are refused before the first call arrives.
    pub refuse: u32,
    /// Whether it runs and its answer is then lost.
    pub drop_answer: bool,
    /// Whether the caller may not call it.
    pub forbidden: bool,
    /// Whether it refuses to give the end of its log.
    pub refuse_log_tail: bool,
    /// Lines that it writes to its log.
    pub log: Vec<String>,
    /// How it answers.
    pub answer: Answer,
}

impl FakeFunction {
    /// A function with this answer and everything else as a new function has it.
    pub fn new(name: FunctionName, answer: Answer) -> Self {
        Self {
            name,
            description: String::new(),
            runtime: "python3.13".to_owned(),
            timeout_seconds: 3,
            memory_mb: 128,
            environment: BTreeMap::new(),
            aliases: BTreeMap::new(),
            delay: Duration::ZERO,
            throttle: 0,
            refuse: 0,
            drop_answer: false,
            forbidden: false,
            refuse_log_tail: false,
            log: Vec::new(),
            answer,
        }
    }

    /// A function that answers with its event.
    pub fn echo(name: FunctionName) -> Self {
        Self::new(name, Answer::Echo)
    }

    /// A function written in Rust.
    pub fn call<F>(name: FunctionName, handler: F) -> Self
    where
        F: Fn(Value) -> Result<Value, FunctionFailure> + Send + Sync + 'static,
    {
        Self::new(name, Answer::Call(Arc::new(handler)))
    }

    /// A function that fails.
    pub fn failing(name: FunctionName, failure: FunctionFailure) -> Self {
        Self::new(name, Answer::Error(failure))
    }

    /// Runs the function once; `Err` is an error that the function reports.
    pub(crate) fn execute(&self, event: &[u8]) -> Result<Vec<u8>, FunctionFailure> {
        if self.delay > Duration::from_secs(u64::from(self.timeout_seconds)) {
            let message = format!("Task timed out after {}.00 seconds", self.timeout_seconds);
            return Err(FunctionFailure::unhandled("Sandbox.Timedout", message));
        }
        let parse = || {
            serde_json::from_slice::<Value>(event)
                .map_err(|error| FunctionFailure::unhandled("Runtime.UnmarshalError", error.to_string()))
        };
        let value = match &self.answer {
            Answer::Return(text) => return Ok(text.clone().into_bytes()),
            Answer::Echo => return Ok(event.to_vec()),
            Answer::Error(failure) => return Err(failure.clone()),
            Answer::Call(handler) => handler(parse()?)?,
            Answer::Compute(values) => {
                let event = parse()?;
                let computed: Result<serde_json::Map<String, Value>, FunctionFailure> = values
                    .iter()
                    .map(|(name, expression)| {
                        let value = expression.evaluate(&event);
                        value
                            .map(|value| (name.clone(), value))
                            .map_err(|error| FunctionFailure::unhandled("KeyError", error.to_string()))
                    })
                    .collect();
                Value::Object(computed?)
            }
        };
        Ok(value.to_string().into_bytes())
    }
}
