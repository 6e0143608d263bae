//! What the provider measured during one execution.

use serde::{Deserialize, Serialize};

/// Durations and memory of one execution. `None` is what the provider did not report.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ExecutionReport {
    /// How long the function ran, in milliseconds.
    pub duration_ms: Option<f64>,
    /// The billed duration, in milliseconds.
    pub billed_ms: Option<u64>,
    /// The configured memory, in MiB.
    pub memory_mb: Option<u64>,
    /// The maximum memory used, in MiB.
    pub max_memory_mb: Option<u64>,
    /// The duration of the cold start, in milliseconds; `None` for a warm start, but see [`was_warm`](Self::was_warm).
    pub init_ms: Option<f64>,
}

impl ExecutionReport {
    /// Whether the execution reused a warm environment. An incomplete report is not taken as proof of a warm start.
    pub fn was_warm(&self) -> bool {
        self.init_ms.is_none()
            && self.duration_ms.is_some()
            && self.billed_ms.is_some()
            && self.memory_mb.is_some()
    }
}
