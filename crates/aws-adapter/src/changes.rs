//! How anything is changed at Lambda: one request and no second, or only a look at what it would be.
//!
//! A port's method that changes something
//! 1. checks the provider's rules and refuses where one is broken,
//! 2. says what it asks for with [`Asked`],
//! 3. hands the SDK's builder to [`Session::change`] by [`sent!`](sent), and
//! 4. turns the SDK's output into the port's words with [`Changed::map`], or with [`made`] where that can fail.
//!
//! ```ignore
//! let asked = Asked::of_function(Operation::DeleteFunction, function, version, self.session.region());
//! let request = self.session.calling().delete_function().function_name(&function.reference);
//! let changed = self.session.change(&asked, effect, sent!(request)).await?;
//! Ok(changed.map(|_| ()))
//! ```

use crate::{
    Timeouts,
    error::{
        change::{change_error, unreadable},
        invoke::Waits,
    },
    one_shot::OneShot,
    preview::Capture,
    session::Session,
    upload::Upload,
};
use aws_config::timeout::TimeoutConfig;
use aws_sdk_lambda::config::{Builder, Config};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use lamplight_aws_model::Operation;
use lamplight_domain::{FunctionRef, Qualifier, Scrubber};
use lamplight_ports::{ChangeError, Changed, Effect, PortError};
use std::{error::Error, future::Future};

/// What is asked for, for texts, previews and progress.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    /// The operation.
    pub(crate) operation: Operation,
    /// The thing it is about, in words: `function adder`, `alias live of function adder`.
    pub(crate) thing: String,
    /// The thing's ARN, for what IAM has to allow; what is not known of it is `*`.
    pub(crate) resource: String,
    /// The code that is sent with it.
    pub(crate) upload: Option<Upload<'a>>,
    /// Takes values out of AWS's own words, which repeat what they refuse.
    pub(crate) scrubber: Scrubber,
}

impl<'a> Asked<'a> {
    /// Something about a thing that needs more words than [`of_function`](Self::of_function) has.
    pub(crate) fn new(operation: Operation, thing: String, resource: String) -> Self {
        Self { operation, thing, resource, upload: None, scrubber: Scrubber::default() }
    }

    /// Something about a function, or one of its versions or aliases.
    pub(crate) fn of_function(
        operation: Operation,
        function: &FunctionRef,
        qualifier: Option<&Qualifier>,
        region: &str,
    ) -> Self {
        let resource = crate::error::subject(function, qualifier, region).resource;
        Self::new(operation, function_in_words(function, qualifier), resource)
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

/// A function as texts name it: `function adder`, `version 3 of function adder`, `alias live of function adder`.
pub(crate) fn function_in_words(function: &FunctionRef, qualifier: Option<&Qualifier>) -> String {
    let name = &function.name;
    match qualifier.map(Qualifier::as_str) {
        None => format!("function {name}"),
        Some(version) if version.starts_with('$') || version.bytes().all(|b| b.is_ascii_digit()) => {
            format!("version {version} of function {name}")
        }
        Some(alias) => format!("alias {alias} of function {name}"),
    }
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

impl Waits {
    /// Sending code is given time of its own.
    fn of_change(upload_bytes: Option<usize>, timeouts: &Timeouts) -> Self {
        let head = match upload_bytes {
            // In Base64 it is a third longer.
            Some(bytes) => timeouts.upload.max(timeouts.change + crate::invoker::transfer(bytes / 3 * 4)),
            None => timeouts.change,
        };
        Self { head, whole: head + timeouts.answer_body }
    }
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
            return match (capture.preview(asked, secrets), outcome) {
                (Some(preview), _) => Ok(Changed::Shown(preview)),
                (None, Err(error)) => Err(change_error(&error, false, asked, self.region())),
                (None, Ok(_)) => Err(ChangeError::refused(nothing_captured(asked))),
            };
        }
        let upload = asked.upload.as_ref();
        let waits = Waits::of_change(upload.map(Upload::len), &self.config.timeouts);
        let (http, trail) = OneShot::new(self.http.clone());
        let http = http.watched(upload.and_then(Upload::watch));
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(self.config.timeouts.connect)
            .read_timeout(waits.head)
            .operation_attempt_timeout(waits.whole)
            .build();
        let sent = send(Config::builder().http_client(http).timeout_config(timeouts)).await;
        let (operation, thing) = (asked.operation.name(), &asked.thing);
        match sent {
            Ok(output) => {
                tracing::debug!(operation, thing, "Lambda made the change");
                Ok(Changed::Made(output))
            }
            Err(error) => {
                let error = change_error(&error, trail.may_have_left(), asked, self.region());
                let (applied, code) = (error.applied, error.error.code);
                tracing::debug!(
                    operation,
                    thing,
                    ?applied,
                    code,
                    "the change brought no answer that it was made"
                );
                Err(error)
            }
        }
    }
}

fn nothing_captured(asked: &Asked<'_>) -> PortError {
    let message = format!("{} for {} could not be shown", asked.operation.name(), asked.thing);
    PortError::new(lamplight_ports::PortErrorKind::Unsupported, crate::codes::INVALID_REQUEST, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_function_is_named_with_what_is_meant_of_it() {
        let adder = FunctionRef::by_name("adder".parse().unwrap());
        for (qualifier, words) in [
            (None, "function adder"),
            (Some("3"), "version 3 of function adder"),
            (Some("$LATEST"), "version $LATEST of function adder"),
            (Some("live"), "alias live of function adder"),
        ] {
            let qualifier = qualifier.map(|qualifier| qualifier.parse().unwrap());
            assert_eq!(function_in_words(&adder, qualifier.as_ref()), words);
        }
    }

    #[test]
    fn code_is_waited_for_as_long_as_a_slow_line_needs() {
        let head = |bytes| Waits::of_change(bytes, &Timeouts::default()).head;
        assert_eq!(head(None), Duration::from_secs(60));
        assert_eq!(head(Some(1_000)), Duration::from_secs(300));
        assert_eq!(head(Some(48 << 20)), Duration::from_secs(60 + 1024));
    }
}
