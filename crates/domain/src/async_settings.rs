//! Asynchronous invocation settings of a function.

/// Asynchronous invocation settings. In a description, `None` is the provider's default. In a request, `None` keeps the
/// current value or sets the default, depending on the request; an empty text removes a destination.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AsyncSettings {
    /// How often the provider retries an event after the function failed.
    pub max_retries: Option<u32>,
    /// How long the provider keeps an event before it discards it, in seconds.
    pub max_age_seconds: Option<u32>,
    /// The destination for records of successful events.
    pub on_success: Option<String>,
    /// The destination for records of events that failed or expired.
    pub on_failure: Option<String>,
}

/// The asynchronous invocation settings of one function, version or alias, as the provider describes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DescribedAsyncSettings {
    /// The provider's full reference of the function, version or alias.
    pub reference: String,
    /// The settings.
    pub settings: AsyncSettings,
    /// When they last changed, in the provider's format.
    pub last_modified: Option<String>,
}
