//! How anything is changed at Lambda: one request and no second, or only a look at what it would be.
//!
//! A port's method that changes something
//! 1. refuses what [`check_rules`](crate::lambda::rules::check_rules) refuses, where there are rules for it,
//! 2. says what it asks for with [`Asked`],
//! 3. hands the SDK's builder to [`Session::change`] by [`sent!`](sent), and
//! 4. turns the SDK's output into the port's words with [`Changed::map`], or with [`made`] where that can fail.
//!
//! ```ignore
//! let asked = Asked::new(function_subject(Operation::DeleteFunction, function, version, self.session.region()));
//! let request = self.session.calling().delete_function().function_name(&function.reference);
//! let changed = self.session.change(&asked, effect, sent!(request)).await?;
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

/// What is asked for, for texts, previews and progress.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    /// What it is about.
    pub(crate) subject: ManageSubject,
    /// The code that is sent with it.
    pub(crate) upload: Option<Upload<'a>>,
    /// Takes values out of AWS's own words, which repeat what they refuse.
    pub(crate) scrubber: Scrubber,
}

impl<'a> Asked<'a> {
    /// A request without code and secrets.
    pub(crate) fn new(subject: ManageSubject) -> Self {
        Self { subject, upload: None, scrubber: Scrubber::default() }
    }

    /// The same with code that is sent along.
    pub(crate) fn with_upload(self, upload: Option<Upload<'a>>) -> Self {
        Self { upload, ..self }
    }

    /// The same with values that must stand in no error.
    pub(crate) fn with_secrets<'s>(self, secrets: impl IntoIterator<Item = &'s str>) -> Self {
        Self { scrubber: Scrubber::new(secrets), ..self }
    }
}

/// A function, or one of its versions or aliases, as texts and policies name it.
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

/// The account that stands in a function's reference.
pub(crate) fn account_of(function: &FunctionRef) -> Option<String> {
    let spec = function.reference.parse::<FunctionSpec>().ok()?;
    spec.account().map(str::to_owned)
}

/// Turns a builder of the SDK into what [`Session::change`] sends: a builder's own type cannot be named.
macro_rules! sent {
    ($builder:expr) => {{
        let builder = $builder;
        |config: ::aws_sdk_lambda::config::Builder| builder.customize().config_override(config).send()
    }};
}
pub(crate) use sent;

/// What a change made, put into our words. Where the answer cannot be, it was made as far as anyone can tell.
pub(crate) fn made<T, U>(
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
    /// - One request leaves at the most, whatever the environment or a profile says about retries.
    /// - With [`Effect::Show`] nothing is sent, and no credentials are asked for.
    /// - [`Applied::No`](lamplight_ports::Applied::No) only where no connection had been handed the request, or the
    ///   answer proves it.
    pub(crate) async fn change<T, E, F>(
        &self,
        asked: &Asked<'_>,
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
                capture.preview(asked.subject.operation.name(), asked.upload.as_ref(), secrets),
                outcome,
            ) {
                (Some(preview), _) => Ok(Changed::Shown(preview)),
                (None, Err(error)) => Err(change_error(&error, false, &asked.subject, &asked.scrubber)),
                (None, Ok(_)) => Err(ChangeError::refused(nothing_captured(asked))),
            };
        }
        let upload = asked.upload.as_ref();
        let waits = Waits::of_change(upload.map(Upload::len), &self.config.timeouts);
        let (http, trail) = OneShot::new(self.config.http.clone());
        let http = http.watched(upload.and_then(Upload::watch));
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(self.config.timeouts.connect)
            .read_timeout(waits.head)
            .operation_attempt_timeout(waits.whole + self.config.timeouts.credentials)
            .build();
        let outcome = send(Config::builder().http_client(http).timeout_config(timeouts)).await;
        let (operation, thing) = (asked.subject.operation.name(), &asked.subject.thing);
        match outcome {
            Ok(output) => {
                tracing::debug!(operation, thing, "Lambda made the change");
                Ok(Changed::Made(output))
            }
            Err(error) => {
                let error = change_error(&error, trail.may_have_left(), &asked.subject, &asked.scrubber);
                let (applied, code) = (error.applied, &error.error.code);
                tracing::debug!(
                    operation,
                    thing,
                    ?applied,
                    code = code.as_str(),
                    "the change brought no answer that it was made"
                );
                Err(error)
            }
        }
    }
}

fn nothing_captured(asked: &Asked<'_>) -> PortError {
    let message = format!("{} for {} could not be shown", asked.subject.operation, asked.subject.thing);
    PortError::new(lamplight_ports::PortErrorKind::Unsupported, ErrorCode::InvalidRequest, message)
}
