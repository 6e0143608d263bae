//! Makes changes at Lambda with exactly one request, or only shows the request.
//!
//! A port's method that changes something
//! 1. checks the request with [`check_rules`](lamplight_aws_model::manage_rules::check_rules), if there are rules for it,
//! 2. describes the change with a [`ChangeRequest`],
//! 3. passes the SDK's builder to [`Session::change`] with [`send_with!`](send_with), and
//! 4. converts the SDK's output with [`Changed::map`], or with [`convert_output`] if the conversion can fail.
//!
//! ```ignore
//! let subject = function_subject(Operation::DeleteFunction, function, version, self.session.region());
//! let change_request = ChangeRequest::new(subject);
//! let request = self.session.calling().delete_function().function_name(&function.reference);
//! let changed = self.session.change(&change_request, effect, send_with!(request)).await?;
//! Ok(changed.map(|_| ()))
//! ```

use super::{preview::Capture, upload::Upload};
use crate::{
    error::change::{change_error, unreadable},
    session::Session,
    timeouts::Waits,
};
use aws_config::timeout::TimeoutConfig;
use aws_sdk_lambda::config::{Builder, Config};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use lamplight_aws_model::{FunctionSpec, ManageSubject, Operation};
use lamplight_domain::{ErrorCode, FunctionRef, Qualifier, Scrubber};
use lamplight_http_adapter::OneShot;
use lamplight_ports::{ChangeError, Changed, Effect, PortError};
use std::{error::Error, future::Future};

/// The description of a change, for messages, previews and the progress of uploads.
#[derive(Debug)]
pub(crate) struct ChangeRequest<'a> {
    /// The operation and its subject.
    pub(crate) subject: ManageSubject,
    /// The code that is sent with the request.
    pub(crate) upload: Option<Upload<'a>>,
    /// Masks secrets in AWS's messages, which repeat the values that they refuse.
    pub(crate) scrubber: Scrubber,
}

impl<'a> ChangeRequest<'a> {
    /// A change without code and secrets.
    pub(crate) fn new(subject: ManageSubject) -> Self {
        Self { subject, upload: None, scrubber: Scrubber::default() }
    }

    /// Adds code that is sent with the request.
    pub(crate) fn with_upload(self, upload: Option<Upload<'a>>) -> Self {
        Self { upload, ..self }
    }

    /// Adds values that must not appear in any error.
    pub(crate) fn with_secrets<'s>(self, secrets: impl IntoIterator<Item = &'s str>) -> Self {
        Self { scrubber: Scrubber::new(secrets), ..self }
    }
}

/// A function, or one of its versions or aliases, as the subject of an operation.
pub(crate) fn function_subject(
    operation: Operation,
    function: &FunctionRef,
    qualifier: Option<&Qualifier>,
    region: &str,
) -> ManageSubject {
    ManageSubject::function(
        operation,
        function.name.as_str(),
        qualifier.map(Qualifier::as_str),
        region,
        account_of(function).as_deref(),
    )
}

/// The account in a function's reference, if it has one.
pub(crate) fn account_of(function: &FunctionRef) -> Option<String> {
    let spec = function.reference.parse::<FunctionSpec>().ok()?;
    spec.account().map(str::to_owned)
}

/// Turns a builder of the SDK into the closure that [`Session::change`] needs. This is a macro because the SDK's builders
/// have no common trait.
macro_rules! send_with {
    ($builder:expr) => {{
        let builder = $builder;
        |config: ::aws_sdk_lambda::config::Builder| builder.customize().config_override(config).send()
    }};
}
pub(crate) use send_with;

/// Converts the SDK's output of a change. If that fails, the change may have been made.
pub(crate) fn convert_output<T, U>(
    changed: Changed<T>,
    into: impl FnOnce(T) -> Result<U, PortError>,
) -> Result<Changed<U>, ChangeError> {
    Ok(match changed {
        Changed::Made(output) => Changed::Made(into(output).map_err(unreadable)?),
        Changed::Shown(preview) => Changed::Shown(preview),
    })
}

impl Session {
    /// Makes a change with one request, or shows the request.
    ///
    /// # Guarantees
    /// - At most one request is sent, regardless of retry settings in the environment or in profiles.
    /// - With [`Effect::Show`] nothing is sent, and no credentials are needed.
    /// - [`Applied::No`](lamplight_ports::Applied::No) is returned only if the request was not passed to any connection, or
    ///   if the answer proves it.
    pub(crate) async fn change<T, E, F>(
        &self,
        change_request: &ChangeRequest<'_>,
        effect: Effect,
        send: impl FnOnce(Builder) -> F,
    ) -> Result<Changed<T>, ChangeError>
    where
        E: Error + ProvideErrorMetadata + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        if let Effect::Show { secrets } = effect {
            let capture = Capture::default();
            let outcome = send(capture.config()).await;
            return match (
                capture.preview(
                    change_request.subject.operation.name(),
                    change_request.upload.as_ref(),
                    secrets,
                ),
                outcome,
            ) {
                (Some(preview), _) => Ok(Changed::Shown(preview)),
                (None, Err(error)) => {
                    Err(change_error(&error, false, &change_request.subject, &change_request.scrubber))
                }
                (None, Ok(_)) => Err(ChangeError::refused(nothing_captured(change_request))),
            };
        }
        let upload = change_request.upload.as_ref();
        let waits = Waits::of_change(upload.map(Upload::len), &self.config.timeouts);
        let (http, trail) = OneShot::new(self.config.http.clone());
        let http = http.watched(upload.and_then(Upload::watch));
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(self.config.timeouts.connect)
            .read_timeout(waits.head)
            .operation_attempt_timeout(waits.whole + self.config.timeouts.credentials)
            .build();
        let outcome = send(Config::builder().http_client(http).timeout_config(timeouts)).await;
        let (operation, thing) = (change_request.subject.operation.name(), &change_request.subject.thing);
        match outcome {
            Ok(output) => {
                tracing::debug!(operation, thing, "Lambda made the change");
                Ok(Changed::Made(output))
            }
            Err(error) => {
                let error = change_error(
                    &error,
                    trail.may_have_left(),
                    &change_request.subject,
                    &change_request.scrubber,
                );
                let (applied, code) = (error.applied, &error.error.code);
                tracing::debug!(
                    operation,
                    thing,
                    ?applied,
                    code = code.as_str(),
                    "the change failed, or its outcome is not known"
                );
                Err(error)
            }
        }
    }
}

fn nothing_captured(change_request: &ChangeRequest<'_>) -> PortError {
    let message = format!(
        "{} for {} could not be shown",
        change_request.subject.operation, change_request.subject.thing
    );
    PortError::new(lamplight_ports::PortErrorKind::Unsupported, ErrorCode::InvalidRequest, message)
}
