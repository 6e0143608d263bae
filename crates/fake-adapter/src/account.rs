//! Quotas and usage of the simulated account.

use crate::{
    FakeProvider,
    state::{KeptFunction, State},
};
use async_trait::async_trait;
use lamplight_aws_model::Operation;
use lamplight_ports::{Account, AccountLimits, AccountSettings, AccountUsage, PortError};

/// The concurrency quota of a new account (Lambda developer guide, "Lambda quotas").
const CONCURRENCY: u64 = 1000;
/// The part of the quota that cannot be reserved (Lambda API, `PutFunctionConcurrency`).
const NEVER_RESERVED: u64 = 100;

/// The sum of all reserved concurrency, except that of the function `without`.
fn reserved(state: &State, without: Option<&str>) -> u64 {
    let others = state.functions.iter().filter(|(name, _)| without != Some(name.as_str()));
    others.filter_map(|(_, function)| function.reserved).map(u64::from).sum()
}

/// Whether this concurrency can be reserved for the function.
pub(crate) fn can_reserve(state: &State, function: &str, calls: u32) -> bool {
    reserved(state, Some(function)) + u64::from(calls) + NEVER_RESERVED <= CONCURRENCY
}

#[async_trait]
impl Account for FakeProvider {
    async fn settings(&self) -> Result<AccountSettings, PortError> {
        self.admit(Operation::GetAccountSettings)?;
        let state = self.state();
        let versions = state.functions.values().flat_map(KeptFunction::all_versions);
        let code = versions.filter_map(|version| version.described.code_size).sum();
        // The limits of a new account (Lambda developer guide, "Lambda quotas").
        Ok(AccountSettings {
            limits: AccountLimits {
                total_code_bytes: Some(75 << 30),
                unpacked_code_bytes: Some(250 << 20),
                uploaded_code_bytes: Some(50 << 20),
                concurrent_executions: Some(CONCURRENCY),
                unreserved_concurrent_executions: Some(CONCURRENCY - reserved(&state, None)),
                unreserved_concurrent_executions_minimum: Some(NEVER_RESERVED),
            },
            usage: AccountUsage {
                total_code_bytes: Some(code),
                functions: u64::try_from(state.functions.len()).ok(),
            },
            has_function_with_deprecated_runtime: Some(false),
            deprecated_features_access: None,
            preview_features: None,
        })
    }
}
