//! Function permissions (resource-based policies) at Lambda.

use crate::{
    error::{manage::managed_read_error, read::is_absent_from_its_function},
    lambda::{
        changes::{ChangeRequest, function_subject, send_with},
        function::non_empty,
    },
    session::Session,
};
use async_trait::async_trait;
use aws_sdk_lambda::types::FunctionUrlAuthType;
use lamplight_aws_model::{ManageSubject, Operation, read_policy};
use lamplight_domain::{ErrorCode, PermissionPolicy, PermissionStatement};
use lamplight_ports::{
    ChangeError, Changed, Effect, Permissions, PortError, PortErrorKind, QualifiedFunction,
};
use std::sync::Arc;

/// [`Permissions`] on the resource-based policies of Lambda's functions, versions and aliases.
///
/// # Guarantees
/// - A change is sent once, regardless of retry settings in the environment or in profiles.
/// - An event source token does not appear in any error.
#[derive(Debug)]
pub struct AwsPermissions {
    session: Arc<Session>,
}

impl AwsPermissions {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }

    fn subject(&self, operation: Operation, of: &QualifiedFunction) -> ManageSubject {
        function_subject(operation, &of.function, of.qualifier.as_ref(), self.session.region())
    }
}

fn qualifier(subject: &QualifiedFunction) -> Option<String> {
    subject.qualifier.as_ref().map(ToString::to_string)
}

/// Reads the policy from an answer. An answer without a policy is an error, because it does not say whether a policy exists.
pub(crate) fn policy(
    document: Option<String>,
    revision: Option<String>,
    subject: &ManageSubject,
) -> Result<PermissionPolicy, PortError> {
    let corrupt = |problem| {
        let message = format!("the answer to {} for {} {problem}", subject.operation, subject.thing);
        PortError::new(PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer, message)
    };
    let document = non_empty(document).ok_or_else(|| corrupt("does not contain a policy"))?;
    read_policy(&document, non_empty(revision))
        .map_err(|error| PortError { source: Some(error.into()), ..corrupt("cannot be read") })
}

#[async_trait]
impl Permissions for AwsPermissions {
    async fn policy(&self, subject: &QualifiedFunction) -> Result<Option<PermissionPolicy>, PortError> {
        let about = self.subject(Operation::GetPolicy, subject);
        let sent = self
            .session
            .reading()
            .get_policy()
            .function_name(&subject.function.reference)
            .set_qualifier(qualifier(subject))
            .send()
            .await;
        match sent {
            Ok(output) => policy(output.policy, output.revision_id, &about).map(Some),
            Err(error) if is_absent_from_its_function(&error) => Ok(None),
            Err(error) => Err(managed_read_error(&error, &about)),
        }
    }

    async fn add(
        &self,
        subject: &QualifiedFunction,
        statement: &PermissionStatement,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        let change_request =
            ChangeRequest::new(self.subject(Operation::AddPermission, subject).statement(&statement.id))
                .with_secrets(statement.event_source_token.as_deref());
        let builder = self
            .session
            .calling()
            .add_permission()
            .function_name(&subject.function.reference)
            .set_qualifier(qualifier(subject))
            .statement_id(&statement.id)
            .action(&statement.action)
            .principal(&statement.principal)
            .set_source_arn(statement.source.clone())
            .set_source_account(statement.source_account.clone())
            .set_principal_org_id(statement.organization.clone())
            .set_event_source_token(statement.event_source_token.clone())
            .set_function_url_auth_type(statement.url_auth.as_deref().map(FunctionUrlAuthType::from))
            .set_invoked_via_function_url(statement.via_url)
            .set_revision_id(if_revision.map(str::to_owned));
        Ok(self.session.change(&change_request, effect, send_with!(builder)).await?.map(|_| ()))
    }

    async fn remove(
        &self,
        subject: &QualifiedFunction,
        statement: &str,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        let change_request =
            ChangeRequest::new(self.subject(Operation::RemovePermission, subject).statement(statement));
        let builder = self
            .session
            .calling()
            .remove_permission()
            .function_name(&subject.function.reference)
            .set_qualifier(qualifier(subject))
            .statement_id(statement)
            .set_revision_id(if_revision.map(str::to_owned));
        Ok(self.session.change(&change_request, effect, send_with!(builder)).await?.map(|_| ()))
    }
}
