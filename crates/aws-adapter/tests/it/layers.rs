//! Layers and their permissions: the exact request of each operation, and the result for its answer.

use crate::manage::{
    LAYER, REVISION, absent, answers, elsewhere, encoded, lambda, layer_statement, layer_version, made,
    only_request,
};
use lamplight_domain::{ErrorCode, Layer, LayerVersion, PermissionStatement};
use lamplight_ports::{Effect, ListLayers, Page, PortErrorKind};
use serde_json::{Value, json};

/// A layer version as in a list.
fn listed() -> Value {
    json!({
        "LayerVersionArn": format!("{LAYER}:3"),
        "Version": 3,
        "Description": "what all share",
        "CreatedDate": "2026-01-01T00:00:00.000+0000",
        "CompatibleRuntimes": ["python3.13", "python9.99"],
        "CompatibleArchitectures": ["x86_64", "arm64"],
        "LicenseInfo": "MIT",
    })
}

fn version() -> LayerVersion {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    LayerVersion {
        reference: format!("{LAYER}:3"),
        version: 3,
        description: Some("what all share".to_owned()),
        created: Some("2026-01-01T00:00:00.000+0000".to_owned()),
        runtimes: words(&["python3.13", "python9.99"]),
        architectures: words(&["x86_64", "arm64"]),
        license: Some("MIT".to_owned()),
        code_sha256: None,
        code_size: None,
    }
}

/// All filters of a list.
fn narrowed() -> ListLayers {
    ListLayers {
        runtime: Some("python9.99".to_owned()),
        architecture: Some("arm64".to_owned()),
        marker: Some("m 1".to_owned()),
        page_size: Some(50),
    }
}

const QUERY: &str = "?CompatibleRuntime=python9.99&Marker=m%201&MaxItems=50&CompatibleArchitecture=arm64";

/// The parts of a path and its query, sorted.
fn parts(path: &str) -> (String, Vec<String>) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut query: Vec<String> = query.split('&').map(str::to_owned).collect();
    query.sort();
    (path.to_owned(), query)
}

fn policy_path(layer: &str, beneath: &str) -> String {
    format!("/2018-10-31/layers/{}/versions/3/policy{beneath}", encoded(layer))
}

#[tokio::test]
async fn layers_are_listed_in_pages() {
    let body = json!({
        "Layers": [
            {"LayerName": "common", "LayerArn": LAYER, "LatestMatchingVersion": listed()},
            {"LayerName": "bare"},
        ],
        "NextMarker": "m2",
    });
    let (server, management) = lambda(answers(&body)).await;
    let page = management.layers.list(narrowed()).await.unwrap();
    let bare = Layer { name: "bare".to_owned(), ..Layer::default() };
    let common = Layer { name: "common".to_owned(), reference: LAYER.to_owned(), latest: Some(version()) };
    assert_eq!(page, Page { items: vec![common, bare], next_marker: Some("m2".to_owned()) });
    let (method, path, body) = only_request(&server).await;
    assert_eq!((method.as_str(), body), ("GET", Value::Null));
    assert_eq!(parts(&path), parts(&format!("/2018-10-31/layers{QUERY}")));
}

#[tokio::test]
async fn versions_are_listed_by_name_or_arn() {
    for layer in ["common", LAYER] {
        let body = json!({"LayerVersions": [listed()], "NextMarker": ""});
        let (server, management) = lambda(answers(&body)).await;
        let page = management.layers.versions(layer, narrowed()).await.unwrap();
        assert_eq!(page, Page { items: vec![version()], next_marker: None });
        let (method, path, body) = only_request(&server).await;
        assert_eq!((method.as_str(), body), ("GET", Value::Null));
        assert_eq!(parts(&path), parts(&format!("/2018-10-31/layers/{}/versions{QUERY}", encoded(layer))));
    }
}

#[tokio::test]
async fn unset_filters_are_not_sent() {
    let (server, management) = lambda(answers(&json!({"Layers": []}))).await;
    let page = management.layers.list(ListLayers::default()).await.unwrap();
    assert_eq!(page, Page { items: Vec::new(), next_marker: None });
    assert_eq!(only_request(&server).await.1, "/2018-10-31/layers");
    let (server, management) = lambda(answers(&json!({"LayerVersions": []}))).await;
    management.layers.versions("common", ListLayers::default()).await.unwrap();
    assert_eq!(only_request(&server).await.1, "/2018-10-31/layers/common/versions");
}

#[tokio::test]
async fn a_version_is_read_by_name_or_arn() {
    for layer in ["common", LAYER] {
        let mut body = listed();
        body["LayerArn"] = json!(LAYER);
        body["Content"] =
            json!({"Location": "https://link.example/hunter2", "CodeSha256": "abc=", "CodeSize": 1024});
        let (server, management) = lambda(answers(&body)).await;
        let found = management.layers.get(&layer_version(layer)).await.unwrap().unwrap();
        assert!(!format!("{found:?}").contains("hunter2"), "{found:?}");
        let code_sha256 = Some("abc=".to_owned());
        assert_eq!(found, LayerVersion { code_sha256, code_size: Some(1024), ..version() });
        let path = format!("/2018-10-31/layers/{}/versions/3", encoded(layer));
        assert_eq!(only_request(&server).await, ("GET".to_owned(), path, Value::Null));
    }
}

