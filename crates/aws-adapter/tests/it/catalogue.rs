//! The catalogue: the conformance suite on scripted pages, and behaviour that is specific to Lambda.

use crate::support::{config, ports};
use async_trait::async_trait;
use lamplight_aws_adapter::{AwsConnectionConfig, open};
use lamplight_conformance::catalogue::{
    ArrangedCatalogue, CatalogueHarness, KNOWN_QUALIFIER, SECRET_KEY, SECRET_VALUE, Shelf, function_name,
};
use lamplight_domain::{ErrorCode, FunctionRef, HintPart, SettingName};
use lamplight_ports::{FunctionCatalogue, ListFunctions, PortErrorKind};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

/// Lambda's catalogue on the functions of the conformance suite.
struct Lambda(Shelf);

impl Lambda {
    fn configuration(index: usize) -> Value {
        let name = function_name(index);
        json!({
            "FunctionName": name,
            "FunctionArn": format!("arn:aws:lambda:eu-west-1:123456789012:function:{name}"),
            "Runtime": "python3.99",
            "Handler": "app.handler",
            "Timeout": 3 + index,
            "MemorySize": 128,
            "Version": "$LATEST",
            "Architectures": ["arm64"],
            "Environment": {"Variables": {SECRET_KEY: SECRET_VALUE, "A": "b"}},
            "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "/team/logs"},
        })
    }

    /// A marker is the index of the next function, with the prefix `empty-` if an empty page comes before it.
    fn list(&self, marker: Option<&str>, asked: Option<usize>) -> ResponseTemplate {
        let Shelf { functions, largest_page, with_an_empty_page } = self.0;
        let (begin, empty) = match marker {
            None => (0, false),
            Some(marker) => {
                let (number, empty) = match marker.strip_prefix("empty-") {
                    Some(number) => (number, true),
                    None => (marker, false),
                };
                match number.parse::<usize>() {
                    Ok(begin) => (begin, empty),
                    Err(_) => return refusal(400, "InvalidParameterValueException", "Invalid marker"),
                }
            }
        };
        let size = if empty { 0 } else { asked.unwrap_or(50).min(largest_page) };
        let end = (begin + size).min(functions);
        let next = (end < functions).then(|| {
            let comes_empty = with_an_empty_page && !empty && begin < functions / 2 && functions / 2 <= end;
            if comes_empty { format!("empty-{end}") } else { end.to_string() }
        });
        let listed: Vec<Value> = (begin..end).map(Self::configuration).collect();
        crate::support::marked(200).set_body_json(json!({ "Functions": listed, "NextMarker": next }))
    }

    fn describe(&self, name: &str, qualifier: Option<&str>, with_code: bool) -> ResponseTemplate {
        let name = name.rsplit("%3A").next().unwrap_or(name);
        let index = (0..self.0.functions).find(|index| function_name(*index) == name);
        match index {
            Some(index) if qualifier.is_none_or(|alias| index == 0 && alias == KNOWN_QUALIFIER) => {
                let mut configuration = Self::configuration(index);
                configuration["State"] = json!("Pending");
                configuration["StateReason"] = json!("The function is being created.");
                if let Some(alias) = qualifier {
                    configuration["FunctionArn"] =
                        json!(format!("{}:{alias}", configuration["FunctionArn"].as_str().unwrap()));
                }
                let body = if with_code {
                    json!({
                        "Configuration": configuration,
                        "Code": {"RepositoryType": "S3", "Location": "https://hunter2-presigned.example.com"},
                    })
                } else {
                    configuration
                };
                crate::support::marked(200).set_body_json(body)
            }
            _ => refusal(404, "ResourceNotFoundException", "Function not found"),
        }
    }
}

impl Respond for Lambda {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let query = |name: &str| {
            request.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let path: Vec<&str> = request.url.path().trim_matches('/').split('/').collect();
        match path[..] {
            ["2015-03-31", "functions"] => {
                self.list(query("Marker").as_deref(), query("MaxItems").map(|size| size.parse().unwrap()))
            }
            ["2015-03-31", "functions", name] => self.describe(name, query("Qualifier").as_deref(), true),
            ["2015-03-31", "functions", name, "configuration"] => {
                self.describe(name, query("Qualifier").as_deref(), false)
            }
            _ => refusal(404, "UnknownOperationException", "no such path"),
        }
    }
}

fn refusal(status: u16, code: &str, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .insert_header("x-amzn-errortype", code)
        .set_body_json(json!({ "Type": "User", "Message": message }))
}

