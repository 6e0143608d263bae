//! How far a request got, and what its answer, or the lack of one, proves.

use serde::{Deserialize, Serialize};

/// How far a request got before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// No byte of the request left: the function cannot have started.
    NotSent,
    /// Some of the request may have arrived and no complete answer came.
    MaybeSent,
    /// A complete answer came.
    Answered,
}

/// Whether the function can have started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// It is proven that it did not.
    DidNotStart,
    /// There is no such proof.
    MayHaveStarted,
}

/// What is known of a change that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Applied {
    /// It was not made: no byte of the request left, or the answer proves it.
    No,
    /// It may have been made: the answer was lost, or says nothing about it.
    Maybe,
}
