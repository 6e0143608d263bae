//! The limits of Lambda that we check before or apply after a call, each with its unit and source.
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

/// The longest a function may run: 15 minutes (Lambda quotas, "Function timeout").
pub const MAX_TIMEOUT: Duration = Duration::from_mins(15);

/// The largest total size of a function's environment variables, in bytes: 4 KB (Lambda quotas).
pub const ENVIRONMENT_BYTES: usize = 4 * 1_024;