#[tokio::test]
async fn only_an_answer_from_lambda_proves_absence() {
    let common = layer_version("common");
    let (_server, management) = lambda(absent()).await;
    assert_eq!(management.layers.get(&common).await.unwrap(), None);
    assert_eq!(management.layers.policy(&common).await.unwrap(), None);
    let (_server, management) = lambda(elsewhere()).await;
    for error in [
        management.layers.get(&common).await.unwrap_err(),
        management.layers.policy(&common).await.unwrap_err(),
    ] {
        assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, ErrorCode::UnidentifiedAnswer));
    }
}

#[tokio::test]
async fn a_version_without_arn_or_number_is_refused() {
    for body in [json!({}), json!({"Version": 3}), json!({"LayerVersionArn": "a", "Version": -1})] {
        let (_server, management) = lambda(answers(&body)).await;
        let error = management.layers.get(&layer_version("common")).await.unwrap_err();
        assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer));
    }
    for layers in
        [json!([{"LayerArn": LAYER}]), json!([{"LayerName": "common", "LatestMatchingVersion": {}}])]
    {
        let (_server, management) = lambda(answers(&json!({"Layers": layers}))).await;
        let error = management.layers.list(ListLayers::default()).await.unwrap_err();
        assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer));
    }
}

#[tokio::test]
async fn a_policy_is_read_as_it_was_asked_for() {
    let document = json!({"Version": "2012-10-17", "Id": "default", "Statement": [{
        "Sid": "all",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "lambda:GetLayerVersion",
        "Resource": format!("{LAYER}:3"),
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    }]});
    let body = json!({"Policy": document.to_string(), "RevisionId": REVISION});
    let (server, management) = lambda(answers(&body)).await;
    let policy = management.layers.policy(&layer_version(LAYER)).await.unwrap().unwrap();
    let organization = Some("o-a1b2c3d4e5".to_owned());
    assert_eq!(policy.statements, [PermissionStatement { organization, ..layer_statement() }]);
    assert_eq!(policy.revision.as_deref(), Some(REVISION));
    assert_eq!(only_request(&server).await, ("GET".to_owned(), policy_path(LAYER, ""), Value::Null));

    let (_server, management) = lambda(answers(&json!({"Policy": ""}))).await;
    let error = management.layers.policy(&layer_version("common")).await.unwrap_err();
    assert_eq!(error.kind, PortErrorKind::Corrupt);
    assert_eq!(
        error.message,
        "the answer to GetLayerVersionPolicy for version 3 of layer common does not contain a policy"
    );
}

#[tokio::test]
async fn a_statement_is_added_with_all_that_can_be_said() {
    let (server, management) =
        lambda(crate::support::marked(201).set_body_json(json!({"Statement": "{}"}))).await;
    let organization = Some("o-a1b2c3d4e5".to_owned());
    let statement = PermissionStatement { organization, ..layer_statement() };
    let version = layer_version("common");
    made(management.layers.add_permission(&version, &statement, Some(REVISION), Effect::Make).await.unwrap());
    assert_eq!(
        only_request(&server).await,
        (
            "POST".to_owned(),
            policy_path("common", &format!("?RevisionId={REVISION}")),
            json!({
                "StatementId": "all",
                "Action": "lambda:GetLayerVersion",
                "Principal": "*",
                "OrganizationId": "o-a1b2c3d4e5",
            })
        )
    );
}

#[tokio::test]
async fn unset_fields_are_not_sent() {
    let (server, management) = lambda(answers(&json!({"Statement": "{}"}))).await;
    let version = layer_version(LAYER);
    let layers = management.layers;
    made(layers.add_permission(&version, &layer_statement(), None, Effect::Make).await.unwrap());
    assert_eq!(
        only_request(&server).await,
        (
            "POST".to_owned(),
            policy_path(LAYER, ""),
            json!({"StatementId": "all", "Action": "lambda:GetLayerVersion", "Principal": "*"})
        )
    );
}

#[tokio::test]
async fn a_statement_is_removed_by_its_id() {
    for (revision, query) in [(None, String::new()), (Some(REVISION), format!("?RevisionId={REVISION}"))] {
        let (server, management) = lambda(crate::support::marked(204)).await;
        let version = layer_version("common");
        made(management.layers.remove_permission(&version, "all", revision, Effect::Make).await.unwrap());
        let path = policy_path("common", &format!("/all{query}"));
        assert_eq!(only_request(&server).await, ("DELETE".to_owned(), path, Value::Null));
    }
}
