//! What the managing verbs share: asking for confirmation, making a change, and reporting its result.

use crate::{
    ExitCode,
    args::{ChangeArgs, ConfirmArgs, PageArgs, RemovalArgs},
    failure::Failure,
    interrupt, output, render,
    wiring::Wiring,
};
use lamplight_app::{
    AppError,
    manage::{ChangeContext, ChangeOutcome, PageLimits},
};
use lamplight_domain::{ErrorCode, PermissionPolicy, PermissionStatement, RetryPolicy};
use lamplight_ports::{Connection, Connector, Effect};
use lamplight_system_adapter::{SystemIds, TokioSleeper};
use lamplight_views::{ChangeView, ChangeWord, PermissionView, PolicyView, PreviewView, one_line};
use serde::Serialize;

/// The most attempts for a change that provably was not made.
const ATTEMPTS: u32 = 4;

/// The hint of a change that was not confirmed.
const SHOW_FIRST: &str = "--dry-run shows what would be sent";

/// A connection, and what changes on it need.
#[derive(Debug)]
pub struct Manager {
    /// The connection.
    pub connection: Connection,
    ids: SystemIds,
    effect: Effect,
    yes: bool,
}

impl Manager {
    /// Opens the connection that was named, to make changes.
    pub async fn open(wiring: &Wiring) -> Result<Self, Failure> {
        let connection = wiring.open(wiring.named_connection()?.as_ref()).await?;
        Ok(Self { connection, ids: SystemIds, effect: Effect::Make, yes: false })
    }

    /// Applies the options of a change.
    #[must_use]
    pub fn changing(mut self, change: impl Into<ChangeArgs>) -> Self {
        let change = change.into();
        self.yes = change.yes;
        if change.dry_run {
            self.effect = Effect::Show { secrets: change.show_secrets };
        }
        self
    }

    /// Applies the options of a removal, and asks for confirmation.
    pub fn removing(mut self, removal: RemovalArgs, what: &str, wiring: &Wiring) -> Result<Self, Failure> {
        if removal.dry_run {
            self.effect = Effect::Show { secrets: false };
        } else {
            confirm(removal.confirm, what, Some(SHOW_FIRST), wiring)?;
        }
        Ok(self)
    }

    /// Whether changes are made, and not only shown.
    pub fn makes_changes(&self) -> bool {
        self.effect == Effect::Make
    }

    /// Asks for confirmation if a change removes something besides what it sets. A dry run only shows it.
    pub fn confirm_removals(&self, what: &str, removed: &[String], wiring: &Wiring) -> Result<(), Failure> {
        if removed.is_empty() || !self.makes_changes() {
            return Ok(());
        }
        let removed = one_line(&removed.join(", "));
        if self.yes {
            wiring.output.note(&format!("this removes: {removed}"));
        }
        let question = format!("{what} and remove {removed}");
        confirm(ConfirmArgs { yes: self.yes }, &question, Some(SHOW_FIRST), wiring)
    }

    /// What a change needs.
    pub fn tools(&self) -> Result<ChangeContext<'_>, Failure> {
        let retries = RetryPolicy::new(ATTEMPTS)
            .map_err(|error| Failure::usage(ErrorCode::InvalidSetting, error.to_string()))?;
        let (connection, ids, effect) = (&self.connection, &self.ids, self.effect);
        Ok(ChangeContext { connection, sleeper: &TokioSleeper, ids, effect, retries })
    }

    /// Completes a change. If the process is asked to stop meanwhile, the failure says that the change may have been made.
    pub async fn complete<T>(
        &self,
        change: impl Future<Output = Result<ChangeOutcome<T>, AppError>>,
    ) -> Result<ChangeOutcome<T>, Failure> {
        let stopped = interrupt::install_signal_handlers();
        tokio::select! {
            biased;
            // Unboxed, the future of every verb would be as large as the largest change.
            settled = Box::pin(change) => Ok(settled?),
            () = stopped.cancelled() => {
                let message = match self.effect {
                    Effect::Make => "stopped before an answer came: the change may have been made",
                    Effect::Show { .. } => "stopped; nothing was changed",
                };
                Err(interrupted(message).with_hint("check the current state before you retry"))
            }
        }
    }
}

/// The failure of a command that was asked to stop.
pub fn interrupted(message: &str) -> Failure {
    Failure { exit_code: ExitCode::Interrupted, ..Failure::usage(ErrorCode::Interrupted, message) }
}

