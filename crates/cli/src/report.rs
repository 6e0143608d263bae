//! Reports failures: one line, numbered causes and a hint; or one JSON object.

use crate::{
    args::Format,
    failure::Failure,
    output::{self, say, say_styled},
};
use lamplight_views::{ErrorView, FailureView};

impl Failure {
    /// Prints the failure: to stderr for people, and to stdout in a format for programs.
    pub fn report(&self, format: Format) {
        if format != Format::Table {
            let error = FailureView {
                code: self.code.as_str(),
                message: &self.message,
                causes: &self.causes,
                hint: self.hint.as_deref(),
            };
            // If stdout is closed, the text below still goes to stderr.
            let _ = output::structured(format, &ErrorView { error });
        }
        say_styled(anstyle::AnsiColor::Red.on_default().bold(), "error", &format!(": {}", self.message));
        for (number, cause) in self.causes.iter().enumerate() {
            say(&format!("  {}: {cause}", number + 1));
        }
        if let Some(hint) = &self.hint {
            say_styled(anstyle::AnsiColor::Cyan.on_default().bold(), "hint", &format!(": {hint}"));
        }
    }
}
