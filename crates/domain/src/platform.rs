//! What is known about a provider without calling it: the format of names, limits, links and prices.

use crate::{AsyncSettings, ExecutionReport, FunctionRef, InvocationType, Qualifier, ReportedError};
use std::{fmt::Debug, time::Duration};

/// Why a text is not a valid function or qualifier of this provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReferenceError {
    /// The text, what is wrong with it and the rule: lower case, without a final period.
    pub message: String,
}

/// A request that is not sent because the provider would refuse it, or misinterpret it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BrokenRules {
    /// The request and all rules that it breaks: lower case, without a final period.
    pub message: String,
}

/// Limits of a provider. `None` is an unknown limit, which is left to the provider to check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// The maximum size of an event if the caller waits for the response, in bytes.
    pub request_response_payload: Option<usize>,
    /// The maximum size of an asynchronous event, in bytes.
    pub event_payload: Option<usize>,
    /// The maximum duration of a function.
    pub longest_execution: Option<Duration>,
}

impl Limits {
    /// The maximum size of an event in bytes. A dry run has the limit of `RequestResponse`.
    pub fn payload(&self, invocation_type: InvocationType) -> Option<usize> {
        match invocation_type {
            InvocationType::RequestResponse | InvocationType::DryRun => self.request_response_payload,
            InvocationType::Event => self.event_payload,
        }
    }
}

/// What is known about one provider, for the region or account of one connection if that matters.
///
/// The default of every method means "not known": a provider implements the methods that it has an answer for.
///
/// # Guarantees
/// - No method does IO, reads a clock or the environment, or panics on any text.
pub trait Platform: Debug + Send + Sync + 'static {
    /// Parses a function as users write it: a name, a name with a qualifier, or a full reference.
    fn parse_function(&self, text: &str) -> Result<FunctionRef, ReferenceError>;

    /// Parses a version or alias.
    fn parse_qualifier(&self, text: &str) -> Result<Qualifier, ReferenceError>;

    /// The spelling of a principal in which a policy returns it. Principals that are spelled differently may be the same.
    fn canonical_principal<'a>(&self, principal: &'a str) -> &'a str {
        principal
    }

    /// Last words of the names of variables that say that the value is the full name of a resource, in lower case.
    fn resource_name_words(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether a text has the form of the full name of any resource. Such a name is no secret: who knows it still needs
    /// a permission.
    fn is_resource_name(&self, text: &str) -> bool {
        let _ = text;
        false
    }

    /// The web page where a person can watch the function, if there is one.
    fn monitor_url(&self, function: &FunctionRef) -> Option<String> {
        let _ = function;
        None
    }

    /// Why functions have no such page; `None` if nothing more is known.
    fn no_monitor_reason(&self) -> Option<String> {
        None
    }

    /// The provider's limits.
    fn limits(&self) -> Limits {
        Limits::default()
    }

    /// What a function does not receive of a client context with these members, one sentence each.
    fn client_context_losses(&self, members: &[String], invocation_type: InvocationType) -> Vec<String> {
        let _ = (members, invocation_type);
        Vec::new()
    }

    /// The asynchronous invocation settings of a function that has none configured.
    fn async_defaults(&self) -> AsyncSettings {
        AsyncSettings::default()
    }

    /// Parses the error that a function reported in its response. [`kind`](ReportedError::kind) is not part of a
    /// response and stays empty. By default the text of the response is the message.
    fn read_function_error(&self, response: &[u8]) -> ReportedError {
        ReportedError::of_text(String::from_utf8_lossy(response))
    }

    /// Parses the report on execution `request_id` from the end of its log, for a provider that reports durations and
    /// memory only there.
    fn read_report(&self, log_tail: &str, request_id: Option<&str>) -> Option<ExecutionReport> {
        let _ = (log_tail, request_id);
        None
    }

    /// The cost of one execution at list price, in US dollars; `None` if the price is not known.
    fn estimate_cost(&self, report: &ExecutionReport, architecture: Option<&str>) -> Option<f64> {
        let _ = (report, architecture);
        None
    }
}

#[cfg(test)]
pub(crate) mod sample {
    use super::*;

    /// A provider whose resources have names like `urn:town:topics:orders`.
    #[derive(Debug)]
    pub(crate) struct Town;

    impl Platform for Town {
        fn parse_function(&self, text: &str) -> Result<FunctionRef, ReferenceError> {
            Err(ReferenceError { message: text.to_owned() })
        }

        fn parse_qualifier(&self, text: &str) -> Result<Qualifier, ReferenceError> {
            Err(ReferenceError { message: text.to_owned() })
        }

        fn resource_name_words(&self) -> &'static [&'static str] {
            &["urn"]
        }

        fn is_resource_name(&self, text: &str) -> bool {
            text.starts_with("urn:town:")
        }
    }
}