/// Asks for confirmation, unless it was given; fails without a terminal.
pub fn confirm(given: ConfirmArgs, what: &str, hint: Option<&str>, wiring: &Wiring) -> Result<(), Failure> {
    if given.yes {
        return Ok(());
    }
    if !wiring.output.can_ask {
        let message = format!("{what} needs --yes: there is no terminal to ask for confirmation");
        return Err(Failure {
            hint: hint.map(str::to_owned),
            ..Failure::usage(ErrorCode::NotConfirmed, message)
        });
    }
    match inquire::Confirm::new(&one_line(&format!("{what}?"))).with_default(false).prompt() {
        Ok(true) => Ok(()),
        Ok(false) | Err(inquire::InquireError::OperationCanceled) => Err(Failure {
            exit_code: ExitCode::Unexpected,
            ..Failure::usage(ErrorCode::NotConfirmed, "nothing was changed")
        }),
        Err(inquire::InquireError::OperationInterrupted) => Err(Failure {
            exit_code: ExitCode::Interrupted,
            ..Failure::usage(ErrorCode::NotConfirmed, "nothing was changed")
        }),
        Err(error) => {
            Err(Failure::usage(ErrorCode::NotConfirmed, format!("could not ask for confirmation: {error}")))
        }
    }
}

/// The part of a listing that the options ask for.
pub fn limits(page: &PageArgs) -> PageLimits {
    PageLimits { marker: page.marker.clone(), page_size: page.page_size, max_items: page.max_items }
}

/// The note that reports a change.
#[derive(Debug, Clone, Copy)]
pub struct ChangeNote<'a> {
    /// The thing, such as `function adder`.
    thing: &'a str,
    /// What was done, such as `created`.
    done: &'a str,
    /// How it is described if there was nothing to change, such as `does not exist`.
    already: &'a str,
    /// How it is described if the answer was lost and the change was found by reading.
    found: &'a str,
    /// What the change removes besides what it sets.
    removed: &'a [String],
}

impl<'a> ChangeNote<'a> {
    /// For a change that creates or updates something.
    pub fn of_change(thing: &'a str, done: &'a str, already: &'a str) -> Self {
        Self { thing, done, already, found: "is as requested", removed: &[] }
    }

    /// For a change that removes something.
    pub fn of_removal(thing: &'a str, done: &'a str) -> Self {
        Self { thing, done, already: "does not exist", found: "is not there", removed: &[] }
    }

    /// The same note for a change that also removes something.
    #[must_use]
    pub fn removing(self, removed: &'a [String]) -> Self {
        Self { removed, ..self }
    }
}

/// Reports the result of a change; `json` renders the thing for programs, `text` for people.
pub fn report_change<'a, T, J: Serialize>(
    change: &'a ChangeOutcome<T>,
    words: ChangeNote<'_>,
    wiring: &Wiring,
    json: impl FnOnce(&'a T) -> J,
    text: impl FnOnce(&T) -> Option<String>,
) -> Result<ExitCode, Failure> {
    let ChangeNote { thing: name, done, already, found, removed } = words;
    let (thing, outcome, note) = match change {
        ChangeOutcome::Made(thing) => (thing, ChangeWord::Made, format!("{name} {done}")),
        ChangeOutcome::Found(thing) => (thing, ChangeWord::Found, format!("{name} {found}")),
        ChangeOutcome::Unchanged(thing) => {
            (thing, ChangeWord::Unchanged, format!("{name} {already}; nothing was changed"))
        }
        ChangeOutcome::Shown(preview) => {
            if wiring.json() {
                wiring.write(&PreviewView::new(preview, removed))?;
            } else {
                output::line(&render::preview_text(preview))?;
            }
            if !removed.is_empty() {
                wiring.output.note(&format!("this removes: {}", one_line(&removed.join(", "))));
            }
            wiring.output.note("dry run: nothing was sent");
            return Ok(ExitCode::Success);
        }
    };
    if wiring.json() {
        wiring.write(&ChangeView { outcome, thing: json(thing) })?;
    } else if let Some(text) = text(thing) {
        output::line(&text)?;
    }
    wiring.output.note(&note);
    if matches!(change, ChangeOutcome::Found(_)) {
        wiring.output.warn("the answer was lost: the current state shows this, and may have done so before");
    }
    Ok(ExitCode::Success)
}

/// Reports the result of adding a statement.
pub fn report_statement(
    change: &ChangeOutcome<PermissionStatement>,
    thing: &str,
    wiring: &Wiring,
) -> Result<ExitCode, Failure> {
    let words = ChangeNote::of_change(thing, "added", "already exists with the same content");
    let text =
        |statement: &PermissionStatement| Some(render::statements_table(std::slice::from_ref(statement)));
    report_change(change, words, wiring, PermissionView::from, text)
}

/// Shows a policy: for people as a table of its statements, for programs the whole document.
pub fn show_policy(policy: &PermissionPolicy, wiring: &Wiring) -> Result<ExitCode, Failure> {
    if wiring.json() {
        wiring.write(&PolicyView::from(policy))?;
        return Ok(ExitCode::Success);
    }
    output::line(&render::statements_table(&policy.statements))?;
    if !policy.others.is_empty() {
        wiring.output.note(&format!(
            "{} more not shown in these columns ({}): --output json shows the whole policy",
            policy.others.len(),
            policy.others.join(", ")
        ));
    }
    if let Some(revision) = &policy.revision {
        wiring.output.note(&format!("revision id {revision}"));
    }
    Ok(ExitCode::Success)
}
