//! Maps the failures of changes. Without proof that nothing was changed, the change may have been made.

use super::{
    manage::{is_unreadable, managed_refusal, unreadable_answer},
    transport,
};
use aws_smithy_runtime_api::client::{
    orchestrator::HttpResponse,
    result::{SdkError, ServiceError},
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use lamplight_aws_model::{ManageSubject, Repeat};
use lamplight_domain::Scrubber;
use lamplight_http_adapter::Cause;
use lamplight_ports::{Applied, ChangeError, PortError, PortErrorKind};
use std::{error::Error, time::Duration};

/// Maps the failure of a change. `may_have_left` says whether any byte of the request can have been sent, as observed by
/// the HTTP client. `scrubber` masks secrets in AWS's messages, which repeat the values that they refuse.
pub(crate) fn change_error<E>(
    error: &SdkError<E, HttpResponse>,
    may_have_left: bool,
    subject: &ManageSubject,
    scrubber: &Scrubber,
) -> ChangeError
where
    E: Error + ProvideErrorMetadata + 'static,
{
    match error {
        error if is_unreadable(error) => {
            let unreadable_answer = unreadable_answer(error, subject);
            unreadable(PortError {
                message: scrubber.scrub(unreadable_answer.message.clone()),
                ..unreadable_answer
            })
        }
        SdkError::ServiceError(service) => refused(service, subject, scrubber),
        error if may_have_left => {
            let failure = transport::after_sending(error);
            let error = PortError {
                kind: failure.kind,
                code: failure.code,
                message: format!("{}: {}; the change may have been made", place(subject), failure.message),
                hint: Some(format!("check the current state of {} before you retry", subject.thing).into()),
                source: Cause::chain(error).map(Into::into),
            };
            ChangeError { applied: Applied::Maybe, transient: failure.transient, retry_after: None, error }
        }
        error => {
            let failure = transport::before_sending(error);
            let error = PortError {
                kind: failure.kind,
                code: failure.code,
                message: format!("{}: {}", place(subject), failure.message),
                hint: Some(failure.hint),
                source: transport::cause(error).map(Into::into),
            };
            ChangeError { applied: Applied::No, transient: failure.transient, retry_after: None, error }
        }
    }
}

/// A change with a successful answer that cannot be read, so it may have been made.
pub(crate) fn unreadable(error: PortError) -> ChangeError {
    ChangeError { applied: Applied::Maybe, transient: false, retry_after: None, error }
}

/// A change that was not sent because something that it needs could not be read.
pub(crate) fn not_started(error: PortError) -> ChangeError {
    let transient = matches!(error.kind, PortErrorKind::Throttled | PortErrorKind::Unavailable);
    ChangeError { transient, ..ChangeError::refused(error) }
}

fn place(subject: &ManageSubject) -> String {
    format!("{} for {} in region {}", subject.operation, subject.thing, subject.region)
}

fn refused<E>(
    service: &ServiceError<E, HttpResponse>,
    subject: &ManageSubject,
    scrubber: &Scrubber,
) -> ChangeError
where
    E: Error + ProvideErrorMetadata + 'static,
{
    let (facts, error) = managed_refusal(service, subject, scrubber);
    ChangeError {
        applied: facts.applied(),
        // If the change may have been made, callers check the current state before they retry.
        transient: facts.repeat == Repeat::Backoff || (!facts.proven && facts.class.may_pass()),
        retry_after: service
            .raw()
            .headers()
            .get("retry-after")
            .and_then(|seconds| seconds.trim().parse().ok())
            .map(Duration::from_secs),
        error,
    }
}
