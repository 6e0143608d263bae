//! What a person sees while a run is under way.

use crate::{hints::worded, output::Output};
use indicatif::{ProgressBar, ProgressStyle};
use lamplight_app::manage::WaitObserver;
use lamplight_app::{PauseObserver, Progress, Step};
use lamplight_domain::{Function, Hint, Run};
use lamplight_ports::UploadWatch;
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

/// Shows state and elapsed time on a terminal, and elsewhere only what is out of the ordinary.
#[derive(Debug)]
pub struct RunProgress {
    output: Output,
    bar: OnceLock<ProgressBar>,
}

impl RunProgress {
    /// Shows nothing yet.
    pub fn new(output: Output) -> Self {
        Self { output, bar: OnceLock::new() }
    }

    /// Takes the display away.
    pub fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }

    fn bar(&self) -> &ProgressBar {
        self.bar.get_or_init(spinner)
    }
}

impl Progress for RunProgress {
    fn step(&self, run: &Run, step: Step) {
        if self.output.quiet {
            return;
        }
        let name = &run.function.name;
        match (&step, self.output.stderr_is_terminal) {
            (Step::Calling { attempt: 1 }, true) => self.bar().set_message(format!("{name} running")),
            (Step::Calling { attempt }, true) => {
                self.bar().set_message(format!("{name} running, attempt {attempt}"));
            }
            (Step::Waiting { wait, reason, .. }, true) => {
                self.bar().set_message(format!("{name} waiting {:.1} s: {reason}", wait.as_secs_f64()));
            }
            (Step::Calling { .. }, false) => {}
            (Step::Waiting { attempt, wait, reason }, false) => self.output.note(&format!(
                "attempt {attempt} did not start the function ({reason}); the next one in {:.1} s",
                wait.as_secs_f64()
            )),
        }
    }
}

/// Tells a person that a long work waits for credentials.
#[derive(Debug)]
pub struct PauseNotes {
    output: Output,
}

impl PauseNotes {
    /// Notes on the process's own stream.
    pub fn new(output: Output) -> Self {
        Self { output }
    }
}

impl PauseObserver for PauseNotes {
    fn paused(&self, reason: &str, hint: Option<&Hint>, patience: Duration) {
        let minutes = patience.as_secs().div_ceil(60);
        self.output.warn(&format!("paused for at most {minutes} minutes: {reason}"));
        if let Some(hint) = hint {
            self.output.note(&format!("hint: {}", worded(hint)));
        }
    }

    fn resumed(&self) {
        self.output.note("the credentials are good again; going on");
    }
}

/// Shows on a terminal how much of an upload has left.
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

    /// Takes the display away.
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

/// Shows on a terminal what a function that is waited for is doing.
#[derive(Debug)]
pub struct WaitNotes {
    output: Output,
    bar: OnceLock<ProgressBar>,
}

impl WaitNotes {
    /// Shows nothing yet.
    pub fn new(output: Output) -> Self {
        Self { output, bar: OnceLock::new() }
    }

    /// Takes the display away.
    pub fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

impl WaitObserver for WaitNotes {
    fn looked(&self, function: &Function) {
        if self.output.quiet || !self.output.stderr_is_terminal {
            return;
        }
        let bar = self.bar.get_or_init(spinner);
        let state = function.state.as_deref().unwrap_or("not ready");
        let update = function.update_status.as_deref().map(|status| format!(", update {status}"));
        bar.set_message(format!("{} {state}{}", function.name, update.unwrap_or_default()));
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
