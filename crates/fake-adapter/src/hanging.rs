//! Executions, and how those that hang are told to end.

use crate::FunctionFailure;
use lamplight_domain::RawJson;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

/// How a function ended: its response, or the error that it reports.
pub(crate) type End = Result<Vec<u8>, FunctionFailure>;

/// An execution that has begun.
pub(crate) enum Execution {
    Ended(End),
    Hangs(oneshot::Receiver<End>),
}

impl Execution {
    /// Waits for the end; `None` where the answer is lost.
    pub(crate) async fn end(self) -> Option<End> {
        match self {
            Self::Ended(end) => Some(end),
            Self::Hangs(end) => end.await.ok(),
        }
    }
}

/// Takes each call of a hanging function to its [`HangingCalls`].
#[derive(Debug, Clone)]
pub struct Hanging(mpsc::UnboundedSender<HangingCall>);

impl Hanging {
    pub(crate) fn new() -> (Self, HangingCalls) {
        let (sender, calls) = mpsc::unbounded_channel();
        (Self(sender), HangingCalls(calls))
    }

    /// Hands the call over; what is received tells how it ends, and fails where nobody will say.
    pub(crate) fn call(&self, event: RawJson) -> oneshot::Receiver<End> {
        let (end, ended) = oneshot::channel();
        // Without anybody to take it, the call is dropped, and its answer is lost.
        let _ = self.0.send(HangingCall { event, end });
        ended
    }
}

/// The calls of a hanging function, made by [`FakeFunction::hanging`](crate::FakeFunction::hanging). Once it is dropped,
/// the answers of calls are lost.
#[derive(Debug)]
pub struct HangingCalls(mpsc::UnboundedReceiver<HangingCall>);

impl HangingCalls {
    /// Waits for the next call to arrive; `None` once the function is gone with all its providers.
    pub async fn next(&mut self) -> Option<HangingCall> {
        self.0.recv().await
    }
}

/// A call that hangs. Where it is dropped its answer is lost, as when the connection closes.
#[derive(Debug)]
pub struct HangingCall {
    event: RawJson,
    end: oneshot::Sender<End>,
}

impl HangingCall {
    /// What the function was called with.
    pub fn event(&self) -> &RawJson {
        &self.event
    }

    /// Ends the call with this response. Where its caller waits no more, nothing happens.
    pub fn succeed(self, response: &Value) {
        let _ = self.end.send(Ok(response.to_string().into_bytes()));
    }

    /// Ends the call with an error that the function reports. Where its caller waits no more, nothing happens.
    pub fn fail(self, failure: FunctionFailure) {
        let _ = self.end.send(Err(failure));
    }
}
