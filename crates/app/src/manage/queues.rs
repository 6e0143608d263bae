//! Keeping what becomes of a function's queued calls.

use super::{
    change::{Changing, Outcome, Seen, make},
    list::{Limits, Listed, walk},
};
use crate::AppError;
use lamplight_domain::{DescribedQueue, FunctionRef, QueueSettings};
use lamplight_ports::{Connection, Effect, QualifiedFunction};
use std::ops::ControlFlow;

/// The largest page that may be asked for.
const LARGEST_PAGE: u32 = 50;

/// Describes what is set; where nothing is, that is not found.
pub async fn show_queue(
    connection: &Connection,
    subject: &QualifiedFunction,
) -> Result<DescribedQueue, AppError> {
    let found = connection.management.queues.get(subject).await?;
    found.ok_or_else(|| nothing_set(connection, subject))
}

/// Lists what is set for a function and its versions and aliases.
pub async fn list_queues(
    connection: &Connection,
    function: &FunctionRef,
    limits: &Limits,
    on_page: &mut (dyn FnMut(Vec<DescribedQueue>) -> ControlFlow<()> + Send),
) -> Result<Listed, AppError> {
    let fetch = |marker, page_size| async move {
        let page = connection.management.queues.list(function, marker, page_size).await?;
        Ok((page.items, page.next_marker))
    };
    walk(limits, LARGEST_PAGE, fetch, on_page).await
}

/// Sets what becomes of queued calls. With `whole`, what is not given takes the provider's default; without, it stays as
/// it is, and where nothing is set yet that is not found.
///
/// # Guarantees
/// - Where all that is given is so already and nothing else is to go, nothing is sent and the change says so.
pub async fn set_queue(
    changing: &Changing<'_>,
    subject: &QualifiedFunction,
    settings: &QueueSettings,
    whole: bool,
) -> Result<Outcome<DescribedQueue>, AppError> {
    let queues = &changing.connection.management.queues;
    let found = queues.get(subject).await?;
    let nothing_to_change = found.is_none() && !whole;
    let settings = match &found {
        Some(found) if !whole => &with_both_destinations(settings, &found.settings),
        _ => settings,
    };
    let defaults = changing.connection.platform.queue_defaults();
    let as_asked = |found: &DescribedQueue| is_so(settings, &found.settings, whole.then_some(&defaults));
    if let Some(found) = found.as_ref().filter(|found| as_asked(found)) {
        return Ok(Outcome::Unchanged(found.clone()));
    }
    let look = || async {
        Ok(match queues.get(subject).await? {
            Some(now) if as_asked(&now) => Seen::AsAsked(now),
            now => Seen::not_as_asked(now == found),
        })
    };
    let send = || async {
        if whole {
            queues.put(subject, settings, changing.effect).await
        } else {
            queues.update(subject, settings, changing.effect).await
        }
    };
    match make(changing, &described(subject), send, look).await {
        // Nothing was there before and nothing is there now: whatever became of the request, it changed nothing.
        Err(AppError::ChangeUnknown { .. }) if nothing_to_change && queues.get(subject).await?.is_none() => {
            Err(nothing_set(changing.connection, subject))
        }
        settled => settled,
    }
}

/// Goes back to the provider's defaults; where nothing is set, that is not found.
pub async fn reset_queue(
    changing: &Changing<'_>,
    subject: &QualifiedFunction,
) -> Result<Outcome<()>, AppError> {
    let queues = &changing.connection.management.queues;
    let before = match changing.effect {
        Effect::Make => Some(show_queue(changing.connection, subject).await?),
        Effect::Show { .. } => None,
    };
    let look = || async {
        let found = queues.get(subject).await?;
        Ok(if found.is_none() { Seen::AsAsked(()) } else { Seen::not_as_asked(found == before) })
    };
    make(changing, &described(subject), || queues.delete(subject, changing.effect), look).await
}

/// Both destinations are told where one changes: providers may take them as one thing, and none may be lost.
fn with_both_destinations(asked: &QueueSettings, found: &QueueSettings) -> QueueSettings {
    let mut both = asked.clone();
    if both.on_success.is_some() || both.on_failure.is_some() {
        both.on_success = both.on_success.or_else(|| found.on_success.clone());
        both.on_failure = both.on_failure.or_else(|| found.on_failure.clone());
    }
    both
}

/// Whether what is found is what is asked for; what is not asked for takes its default, or is as it is where there are
/// no `defaults`. A provider may write a default out or leave it away.
fn is_so(asked: &QueueSettings, found: &QueueSettings, defaults: Option<&QueueSettings>) -> bool {
    let number = |of: fn(&QueueSettings) -> Option<u32>| match (of(asked), defaults) {
        (None, None) => true,
        (None, Some(defaults)) => of(found).is_none() || of(found) == of(defaults),
        (Some(asked), defaults) => of(found).or_else(|| defaults.and_then(of)) == Some(asked),
    };
    let text = |asked: &Option<String>, found: &Option<String>| match asked {
        Some(asked) => asked.as_str() == found.as_deref().unwrap_or_default(),
        None => defaults.is_none() || found.as_deref().unwrap_or_default().is_empty(),
    };
    number(|settings| settings.max_retries)
        && number(|settings| settings.max_age_seconds)
        && text(&asked.on_success, &found.on_success)
        && text(&asked.on_failure, &found.on_failure)
}

fn nothing_set(connection: &Connection, subject: &QualifiedFunction) -> AppError {
    AppError::ThingNotFound { thing: described(subject), connection: connection.name.to_string() }
}

fn described(subject: &QualifiedFunction) -> String {
    let of = match &subject.qualifier {
        Some(qualifier) => format!("{qualifier} of function {}", subject.function.name),
        None => format!("function {}", subject.function.name),
    };
    format!("asynchronous configuration of {of}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_is_the_same_whether_it_is_written_out_or_not() {
        let defaults =
            QueueSettings { max_retries: Some(2), max_age_seconds: Some(600), ..QueueSettings::default() };
        let asked = QueueSettings { max_retries: Some(1), ..QueueSettings::default() };
        let written = QueueSettings { max_age_seconds: Some(600), ..asked.clone() };
        let other = QueueSettings { max_age_seconds: Some(60), ..asked.clone() };
        let failing = QueueSettings { on_failure: Some("there".to_owned()), ..asked.clone() };
        for (found, whole) in [(&asked, true), (&written, true), (&other, false), (&failing, false)] {
            assert_eq!(is_so(&asked, found, Some(&defaults)), whole, "{found:?}");
            assert!(is_so(&asked, found, None), "{found:?}");
        }
        assert!(is_so(&defaults, &QueueSettings::default(), Some(&defaults)));
        assert!(!is_so(&defaults, &QueueSettings::default(), None));
    }

    #[test]
    fn a_destination_that_is_not_given_is_kept_beside_one_that_is() {
        let text = |text: &str| Some(text.to_owned());
        let found = QueueSettings { on_failure: text("failed"), ..QueueSettings::default() };
        let asked = QueueSettings { on_success: text("done"), ..QueueSettings::default() };
        let both = with_both_destinations(&asked, &found);
        assert_eq!((both.on_success, both.on_failure), (text("done"), text("failed")));
        let taken = QueueSettings { on_failure: text(""), ..QueueSettings::default() };
        assert_eq!(with_both_destinations(&taken, &found), taken);
        let asked = QueueSettings { max_retries: Some(1), ..QueueSettings::default() };
        assert_eq!(with_both_destinations(&asked, &found), asked);
    }
}
