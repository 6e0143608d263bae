//! A scripted function: its description and its behaviour.

use crate::{
    Expression, ExpressionError, FunctionFailure,
    call::event_of,
    hanging::{Execution, Hanging, HangingCalls},
};
use lamplight_domain::{FunctionName, Payload};
use serde_json::Value;
use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

type Handler = Arc<dyn Fn(Value) -> Result<Value, FunctionFailure> + Send + Sync>;

/// How a scripted function answers.
#[derive(Clone)]
pub enum Answer {
    /// This JSON text, always, byte for byte.
    Return(String),
    /// The event, byte for byte.
    Echo,
    /// An object of values computed from the event.
    Compute(BTreeMap<String, Expression>),
    /// This error, always.
    Error(FunctionFailure),
    /// The result of this Rust function.
    Call(Handler),
    /// Nothing until a test ends the call: see [`FakeFunction::hanging`].
    Hang(Hanging),
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Return(text) => write!(f, "Return({} bytes)", text.len()),
            Self::Echo => f.write_str("Echo"),
            Self::Compute(values) => write!(f, "Compute({} values)", values.len()),
            Self::Error(failure) => write!(f, "Error({})", failure.error_type),
            Self::Call(_) => f.write_str("Call"),
            Self::Hang(_) => f.write_str("Hang"),
        }
    }
}

/// A scripted function.
#[derive(Debug, Clone)]
pub struct FakeFunction {
    /// The bare name.
    pub name: FunctionName,
    /// What the function does, for people.
    pub description: String,
    /// The runtime, as the provider names it.
    pub runtime: String,
    /// The time limit in seconds; a longer delay is a timeout.
    pub timeout_seconds: u32,
    /// The memory in MiB.
    pub memory_mb: u32,
    /// The environment variables.
    pub environment: BTreeMap<String, String>,
    /// The aliases, and the version that each points to.
    pub aliases: BTreeMap<String, String>,
    /// The duration of each execution.
    pub delay: Duration,
    /// How many calls are throttled before the first one is accepted.
    pub throttle: u32,
    /// How many connections are refused before the first one is accepted.
    pub refuse: u32,
    /// Whether the function runs and its answer is lost.
    pub drop_answer: bool,
    /// Whether the caller is not allowed to call it.
    pub forbidden: bool,
    /// Whether the provider refuses to return its log tail.
    pub refuse_log_tail: bool,
    /// The lines that it writes to its log.
    pub log: Vec<String>,
    /// How it answers.
    pub answer: Answer,
}

impl FakeFunction {
    /// A function with this answer and the defaults of a new function.
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

    /// A function that returns its event.
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

    /// A function that always reports this error.
    pub fn failing(name: FunctionName, failure: FunctionFailure) -> Self {
        Self::new(name, Answer::Error(failure))
    }

    /// A function whose calls hang until a test ends them, whatever its time limit.
    ///
    /// ```
    /// use lamplight_fake_adapter::{FakeFunction, FakeWorld};
    ///
    /// let (slow, mut calls) = FakeFunction::hanging("slow".parse()?);
    /// let world = FakeWorld::new([slow]);
    /// // In a test, beside the code that calls the function: `calls.next().await` waits for a call; then
    /// // `call.succeed(&json!(…))` ends it with a response, `call.fail(…)` with an error, and `drop(call)` loses its
    /// // answer.
    /// # Ok::<(), lamplight_domain::NameError>(())
    /// ```
    pub fn hanging(name: FunctionName) -> (Self, HangingCalls) {
        let (hanging, calls) = Hanging::new();
        (Self::new(name, Answer::Hang(hanging)), calls)
    }

    /// Runs the function once.
    pub(crate) fn execute(&self, payload: &Payload) -> Execution {
        let event = payload.as_bytes();
        Execution::Ended(match &self.answer {
            Answer::Hang(hanging) => return Execution::Hangs(hanging.call(event_of(payload))),
            _ if self.delay > Duration::from_secs(u64::from(self.timeout_seconds)) => {
                let message = format!("Task timed out after {}.00 seconds", self.timeout_seconds);
                Err(FunctionFailure::unhandled("Sandbox.Timedout", message))
            }
            Answer::Return(text) => Ok(text.clone().into_bytes()),
            Answer::Echo => Ok(event.to_vec()),
            Answer::Error(failure) => Err(failure.clone()),
            Answer::Call(handler) => parse(event).and_then(|event| handler(event)).map(|it| into_bytes(&it)),
            Answer::Compute(values) => {
                parse(event).and_then(|event| compute(values, &event)).map(|it| into_bytes(&it))
            }
        })
    }
}

fn parse(event: &[u8]) -> Result<Value, FunctionFailure> {
    serde_json::from_slice(event)
        .map_err(|error| FunctionFailure::unhandled("Runtime.UnmarshalError", error.to_string()))
}

fn compute(values: &BTreeMap<String, Expression>, event: &Value) -> Result<Value, FunctionFailure> {
    let computed = values.iter().map(|(name, expression)| Ok((name.clone(), expression.evaluate(event)?)));
    computed
        .collect::<Result<_, ExpressionError>>()
        .map(Value::Object)
        .map_err(|error| FunctionFailure::unhandled("KeyError", error.to_string()))
}

fn into_bytes(response: &Value) -> Vec<u8> {
    response.to_string().into_bytes()
}
