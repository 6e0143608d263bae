//! What every adapter of [`Aliases`](lamplight_ports::Aliases) must do.

use crate::workbench::{
    Gap, SHOW, Workbench, check_texts, is_refused, made, none_or_no_function, read, refused, shown,
};
use lamplight_domain::{Alias, FunctionRef, Routing};
use lamplight_ports::{CreateAlias, Effect, ListAliases, PortErrorKind, UpdateAlias};
use std::{collections::BTreeSet, sync::Arc};

/// Expands to one test for each guarantee, run through `Arc<dyn Aliases>`, which is how the port is held. The argument is
/// an expression that gives a [`WorkbenchHarness`](crate::workbench::WorkbenchHarness); the crate needs `tokio` with its
/// macros among its dev-dependencies.
#[macro_export]
macro_rules! aliases {
    ($harness:expr) => {
        $crate::aliases!(@each $harness;
            an_alias_is_described_as_asked,
            it_leads_to_its_version,
            what_is_not_asked_for_stays,
            weights_are_set_and_taken_away,
            a_deleted_alias_is_gone,
            showing_changes_nothing,
            a_broken_rule_is_an_invalid_request_and_changes_nothing,
            what_exists_already_is_a_conflict,
            what_does_not_exist_is_not_found,
            what_does_not_exist_is_none_to_who_reads,
            a_stale_revision_is_a_conflict,
            aliases_come_in_pages,
            aliases_of_one_version_are_listed_alone,
        );
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test]
            async fn $guarantee() {
                $crate::workbench::hold(&$harness, $crate::aliases::$guarantee).await;
            }
        )*
    };
}

fn wanted(function: &FunctionRef, name: &str, version: &str) -> CreateAlias {
    CreateAlias {
        function: function.clone(),
        name: name.to_owned(),
        version: version.to_owned(),
        description: Some("made by the suite".to_owned()),
        routing: Routing::new(),
    }
}

/// A change of nothing yet.
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

async fn now(bench: &Workbench, function: &FunctionRef, name: &str) -> Option<Alias> {
    read(bench.management.aliases.get(function, name).await)
}

/// A function with two versions, and the alias `live` of the first.
async fn alias(bench: &Workbench) -> (FunctionRef, String, String) {
    let function = bench.function().await;
    let (first, second) = (bench.version(&function).await, bench.version(&function).await);
    made(bench.management.aliases.create(wanted(&function, "live", &first), Effect::Make).await);
    (function, first, second)
}

