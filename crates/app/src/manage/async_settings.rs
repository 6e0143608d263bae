//! Keeping what becomes of a function's queued calls.

use super::{
    change::{Changing, Outcome, Seen, make},
    list::{Listed, PageLimits, walk},
};
use crate::AppError;
use lamplight_domain::{AsyncSettings, DescribedAsyncSettings, FunctionRef};
use lamplight_ports::{Connection, Effect, QualifiedFunction};
use std::ops::ControlFlow;

/// The largest page that may be asked for.
const LARGEST_PAGE: u32 = 50;

/// Describes what is set; where nothing is, that is not found.
pub async fn show_async_settings(
    connection: &Connection,
    subject: &QualifiedFunction,
) -> Result<DescribedAsyncSettings, AppError> {
    let found = connection.management()?.async_invocations.get(subject).await?;
    found.ok_or_else(|| nothing_set(connection, subject))
}

/// Lists what is set for a function and its versions and aliases.
pub async fn list_async_settings(
    connection: &Connection,
    function: &FunctionRef,
    limits: &PageLimits,
    on_page: &mut (dyn FnMut(Vec<DescribedAsyncSettings>) -> ControlFlow<()> + Send),
) -> Result<Listed, AppError> {
    let fetch = |marker, page_size| async move {
        let page = connection.management()?.async_invocations.list(function, marker, page_size).await?;
        Ok((page.items, page.next_marker))
    };
    walk(limits, LARGEST_PAGE, fetch, on_page).await
}

/// Sets what becomes of queued calls. With `whole`, what is not given takes the provider's default; without, it stays as
/// it is, and where nothing is set yet that is not found.
///
/// # Guarantees
/// - Where all that is given is so already and nothing else is to go, nothing is sent and the change says so.
pub async fn set_async_settings(
    changing: &Changing<'_>,
    subject: &QualifiedFunction,
    settings: &AsyncSettings,
    whole: bool,
) -> Result<Outcome<DescribedAsyncSettings>, AppError> {
    let async_invocations = &changing.connection.management()?.async_invocations;
    let found = async_invocations.get(subject).await?;
    let nothing_to_change = found.is_none() && !whole;
    let settings = match &found {
        Some(found) if !whole => &with_both_destinations(settings, &found.settings),
        _ => settings,
    };
    let defaults = changing.connection.platform.async_defaults();
    let as_asked =
        |found: &DescribedAsyncSettings| is_so(settings, &found.settings, whole.then_some(&defaults));
    if let Some(found) = found.as_ref().filter(|found| as_asked(found)) {
        return Ok(Outcome::Unchanged(found.clone()));
    }
    let look = || async {
        Ok(match async_invocations.get(subject).await? {
            Some(now) if as_asked(&now) => Seen::AsAsked(now),
            now => Seen::not_as_asked(now == found),
        })
    };
    let send = || async {
        if whole {
            async_invocations.put(subject, settings, changing.effect).await
        } else {
            async_invocations.update(subject, settings, changing.effect).await
        }
    };
    match make(changing, &described(subject), send, look).await {
        // Nothing was there before and nothing is there now: whatever became of the request, it changed nothing.
        Err(AppError::ChangeUnknown { .. })
            if nothing_to_change && async_invocations.get(subject).await?.is_none() =>
        {
            Err(nothing_set(changing.connection, subject))
        }
        settled => settled,
    }
}

/// Goes back to the provider's defaults; where nothing is set, that is not found.
pub async fn reset_async_settings(
    changing: &Changing<'_>,
    subject: &QualifiedFunction,
) -> Result<Outcome<()>, AppError> {
    let async_invocations = &changing.connection.management()?.async_invocations;
    let before = match changing.effect {
        Effect::Make => Some(show_async_settings(changing.connection, subject).await?),
        Effect::Show { .. } => None,
    };
    let look = || async {
        let found = async_invocations.get(subject).await?;
        Ok(if found.is_none() { Seen::AsAsked(()) } else { Seen::not_as_asked(found == before) })
    };
    make(changing, &described(subject), || async_invocations.delete(subject, changing.effect), look).await
}

/// Both destinations are told where one changes: providers may take them as one thing, and none may be lost.
fn with_both_destinations(asked: &AsyncSettings, found: &AsyncSettings) -> AsyncSettings {
    let mut both = asked.clone();
    if both.on_success.is_some() || both.on_failure.is_some() {
        both.on_success = both.on_success.or_else(|| found.on_success.clone());
        both.on_failure = both.on_failure.or_else(|| found.on_failure.clone());
    }
    both
}

/// Whether what is found is what is asked for; what is not asked for takes its default, or is as it is where there are
/// no `defaults`. A provider may write a default out or leave it away.
fn is_so(asked: &AsyncSettings, found: &AsyncSettings, defaults: Option<&AsyncSettings>) -> bool {
    let number = |of: fn(&AsyncSettings) -> Option<u32>| match (of(asked), defaults) {
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
            AsyncSettings { max_retries: Some(2), max_age_seconds: Some(600), ..AsyncSettings::default() };
        let asked = AsyncSettings { max_retries: Some(1), ..AsyncSettings::default() };
        let written = AsyncSettings { max_age_seconds: Some(600), ..asked.clone() };
        let other = AsyncSettings { max_age_seconds: Some(60), ..asked.clone() };
        let failing = AsyncSettings { on_failure: Some("there".to_owned()), ..asked.clone() };
        for (found, whole) in [(&asked, true), (&written, true), (&other, false), (&failing, false)] {
            assert_eq!(is_so(&asked, found, Some(&defaults)), whole, "{found:?}");
            assert!(is_so(&asked, found, None), "{found:?}");
        }
        assert!(is_so(&defaults, &AsyncSettings::default(), Some(&defaults)));
        assert!(!is_so(&defaults, &AsyncSettings::default(), None));
    }

    #[test]
    fn a_destination_that_is_not_given_is_kept_beside_one_that_is() {
        let text = |text: &str| Some(text.to_owned());
        let found = AsyncSettings { on_failure: text("failed"), ..AsyncSettings::default() };
        let asked = AsyncSettings { on_success: text("done"), ..AsyncSettings::default() };
        let both = with_both_destinations(&asked, &found);
        assert_eq!((both.on_success, both.on_failure), (text("done"), text("failed")));
        let taken = AsyncSettings { on_failure: text(""), ..AsyncSettings::default() };
        assert_eq!(with_both_destinations(&taken, &found), taken);
        let asked = AsyncSettings { max_retries: Some(1), ..AsyncSettings::default() };
        assert_eq!(with_both_destinations(&asked, &found), asked);
    }
}
