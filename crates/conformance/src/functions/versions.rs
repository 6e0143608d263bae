//! Published versions.

use crate::{
    samples::parsed,
    workbench::{Gap, Workbench, is_refused, made, publish, read, refused, update_settings},
};
use lamplight_domain::{Function, FunctionRef, FunctionSettings, Qualifier, Routing};
use lamplight_ports::{CreateAlias, Effect, ListVersions, PortErrorKind, PublishVersion};
use std::sync::Arc;

/// All versions along the markers.
async fn walk(bench: &Workbench, function: &FunctionRef, page_size: Option<u32>) -> Vec<Function> {
    let (mut found, mut marker) = (Vec::new(), None);
    // A provider that never comes to an end must fail the test and not stop it.
    for _ in 0..100 {
        let wanted = ListVersions { function: function.clone(), marker, page_size };
        let page = read(bench.management.functions.versions(wanted).await);
        if let Some(size) = page_size {
            let fits = page.items.len() <= size as usize;
            assert!(fits || bench.lacks(Gap::Pages), "{} in a page of {size}", page.items.len());
        }
        found.extend(page.items);
        marker = page.next_marker;
        if marker.is_none() {
            return found;
        }
    }
    panic!("the listing has no end");
}

fn numbers(versions: &[Function]) -> Vec<String> {
    versions.iter().map(|version| version.version.clone().unwrap_or_default()).collect()
}

/// A published version is what the function was, whatever becomes of the function.
pub async fn what_is_published_stays_as_it_was(bench: Arc<Workbench>) {
    let (function, functions) = (bench.function().await, &bench.management.functions);
    let before = bench.now(&function).await;
    let described = PublishVersion { description: Some("the first".to_owned()), ..publish(&function) };
    let first = made(functions.publish(described, Effect::Make).await);
    assert_eq!(first.version.as_deref(), Some("1"), "{first:?}");
    assert_eq!(first.reference, format!("{}:1", before.reference), "a version has a reference of its own");
    assert_eq!(first.to_ref().reference, before.reference, "a job refers to the function");
    assert_eq!(first.settings.description.as_deref(), Some("the first"));
    assert_eq!(first.code_sha256, before.code_sha256);
    bench.ready(&function).await;
    let settings = FunctionSettings { memory_mb: Some(1024), ..FunctionSettings::default() };
    made(functions.update_settings(update_settings(&function, settings), Effect::Make).await);
    let now = bench.ready(&function).await;
    assert_eq!(now.settings.memory_mb, Some(1024));
    assert_eq!(now.settings.description, before.settings.description, "the function's own description stays");
    assert_eq!(now.reference, before.reference, "the function itself keeps its reference");
    let kept = bench.look(&function, Some("1")).await.expect("version 1 is there");
    assert_eq!(kept.reference, first.reference);
    let frozen = kept.settings.memory_mb == before.settings.memory_mb
        && kept.settings.description.as_deref() == Some("the first");
    bench.expect(Gap::FrozenVersions, frozen, &kept);
    let second = made(functions.publish(publish(&function), Effect::Make).await);
    assert_eq!(second.version.as_deref(), Some("2"), "{second:?}");
}

/// Where nothing changed since the last version, that one is given and none is made.
pub async fn publishing_the_same_again_gives_the_same_version(bench: Arc<Workbench>) {
    let (function, functions) = (bench.function().await, &bench.management.functions);
    let first = made(functions.publish(publish(&function), Effect::Make).await);
    bench.ready(&function).await;
    let again = made(functions.publish(publish(&function), Effect::Make).await);
    let versions = numbers(&walk(&bench, &function, None).await);
    let same = again.version == first.version && versions.len() == 2;
    bench.expect(Gap::RepeatedPublish, same, &(first.version, again.version, versions));
}

/// A version of other code than was meant is not published.
pub async fn a_checksum_that_is_not_the_codes_publishes_nothing(bench: Arc<Workbench>) {
    let (function, functions) = (bench.function().await, &bench.management.functions);
    let wanted = |package: usize| PublishVersion {
        if_code_sha256: Some(bench.packages[package].sha256().to_owned()),
        ..publish(&function)
    };
    let outcome = functions.publish(wanted(1), Effect::Make).await;
    bench.expect(Gap::ChecksumOfPublish, is_refused(&outcome, PortErrorKind::InvalidRequest), &outcome);
    if !bench.lacks(Gap::ChecksumOfPublish) {
        assert_eq!(numbers(&walk(&bench, &function, None).await), ["$LATEST"]);
    }
    made(functions.publish(wanted(0), Effect::Make).await);
}

/// Deleting one version leaves the function and its other versions; deleting it again is not found.
pub async fn a_version_is_deleted_by_itself(bench: Arc<Workbench>) {
    let (function, functions) = (bench.function().await, &bench.management.functions);
    let (first, second) = (bench.version(&function).await, bench.version(&function).await);
    let number = parsed::<Qualifier>(&first);
    made(functions.delete(&function, Some(&number), Effect::Make).await);
    assert_eq!(bench.look(&function, Some(&first)).await, None);
    assert!(bench.look(&function, Some(&second)).await.is_some());
    assert!(bench.look(&function, None).await.is_some());
    let outcome = functions.delete(&function, Some(&number), Effect::Make).await;
    bench.expect(Gap::AbsentVersion, is_refused(&outcome, PortErrorKind::NotFound), &outcome);
}

/// A version that an alias leads to is in use, and stays.
pub async fn a_version_that_an_alias_uses_is_not_deleted(bench: Arc<Workbench>) {
    let (function, functions) = (bench.function().await, &bench.management.functions);
    let version = bench.version(&function).await;
    let alias = CreateAlias {
        function: function.clone(),
        name: "live".to_owned(),
        version: version.clone(),
        description: None,
        routing: Routing::new(),
    };
    made(bench.management.aliases.create(alias, Effect::Make).await);
    let number = parsed::<Qualifier>(&version);
    if bench.lacks(Gap::VersionInUse) {
        let outcome = functions.delete(&function, Some(&number), Effect::Make).await;
        bench.expect(Gap::VersionInUse, is_refused(&outcome, PortErrorKind::Conflict), &outcome);
        return;
    }
    refused(functions.delete(&function, Some(&number), Effect::Make).await, PortErrorKind::Conflict);
    assert!(bench.look(&function, Some(&version)).await.is_some());
    made(bench.management.aliases.delete(&function, "live", Effect::Make).await);
    made(functions.delete(&function, Some(&number), Effect::Make).await);
}

/// Walking along the markers gives the unpublished version and each published one, once, whatever the pages.
pub async fn versions_come_in_pages(bench: Arc<Workbench>) {
    let function = bench.function().await;
    for _ in 0..3 {
        bench.version(&function).await;
    }
    for page_size in [None, Some(1), Some(2), Some(10_000)] {
        let found = walk(&bench, &function, page_size).await;
        let mut versions = numbers(&found);
        versions.sort();
        assert_eq!(versions, ["$LATEST", "1", "2", "3"], "in pages of {page_size:?}");
        assert!(found.iter().all(|version| version.name == function.name), "{found:?}");
    }
    for page_size in [0, 10_001] {
        let wanted = ListVersions { function: function.clone(), marker: None, page_size: Some(page_size) };
        let error = bench.management.functions.versions(wanted).await.expect_err("no page is of that size");
        assert_eq!(error.kind, PortErrorKind::InvalidRequest, "{error:?}");
    }
}