async fn arranged(respond: impl Respond + 'static) -> ArrangedCatalogue {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(respond).mount(&server).await;
    ArrangedCatalogue { catalogue: ports(&server.uri()).catalogue, keep: Box::new(server) }
}

struct Harness;

#[async_trait]
impl CatalogueHarness for Harness {
    async fn arrange(&self, wanted: Shelf) -> ArrangedCatalogue {
        arranged(Lambda(wanted)).await
    }

    async fn arrange_refusal(&self) -> ArrangedCatalogue {
        arranged(refusal(403, "AccessDeniedException", "User: ada is not authorized")).await
    }
}

mod conformance {
    lamplight_conformance::function_catalogue!(super::Harness);
}

fn first() -> FunctionRef {
    FunctionRef::by_name(function_name(0).parse().unwrap())
}

#[tokio::test]
async fn a_function_is_described_with_lambdas_values() {
    let shelf = Shelf { functions: 1, largest_page: 50, with_an_empty_page: false };
    let arranged = arranged(Lambda(shelf)).await;
    let alias = KNOWN_QUALIFIER.parse().unwrap();
    let got = arranged.catalogue.get(&first(), Some(&alias)).await.unwrap().unwrap();
    let configuration = arranged.catalogue.configuration(&first(), Some(&alias)).await.unwrap().unwrap();
    assert_eq!(got, configuration);
    assert_eq!(got.reference, "arn:aws:lambda:eu-west-1:123456789012:function:conformance-0000");
    assert_eq!(got.version.as_deref(), Some("$LATEST"));
    assert_eq!(got.settings.runtime.as_deref(), Some("python3.99"));
    assert_eq!((got.settings.timeout_seconds, got.settings.memory_mb), (Some(3), Some(128)));
    assert_eq!(got.architecture.as_deref(), Some("arm64"));
    assert_eq!(
        got.settings.logging.as_ref().and_then(|logging| logging.group.as_deref()),
        Some("/team/logs")
    );
    assert_eq!(got.state.as_deref(), Some("Pending"));
    assert_eq!(got.state_reason.as_deref(), Some("The function is being created."));
    let keys: Vec<&str> = got.environment().iter().map(|variable| variable.key.as_str()).collect();
    assert_eq!(keys, ["A", SECRET_KEY]);
    assert!(!format!("{got:?}").contains("hunter2-presigned"));

    let listed = arranged.catalogue.list(ListFunctions::default()).await.unwrap();
    assert_eq!(listed.items[0].state, None);
}

#[tokio::test]
async fn unknown_values_and_environment_errors_are_passed_on() {
    let answer = json!({
        "FunctionName": "new", "FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:new",
        "Runtime": "cobol2030", "State": "Dreaming", "PackageType": "Tarball", "Architectures": ["riscv64"],
        "Environment": {"Error": {"ErrorCode": "AccessDeniedException", "Message": "no key for you"}},
    });
    let arranged = arranged(crate::support::marked(200).set_body_json(answer)).await;
    let got = arranged.catalogue.configuration(&first(), None).await.unwrap().unwrap();
    assert_eq!(got.settings.runtime.as_deref(), Some("cobol2030"));
    assert_eq!(got.state.as_deref(), Some("Dreaming"));
    assert_eq!(got.package_type.as_deref(), Some("Tarball"));
    assert_eq!(got.architecture.as_deref(), Some("riscv64"));
    assert!(got.environment().is_empty());
    assert_eq!(got.environment_error.as_deref(), Some("AccessDeniedException: no key for you"));
}

#[tokio::test]
async fn a_denied_read_names_the_action_and_the_function() {
    let arranged = arranged(refusal(403, "AccessDeniedException", "User: ada is not authorized")).await;
    let error = arranged.catalogue.list(ListFunctions::default()).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Denied, ErrorCode::AccessDenied));
    assert_eq!(error.message, "the caller is not authorized to perform lambda:ListFunctions on *");
    assert_eq!(error.source.unwrap().to_string(), "User: ada is not authorized");
    let mut function = first();
    function.reference = format!("arn:aws:lambda:eu-west-1:123456789012:function:{}", function.name);
    let error = arranged.catalogue.get(&function, None).await.unwrap_err();
    assert_eq!(
        error.message,
        "the caller is not authorized to perform lambda:GetFunction on \
         arn:aws:lambda:eu-west-1:123456789012:function:conformance-0000"
    );
}

#[tokio::test]
async fn a_404_from_another_server_does_not_mean_absent() {
    let arranged = arranged(ResponseTemplate::new(404).set_body_string("<html>nothing here</html>")).await;
    let error = arranged.catalogue.get(&first(), None).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, ErrorCode::UnidentifiedAnswer));
}

