//! Shows the quotas of an account and their usage.

use crate::AppError;
use lamplight_domain::RawJson;
use lamplight_ports::{AccountSettings, Connection};

/// One quota of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Which quota it is.
    pub name: QuotaName,
    /// How much is used; `None` if the provider does not report it.
    pub used: Option<u64>,
    /// The limit; `None` if the provider reports none.
    pub limit: Option<u64>,
}

/// The quotas, in the order of display.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuotaName {
    /// The number of functions.
    Functions,
    /// The size of the code of all functions together, in bytes.
    TotalCode,
    /// The size of the uploaded code package of one function, in bytes.
    UploadedCode,
    /// The size of the unpacked code of one function, in bytes.
    UnpackedCode,
    /// The number of concurrent executions.
    ConcurrentExecutions,
    /// How many concurrent executions are reserved for specific functions.
    ReservedExecutions,
    /// How many concurrent executions are not reserved.
    UnreservedExecutions,
    /// How many concurrent executions can never be reserved.
    UnreservedMinimum,
}

impl QuotaName {
    /// The stable name, for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Functions => "functions",
            Self::TotalCode => "total-code",
            Self::UploadedCode => "uploaded-code",
            Self::UnpackedCode => "unpacked-code",
            Self::ConcurrentExecutions => "concurrent-executions",
            Self::ReservedExecutions => "reserved-executions",
            Self::UnreservedExecutions => "unreserved-executions",
            Self::UnreservedMinimum => "unreserved-executions-minimum",
        }
    }

    /// Whether the unit is bytes.
    pub fn is_bytes(self) -> bool {
        matches!(self, Self::TotalCode | Self::UploadedCode | Self::UnpackedCode)
    }
}

impl Quota {
    /// The usage in hundredths of a percent; `None` unless usage and limit are known.
    pub fn used_basis_points(&self) -> Option<u64> {
        let (used, limit) = (self.used?, self.limit.filter(|limit| *limit > 0)?);
        u64::try_from(u128::from(used) * 10_000 / u128::from(limit)).ok()
    }
}

/// What is known about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountOverview {
    /// The quotas, in the order of display.
    pub quotas: Vec<Quota>,
    /// Whether a function has a runtime that is no longer supported; `None` if the provider does not say.
    pub has_function_with_deprecated_runtime: Option<bool>,
    /// Deprecated features that the account may still use, as the provider reports them.
    pub deprecated_features_access: Option<RawJson>,
    /// Features in preview that the account takes part in, as the provider reports them.
    pub preview_features: Option<RawJson>,
}

/// Reads the quotas of a connection's account.
pub async fn show_account(connection: &Connection) -> Result<AccountOverview, AppError> {
    let settings = connection.management()?.account.settings().await?;
    let AccountSettings { limits, usage, .. } = &settings;
    let reserved = limits
        .concurrent_executions
        .zip(limits.unreserved_concurrent_executions)
        .map(|(all, unreserved)| all.saturating_sub(unreserved));
    let quota = |name, used, limit| Quota { name, used, limit };
    let quotas = vec![
        quota(QuotaName::Functions, usage.functions, None),
        quota(QuotaName::TotalCode, usage.total_code_bytes, limits.total_code_bytes),
        quota(QuotaName::UploadedCode, None, limits.uploaded_code_bytes),
        quota(QuotaName::UnpackedCode, None, limits.unpacked_code_bytes),
        quota(QuotaName::ConcurrentExecutions, None, limits.concurrent_executions),
        quota(QuotaName::ReservedExecutions, reserved, limits.concurrent_executions),
        quota(QuotaName::UnreservedExecutions, None, limits.unreserved_concurrent_executions),
        quota(QuotaName::UnreservedMinimum, None, limits.unreserved_concurrent_executions_minimum),
    ];
    Ok(AccountOverview {
        quotas,
        has_function_with_deprecated_runtime: settings.has_function_with_deprecated_runtime,
        deprecated_features_access: settings.deprecated_features_access,
        preview_features: settings.preview_features,
    })
}
