//! What every adapter of [`Aliases`](lamplight_ports::Aliases) must do.

use crate::workbench::{
    Gap, SHOW, Workbench, check_absent, check_texts, expect_made, expect_read, expect_refused, expect_shown,
    is_refused,
};
use lamplight_domain::{Alias, FunctionRef, Routing};
use lamplight_ports::{CreateAlias, Effect, ListAliases, PortErrorKind, UpdateAlias};
use std::{collections::BTreeSet, sync::Arc};

/// Expands to one test per guarantee, run through `Arc<dyn Aliases>`, as callers hold the port. The argument is an
/// expression that creates a [`WorkbenchHarness`](crate::workbench::WorkbenchHarness); the crate needs `tokio` with its
/// macros as a dev-dependency.
#[macro_export]
macro_rules! aliases {
    ($harness:expr) => {
        $crate::aliases!(@each $harness;
            an_alias_is_described_as_requested,
            an_alias_resolves_to_its_version,
            an_update_keeps_what_it_leaves_out,
            weights_are_set_and_removed,
            a_deleted_alias_is_gone,
            a_preview_changes_nothing,
            a_broken_rule_is_an_invalid_request_and_changes_nothing,
            creating_what_exists_is_a_conflict,
            what_does_not_exist_is_not_found,
            reading_what_does_not_exist_gives_none,
            a_stale_revision_is_a_conflict,
            aliases_come_in_pages,
            aliases_are_filtered_by_version,
        );
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test]
            async fn $guarantee() {
                $crate::workbench::check_guarantee(&$harness, $crate::aliases::$guarantee).await;
            }
        )*
    };
}

fn creation_request(function: &FunctionRef, name: &str, version: &str) -> CreateAlias {
    CreateAlias {
        function: function.clone(),
        name: name.to_owned(),
        version: version.to_owned(),
        description: Some("created by the suite".to_owned()),
        routing: Routing::new(),
    }
}

/// An update that changes nothing yet.
fn update(function: &FunctionRef, name: &str) -> UpdateAlias {
    UpdateAlias {
        function: function.clone(),
        name: name.to_owned(),
        version: None,
        description: None,
        routing: None,
        if_revision: None,
    }
}

async fn current(bench: &Workbench, function: &FunctionRef, name: &str) -> Option<Alias> {
    expect_read(bench.management.aliases.get(function, name).await)
}

/// Creates a function with two versions, and the alias `live` for the first.
async fn alias(bench: &Workbench) -> (FunctionRef, String, String) {
    let function = bench.function().await;
    let (first, second) = (bench.version(&function).await, bench.version(&function).await);
    expect_made(
        bench.management.aliases.create(creation_request(&function, "live", &first), Effect::Make).await,
    );
    (function, first, second)
}

async fn walk(bench: &Workbench, wanted: ListAliases) -> Vec<String> {
    let (mut found, mut marker) = (Vec::new(), None);
    // A listing that never ends must fail the test, not hang it.
    for _ in 0..100 {
        let page = expect_read(bench.management.aliases.list(ListAliases { marker, ..wanted.clone() }).await);
        if let Some(size) = wanted.page_size {
            let fits = page.items.len() <= size as usize;
            assert!(fits || bench.lacks(Gap::Pages), "{} in a page of {size}", page.items.len());
        }
        found.extend(page.items.into_iter().map(|alias| alias.name));
        marker = page.next_marker;
        if marker.is_none() {
            return found;
        }
    }
    panic!("the listing does not end");
}

fn all(function: &FunctionRef) -> ListAliases {
    ListAliases { function: function.clone(), version: None, marker: None, page_size: None }
}

/// The answer, a read and a listing all describe the alias as requested.
pub async fn an_alias_is_described_as_requested(bench: Arc<Workbench>) {
    let function = bench.function().await;
    let version = bench.version(&function).await;
    let aliases = &bench.management.aliases;
    let answer =
        expect_made(aliases.create(creation_request(&function, "live", &version), Effect::Make).await);
    assert_eq!((answer.name.as_str(), &answer.version), ("live", &version));
    assert_eq!(answer.description.as_deref(), Some("created by the suite"));
    assert!(answer.routing.is_empty() && answer.reference.ends_with(":live"), "{answer:?}");
    assert_eq!(current(&bench, &function, "live").await.as_ref(), Some(&answer));
    assert_eq!(expect_read(aliases.list(all(&function)).await).items, [answer]);
}

