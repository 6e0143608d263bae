//! What a use case's failure means to its caller.

use lamplight_domain::{
    InvocationType, JobName, JsonSyntaxError, NameError, ParameterError, PayloadError, ReferenceError,
    RunIdError,
};
use lamplight_ports::{PortError, PortErrorKind};

/// What a caller can do about a failure; fronts map it to exit codes and HTTP statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The call was wrong: change it.
    Usage,
    /// Credentials or permission are missing.
    Access,
    /// Throttled, or over a limit.
    Limit,
    /// The thing named does not exist.
    NotFound,
    /// It was changed by another meanwhile.
    Conflict,
    /// Nobody can say whether it was done.
    Unknown,
    /// Anything else.
    Unexpected,
}

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
    pub fn code(&self) -> &'static str {
        match self {
            Self::Port(error) => error.code,
            Self::Reference(_) => "invalid_reference",
            Self::Name(_) => "invalid_name",
            Self::Arguments(_) => "invalid_arguments",
            Self::Parameters(_) => "invalid_parameters",
            Self::Payload(_) => "invalid_payload",
            Self::ClientContext(_) => "invalid_client_context",
            Self::ArgumentsBesidePayload => "arguments_beside_payload",
            Self::TooLarge { .. } => "payload_too_large",
            Self::Setting(_) => "invalid_setting",
            Self::JobNotFound { .. } => "job_not_found",
            Self::RunNotFound { .. } => "run_not_found",
            Self::RunId(_) => "invalid_run_id",
            Self::FunctionNotFound { .. } => "function_not_found",
            Self::ThingNotFound { .. } => "not_found",
            Self::ExistsOtherwise { .. } => "exists_otherwise",
            Self::ChangeUnknown { .. } => "change_unknown",
            Self::FunctionNotReady { .. } => "function_not_ready",
            Self::NoMonitorPage { .. } => "no_monitor_page",
            Self::Document { .. } => "invalid_job_document",
        }
    }

    /// What the caller can do.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Port(error) => class_of(error.kind),
            Self::Reference(_)
            | Self::Name(_)
            | Self::Arguments(_)
            | Self::Parameters(_)
            | Self::Payload(_)
            | Self::ClientContext(_)
            | Self::ArgumentsBesidePayload
            | Self::Setting(_)
            | Self::RunId(_)
            | Self::Document { .. } => ErrorClass::Usage,
            Self::TooLarge { .. } => ErrorClass::Limit,
            Self::JobNotFound { .. }
            | Self::RunNotFound { .. }
            | Self::FunctionNotFound { .. }
            | Self::ThingNotFound { .. }
            | Self::NoMonitorPage { .. } => ErrorClass::NotFound,
            Self::ExistsOtherwise { .. } => ErrorClass::Conflict,
            Self::ChangeUnknown { .. } => ErrorClass::Unknown,
            Self::FunctionNotReady { .. } => ErrorClass::Unexpected,
        }
    }

    /// What to do about it, where more can be said.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Port(error) => error.hint.clone(),
            Self::TooLarge { .. } => {
                Some("store the data elsewhere and pass a reference to it as a parameter".to_owned())
            }
            Self::JobNotFound { nearest: Some(nearest), .. } => Some(format!("did you mean {nearest}?")),
            Self::JobNotFound { nearest: None, .. } => Some(
                "`lamplight jobs list` shows all jobs; to call a function, name its connection or region".to_owned(),
            ),
            Self::RunNotFound { .. } => Some("`lamplight runs list` shows the recorded runs".to_owned()),
            Self::FunctionNotFound { .. } => Some("`lamplight discover` shows the functions there are".to_owned()),
            Self::ChangeUnknown { .. } => {
                Some("look at what is there before asking again".to_owned())
            }
            Self::ExistsOtherwise { hint, .. } => Some((*hint).to_owned()),
            Self::FunctionNotReady { may_become: true, .. } => {
                Some("wait longer: the provider is still at it".to_owned())
            }
            Self::FunctionNotReady { may_become: false, .. } => {
                Some("mend what the reason names, and update the function".to_owned())
            }
            Self::Arguments(_) => Some(
                "give text as -p name=value and JSON as -p name:=json; `lamplight jobs show` lists a job's parameters, \
                 `lamplight jobs edit` adds to them"
                    .to_owned(),
            ),
            Self::RunId(_) => {
                Some("name a run by its run id, by the beginning of its key, or by `latest`".to_owned())
            }
            Self::Reference(_)
            | Self::Name(_)
            | Self::Parameters(_)
            | Self::Payload(_)
            | Self::ClientContext(_)
            | Self::ArgumentsBesidePayload
            | Self::Setting(_)
            | Self::ThingNotFound { .. }
            | Self::NoMonitorPage { .. }
            | Self::Document { .. } => None,
        }
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

fn class_of(kind: PortErrorKind) -> ErrorClass {
    match kind {
        PortErrorKind::NotFound => ErrorClass::NotFound,
        PortErrorKind::Conflict => ErrorClass::Conflict,
        PortErrorKind::Throttled | PortErrorKind::TooLarge => ErrorClass::Limit,
        PortErrorKind::Denied | PortErrorKind::Unauthenticated => ErrorClass::Access,
        PortErrorKind::InvalidRequest | PortErrorKind::Unsupported => ErrorClass::Usage,
        // `PortErrorKind` may grow; what is new is unexpected until it is given a class here.
        _ => ErrorClass::Unexpected,
    }
}

impl From<PortError> for AppError {
    fn from(error: PortError) -> Self {
        Self::Port(error)
    }
}
