//! Failures as people see them: one line, numbered causes, a hint; or one JSON object.

use crate::{
    args::Format,
    failure::Failure,
    output::{self, say},
};
use lamplight_views::{ErrorView, FailureView};

impl Failure {
    /// Tells the person, on stderr; in a form for programs, tells the program, on stdout.
    pub fn report(&self, format: Format) {
        if format != Format::Table {
            let error = FailureView {
                code: self.code.as_str(),
                message: &self.message,
                causes: &self.causes,
                hint: self.hint.as_deref(),
            };
            // With stdout gone the person still gets the text below.
            let _ = output::structured(format, &ErrorView { error });
        }
        let style = anstyle::AnsiColor::Red.on_default().bold();
        say(&format!("{style}error{style:#}: {}", self.message));
        for (number, cause) in self.causes.iter().enumerate() {
            say(&format!("  {}: {cause}", number + 1));
        }
        if let Some(hint) = &self.hint {
            let style = anstyle::AnsiColor::Cyan.on_default().bold();
            say(&format!("{style}hint{style:#}: {hint}"));
        }
    }
}
