//! Executions, and how a test ends those that hang.

use crate::FunctionFailure;
use lamplight_domain::RawJson;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

/// The end of an execution: the response, or the error that the function reports.
pub(crate) type End = Result<Vec<u8>, FunctionFailure>;

/// An execution in progress.
pub(crate) enum Execution {
    Ended(End),
    Hangs(oneshot::Receiver<End>),
}

impl Execution {
    /// Waits for the end; `None` if the answer is lost.
    pub(crate) async fn end(self) -> Option<End> {
        match self {
            Self::Ended(end) => Some(end),
            Self::Hangs(end) => end.await.ok(),
        }
    }
}

/// Sends each call of a hanging function to its [`HangingCalls`].
#[derive(Debug, Clone)]
pub struct Hanging(mpsc::UnboundedSender<HangingCall>);

impl Hanging {
    pub(crate) fn new() -> (Self, HangingCalls) {
        let (sender, calls) = mpsc::unbounded_channel();
        (Self(sender), HangingCalls(calls))
    }

    /// Sends the call to the test. The receiver gets the end of the call, or an error if the test drops the call.
    pub(crate) fn call(&self, event: RawJson) -> oneshot::Receiver<End> {
        let (end, ended) = oneshot::channel();
        // If nobody receives the call, it is dropped and its answer is lost.
        let _ = self.0.send(HangingCall { event, end });
        ended
    }
}

/// The calls of a hanging function, created by [`FakeFunction::hanging`](crate::FakeFunction::hanging). Once it is
/// dropped, the answers of calls are lost.
#[derive(Debug)]
pub struct HangingCalls(mpsc::UnboundedReceiver<HangingCall>);

impl HangingCalls {
    /// Waits for the next call; `None` once the function and all providers that have it are dropped.
    pub async fn next(&mut self) -> Option<HangingCall> {
        self.0.recv().await
    }
}

/// A call that hangs. If it is dropped, its answer is lost, as if the connection had closed.
#[derive(Debug)]
pub struct HangingCall {
    event: RawJson,
    end: oneshot::Sender<End>,
}

impl HangingCall {
    /// The event of the call.
    pub fn event(&self) -> &RawJson {
        &self.event
    }

    /// Ends the call with this response. Does nothing if the caller no longer waits.
    pub fn succeed(self, response: &Value) {
        let _ = self.end.send(Ok(response.to_string().into_bytes()));
    }

    /// Ends the call with an error that the function reports. Does nothing if the caller no longer waits.
    pub fn fail(self, failure: FunctionFailure) {
        let _ = self.end.send(Err(failure));
    }
}
