//! Creates, changes and deletes functions.

mod code;
mod settings;
mod tags;

use crate::{
    error::manage::managed_read_error,
    lambda::{
        changes::{ChangeRequest, convert_output, function_subject, send_with},
        function::{configuration_of, function, whole_number},
        upload::{Upload, blob},
    },
    session::Session,
};
use async_trait::async_trait;
use aws_sdk_lambda::types::FunctionVersionLatestPublished;
use code::{WireCode, latest_published, publishes};
use lamplight_aws_model::{
    ManageSubject, Operation,
    manage_rules::{
        MAX_PAGE, check_new_function, check_page_size, check_rules, check_settings, check_upload,
    },
};
use lamplight_domain::{CodeSource, Function, FunctionCode, FunctionRef, FunctionSettings, Qualifier, Tags};
use lamplight_ports::{
    ChangeError, Changed, CreateFunction, Effect, FunctionManager, ListVersions, Page, PortError,
    PublishVersion, TagChange, UpdateCode, UpdateSettings, UploadWatch,
};
use settings::{WireSettings, with_settings};
use std::sync::Arc;

/// [`FunctionManager`] on Lambda's functions.
///
/// # Guarantees
/// - A change is sent once, regardless of retry settings in the environment or in profiles.
/// - Changing tags needs a function's full ARN. If only its name is known, the ARN is read first, even if the change is only
///   shown.
#[derive(Debug)]
pub struct AwsFunctions {
    session: Arc<Session>,
}

impl AwsFunctions {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }

    fn subject(&self, operation: Operation, function: &FunctionRef) -> ManageSubject {
        function_subject(operation, function, None, self.session.region())
    }

    fn change_request<'a>(&self, operation: Operation, function: &FunctionRef) -> ChangeRequest<'a> {
        ChangeRequest::new(self.subject(operation, function))
    }
}

/// The values that must not appear in any error.
fn secrets_of(settings: &FunctionSettings) -> impl Iterator<Item = &str> {
    settings.environment.iter().flatten().map(|variable| variable.value.reveal().as_str())
}

fn upload_of<'a>(code: &'a FunctionCode, watch: Option<&'a Arc<dyn UploadWatch>>) -> Option<Upload<'a>> {
    match &code.source {
        CodeSource::Package(package) => Some(Upload::new(package, watch)),
        CodeSource::StoredObject { .. } | CodeSource::Image(_) => None,
    }
}

#[async_trait]
impl FunctionManager for AwsFunctions {
    async fn create(
        &self,
        request: CreateFunction,
        effect: Effect,
    ) -> Result<Changed<Function>, ChangeError> {
        let wanted = FunctionRef::by_name(request.name.clone());
        let change_request = self
            .change_request(Operation::CreateFunction, &wanted)
            .with_upload(upload_of(&request.code, request.watch.as_ref()))
            .with_secrets(secrets_of(&request.settings));
        check_rules(&change_request.subject, check_new_function(&request.code, &request.settings))
            .map_err(ChangeError::refused)?;
        let settings = WireSettings::of(&request.settings).map_err(ChangeError::refused)?;
        let builder = self
            .session
            .calling()
            .create_function()
            .function_name(request.name.as_str())
            .code(code::whole(&request.code))
            .package_type(code::package_type(&request.code))
            .set_architectures(code::architectures(&request.code))
            .set_publish(publishes(request.publish))
            .set_publish_to(latest_published(request.publish))
            .set_code_signing_config_arn(request.code_signing.clone())
            .set_tenancy_config(settings::tenancy(request.tenancy.as_deref()).map_err(ChangeError::refused)?)
            .set_tags((!request.tags.is_empty()).then(|| request.tags.clone().into_iter().collect()));
        let builder = with_settings!(builder, settings);
        let changed = self.session.change(&change_request, effect, send_with!(builder)).await?;
        convert_output(changed, |output| function(configuration_of!(output)))
    }

    async fn update_code(
        &self,
        request: UpdateCode,
        effect: Effect,
    ) -> Result<Changed<Function>, ChangeError> {
        let change_request = self
            .change_request(Operation::UpdateFunctionCode, &request.function)
            .with_upload(upload_of(&request.code, request.watch.as_ref()));
        check_rules(&change_request.subject, check_upload(&request.code)).map_err(ChangeError::refused)?;
        let code = WireCode::of(&request.code);
        let builder = self
            .session
            .calling()
            .update_function_code()
            .function_name(&request.function.reference)
            .set_zip_file(code.package.map(blob))
            .set_s3_bucket(code.bucket)
            .set_s3_key(code.key)
            .set_s3_object_version(code.object_version)
            .set_s3_object_storage_mode(code.storage_mode)
            .set_image_uri(code.image)
            .set_source_kms_key_arn(code.encryption_key)
            .set_architectures(code::architectures(&request.code))
            .set_publish(publishes(request.publish))
            .set_publish_to(latest_published(request.publish))
            .set_revision_id(request.if_revision.clone());
        let changed = self.session.change(&change_request, effect, send_with!(builder)).await?;
        convert_output(changed, |output| function(configuration_of!(output)))
    }

