//! Managed identities of Azure resources.

use crate::script::{JWT, Still, giving_a_token};
use lamplight_domain::ErrorCode;
use lamplight_identity_adapter::{EntraManagedIdentity, IdentityId, ManagedEndpoint};
use lamplight_ports::{
    ExposeSecret, HttpAnswer, HttpExchange, HttpRequest, PortError, PortErrorKind, TokenSource,
};
use lamplight_testkit::exchange::{Answer, Exchange};
use std::{sync::Arc, time::Duration};

fn machine(service: &Arc<Exchange>, sleeper: &Arc<Still>) -> EntraManagedIdentity {
    EntraManagedIdentity {
        http: service.clone(),
        sleeper: sleeper.clone(),
        endpoint: ManagedEndpoint::Machine("http://169.254.169.254/".to_owned()),
        resource: "api://lamplight".to_owned(),
        identity: None,
    }
}

#[tokio::test]
async fn a_virtual_machine_uses_its_metadata_service() {
    for (identity, rest) in [
        (None, ""),
        (Some(IdentityId::Client("c 1".to_owned())), "&client_id=c%201"),
        (Some(IdentityId::Object("o".to_owned())), "&object_id=o"),
        (Some(IdentityId::Resource("/r".to_owned())), "&mi_res_id=%2Fr"),
    ] {
        let service = giving_a_token();
        let source = EntraManagedIdentity { identity, ..machine(&service, &Arc::default()) };
        assert_eq!(source.token().await.unwrap().expose_secret(), JWT);
        let asked = service.asked();
        let base = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api%3A%2F%2Flamplight";
        assert_eq!(asked[0].line, format!("Get {base}{rest}"));
        assert_eq!(asked[0].headers["metadata"], "true");
    }
}

#[tokio::test]
async fn app_service_is_asked_with_its_header() {
    let service = giving_a_token();
    let source = EntraManagedIdentity {
        endpoint: ManagedEndpoint::AppService {
            url: "http://127.0.0.1:41741/msi/token".to_owned(),
            header: "hunter2".into(),
        },
        identity: Some(IdentityId::Object("o".to_owned())),
        ..machine(&service, &Arc::default())
    };
    source.token().await.unwrap();
    let asked = &service.asked()[0];
    let line = "Get http://127.0.0.1:41741/msi/token?api-version=2019-08-01&resource=api%3A%2F%2Flamplight&principal_id=o";
    assert_eq!((asked.line.as_str(), asked.headers["x-identity-header"].as_str()), (line, "hunter2"));
    assert!(!format!("{:?}", source.endpoint).contains("hunter2"));
}

#[tokio::test]
async fn transient_answers_are_retried() {
    let passing = |status: u16| -> Answer { Some((status, String::new())) };
    let given = Some((200, format!("{{\"access_token\":\"{JWT}\"}}")));
    let service = Exchange::new([passing(404), passing(410), passing(503), given]);
    let sleeper = Arc::new(Still::default());
    machine(&service, &sleeper).token().await.unwrap();
    let slept: Vec<u128> = sleeper.slept.lock().unwrap().iter().map(Duration::as_millis).collect();
    assert_eq!(slept, [1000, 2000, 4000]);
    let service = Exchange::new([passing(429), passing(429), passing(429), passing(429)]);
    let error = machine(&service, &sleeper).token().await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Throttled, ErrorCode::TokenUnavailable));
}

#[tokio::test]
async fn a_machine_outside_azure_is_reported_within_two_seconds() {
    let (service, sleeper) = (Exchange::new([None, None]), Arc::new(Still::default()));
    let error = machine(&service, &sleeper).token().await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Unavailable, ErrorCode::TokenUnavailable));
    assert!(error.hint.unwrap().to_string().contains("only works on machines in Azure"));
    let waited: Duration = service.asked().iter().map(|asked| asked.timeout).sum();
    assert!(waited < Duration::from_millis(1700) && sleeper.slept.lock().unwrap().is_empty(), "{waited:?}");
    assert_eq!(service.asked().len(), 2);
}

#[tokio::test]
async fn a_slow_service_differs_from_an_absent_one() {
    let given = Some((200, format!("{{\"access_token\":\"{JWT}\"}}")));
    let service = Exchange::new([None, Some((400, "{\"error\":\"invalid_request\"}".to_owned())), given]);
    assert_eq!(machine(&service, &Arc::default()).token().await.unwrap().expose_secret(), JWT);
    let asked = service.asked();
    assert!(asked[1].headers.is_empty(), "without its header the service answers at once");
    assert_eq!((&asked[2].line, asked[2].headers["metadata"].as_str()), (&asked[0].line, "true"));
    assert!(asked[2].timeout >= Duration::from_secs(5), "{:?}", asked[2].timeout);
}

/// A service that takes requests and never answers.
#[derive(Debug)]
struct Silent;

#[async_trait::async_trait]
impl HttpExchange for Silent {
    async fn exchange(&self, _: HttpRequest) -> Result<HttpAnswer, PortError> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_service_is_waited_for_in_all_for_fifteen_seconds() {
    let sleeper = Arc::new(Still::default());
    let source = EntraManagedIdentity { http: Arc::new(Silent), ..machine(&Exchange::new([]), &sleeper) };
    let error = source.token().await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Unavailable, ErrorCode::TokenUnavailable));
    assert!(error.message.ends_with("does not respond"), "{}", error.message);
    assert_eq!(*sleeper.slept.lock().unwrap(), [Duration::from_secs(15)]);
}

#[tokio::test]
async fn the_app_service_secret_is_not_sent_over_http_or_shown() {
    let app = |url: &str, service: &Arc<Exchange>| EntraManagedIdentity {
        endpoint: ManagedEndpoint::AppService { url: url.to_owned(), header: "hunter2".into() },
        ..machine(service, &Arc::default())
    };
    let service = Exchange::new([]);
    let error = app("http://example.com/msi/token", &service).token().await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::InvalidRequest, ErrorCode::InvalidEndpoint));
    assert!(service.asked().is_empty());

    let near = "http://127.0.0.1:41741/msi/token";
    // The service returns 404 for an identity that does not exist, and a retry would not help.
    let service = Exchange::new([Some((404, "{\"message\":\"no hunter2\"}".to_owned()))]);
    let error = app(near, &service).token().await.unwrap_err();
    assert!(error.source.as_ref().unwrap().to_string().contains("no ****"), "{error:?}");
    assert!(!format!("{error:?}").contains("hunter2"));

    let service = Exchange::new([None]);
    let error = app(near, &service).token().await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Unavailable, ErrorCode::TokenUnavailable));
    assert!(error.hint.unwrap().to_string().contains("IDENTITY_ENDPOINT"));
}

#[tokio::test]
async fn an_identity_that_is_not_there_is_refused_at_once() {
    let body = "{\"error\":\"invalid_request\",\"error_description\":\"Identity not found\"}".to_owned();
    let service = Exchange::new([Some((400, body))]);
    let error = machine(&service, &Arc::default()).token().await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::InvalidRequest, ErrorCode::TokenRefused));
    assert!(error.hint.unwrap().to_string().contains("the machine has this identity"));
}
