//! What every adapter of [`AsyncInvocations`](lamplight_ports::AsyncInvocations) must do.

use crate::workbench::{
    Gap, SHOW, Workbench, check_texts, expect_made, expect_read, expect_refused, expect_shown, is_refused,
    subject,
};
use lamplight_domain::{AsyncSettings, DescribedAsyncSettings, FunctionRef};
use lamplight_ports::{Changed, Effect, PortErrorKind, QualifiedFunction};
use std::{collections::BTreeSet, sync::Arc};

/// Expands to one test per guarantee, run through `Arc<dyn AsyncInvocations>`, as callers hold the port. The argument
/// is an expression that creates a [`WorkbenchHarness`](crate::workbench::WorkbenchHarness); the crate needs `tokio`
/// with its macros as a dev-dependency.
#[macro_export]
macro_rules! async_invocations {
    ($harness:expr) => {
        $crate::async_invocations!(@each $harness;
            settings_are_described_as_requested,
            putting_replaces_all_settings,
            an_update_keeps_what_it_leaves_out,
            an_empty_text_removes_a_destination,
            versions_have_settings_of_their_own,
            deleting_removes_all_settings,
            reading_without_settings_gives_none,
            a_preview_changes_nothing,
            what_does_not_exist_is_not_found,
            settings_are_listed_in_pages,
        );
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test]
            async fn $guarantee() {
                $crate::workbench::check_guarantee(&$harness, $crate::async_invocations::$guarantee).await;
            }
        )*
    };
}

fn full(bench: &Workbench) -> AsyncSettings {
    AsyncSettings {
        max_retries: Some(1),
        max_age_seconds: Some(3600),
        on_success: Some(bench.destinations[0].clone()),
        on_failure: Some(bench.destinations[1].clone()),
    }
}

fn retries(max_retries: u32) -> AsyncSettings {
    AsyncSettings { max_retries: Some(max_retries), ..AsyncSettings::default() }
}

async fn put(
    bench: &Workbench,
    subject: &QualifiedFunction,
    settings: &AsyncSettings,
) -> DescribedAsyncSettings {
    expect_made(bench.management.async_invocations.put(subject, settings, Effect::Make).await)
}

async fn current(bench: &Workbench, subject: &QualifiedFunction) -> Option<DescribedAsyncSettings> {
    expect_read(bench.management.async_invocations.get(subject).await)
}

async fn walk(
    bench: &Workbench,
    function: &FunctionRef,
    page_size: Option<u32>,
) -> Vec<DescribedAsyncSettings> {
    let (mut found, mut marker) = (Vec::new(), None);
    // A listing that never ends must fail the test, not hang it.
    for _ in 0..100 {
        let page = expect_read(bench.management.async_invocations.list(function, marker, page_size).await);
        if let Some(size) = page_size {
            let fits = page.items.len() <= size as usize;
            assert!(fits || bench.lacks(Gap::AsyncSettingsPages), "{} in a page of {size}", page.items.len());
        }
        found.extend(page.items);
        marker = page.next_marker;
        if marker.is_none() {
            return found;
        }
    }
    panic!("the listing does not end");
}

/// The answer, a read and a listing all describe the settings as requested.
pub async fn settings_are_described_as_requested(bench: Arc<Workbench>) {
    let function = subject(&bench.function().await, None);
    let answer = put(&bench, &function, &full(&bench)).await;
    assert_eq!(answer.settings, full(&bench));
    assert!(answer.reference.contains(function.function.name.as_str()), "{answer:?}");
    assert_eq!(current(&bench, &function).await.map(|set| set.settings), Some(full(&bench)));
    if bench.lacks(Gap::AsyncSettingsListing) {
        let outcome = bench.management.async_invocations.list(&function.function, None, None).await;
        bench.expect(Gap::AsyncSettingsListing, outcome.is_ok(), &outcome);
        return;
    }
    let listed: Vec<_> = walk(&bench, &function.function, None).await;
    assert_eq!(listed.into_iter().map(|set| set.settings).collect::<Vec<_>>(), [full(&bench)]);
}

/// Putting replaces all settings: what is left out returns to the provider's default.
pub async fn putting_replaces_all_settings(bench: Arc<Workbench>) {
    let function = subject(&bench.function().await, None);
    put(&bench, &function, &full(&bench)).await;
    put(&bench, &function, &retries(0)).await;
    let found = current(&bench, &function).await.expect("settings exist").settings;
    let replaced = found.max_retries == Some(0)
        && found.max_age_seconds != Some(3600)
        && (&found.on_success, &found.on_failure) == (&None, &None);
    bench.expect(Gap::SecondPut, replaced, &found);
}

/// An update does not change what it leaves out.
pub async fn an_update_keeps_what_it_leaves_out(bench: Arc<Workbench>) {
    let function = subject(&bench.function().await, None);
    put(&bench, &function, &full(&bench)).await;
    let outcome = bench.management.async_invocations.update(&function, &retries(0), Effect::Make).await;
    let expected = AsyncSettings { max_retries: Some(0), ..full(&bench) };
    let found = current(&bench, &function).await.map(|set| set.settings);
    let answered = matches!(&outcome, Ok(Changed::Made(set)) if set.settings == expected);
    bench.expect(Gap::AsyncSettingsUpdate, answered && found.as_ref() == Some(&expected), &(outcome, found));
}

