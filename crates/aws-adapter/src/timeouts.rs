//! Time limits for connections, calls and other requests.

use lamplight_aws_model::limits::MAX_TIMEOUT;
use lamplight_domain::InvocationType;
use lamplight_ports::InvokeRequest;
use std::time::Duration;

/// The assumed transfer rate for the time limit of an upload, in bytes a second: half a megabit, slower than any line that
/// is used for events of 6 MB.
const SLOWEST_LINE: u64 = 64 * 1024;

/// The time limits of a connection to AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// TCP connection, proxy tunnel and TLS handshake together. Default: 3.1 s, as in the AWS SDKs.
    pub connect: Duration,
    /// Additional time for a call that waits for the result, beyond the function's own timeout.
    ///
    /// Default: 20 s: 10 s for the start of a new execution environment, which Lambda does not count towards the function's
    /// timeout (Lambda developer guide, "Lambda execution environment lifecycle"), and 10 s for the network and Lambda
    /// itself. The time to send a large event is added to this.
    pub answer_margin: Duration,
    /// The time to read the answer of a call once it has begun. Default: 96 s, the time for the largest response over a line
    /// of half a megabit a second.
    pub answer_body: Duration,
    /// The time until the answer of a change begins. Default: 60 s. Lambda makes most changes within a second, but some only
    /// after it has checked a network or a role.
    pub change: Duration,
    /// The minimum time until the answer of a change with code begins. Default: 300 s. A large package gets more, as needed
    /// over a line of half a megabit a second.
    pub upload: Duration,
    /// The time until the answer of a request that only reads begins, such as a page of functions. Default: 30 s per attempt;
    /// such requests may be retried.
    pub read: Duration,
    /// The time to read a function's current timeout when the known one has passed, including all retries. Default: 30 s; the
    /// answer of the call is waited for meanwhile.
    pub current_limit: Duration,
    /// The time to get the caller's identity, including all retries. Default: 15 s, because users wait for it when they
    /// diagnose a problem.
    pub identity: Duration,
    /// The time to get credentials, including retries and chains of roles. Default: 60 s, because the program of a profile
    /// may ask the user to touch a security key.
    pub credentials: Duration,
    /// The part of that time for the credentials endpoint of a container. Default: 15 s, because it is on the same host.
    pub container: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(3100),
            answer_margin: Duration::from_secs(20),
            answer_body: Duration::from_secs(96),
            change: Duration::from_mins(1),
            upload: Duration::from_mins(5),
            read: Duration::from_secs(30),
            current_limit: Duration::from_secs(30),
            identity: Duration::from_secs(15),
            credentials: Duration::from_mins(1),
            container: Duration::from_secs(15),
        }
    }
}

/// The time limits of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waits {
    /// From the start of the request to the head of the answer.
    pub(crate) head: Duration,
    /// From the start of the request to the end of the answer.
    pub(crate) whole: Duration,
}

impl Waits {
    /// The limits of a change, with additional time to send code.
    pub(crate) fn of_change(upload_bytes: Option<usize>, timeouts: &Timeouts) -> Self {
        let head = match upload_bytes {
            // Base64 makes it a third longer.
            Some(bytes) => timeouts.upload.max(timeouts.change + transfer(bytes / 3 * 4)),
            None => timeouts.change,
        };
        Self { head, whole: head + timeouts.answer_body }
    }
}

/// How long the answer of a call is waited for, from its sending to the head of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallLimit {
    /// The time for everything but the function itself.
    overhead: Duration,
    /// The time for the function.
    running: Duration,
    /// Whether this is the function's own timeout, not Lambda's maximum.
    is_known: bool,
}

impl CallLimit {
    /// The limit of a call. A call that waits for the result gets the function's own timeout, or Lambda's maximum if the
    /// timeout is not known. An asynchronous call or a dry run does not wait for the function.
    pub(crate) fn of(request: &InvokeRequest, timeouts: &Timeouts) -> Self {
        let known = request.function.timeout_seconds.map(|seconds| Duration::from_secs(seconds.into()));
        let running = match request.invocation_type {
            InvocationType::RequestResponse => known.unwrap_or(MAX_TIMEOUT),
            InvocationType::Event | InvocationType::DryRun => Duration::ZERO,
        };
        let overhead = timeouts.answer_margin + transfer(request.payload.len());
        Self { overhead, running, is_known: known.is_some() }
    }

