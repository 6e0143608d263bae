//! What a provider knows without being asked: its names, limits, links and prices.

use crate::{AsyncSettings, ExecutionReport, FunctionRef, InvocationType, Qualifier};
use std::{fmt::Debug, time::Duration};

/// Why a text names no function or qualifier of this provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReferenceError {
    /// The text, the place and the rule, as one fragment.
    pub message: String,
}

/// Limits of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest event of a call that waits, in bytes.
    pub request_response_payload: usize,
    /// The largest event of a queued call, in bytes.
    pub event_payload: usize,
    /// The longest a function may run.
    pub longest_execution: Duration,
}

impl Limits {
    /// The largest event of a call, in bytes. A dry run is held against the limit of a call that waits.
    pub fn payload(&self, invocation_type: InvocationType) -> usize {
        match invocation_type {
            InvocationType::RequestResponse | InvocationType::DryRun => self.request_response_payload,
            InvocationType::Event => self.event_payload,
        }
    }
}

/// The pure knowledge of one provider, bound to one connection's region or account where that matters.
///
/// # Guarantees
/// - No method calls out, reads a clock or the environment, or panics on any text.
pub trait Platform: Debug + Send + Sync + 'static {
    /// Reads a function as people write it: a name, a name with qualifier, a full reference.
    fn parse_function(&self, text: &str) -> Result<FunctionRef, ReferenceError>;

    /// Reads a version or alias.
    fn parse_qualifier(&self, text: &str) -> Result<Qualifier, ReferenceError>;

    /// Where a person can watch the function; `None` where there is no such page.
    fn monitor_url(&self, function: &FunctionRef) -> Option<String>;

    /// The provider's limits.
    fn limits(&self) -> Limits;

    /// What becomes of queued calls where nothing is set about it.
    fn async_defaults(&self) -> AsyncSettings;

    /// Finds the figures of the execution `request_id` in the end of its log.
    fn read_report(&self, log_tail: &str, request_id: Option<&str>) -> Option<ExecutionReport>;

    /// What one execution costs in US dollars, by list price; `None` where no price is known.
    fn estimate_cost(&self, report: &ExecutionReport, architecture: Option<&str>) -> Option<f64>;
}
