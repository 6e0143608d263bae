//! The exit codes, all in one place; `docs/exit-codes.md` says the same.

use lamplight_domain::{ErrorClass, Run, RunState, Status};

/// What the process says to its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// It did what it was asked.
    Success = 0,
    /// Something unexpected, or an honest no, such as a run that cannot be cancelled.
    Unexpected = 1,
    /// The call was wrong.
    Usage = 2,
    /// The function ran and failed, or the provider refused to run it.
    FunctionFailed = 3,
    /// Credentials or permission are missing.
    Access = 4,
    /// Throttled, or over a limit.
    Limit = 5,
    /// The thing named does not exist.
    NotFound = 6,
    /// The function may have run and nobody can say how it went.
    OutcomeUnknown = 7,
    /// Some of several things were done.
    Partial = 8,
    /// The person at the terminal stopped it.
    Interrupted = 130,
}

impl ExitCode {
    /// All codes with their meaning, for the documentation's test.
    pub const ALL: [Self; 10] = [
        Self::Success,
        Self::Unexpected,
        Self::Usage,
        Self::FunctionFailed,
        Self::Access,
        Self::Limit,
        Self::NotFound,
        Self::OutcomeUnknown,
        Self::Partial,
        Self::Interrupted,
    ];

    /// The code of a failure of this class.
    pub fn of_class(class: ErrorClass) -> Self {
        match class {
            ErrorClass::Usage => Self::Usage,
            ErrorClass::Access => Self::Access,
            ErrorClass::Limit => Self::Limit,
            ErrorClass::NotFound => Self::NotFound,
            ErrorClass::Function => Self::FunctionFailed,
            ErrorClass::Unknown => Self::OutcomeUnknown,
            ErrorClass::Interrupted => Self::Interrupted,
            ErrorClass::Conflict | ErrorClass::Unexpected => Self::Unexpected,
        }
    }

    /// The code of an ended run.
    pub fn of_run(run: &Run) -> Self {
        match (run.state(), run.status()) {
            (_, Status::Success) => Self::Success,
            (_, Status::Unknown) => Self::OutcomeUnknown,
            (RunState::Rejected, Status::Failed) => {
                let error = run.outcome().and_then(|outcome| outcome.error.as_ref());
                error.map_or(Self::Unexpected, |error| Self::of_class(error.code.class()))
            }
            (_, Status::Failed) => Self::FunctionFailed,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
