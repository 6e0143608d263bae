//! What verbs of managing share: asking first, making a change, and saying what it came to.

use crate::{
    ExitCode,
    args::{ChangeArgs, PageArgs, RemovalArgs},
    failure::Failure,
    interrupt, output, render,
    wiring::Wiring,
};
use lamplight_app::{
    AppError,
    manage::{Changing, Outcome, PageLimits},
};
use lamplight_domain::{ErrorCode, PermissionPolicy, PermissionStatement, RetryPolicy};
use lamplight_ports::{Connection, Connector, Effect};
use lamplight_system_adapter::{SystemIds, TokioSleeper};
use lamplight_views::{ChangeView, ChangeWord, PermissionView, PolicyView, PreviewView};
use serde::Serialize;

/// How often a change is asked for that provably was not made.
const ATTEMPTS: u32 = 4;

/// A connection, and what making changes on it needs.
#[derive(Debug)]
pub struct Manager {
    /// The connection.
    pub connection: Connection,
    ids: SystemIds,
    effect: Effect,
}

impl Manager {
    /// On the connection that was named, making changes.
    pub async fn open(wiring: &Wiring) -> Result<Self, Failure> {
        let connection = wiring.open(wiring.named_connection()?.as_ref()).await?;
        Ok(Self { connection, ids: SystemIds, effect: Effect::Make })
    }

    /// The same, as the options of a change say.
    #[must_use]
    pub fn changing(mut self, change: impl Into<ChangeArgs>) -> Self {
        let change = change.into();
        if change.dry_run {
            self.effect = Effect::Show { secrets: change.show_secrets };
        }
        self
    }

    /// The same, as the options of a removal say, once whoever is asked has agreed to it.
    pub fn removing(mut self, removal: RemovalArgs, what: &str, wiring: &Wiring) -> Result<Self, Failure> {
        if removal.dry_run {
            self.effect = Effect::Show { secrets: false };
        } else if !removal.yes {
            agreed(what, wiring)?;
        }
        Ok(self)
    }

    /// What a change needs.
    pub fn tools(&self) -> Result<Changing<'_>, Failure> {
        let retries = RetryPolicy::new(ATTEMPTS)
            .map_err(|error| Failure::usage(ErrorCode::InvalidSetting, error.to_string()))?;
        let (connection, ids, effect) = (&self.connection, &self.ids, self.effect);
        Ok(Changing { connection, sleeper: &TokioSleeper, ids, effect, retries })
    }

    /// What a change came to, unless the process is asked to stop meanwhile: that is said, for the change may be under
    /// way.
    pub async fn settled<T>(
        &self,
        change: impl Future<Output = Result<Outcome<T>, AppError>>,
    ) -> Result<Outcome<T>, Failure> {
        let stopped = interrupt::heard();
        tokio::select! {
            biased;
            // Every verb's future would be as large as the largest change.
            settled = Box::pin(change) => Ok(settled?),
            () = stopped.cancelled() => {
                let message = match self.effect {
                    Effect::Make => "stopped before an answer came: the change may have been made",
                    Effect::Show { .. } => "stopped; nothing was changed",
                };
                Err(interrupted(message).with_hint("look at what is there before asking again"))
            }
        }
    }
}

/// The failure of what the process was asked to stop.
pub fn interrupted(message: &str) -> Failure {
    Failure { exit_code: ExitCode::Interrupted, ..Failure::usage(ErrorCode::Interrupted, message) }
}

