//! A Lambda function and its behaviour.

use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
};

/// The behaviour of a function.
#[derive(Debug, Clone, Default)]
pub enum Behaviour {
    /// Returns the event.
    #[default]
    Echo,
    /// Answers with this text.
    Says(&'static str),
    /// Reports an error, and its log repeats the event.
    Fails,
    /// Signals that it was called, and answers once the other end of the gate is dropped.
    Waits(Gate),
    /// Lambda answers with this status, error code and message, and the function does not run.
    Refused(u16, &'static str, String),
}

/// Where a call waits.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Mutex<(Sender<()>, Receiver<()>)>>);

impl Gate {
    /// A gate, the receiver that signals a call, and the sender whose drop lets the call continue.
    pub fn new() -> (Self, Receiver<()>, Sender<()>) {
        let ((arrived, arrivals), (release, released)) = (channel(), channel());
        (Self(Arc::new(Mutex::new((arrived, released)))), arrivals, release)
    }

    pub(crate) fn wait(&self) {
        let gate = self.0.lock().unwrap();
        // An error means that the other end was dropped, which is what this waits for.
        let _ = gate.0.send(());
        let _ = gate.1.recv();
    }
}

/// A function and everything that belongs to it.
#[derive(Debug, Clone, Default)]
pub struct Function {
    /// Its behaviour.
    pub behaviour: Behaviour,
    /// The environment variables.
    pub environment: BTreeMap<String, String>,
    /// Its policies and settings.
    pub managed: Managed,
}

/// What is stored about a function besides its behaviour.
#[derive(Debug, Clone, Default)]
pub struct Managed {
    /// The statements of its policies by qualifier; the function's own have the empty text as their key.
    pub policies: BTreeMap<String, Vec<Value>>,
    /// The configuration that was set.
    pub(crate) configuration: Map<String, Value>,
    pub(crate) versions: Vec<Value>,
    pub(crate) aliases: BTreeMap<String, Value>,
    pub(crate) tags: Map<String, Value>,
    /// The only key is the empty text.
    pub(crate) concurrency: BTreeMap<String, Value>,
    /// The asynchronous invocation settings, by qualifier.
    pub(crate) asynchronous: BTreeMap<String, Value>,
}