/// Reading the function by its alias returns the version that the alias points to.
pub async fn an_alias_resolves_to_its_version(bench: Arc<Workbench>) {
    let (function, first, second) = alias(&bench).await;
    let by_alias = bench.find_function(&function, Some("live")).await.expect("the alias points to a version");
    assert_eq!(by_alias.version.as_ref(), Some(&first));
    let change = UpdateAlias { version: Some(second.clone()), ..update(&function, "live") };
    expect_made(bench.management.aliases.update(change, Effect::Make).await);
    let by_alias = bench.find_function(&function, Some("live")).await.expect("the alias points to a version");
    assert_eq!(by_alias.version, Some(second));
}

/// An update does not change what it leaves out.
pub async fn an_update_keeps_what_it_leaves_out(bench: Arc<Workbench>) {
    let (function, first, second) = alias(&bench).await;
    let aliases = &bench.management.aliases;
    let change = UpdateAlias { version: Some(second.clone()), ..update(&function, "live") };
    let moved = expect_made(aliases.update(change, Effect::Make).await);
    assert_eq!((&moved.version, moved.description.as_deref()), (&second, Some("created by the suite")));
    let change = UpdateAlias { description: Some("moved".to_owned()), ..update(&function, "live") };
    let described = expect_made(aliases.update(change, Effect::Make).await);
    assert_eq!((&described.version, described.description.as_deref()), (&second, Some("moved")));
    assert_ne!(described.version, first);
    assert_eq!(current(&bench, &function, "live").await, Some(described));
}

/// Weights are stored as given; an empty map removes them.
pub async fn weights_are_set_and_removed(bench: Arc<Workbench>) {
    let (function, _, second) = alias(&bench).await;
    let aliases = &bench.management.aliases;
    let routing = Routing::from([(second, 0.1)]);
    let change = UpdateAlias { routing: Some(routing.clone()), ..update(&function, "live") };
    expect_made(aliases.update(change, Effect::Make).await);
    let found = current(&bench, &function, "live").await.expect("the alias exists");
    bench.expect(Gap::Routing, found.routing == routing, &found);
    let change = UpdateAlias { description: Some("as before".to_owned()), ..update(&function, "live") };
    let found = expect_made(aliases.update(change, Effect::Make).await);
    bench.expect(Gap::Routing, found.routing == routing, &found);
    let change = UpdateAlias { routing: Some(Routing::new()), ..update(&function, "live") };
    expect_made(aliases.update(change, Effect::Make).await);
    let found = current(&bench, &function, "live").await.expect("the alias exists");
    assert!(found.routing.is_empty(), "{found:?}");
}

/// A deleted alias no longer exists; the version that it pointed to does.
pub async fn a_deleted_alias_is_gone(bench: Arc<Workbench>) {
    let (function, first, _) = alias(&bench).await;
    expect_made(bench.management.aliases.delete(&function, "live", Effect::Make).await);
    assert_eq!(current(&bench, &function, "live").await, None);
    assert!(bench.find_function(&function, Some(&first)).await.is_some());
    assert!(walk(&bench, all(&function)).await.is_empty());
}

/// A preview changes nothing.
pub async fn a_preview_changes_nothing(bench: Arc<Workbench>) {
    let (function, _, second) = alias(&bench).await;
    let (aliases, name) = (&bench.management.aliases, function.name.as_str());
    let before = current(&bench, &function, "live").await;
    expect_shown(aliases.create(creation_request(&function, "test", &second), SHOW).await, name);
    let change = UpdateAlias { version: Some(second), ..update(&function, "live") };
    expect_shown(aliases.update(change, SHOW).await, name);
    expect_shown(aliases.delete(&function, "live", SHOW).await, name);
    assert_eq!(current(&bench, &function, "live").await, before);
    assert_eq!(current(&bench, &function, "test").await, None);
}

/// Routing to the alias's own version is refused, and nothing is made or changed.
pub async fn a_broken_rule_is_an_invalid_request_and_changes_nothing(bench: Arc<Workbench>) {
    let (function, first, second) = alias(&bench).await;
    let (aliases, invalid) = (&bench.management.aliases, PortErrorKind::InvalidRequest);
    let before = current(&bench, &function, "live").await;
    let itself = |version: &str| Routing::from([(version.to_owned(), 0.1)]);
    let broken = CreateAlias { routing: itself(&first), ..creation_request(&function, "new", &first) };
    for effect in [Effect::Make, SHOW] {
        let error = expect_refused(aliases.create(broken.clone(), effect).await, invalid);
        assert!(error.error.message.contains("RoutingConfig"), "{error:?}");
    }
    let (version, routing) = (Some(second.clone()), Some(itself(&second)));
    let change = UpdateAlias { version, routing, ..update(&function, "live") };
    expect_refused(aliases.update(change, Effect::Make).await, invalid);
    assert_eq!(current(&bench, &function, "live").await, before);
    assert_eq!(walk(&bench, all(&function)).await, ["live"]);
}