#[tokio::test]
async fn an_error_that_is_not_lambdas_is_told_by_its_sender() {
    for status in [200, 302, 401, 403, 404, 407, 413, 429, 500] {
        let page = ResponseTemplate::new(status)
            .insert_header("server", "squid")
            .insert_header("via", "1.1 gate")
            .set_body_raw("<html><h1>Access\n denied</h1></html>", "text/html");
        let arranged = arranged(page).await;
        for error in [
            arranged.catalogue.list(ListFunctions::default()).await.unwrap_err(),
            arranged.catalogue.get(&first(), None).await.unwrap_err(),
            arranged.catalogue.configuration(&first(), None).await.unwrap_err(),
        ] {
            assert_eq!((error.kind, error.code), (PortErrorKind::Corrupt, ErrorCode::UnidentifiedAnswer));
            assert!(error.hint.unwrap().parts().contains(&HintPart::Setting(SettingName::UnmarkedAnswers)));
            let sender = "content type text/html, server squid, via 1.1 gate, text \"Access denied\"";
            let told = format!("is not from Lambda: HTTP {status} ({sender})");
            assert!(error.message.ends_with(&told), "{}", error.message);
        }
    }
}

#[tokio::test]
async fn a_listed_function_without_a_name_is_an_error() {
    let arranged = arranged(crate::support::marked(200).set_body_json(json!({ "Functions": [{}] }))).await;
    let error = arranged.catalogue.list(ListFunctions::default()).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer));
}

#[tokio::test]
async fn a_read_is_retried_after_a_lambda_failure() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(refusal(500, "ServiceException", "oh"))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    let shelf = Shelf { functions: 2, largest_page: 50, with_an_empty_page: false };
    Mock::given(any()).respond_with(Lambda(shelf)).mount(&server).await;
    let page = ports(&server.uri()).catalogue.list(ListFunctions::default()).await.unwrap();
    assert_eq!((page.items.len(), server.received_requests().await.unwrap().len()), (2, 2));
}

#[tokio::test]
async fn an_answer_without_end_fills_no_memory() {
    use crate::server::{Reaction, Received, Server, framed};
    // Announces a body above the size limit, and sends a little more than the limit.
    let body = vec![b' '; (32 << 20) + 1];
    let server = Server::start(move |_: &Received| {
        Reaction::Answer(framed(200, &[("content-type", "application/json")], &body, 1 << 30))
    })
    .await;
    let error = ports(&server.url()).catalogue.list(ListFunctions::default()).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Unavailable, ErrorCode::IncompleteAnswer));
}

#[tokio::test]
async fn an_answer_without_its_members_means_neither_empty_nor_absent() {
    for body in
        ["<html>please sign in</html>", "", "{}", "{\"Functions\": null, \"Configuration\": null}", "[]"]
    {
        let arranged = arranged(crate::support::marked(200).set_body_raw(body, "application/json")).await;
        let adder = FunctionRef::by_name("adder".parse().unwrap());
        for error in [
            arranged.catalogue.list(ListFunctions::default()).await.unwrap_err(),
            arranged.catalogue.get(&adder, None).await.unwrap_err(),
            arranged.catalogue.configuration(&adder, None).await.unwrap_err(),
        ] {
            assert_eq!(
                (error.kind, error.code.clone()),
                (PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer),
                "{body}"
            );
            assert!(error.message.contains("cannot be used: HTTP 200 with"), "{error}");
            assert!(!error.message.contains("sign in"), "{error}");
        }
    }
}

#[tokio::test]
async fn an_answer_without_a_mark_proves_nothing_whatever_it_says() {
    let adder = json!({
        "Functions": [], "Configuration": Lambda::configuration(0), "FunctionName": "adder",
        "FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:adder",
    });
    let answer = ResponseTemplate::new(200).set_body_json(adder);
    let arranged = arranged(answer.clone()).await;
    for error in [
        arranged.catalogue.list(ListFunctions::default()).await.unwrap_err(),
        arranged.catalogue.get(&first(), None).await.unwrap_err(),
        arranged.catalogue.configuration(&first(), None).await.unwrap_err(),
    ] {
        assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, ErrorCode::UnidentifiedAnswer));
    }
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let accepting = AwsConnectionConfig { unmarked_answers: true, ..config(&server.uri()) };
    let catalogue = open(accepting).unwrap().catalogue;
    assert!(catalogue.list(ListFunctions::default()).await.unwrap().items.is_empty());
    assert!(catalogue.get(&first(), None).await.unwrap().is_some());
}
