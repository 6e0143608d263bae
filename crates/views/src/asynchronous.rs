//! What becomes of a function's queued calls.

use lamplight_domain::{AsyncSettings, DescribedAsyncSettings};
use schemars::JsonSchema;
use serde::Serialize;

/// A page of what is set for a function and its versions and aliases.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AsyncListView<'a> {
    /// The configurations.
    pub configurations: Vec<AsyncView<'a>>,
    /// Where to go on; null at the end.
    pub next_marker: Option<&'a str>,
}

/// What becomes of the queued calls of one function, version or alias; null is the provider's default.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AsyncView<'a> {
    /// The provider's full reference of the function, version or alias.
    pub reference: &'a str,
    /// How often a call is tried again after its function failed.
    pub maximum_retry_attempts: Option<u32>,
    /// How long a call may wait to be tried, in seconds.
    pub maximum_event_age_in_seconds: Option<u32>,
    /// Where the record of a call goes that succeeded.
    pub on_success: Option<&'a str>,
    /// Where the record of a call goes that failed or grew too old.
    pub on_failure: Option<&'a str>,
    /// When it last changed, in the provider's words.
    pub last_modified: Option<&'a str>,
}

impl<'a> From<&'a DescribedAsyncSettings> for AsyncView<'a> {
    fn from(set: &'a DescribedAsyncSettings) -> Self {
        // Taken apart, so that what is added later cannot be forgotten here.
        let DescribedAsyncSettings { reference, settings, last_modified } = set;
        let AsyncSettings { max_retries, max_age_seconds, on_success, on_failure } = settings;
        Self {
            reference,
            maximum_retry_attempts: *max_retries,
            maximum_event_age_in_seconds: *max_age_seconds,
            on_success: on_success.as_deref(),
            on_failure: on_failure.as_deref(),
            last_modified: last_modified.as_deref(),
        }
    }
}
