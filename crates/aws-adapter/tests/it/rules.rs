//! Rules that are checked before anything is sent; everything else is sent, and Lambda decides.

use crate::{
    functions::{self, SECRET, create, package, settings, tags, update_code},
    manage::{adder, create_alias, layer_statement, routing, update_alias},
    server::{Reaction, Received, Server, refusal},
    support::ports,
};
use lamplight_aws_model::manage_rules::MAX_UPLOAD_BYTES;
use lamplight_domain::{
    CodeSource, EnvironmentVariable, ErrorCode, FunctionCode, FunctionRef, FunctionSettings, Network,
    Package, PermissionStatement, Redacted,
};
use lamplight_ports::{
    Applied, ChangeError, CreateAlias, Effect, FunctionCatalogue, LayerVersionRef, ListAliases,
    ListFunctions, ListLayers, ListVersions, PortError, PortErrorKind, TagChange, UpdateAlias,
    UpdateSettings,
};
use std::error::Error;

const BOTH: [Effect; 2] = [Effect::Make, Effect::Show { secrets: true }];

fn read(error: PortError) -> ChangeError {
    ChangeError::refused(error)
}

/// Checks that each request was refused before it was sent, with these parts in its message.
fn are_refused(cases: Vec<(ChangeError, &[&str])>) {
    for (error, parts) in cases {
        assert_eq!((error.applied, error.transient), (Applied::No, false), "{error:?}");
        let PortError { kind, code, message, .. } = &error.error;
        assert_eq!((*kind, code), (PortErrorKind::InvalidRequest, &ErrorCode::InvalidRequest));
        assert!(message.contains(" was not sent: "), "{message}");
        for part in parts {
            assert!(message.contains(part), "{part} is not in {message}");
        }
        assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
    }
}

fn environment(key: &str) -> FunctionSettings {
    let value = Redacted::new(SECRET.to_owned());
    let environment = Some(vec![EnvironmentVariable { key: key.to_owned(), value }]);
    FunctionSettings { environment, ..settings() }
}

