//! What the simulated account may use, and what it uses.

use crate::{
    FakeProvider,
    state::{KeptFunction, State},
};
use async_trait::async_trait;
use lamplight_aws_model::Operation;
use lamplight_ports::{Account, AccountLimits, AccountSettings, AccountUsage, PortError};

/// How many calls of a new account may run at once (Lambda developer guide, "Lambda quotas").
const CONCURRENCY: u64 = 1000;
/// How many of them cannot be reserved (Lambda API, `PutFunctionConcurrency`).
const NEVER_RESERVED: u64 = 100;

/// How many calls are kept for single functions, without the one that is named.
fn reserved(state: &State, without: Option<&str>) -> u64 {
    let others = state.functions.iter().filter(|(name, _)| without != Some(name.as_str()));
    others.filter_map(|(_, function)| function.reserved).map(u64::from).sum()
}

/// Whether so many calls can be kept for a function.
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
            },
            usage: AccountUsage {
                total_code_bytes: Some(code),
                functions: u64::try_from(state.functions.len()).ok(),
            },
        })
    }
}
