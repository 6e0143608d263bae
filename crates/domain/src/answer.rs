//! What an answer to a call means, in the words of its adapter: the one who knows the provider judges its answers.

/// The error that a function reported through its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportedError {
    /// The provider's own word for the kind of error, where it has one.
    pub kind: Option<String>,
    /// The type of the error, in the function's language.
    pub error_type: Option<String>,
    /// What the function says happened, else the whole response as text; whole, and empty where there is neither.
    pub message: String,
    /// The stack, one frame per item, without line ends.
    pub stack: Vec<String>,
}

impl ReportedError {
    /// An error of which only a text is known.
    pub fn of_text(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }
}

/// What a complete answer to a call says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerOutcome {
    /// The function ended without an error; the response is its result.
    Returned,
    /// The function ran and reported an error.
    FunctionError(ReportedError),
    /// The event was taken and is run later.
    Accepted,
    /// The call would be allowed; nothing was started.
    Validated,
    /// The provider's answer says neither that the function ran nor that it did not.
    Unproven,
    /// The answer lacks the provider's mark: it is somebody else's, such as a proxy's, whatever it says.
    Unidentified,
}

impl AnswerOutcome {
    /// Whether the function reported an error.
    pub fn is_function_error(&self) -> bool {
        matches!(self, Self::FunctionError(_))
    }
}
