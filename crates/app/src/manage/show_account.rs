//! What an account may use, and how much of it is used.

use crate::AppError;
use lamplight_ports::{AccountSettings, Connection};

/// One quota of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// What it is of.
    pub name: QuotaName,
    /// What is used; `None` where the provider does not say.
    pub used: Option<u64>,
    /// What may be used; `None` is no limit that the provider names.
    pub limit: Option<u64>,
}

/// What a quota is of, in the order people read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuotaName {
    /// How many functions there are.
    Functions,
    /// The code of all functions together, in bytes.
    TotalCode,
    /// One function's code as it is uploaded, in bytes.
    UploadedCode,
    /// One function's code once unpacked, in bytes.
    UnpackedCode,
    /// How many calls may run at once.
    ConcurrentExecutions,
    /// How many of them are reserved for single functions.
    ReservedExecutions,
}

impl QuotaName {
    /// The name that programs may rely on.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Functions => "functions",
            Self::TotalCode => "total-code",
            Self::UploadedCode => "uploaded-code",
            Self::UnpackedCode => "unpacked-code",
            Self::ConcurrentExecutions => "concurrent-executions",
            Self::ReservedExecutions => "reserved-executions",
        }
    }

    /// Whether it is counted in bytes.
    pub fn is_bytes(self) -> bool {
        matches!(self, Self::TotalCode | Self::UploadedCode | Self::UnpackedCode)
    }
}

impl Quota {
    /// How much of it is used, in hundredths of a percent; `None` where either number is not known.
    pub fn used_basis_points(&self) -> Option<u64> {
        let (used, limit) = (self.used?, self.limit.filter(|limit| *limit > 0)?);
        u64::try_from(u128::from(used) * 10_000 / u128::from(limit)).ok()
    }
}

/// Asks what the account of a connection may use and what it uses.
pub async fn show_account(connection: &Connection) -> Result<Vec<Quota>, AppError> {
    let AccountSettings { limits, usage } = connection.management()?.account.settings().await?;
    let reserved = limits
        .concurrent_executions
        .zip(limits.unreserved_concurrent_executions)
        .map(|(all, unreserved)| all.saturating_sub(unreserved));
    let quota = |name, used, limit| Quota { name, used, limit };
    Ok(vec![
        quota(QuotaName::Functions, usage.functions, None),
        quota(QuotaName::TotalCode, usage.total_code_bytes, limits.total_code_bytes),
        quota(QuotaName::UploadedCode, None, limits.uploaded_code_bytes),
        quota(QuotaName::UnpackedCode, None, limits.unpacked_code_bytes),
        quota(QuotaName::ConcurrentExecutions, None, limits.concurrent_executions),
        quota(QuotaName::ReservedExecutions, reserved, limits.concurrent_executions),
    ])
}
