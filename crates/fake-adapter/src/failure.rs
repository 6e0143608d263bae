//! The error that a scripted function reports.

/// An error that a scripted function reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionFailure {
    /// `Handled` or `Unhandled`, as the provider's header says.
    pub kind: String,
    /// The error's type, in the function's language.
    pub error_type: String,
    /// What it says.
    pub message: String,
    /// Its stack, a frame a line.
    pub stack: Vec<String>,
}

impl FunctionFailure {
    /// An unhandled error without stack.
    pub fn unhandled(error_type: &str, message: impl Into<String>) -> Self {
        Self {
            kind: "Unhandled".to_owned(),
            error_type: error_type.to_owned(),
            message: message.into(),
            stack: Vec::new(),
        }
    }
}
