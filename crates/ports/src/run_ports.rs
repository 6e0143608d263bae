//! What a run needs besides its connection.

use crate::{Clock, IdSource, RunStore, Runners, Sleeper};
use std::sync::Arc;

/// The ports that a run needs besides its connection.
#[derive(Debug, Clone)]
pub struct RunPorts {
    /// Where the intent and the outcome are recorded.
    pub runs: Arc<dyn RunStore>,
    /// Which processes make calls.
    pub runners: Arc<dyn Runners>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Waiting between attempts.
    pub sleeper: Arc<dyn Sleeper>,
    /// The run's key, and jitter.
    pub ids: Arc<dyn IdSource>,
}
