//! Lists and describes Lambda functions.

use crate::{
    error::{manage::managed_read_error, read::is_absent},
    lambda::{
        changes::function_subject,
        function::{configuration_of, function, whole_number},
    },
    session::Session,
};
use async_trait::async_trait;
use aws_sdk_lambda::{operation::get_function::GetFunctionOutput, types::FunctionVersion};
use lamplight_aws_model::{
    ManageSubject, Operation,
    manage_rules::{MAX_PAGE, check_master_region, check_page_size, check_rules},
};
use lamplight_domain::{Function, FunctionRef, Qualifier};
use lamplight_ports::{FunctionCatalogue, ListFunctions, Page, PortError};
use std::sync::Arc;

/// [`FunctionCatalogue`] on `ListFunctions`, `GetFunction` and `GetFunctionConfiguration`.
///
/// A list does not contain the functions' state; [`get`](FunctionCatalogue::get) and
/// [`configuration`](FunctionCatalogue::configuration) do. The presigned link to the function's code, which `GetFunction`
/// returns and which is valid for ten minutes, is never read.
#[derive(Debug)]
pub struct AwsCatalogue {
    session: Arc<Session>,
}

impl AwsCatalogue {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }

    fn subject(
        &self,
        operation: Operation,
        function: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> ManageSubject {
        function_subject(operation, function, qualifier, self.session.region())
    }
}

#[async_trait]
impl FunctionCatalogue for AwsCatalogue {
    async fn list(&self, request: ListFunctions) -> Result<Page<Function>, PortError> {
        let subject = ManageSubject::account(Operation::ListFunctions, self.session.region());
        let copies = check_master_region(request.primary_region.as_deref(), request.all_versions);
        check_rules(&subject, check_page_size(request.page_size, MAX_PAGE).into_iter().chain(copies))?;
        let client = self.session.reading();
        let sent = client
            .list_functions()
            .set_function_version(request.all_versions.then_some(FunctionVersion::All))
            .set_master_region(request.primary_region)
            .set_marker(request.marker)
            .set_max_items(request.page_size.map(whole_number))
            .send()
            .await;
        let output = sent.map_err(|error| managed_read_error(&error, &subject))?;
        let functions =
            output.functions.unwrap_or_default().into_iter().map(function).collect::<Result<_, _>>();
        Ok(Page { items: functions?, next_marker: output.next_marker.filter(|marker| !marker.is_empty()) })
    }

    async fn get(
        &self,
        wanted: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> Result<Option<Function>, PortError> {
        let client = self.session.reading();
        let sent = client
            .get_function()
            .function_name(&wanted.reference)
            .set_qualifier(qualifier.map(ToString::to_string))
            .send()
            .await;
        match sent {
            Ok(output) => whole(output),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => {
                Err(managed_read_error(&error, &self.subject(Operation::GetFunction, wanted, qualifier)))
            }
        }
    }

    async fn configuration(
        &self,
        wanted: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> Result<Option<Function>, PortError> {
        let client = self.session.reading();
        let sent = client
            .get_function_configuration()
            .function_name(&wanted.reference)
            .set_qualifier(qualifier.map(ToString::to_string))
            .send()
            .await;
        match sent {
            Ok(output) => function(configuration_of!(output)).map(Some),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => {
                let subject = self.subject(Operation::GetFunctionConfiguration, wanted, qualifier);
                Err(managed_read_error(&error, &subject))
            }
        }
    }
}

/// Adds the data that `GetFunction` returns beside the configuration.
fn whole(output: GetFunctionOutput) -> Result<Option<Function>, PortError> {
    let Some(mut described) = output.configuration.map(function).transpose()? else { return Ok(None) };
    described.image = output.code.and_then(|code| code.image_uri);
    described.reserved_concurrency = output
        .concurrency
        .and_then(|concurrency| concurrency.reserved_concurrent_executions)
        .and_then(|reserved| u32::try_from(reserved).ok());
    described.tags = output.tags.map(|tags| tags.into_iter().collect());
    Ok(Some(described))
}
