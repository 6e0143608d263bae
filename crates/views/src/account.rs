//! The quotas of an account and their use.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// The quotas of an account.
#[derive(Debug, Serialize, JsonSchema)]
pub struct QuotasView {
    /// Deprecated features that the account may still use, as the provider reports them; null if it reports none.
    pub deprecated_features_access: Option<Value>,
    /// Whether a function has a runtime that is no longer supported; null if the provider does not say.
    pub has_function_with_deprecated_runtime: Option<bool>,
    /// Features in preview that the account takes part in, as the provider reports them; null if it reports none.
    pub preview_features: Option<Value>,
    /// The quotas.
    pub quotas: Vec<QuotaView>,
}

/// One quota.
#[derive(Debug, Serialize, JsonSchema)]
pub struct QuotaView {
    /// The limit; null if the provider does not name one.
    pub limit: Option<u64>,
    /// The name of the quota.
    pub name: &'static str,
    /// The unit of both numbers.
    pub unit: UnitWord,
    /// How much is used; null if the provider does not say.
    pub used: Option<u64>,
    /// How much of the limit is used, in per cent with two decimals, rounded down; null if either number is not known.
    #[schemars(range(min = 0))]
    pub used_percent: Option<f64>,
}

/// The unit of a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitWord {
    /// Bytes.
    Bytes,
    /// A number of things or calls.
    Count,
}
