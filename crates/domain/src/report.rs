//! What the provider measured of one execution.

use serde::{Deserialize, Serialize};

/// Figures of one execution, as the provider reported them; `None` is what it does not say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ExecutionReport {
    /// How long the function ran, in milliseconds.
    pub duration_ms: Option<f64>,
    /// How long is charged, in milliseconds.
    pub billed_ms: Option<u64>,
    /// The memory it was given, in MiB.
    pub memory_mb: Option<u64>,
    /// The most memory it used, in MiB.
    pub max_memory_mb: Option<u64>,
    /// How long a cold start took, in milliseconds; `None` for a warm start, see [`was_warm`](Self::was_warm).
    pub init_ms: Option<f64>,
}

impl ExecutionReport {
    /// Whether the environment was there already. No cold start in a report that lacks other figures too says nothing.
    pub fn was_warm(&self) -> bool {
        self.init_ms.is_none()
            && self.duration_ms.is_some()
            && self.billed_ms.is_some()
            && self.memory_mb.is_some()
    }
}
