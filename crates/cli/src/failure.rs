//! The failure of a command: what happened, what caused it, and what to do.

use crate::{ExitCode, hints::word_hint};
use lamplight_app::AppError;
use lamplight_domain::ErrorCode;
use std::error::Error;

/// Why a command failed.
#[derive(Debug)]
pub struct Failure {
    /// The exit code of the process.
    pub exit_code: ExitCode,
    /// A stable code, documented in `docs/errors.md`.
    pub code: ErrorCode,
    /// What happened, as one lower-case fragment.
    pub message: String,
    /// The causes, outermost first.
    pub causes: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Failure {
    /// A wrong call.
    pub fn usage(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { exit_code: ExitCode::Usage, code, message: message.into(), causes: Vec::new(), hint: None }
    }

    /// A file or stream that could not be read or written.
    pub fn io(what: impl Into<String>, error: &std::io::Error) -> Self {
        let exit_code = match error.kind() {
            std::io::ErrorKind::NotFound => ExitCode::NotFound,
            _ => ExitCode::Unexpected,
        };
        Self {
            exit_code,
            code: ErrorCode::Io,
            message: what.into(),
            causes: vec![error.to_string()],
            hint: None,
        }
    }

    /// The same failure with a hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        let mut causes = Vec::new();
        let mut cause = error.cause();
        while let Some(current) = cause {
            causes.push(current.to_string());
            cause = Error::source(current);
        }
        // Some libraries repeat a cause in the message above it; it is printed once.
        causes.dedup();
        Self {
            exit_code: ExitCode::of_class(error.class()),
            code: error.code(),
            message: error.to_string(),
            causes,
            hint: error.hint().as_ref().map(word_hint),
        }
    }
}

impl From<lamplight_ports::PortError> for Failure {
    fn from(error: lamplight_ports::PortError) -> Self {
        AppError::from(error).into()
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::io("could not write the output", &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_ports::{PortError, PortErrorKind};

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Layer(&'static str, #[source] Option<Box<Layer>>);

    #[test]
    fn causes_that_say_the_same_again_are_left_out() {
        let refused = Layer("connection refused", None);
        let again = Layer("connection refused", Some(Box::new(refused)));
        let source = Layer("dispatch failure", Some(Box::new(again)));
        let error = PortError::new(PortErrorKind::Unavailable, ErrorCode::ConnectionFailed, "no way")
            .with_source(source);
        assert_eq!(Failure::from(error).causes, ["dispatch failure", "connection refused"]);
    }
}
