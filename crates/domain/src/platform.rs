//! What a provider knows without being asked: its names, limits, links and prices.

use crate::{AsyncSettings, ExecutionReport, FunctionRef, InvocationType, Qualifier, ReportedError};
use std::{fmt::Debug, time::Duration};

/// Why a text names no function or qualifier of this provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReferenceError {
    /// The text, the place and the rule, as one fragment.
    pub message: String,
}

/// Limits of a provider; `None` is what is not known, and is left to the provider to refuse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// The largest event of a call that waits, in bytes.
    pub request_response_payload: Option<usize>,
    /// The largest event of a queued call, in bytes.
    pub event_payload: Option<usize>,
    /// The longest a function may run.
    pub longest_execution: Option<Duration>,
}

impl Limits {
    /// The largest event of a call, in bytes. A dry run is held against the limit of a call that waits.
    pub fn payload(&self, invocation_type: InvocationType) -> Option<usize> {
        match invocation_type {
            InvocationType::RequestResponse | InvocationType::DryRun => self.request_response_payload,
            InvocationType::Event => self.event_payload,
        }
    }
}

/// The pure knowledge of one provider, bound to one connection's region or account where that matters.
///
/// Every method that has a default says "not known" with it: a provider implements those that it has an answer to.
///
/// # Guarantees
/// - No method calls out, reads a clock or the environment, or panics on any text.
pub trait Platform: Debug + Send + Sync + 'static {
    /// Reads a function as people write it: a name, a name with qualifier, a full reference.
    fn parse_function(&self, text: &str) -> Result<FunctionRef, ReferenceError>;

    /// Reads a version or alias.
    fn parse_qualifier(&self, text: &str) -> Result<Qualifier, ReferenceError>;

    /// Where a person can watch the function; `None` where there is no such page.
    fn monitor_url(&self, function: &FunctionRef) -> Option<String> {
        let _ = function;
        None
    }

    /// The provider's limits.
    fn limits(&self) -> Limits {
        Limits::default()
    }

    /// What becomes of queued calls where nothing is set about it.
    fn async_defaults(&self) -> AsyncSettings {
        AsyncSettings::default()
    }

    /// Reads the error that a function reported as its response, other than [`kind`](ReportedError::kind), which no
    /// response says. By default the text of the response is the message.
    fn read_function_error(&self, response: &[u8]) -> ReportedError {
        ReportedError::of_text(String::from_utf8_lossy(response))
    }

    /// Finds the figures of the execution `request_id` in the end of its log, for a provider that tells them there
    /// and nowhere else.
    fn read_report(&self, log_tail: &str, request_id: Option<&str>) -> Option<ExecutionReport> {
        let _ = (log_tail, request_id);
        None
    }

    /// What one execution costs in US dollars, by list price; `None` where no price is known.
    fn estimate_cost(&self, report: &ExecutionReport, architecture: Option<&str>) -> Option<f64> {
        let _ = (report, architecture);
        None
    }
}
