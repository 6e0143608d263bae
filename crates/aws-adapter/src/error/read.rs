//! Maps the failures of requests that only read, for services other than Lambda.

use super::{
    answers::{find_unexpected_answer, foreign_hint, has_request_id},
    origin::origin_by_headers,
    transport,
};
use aws_sdk_lambda::operation::RequestId;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use lamplight_aws_model::{
    AwsErrorClass, Subject, UnexpectedAnswer, classify, error_catalog::says_no_function, is_known_code,
};
use lamplight_domain::{ErrorCode, Hint};
use lamplight_http_adapter::Cause;
use lamplight_ports::{PortError, PortErrorKind};
use std::error::Error;

/// The request, for messages.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    /// The IAM action, such as `sts:GetCallerIdentity`.
    pub(crate) action: &'static str,
    /// The region of the request.
    pub(crate) region: &'a str,
}

impl Reading<'_> {
    fn subject(&self) -> Subject {
        Subject {
            action: self.action.to_owned(),
            resource: "*".to_owned(),
            function: "*".to_owned(),
            qualifier: "*".to_owned(),
            region: self.region.to_owned(),
        }
    }
}

/// Whether the answer says that the function or qualifier does not exist. The status alone is not enough: a wrong endpoint
/// also answers with 404.
pub(crate) fn is_absent<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ServiceError(service) => {
            service.raw().status().as_u16() == 404
                && service.err().meta().code() == Some("ResourceNotFoundException")
        }
        _ => false,
    }
}

/// Whether the answer says that the requested part of a function, such as an alias or a policy, does not exist, and not
/// that the function itself does not exist. If the answer can mean both, the part is assumed to be missing.
pub(crate) fn is_absent_from_its_function<E: ProvideErrorMetadata>(
    error: &SdkError<E, HttpResponse>,
) -> bool {
    let words = match error {
        SdkError::ServiceError(service) => service.err().meta().message(),
        _ => None,
    };
    is_absent(error) && !words.is_some_and(says_no_function)
}

/// Maps the failure of a read.
pub(crate) fn read_error<E>(error: &SdkError<E, HttpResponse>, reading: &Reading<'_>) -> PortError
where
    E: Error + ProvideErrorMetadata + 'static,
{
    let Reading { action, region, .. } = reading;
    if let Some(foreign @ UnexpectedAnswer::Foreign { maybe_emulator, .. }) = find_unexpected_answer(error) {
        let message = format!("the answer to {action} in region {region} is not from AWS: {foreign}");
        tracing::debug!(action, region, "the answer is not from AWS");
        return PortError::new(PortErrorKind::Corrupt, ErrorCode::UnidentifiedAnswer, message)
            .with_hint(foreign_hint(*maybe_emulator));
    }
    if let SdkError::ServiceError(service) = error {
        let (http, code) = super::status_and_code(service.raw(), service.err().meta());
        let is_known = has_request_id(service.raw()) || code.as_deref().is_some_and(is_known_code);
        if !is_known {
            let sender = origin_by_headers(service.raw()).describe(|_| false);
            let message =
                format!("the answer to {action} in region {region} is not from AWS: HTTP {http} ({sender})");
            return PortError::new(PortErrorKind::Corrupt, ErrorCode::UnidentifiedAnswer, message)
                .with_hint(foreign_hint(false));
        }
        if service.raw().status().is_success() {
            let message = format!("the answer to {action} in region {region} cannot be read: HTTP {http}");
            return PortError::new(PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer, message)
                .with_hint(foreign_hint(false));
        }
        let mapped = refused(code.as_deref(), http, reading);
        let words = service.err().meta().message().map(Cause::of_words);
        tracing::debug!(action, region, http, code, request_id = error.request_id(), "AWS refused to read");
        return PortError { source: words.map(Into::into), ..mapped };
    }
    let failure = transport::of_a_read(error);
    tracing::debug!(action, region, code = failure.code.as_str(), "AWS could not be read");
    PortError {
        kind: failure.kind,
        code: failure.code,
        message: format!("{action} in region {region}: {}", failure.message),
        hint: Some(failure.hint),
        source: transport::cause(error).map(Into::into),
    }
}

fn refused(code: Option<&str>, http: u16, reading: &Reading<'_>) -> PortError {
    let Reading { action, region, .. } = reading;
    let (facts, subject) = (classify(code, http), reading.subject());
    let told = match code {
        Some(code) => format!("HTTP {http}, {code}"),
        None => format!("HTTP {http}"),
    };
    let (kind, stable) = super::kind_and_code_of_call(facts.class);
    let error = |message: String, hint: Hint| PortError::new(kind, stable, message).with_hint(hint);
    match facts.class {
        AwsErrorClass::Denied | AwsErrorClass::Unauthenticated => {
            error(facts.message(&subject), facts.hint(&subject))
        }
        AwsErrorClass::Throttled | AwsErrorClass::LimitExceeded => error(
            format!("AWS throttled {action} in region {region} ({told})"),
            "wait a moment, or request fewer at once".into(),
        ),
        AwsErrorClass::NotFound => error(
            format!("{action} found nothing in region {region} ({told})"),
            "check the region and the endpoint URL".into(),
        ),
        AwsErrorClass::InvalidRequest | AwsErrorClass::TooLarge => error(
            format!("AWS refused {action} in region {region} ({told})"),
            "check the request, and that the endpoint URL belongs to the service".into(),
        ),
        _ => error(format!("AWS failed during {action} in region {region} ({told})"), "retry later".into()),
    }
}
