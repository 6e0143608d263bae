//! What functions there are.

use crate::{
    codes,
    error::read::{Reading, is_absent, read_error},
    session::Session,
};
use async_trait::async_trait;
use aws_sdk_lambda::types::{EnvironmentResponse, FunctionConfiguration};
use lamplight_domain::{EnvironmentVariable, Function, FunctionRef, Qualifier, Redacted};
use lamplight_ports::{FunctionCatalogue, FunctionPage, ListFunctions, PortError, PortErrorKind};
use std::sync::Arc;

/// The largest page that may be asked for; Lambda gives at most 50 whatever is asked (Lambda API,
/// `ListFunctions`).
const LARGEST_PAGE: u32 = 10_000;

/// [`FunctionCatalogue`] over `ListFunctions`, `GetFunction` and `GetFunctionConfiguration`.
///
/// A listing carries no state; [`get`](FunctionCatalogue::get) and
/// [`configuration`](FunctionCatalogue::configuration) do. The link to the function's code that `GetFunction`
/// gives away for ten minutes is dropped unread.
#[derive(Debug)]
pub struct AwsCatalogue {
    session: Arc<Session>,
}

impl AwsCatalogue {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }

    fn reading<'a>(&'a self, action: &'static str, function: Option<&'a FunctionRef>) -> Reading<'a> {
        Reading { action, function, region: self.session.region() }
    }
}

#[async_trait]
impl FunctionCatalogue for AwsCatalogue {
    async fn list(&self, request: ListFunctions) -> Result<FunctionPage, PortError> {
        let client = self.session.reading();
        let page_size = request.page_size.and_then(|size| i32::try_from(size.clamp(1, LARGEST_PAGE)).ok());
        let sent = client.list_functions().set_marker(request.marker).set_max_items(page_size).send().await;
        let output = sent.map_err(|error| read_error(&error, &self.reading("lambda:ListFunctions", None)))?;
        let functions =
            output.functions.unwrap_or_default().into_iter().map(function).collect::<Result<_, _>>();
        Ok(FunctionPage {
            functions: functions?,
            next_marker: output.next_marker.filter(|marker| !marker.is_empty()),
        })
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
            Ok(output) => output.configuration.map(function).transpose(),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(read_error(&error, &self.reading("lambda:GetFunction", Some(wanted)))),
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
            Ok(output) => function(described(output)).map(Some),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => {
                Err(read_error(&error, &self.reading("lambda:GetFunctionConfiguration", Some(wanted))))
            }
        }
    }
}

/// `GetFunctionConfiguration` answers with the members of a function's configuration as its own.
fn described(
    output: aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput,
) -> FunctionConfiguration {
    FunctionConfiguration::builder()
        .set_function_name(output.function_name)
        .set_function_arn(output.function_arn)
        .set_version(output.version)
        .set_description(output.description)
        .set_runtime(output.runtime)
        .set_handler(output.handler)
        .set_timeout(output.timeout)
        .set_memory_size(output.memory_size)
        .set_architectures(output.architectures)
        .set_package_type(output.package_type)
        .set_last_modified(output.last_modified)
        .set_logging_config(output.logging_config)
        .set_state(output.state)
        .set_state_reason(output.state_reason)
        .set_environment(output.environment)
        .build()
}

/// Words that this SDK does not know yet pass as they came.
fn function(described: FunctionConfiguration) -> Result<Function, PortError> {
    let arn = described.function_arn.unwrap_or_default();
    let name = described.function_name.as_deref().and_then(|name| name.parse().ok()).ok_or_else(|| {
        let message = format!("Lambda described a function without a usable name, ARN {arn:?}");
        PortError::new(PortErrorKind::Corrupt, codes::UNEXPECTED_ANSWER, message)
    })?;
    let mut function = Function::new(name, without_qualifier(&arn));
    function.version = described.version;
    function.description = described.description.filter(|text| !text.is_empty());
    function.runtime = described.runtime.map(|runtime| runtime.as_str().to_owned());
    function.handler = described.handler.filter(|text| !text.is_empty());
    function.timeout_seconds = described.timeout.and_then(|seconds| u32::try_from(seconds).ok());
    function.memory_mb = described.memory_size.and_then(|size| u32::try_from(size).ok());
    function.architecture = described
        .architectures
        .and_then(|all| all.into_iter().next())
        .map(|architecture| architecture.as_str().to_owned());
    function.package_type = described.package_type.map(|kind| kind.as_str().to_owned());
    function.last_modified = described.last_modified;
    function.log_group = described.logging_config.and_then(|logging| logging.log_group);
    function.state = described.state.map(|state| state.as_str().to_owned());
    function.state_reason = described.state_reason.filter(|text| !text.is_empty());
    if let Some(environment) = described.environment {
        (function.environment, function.environment_error) = variables(environment);
    }
    Ok(function)
}

/// Where Lambda could not decrypt the variables it tells why in their place.
fn variables(environment: EnvironmentResponse) -> (Vec<EnvironmentVariable>, Option<String>) {
    let mut variables: Vec<_> = environment
        .variables
        .unwrap_or_default()
        .into_iter()
        .map(|(key, value)| EnvironmentVariable { key, value: Redacted::new(value) })
        .collect();
    variables.sort_by(|one, other| one.key.cmp(&other.key));
    let error = environment.error.map(|error| match (error.error_code, error.message) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (code, message) => code.or(message).unwrap_or_else(|| "no reason given".to_owned()),
    });
    (variables, error)
}

/// `arn:aws:lambda:eu-west-1:123456789012:function:name`, and what follows is the qualifier.
fn without_qualifier(arn: &str) -> String {
    arn.split(':').take(7).collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_qualifier_is_no_part_of_the_reference() {
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:adder";
        assert_eq!(without_qualifier(arn), arn);
        assert_eq!(without_qualifier(&format!("{arn}:live")), arn);
        assert_eq!(without_qualifier(&format!("{arn}:$LATEST")), arn);
        assert_eq!(without_qualifier("adder"), "adder");
    }
}
