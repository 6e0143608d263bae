//! The exact request of each operation, and the result for its answer.

use super::{
    ARN, REVISION, ROLE, SECRET, SHA256, adder, create, described, every_setting, every_setting_on_the_wire,
    package, publish, settings, tags, update_code,
};
use crate::{
    manage::{answers, encoded, lambda, made, only_request},
    support::ports,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use lamplight_domain::{
    CodeSource, ErrorCode, Function, FunctionCode, FunctionRef, FunctionSettings, ImageSettings, Network,
    Readiness, Tags,
};
use lamplight_ports::{
    Applied, CreateFunction, Effect, ListVersions, Management, PortErrorKind, Publish, PublishVersion,
    TagChange, UpdateCode, UpdateSettings,
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer,
    matchers::{any, method},
};

fn is_described(function: &Function) {
    assert_eq!((function.name.as_str(), function.reference.as_str()), ("adder", ARN));
    assert_eq!(function.version.as_deref(), Some("$LATEST"));
    assert_eq!(function.code_sha256.as_deref(), Some(SHA256));
    assert_eq!(function.revision.as_deref(), Some(REVISION));
    assert_eq!(function.readiness, Some(Readiness::Pending));
    assert_eq!(function.environment(), super::environment());
}

#[tokio::test]
async fn a_function_is_created_with_all_that_can_be_set() {
    let (server, Management { functions, .. }) = lambda(answers(&described())).await;
    let request = CreateFunction {
        tags: tags(&[("team", "sums"), ("stage", "")]),
        publish: Publish::LatestPublished,
        code_signing: Some(
            "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0".to_owned(),
        ),
        tenancy: Some("PER_TENANT".to_owned()),
        code: FunctionCode {
            architecture: Some("arm64".to_owned()),
            encryption_key: Some("arn:aws:kms:eu-west-1:123456789012:key/z".to_owned()),
            ..package()
        },
        ..create(package(), every_setting())
    };
    is_described(&made(functions.create(request, Effect::Make).await.unwrap()));

    let (method, path, body) = only_request(&server).await;
    assert_eq!((method.as_str(), path.as_str()), ("POST", "/2015-03-31/functions"));
    let mut expected = every_setting_on_the_wire();
    let beside = json!({
        "FunctionName": "adder",
        "Code": {
            "ZipFile": STANDARD.encode(b"PK-zip"),
            "SourceKMSKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/z",
        },
        "PackageType": "Zip",
        "Architectures": ["arm64"],
        "Publish": true,
        "PublishTo": "LATEST_PUBLISHED",
        "CodeSigningConfigArn": "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0",
        "TenancyConfig": {"TenantIsolationMode": "PER_TENANT"},
        "Tags": {"team": "sums", "stage": ""},
    });
    expected.as_object_mut().unwrap().extend(beside.as_object().unwrap().clone());
    assert_eq!(body, expected);
}

#[tokio::test]
async fn unset_options_are_not_sent() {
    let (server, Management { functions, .. }) = lambda(answers(&described())).await;
    made(functions.create(create(package(), settings()), Effect::Make).await.unwrap());
    assert_eq!(
        only_request(&server).await.2,
        json!({
            "FunctionName": "adder",
            "Code": {"ZipFile": STANDARD.encode(b"PK-zip")},
            "PackageType": "Zip",
            "Runtime": "python3.13",
            "Handler": "app.handler",
            "Role": ROLE,
            "Environment": {"Variables": {"LEVEL": "info", "PASSWORD": SECRET}},
        })
    );
}

fn stored(mode: Option<&str>) -> FunctionCode {
    FunctionCode::new(CodeSource::StoredObject {
        bucket: "releases".to_owned(),
        key: "adder/1.zip".to_owned(),
        version: Some("v1".to_owned()),
        mode: mode.map(str::to_owned),
    })
}

fn image() -> FunctionCode {
    let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/adder:1";
    FunctionCode::new(CodeSource::Image(image.to_owned()))
}

#[tokio::test]
async fn code_comes_from_a_package_an_object_or_an_image() {
    let uri = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/adder:1";
    let object = json!({
        "S3Bucket": "releases",
        "S3Key": "adder/1.zip",
        "S3ObjectVersion": "v1",
        "S3ObjectStorageMode": "REFERENCE",
    });
    for (code, kind, wire) in [
        (package(), "Zip", json!({"ZipFile": STANDARD.encode(b"PK-zip")})),
        (stored(Some("REFERENCE")), "Zip", object),
        (image(), "Image", json!({"ImageUri": uri})),
    ] {
        let (server, Management { functions, .. }) = lambda(answers(&described())).await;
        let settings = FunctionSettings { role: Some(ROLE.to_owned()), ..FunctionSettings::default() };
        let settings = if kind == "Zip" { super::settings() } else { settings };
        made(functions.create(create(code.clone(), settings), Effect::Make).await.unwrap());
        let body = only_request(&server).await.2;
        assert_eq!((&body["Code"], &body["PackageType"]), (&wire, &json!(kind)));

        let (server, Management { functions, .. }) = lambda(answers(&described())).await;
        is_described(&made(functions.update_code(update_code(code), Effect::Make).await.unwrap()));
        let (method, path, body) = only_request(&server).await;
        assert_eq!((method.as_str(), path), ("PUT", format!("/2015-03-31/functions/{}/code", encoded(ARN))));
        assert_eq!(body, wire);
    }
}

#[tokio::test]
async fn new_code_is_sent_with_architecture_and_revision() {
    let (server, Management { functions, .. }) = lambda(answers(&described())).await;
    let request = UpdateCode {
        code: FunctionCode {
            architecture: Some("arm64".to_owned()),
            encryption_key: Some("arn:aws:kms:eu-west-1:123456789012:key/z".to_owned()),
            ..package()
        },
        publish: Publish::Version,
        if_revision: Some(REVISION.to_owned()),
        ..update_code(package())
    };
    made(functions.update_code(request, Effect::Make).await.unwrap());
    assert_eq!(
        only_request(&server).await.2,
        json!({
            "ZipFile": STANDARD.encode(b"PK-zip"),
            "Architectures": ["arm64"],
            "SourceKMSKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/z",
            "Publish": true,
            "RevisionId": REVISION,
        })
    );
}

#[tokio::test]
async fn settings_are_changed_under_their_own_names() {
    let (server, Management { functions, .. }) = lambda(answers(&described())).await;
    let request = UpdateSettings {
        function: FunctionRef::by_name("adder".parse().unwrap()),
        settings: every_setting(),
        if_revision: Some(REVISION.to_owned()),
    };
    is_described(&made(functions.update_settings(request, Effect::Make).await.unwrap()));
    let (method, path, body) = only_request(&server).await;
    assert_eq!((method.as_str(), path.as_str()), ("PUT", "/2015-03-31/functions/adder/configuration"));
    let mut expected = every_setting_on_the_wire();
    expected["RevisionId"] = json!(REVISION);
    assert_eq!(body, expected);
}

#[tokio::test]
async fn an_empty_text_or_list_removes_a_setting() {
    let (server, Management { functions, .. }) = lambda(answers(&described())).await;
    let settings = FunctionSettings {
        description: Some(String::new()),
        environment: Some(Vec::new()),
        encryption_key: Some(String::new()),
        layers: Some(Vec::new()),
        network: Some(Network::default()),
        dead_letter_target: Some(String::new()),
        file_systems: Some(Vec::new()),
        image: Some(ImageSettings {
            entry_point: Some(Vec::new()),
            command: Some(Vec::new()),
            working_directory: Some(String::new()),
        }),
        ..FunctionSettings::default()
    };
    let request = UpdateSettings { function: adder(), settings, if_revision: None };
    made(functions.update_settings(request, Effect::Make).await.unwrap());
    assert_eq!(
        only_request(&server).await.2,
        json!({
            "Description": "",
            "Environment": {"Variables": {}},
            "KMSKeyArn": "",
            "Layers": [],
            "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
            "DeadLetterConfig": {"TargetArn": ""},
            "FileSystemConfigs": [],
            "ImageConfig": {"EntryPoint": [], "Command": [], "WorkingDirectory": ""},
        })
    );
}

#[tokio::test]
async fn a_version_is_published_from_the_expected_code() {
    let mut version = described();
    version["Version"] = json!("7");
    version["FunctionArn"] = json!(format!("{ARN}:7"));
    let (server, Management { functions, .. }) =
        lambda(crate::support::marked(201).set_body_json(version)).await;
    let request = PublishVersion {
        description: Some("the seventh".to_owned()),
        if_code_sha256: Some(SHA256.to_owned()),
        if_revision: Some(REVISION.to_owned()),
        latest_published: true,
        ..publish()
    };
    let published = made(functions.publish(request, Effect::Make).await.unwrap());
    assert_eq!((published.version.as_deref(), published.reference), (Some("7"), format!("{ARN}:7")));
    let (method, path, body) = only_request(&server).await;
    assert_eq!((method.as_str(), path), ("POST", format!("/2015-03-31/functions/{}/versions", encoded(ARN))));
    assert_eq!(
        body,
        json!({
            "Description": "the seventh",
            "CodeSha256": SHA256,
            "RevisionId": REVISION,
            "PublishTo": "LATEST_PUBLISHED",
        })
    );
}

#[tokio::test]
async fn a_function_or_one_version_is_deleted() {
    for (version, query) in [(None, ""), (Some("3"), "?Qualifier=3")] {
        let (server, Management { functions, .. }) = lambda(crate::support::marked(204)).await;
        let version = version.map(|version| version.parse().unwrap());
        made(functions.delete(&adder(), version.as_ref(), Effect::Make).await.unwrap());
        let path = format!("/2015-03-31/functions/{}{query}", encoded(ARN));
        assert_eq!(only_request(&server).await, ("DELETE".to_owned(), path, Value::Null));
    }
}

#[tokio::test]
async fn versions_come_in_pages() {
    let mut seventh = described();
    seventh["Version"] = json!("7");
    let page = json!({"Versions": [described(), seventh], "NextMarker": "more"});
    let (server, Management { functions, .. }) = lambda(answers(&page)).await;
    let request =
        ListVersions { function: adder(), marker: Some("here".to_owned()), page_size: Some(10_000) };
    let page = functions.versions(request).await.unwrap();
    let versions: Vec<_> = page.items.iter().map(|function| function.version.as_deref()).collect();
    assert_eq!(versions, [Some("$LATEST"), Some("7")]);
    assert_eq!(page.next_marker.as_deref(), Some("more"));
    let (method, path, _) = only_request(&server).await;
    assert_eq!(method, "GET");
    assert_eq!(path, format!("/2015-03-31/functions/{}/versions?Marker=here&MaxItems=10000", encoded(ARN)));
}

#[tokio::test]
async fn reserved_concurrency_is_read_set_and_removed() {
    let path = |date: &str| format!("/{date}/functions/{}/concurrency", encoded(ARN));
    for (answer, expected) in [(json!({"ReservedConcurrentExecutions": 0}), Some(0)), (json!({}), None)] {
        let (server, Management { functions, .. }) = lambda(answers(&answer)).await;
        assert_eq!(functions.reserved_concurrency(&adder()).await.unwrap(), expected);
        assert_eq!(only_request(&server).await, ("GET".to_owned(), path("2019-09-30"), Value::Null));
    }
    let (server, Management { functions, .. }) =
        lambda(answers(&json!({"ReservedConcurrentExecutions": 5}))).await;
    made(functions.reserve_concurrency(&adder(), Some(5), Effect::Make).await.unwrap());
    let body = json!({"ReservedConcurrentExecutions": 5});
    assert_eq!(only_request(&server).await, ("PUT".to_owned(), path("2017-10-31"), body));
    let (server, Management { functions, .. }) = lambda(crate::support::marked(204)).await;
    made(functions.reserve_concurrency(&adder(), None, Effect::Make).await.unwrap());
    assert_eq!(only_request(&server).await, ("DELETE".to_owned(), path("2017-10-31"), Value::Null));
}

#[tokio::test]
async fn tags_are_read_set_and_removed() {
    let path = format!("/2017-03-31/tags/{}", encoded(ARN));
    let (server, Management { functions, .. }) = lambda(answers(&json!({"Tags": {"team": "sums"}}))).await;
    assert_eq!(functions.tags(&adder()).await.unwrap(), tags(&[("team", "sums")]));
    assert_eq!(only_request(&server).await, ("GET".to_owned(), path.clone(), Value::Null));

    let (server, Management { functions, .. }) = lambda(crate::support::marked(204)).await;
    let change = TagChange { set: tags(&[("team", "sums")]), remove: Vec::new() };
    made(functions.tag(&adder(), change, Effect::Make).await.unwrap());
    let body = json!({"Tags": {"team": "sums"}});
    assert_eq!(only_request(&server).await, ("POST".to_owned(), path.clone(), body));

    let (server, Management { functions, .. }) = lambda(crate::support::marked(204)).await;
    let change = TagChange { set: Tags::new(), remove: vec!["team".to_owned(), "a b".to_owned()] };
    made(functions.tag(&adder(), change, Effect::Make).await.unwrap());
    let path = format!("{path}?tagKeys=team&tagKeys=a%20b");
    assert_eq!(only_request(&server).await, ("DELETE".to_owned(), path, Value::Null));
}

#[tokio::test]
async fn tags_of_a_bare_name_are_found_by_its_arn() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(answers(&described())).mount(&server).await;
    Mock::given(any()).respond_with(crate::support::marked(204)).mount(&server).await;
    let functions = ports(&server.uri()).management.functions;
    let by_name = FunctionRef::by_name("adder".parse().unwrap());
    let change = TagChange { set: tags(&[("team", "sums")]), remove: vec!["stage".to_owned()] };
    made(functions.tag(&by_name, change, Effect::Make).await.unwrap());
    let requests = server.received_requests().await.unwrap();
    let lines: Vec<String> =
        requests.iter().map(|request| format!("{} {}", request.method, request.url.path())).collect();
    assert_eq!(
        lines,
        [
            "GET /2015-03-31/functions/adder/configuration".to_owned(),
            format!("POST /2017-03-31/tags/{}", encoded(ARN)),
            format!("DELETE /2017-03-31/tags/{}", encoded(ARN)),
        ]
    );
}

#[tokio::test]
async fn a_change_of_no_tag_is_refused() {
    let (server, Management { functions, .. }) = lambda(crate::support::marked(204)).await;
    let error = functions.tag(&adder(), TagChange::default(), Effect::Make).await.unwrap_err();
    assert_eq!((error.applied, error.error.kind), (Applied::No, PortErrorKind::InvalidRequest));
    assert_eq!(error.error.code.clone(), ErrorCode::InvalidRequest);
    assert!(server.received_requests().await.unwrap().is_empty());
}
