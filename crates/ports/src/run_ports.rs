//! The ports that a run needs besides its connection.

use crate::{Clock, IdSource, RunStore, Runners, Sleeper};
use std::sync::Arc;

/// The ports that a run needs besides its connection.
#[derive(Debug, Clone)]
pub struct RunPorts {
    /// The store for intents and outcomes.
    pub runs: Arc<dyn RunStore>,
    /// The processes that make calls.
    pub runners: Arc<dyn Runners>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Waiting between attempts.
    pub sleeper: Arc<dyn Sleeper>,
    /// Run keys and jitter.
    pub ids: Arc<dyn IdSource>,
}
