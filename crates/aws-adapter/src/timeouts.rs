//! How long things may take.

use lamplight_aws_model::limits::MAX_TIMEOUT;
use lamplight_domain::InvocationType;
use lamplight_ports::InvokeRequest;
use std::time::Duration;

/// Sending an event is given time at this rate, in bytes a second: half a megabit, slower than any line that a
/// run of 6 MB is tried over.
const SLOWEST_LINE: u64 = 64 * 1024;

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// TCP connection, proxy tunnel and TLS handshake together. 3.1 s unless changed, as in the AWS SDKs.
    pub connect: Duration,
    /// What a call that waits is given beyond the function's own time limit.
    ///
    /// 20 s unless changed: 10 s for the start of a new execution environment, which Lambda does not count
    /// into the function's limit (Lambda developer guide, "Lambda execution environment lifecycle"), and
    /// 10 s for the network and Lambda itself. Sending a large event is given time of its own.
    pub answer_margin: Duration,
    /// What a call is given to read its answer once it has begun. 96 s unless changed: the largest response
    /// over a line of half a megabit a second.
    pub answer_body: Duration,
    /// What a change is given until its answer begins. 60 s unless changed: Lambda makes most in a second, and some only
    /// after it has looked at a network or a role.
    pub change: Duration,
    /// The same where code is sent along, at the least. 300 s unless changed; a large package is given more, as a line
    /// of half a megabit a second needs.
    pub upload: Duration,
    /// How long an answer to a question that only reads may let wait: a page of functions, a function. 30 s unless
    /// changed; what is asked may be asked again.
    pub read: Duration,
    /// Who we are, with all repetitions. 15 s unless changed: it is asked to find out what is wrong.
    pub identity: Duration,
    /// All of getting credentials, repetitions and chains of roles with it. 60 s unless changed: a program that a
    /// profile names may ask a person to touch a key.
    pub credentials: Duration,
    /// What of that the endpoint of a container is given. 15 s unless changed: it is on the machine's own host.
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
            identity: Duration::from_secs(15),
            credentials: Duration::from_mins(1),
            container: Duration::from_secs(15),
        }
    }
}

/// How long one call is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waits {
    /// From the start of the call to the head of the answer.
    pub(crate) head: Duration,
    /// From the start of the call to the end of the answer.
    pub(crate) whole: Duration,
}

impl Waits {
    /// A call that waits is given the function's own time, or Lambda's longest where it is not known. A call
    /// that is only queued or checked is not.
    pub(crate) fn of_call(request: &InvokeRequest, timeouts: &Timeouts) -> Self {
        let running = match request.invocation_type {
            InvocationType::RequestResponse => request
                .function
                .timeout_seconds
                .map_or(MAX_TIMEOUT, |seconds| Duration::from_secs(seconds.into())),
            InvocationType::Event | InvocationType::DryRun => Duration::ZERO,
        };
        let head = running + timeouts.answer_margin + transfer(request.payload.len());
        Self { head, whole: head + timeouts.answer_body }
    }

    /// Sending code is given time of its own.
    pub(crate) fn of_change(upload_bytes: Option<usize>, timeouts: &Timeouts) -> Self {
        let head = match upload_bytes {
            // In Base64 it is a third longer.
            Some(bytes) => timeouts.upload.max(timeouts.change + transfer(bytes / 3 * 4)),
            None => timeouts.change,
        };
        Self { head, whole: head + timeouts.answer_body }
    }
}

fn transfer(bytes: usize) -> Duration {
    Duration::from_secs(u64::try_from(bytes).unwrap_or(u64::MAX) / SLOWEST_LINE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::{FunctionRef, Payload};
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
            departure: Departure::default(),
        }
    }

    #[test]
    fn a_call_is_waited_for_as_long_as_the_function_may_run() {
        let seconds = |invocation_type, timeout, bytes| {
            let waits = Waits::of_call(&request(invocation_type, timeout, bytes), &Timeouts::default());
            (waits.head.as_secs(), waits.whole.as_secs())
        };
        assert_eq!(seconds(InvocationType::RequestResponse, None, 2), (920, 920 + 96));
        assert_eq!(seconds(InvocationType::RequestResponse, Some(60), 2), (80, 80 + 96));
        assert_eq!(seconds(InvocationType::RequestResponse, Some(900), 2), (920, 920 + 96));
        assert_eq!(
            seconds(InvocationType::RequestResponse, Some(3), 6 * 1024 * 1024),
            (23 + 96, 23 + 96 + 96)
        );
        assert_eq!(seconds(InvocationType::Event, Some(900), 2), (20, 20 + 96));
        assert_eq!(seconds(InvocationType::DryRun, None, 2), (20, 20 + 96));
    }

    #[test]
    fn code_is_waited_for_as_long_as_a_slow_line_needs() {
        let head = |bytes| Waits::of_change(bytes, &Timeouts::default()).head;
        assert_eq!(head(None), Duration::from_mins(1));
        assert_eq!(head(Some(1_000)), Duration::from_mins(5));
        assert_eq!(head(Some(48 << 20)), Duration::from_secs(60 + 1024));
    }
}
