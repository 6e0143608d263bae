//! Asynchronous invocation settings of Lambda functions.

use crate::{
    error::{manage::managed_read_error, read::is_absent},
    lambda::{
        changes::{ChangeRequest, convert_output, function_subject, send_with},
        function::{non_empty, number, whole_number},
    },
    session::Session,
};
use async_trait::async_trait;
use aws_sdk_lambda::types::{DestinationConfig, FunctionEventInvokeConfig, OnFailure, OnSuccess};
use aws_smithy_types::date_time::Format;
use lamplight_aws_model::{
    ManageSubject, Operation,
    manage_rules::{MAX_SHORT_PAGE, check_page_size, check_rules},
};
use lamplight_domain::{AsyncSettings, DescribedAsyncSettings, ErrorCode, FunctionRef};
use lamplight_ports::{
    AsyncInvocations, ChangeError, Changed, Effect, Page, PortError, PortErrorKind, QualifiedFunction,
};
use std::sync::Arc;

/// [`AsyncInvocations`] on Lambda's function event invoke configurations.
///
/// # Guarantees
/// - A change is sent once, regardless of retry settings in the environment or in profiles.
/// - The time of the last change is returned as RFC 3339; Lambda sends it in seconds.
#[derive(Debug)]
pub struct AwsAsyncInvocations {
    session: Arc<Session>,
}

/// Converts an answer with the members of such a configuration into a [`FunctionEventInvokeConfig`]. The SDK has a separate
/// output type for each operation.
macro_rules! described_of {
    ($output:expr) => {{
        let output = $output;
        FunctionEventInvokeConfig::builder()
            .set_last_modified(output.last_modified)
            .set_function_arn(output.function_arn)
            .set_maximum_retry_attempts(output.maximum_retry_attempts)
            .set_maximum_event_age_in_seconds(output.maximum_event_age_in_seconds)
            .set_destination_config(output.destination_config)
            .build()
    }};
}

/// Sets the requested settings on the builder of either operation that sets them.
macro_rules! with_async_settings {
    ($builder:expr, $subject:expr, $settings:expr) => {
        $builder
            .function_name(&$subject.function.reference)
            .set_qualifier(qualifier($subject))
            .set_maximum_retry_attempts($settings.max_retries.map(whole_number))
            .set_maximum_event_age_in_seconds($settings.max_age_seconds.map(whole_number))
            .set_destination_config(destinations($settings))
    };
}

impl AwsAsyncInvocations {
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

/// The destinations to send. Destinations that are not given are left out; an empty text removes a destination.
fn destinations(settings: &AsyncSettings) -> Option<DestinationConfig> {
    let success = settings.on_success.clone().map(|target| OnSuccess::builder().destination(target).build());
    let failure = settings.on_failure.clone().map(|target| OnFailure::builder().destination(target).build());
    (success.is_some() || failure.is_some())
        .then(|| DestinationConfig::builder().set_on_success(success).set_on_failure(failure).build())
}

fn described(described: FunctionEventInvokeConfig) -> Result<DescribedAsyncSettings, PortError> {
    let reference = non_empty(described.function_arn).ok_or_else(|| {
        let message = "Lambda returned asynchronous invocation settings without the function's ARN";
        PortError::new(PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer, message)
    })?;
    let (success, failure) = described
        .destination_config
        .map_or((None, None), |destinations| (destinations.on_success, destinations.on_failure));
    Ok(DescribedAsyncSettings {
        reference,
        settings: AsyncSettings {
            max_retries: described.maximum_retry_attempts.and_then(number),
            max_age_seconds: described.maximum_event_age_in_seconds.and_then(number),
            on_success: success.and_then(|success| non_empty(success.destination)),
            on_failure: failure.and_then(|failure| non_empty(failure.destination)),
        },
        last_modified: described.last_modified.and_then(|time| time.fmt(Format::DateTime).ok()),
    })
}

#[async_trait]
impl AsyncInvocations for AwsAsyncInvocations {
    async fn get(&self, subject: &QualifiedFunction) -> Result<Option<DescribedAsyncSettings>, PortError> {
        let about = self.subject(Operation::GetFunctionEventInvokeConfig, subject);
        let sent = self
            .session
            .reading()
            .get_function_event_invoke_config()
            .function_name(&subject.function.reference)
            .set_qualifier(qualifier(subject))
            .send()
            .await;
        match sent {
            Ok(output) => described(described_of!(output)).map(Some),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(managed_read_error(&error, &about)),
        }
    }

    async fn list(
        &self,
        function: &FunctionRef,
        marker: Option<String>,
        page_size: Option<u32>,
    ) -> Result<Page<DescribedAsyncSettings>, PortError> {
        let operation = Operation::ListFunctionEventInvokeConfigs;
        let about = function_subject(operation, function, None, self.session.region());
        check_rules(&about, check_page_size(page_size, MAX_SHORT_PAGE))?;
        let sent = self
            .session
            .reading()
            .list_function_event_invoke_configs()
            .function_name(&function.reference)
            .set_marker(marker)
            .set_max_items(page_size.map(whole_number))
            .send()
            .await;
        let output = sent.map_err(|error| managed_read_error(&error, &about))?;
        let items = output.function_event_invoke_configs.unwrap_or_default();
        let items = items.into_iter().map(described).collect::<Result<_, _>>()?;
        Ok(Page { items, next_marker: non_empty(output.next_marker) })
    }

    async fn put(
        &self,
        subject: &QualifiedFunction,
        settings: &AsyncSettings,
        effect: Effect,
    ) -> Result<Changed<DescribedAsyncSettings>, ChangeError> {
        let change_request =
            ChangeRequest::new(self.subject(Operation::PutFunctionEventInvokeConfig, subject));
        let builder = self.session.calling().put_function_event_invoke_config();
        let builder = with_async_settings!(builder, subject, settings);
        let changed = self.session.change(&change_request, effect, send_with!(builder)).await?;
        convert_output(changed, |output| described(described_of!(output)))
    }

    async fn update(
        &self,
        subject: &QualifiedFunction,
        settings: &AsyncSettings,
        effect: Effect,
    ) -> Result<Changed<DescribedAsyncSettings>, ChangeError> {
        let change_request =
            ChangeRequest::new(self.subject(Operation::UpdateFunctionEventInvokeConfig, subject));
        let builder = self.session.calling().update_function_event_invoke_config();
        let builder = with_async_settings!(builder, subject, settings);
        let changed = self.session.change(&change_request, effect, send_with!(builder)).await?;
        convert_output(changed, |output| described(described_of!(output)))
    }

    async fn delete(&self, subject: &QualifiedFunction, effect: Effect) -> Result<Changed<()>, ChangeError> {
        let change_request =
            ChangeRequest::new(self.subject(Operation::DeleteFunctionEventInvokeConfig, subject));
        let builder = self
            .session
            .calling()
            .delete_function_event_invoke_config()
            .function_name(&subject.function.reference)
            .set_qualifier(qualifier(subject));
        Ok(self.session.change(&change_request, effect, send_with!(builder)).await?.map(|_| ()))
    }
}