/// Asks, or fails where nobody can answer.
fn agreed(what: &str, wiring: &Wiring) -> Result<(), Failure> {
    if !wiring.output.can_ask {
        return Err(Failure::usage(
            ErrorCode::NotConfirmed,
            format!("{what} needs --yes where nobody can be asked"),
        )
        .with_hint("--dry-run shows what would be sent"));
    }
    match inquire::Confirm::new(&format!("{what}?")).with_default(false).prompt() {
        Ok(true) => Ok(()),
        Ok(false) | Err(inquire::InquireError::OperationCanceled) => Err(Failure {
            exit_code: ExitCode::Unexpected,
            ..Failure::usage(ErrorCode::NotConfirmed, "nothing was changed")
        }),
        Err(inquire::InquireError::OperationInterrupted) => Err(Failure {
            exit_code: ExitCode::Interrupted,
            ..Failure::usage(ErrorCode::NotConfirmed, "nothing was changed")
        }),
        Err(error) => Err(Failure::usage(ErrorCode::NotConfirmed, format!("nobody could be asked: {error}"))),
    }
}

/// How much of a listing the options ask for.
pub fn limits(page: &PageArgs) -> PageLimits {
    PageLimits { marker: page.marker.clone(), page_size: page.page_size, max_items: page.max_items }
}

/// The words of a change, for the note to the person.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// The thing, such as `function adder`.
    thing: &'a str,
    /// What was done, such as `created`.
    done: &'a str,
    /// What it is where nothing was to be done, such as `exists already`.
    already: &'a str,
    /// What it is where its answer was lost.
    found: &'a str,
}

impl<'a> Words<'a> {
    /// Of a change that makes something, or makes it otherwise.
    pub fn making(thing: &'a str, done: &'a str, already: &'a str) -> Self {
        Self { thing, done, already, found: "is as it was asked for" }
    }

    /// Of a change that takes something away.
    pub fn removing(thing: &'a str, done: &'a str) -> Self {
        Self { thing, done, already: "does not exist", found: "is not there" }
    }
}

/// Says what a change came to; `json` is what programs read of the thing, `text` what people do.
pub fn tell<'a, T, J: Serialize>(
    change: &'a Outcome<T>,
    words: Words<'_>,
    wiring: &Wiring,
    json: impl FnOnce(&'a T) -> J,
    text: impl FnOnce(&T) -> Option<String>,
) -> Result<ExitCode, Failure> {
    let Words { thing: name, done, already, found } = words;
    let (thing, outcome, note) = match change {
        Outcome::Made(thing) => (thing, ChangeWord::Made, format!("{name} {done}")),
        Outcome::Found(thing) => (thing, ChangeWord::Found, format!("{name} {found}")),
        Outcome::Unchanged(thing) => {
            (thing, ChangeWord::Unchanged, format!("{name} {already}; nothing was changed"))
        }
        Outcome::Shown(preview) => {
            if wiring.json() {
                wiring.write(&PreviewView::from(preview))?;
            } else {
                output::line(&render::preview_text(preview))?;
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
    if matches!(change, Outcome::Found(_)) {
        wiring.output.warn("the answer was lost: this was found by looking, and may have been so before");
    }
    Ok(ExitCode::Success)
}

/// Says what came of a statement that was to be added.
pub fn tell_statement(
    change: &Outcome<PermissionStatement>,
    thing: &str,
    wiring: &Wiring,
) -> Result<ExitCode, Failure> {
    let words = Words::making(thing, "added", "is there already and says the same");
    let text =
        |statement: &PermissionStatement| Some(render::statements_table(std::slice::from_ref(statement)));
    tell(change, words, wiring, PermissionView::from, text)
}

/// Shows a policy: its statements for people, all of it for programs.
pub fn show_policy(policy: &PermissionPolicy, wiring: &Wiring) -> Result<ExitCode, Failure> {
    if wiring.json() {
        wiring.write(&PolicyView::from(policy))?;
        return Ok(ExitCode::Success);
    }
    output::line(&render::statements_table(&policy.statements))?;
    if !policy.others.is_empty() {
        wiring.output.note(&format!(
            "{} more cannot be told in these columns ({}): --output json shows the whole policy",
            policy.others.len(),
            policy.others.join(", ")
        ));
    }
    if let Some(revision) = &policy.revision {
        wiring.output.note(&format!("revision id {revision}"));
    }
    Ok(ExitCode::Success)
}
