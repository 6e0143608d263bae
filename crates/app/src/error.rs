//! The errors of use cases.

use lamplight_domain::{
    Action, ArgumentProblem, ConnectionName, ErrorClass, ErrorCode, Hint, InvocationType, JobName, JsonKind,
    JsonSyntaxError, NameError, ParamName, ParameterError, PayloadError, ReferenceError, RunIdError, RunKey,
    TokenId, TransitionError,
};
use lamplight_ports::PortError;

/// The error of a use case.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A port failed.
    #[error("{0}")]
    Port(PortError),
    /// A text is not a valid function or qualifier.
    #[error("{0}")]
    Reference(ReferenceError),
    /// A text is not a valid name.
    #[error("{0}")]
    Name(NameError),
    /// The arguments do not fit the parameters.
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
    /// The client context is JSON, but not an object.
    #[error("the client context is a JSON {0}, but it must be an object")]
    ClientContextNotObject(JsonKind),
    /// Parameters and a raw event were both given.
    #[error(
        "parameters and a raw payload were both given; a raw payload replaces all parameters, so use only one"
    )]
    ArgumentsBesidePayload,
    /// The event is larger than the provider allows.
    #[error("the payload has {size} bytes; the maximum for {invocation_type} is {limit} bytes")]
    TooLarge {
        /// The size of the event in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
        /// The invocation type.
        invocation_type: InvocationType,
    },
    /// A setting is outside its range.
    #[error("{0}")]
    Setting(String),
    /// The job does not exist.
    #[error("job {name} not found")]
    JobNotFound {
        /// The name that was looked up.
        name: JobName,
        /// The job with the most similar name, if there is one.
        nearest: Option<JobName>,
    },
    /// A job and a connection were given, and the connection has another job of the same function.
    #[error(
        "two jobs may be meant: {name}, which belongs to connection {own}, or {}, on connection {connection}",
        others.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
    )]
    AmbiguousJob {
        /// The job with the given name.
        name: JobName,
        /// The connection of that job.
        own: ConnectionName,
        /// The connection given.
        connection: ConnectionName,
        /// The jobs on that connection.
        others: Vec<JobName>,
    },
    /// The run does not exist.
    #[error("run {name} not found")]
    RunNotFound {
        /// The name that was looked up.
        name: String,
    },
    /// The caller stopped the run before it was recorded.
    #[error("stopped before the run was recorded")]
    Interrupted,
    /// A run that has no end cannot be removed.
    #[error("run {key} has not ended")]
    RunNotEnded {
        /// The run.
        key: RunKey,
    },
    /// A text is neither a run ID nor a run key.
    #[error("{0}")]
    RunId(RunIdError),
    /// The function does not exist.
    #[error("function {function} not found on connection {connection}")]
    FunctionNotFound {
        /// The name that was looked up.
        function: String,
        /// The connection.
        connection: String,
    },
    /// The resource to use or to change does not exist.
    #[error("{thing} not found on connection {connection}")]
    ThingNotFound {
        /// The resource, in words.
        thing: String,
        /// The connection.
        connection: String,
    },
    /// The resource to create already exists and differs from the request.
    #[error("{thing} already exists{how}; nothing was changed")]
    ExistsOtherwise {
        /// The resource, in words.
        thing: String,
        /// What differs and what cannot be compared; continues the message after "already exists".
        how: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// The answer to a change was lost, and reading the resource did not show whether the change was made.
    #[error("cannot tell whether {thing} was changed: {lost}{}", found.as_ref().map(|found| format!("; {found}")).unwrap_or_default())]
    ChangeUnknown {
        /// The resource, in words.
        thing: String,
        /// What was found when the resource was read, if anything.
        found: Option<String>,
        /// The error that lost the answer.
        lost: Box<PortError>,
    },
    /// A function did not become ready.
    #[error("function {function} is not ready: {reason}")]
    FunctionNotReady {
        /// The function.
        function: String,
        /// The state and its reason, in the provider's words.
        reason: String,
        /// Whether it may become ready by itself.
        may_become: bool,
    },
    /// The state of a run does not allow the operation.
    #[error("{0}")]
    Transition(TransitionError),
    /// The function has no monitor page.
    #[error("function {function} has no monitor page{}", reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    NoMonitorPage {
        /// The function.
        function: String,
        /// Why, if it is known.
        reason: Option<String>,
    },
    /// An argument is a reference to a secret, and the caller may not use any.
    #[error("parameter {name} is a reference to a secret, which a request must not have")]
    ReferenceRefused {
        /// The parameter.
        name: ParamName,
    },
    /// The API token does not exist.
    #[error("token {id} not found")]
    TokenNotFound {
        /// The ID that was looked up.
        id: TokenId,
    },
    /// A job document is not valid.
    #[error("job {name}: {problem}")]
    Document {
        /// The name of the job.
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
            Self::ClientContext(_) | Self::ClientContextNotObject(_) => ErrorCode::InvalidClientContext,
            Self::ArgumentsBesidePayload => ErrorCode::ArgumentsBesidePayload,
            Self::TooLarge { .. } => ErrorCode::PayloadTooLarge,
            Self::Setting(_) => ErrorCode::InvalidSetting,
            Self::JobNotFound { .. } => ErrorCode::JobNotFound,
            Self::AmbiguousJob { .. } => ErrorCode::AmbiguousJob,
            Self::RunNotFound { .. } => ErrorCode::RunNotFound,
            Self::Interrupted => ErrorCode::Interrupted,
            Self::RunId(_) => ErrorCode::InvalidRunId,
            Self::FunctionNotFound { .. } => ErrorCode::FunctionNotFound,
            Self::ThingNotFound { .. } | Self::TokenNotFound { .. } => ErrorCode::NotFound,
            Self::ReferenceRefused { .. } => ErrorCode::ReferenceRefused,
            Self::ExistsOtherwise { .. } => ErrorCode::ExistsOtherwise,
            Self::ChangeUnknown { .. } => ErrorCode::ChangeUnknown,
            Self::FunctionNotReady { .. } => ErrorCode::FunctionNotReady,
            Self::RunNotEnded { .. } | Self::Transition(_) => ErrorCode::Conflict,
            Self::NoMonitorPage { .. } => ErrorCode::NoMonitorPage,
            Self::Document { .. } => ErrorCode::InvalidJobDocument,
        }
    }

    /// What the caller can do. For the error of a port this follows from its kind, because the same code may come from
    /// a wrong call and from a service that has failed.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Port(error) => error.kind.class(),
            other => other.code().class(),
        }
    }

    /// What to do about it, if there is more to say.
    pub fn hint(&self) -> Option<Hint> {
        let hint = match self {
            Self::Port(error) => return error.hint.clone(),
            Self::TooLarge { .. } => {
                "store the data elsewhere and pass a reference to it as a parameter".into()
            }
            Self::JobNotFound { nearest: Some(nearest), .. } => format!("did you mean {nearest}?").into(),
            Self::JobNotFound { nearest: None, .. } => Hint::of(Action::ListJobs)
                .text(" shows all jobs; to call a function, give its connection or region"),
            Self::AmbiguousJob { name, .. } => Hint::new("name the other job, or demand job ")
                .text(format!("{name} with "))
                .action(Action::DemandJob),
            Self::RunNotFound { .. } => Hint::of(Action::ListRuns).text(" shows the recorded runs"),
            Self::FunctionNotFound { .. } => Hint::of(Action::Discover).text(" shows all functions"),
            Self::ChangeUnknown { .. } => "check its current state before you retry".into(),
            Self::ExistsOtherwise { hint, .. } => (*hint).into(),
            Self::FunctionNotReady { may_become: true, .. } => {
                "wait longer: the update is still in progress".into()
            }
            Self::FunctionNotReady { may_become: false, .. } => {
                "fix the cause named above, then update the function".into()
            }
            Self::Arguments(error)
                if error
                    .problems
                    .iter()
                    .any(|problem| matches!(problem, ArgumentProblem::Repeated { .. })) =>
            {
                Hint::of(Action::GivePayload).text(" sends names that differ only in case")
            }
            Self::Arguments(_) => Hint::of(Action::GiveArguments)
                .text("; ")
                .action(Action::ShowJob)
                .text(" shows a job's parameters, ")
                .action(Action::EditJob)
                .text(" changes them"),
            Self::Interrupted => "nothing was sent; start it again if needed".into(),
            Self::RunNotEnded { .. } => {
                "wait until it has ended: without its record, nobody would know that it ran".into()
            }
            Self::RunId(_) => "give a run ID, the beginning of a run key, or `latest`".into(),
            Self::ReferenceRefused { .. } => {
                "give the value itself, or leave the parameter out where its job has a reference".into()
            }
            Self::Reference(_)
            | Self::Name(_)
            | Self::Parameters(_)
            | Self::Payload(_)
            | Self::ClientContext(_)
            | Self::ClientContextNotObject(_)
            | Self::ArgumentsBesidePayload
            | Self::Setting(_)
            | Self::ThingNotFound { .. }
            | Self::TokenNotFound { .. }
            | Self::Transition(_)
            | Self::NoMonitorPage { .. }
            | Self::Document { .. } => return None,
        };
        Some(hint)
    }

    /// The underlying error, for the list of causes.
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
