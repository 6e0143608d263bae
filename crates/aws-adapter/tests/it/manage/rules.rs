//! Rules of the API: every one that is broken is told at once, and nothing is sent.

use super::{adder, create_alias, lambda, layer_statement, qualified, routing, statement, update_alias};
use lamplight_domain::{AsyncSettings, ErrorCode, FunctionRef, PermissionStatement};
use lamplight_ports::{
    Applied, ChangeError, CreateAlias, Effect, LayerVersionRef, ListAliases, ListLayers, PortError,
    PortErrorKind, QualifiedFunction, UpdateAlias,
};
use wiremock::ResponseTemplate;

/// A function that none can be.
fn nowhere() -> FunctionRef {
    FunctionRef { reference: "no function".to_owned(), ..adder() }
}

fn no_version() -> LayerVersionRef {
    LayerVersionRef { layer: "no layer".to_owned(), version: 0 }
}

/// The members of the request that a refusal names.
fn members(error: &PortError) -> Vec<&str> {
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest));
    let (_, broken) = error.message.split_once(" was not sent: ").unwrap();
    let begins = broken.split("; ").filter_map(|part| part.split(' ').next());
    // What else a rule says after a semicolon begins small.
    begins.filter(|word| word.starts_with(char::is_uppercase)).collect()
}

fn members_of(error: &ChangeError) -> Vec<&str> {
    assert_eq!((error.applied, error.transient), (Applied::No, false));
    members(&error.error)
}

