//! How long to wait for a call.

use crate::HttpFunction;
use lamplight_domain::InvocationType;
use lamplight_http_adapter::Waits;
use std::time::Duration;

/// The rate at which sending an event is assumed to progress, in bytes per second: half a megabit per second, slower
/// than any line that is used for large events.
const SLOWEST_LINE: u64 = 64 * 1024;

/// How long to wait for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallTimeouts {
    /// TCP connection, proxy tunnel and TLS handshake together. Default: 3.1 s, as in the AWS SDKs.
    pub connect: Duration,
    /// The time limit of a function that does not declare one. Default: one hour, because no platform lets an HTTP
    /// request run longer (Cloud Run has the highest limit), and giving up sooner would make a run unknown that ends
    /// well.
    pub longest_execution: Duration,
    /// The time added to the function's own time limit. Default: 30 s, which is 20 s for a container to start, a time
    /// that no platform counts, and 10 s for the network.
    pub margin: Duration,
    /// The time to read a response once it has begun. Default: 96 s, which is enough for 6 MB at half a megabit per
    /// second.
    pub answer_body: Duration,
}

impl Default for CallTimeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(3100),
            longest_execution: Duration::from_hours(1),
            margin: Duration::from_secs(30),
            answer_body: Duration::from_secs(96),
        }
    }
}

impl CallTimeouts {
    /// How long to wait for one call. For an event this excludes the function's own time, because the response comes
    /// first.
    pub(crate) fn waits(
        &self,
        function: &HttpFunction,
        invocation_type: InvocationType,
        event_bytes: usize,
    ) -> Waits {
        let running = match (invocation_type, function.timeout_seconds) {
            (InvocationType::Event | InvocationType::DryRun, _) => Duration::ZERO,
            (InvocationType::RequestResponse, Some(seconds)) => Duration::from_secs(seconds.into()),
            (InvocationType::RequestResponse, None) => self.longest_execution,
        };
        let sending = u64::try_from(event_bytes).unwrap_or(u64::MAX) / SLOWEST_LINE;
        let head = running.saturating_add(self.margin).saturating_add(Duration::from_secs(sending));
        Waits { connect: self.connect, head, whole: head.saturating_add(self.answer_body) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_waited_for_as_long_as_the_function_may_run() {
        let seconds = |invocation_type, timeout_seconds, bytes| {
            let function = HttpFunction { timeout_seconds, ..HttpFunction::new("http://127.0.0.1/") };
            let waits = CallTimeouts::default().waits(&function, invocation_type, bytes);
            (waits.head.as_secs(), waits.whole.as_secs())
        };
        assert_eq!(seconds(InvocationType::RequestResponse, None, 2), (3630, 3726));
        assert_eq!(seconds(InvocationType::RequestResponse, Some(60), 2), (90, 186));
        assert_eq!(seconds(InvocationType::RequestResponse, Some(3), 6 << 20), (33 + 96, 33 + 96 + 96));
        assert_eq!(seconds(InvocationType::Event, Some(900), 2), (30, 126));
    }
}
