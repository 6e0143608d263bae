//! How far a request got, and what its answer, or a missing answer, proves.

use serde::{Deserialize, Serialize};

/// How far a request got before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// No byte of the request was sent: the function cannot have started.
    NotSent,
    /// A part of the request may have arrived, and no complete answer was received.
    MaybeSent,
    /// A complete answer was received.
    Answered,
}

/// Whether the function may have started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// It is proven that it did not start.
    DidNotStart,
    /// There is no such proof.
    MayHaveStarted,
}

/// Whether a change that failed may have been made nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Applied {
    /// It was not made: no byte of the request was sent, or the answer proves it.
    No,
    /// It may have been made: the answer was lost or does not say.
    Maybe,
}