#[tokio::test]
async fn aliases_that_cannot_be_are_not_asked_for() {
    let (server, management) = lambda(ResponseTemplate::new(500)).await;
    let aliases = management.aliases;
    let create = CreateAlias {
        function: nowhere(),
        name: "7".to_owned(),
        version: "live".to_owned(),
        description: Some("x".repeat(257)),
        routing: routing(&[("4", 1.5)]),
    };
    let weights = "RoutingConfig.AdditionalVersionWeights";
    assert_eq!(
        members_of(&aliases.create(create, Effect::Make).await.unwrap_err()),
        ["FunctionName", "Name", "FunctionVersion", "Description", weights]
    );
    let itself = CreateAlias { routing: routing(&[("3", 0.1)]), ..create_alias() };
    assert_eq!(members_of(&aliases.create(itself, Effect::Make).await.unwrap_err()), [weights]);
    let update = UpdateAlias {
        version: Some("live".to_owned()),
        routing: Some(routing(&[("new", 0.1)])),
        if_revision: Some("a b".to_owned()),
        ..update_alias()
    };
    assert_eq!(
        members_of(&aliases.update(update, Effect::Make).await.unwrap_err()),
        ["FunctionVersion", weights, "RevisionId"]
    );
    let error = aliases.delete(&nowhere(), "", Effect::Make).await.unwrap_err();
    assert_eq!(members_of(&error), ["FunctionName", "Name"]);
    assert_eq!(members(&aliases.get(&nowhere(), "a.b").await.unwrap_err()), ["FunctionName", "Name"]);
    let list = ListAliases {
        function: nowhere(),
        version: Some("live".to_owned()),
        marker: None,
        page_size: Some(0),
    };
    let error = aliases.list(list).await.unwrap_err();
    assert_eq!(members(&error), ["FunctionName", "FunctionVersion", "MaxItems"]);
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn statements_that_cannot_be_are_not_asked_for() {
    let (server, management) = lambda(ResponseTemplate::new(500)).await;
    let permissions = management.permissions;
    let subject = QualifiedFunction { function: nowhere(), ..qualified(Some("$LATEST")) };
    let bad = PermissionStatement {
        id: "a b".to_owned(),
        source: Some("bucket".to_owned()),
        event_source_token: Some("hunter2 with a space".to_owned()),
        ..statement()
    };
    let error = permissions.add(&subject, &bad, Some(""), Effect::Make).await.unwrap_err();
    assert_eq!(
        members_of(&error),
        ["FunctionName", "StatementId", "SourceArn", "EventSourceToken", "Qualifier", "RevisionId"]
    );
    assert!(!error.to_string().contains("hunter2"), "{error}");
    let error = permissions.remove(&subject, "a/b", Some(""), Effect::Make).await.unwrap_err();
    assert_eq!(members_of(&error), ["FunctionName", "StatementId", "RevisionId"]);
    assert_eq!(members(&permissions.policy(&subject).await.unwrap_err()), ["FunctionName"]);
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn layers_that_cannot_be_are_not_asked_for() {
    let (server, management) = lambda(ResponseTemplate::new(500)).await;
    let layers = management.layers;
    let bad = PermissionStatement {
        organization: Some("acme".to_owned()),
        source: Some("arn:aws:s3:::b".to_owned()),
        ..statement()
    };
    let error = layers.add_permission(&no_version(), &bad, Some(""), Effect::Make).await.unwrap_err();
    assert_eq!(
        members_of(&error),
        [
            "LayerName",
            "VersionNumber",
            "Action",
            "Principal",
            "OrganizationId",
            "SourceArn",
            "EventSourceToken",
            "RevisionId",
        ]
    );
    let error = layers.remove_permission(&no_version(), "a.b", None, Effect::Make).await.unwrap_err();
    assert_eq!(members_of(&error), ["LayerName", "VersionNumber", "StatementId"]);
    for error in
        [layers.get(&no_version()).await.unwrap_err(), layers.policy(&no_version()).await.unwrap_err()]
    {
        assert_eq!(members(&error), ["LayerName", "VersionNumber"]);
    }
    let narrowed = ListLayers {
        runtime: Some("two words".to_owned()),
        architecture: Some("mips".to_owned()),
        marker: None,
        page_size: Some(51),
    };
    let error = layers.versions("no layer", narrowed.clone()).await.unwrap_err();
    assert_eq!(members(&error), ["LayerName", "Runtime", "Architectures", "MaxItems"]);
    assert_eq!(members(&layers.list(narrowed).await.unwrap_err()), ["Runtime", "Architectures", "MaxItems"]);
    let numberless = LayerVersionRef { layer: "common".to_owned(), version: u64::MAX };
    let error = layers.add_permission(&numberless, &layer_statement(), None, Effect::Make).await.unwrap_err();
    assert_eq!(members_of(&error), ["VersionNumber"]);
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn layers_of_another_region_are_not_asked_for() {
    let (server, management) = lambda(ResponseTemplate::new(500)).await;
    let layers = management.layers;
    let statement = layer_statement();
    for layer in [
        "arn:aws:lambda:us-east-1:123456789012:layer:common",
        "arn:aws-cn:lambda:eu-west-1:123456789012:layer:common",
    ] {
        let version = LayerVersionRef { layer: layer.to_owned(), version: 3 };
        for error in [
            layers.versions(layer, ListLayers::default()).await.unwrap_err(),
            layers.get(&version).await.unwrap_err(),
            layers.policy(&version).await.unwrap_err(),
            layers.add_permission(&version, &statement, None, Effect::Make).await.unwrap_err().error,
            layers.remove_permission(&version, "all", None, Effect::Make).await.unwrap_err().error,
        ] {
            assert_eq!(members(&error), ["LayerName"]);
            assert!(error.message.contains("eu-west-1"), "{error}");
        }
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn settings_of_asynchronous_calls_that_cannot_be_are_not_asked_for() {
    let (server, management) = lambda(ResponseTemplate::new(500)).await;
    let async_invocations = management.async_invocations;
    let subject = QualifiedFunction { function: nowhere(), qualifier: None };
    let bad = AsyncSettings {
        max_retries: Some(3),
        max_age_seconds: Some(59),
        on_success: Some("arn:aws:s3:::bucket".to_owned()),
        on_failure: Some("queue".to_owned()),
    };
    let expected = [
        "FunctionName",
        "MaximumRetryAttempts",
        "MaximumEventAgeInSeconds",
        "DestinationConfig.OnSuccess.Destination",
        "DestinationConfig.OnFailure.Destination",
    ];
    for error in [
        async_invocations.put(&subject, &bad, Effect::Make).await.unwrap_err(),
        async_invocations.update(&subject, &bad, Effect::Make).await.unwrap_err(),
    ] {
        assert_eq!(members_of(&error), expected);
    }
    assert_eq!(
        members_of(&async_invocations.delete(&subject, Effect::Make).await.unwrap_err()),
        ["FunctionName"]
    );
    assert_eq!(members(&async_invocations.get(&subject).await.unwrap_err()), ["FunctionName"]);
    let error = async_invocations.list(&nowhere(), None, Some(51)).await.unwrap_err();
    assert_eq!(members(&error), ["FunctionName", "MaxItems"]);
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}
