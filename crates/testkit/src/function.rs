//! A function of Lambda, and what it does when it is called.

use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
};

/// What a function does when it is called.
#[derive(Debug, Clone, Default)]
pub enum Behaviour {
    /// Gives the event back.
    #[default]
    Echo,
    /// Answers with this.
    Says(&'static str),
    /// Reports an error of its own, and its log repeats the event.
    Fails,
    /// Tells that it was called, and does not answer as long as somebody holds the other end.
    Waits(Gate),
    /// Lambda answers this status and error code instead, with this message.
    Refused(u16, &'static str, String),
}

/// Where a call waits.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Mutex<(Sender<()>, Receiver<()>)>>);

impl Gate {
    /// The gate; what tells that a call has come, and what lets it go on by being dropped.
    pub fn new() -> (Self, Receiver<()>, Sender<()>) {
        let ((arrived, arrivals), (release, released)) = (channel(), channel());
        (Self(Arc::new(Mutex::new((arrived, released)))), arrivals, release)
    }

    pub(crate) fn wait(&self) {
        let gate = self.0.lock().unwrap();
        // Nobody at the other end is what is waited for.
        let _ = gate.0.send(());
        let _ = gate.1.recv();
    }
}

/// A function with all that hangs on it.
#[derive(Debug, Clone, Default)]
pub struct Function {
    /// What it does.
    pub behaviour: Behaviour,
    /// The environment variables.
    pub environment: BTreeMap<String, String>,
    /// What is kept of it beside.
    pub managed: Managed,
}

/// What is kept of a function beside what it does.
#[derive(Debug, Clone, Default)]
pub struct Managed {
    /// The statements of its policies, by qualifier; its own are under the empty text.
    pub policies: BTreeMap<String, Vec<Value>>,
    /// What was set of its configuration.
    pub(crate) configuration: Map<String, Value>,
    pub(crate) versions: Vec<Value>,
    pub(crate) aliases: BTreeMap<String, Value>,
    pub(crate) tags: Map<String, Value>,
    /// Under the empty text.
    pub(crate) concurrency: BTreeMap<String, Value>,
    /// What is set for asynchronous calls, by qualifier.
    pub(crate) asynchronous: BTreeMap<String, Value>,
}