/// Creating an alias that exists fails and does not change it.
pub async fn creating_what_exists_is_a_conflict(bench: Arc<Workbench>) {
    let (function, _, second) = alias(&bench).await;
    let before = current(&bench, &function, "live").await;
    let again = creation_request(&function, "live", &second);
    expect_refused(bench.management.aliases.create(again, Effect::Make).await, PortErrorKind::Conflict);
    assert_eq!(current(&bench, &function, "live").await, before);
}

/// Changing something that does not exist, or pointing to something that does not exist, fails as not found.
pub async fn what_does_not_exist_is_not_found(bench: Arc<Workbench>) {
    let (function, first, _) = alias(&bench).await;
    let (aliases, absent, not_found) =
        (&bench.management.aliases, bench.new_function_ref(), PortErrorKind::NotFound);
    expect_refused(aliases.create(creation_request(&absent, "live", &first), Effect::Make).await, not_found);
    let change = |function: &FunctionRef, name: &str| UpdateAlias {
        description: Some("new".to_owned()),
        ..update(function, name)
    };
    expect_refused(aliases.update(change(&absent, "live"), Effect::Make).await, not_found);
    expect_refused(aliases.update(change(&function, "absent"), Effect::Make).await, not_found);
    let outcome = aliases.create(creation_request(&function, "lost", "4711"), Effect::Make).await;
    bench.expect(Gap::AliasOfAbsentVersion, is_refused(&outcome, not_found), &outcome);
    let outcome = aliases.list(all(&absent)).await;
    let holds = outcome.as_ref().is_err_and(|error| {
        check_texts(error);
        error.kind == not_found
    });
    bench.expect(Gap::AliasesOfTheAbsent, holds, &outcome);
}

/// Reading something that does not exist is not an error; a provider may report that the function does not exist.
pub async fn reading_what_does_not_exist_gives_none(bench: Arc<Workbench>) {
    let (function, ..) = alias(&bench).await;
    assert_eq!(current(&bench, &function, "absent").await, None);
    check_absent(bench.management.aliases.get(&bench.new_function_ref(), "live").await);
}

/// A change for another revision is a conflict and is not made; a change for the current revision is made.
pub async fn a_stale_revision_is_a_conflict(bench: Arc<Workbench>) {
    let (function, first, second) = alias(&bench).await;
    let aliases = &bench.management.aliases;
    let stale = current(&bench, &function, "live").await.and_then(|alias| alias.revision);
    let moved = |version: &str, if_revision| UpdateAlias {
        version: Some(version.to_owned()),
        if_revision,
        ..update(&function, "live")
    };
    expect_made(aliases.update(moved(&second, None), Effect::Make).await);
    let before = current(&bench, &function, "live").await.expect("the alias exists");
    let outcome = aliases.update(moved(&first, stale.clone()), Effect::Make).await;
    let after = current(&bench, &function, "live").await;
    let holds =
        stale.is_some() && is_refused(&outcome, PortErrorKind::Conflict) && after.as_ref() == Some(&before);
    bench.expect(Gap::RevisionOfAlias, holds, &outcome);
    let current = after.and_then(|alias| alias.revision);
    assert_eq!(expect_made(aliases.update(moved(&first, current), Effect::Make).await).version, first);
}

/// Following the markers returns each alias once, whatever the page size.
pub async fn aliases_come_in_pages(bench: Arc<Workbench>) {
    let function = bench.function().await;
    let version = bench.version(&function).await;
    let names: BTreeSet<String> = (0..5).map(|number| format!("alias-{number}")).collect();
    for name in &names {
        expect_made(
            bench.management.aliases.create(creation_request(&function, name, &version), Effect::Make).await,
        );
    }
    for page_size in [None, Some(1), Some(2), Some(10_000)] {
        let found = walk(&bench, ListAliases { page_size, ..all(&function) }).await;
        assert_eq!(found.len(), names.len(), "each alias once in pages of {page_size:?}: {found:?}");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), names, "in pages of {page_size:?}");
    }
}

/// A listing for one version returns only the aliases that point to it.
pub async fn aliases_are_filtered_by_version(bench: Arc<Workbench>) {
    let (function, first, second) = alias(&bench).await;
    expect_made(
        bench.management.aliases.create(creation_request(&function, "next", &second), Effect::Make).await,
    );
    for (version, expected) in [(first, "live"), (second, "next")] {
        let found = walk(&bench, ListAliases { version: Some(version), ..all(&function) }).await;
        bench.expect(Gap::AliasesByVersion, found == [expected], &found);
    }
}
