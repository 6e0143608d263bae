//! What an account may use, and how much of it is used.

use schemars::JsonSchema;
use serde::Serialize;

/// The quotas of an account, in the order people read them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct QuotasView {
    /// The quotas.
    pub quotas: Vec<QuotaView>,
}

/// One quota.
#[derive(Debug, Serialize, JsonSchema)]
pub struct QuotaView {
    /// What may be used; null is no limit that the provider names.
    pub limit: Option<u64>,
    /// What it is of.
    pub name: &'static str,
    /// What both numbers count.
    pub unit: UnitWord,
    /// What is used; null where the provider does not say.
    pub used: Option<u64>,
    /// How much of it is used, in per cent with two decimals, rounded down; null where either number is not known.
    #[schemars(range(min = 0))]
    pub used_percent: Option<f64>,
}

/// What a quota's numbers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitWord {
    /// Bytes.
    Bytes,
    /// Things or calls.
    Count,
}
