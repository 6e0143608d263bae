//! What an account may use, and what it uses.

use crate::PortError;
use async_trait::async_trait;
use std::fmt::Debug;

/// What an account may use. What a provider does not say is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountLimits {
    /// The code of all functions together, in bytes.
    pub total_code_bytes: Option<u64>,
    /// One function's code once unpacked, in bytes.
    pub unpacked_code_bytes: Option<u64>,
    /// One function's code as it is uploaded, in bytes.
    pub uploaded_code_bytes: Option<u64>,
    /// How many calls may run at once.
    pub concurrent_executions: Option<u64>,
    /// How many of them are not reserved for single functions.
    pub unreserved_concurrent_executions: Option<u64>,
}

/// What an account uses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountUsage {
    /// The code of all functions together, in bytes.
    pub total_code_bytes: Option<u64>,
    /// How many functions there are.
    pub functions: Option<u64>,
}

/// What an account may use and what it uses, in one region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountSettings {
    /// What it may use.
    pub limits: AccountLimits,
    /// What it uses.
    pub usage: AccountUsage,
}

/// Tells what the account of a connection may use.
///
/// # Guarantees
/// - Asking changes nothing and may be repeated.
#[async_trait]
pub trait Account: Debug + Send + Sync + 'static {
    /// Asks the provider.
    async fn settings(&self) -> Result<AccountSettings, PortError>;
}
