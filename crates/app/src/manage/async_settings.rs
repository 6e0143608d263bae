//! Manages asynchronous invocation settings.

use super::{
    change::{ChangeContext, ChangeOutcome, Inspection, apply},
    list::{ListResult, PageLimits, list_pages},
    show_function::no_part,
};
use crate::AppError;
use lamplight_domain::{AsyncSettings, DescribedAsyncSettings, FunctionRef};
use lamplight_ports::{Connection, Effect, QualifiedFunction};
use std::ops::ControlFlow;

/// The maximum page size.
const LARGEST_PAGE: u32 = 50;

/// Describes the settings. If nothing is set, the result is an error.
pub async fn show_async_settings(
    connection: &Connection,
    subject: &QualifiedFunction,
) -> Result<DescribedAsyncSettings, AppError> {
    match connection.management()?.async_invocations.get(subject).await? {
        Some(found) => Ok(found),
        None => Err(no_part(connection, subject, describe(subject)).await),
    }
}

/// Lists the settings of a function and its versions and aliases.
pub async fn list_async_settings(
    connection: &Connection,
    function: &FunctionRef,
    limits: &PageLimits,
    on_page: &mut (dyn FnMut(Vec<DescribedAsyncSettings>) -> ControlFlow<()> + Send),
) -> Result<ListResult, AppError> {
    let fetch = |marker, page_size| async move {
        let page = connection.management()?.async_invocations.list(function, marker, page_size).await?;
        Ok((page.items, page.next_marker))
    };
    list_pages(limits, LARGEST_PAGE, fetch, on_page).await
}

/// Changes the settings. With `whole`, settings that are not given are set to the provider's default. Otherwise they
/// keep their value, and it is an error if nothing is set yet.
///
/// # Guarantees
/// - If the settings already are as requested, nothing is sent and the outcome is [`ChangeOutcome::Unchanged`].
pub async fn set_async_settings(
    changing: &ChangeContext<'_>,
    subject: &QualifiedFunction,
    settings: &AsyncSettings,
    whole: bool,
) -> Result<ChangeOutcome<DescribedAsyncSettings>, AppError> {
    let async_invocations = &changing.connection.management()?.async_invocations;
    let found = async_invocations.get(subject).await?;
    let nothing_to_change = found.is_none() && !whole;
    let settings = match &found {
        Some(found) if !whole => &with_both_destinations(settings, &found.settings),
        _ => settings,
    };
    let defaults = changing.connection.platform.async_defaults();
    let as_requested = |found: &DescribedAsyncSettings| {
        matches_request(settings, &found.settings, whole.then_some(&defaults))
    };
    if let Some(found) = found.as_ref().filter(|found| as_requested(found)) {
        return Ok(ChangeOutcome::Unchanged(found.clone()));
    }
    let inspect = || async {
        Ok(match async_invocations.get(subject).await? {
            Some(now) if as_requested(&now) => Inspection::AsRequested(now),
            now => Inspection::not_as_requested(now == found),
        })
    };
    let send = || async {
        if whole {
            async_invocations.put(subject, settings, changing.effect).await
        } else {
            async_invocations.update(subject, settings, changing.effect).await
        }
    };
    match apply(changing, &describe(subject), send, inspect).await {
        // Nothing was set before and nothing is set now, so the request changed nothing, even though its answer was
        // lost.
        Err(AppError::ChangeUnknown { .. })
            if nothing_to_change && async_invocations.get(subject).await?.is_none() =>
        {
            Err(no_part(changing.connection, subject, describe(subject)).await)
        }
        other => other,
    }
}

/// Deletes the settings, which restores the provider's defaults. If nothing is set, the result is an error.
pub async fn reset_async_settings(
    changing: &ChangeContext<'_>,
    subject: &QualifiedFunction,
) -> Result<ChangeOutcome<()>, AppError> {
    let async_invocations = &changing.connection.management()?.async_invocations;
    let before = match changing.effect {
        Effect::Make => Some(show_async_settings(changing.connection, subject).await?),
        Effect::Show { .. } => None,
    };
    let inspect = || async {
        let found = async_invocations.get(subject).await?;
        Ok(if found.is_none() {
            Inspection::AsRequested(())
        } else {
            Inspection::not_as_requested(found == before)
        })
    };
    apply(changing, &describe(subject), || async_invocations.delete(subject, changing.effect), inspect).await
}

/// Adds the existing destination if only the other one changes. Providers may replace both at once, which would remove
/// the one that is not given.
fn with_both_destinations(asked: &AsyncSettings, found: &AsyncSettings) -> AsyncSettings {
    let mut both = asked.clone();
    if both.on_success.is_some() || both.on_failure.is_some() {
        both.on_success = both.on_success.or_else(|| found.on_success.clone());
        both.on_failure = both.on_failure.or_else(|| found.on_failure.clone());
    }
    both
}

/// Whether the existing settings are as requested. With `defaults`, settings that are not requested must have their
/// default value; a provider may report a default or leave it out. Without `defaults` they are ignored.
fn matches_request(asked: &AsyncSettings, found: &AsyncSettings, defaults: Option<&AsyncSettings>) -> bool {
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

fn describe(subject: &QualifiedFunction) -> String {
    let of = match &subject.qualifier {
        Some(qualifier) => format!("{qualifier} of function {}", subject.function.name),
        None => format!("function {}", subject.function.name),
    };
    format!("asynchronous invocation settings of {of}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_omitted_default_equals_a_written_one() {
        let defaults =
            AsyncSettings { max_retries: Some(2), max_age_seconds: Some(600), ..AsyncSettings::default() };
        let asked = AsyncSettings { max_retries: Some(1), ..AsyncSettings::default() };
        let written = AsyncSettings { max_age_seconds: Some(600), ..asked.clone() };
        let other = AsyncSettings { max_age_seconds: Some(60), ..asked.clone() };
        let failing = AsyncSettings { on_failure: Some("there".to_owned()), ..asked.clone() };
        for (found, whole) in [(&asked, true), (&written, true), (&other, false), (&failing, false)] {
            assert_eq!(matches_request(&asked, found, Some(&defaults)), whole, "{found:?}");
            assert!(matches_request(&asked, found, None), "{found:?}");
        }
        assert!(matches_request(&defaults, &AsyncSettings::default(), Some(&defaults)));
        assert!(!matches_request(&defaults, &AsyncSettings::default(), None));
    }

    #[test]
    fn an_update_of_one_destination_keeps_the_other() {
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
