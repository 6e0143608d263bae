//! Maps the failures to read a secret.

use crate::error::{
    answers::{find_unexpected_answer, foreign_hint, has_request_id},
    credentials_failure,
    origin::origin_by_headers,
    transport_failure,
};
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use lamplight_aws_model::UnexpectedAnswer;
use lamplight_domain::{ErrorCode, StoreRef};
use lamplight_http_adapter::Cause;
use lamplight_ports::{PortError, PortErrorKind};
use std::error::Error;

/// Maps the failure to read `reference`.
pub(super) fn failed<E>(error: &SdkError<E, HttpResponse>, reference: &StoreRef) -> PortError
where
    E: Error + ProvideErrorMetadata + 'static,
{
    if let Some(foreign @ UnexpectedAnswer::Foreign { maybe_emulator, .. }) = find_unexpected_answer(error) {
        let message =
            format!("the answer to reading secret {reference} is not from Secrets Manager: {foreign}");
        return PortError::new(PortErrorKind::Corrupt, ErrorCode::UnidentifiedAnswer, message)
            .with_hint(foreign_hint(*maybe_emulator));
    }
    let SdkError::ServiceError(service) = error else {
        let kind = match credentials_failure(error) {
            Some(failure) => failure.kind,
            None => PortErrorKind::Unavailable,
        };
        let failure = transport_failure(error, &format!("reading secret {reference}"));
        let port_error = PortError::new(kind, failure.code, failure.message).with_hint(failure.hint);
        return match failure.cause {
            Some(cause) => port_error.with_source(cause),
            None => port_error,
        };
    };
    if !has_request_id(service.raw()) {
        let http = service.raw().status().as_u16();
        let sender = origin_by_headers(service.raw()).describe(|_| false);
        let message = format!(
            "the answer to reading secret {reference} is not from Secrets Manager: HTTP {http} ({sender})"
        );
        return PortError::new(PortErrorKind::Corrupt, ErrorCode::UnidentifiedAnswer, message)
            .with_hint(foreign_hint(false));
    }
    let meta = service.err().meta();
    let (kind, code, message, hint) = match meta.code().unwrap_or_default() {
        "ResourceNotFoundException" => (
            PortErrorKind::NotFound,
            ErrorCode::SecretNotFound,
            format!("secret {reference} was not found"),
            "check the name and the region; a name without a region is read in the connection's region",
        ),
        "AccessDeniedException" | "AccessDenied" => (
            PortErrorKind::Denied,
            ErrorCode::SecretDenied,
            format!("access to secret {reference} is denied"),
            "allow secretsmanager:GetSecretValue on the secret, and kms:Decrypt on its key",
        ),
        "InvalidRequestException" | "InvalidParameterException" => (
            PortErrorKind::InvalidRequest,
            ErrorCode::SecretInvalid,
            format!("secret {reference} cannot be read in its current state"),
            "check that it is not marked for deletion",
        ),
        "DecryptionFailure" => (
            PortErrorKind::Denied,
            ErrorCode::SecretDenied,
            format!("secret {reference} could not be decrypted"),
            "allow kms:Decrypt on its key, and check that the key is enabled",
        ),
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "ExpiredTokenException"
        | "InvalidSignatureException" => (
            PortErrorKind::Unauthenticated,
            ErrorCode::NotAuthenticated,
            format!("AWS does not accept the credentials for reading secret {reference}"),
            "check the connection named in [secrets.aws-sm], or the credentials of the environment",
        ),
        _ => (
            PortErrorKind::Unavailable,
            ErrorCode::SecretUnreadable,
            format!("secret {reference} cannot be read"),
            "retry later",
        ),
    };
    let told = [meta.code(), meta.message()].into_iter().flatten().collect::<Vec<_>>().join(": ");
    PortError::new(kind, code, message).with_hint(hint).with_source(Cause::of_words(&told))
}
