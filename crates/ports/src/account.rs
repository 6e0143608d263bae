//! The limits and the usage of an account.

use crate::PortError;
use async_trait::async_trait;
use lamplight_domain::RawJson;
use std::fmt::Debug;

/// The limits of an account. `None` is what the provider does not report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountLimits {
    /// The code of all functions together, in bytes.
    pub total_code_bytes: Option<u64>,
    /// The unpacked code of one function, in bytes.
    pub unpacked_code_bytes: Option<u64>,
    /// The uploaded code package of one function, in bytes.
    pub uploaded_code_bytes: Option<u64>,
    /// The maximum number of concurrent executions.
    pub concurrent_executions: Option<u64>,
    /// How many of them are not reserved for specific functions.
    pub unreserved_concurrent_executions: Option<u64>,
    /// How many of them can never be reserved.
    pub unreserved_concurrent_executions_minimum: Option<u64>,
}

/// The usage of an account. `None` is what the provider does not report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountUsage {
    /// The code of all functions together, in bytes.
    pub total_code_bytes: Option<u64>,
    /// The number of functions.
    pub functions: Option<u64>,
}

/// The limits and the usage of an account in one region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountSettings {
    /// The limits.
    pub limits: AccountLimits,
    /// The usage.
    pub usage: AccountUsage,
    /// Whether a function of the account has a runtime that is no longer supported.
    pub has_function_with_deprecated_runtime: Option<bool>,
    /// Deprecated features that the account may still use, as the provider reports them.
    pub deprecated_features_access: Option<RawJson>,
    /// Features in preview that the account takes part in, as the provider reports them.
    pub preview_features: Option<RawJson>,
}

/// Reads the limits and the usage of a connection's account.
///
/// # Guarantees
/// - Calls change nothing and may be repeated.
#[async_trait]
pub trait Account: Debug + Send + Sync + 'static {
    /// Reads limits and usage from the provider.
    async fn settings(&self) -> Result<AccountSettings, PortError>;
}
