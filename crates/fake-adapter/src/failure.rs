//! Errors that scripted functions report.

/// An error that a scripted function reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionFailure {
    /// `Handled` or `Unhandled`, as in the provider's header.
    pub kind: String,
    /// The type of the error, in the terms of the function's language.
    pub error_type: String,
    /// The error message.
    pub message: String,
    /// The stack trace, one frame per line.
    pub stack: Vec<String>,
}

impl FunctionFailure {
    /// An unhandled error without a stack trace.
    pub fn unhandled(error_type: &str, message: impl Into<String>) -> Self {
        Self {
            kind: "Unhandled".to_owned(),
            error_type: error_type.to_owned(),
            message: message.into(),
            stack: Vec::new(),
        }
    }
}
