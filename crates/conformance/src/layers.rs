//! What every adapter of [`Layers`](lamplight_ports::Layers) must do.

use crate::workbench::{Gap, SHOW, Workbench, is_refused, made, read, refused, shown};
use lamplight_domain::{Layer, LayerVersion, PermissionPolicy, PermissionStatement};
use lamplight_ports::{Effect, LayerVersionRef, ListLayers, PortErrorKind};
use std::sync::Arc;

/// Expands to one test for each guarantee, run through `Arc<dyn Layers>`, which is how the port is held. The argument is
/// an expression that gives a [`WorkbenchHarness`](crate::workbench::WorkbenchHarness) with a layer; the crate needs
/// `tokio` with its macros among its dev-dependencies.
#[macro_export]
macro_rules! layers {
    ($harness:expr) => {
        $crate::layers!(@each $harness;
            a_layer_is_listed_with_its_newest_version,
            versions_are_listed_newest_first,
            layers_and_versions_come_in_pages,
            what_is_for_another_runtime_is_left_out,
            a_version_is_described,
            what_does_not_exist_is_none_to_who_reads,
            a_statement_is_read_as_it_was_asked_for,
            a_removed_statement_is_gone,
            showing_changes_nothing,
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
                $crate::workbench::hold(&$harness, $crate::layers::$guarantee).await;
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

/// All layers along the markers.
async fn all(bench: &Workbench, wanted: ListLayers) -> Vec<Layer> {
    let (mut found, mut marker) = (Vec::new(), None);
    // A provider that never comes to an end must fail the test and not stop it.
    for _ in 0..1_000 {
        let page = read(bench.management.layers.list(ListLayers { marker, ..wanted.clone() }).await);
        fits(bench, wanted.page_size, page.items.len());
        found.extend(page.items);
        marker = page.next_marker;
        if marker.is_none() {
            return found;
        }
    }
    panic!("the listing has no end");
}

/// All versions of the arranged layer along the markers.
async fn versions(bench: &Workbench, wanted: ListLayers) -> Vec<LayerVersion> {
    let layer = &bench.arranged_layer().name;
    let (mut found, mut marker) = (Vec::new(), None);
    for _ in 0..100 {
        let wanted = ListLayers { marker, ..wanted.clone() };
        let page = read(bench.management.layers.versions(layer, wanted.clone()).await);
        fits(bench, wanted.page_size, page.items.len());
        found.extend(page.items);
        marker = page.next_marker;
        if marker.is_none() {
            return found;
        }
    }
    panic!("the listing has no end");
}

fn fits(bench: &Workbench, page_size: Option<u32>, found: usize) {
    if let Some(size) = page_size.filter(|_| !bench.lacks(Gap::LayerPages)) {
        assert!(found <= size as usize, "{found} in a page of {size}");
    }
}

async fn policy(bench: &Workbench, version: &LayerVersionRef) -> Option<PermissionPolicy> {
    read(bench.management.layers.policy(version).await)
}

async fn add(bench: &Workbench, version: &LayerVersionRef, statement: &PermissionStatement) {
    made(bench.management.layers.add_permission(version, statement, None, Effect::Make).await);
}

/// Whether a statement is there, as far as the provider has policies of layers.
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

/// A layer stands in the listing once, with its newest version.
pub async fn a_layer_is_listed_with_its_newest_version(bench: Arc<Workbench>) {
    let found = all(&bench, ListLayers::default()).await;
    let layer = bench.arranged_layer();
    let mut ours = found.iter().filter(|found| found.name == layer.name);
    let (Some(one), None) = (ours.next(), ours.next()) else { panic!("not once: {found:?}") };
    let newest = one.latest.as_ref().expect("it has a version");
    assert_eq!(newest.version, 2, "{one:?}");
    assert!(one.reference.contains(&layer.name) && newest.reference.contains(&one.reference), "{one:?}");
}

/// Each version stands in the listing once, the newest first.
pub async fn versions_are_listed_newest_first(bench: Arc<Workbench>) {
    let found = versions(&bench, ListLayers::default()).await;
    let mut numbers: Vec<u64> = found.iter().map(|version| version.version).collect();
    bench.expect(Gap::LayerOrder, numbers == [2, 1], &found);
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2], "{found:?}");
}

/// Whatever the pages, all of it comes, each once.
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

/// A listing for one runtime has what is for it, and nothing else.
pub async fn what_is_for_another_runtime_is_left_out(bench: Arc<Workbench>) {
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
    let described = read(bench.management.layers.get(&by_name).await).expect("it is there");
    assert_eq!((described.version, described.runtimes.contains(&layer.runtime)), (1, true), "{described:?}");
    assert!(described.code_sha256.is_some() && described.code_size.is_some(), "{described:?}");
    let full = described.reference.rsplit_once(':').expect("a reference ends with a version").0.to_owned();
    let by_reference = bench.management.layers.get(&LayerVersionRef { layer: full, version: 1 }).await;
    let same = by_reference.as_ref().is_ok_and(|found| found.as_ref() == Some(&described));
    bench.expect(Gap::LayerByReference, same, &by_reference);
}

/// To read what does not exist is no error.
pub async fn what_does_not_exist_is_none_to_who_reads(bench: Arc<Workbench>) {
    for version in absent(&bench) {
        assert_eq!(read(bench.management.layers.get(&version).await), None, "{version:?}");
        if !bench.lacks(Gap::LayerPolicies) {
            assert_eq!(policy(&bench, &version).await, None, "{version:?}");
        }
    }
}

/// A statement is read as it was asked for, for an account or for all accounts of an organisation.
pub async fn a_statement_is_read_as_it_was_asked_for(bench: Arc<Workbench>) {
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
    let found = policy(&bench, &version).await.expect("there is a policy");
    assert_eq!(found.statement(&account.id), Some(&account), "{found:?}");
    let kept = found.statement(&organization.id) == Some(&organization);
    bench.expect(Gap::OrganizationOfLayer, kept, &found);
}

/// What is removed is gone.
pub async fn a_removed_statement_is_gone(bench: Arc<Workbench>) {
    if bench.lacks(Gap::LayerPolicies) {
        return;
    }
    let (version, id) = bench.statement_of_layer("gone");
    add(&bench, &version, &statement(&id)).await;
    assert!(has(&bench, &version, &id).await);
    made(bench.management.layers.remove_permission(&version, &id, None, Effect::Make).await);
    assert!(!has(&bench, &version, &id).await);
}

/// A change that is only shown changes nothing.
pub async fn showing_changes_nothing(bench: Arc<Workbench>) {
    let (layers, name) = (&bench.management.layers, &bench.arranged_layer().name);
    let ((version, kept), (_, other)) = (bench.statement_of_layer("kept"), bench.statement_of_layer("shown"));
    shown(layers.add_permission(&version, &statement(&other), None, SHOW).await, name);
    if bench.lacks(Gap::LayerPolicies) {
        return;
    }
    add(&bench, &version, &statement(&kept)).await;
    shown(layers.remove_permission(&version, &kept, None, SHOW).await, name);
    assert!(has(&bench, &version, &kept).await);
    assert!(!has(&bench, &version, &other).await);
}

/// An id and action that are none are each named, and nothing is added.
pub async fn a_broken_rule_is_an_invalid_request_and_changes_nothing(bench: Arc<Workbench>) {
    let version = LayerVersionRef { layer: bench.arranged_layer().name.clone(), version: 1 };
    let broken = PermissionStatement { action: "lambda:InvokeFunction".to_owned(), ..statement("no id") };
    for effect in [Effect::Make, SHOW] {
        let outcome = bench.management.layers.add_permission(&version, &broken, None, effect).await;
        let error = refused(outcome, PortErrorKind::InvalidRequest);
        for member in ["StatementId", "Action"] {
            assert!(error.error.message.contains(member), "{member} is not in {error:?}");
        }
    }
    if !bench.lacks(Gap::LayerPolicies) {
        assert!(!has(&bench, &version, "no id").await);
    }
}

/// A second statement of the same id is a conflict, whatever it says.
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

/// Adding to what does not exist and removing what is not there is not found.
pub async fn what_does_not_exist_is_not_found(bench: Arc<Workbench>) {
    if bench.lacks(Gap::LayerPolicies) {
        return;
    }
    let (layers, not_found) = (&bench.management.layers, PortErrorKind::NotFound);
    for version in absent(&bench) {
        refused(layers.add_permission(&version, &statement("lost"), None, Effect::Make).await, not_found);
        refused(layers.remove_permission(&version, "lost", None, Effect::Make).await, not_found);
    }
    let (version, id) = bench.statement_of_layer("never-added");
    let outcome = layers.remove_permission(&version, &id, None, Effect::Make).await;
    bench.expect(Gap::AbsentStatement, is_refused(&outcome, not_found), &outcome);
}

/// A change that is meant for another revision is a conflict and is not made; one that is meant for this one is made.
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
    refused(removed, PortErrorKind::Conflict);
    let current = policy(&bench, &version).await.and_then(|policy| policy.revision);
    made(layers.add_permission(&version, &statement(&third), current.as_deref(), Effect::Make).await);
    assert!(has(&bench, &version, &third).await);
}