#[tokio::test]
async fn what_would_fail_or_do_harm_is_refused_with_every_reason() {
    let server = Server::start(|_: &Received| Reaction::Stall(Vec::new())).await;
    let ports = ports(&server.url());
    let (functions, aliases, layers) =
        (&ports.management.functions, &ports.management.aliases, &ports.management.layers);
    let large = || {
        FunctionCode::new(CodeSource::Package(Package::new(vec![0; MAX_UPLOAD_BYTES + 1], functions::SHA256)))
    };
    let update = |settings| UpdateSettings { function: adder(), settings, if_revision: None };
    let network = Network { subnets: vec!["subnet-1".to_owned()], ..Network::default() };
    let roleless = FunctionSettings { role: None, ..environment("AWS_REGION") };
    let itself = routing(&[("3", 0.1)]);
    let mut cases: Vec<(ChangeError, &[&str])> = Vec::new();
    for effect in BOTH {
        let detached = FunctionSettings { network: Some(network.clone()), ..settings() };
        let alias = CreateAlias { routing: itself.clone(), ..create_alias() };
        let change =
            UpdateAlias { version: Some("3".to_owned()), routing: Some(itself.clone()), ..update_alias() };
        let limited =
            PermissionStatement { source_account: Some("123456789012".to_owned()), ..layer_statement() };
        let common = LayerVersionRef { layer: "common".to_owned(), version: 3 };
        cases.extend([
            (
                functions.create(create(large(), roleless.clone()), effect).await.unwrap_err(),
                &["ZipFile has", "Role", "AWS_REGION"][..],
            ),
            (functions.update_code(update_code(large()), effect).await.unwrap_err(), &["ZipFile has"]),
            (
                functions.update_settings(update(environment("AWS_REGION")), effect).await.unwrap_err(),
                &["AWS_REGION"],
            ),
            (
                functions.update_settings(update(detached), effect).await.unwrap_err(),
                &["VpcConfig.SecurityGroupIds"],
            ),
            (aliases.create(alias, effect).await.unwrap_err(), &["names version 3"]),
            (aliases.update(change, effect).await.unwrap_err(), &["names version 3"]),
            (layers.add_permission(&common, &limited, None, effect).await.unwrap_err(), &["SourceAccount"]),
        ]);
    }
    let copies = ListFunctions { primary_region: Some("ALL".to_owned()), ..ListFunctions::default() };
    let versions = ListVersions { function: adder(), marker: None, page_size: Some(0) };
    let of_function = ListAliases { function: adder(), version: None, marker: None, page_size: Some(10_001) };
    let narrow = ListLayers { page_size: Some(51), ..ListLayers::default() };
    let asynchronous = &ports.management.async_invocations;
    cases.extend([
        (read(ports.catalogue.list(copies).await.unwrap_err()), &["MasterRegion"][..]),
        (read(functions.versions(versions).await.unwrap_err()), &["MaxItems is 0"]),
        (read(aliases.list(of_function).await.unwrap_err()), &["MaxItems is 10001"]),
        (read(layers.list(narrow.clone()).await.unwrap_err()), &["MaxItems is 51"]),
        (read(layers.versions("common", narrow).await.unwrap_err()), &["MaxItems is 51"]),
        (read(asynchronous.list(&adder(), None, Some(51)).await.unwrap_err()), &["MaxItems is 51"]),
    ]);
    are_refused(cases);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn layers_of_another_region_are_not_asked_for() {
    let server = Server::start(|_: &Received| Reaction::Stall(Vec::new())).await;
    let layers = ports(&server.url()).management.layers;
    let statement = layer_statement();
    let mut cases: Vec<(ChangeError, &[&str])> = Vec::new();
    for layer in [
        "arn:aws:lambda:us-east-1:123456789012:layer:common",
        "arn:aws-cn:lambda:eu-west-1:123456789012:layer:common",
    ] {
        let version = LayerVersionRef { layer: layer.to_owned(), version: 3 };
        for error in [
            read(layers.versions(layer, ListLayers::default()).await.unwrap_err()),
            read(layers.get(&version).await.unwrap_err()),
            read(layers.policy(&version).await.unwrap_err()),
            layers.add_permission(&version, &statement, None, Effect::Make).await.unwrap_err(),
            layers.remove_permission(&version, "all", None, Effect::Make).await.unwrap_err(),
        ] {
            cases.push((error, &["LayerName", "eu-west-1"]));
        }
    }
    are_refused(cases);
    assert_eq!(server.connections(), 0);
}

/// Lambda's answer, which names every refused value and the supported runtimes.
const WORDS: &str = "2 validation errors detected: Value '64' at 'memorySize' failed to satisfy constraint: \
    Member must have value greater than or equal to 128; Value 'pyton' at 'runtime' failed to satisfy constraint: \
    Member must satisfy enum value set: [ruby2.6, python2.7, nodejs8.10, ruby2.7, java8.al2, provided.al2, \
    dotnetcore2.0, python3.4, java25, dotnet10, python3.13, nodejs24.x, provided.al2023, python3.6, python3.7, \
    nodejs10.x, nodejs12.x, java8, nodejs14.x, ruby3.2, java11, nodejs16.x, java17, java21, dotnet6, dotnet8, \
    nodejs18.x, nodejs20.x, nodejs22.x, python3.8, python3.9, python3.10, python3.11, python3.12, ruby3.3] or be \
    a valid ARN";

#[tokio::test]
async fn rules_checked_by_lambda_are_left_to_it() {
    for code in ["ValidationException", "InvalidParameterValueException"] {
        let server = Server::start(move |_: &Received| Reaction::Answer(refusal(400, code, WORDS))).await;
        let management = ports(&server.url()).management;
        let functions = management.functions;
        let settings = FunctionSettings {
            memory_mb: Some(64),
            timeout_seconds: Some(0),
            runtime: Some("pyton".to_owned()),
            role: Some("me".to_owned()),
            ..environment("1 2")
        };
        let dotted = FunctionRef { reference: "a.b".to_owned(), ..adder() };
        let change = TagChange { set: tags(&[("aws:x", "1")]), remove: Vec::new() };
        let alias =
            CreateAlias { name: "7".to_owned(), routing: routing(&[("live", 1.5)]), ..create_alias() };
        let errors = [
            functions.create(create(package(), settings), Effect::Make).await.unwrap_err(),
            functions.delete(&dotted, None, Effect::Make).await.unwrap_err(),
            functions.tag(&adder(), change, Effect::Make).await.unwrap_err(),
            management.aliases.create(alias, Effect::Make).await.unwrap_err(),
            read(management.aliases.get(&dotted, "a b").await.unwrap_err()),
        ];
        assert_eq!(server.requests().len(), errors.len());
        for error in errors {
            assert_eq!((error.applied, error.transient), (Applied::No, false), "{error:?}");
            assert_eq!(error.error.kind, PortErrorKind::InvalidRequest, "{error:?}");
            assert_eq!(error.source().unwrap().to_string(), WORDS);
            let hint = error.error.hint.unwrap().to_string();
            assert!(hint.contains("fix the value that Lambda names"), "{hint}");
        }
    }
}

/// A number that is too large for Lambda's types is sent as the maximum, which Lambda refuses. Leaving it out would mean the
/// default.
#[tokio::test]
async fn a_number_that_is_too_large_is_not_left_out() {
    let server =
        Server::start(|_: &Received| Reaction::Answer(refusal(400, "ValidationException", "no"))).await;
    let asynchronous = ports(&server.url()).management.async_invocations;
    let settings =
        lamplight_domain::AsyncSettings { max_retries: Some(u32::MAX), ..crate::manage::async_settings() };
    asynchronous.put(&crate::manage::qualified(None), &settings, Effect::Make).await.unwrap_err();
    let body: serde_json::Value = serde_json::from_slice(&server.requests()[0].body).unwrap();
    assert_eq!(body["MaximumRetryAttempts"], serde_json::json!(i32::MAX));
}
