//! The failures of changes. What is at stake is the proof that nothing was changed: where there is none, it may have
//! been.

use super::transport::{self, Cause};
use crate::{changes::Asked, codes};
use aws_smithy_runtime_api::client::{
    orchestrator::HttpResponse,
    result::{SdkError, ServiceError},
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use lamplight_aws_model::{Repeat, Start, Subject, classify};
use lamplight_ports::{Applied, ChangeError, PortError, PortErrorKind};
use std::{error::Error, time::Duration};

/// Maps the failure of a change. `may_have_left` is what the connection knows: whether any byte of the request can have
/// been sent.
pub(crate) fn change_error<E>(
    error: &SdkError<E, HttpResponse>,
    may_have_left: bool,
    asked: &Asked<'_>,
    region: &str,
) -> ChangeError
where
    E: Error + ProvideErrorMetadata + 'static,
{
    match error {
        SdkError::ServiceError(service) if service.raw().status().is_success() => {
            let message =
                format!("the answer to {} for {} cannot be read", asked.operation.name(), asked.thing);
            unreadable(PortError::new(PortErrorKind::Corrupt, codes::UNEXPECTED_ANSWER, message))
        }
        SdkError::ServiceError(service) => refused(service, asked, region),
        error if may_have_left => {
            let failure = transport::after_sending(error);
            let error = PortError {
                kind: failure.kind,
                code: failure.code,
                message: format!(
                    "{}: {}; the change may have been made",
                    place(asked, region),
                    failure.message
                ),
                hint: Some(format!("look at {} before asking for the change again", asked.thing)),
                source: Cause::chain(error).map(Into::into),
            };
            ChangeError { applied: Applied::Maybe, transient: failure.transient, retry_after: None, error }
        }
        error => {
            let failure = transport::before_sending(error);
            let error = PortError {
                kind: failure.kind,
                code: failure.code,
                message: format!("{}: {}", place(asked, region), failure.message),
                hint: Some(failure.hint.into_owned()),
                source: transport::cause(error).map(Into::into),
            };
            ChangeError { applied: Applied::No, transient: failure.transient, retry_after: None, error }
        }
    }
}

/// A change that was answered as made, in words that cannot be read.
pub(crate) fn unreadable(error: PortError) -> ChangeError {
    ChangeError { applied: Applied::Maybe, transient: false, retry_after: None, error }
}

fn place(asked: &Asked<'_>, region: &str) -> String {
    format!("{} for {} in region {region}", asked.operation.name(), asked.thing)
}

fn refused<E>(service: &ServiceError<E, HttpResponse>, asked: &Asked<'_>, region: &str) -> ChangeError
where
    E: Error + ProvideErrorMetadata + 'static,
{
    let (answer, meta) = (service.raw(), service.err().meta());
    let (http, code) = super::status_and_code(answer, meta);
    let facts = classify(code.as_deref(), http);
    let subject = Subject {
        action: asked.operation.action().to_owned(),
        resource: asked.resource.clone(),
        function: asked.thing.clone(),
        qualifier: "*".to_owned(),
        region: region.to_owned(),
    };
    let (kind, stable) = super::kind_and_code(&facts);
    let words = meta.message().map(|words| Cause::of_words(&asked.scrubber.scrub(words.to_owned())));
    let applied = match facts.start {
        Start::DidNotStart => Applied::No,
        Start::MayHaveStarted => Applied::Maybe,
    };
    ChangeError {
        applied,
        transient: facts.repeat == Repeat::Backoff,
        retry_after: answer
            .headers()
            .get("retry-after")
            .and_then(|seconds| seconds.trim().parse().ok())
            .map(Duration::from_secs),
        error: PortError {
            kind,
            code: stable,
            message: facts.message(&subject),
            hint: Some(facts.hint(&subject)),
            source: words.map(Into::into),
        },
    }
}
