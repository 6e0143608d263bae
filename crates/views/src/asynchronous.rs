//! Asynchronous invocation settings.

use lamplight_domain::{AsyncSettings, DescribedAsyncSettings};
use schemars::JsonSchema;
use serde::Serialize;

/// A page of the asynchronous invocation settings of a function, its versions and its aliases.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AsyncListView<'a> {
    /// The settings.
    pub configurations: Vec<AsyncView<'a>>,
    /// The marker of the next page; null on the last page.
    pub next_marker: Option<&'a str>,
}

/// The asynchronous invocation settings of a function, version or alias; null is the provider's default.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AsyncView<'a> {
    /// The provider's full reference of the function, version or alias.
    pub reference: &'a str,
    /// How often the provider retries an event after the function failed.
    pub maximum_retry_attempts: Option<u32>,
    /// How long an event may wait before the function processes it, in seconds.
    pub maximum_event_age_in_seconds: Option<u32>,
    /// The destination for the records of successful invocations.
    pub on_success: Option<&'a str>,
    /// The destination for the records of events that failed or became too old.
    pub on_failure: Option<&'a str>,
    /// When the settings were last changed, as the provider writes it.
    pub last_modified: Option<&'a str>,
}

impl<'a> From<&'a DescribedAsyncSettings> for AsyncView<'a> {
    fn from(set: &'a DescribedAsyncSettings) -> Self {
        // Destructured, so that a new field cannot be forgotten here.
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
