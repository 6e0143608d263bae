//! Lambda's limits that decide before or after a call, each with its unit and source.
//!
//! On AWS's pages "MB" and "KB" are powers of two (Lambda Developer Guide, "Lambda quotas": 1 MB = 1,024 KB).

use std::time::Duration;

/// The largest payload of a synchronous call, each way, in bytes: 6 MB (Lambda quotas, "Invocation payload").
pub const SYNC_PAYLOAD_BYTES: usize = 6 * 1_024 * 1_024;

/// The largest event of an asynchronous call, in bytes: 1 MB (Lambda quotas, since 24 October 2025).
pub const ASYNC_PAYLOAD_BYTES: usize = 1_024 * 1_024;

/// The largest client context, in bytes of its base64 form (Lambda API, Invoke, `ClientContext`). Lambda passes it
/// to the function in synchronous calls only.
pub const CLIENT_CONTEXT_BASE64_BYTES: usize = 3_583;

/// The largest client context, in bytes before encoding: base64 makes 4 of 3 and 3,583 is no multiple of 4.
pub const CLIENT_CONTEXT_RAW_BYTES: usize = CLIENT_CONTEXT_BASE64_BYTES / 4 * 3;

/// The request line and all header values together, in bytes: 1 MB (Lambda quotas).
pub const REQUEST_LINE_AND_HEADERS_BYTES: usize = 1_024 * 1_024;

/// How much of the end of the log a call returns, in bytes before encoding: 4 KB (Lambda API, Invoke, `LogResult`).
pub const LOG_TAIL_BYTES: usize = 4 * 1_024;

/// The longest a function may run: 15 minutes (Lambda quotas, "Function timeout").
pub const MAX_TIMEOUT: Duration = Duration::from_mins(15);

/// The longest an asynchronous call may run on Lambda Managed Instances: 90 minutes (Lambda API, `CreateFunction`,
/// `Timeout`).
pub const MAX_MANAGED_INSTANCE_TIMEOUT: Duration = Duration::from_mins(90);

/// How long a function may run whose configuration names no timeout (Lambda API, `CreateFunction`, `Timeout`).
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(3);

/// The most functions in one page of `ListFunctions`, whatever is asked for (Lambda API, `MaxItems`).
pub const LIST_FUNCTIONS_PAGE: u32 = 50;

/// The environment variables of a function together, in bytes: 4 KB (Lambda quotas).
pub const ENVIRONMENT_BYTES: usize = 4 * 1_024;

/// The limits that a call is held against, as one value.
///
/// ```
/// use lamplight_aws_model::LambdaLimits;
///
/// assert_eq!(LambdaLimits::LAMBDA.sync_payload_bytes, 6_291_456);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LambdaLimits {
    /// [`SYNC_PAYLOAD_BYTES`].
    pub sync_payload_bytes: usize,
    /// [`ASYNC_PAYLOAD_BYTES`].
    pub async_payload_bytes: usize,
    /// [`CLIENT_CONTEXT_BASE64_BYTES`].
    pub client_context_base64_bytes: usize,
    /// [`LOG_TAIL_BYTES`].
    pub log_tail_bytes: usize,
    /// [`MAX_TIMEOUT`].
    pub max_timeout: Duration,
}

impl LambdaLimits {
    /// Those of AWS Lambda.
    pub const LAMBDA: Self = Self {
        sync_payload_bytes: SYNC_PAYLOAD_BYTES,
        async_payload_bytes: ASYNC_PAYLOAD_BYTES,
        client_context_base64_bytes: CLIENT_CONTEXT_BASE64_BYTES,
        log_tail_bytes: LOG_TAIL_BYTES,
        max_timeout: MAX_TIMEOUT,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_those_of_the_documents() {
        assert_eq!(LambdaLimits::LAMBDA.sync_payload_bytes, 6_291_456);
        assert_eq!(LambdaLimits::LAMBDA.async_payload_bytes, 1_048_576);
        assert_eq!(LambdaLimits::LAMBDA.max_timeout.as_secs(), 15 * 60);
        assert_eq!(CLIENT_CONTEXT_RAW_BYTES, 2_685);
    }
}
