//! What the answer to a call means. The adapter decides this, because only it knows the provider's answers.

/// The error that a function reported in its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportedError {
    /// The provider's name for the kind of error, if it has one.
    pub kind: Option<String>,
    /// The type of the error in the function's language.
    pub error_type: Option<String>,
    /// The function's error message, or else the whole response as text. Not truncated; empty if there is neither.
    pub message: String,
    /// The stack trace, one frame per item, without line breaks.
    pub stack: Vec<String>,
    /// The errors that caused this one, outermost first, each with its type, its message and where it was thrown.
    pub causes: Vec<String>,
}

impl ReportedError {
    /// An error with only a message.
    pub fn of_text(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }
}

/// The meaning of a complete answer to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerOutcome {
    /// The function returned without an error; the response is its result.
    Returned,
    /// The function ran and reported an error.
    FunctionError(ReportedError),
    /// The provider accepted the event and runs it later.
    Accepted,
    /// The call would be allowed; the function was not started.
    Validated,
    /// The answer comes from the provider, but proves neither that the function ran nor that it did not.
    Unproven,
    /// The answer lacks the provider's identifying header, so it may come from a proxy; its content proves nothing.
    Unidentified,
}

impl AnswerOutcome {
    /// Whether the function reported an error.
    pub fn is_function_error(&self) -> bool {
        matches!(self, Self::FunctionError(_))
    }
}
