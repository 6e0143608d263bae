//! The account's limits and usage, from Lambda.

use crate::{error::manage::managed_read_error, session::Session};
use async_trait::async_trait;
use lamplight_aws_model::{ManageSubject, Operation};
use lamplight_ports::{Account, AccountLimits, AccountSettings, AccountUsage, PortError};
use std::sync::Arc;

/// [`Account`] over Lambda's `GetAccountSettings`.
#[derive(Debug)]
pub struct AwsAccount {
    session: Arc<Session>,
}

impl AwsAccount {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }
}

#[async_trait]
impl Account for AwsAccount {
    async fn settings(&self) -> Result<AccountSettings, PortError> {
        let subject = ManageSubject::account(Operation::GetAccountSettings, self.session.region());
        let sent = self.session.reading().get_account_settings().send().await;
        let output = sent.map_err(|error| managed_read_error(&error, &subject))?;
        let limits = output.account_limit.map(|limit| AccountLimits {
            total_code_bytes: count(limit.total_code_size),
            unpacked_code_bytes: count(limit.code_size_unzipped),
            uploaded_code_bytes: count(limit.code_size_zipped),
            concurrent_executions: count(limit.concurrent_executions.into()),
            unreserved_concurrent_executions: limit
                .unreserved_concurrent_executions
                .and_then(|executions| count(executions.into())),
        });
        let usage = output.account_usage.map(|usage| AccountUsage {
            total_code_bytes: count(usage.total_code_size),
            functions: count(usage.function_count),
        });
        Ok(AccountSettings { limits: limits.unwrap_or_default(), usage: usage.unwrap_or_default() })
    }
}

/// A count from AWS; `None` if it is negative.
fn count(number: i64) -> Option<u64> {
    u64::try_from(number).ok()
}
