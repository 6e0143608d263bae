//! Tags of functions. Lambda's tag operations accept only full ARNs.

use super::AwsFunctions;
use crate::{
    error::{change::not_started, manage::managed_read_error},
    lambda::{changes::send_with, function::without_qualifier},
};
use lamplight_aws_model::{FunctionArn, Operation};
use lamplight_domain::{ErrorCode, FunctionRef, Tags};
use lamplight_ports::{Applied, ChangeError, Changed, Effect, PortError, PortErrorKind, TagChange};

impl AwsFunctions {
    pub(super) async fn read_tags(&self, function: &FunctionRef) -> Result<Tags, PortError> {
        let arn = self.full_arn(function).await?;
        let sent = self.session.reading().list_tags().resource(arn).send().await;
        let subject = self.subject(Operation::ListTags, function);
        let output = sent.map_err(|error| managed_read_error(&error, &subject))?;
        Ok(output.tags.unwrap_or_default().into_iter().collect())
    }

    pub(super) async fn change_tags(
        &self,
        function: &FunctionRef,
        change: TagChange,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        if change.set.is_empty() && change.remove.is_empty() {
            let message = format!("no tags to set or remove for function {}", function.name);
            let error = PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest, message);
            return Err(ChangeError::refused(error));
        }
        let arn = self.full_arn(function).await.map_err(not_started)?;
        let client = self.session.calling();
        let sets = !change.set.is_empty();
        if sets {
            let change_request = self.change_request(Operation::TagResource, function);
            let builder =
                client.tag_resource().resource(&arn).set_tags(Some(change.set.into_iter().collect()));
            let changed = self.session.change(&change_request, effect, send_with!(builder)).await?;
            if let Changed::Shown(preview) = changed {
                return Ok(Changed::Shown(preview));
            }
        }
        if change.remove.is_empty() {
            return Ok(Changed::Made(()));
        }
        let change_request = self.change_request(Operation::UntagResource, function);
        let builder = client.untag_resource().resource(arn).set_tag_keys(Some(change.remove));
        match self.session.change(&change_request, effect, send_with!(builder)).await {
            // The tags to set were already set, so the change may be partly made.
            Err(error) if sets => Err(ChangeError { applied: Applied::Maybe, ..error }),
            changed => changed.map(|changed| changed.map(|_| ())),
        }
    }

    /// The function's ARN: from its reference, or else from Lambda.
    async fn full_arn(&self, function: &FunctionRef) -> Result<String, PortError> {
        if function.reference.parse::<FunctionArn>().is_ok() {
            return Ok(without_qualifier(&function.reference));
        }
        let subject = self.subject(Operation::GetFunctionConfiguration, function);
        let client = self.session.reading();
        let sent = client.get_function_configuration().function_name(&function.reference).send().await;
        let output = sent.map_err(|error| managed_read_error(&error, &subject))?;
        output.function_arn.as_deref().map(without_qualifier).ok_or_else(|| {
            let message = format!("Lambda returned function {} without its ARN", function.name);
            PortError::new(PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer, message)
        })
    }
}
