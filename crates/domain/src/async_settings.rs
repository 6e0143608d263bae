//! What becomes of a function's queued calls.

/// What becomes of queued calls. In a description `None` is the provider's default; in a request it is what stays as it
/// is, or takes the default. An empty text takes a destination away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AsyncSettings {
    /// How often a call is tried again after its function failed.
    pub max_retries: Option<u32>,
    /// How long a call may wait to be tried, in seconds.
    pub max_age_seconds: Option<u32>,
    /// Where the record of a call goes that succeeded.
    pub on_success: Option<String>,
    /// Where the record of a call goes that failed or grew too old.
    pub on_failure: Option<String>,
}

/// What becomes of the queued calls of one function, version or alias, as the provider describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DescribedAsyncSettings {
    /// The provider's full reference of the function, version or alias.
    pub reference: String,
    /// What is set.
    pub settings: AsyncSettings,
    /// When it last changed, in the provider's words.
    pub last_modified: Option<String>,
}
