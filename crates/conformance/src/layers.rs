//! What every adapter of [`Layers`](lamplight_ports::Layers) must do.

use crate::workbench::{
    Gap, SHOW, Workbench, expect_made, expect_read, expect_refused, expect_shown, is_refused,
};
use lamplight_domain::{Layer, LayerVersion, PermissionPolicy, PermissionStatement};
use lamplight_ports::{Effect, LayerVersionRef, ListLayers, PortErrorKind};
use std::sync::Arc;

/// Expands to one test per guarantee, run through `Arc<dyn Layers>`, as callers hold the port. The argument is an
/// expression that creates a [`WorkbenchHarness`](crate::workbench::WorkbenchHarness) with a layer; the crate needs
/// `tokio` with its macros as a dev-dependency.
#[macro_export]
macro_rules! layers {
    ($harness:expr) => {
        $crate::layers!(@each $harness;
            a_layer_is_listed_with_its_newest_version,
            versions_are_listed_newest_first,
            layers_and_versions_come_in_pages,
            layers_are_filtered_by_runtime,
            a_version_is_described,
            reading_what_does_not_exist_gives_none,
            a_statement_is_read_as_requested,
            a_removed_statement_is_gone,
            a_preview_changes_nothing,
            a_broken_rule_is_an_invalid_request_and_changes_nothing,
            a_second_statement_of_the_same_id_is_a_conflict,
            what_does_not_exist_is_not_found,
            a_stale_revision_is_a_conflict,
        );
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test]
            async fn $guarantee() {
                $crate::workbench::check_guarantee(&$harness, $crate::layers::$guarantee).await;
            }
        )*
    };
}

fn statement(id: &str) -> PermissionStatement {
    PermissionStatement {
        id: id.to_owned(),
        action: "lambda:GetLayerVersion".to_owned(),
        principal: "123456789012".to_owned(),
        ..PermissionStatement::default()
    }
}

/// Follows the markers and returns all layers.
async fn all(bench: &Workbench, wanted: ListLayers) -> Vec<Layer> {
    let (mut found, mut marker) = (Vec::new(), None);
    // A listing that never ends must fail the test, not hang it.
    for _ in 0..1_000 {
        let page = expect_read(bench.management.layers.list(ListLayers { marker, ..wanted.clone() }).await);
        fits(bench, wanted.page_size, page.items.len());
        found.extend(page.items);
        marker = page.next_marker;
        if marker.is_none() {
            return found;
        }
    }
    panic!("the listing does not end");
}

/// Follows the markers and returns all versions of the arranged layer.
async fn versions(bench: &Workbench, wanted: ListLayers) -> Vec<LayerVersion> {
    let layer = &bench.arranged_layer().name;
    let (mut found, mut marker) = (Vec::new(), None);
    for _ in 0..100 {
        let wanted = ListLayers { marker, ..wanted.clone() };
        let page = expect_read(bench.management.layers.versions(layer, wanted.clone()).await);
        fits(bench, wanted.page_size, page.items.len());
        found.extend(page.items);
        marker = page.next_marker;
        if marker.is_none() {
            return found;
        }
    }
    panic!("the listing does not end");
}

fn fits(bench: &Workbench, page_size: Option<u32>, found: usize) {
    if let Some(size) = page_size.filter(|_| !bench.lacks(Gap::LayerPages)) {
        assert!(found <= size as usize, "{found} in a page of {size}");
    }
}

async fn policy(bench: &Workbench, version: &LayerVersionRef) -> Option<PermissionPolicy> {
    expect_read(bench.management.layers.policy(version).await)
}

async fn add(bench: &Workbench, version: &LayerVersionRef, statement: &PermissionStatement) {
    expect_made(bench.management.layers.add_permission(version, statement, None, Effect::Make).await);
}

/// Whether the policy has a statement with that ID; `false` if the provider has no layer policies.
async fn has(bench: &Workbench, version: &LayerVersionRef, id: &str) -> bool {
    policy(bench, version).await.is_some_and(|policy| policy.has(id))
}

fn absent(bench: &Workbench) -> [LayerVersionRef; 2] {
    let there = bench.arranged_layer().name.clone();
    [
        LayerVersionRef { layer: there, version: 4711 },
        LayerVersionRef { layer: format!("{}-absent", bench.prefix), version: 1 },
    ]
}

/// A layer is listed once, with its newest version.
pub async fn a_layer_is_listed_with_its_newest_version(bench: Arc<Workbench>) {
    let found = all(&bench, ListLayers::default()).await;
    let layer = bench.arranged_layer();
    let mut ours = found.iter().filter(|found| found.name == layer.name);
    let (Some(one), None) = (ours.next(), ours.next()) else { panic!("expected it once: {found:?}") };
    let newest = one.latest.as_ref().expect("the layer has a version");
    assert_eq!(newest.version, 2, "{one:?}");
    assert!(one.reference.contains(&layer.name) && newest.reference.contains(&one.reference), "{one:?}");
}