    async fn update_settings(
        &self,
        request: UpdateSettings,
        effect: Effect,
    ) -> Result<Changed<Function>, ChangeError> {
        let change_request = self
            .change_request(Operation::UpdateFunctionConfiguration, &request.function)
            .with_secrets(secrets_of(&request.settings));
        check_rules(&change_request.subject, check_settings(&request.settings))
            .map_err(ChangeError::refused)?;
        let settings = WireSettings::of(&request.settings).map_err(ChangeError::refused)?;
        let builder = self
            .session
            .calling()
            .update_function_configuration()
            .function_name(&request.function.reference)
            .set_revision_id(request.if_revision.clone());
        let builder = with_settings!(builder, settings);
        let changed = self.session.change(&change_request, effect, send_with!(builder)).await?;
        convert_output(changed, |output| function(configuration_of!(output)))
    }

    async fn publish(
        &self,
        request: PublishVersion,
        effect: Effect,
    ) -> Result<Changed<Function>, ChangeError> {
        let change_request = self.change_request(Operation::PublishVersion, &request.function);
        let builder = self
            .session
            .calling()
            .publish_version()
            .function_name(&request.function.reference)
            .set_description(request.description)
            .set_code_sha256(request.if_code_sha256)
            .set_revision_id(request.if_revision)
            .set_publish_to(
                request.latest_published.then_some(FunctionVersionLatestPublished::LatestPublished),
            );
        let changed = self.session.change(&change_request, effect, send_with!(builder)).await?;
        convert_output(changed, |output| function(configuration_of!(output)))
    }

    async fn delete(
        &self,
        function: &FunctionRef,
        version: Option<&Qualifier>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        let change_request = ChangeRequest::new(function_subject(
            Operation::DeleteFunction,
            function,
            version,
            self.session.region(),
        ));
        let builder = self
            .session
            .calling()
            .delete_function()
            .function_name(&function.reference)
            .set_qualifier(version.map(ToString::to_string));
        Ok(self.session.change(&change_request, effect, send_with!(builder)).await?.map(|_| ()))
    }

    async fn versions(&self, request: ListVersions) -> Result<Page<Function>, PortError> {
        let subject = self.subject(Operation::ListVersionsByFunction, &request.function);
        check_rules(&subject, check_page_size(request.page_size, MAX_PAGE))?;
        let sent = self
            .session
            .reading()
            .list_versions_by_function()
            .function_name(&request.function.reference)
            .set_marker(request.marker)
            .set_max_items(request.page_size.map(whole_number))
            .send()
            .await;
        let output = sent.map_err(|error| managed_read_error(&error, &subject))?;
        let functions =
            output.versions.unwrap_or_default().into_iter().map(function).collect::<Result<_, _>>();
        Ok(Page { items: functions?, next_marker: output.next_marker.filter(|marker| !marker.is_empty()) })
    }

    async fn tags(&self, function: &FunctionRef) -> Result<Tags, PortError> {
        self.read_tags(function).await
    }

    async fn tag(
        &self,
        function: &FunctionRef,
        change: TagChange,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        self.change_tags(function, change, effect).await
    }

    async fn reserved_concurrency(&self, function: &FunctionRef) -> Result<Option<u32>, PortError> {
        let subject = self.subject(Operation::GetFunctionConcurrency, function);
        let client = self.session.reading();
        let sent = client.get_function_concurrency().function_name(&function.reference).send().await;
        let output = sent.map_err(|error| managed_read_error(&error, &subject))?;
        Ok(output.reserved_concurrent_executions.and_then(|reserved| u32::try_from(reserved).ok()))
    }

    async fn reserve_concurrency(
        &self,
        function: &FunctionRef,
        reserved: Option<u32>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        let client = self.session.calling();
        if let Some(reserved) = reserved {
            let change_request = self.change_request(Operation::PutFunctionConcurrency, function);
            let builder = client
                .put_function_concurrency()
                .function_name(&function.reference)
                .reserved_concurrent_executions(whole_number(reserved));
            Ok(self.session.change(&change_request, effect, send_with!(builder)).await?.map(|_| ()))
        } else {
            let change_request = self.change_request(Operation::DeleteFunctionConcurrency, function);
            let builder = client.delete_function_concurrency().function_name(&function.reference);
            Ok(self.session.change(&change_request, effect, send_with!(builder)).await?.map(|_| ()))
        }
    }
}
