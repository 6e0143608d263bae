//! What the provider measured of one execution.

use serde::{Deserialize, Serialize};

/// Figures of one execution, as the provider reported them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExecutionReport {
    /// How long the function ran, in milliseconds.
    pub duration_ms: f64,
    /// How long is charged, in milliseconds.
    pub billed_ms: u64,
    /// The memory it was given, in MiB.
    pub memory_mb: u64,
    /// The most memory it used, in MiB.
    pub max_memory_mb: Option<u64>,
    /// How long a cold start took, in milliseconds; `None` for a warm start.
    pub init_ms: Option<f64>,
}
