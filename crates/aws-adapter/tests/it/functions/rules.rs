//! Requests that break a rule of Lambda: refused at once, with every rule, and nothing sent.

use super::{CHANGES, READS, SECRET, adder, create, package, publish, settings, tags, update_code};
use crate::{
    server::{Reaction, Received, Server},
    support::ports,
};
use lamplight_domain::{CodeSource, ErrorCode, FunctionCode, FunctionRef, FunctionSettings, LoggingSettings};
use lamplight_ports::{
    Applied, ChangeError, Effect, FunctionCatalogue, ListFunctions, PortErrorKind, PublishVersion, TagChange,
    UpdateCode, UpdateSettings,
};

const BOTH: [Effect; 2] = [Effect::Make, Effect::Show { secrets: true }];

async fn nothing() -> Server {
    Server::start(|_: &Received| Reaction::Stall(Vec::new())).await
}

fn is_refused(error: &ChangeError, names: &[&str]) {
    assert_eq!((error.applied, error.transient), (Applied::No, false), "{error:?}");
    assert_eq!(
        (error.error.kind, error.error.code.clone()),
        (PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest)
    );
    for name in names {
        assert!(error.error.message.contains(name), "{name} is not in {error}");
    }
    assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
}

#[tokio::test]
async fn every_broken_rule_is_named_and_nothing_is_sent() {
    let server = nothing().await;
    let functions = ports(&server.url()).management.functions;
    let broken = FunctionSettings { memory_mb: Some(64), timeout_seconds: Some(0), ..settings() };
    let elsewhere = FunctionCode { architecture: Some("sparc".to_owned()), ..package() };
    for effect in BOTH {
        let error = functions.create(create(elsewhere.clone(), broken.clone()), effect).await.unwrap_err();
        is_refused(&error, &["Architectures", "MemorySize 64 is below 128 MB", "Timeout"]);

        let request = UpdateSettings { function: adder(), settings: broken.clone(), if_revision: None };
        let error = functions.update_settings(request, effect).await.unwrap_err();
        is_refused(&error, &["MemorySize", "Timeout"]);

        let error = functions.update_code(update_code(elsewhere.clone()), effect).await.unwrap_err();
        is_refused(&error, &["Architectures"]);

        let request = PublishVersion { description: Some("x".repeat(257)), ..publish() };
        is_refused(&functions.publish(request, effect).await.unwrap_err(), &["Description"]);

        let change = TagChange { set: tags(&[("aws:x", "1")]), remove: vec![String::new()] };
        is_refused(&functions.tag(&adder(), change, effect).await.unwrap_err(), &["Tags", "TagKeys"]);
    }
    assert_eq!(server.connections(), 0);
}

/// A change of a function is held to what its creation is held to.
#[tokio::test]
async fn what_goes_together_is_checked_for_a_creation_and_a_change_alike() {
    let server = nothing().await;
    let functions = ports(&server.url()).management.functions;
    let logging = LoggingSettings {
        format: Some("Text".to_owned()),
        application_level: Some("DEBUG".to_owned()),
        ..LoggingSettings::default()
    };
    let broken = FunctionSettings { timeout_seconds: Some(1_000), logging: Some(logging), ..settings() };
    let named =
        ["Timeout 1000 is above 900 seconds", "LoggingConfig.ApplicationLogLevel needs LogFormat JSON"];
    let bucket = CodeSource::StoredObject {
        bucket: "my..bucket".to_owned(),
        key: "adder.zip".to_owned(),
        version: None,
        mode: None,
    };
    for effect in BOTH {
        let error = functions.create(create(package(), broken.clone()), effect).await.unwrap_err();
        is_refused(&error, &named);
        let request = UpdateSettings { function: adder(), settings: broken.clone(), if_revision: None };
        is_refused(&functions.update_settings(request, effect).await.unwrap_err(), &named);
        for (source, name) in [
            (CodeSource::Image("docker.io/library/adder:1".to_owned()), "ImageUri"),
            (bucket.clone(), "S3Bucket \"my..bucket\""),
        ] {
            let code = FunctionCode::new(source);
            let error = functions.create(create(code.clone(), settings()), effect).await.unwrap_err();
            is_refused(&error, &[name]);
            let error = functions.update_code(update_code(code), effect).await.unwrap_err();
            is_refused(&error, &[name]);
        }
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_name_that_cannot_be_managed_is_refused_by_every_operation() {
    let server = nothing().await;
    let functions = ports(&server.url()).management.functions;
    // Calls allow a dot in a name, management does not.
    let dotted = FunctionRef { reference: "a.b".to_owned(), ..adder() };
    for effect in BOTH {
        let request = UpdateCode { function: dotted.clone(), ..update_code(package()) };
        is_refused(&functions.update_code(request, effect).await.unwrap_err(), &["FunctionName"]);
        is_refused(&functions.delete(&dotted, None, effect).await.unwrap_err(), &["FunctionName"]);
        for reserved in [None, Some(1)] {
            let error = functions.reserve_concurrency(&dotted, reserved, effect).await.unwrap_err();
            is_refused(&error, &["FunctionName"]);
        }
        let change = TagChange { set: tags(&[("team", "sums")]), remove: Vec::new() };
        is_refused(&functions.tag(&dotted, change, effect).await.unwrap_err(), &["FunctionName"]);
    }
    for error in [
        functions.tags(&dotted).await.unwrap_err(),
        functions.reserved_concurrency(&dotted).await.unwrap_err(),
    ] {
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest)
        );
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn copies_are_listed_with_all_versions_alone() {
    let server = nothing().await;
    let request = ListFunctions { primary_region: Some("ALL".to_owned()), ..ListFunctions::default() };
    let error = ports(&server.url()).catalogue.list(request).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest));
    assert!(error.message.contains("MasterRegion"), "{error}");
    assert_eq!(server.connections(), 0);
}

#[test]
fn every_operation_of_the_port_is_in_one_of_the_lists() {
    assert!(CHANGES.iter().all(|operation| operation.changes()));
    assert!(READS.iter().all(|operation| !operation.changes()));
}
