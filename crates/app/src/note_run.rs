//! Keeps a person's note on a run. It changes no state.

use crate::{AppError, RunName, show_run::find_run};
use lamplight_domain::{Actor, RunKey};
use lamplight_ports::{Clock, Note, RunHistory, RunStore};

/// Keeps a note on a run.
///
/// # Errors
/// `invalid_setting` if the text is empty or too long, and `run_not_found` if the store has no such run.
pub async fn note_run(
    runs: &dyn RunStore,
    history: &dyn RunHistory,
    clock: &dyn Clock,
    actor: &Actor,
    name: &RunName,
    text: &str,
) -> Result<(RunKey, Note), AppError> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > Note::LONGEST {
        return Err(AppError::Setting(format!("a note must have 1-{} characters", Note::LONGEST)));
    }
    let not_found = || AppError::RunNotFound { name: name.to_string() };
    let run = find_run(runs, name).await?.ok_or_else(not_found)?;
    let note = Note { by: actor.name().to_owned(), at: clock.now(), text: text.to_owned() };
    if !history.add_note(run.key(), &note).await? {
        return Err(not_found());
    }
    Ok((run.intent.key, note))
}
