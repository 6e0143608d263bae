//! Shows progress to a person.

use crate::{hints::word_hint, output::Output};
use indicatif::{ProgressBar, ProgressStyle};
use lamplight_app::{ProgressObserver, RunProgress};
use lamplight_ports::{LongerWait, UploadWatch};
use lamplight_views::one_line;
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

/// Shows what a use case is doing: on a terminal every step, elsewhere only what is unusual.
#[derive(Debug)]
pub struct Display {
    output: Output,
    bar: OnceLock<ProgressBar>,
}

impl Display {
    /// Shows nothing yet.
    pub fn new(output: Output) -> Self {
        Self { output, bar: OnceLock::new() }
    }

    /// Removes the line.
    pub fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }

    /// Replaces the line shown.
    fn show(&self, line: impl FnOnce() -> String) {
        if self.output.stderr_is_terminal && !self.output.quiet {
            self.bar.get_or_init(spinner).set_message(one_line(&line()));
        }
    }
}

impl ProgressObserver for Display {
    fn observe(&self, progress: &RunProgress<'_>) {
        match progress {
            RunProgress::Calling { run, attempt: 1 } => {
                self.show(|| format!("{} running", run.function_name()));
            }
            RunProgress::Calling { run, attempt } => {
                self.show(|| format!("{} running, attempt {attempt}", run.function_name()));
            }
            RunProgress::Waiting { attempt, wait, reason, .. }
                if !self.output.stderr_is_terminal && !self.output.quiet =>
            {
                self.output.note(&format!(
                    "attempt {attempt} did not start the function ({reason}); the next attempt is in {:.1} s",
                    wait.as_secs_f64()
                ));
            }
            RunProgress::Waiting { run, wait, reason, .. } => {
                self.show(|| {
                    format!("{} waiting {:.1} s: {reason}", run.function_name(), wait.as_secs_f64())
                });
            }
            RunProgress::WaitingLonger { run, why } => self.output.warn(&match why {
                LongerWait::LimitRaised { limit } => format!(
                    "the known time limit of {} has passed; it is now {} s, so its answer is waited for",
                    run.function_name(),
                    limit.as_secs()
                ),
                LongerWait::LimitUnknown { longest } => format!(
                    "the known time limit of {} has passed, and the current one cannot be read; its answer is waited for at \
                     most {} s, the longest time limit of a function",
                    run.function_name(),
                    longest.as_secs()
                ),
            }),
            RunProgress::StoreLocked { patience } => self.output.note(&format!(
                "another process has locked the store; waiting for at most {} minutes",
                patience.as_secs().div_ceil(60)
            )),
            RunProgress::Ended(_) => {}
            RunProgress::Paused { reason, hint, patience } => {
                let minutes = patience.as_secs().div_ceil(60);
                self.output.warn(&format!("paused for at most {minutes} minutes: {reason}"));
                if let Some(hint) = hint {
                    self.output.note(&format!("hint: {}", word_hint(hint)));
                }
            }
            RunProgress::Resumed => self.output.note("the credentials are valid again; continuing"),
            RunProgress::Checking(name) => {
                tracing::debug!(check = name.as_str(), "check started");
                self.show(|| format!("checking {}", name.as_str()));
            }
            RunProgress::Checked(check) => tracing::debug!(check = check.name.as_str(), "check finished"),
            RunProgress::NotReady(function) => self.show(|| {
                let state = function.state.as_deref().unwrap_or("not ready");
                let update = function.update_status.as_deref().map(|status| format!(", update {status}"));
                format!("{} {state}{}", function.name, update.unwrap_or_default())
            }),
        }
    }
}

/// Shows the progress of an upload on a terminal.
#[derive(Debug, Clone)]
pub struct UploadBar {
    output: Output,
    bar: Arc<OnceLock<ProgressBar>>,
}

impl UploadBar {
    /// Shows nothing yet.
    pub fn new(output: Output) -> Self {
        Self { output, bar: Arc::default() }
    }

    /// Removes the line.
    pub fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

impl UploadWatch for UploadBar {
    fn sent(&self, sent: u64, of: u64) {
        if self.output.quiet || !self.output.stderr_is_terminal {
            return;
        }
        let bar = self.bar.get_or_init(|| {
            let bar = ProgressBar::new(of);
            if let Ok(style) =
                ProgressStyle::with_template("uploading {bar:30} {bytes} of {total_bytes} {eta}")
            {
                bar.set_style(style);
            }
            bar
        });
        bar.set_position(sent);
    }
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}
