//! How long a call is waited for.

use crate::HttpFunction;
use lamplight_domain::InvocationType;
use lamplight_http_adapter::Waits;
use std::time::Duration;

/// Sending an event is given time at this rate, in bytes a second: half a megabit, slower than any line that a large event
/// is tried over.
const SLOWEST_LINE: u64 = 64 * 1024;

/// How long a call is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// TCP connection, proxy tunnel and TLS handshake together. 3.1 s unless changed, as in the AWS SDKs.
    pub connect: Duration,
    /// What a function is given whose time limit is not declared. One hour unless changed: no platform lets an HTTP request
    /// run longer (Cloud Run's limit is the highest), and giving up sooner would leave a run unknown that ends well.
    pub longest_execution: Duration,
    /// What a call is given beyond the function's own time limit. 30 s unless changed: 20 s for a container to start, which
    /// counts as the function's time nowhere, and 10 s for the network.
    pub margin: Duration,
    /// What a call is given to read its answer once it has begun. 96 s unless changed: 6 MB over a line of half a megabit a
    /// second.
    pub answer_body: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(3100),
            longest_execution: Duration::from_hours(1),
            margin: Duration::from_secs(30),
            answer_body: Duration::from_secs(96),
        }
    }
}

impl Patience {
    /// How long one call is waited for. An event that is only taken is not given the time that it runs for.
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
            let waits = Patience::default().waits(&function, invocation_type, bytes);
            (waits.head.as_secs(), waits.whole.as_secs())
        };
        assert_eq!(seconds(InvocationType::RequestResponse, None, 2), (3630, 3726));
        assert_eq!(seconds(InvocationType::RequestResponse, Some(60), 2), (90, 186));
        assert_eq!(seconds(InvocationType::RequestResponse, Some(3), 6 << 20), (33 + 96, 33 + 96 + 96));
        assert_eq!(seconds(InvocationType::Event, Some(900), 2), (30, 126));
    }
}
