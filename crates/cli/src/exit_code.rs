//! The exit codes, all in one place; `docs/exit-codes.md` says the same.

use lamplight_domain::{ErrorClass, Run, RunState, Status};

/// The exit code of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// The command succeeded.
    Success = 0,
    /// An unexpected failure, or a request that cannot be met, such as cancelling a run that cannot be cancelled.
    Unexpected = 1,
    /// The call was wrong.
    Usage = 2,
    /// The function ran and failed, or the provider refused to run it.
    FunctionFailed = 3,
    /// Credentials or permissions are missing.
    Access = 4,
    /// Throttled, or over a limit.
    Limit = 5,
    /// The thing named does not exist.
    NotFound = 6,
    /// The function may have run, and it is not known how it ended.
    OutcomeUnknown = 7,
    /// Only some of several actions succeeded.
    Partial = 8,
    /// Stopped by Ctrl-C or by the system.
    Interrupted = 130,
}

impl ExitCode {
    /// All codes, for the test of the documentation.
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

    /// The code of an ended run; `class` is that of its error.
    pub fn of_run(run: &Run, class: Option<ErrorClass>) -> Self {
        match (run.state(), run.status()) {
            (_, Status::Success) => Self::Success,
            (_, Status::Unknown) => Self::OutcomeUnknown,
            (RunState::Rejected, Status::Failed) => class.map_or(Self::Unexpected, Self::of_class),
            (_, Status::Failed) => Self::FunctionFailed,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