/// Each version is listed once, newest first.
pub async fn versions_are_listed_newest_first(bench: Arc<Workbench>) {
    let found = versions(&bench, ListLayers::default()).await;
    let mut numbers: Vec<u64> = found.iter().map(|version| version.version).collect();
    bench.expect(Gap::LayerOrder, numbers == [2, 1], &found);
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2], "{found:?}");
}

/// Layers and versions are each listed once, whatever the page size.
pub async fn layers_and_versions_come_in_pages(bench: Arc<Workbench>) {
    for page_size in [Some(1), Some(50)] {
        let wanted = ListLayers { page_size, ..ListLayers::default() };
        let layers = all(&bench, wanted.clone()).await;
        let ours = layers.iter().filter(|layer| layer.name == bench.arranged_layer().name);
        assert_eq!(ours.count(), 1, "in pages of {page_size:?}: {layers:?}");
        let versions = versions(&bench, wanted).await;
        assert_eq!(versions.len(), 2, "in pages of {page_size:?}: {versions:?}");
    }
}

/// A listing for one runtime returns only what is compatible with it.
pub async fn layers_are_filtered_by_runtime(bench: Arc<Workbench>) {
    let layer = bench.arranged_layer();
    for (runtime, expected) in [(&layer.runtime, true), (&layer.other_runtime, false)] {
        let wanted = ListLayers { runtime: Some(runtime.clone()), ..ListLayers::default() };
        let listed = all(&bench, wanted.clone()).await.iter().any(|found| found.name == layer.name);
        let versions = versions(&bench, wanted).await;
        let holds = listed == expected && versions.is_empty() != expected;
        if expected {
            assert!(holds, "{runtime}: {versions:?}");
        } else {
            bench.expect(Gap::LayersByRuntime, holds, &(runtime, versions));
        }
    }
}

/// A version is described the same by the layer's name and by its full reference.
pub async fn a_version_is_described(bench: Arc<Workbench>) {
    let layer = bench.arranged_layer();
    let by_name = LayerVersionRef { layer: layer.name.clone(), version: 1 };
    let described = expect_read(bench.management.layers.get(&by_name).await).expect("the version exists");
    assert_eq!((described.version, described.runtimes.contains(&layer.runtime)), (1, true), "{described:?}");
    assert!(described.code_sha256.is_some() && described.code_size.is_some(), "{described:?}");
    let full = described.reference.rsplit_once(':').expect("a reference ends with a version").0.to_owned();
    let by_reference = bench.management.layers.get(&LayerVersionRef { layer: full, version: 1 }).await;
    let same = by_reference.as_ref().is_ok_and(|found| found.as_ref() == Some(&described));
    bench.expect(Gap::LayerByReference, same, &by_reference);
}

/// Reading something that does not exist is not an error.
pub async fn reading_what_does_not_exist_gives_none(bench: Arc<Workbench>) {
    for version in absent(&bench) {
        assert_eq!(expect_read(bench.management.layers.get(&version).await), None, "{version:?}");
        if !bench.lacks(Gap::LayerPolicies) {
            assert_eq!(policy(&bench, &version).await, None, "{version:?}");
        }
    }
}

/// A statement is read as requested, for one account and for all accounts of an organisation.
pub async fn a_statement_is_read_as_requested(bench: Arc<Workbench>) {
    if bench.lacks(Gap::LayerPolicies) {
        return;
    }
    let ((version, account), (_, organization)) =
        (bench.statement_of_layer("account"), bench.statement_of_layer("organization"));
    let account = statement(&account);
    let organization = PermissionStatement {
        principal: "*".to_owned(),
        organization: Some("o-abcdef1234".to_owned()),
        ..statement(&organization)
    };
    for one in [&account, &organization] {
        add(&bench, &version, one).await;
    }
    let found = policy(&bench, &version).await.expect("the policy exists");
    assert_eq!(found.statement(&account.id), Some(&account), "{found:?}");
    let kept = found.statement(&organization.id) == Some(&organization);
    bench.expect(Gap::OrganizationOfLayer, kept, &found);
}

/// A removed statement no longer exists.
pub async fn a_removed_statement_is_gone(bench: Arc<Workbench>) {
    if bench.lacks(Gap::LayerPolicies) {
        return;
    }
    let (version, id) = bench.statement_of_layer("gone");
    add(&bench, &version, &statement(&id)).await;
    assert!(has(&bench, &version, &id).await);
    expect_made(bench.management.layers.remove_permission(&version, &id, None, Effect::Make).await);
    assert!(!has(&bench, &version, &id).await);
}

