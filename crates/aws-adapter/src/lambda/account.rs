//! The account's limits and usage, from Lambda.

use crate::{error::manage::managed_read_error, session::Session};
use async_trait::async_trait;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::AfterDeserializationInterceptorContextRef, dyn_dispatch_hint},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use lamplight_aws_model::{ManageSubject, Operation};
use lamplight_domain::RawJson;
use lamplight_ports::{Account, AccountLimits, AccountSettings, AccountUsage, PortError};
use serde_json::Value;
use std::sync::{Arc, OnceLock};

/// [`Account`] over Lambda's `GetAccountSettings`.
///
/// The body of the answer is read and not the SDK's output: the SDK leaves out members that Lambda sends, and replaces
/// missing numbers with 0.
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
        let body = AnswerBody::default();
        let request = self.session.reading().get_account_settings().customize().interceptor(body.clone());
        request.send().await.map_err(|error| managed_read_error(&error, &subject))?;
        Ok(read(body.0.get().unwrap_or(&Value::Null)))
    }
}

/// Keeps the body of the successful answer. Clones share it.
#[derive(Debug, Clone, Default)]
struct AnswerBody(Arc<OnceLock<Value>>);

#[dyn_dispatch_hint]
impl Intercept for AnswerBody {
    fn name(&self) -> &'static str {
        "AnswerBody"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        if let (true, Some(body)) = (answer.status().is_success(), answer.body().bytes()) {
            // The SDK has parsed it already, so it is JSON.
            let _ = self.0.set(serde_json::from_slice(body).unwrap_or_default());
        }
        Ok(())
    }
}

fn read(body: &Value) -> AccountSettings {
    let limit = |member: &str| body["AccountLimit"][member].as_u64();
    let usage = |member: &str| body["AccountUsage"][member].as_u64();
    let raw = |member: &str| {
        let value = body.get(member).filter(|value| !value.is_null())?;
        RawJson::parse(&value.to_string()).ok()
    };
    AccountSettings {
        limits: AccountLimits {
            total_code_bytes: limit("TotalCodeSize"),
            unpacked_code_bytes: limit("CodeSizeUnzipped"),
            uploaded_code_bytes: limit("CodeSizeZipped"),
            concurrent_executions: limit("ConcurrentExecutions"),
            unreserved_concurrent_executions: limit("UnreservedConcurrentExecutions"),
            unreserved_concurrent_executions_minimum: limit("UnreservedConcurrentExecutionsMinimum"),
        },
        usage: AccountUsage { total_code_bytes: usage("TotalCodeSize"), functions: usage("FunctionCount") },
        has_function_with_deprecated_runtime: body["HasFunctionWithDeprecatedRuntime"].as_bool(),
        deprecated_features_access: raw("DeprecatedFeaturesAccess"),
        preview_features: raw("PreviewFeatures"),
    }
}
