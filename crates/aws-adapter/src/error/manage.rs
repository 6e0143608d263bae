//! Maps the refusals of management operations to the errors of the ports, for changes and reads.

use super::transport;
use crate::error::answers::{find_unexpected_answer, foreign_hint};
use aws_sdk_lambda::operation::RequestId;
use aws_smithy_runtime_api::client::{
    orchestrator::HttpResponse,
    result::{SdkError, ServiceError},
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use lamplight_aws_model::{ErrorFacts, ManageSubject, Operation, UnexpectedAnswer, classify_manage};
use lamplight_domain::{ErrorCode, Hint, Scrubber};
use lamplight_http_adapter::Cause;
use lamplight_ports::{PortError, PortErrorKind};
use std::error::Error;

/// Maps the failure of an operation that only reads.
pub(crate) fn managed_read_error<E>(error: &SdkError<E, HttpResponse>, subject: &ManageSubject) -> PortError
where
    E: Error + ProvideErrorMetadata + 'static,
{
    let ManageSubject { operation, thing, region, .. } = subject;
    let (name, request_id) = (operation.name(), error.request_id());
    let port_error = match error {
        error if is_unreadable(error) => unreadable_answer(error, subject),
        SdkError::ServiceError(service) => managed_refusal(service, subject, &Scrubber::default()).1,
        error => {
            let failure = transport::of_a_read(error);
            PortError {
                kind: failure.kind,
                code: failure.code,
                message: format!("{operation} for {thing} in region {region}: {}", failure.message),
                hint: Some(failure.hint),
                source: transport::cause(error).map(Into::into),
            }
        }
    };
    tracing::debug!(
        operation = name,
        thing,
        region,
        code = port_error.code.as_str(),
        request_id,
        "nothing was read"
    );
    port_error
}

/// Whether the answer has a status of success, but cannot be read or is not from Lambda.
pub(super) fn is_unreadable<E>(error: &SdkError<E, HttpResponse>) -> bool
where
    E: Error + 'static,
{
    match error {
        SdkError::ServiceError(service) => service.raw().status().is_success(),
        error => find_unexpected_answer(error).is_some(),
    }
}

/// The error for a successful answer that cannot be read or is not from Lambda.
pub(super) fn unreadable_answer<E>(error: &SdkError<E, HttpResponse>, subject: &ManageSubject) -> PortError
where
    E: Error + 'static,
{
    let look =
        Hint::new("check that the endpoint URL is a Lambda endpoint, and that no proxy changes answers");
    let (code, problem, hint, source) = match find_unexpected_answer(error) {
        Some(foreign @ UnexpectedAnswer::Foreign { maybe_emulator, .. }) => (
            ErrorCode::UnidentifiedAnswer,
            format!("is not from Lambda: {foreign}"),
            foreign_hint(*maybe_emulator),
            None,
        ),
        Some(unexpected) => {
            (ErrorCode::UnexpectedAnswer, format!("cannot be used: {unexpected}"), look, None)
        }
        None => (ErrorCode::UnexpectedAnswer, "cannot be read".to_owned(), look, Cause::chain(error)),
    };
    PortError {
        kind: PortErrorKind::Corrupt,
        code,
        message: format!("the answer to {} for {} {problem}", subject.operation, subject.thing),
        hint: Some(hint),
        source: source.map(Into::into),
    }
}

/// Maps an error answer.
pub(super) fn managed_refusal<E>(
    service: &ServiceError<E, HttpResponse>,
    subject: &ManageSubject,
    scrubber: &Scrubber,
) -> (ErrorFacts, PortError)
where
    E: Error + ProvideErrorMetadata + 'static,
{
    let meta = service.err().meta();
    let (http, code) = super::status_and_code(service.raw(), meta);
    let facts = classify_manage(subject.operation, code.as_deref(), http);
    let facts = meta.message().map_or(facts, |words| facts.in_words(subject.operation, words));
    tracing::debug!(
        operation = subject.operation.name(),
        thing = subject.thing,
        http,
        code,
        "Lambda refused"
    );
    let (kind, stable) = kind_and_code(&facts, subject.operation);
    let words = meta.message().map(|words| Cause::of_words(&scrubber.scrub(words.to_owned())));
    let error = PortError {
        kind,
        code: stable,
        message: facts.message(subject),
        hint: Some(facts.hint(subject)),
        source: words.map(Into::into),
    };
    (facts, error)
}

/// The kind and code of the port's error.
fn kind_and_code(facts: &ErrorFacts, operation: Operation) -> (PortErrorKind, ErrorCode) {
    // A missing code signing configuration has an error code of its own.
    let of_function = facts.no_function
        || (is_about_a_function(operation) && facts.code != Some("CodeSigningConfigNotFoundException"));
    let absent = if of_function { ErrorCode::FunctionNotFound } else { ErrorCode::NotFound };
    super::kind_and_code(facts.class, absent, ErrorCode::RequestTooLarge)
}

/// Whether "not found" from this operation means that a function or one of its versions does not exist.
fn is_about_a_function(operation: Operation) -> bool {
    use Operation::{
        DeleteFunction, DeleteFunctionConcurrency, GetFunction, GetFunctionConcurrency,
        GetFunctionConfiguration, ListAliases, ListFunctionEventInvokeConfigs, ListFunctions, ListTags,
        ListVersionsByFunction, PublishVersion, PutFunctionConcurrency, TagResource, UntagResource,
        UpdateFunctionCode, UpdateFunctionConfiguration,
    };
    matches!(
        operation,
        DeleteFunction
            | DeleteFunctionConcurrency
            | GetFunction
            | GetFunctionConcurrency
            | GetFunctionConfiguration
            | ListAliases
            | ListFunctionEventInvokeConfigs
            | ListFunctions
            | ListTags
            | ListVersionsByFunction
            | PublishVersion
            | PutFunctionConcurrency
            | TagResource
            | UntagResource
            | UpdateFunctionCode
            | UpdateFunctionConfiguration
    )
}