/// A preview changes nothing.
pub async fn a_preview_changes_nothing(bench: Arc<Workbench>) {
    let (layers, name) = (&bench.management.layers, &bench.arranged_layer().name);
    let ((version, kept), (_, other)) = (bench.statement_of_layer("kept"), bench.statement_of_layer("shown"));
    expect_shown(layers.add_permission(&version, &statement(&other), None, SHOW).await, name);
    if bench.lacks(Gap::LayerPolicies) {
        return;
    }
    add(&bench, &version, &statement(&kept)).await;
    expect_shown(layers.remove_permission(&version, &kept, None, SHOW).await, name);
    assert!(has(&bench, &version, &kept).await);
    assert!(!has(&bench, &version, &other).await);
}

/// The error names each condition that a policy of a layer cannot have, and nothing is added.
pub async fn a_broken_rule_is_an_invalid_request_and_changes_nothing(bench: Arc<Workbench>) {
    let version = LayerVersionRef { layer: bench.arranged_layer().name.clone(), version: 1 };
    let (source, source_account) = (Some("arn:aws:s3:::b".to_owned()), Some("123456789012".to_owned()));
    let broken = PermissionStatement { source, source_account, ..statement("limited") };
    for effect in [Effect::Make, SHOW] {
        let outcome = bench.management.layers.add_permission(&version, &broken, None, effect).await;
        let error = expect_refused(outcome, PortErrorKind::InvalidRequest);
        for member in ["SourceArn", "SourceAccount"] {
            assert!(error.error.message.contains(member), "{member} is not in {error:?}");
        }
    }
    if !bench.lacks(Gap::LayerPolicies) {
        assert!(!has(&bench, &version, "limited").await);
    }
}

/// A second statement with the same ID is a conflict, whatever its contents.
pub async fn a_second_statement_of_the_same_id_is_a_conflict(bench: Arc<Workbench>) {
    if bench.lacks(Gap::LayerPolicies) {
        return;
    }
    let (version, id) = bench.statement_of_layer("taken");
    add(&bench, &version, &statement(&id)).await;
    let other = PermissionStatement { principal: "*".to_owned(), ..statement(&id) };
    for again in [statement(&id), other] {
        let outcome = bench.management.layers.add_permission(&version, &again, None, Effect::Make).await;
        bench.expect(Gap::StatementTwice, is_refused(&outcome, PortErrorKind::Conflict), &outcome);
    }
}

/// Adding to something that does not exist and removing something that does not exist fails as not found.
pub async fn what_does_not_exist_is_not_found(bench: Arc<Workbench>) {
    if bench.lacks(Gap::LayerPolicies) {
        return;
    }
    let (layers, not_found) = (&bench.management.layers, PortErrorKind::NotFound);
    for version in absent(&bench) {
        expect_refused(
            layers.add_permission(&version, &statement("lost"), None, Effect::Make).await,
            not_found,
        );
        expect_refused(layers.remove_permission(&version, "lost", None, Effect::Make).await, not_found);
    }
    let (version, id) = bench.statement_of_layer("never-added");
    let outcome = layers.remove_permission(&version, &id, None, Effect::Make).await;
    bench.expect(Gap::AbsentStatement, is_refused(&outcome, not_found), &outcome);
}

/// A change for another revision is a conflict and is not made; a change for the current revision is made.
pub async fn a_stale_revision_is_a_conflict(bench: Arc<Workbench>) {
    if bench.lacks(Gap::LayerPolicies) {
        return;
    }
    let layers = &bench.management.layers;
    let (version, first) = bench.statement_of_layer("first");
    let (second, third) = (bench.statement_of_layer("second").1, bench.statement_of_layer("third").1);
    add(&bench, &version, &statement(&first)).await;
    let stale = policy(&bench, &version).await.and_then(|policy| policy.revision);
    add(&bench, &version, &statement(&second)).await;
    let outcome = layers.add_permission(&version, &statement(&third), stale.as_deref(), Effect::Make).await;
    let holds = stale.is_some()
        && is_refused(&outcome, PortErrorKind::Conflict)
        && !has(&bench, &version, &third).await;
    bench.expect(Gap::RevisionOfLayerPolicy, holds, &outcome);
    if bench.lacks(Gap::RevisionOfLayerPolicy) {
        return;
    }
    let removed = layers.remove_permission(&version, &first, stale.as_deref(), Effect::Make).await;
    expect_refused(removed, PortErrorKind::Conflict);
    let current = policy(&bench, &version).await.and_then(|policy| policy.revision);
    expect_made(layers.add_permission(&version, &statement(&third), current.as_deref(), Effect::Make).await);
    assert!(has(&bench, &version, &third).await);
}
