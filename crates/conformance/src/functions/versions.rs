//! Published versions.

use crate::{
    samples::parse_name,
    workbench::{
        Gap, Workbench, expect_made, expect_read, expect_refused, is_refused, publish, update_settings,
    },
};
use lamplight_domain::{Function, FunctionRef, FunctionSettings, Qualifier, Routing};
use lamplight_ports::{CreateAlias, Effect, ListVersions, PortErrorKind, PublishVersion};
use std::sync::Arc;

/// Follows the markers and returns all versions.
async fn walk(bench: &Workbench, function: &FunctionRef, page_size: Option<u32>) -> Vec<Function> {
    let (mut found, mut marker) = (Vec::new(), None);
    // A listing that never ends must fail the test, not hang it.
    for _ in 0..100 {
        let wanted = ListVersions { function: function.clone(), marker, page_size };
        let page = expect_read(bench.management.functions.versions(wanted).await);
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
    panic!("the listing does not end");
}

fn numbers(versions: &[Function]) -> Vec<String> {
    versions.iter().map(|version| version.version.clone().unwrap_or_default()).collect()
}

/// A published version does not change when the function changes.
pub async fn a_published_version_never_changes(bench: Arc<Workbench>) {
    let (function, functions) = (bench.function().await, &bench.management.functions);
    let before = bench.current(&function).await;
    let described = PublishVersion { description: Some("the first".to_owned()), ..publish(&function) };
    let first = expect_made(functions.publish(described, Effect::Make).await);
    assert_eq!(first.version.as_deref(), Some("1"), "{first:?}");
    assert_eq!(first.reference, format!("{}:1", before.reference), "a version has its own reference");
    assert_eq!(first.to_ref().reference, before.reference, "a job refers to the function");
    assert_eq!(first.settings.description.as_deref(), Some("the first"));
    assert_eq!(first.code_sha256, before.code_sha256);
    bench.wait_until_ready(&function).await;
    let settings = FunctionSettings { memory_mb: Some(1024), ..FunctionSettings::default() };
    expect_made(functions.update_settings(update_settings(&function, settings), Effect::Make).await);
    let now = bench.wait_until_ready(&function).await;
    assert_eq!(now.settings.memory_mb, Some(1024));
    assert_eq!(
        now.settings.description, before.settings.description,
        "the function's own description does not change"
    );
    assert_eq!(now.reference, before.reference, "the function itself keeps its reference");
    let kept = bench.find_function(&function, Some("1")).await.expect("version 1 exists");
    assert_eq!(kept.reference, first.reference);
    let frozen = kept.settings.memory_mb == before.settings.memory_mb
        && kept.settings.description.as_deref() == Some("the first");
    bench.expect(Gap::FrozenVersions, frozen, &kept);
    let second = expect_made(functions.publish(publish(&function), Effect::Make).await);
    assert_eq!(second.version.as_deref(), Some("2"), "{second:?}");
}

/// If nothing changed since the last version, that version is returned and no new one is created.
pub async fn publishing_the_same_again_gives_the_same_version(bench: Arc<Workbench>) {
    let (function, functions) = (bench.function().await, &bench.management.functions);
    let first = expect_made(functions.publish(publish(&function), Effect::Make).await);
    bench.wait_until_ready(&function).await;
    let again = expect_made(functions.publish(publish(&function), Effect::Make).await);
    let versions = numbers(&walk(&bench, &function, None).await);
    let same = again.version == first.version && versions.len() == 2;
    bench.expect(Gap::RepeatedPublish, same, &(first.version, again.version, versions));
}

/// A version is not published if the code is not the expected code.
pub async fn a_wrong_checksum_publishes_nothing(bench: Arc<Workbench>) {
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
    expect_made(functions.publish(wanted(0), Effect::Make).await);
}

/// Deleting a version does not affect the function and its other versions; deleting it again fails as not found.
pub async fn deleting_a_version_keeps_the_others(bench: Arc<Workbench>) {
    let (function, functions) = (bench.function().await, &bench.management.functions);
    let (first, second) = (bench.version(&function).await, bench.version(&function).await);
    let number = parse_name::<Qualifier>(&first);
    expect_made(functions.delete(&function, Some(&number), Effect::Make).await);
    assert_eq!(bench.find_function(&function, Some(&first)).await, None);
    assert!(bench.find_function(&function, Some(&second)).await.is_some());
    assert!(bench.find_function(&function, None).await.is_some());
    let outcome = functions.delete(&function, Some(&number), Effect::Make).await;
    bench.expect(Gap::AbsentVersion, is_refused(&outcome, PortErrorKind::NotFound), &outcome);
}

/// A version that an alias points to is in use and cannot be deleted.
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
    expect_made(bench.management.aliases.create(alias, Effect::Make).await);
    let number = parse_name::<Qualifier>(&version);
    if bench.lacks(Gap::VersionInUse) {
        let outcome = functions.delete(&function, Some(&number), Effect::Make).await;
        bench.expect(Gap::VersionInUse, is_refused(&outcome, PortErrorKind::Conflict), &outcome);
        return;
    }
    expect_refused(functions.delete(&function, Some(&number), Effect::Make).await, PortErrorKind::Conflict);
    assert!(bench.find_function(&function, Some(&version)).await.is_some());
    expect_made(bench.management.aliases.delete(&function, "live", Effect::Make).await);
    expect_made(functions.delete(&function, Some(&number), Effect::Make).await);
}

/// Following the markers returns the unpublished version and each published version once, whatever the page size.
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
        let error = bench
            .management
            .functions
            .versions(wanted)
            .await
            .expect_err("a page size out of range is refused");
        assert_eq!(error.kind, PortErrorKind::InvalidRequest, "{error:?}");
    }
}
