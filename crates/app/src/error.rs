//! What a use case's failure means to its caller.

use lamplight_domain::{
    Action, ErrorClass, ErrorCode, Hint, InvocationType, JobName, JsonSyntaxError, NameError, ParameterError,
    PayloadError, ReferenceError, RunIdError, TransitionError,
};
use lamplight_ports::PortError;

/// A use case that did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A port failed.
    #[error("{0}")]
    Port(PortError),
    /// A text names no function or qualifier.
    #[error("{0}")]
    Reference(ReferenceError),
    /// A text is no name of its kind.
    #[error("{0}")]
    Name(NameError),
    /// Arguments do not fit the parameters.
    #[error("{0}")]
    Arguments(PayloadError),
    /// A parameter list is not valid.
    #[error("{0}")]
    Parameters(ParameterError),
    /// A raw event is not JSON.
    #[error("the payload is {0}")]
    Payload(JsonSyntaxError),
    /// The client context is not JSON.
    #[error("the client context is {0}")]
    ClientContext(JsonSyntaxError),
    /// Parameters and a raw event were both given.
    #[error("parameters and a raw payload were both given; a raw payload takes the place of all parameters")]
    ArgumentsBesidePayload,
    /// The event is larger than the provider takes.
    #[error("the payload is {size} bytes; {invocation_type} takes at most {limit} bytes")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
        /// How the function was to be called.
        invocation_type: InvocationType,
    },
    /// A setting is outside its range.
    #[error("{0}")]
    Setting(String),
    /// There is no job of that name.
    #[error("there is no job {name}")]
    JobNotFound {
        /// The name asked for.
        name: JobName,
        /// A job whose name is close, where there is one.
        nearest: Option<JobName>,
    },
    /// There is no such run.
    #[error("there is no run {name}")]
    RunNotFound {
        /// The name asked for.
        name: String,
    },
    /// A text is no run id and no run key.
    #[error("{0}")]
    RunId(RunIdError),
    /// The function named exists neither as a job nor as a function.
    #[error("there is no function {function} on connection {connection}")]
    FunctionNotFound {
        /// The name asked for.
        function: String,
        /// The connection asked.
        connection: String,
    },
    /// What was to be used or changed does not exist.
    #[error("there is no {thing} on connection {connection}")]
    ThingNotFound {
        /// The thing, in words.
        thing: String,
        /// The connection asked.
        connection: String,
    },
    /// What was to be made exists already, and is not as it was asked for.
    #[error("{thing} exists already{how}; nothing was changed")]
    ExistsOtherwise {
        /// The thing, in words.
        thing: String,
        /// What it differs in, and what cannot be compared; goes on after "exists already".
        how: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// The answer to a change was lost, and looking did not show what became of it.
    #[error("nobody can say whether there was a change of {thing}: {lost}{}", found.as_ref().map(|found| format!("; {found}")).unwrap_or_default())]
    ChangeUnknown {
        /// The thing, in words.
        thing: String,
        /// What was found in its place, where something was.
        found: Option<String>,
        /// How the answer was lost.
        lost: Box<PortError>,
    },
    /// A function is not ready, or will not be.
    #[error("function {function} is not ready: {told}")]
    FunctionNotReady {
        /// The function.
        function: String,
        /// What the provider says of it.
        told: String,
        /// Whether it may become ready by itself.
        may_become: bool,
    },
    /// A run is in a state that does not allow what was asked.
    #[error("{0}")]
    Transition(TransitionError),
    /// There is no page to open.
    #[error("there is no monitor page for {function}")]
    NoMonitorPage {
        /// The function.
        function: String,
    },
    /// A job document is not valid.
    #[error("job {name}: {problem}")]
    Document {
        /// The job's name as written.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl AppError {
    /// The stable code, documented in `docs/errors.md`.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Port(error) => error.code.clone(),
            Self::Reference(_) => ErrorCode::InvalidReference,
            Self::Name(_) => ErrorCode::InvalidName,
            Self::Arguments(_) => ErrorCode::InvalidArguments,
            Self::Parameters(_) => ErrorCode::InvalidParameters,
            Self::Payload(_) => ErrorCode::InvalidPayload,
            Self::ClientContext(_) => ErrorCode::InvalidClientContext,
            Self::ArgumentsBesidePayload => ErrorCode::ArgumentsBesidePayload,
            Self::TooLarge { .. } => ErrorCode::PayloadTooLarge,
            Self::Setting(_) => ErrorCode::InvalidSetting,
            Self::JobNotFound { .. } => ErrorCode::JobNotFound,
            Self::RunNotFound { .. } => ErrorCode::RunNotFound,
            Self::RunId(_) => ErrorCode::InvalidRunId,
            Self::FunctionNotFound { .. } => ErrorCode::FunctionNotFound,
            Self::ThingNotFound { .. } => ErrorCode::NotFound,
            Self::ExistsOtherwise { .. } => ErrorCode::ExistsOtherwise,
            Self::ChangeUnknown { .. } => ErrorCode::ChangeUnknown,
            Self::FunctionNotReady { .. } => ErrorCode::FunctionNotReady,
            Self::Transition(_) => ErrorCode::Conflict,
            Self::NoMonitorPage { .. } => ErrorCode::NoMonitorPage,
            Self::Document { .. } => ErrorCode::InvalidJobDocument,
        }
    }

    /// What the caller can do. A port's failure is told by its kind: the same code may come of a call that was wrong and of
    /// a service that is broken.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Port(error) => error.kind.class(),
            other => other.code().class(),
        }
    }

    /// What to do about it, where more can be said.
    pub fn hint(&self) -> Option<Hint> {
        let hint = match self {
            Self::Port(error) => return error.hint.clone(),
            Self::TooLarge { .. } => {
                "store the data elsewhere and pass a reference to it as a parameter".into()
            }
            Self::JobNotFound { nearest: Some(nearest), .. } => format!("did you mean {nearest}?").into(),
            Self::JobNotFound { nearest: None, .. } => Hint::of(Action::ListJobs)
                .text(" shows all jobs; to call a function, name its connection or region"),
            Self::RunNotFound { .. } => Hint::of(Action::ListRuns).text(" shows the recorded runs"),
            Self::FunctionNotFound { .. } => {
                Hint::of(Action::Discover).text(" shows the functions there are")
            }
            Self::ChangeUnknown { .. } => "look at what is there before asking again".into(),
            Self::ExistsOtherwise { hint, .. } => (*hint).into(),
            Self::FunctionNotReady { may_become: true, .. } => {
                "wait longer: the provider is still at it".into()
            }
            Self::FunctionNotReady { may_become: false, .. } => {
                "mend what the reason names, and update the function".into()
            }
            Self::Arguments(_) => Hint::of(Action::GiveArguments)
                .text("; ")
                .action(Action::ShowJob)
                .text(" lists a job's parameters, ")
                .action(Action::EditJob)
                .text(" adds to them"),
            Self::RunId(_) => "name a run by its run id, by the beginning of its key, or by `latest`".into(),
            Self::Reference(_)
            | Self::Name(_)
            | Self::Parameters(_)
            | Self::Payload(_)
            | Self::ClientContext(_)
            | Self::ArgumentsBesidePayload
            | Self::Setting(_)
            | Self::ThingNotFound { .. }
            | Self::Transition(_)
            | Self::NoMonitorPage { .. }
            | Self::Document { .. } => return None,
        };
        Some(hint)
    }

    /// What lies beneath, for the list of causes.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Port(error) => std::error::Error::source(error),
            Self::ChangeUnknown { lost, .. } => std::error::Error::source(&**lost),
            _ => None,
        }
    }
}

impl From<PortError> for AppError {
    fn from(error: PortError) -> Self {
        Self::Port(error)
    }
}

impl From<NameError> for AppError {
    fn from(error: NameError) -> Self {
        Self::Name(error)
    }
}

impl From<ParameterError> for AppError {
    fn from(error: ParameterError) -> Self {
        Self::Parameters(error)
    }
}

impl From<ReferenceError> for AppError {
    fn from(error: ReferenceError) -> Self {
        Self::Reference(error)
    }
}