async fn walk(bench: &Workbench, wanted: ListAliases) -> Vec<String> {
    let (mut found, mut marker) = (Vec::new(), None);
    // A provider that never comes to an end must fail the test and not stop it.
    for _ in 0..100 {
        let page = read(bench.management.aliases.list(ListAliases { marker, ..wanted.clone() }).await);
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
    panic!("the listing has no end");
}

fn all(function: &FunctionRef) -> ListAliases {
    ListAliases { function: function.clone(), version: None, marker: None, page_size: None }
}

/// What was asked for is what is described, by the answer, by reading and by listing.
pub async fn an_alias_is_described_as_asked(bench: Arc<Workbench>) {
    let function = bench.function().await;
    let version = bench.version(&function).await;
    let aliases = &bench.management.aliases;
    let answer = made(aliases.create(wanted(&function, "live", &version), Effect::Make).await);
    assert_eq!((answer.name.as_str(), &answer.version), ("live", &version));
    assert_eq!(answer.description.as_deref(), Some("made by the suite"));
    assert!(answer.routing.is_empty() && answer.reference.ends_with(":live"), "{answer:?}");
    assert_eq!(now(&bench, &function, "live").await.as_ref(), Some(&answer));
    assert_eq!(read(aliases.list(all(&function)).await).items, [answer]);
}

/// Who asks for the function by the alias gets the version it leads to.
pub async fn it_leads_to_its_version(bench: Arc<Workbench>) {
    let (function, first, second) = alias(&bench).await;
    let by_alias = bench.look(&function, Some("live")).await.expect("the alias leads somewhere");
    assert_eq!(by_alias.version.as_ref(), Some(&first));
    let change = UpdateAlias { version: Some(second.clone()), ..update(&function, "live") };
    made(bench.management.aliases.update(change, Effect::Make).await);
    let by_alias = bench.look(&function, Some("live")).await.expect("the alias leads somewhere");
    assert_eq!(by_alias.version, Some(second));
}

/// What is left out of a change stays as it was.
pub async fn what_is_not_asked_for_stays(bench: Arc<Workbench>) {
    let (function, first, second) = alias(&bench).await;
    let aliases = &bench.management.aliases;
    let change = UpdateAlias { version: Some(second.clone()), ..update(&function, "live") };
    let moved = made(aliases.update(change, Effect::Make).await);
    assert_eq!((&moved.version, moved.description.as_deref()), (&second, Some("made by the suite")));
    let change = UpdateAlias { description: Some("moved".to_owned()), ..update(&function, "live") };
    let described = made(aliases.update(change, Effect::Make).await);
    assert_eq!((&described.version, described.description.as_deref()), (&second, Some("moved")));
    assert_ne!(described.version, first);
    assert_eq!(now(&bench, &function, "live").await, Some(described));
}

/// Weights are kept as they were given; an empty map takes them away.
pub async fn weights_are_set_and_taken_away(bench: Arc<Workbench>) {
    let (function, _, second) = alias(&bench).await;
    let aliases = &bench.management.aliases;
    let routing = Routing::from([(second, 0.1)]);
    let change = UpdateAlias { routing: Some(routing.clone()), ..update(&function, "live") };
    made(aliases.update(change, Effect::Make).await);
    let found = now(&bench, &function, "live").await.expect("it is there");
    bench.expect(Gap::Routing, found.routing == routing, &found);
    let change = UpdateAlias { description: Some("as before".to_owned()), ..update(&function, "live") };
    let found = made(aliases.update(change, Effect::Make).await);
    bench.expect(Gap::Routing, found.routing == routing, &found);
    let change = UpdateAlias { routing: Some(Routing::new()), ..update(&function, "live") };
    made(aliases.update(change, Effect::Make).await);
    let found = now(&bench, &function, "live").await.expect("it is there");
    assert!(found.routing.is_empty(), "{found:?}");
}

/// What is deleted is gone, and the version it led to stays.
pub async fn a_deleted_alias_is_gone(bench: Arc<Workbench>) {
    let (function, first, _) = alias(&bench).await;
    made(bench.management.aliases.delete(&function, "live", Effect::Make).await);
    assert_eq!(now(&bench, &function, "live").await, None);
    assert!(bench.look(&function, Some(&first)).await.is_some());
    assert!(walk(&bench, all(&function)).await.is_empty());
}

/// A change that is only shown changes nothing.
pub async fn showing_changes_nothing(bench: Arc<Workbench>) {
    let (function, _, second) = alias(&bench).await;
    let (aliases, name) = (&bench.management.aliases, function.name.as_str());
    let before = now(&bench, &function, "live").await;
    shown(aliases.create(wanted(&function, "test", &second), SHOW).await, name);
    let change = UpdateAlias { version: Some(second), ..update(&function, "live") };
    shown(aliases.update(change, SHOW).await, name);
    shown(aliases.delete(&function, "live", SHOW).await, name);
    assert_eq!(now(&bench, &function, "live").await, before);
    assert_eq!(now(&bench, &function, "test").await, None);
}

/// A name that is none and weights out of their range are each named, and nothing is made or changed.
pub async fn a_broken_rule_is_an_invalid_request_and_changes_nothing(bench: Arc<Workbench>) {
    let (function, first, second) = alias(&bench).await;
    let (aliases, invalid) = (&bench.management.aliases, PortErrorKind::InvalidRequest);
    let before = now(&bench, &function, "live").await;
    let heavy = Routing::from([(second.clone(), 1.5)]);
    let broken = CreateAlias { routing: heavy.clone(), ..wanted(&function, "no alias", &first) };
    for effect in [Effect::Make, SHOW] {
        let error = refused(aliases.create(broken.clone(), effect).await, invalid);
        for member in ["Name", "RoutingConfig"] {
            assert!(error.error.message.contains(member), "{member} is not in {error:?}");
        }
    }
    let change = UpdateAlias { routing: Some(heavy), ..update(&function, "live") };
    refused(aliases.update(change, Effect::Make).await, invalid);
    assert_eq!(now(&bench, &function, "live").await, before);
    assert_eq!(walk(&bench, all(&function)).await, ["live"]);
}

/// An alias that exists is not made again, and stays as it is.
pub async fn what_exists_already_is_a_conflict(bench: Arc<Workbench>) {
    let (function, _, second) = alias(&bench).await;
    let before = now(&bench, &function, "live").await;
    let again = wanted(&function, "live", &second);
    refused(bench.management.aliases.create(again, Effect::Make).await, PortErrorKind::Conflict);
    assert_eq!(now(&bench, &function, "live").await, before);
}

/// Changing what does not exist, or leading to what does not exist, is not found.
pub async fn what_does_not_exist_is_not_found(bench: Arc<Workbench>) {
    let (function, first, _) = alias(&bench).await;
    let (aliases, absent, not_found) = (&bench.management.aliases, bench.unmade(), PortErrorKind::NotFound);
    refused(aliases.create(wanted(&absent, "live", &first), Effect::Make).await, not_found);
    let change = |function: &FunctionRef, name: &str| UpdateAlias {
        description: Some("new".to_owned()),
        ..update(function, name)
    };
    refused(aliases.update(change(&absent, "live"), Effect::Make).await, not_found);
    refused(aliases.update(change(&function, "absent"), Effect::Make).await, not_found);
    let outcome = aliases.create(wanted(&function, "lost", "4711"), Effect::Make).await;
    bench.expect(Gap::AliasOfAbsentVersion, is_refused(&outcome, not_found), &outcome);
    let outcome = aliases.list(all(&absent)).await;
    let holds = outcome.as_ref().is_err_and(|error| {
        check_texts(error);
        error.kind == not_found
    });
    bench.expect(Gap::AliasesOfTheAbsent, holds, &outcome);
}

/// To read what does not exist is no error; of an absent function that is told where the provider tells it.
pub async fn what_does_not_exist_is_none_to_who_reads(bench: Arc<Workbench>) {
    let (function, ..) = alias(&bench).await;
    assert_eq!(now(&bench, &function, "absent").await, None);
    none_or_no_function(bench.management.aliases.get(&bench.unmade(), "live").await);
}

/// A change that is meant for another revision is a conflict and is not made; one that is meant for this one is made.
pub async fn a_stale_revision_is_a_conflict(bench: Arc<Workbench>) {
    let (function, first, second) = alias(&bench).await;
    let aliases = &bench.management.aliases;
    let stale = now(&bench, &function, "live").await.and_then(|alias| alias.revision);
    let moved = |version: &str, if_revision| UpdateAlias {
        version: Some(version.to_owned()),
        if_revision,
        ..update(&function, "live")
    };
    made(aliases.update(moved(&second, None), Effect::Make).await);
    let before = now(&bench, &function, "live").await.expect("it is there");
    let outcome = aliases.update(moved(&first, stale.clone()), Effect::Make).await;
    let after = now(&bench, &function, "live").await;
    let holds =
        stale.is_some() && is_refused(&outcome, PortErrorKind::Conflict) && after.as_ref() == Some(&before);
    bench.expect(Gap::RevisionOfAlias, holds, &outcome);
    let current = after.and_then(|alias| alias.revision);
    assert_eq!(made(aliases.update(moved(&first, current), Effect::Make).await).version, first);
}

/// Walking along the markers gives each alias once, whatever the pages.
pub async fn aliases_come_in_pages(bench: Arc<Workbench>) {
    let function = bench.function().await;
    let version = bench.version(&function).await;
    let names: BTreeSet<String> = (0..5).map(|number| format!("alias-{number}")).collect();
    for name in &names {
        made(bench.management.aliases.create(wanted(&function, name, &version), Effect::Make).await);
    }
    for page_size in [None, Some(1), Some(2), Some(10_000)] {
        let found = walk(&bench, ListAliases { page_size, ..all(&function) }).await;
        assert_eq!(found.len(), names.len(), "each once in pages of {page_size:?}: {found:?}");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), names, "in pages of {page_size:?}");
    }
}

/// A listing for one version has the aliases that lead there.
pub async fn aliases_of_one_version_are_listed_alone(bench: Arc<Workbench>) {
    let (function, first, second) = alias(&bench).await;
    made(bench.management.aliases.create(wanted(&function, "next", &second), Effect::Make).await);
    for (version, expected) in [(first, "live"), (second, "next")] {
        let found = walk(&bench, ListAliases { version: Some(version), ..all(&function) }).await;
        bench.expect(Gap::AliasesByVersion, found == [expected], &found);
    }
}