/// An empty text removes a destination and does not change the other one.
pub async fn an_empty_text_removes_a_destination(bench: Arc<Workbench>) {
    let function = subject(&bench.function().await, None);
    put(&bench, &function, &full(&bench)).await;
    let change = AsyncSettings { on_success: Some(String::new()), ..AsyncSettings::default() };
    let outcome = bench.management.async_invocations.update(&function, &change, Effect::Make).await;
    let found = current(&bench, &function).await.expect("settings exist").settings;
    let expected = AsyncSettings { on_success: None, ..full(&bench) };
    bench.expect(Gap::TakingDestinationAway, outcome.is_ok() && found == expected, &(outcome, found));
}

/// Settings of a version are separate from those of the function.
pub async fn versions_have_settings_of_their_own(bench: Arc<Workbench>) {
    let function = bench.function().await;
    let version = bench.version(&function).await;
    let (whole, one) = (subject(&function, None), subject(&function, Some(&version)));
    put(&bench, &whole, &retries(0)).await;
    put(&bench, &one, &retries(1)).await;
    let found = (
        current(&bench, &whole).await.map(|q| q.settings.max_retries),
        current(&bench, &one).await.map(|q| q.settings.max_retries),
    );
    bench.expect(Gap::QualifiedAsyncSettings, found == (Some(Some(0)), Some(Some(1))), &found);
}

/// Deleted settings no longer exist.
pub async fn deleting_removes_all_settings(bench: Arc<Workbench>) {
    let function = subject(&bench.function().await, None);
    put(&bench, &function, &full(&bench)).await;
    expect_made(bench.management.async_invocations.delete(&function, Effect::Make).await);
    assert_eq!(current(&bench, &function).await, None);
    if !bench.lacks(Gap::AsyncSettingsListing) {
        assert!(walk(&bench, &function.function, None).await.is_empty());
    }
}

/// Reading returns `None` for a function without settings and for a function that does not exist.
pub async fn reading_without_settings_gives_none(bench: Arc<Workbench>) {
    let function = bench.function().await;
    assert_eq!(current(&bench, &subject(&function, None)).await, None);
    assert_eq!(current(&bench, &subject(&bench.new_function_ref(), None)).await, None);
    if !bench.lacks(Gap::AsyncSettingsListing) {
        assert!(walk(&bench, &function, None).await.is_empty());
    }
}

/// A preview changes nothing.
pub async fn a_preview_changes_nothing(bench: Arc<Workbench>) {
    let function = subject(&bench.function().await, None);
    let (async_invocations, name) = (&bench.management.async_invocations, function.function.name.as_str());
    put(&bench, &function, &full(&bench)).await;
    let before = current(&bench, &function).await;
    expect_shown(async_invocations.put(&function, &retries(0), SHOW).await, name);
    expect_shown(async_invocations.update(&function, &retries(0), SHOW).await, name);
    expect_shown(async_invocations.delete(&function, SHOW).await, name);
    assert_eq!(current(&bench, &function).await, before);
}

/// Putting settings of a function that does not exist fails as not found, and so does updating settings that do not
/// exist.
pub async fn what_does_not_exist_is_not_found(bench: Arc<Workbench>) {
    let (async_invocations, not_found) = (&bench.management.async_invocations, PortErrorKind::NotFound);
    let absent = subject(&bench.new_function_ref(), None);
    expect_refused(async_invocations.put(&absent, &retries(0), Effect::Make).await, not_found);
    let outcome = async_invocations.update(&absent, &retries(0), Effect::Make).await;
    if !bench.lacks(Gap::UpdateOfAbsentAsyncSettings) {
        expect_refused(outcome, not_found);
    }
    expect_refused(async_invocations.delete(&absent, Effect::Make).await, not_found);
    let outcome = async_invocations.list(&absent.function, None, None).await;
    let holds = outcome.as_ref().is_err_and(|error| {
        check_texts(error);
        error.kind == not_found
    });
    bench.expect(Gap::AsyncSettingsOfTheAbsent, holds, &outcome);

    let function = subject(&bench.function().await, None);
    let outcome = async_invocations.delete(&function, Effect::Make).await;
    bench.expect(Gap::AbsentAsyncSettings, is_refused(&outcome, not_found), &outcome);
    let outcome = async_invocations.update(&function, &retries(0), Effect::Make).await;
    bench.expect(Gap::UpdateOfAbsentAsyncSettings, is_refused(&outcome, not_found), &outcome);
}

/// Following the markers returns the settings of the function and of each version once, whatever the page size.
pub async fn settings_are_listed_in_pages(bench: Arc<Workbench>) {
    if bench.lacks(Gap::QualifiedAsyncSettings) || bench.lacks(Gap::AsyncSettingsListing) {
        return;
    }
    let function = bench.function().await;
    let (first, second) = (bench.version(&function).await, bench.version(&function).await);
    let mut expected = BTreeSet::new();
    for qualifier in [None, Some(&first), Some(&second)] {
        let subject = subject(&function, qualifier.map(String::as_str));
        expected.insert(put(&bench, &subject, &retries(1)).await.reference);
    }
    assert_eq!(expected.len(), 3, "each has its own reference: {expected:?}");
    for page_size in [None, Some(1), Some(50)] {
        let found = walk(&bench, &function, page_size).await;
        assert_eq!(found.len(), 3, "each setting once in pages of {page_size:?}: {found:?}");
        let found: BTreeSet<String> = found.into_iter().map(|set| set.reference).collect();
        assert_eq!(found, expected, "in pages of {page_size:?}");
    }
}