    /// The limit for a function with this timeout; `None` if it is not known.
    pub(crate) fn with_timeout(self, timeout: Option<Duration>) -> Self {
        Self { running: timeout.unwrap_or(MAX_TIMEOUT), is_known: timeout.is_some(), ..self }
    }

    /// How long the answer was waited for, and where this limit comes from.
    pub(crate) fn explain(self, waited: Duration) -> String {
        let (total, running) = (waited.as_secs(), self.running.as_secs());
        match (running, self.is_known) {
            (0, _) => format!("{total} s"),
            (_, true) => format!(
                "{total} s: {running} s as the timeout of the function, and the rest for its start and the network"
            ),
            (_, false) => format!(
                "{total} s: {running} s as Lambda's maximum, because the timeout of the function is not known, and the rest \
                 for its start and the network"
            ),
        }
    }

    /// The time for the function.
    pub(crate) fn running(self) -> Duration {
        self.running
    }

    /// The whole limit.
    pub(crate) fn head(self) -> Duration {
        self.overhead + self.running
    }
}

fn transfer(bytes: usize) -> Duration {
    Duration::from_secs(u64::try_from(bytes).unwrap_or(u64::MAX) / SLOWEST_LINE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::{FunctionRef, Payload, Scrubber};
    use lamplight_ports::Departure;

    fn request(invocation_type: InvocationType, timeout_seconds: Option<u32>, bytes: usize) -> InvokeRequest {
        let function = FunctionRef { timeout_seconds, ..FunctionRef::by_name("adder".parse().unwrap()) };
        InvokeRequest {
            function,
            qualifier: None,
            invocation_type,
            payload: Payload::from_json(format!("\"{}\"", "x".repeat(bytes.saturating_sub(2)))).unwrap(),
            log_tail: true,
            client_context: None,
            scrubber: Scrubber::default(),
            fresh_connection: false,
            departure: Departure::default(),
        }
    }

    #[test]
    fn a_call_is_waited_for_as_long_as_the_function_may_run() {
        let limit = |invocation_type, timeout, bytes| {
            CallLimit::of(&request(invocation_type, timeout, bytes), &Timeouts::default())
        };
        let seconds =
            |invocation_type, timeout, bytes| limit(invocation_type, timeout, bytes).head().as_secs();
        assert_eq!(seconds(InvocationType::RequestResponse, None, 2), 920);
        assert_eq!(seconds(InvocationType::RequestResponse, Some(60), 2), 80);
        assert_eq!(seconds(InvocationType::RequestResponse, Some(900), 2), 920);
        assert_eq!(seconds(InvocationType::RequestResponse, Some(3), 6 * 1024 * 1024), 23 + 96);
        assert_eq!(seconds(InvocationType::Event, Some(900), 2), 20);
        assert_eq!(seconds(InvocationType::DryRun, None, 2), 20);
        let raised =
            limit(InvocationType::RequestResponse, Some(3), 2).with_timeout(Some(Duration::from_mins(1)));
        assert_eq!((raised.running().as_secs(), raised.head().as_secs()), (60, 80));
        assert_eq!(
            raised.explain(raised.head()),
            "80 s: 60 s as the timeout of the function, and the rest for its start and the network"
        );
        let unknown = raised.with_timeout(None);
        assert!(unknown.explain(unknown.head()).starts_with("920 s: 900 s as Lambda's maximum, because"));
        let queued = limit(InvocationType::Event, Some(3), 2);
        assert_eq!(queued.explain(queued.head()), "20 s");
    }

    #[test]
    fn code_is_waited_for_as_long_as_a_slow_line_needs() {
        let head = |bytes| Waits::of_change(bytes, &Timeouts::default()).head;
        assert_eq!(head(None), Duration::from_mins(1));
        assert_eq!(head(Some(1_000)), Duration::from_mins(5));
        assert_eq!(head(Some(48 << 20)), Duration::from_secs(60 + 1024));
    }
}
