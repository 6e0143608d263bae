//! The stubs refuse what the originals refuse.

use super::{
    aws::Aws,
    entra::{self, ManagedIdentity},
    http::{Answer, Form, Request},
    jwt::{Issuer, now},
    machine::{Container, Instance},
    oidc::{Proof, Provider},
    server::Site,
    sts::Trust,
    vault::Vault,
};
use std::sync::Arc;

fn request(text: &str) -> Request {
    Request::read(&mut text.as_bytes()).unwrap().unwrap()
}

fn ask(site: &dyn Site, line: &str, headers: &str) -> Result<Answer, String> {
    site.answer("127.0.0.1:1", &request(&format!("{line} HTTP/1.1\r\nhost: 127.0.0.1:1\r\n{headers}\r\n")))
}

fn post(site: &dyn Site, path: &str, form: &str) -> Result<Answer, String> {
    site.answer(
        "127.0.0.1:1",
        &request(&format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:1\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{form}",
            form.len()
        )),
    )
}

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).unwrap()
}

#[test]
fn a_form_has_each_field_once_and_all_are_taken() {
    let mut form = Form::parse("a=1+2&b=%C3%A4%2B").unwrap();
    assert_eq!((form.need("a").unwrap(), form.need("b").unwrap()), ("1 2".to_owned(), "ä+".to_owned()));
    assert!(form.done().is_ok());
    assert!(Form::parse("a=1&a=2").is_err() && Form::parse("a").is_err() && Form::parse("a=%4").is_err());
    assert!(Form::parse("a=1").unwrap().done().is_err());
}

#[test]
fn the_instance_speaks_version_two_alone() {
    let aws = Aws::default();
    let instance = Instance::new("worker", aws.session("worker", "i-1"));
    let path = "GET /latest/meta-data/iam/security-credentials/";
    assert_eq!(ask(&instance, path, "").unwrap().status, 401);
    assert!(ask(&instance, "PUT /latest/api/token", "").is_err());
    let token =
        ask(&instance, "PUT /latest/api/token", "x-aws-ec2-metadata-token-ttl-seconds: 60\r\n").unwrap();
    assert_eq!(ask(&instance, path, "x-aws-ec2-metadata-token: other\r\n").unwrap().status, 401);
    let header = format!("x-aws-ec2-metadata-token: {}\r\n", text(&token));
    assert_eq!(text(&ask(&instance, path, &header).unwrap()), "worker");
    let given = ask(&instance, &format!("{path}worker"), &header).unwrap();
    assert!(text(&given).contains(&instance.key.id));
}

#[test]
fn the_container_wants_its_token() {
    let key = Aws::default().session("worker", "task");
    let container = Container { path: "/v2/x", authorization: "right".to_owned(), key };
    assert!(ask(&container, "GET /v2/x", "").is_err());
    assert!(ask(&container, "GET /v2/x", "authorization: wrong\r\n").is_err());
    assert_eq!(ask(&container, "GET /v2/x", "authorization: right\r\n").unwrap().status, 200);
}

#[test]
fn sts_lets_in_the_right_token_alone() {
    let (aws, issuer) = (Aws::default(), Arc::new(Issuer::new("https://idp.example.com")));
    aws.account().providers.push(Arc::clone(&issuer));
    let (audience, subject) = ("sts.amazonaws.com".to_owned(), "ci".to_owned());
    aws.role("deploy", [Trust::Token { issuer: issuer.url.clone(), audience, subject }]);
    let assume = |token: &str| {
        let form = format!(
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdeploy\
             &RoleSessionName=x&WebIdentityToken={token}"
        );
        post(&aws, "/", &form).unwrap()
    };
    assert!(text(&assume(&issuer.token("ci", "sts.amazonaws.com"))).contains("<SecretAccessKey>"));
    for (token, code) in [
        (issuer.token("ci", "other"), "InvalidIdentityToken"),
        (issuer.token("stranger", "sts.amazonaws.com"), "AccessDenied"),
        (issuer.token_until("ci", "sts.amazonaws.com", now() - 1), "ExpiredTokenException"),
        (Issuer::new("https://other.example.com").token("ci", "sts.amazonaws.com"), "InvalidIdentityToken"),
        (Issuer::new(&issuer.url).token("ci", "sts.amazonaws.com"), "InvalidIdentityToken"),
        ("no.token.atall".to_owned(), "InvalidIdentityToken"),
    ] {
        assert!(text(&assume(&token)).contains(&format!("<Code>{code}</Code>")), "{code}");
    }
    assert!(post(&aws, "/", "Action=AssumeRole&Version=2011-06-15&RoleArn=x&RoleSessionName=x").is_err());
}

#[test]
fn token_endpoints_want_the_whole_form() {
    let issuer = Arc::new(Issuer::new("https://idp.example.com"));
    let provider = Provider::new(issuer.clone(), "app", "aws", Proof::Secret("right".to_owned()));
    let good = "grant_type=client_credentials&client_id=app&client_secret=right";
    assert_eq!(post(&provider, "/oauth2/token", good).unwrap().status, 200);
    assert_eq!(post(&provider, "/oauth2/token", &good.replace("right", "wrong")).unwrap().status, 401);
    assert!(post(&provider, "/oauth2/token", &good.replace("client_credentials", "password")).is_err());
    assert!(post(&provider, "/oauth2/token", &format!("{good}&more=1")).is_err());

    let machine = ManagedIdentity::Machine(issuer.clone());
    let path = format!(
        "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource={}",
        entra::APPLICATION.replace(':', "%3A").replace('/', "%2F")
    );
    assert!(ask(&machine, &path, "").is_err());
    assert_eq!(ask(&machine, &path, "metadata: true\r\n").unwrap().status, 200);
    let service = ManagedIdentity::AppService(issuer, "right".to_owned());
    let path = path.replace(
        "/metadata/identity/oauth2/token?api-version=2018-02-01",
        "/msi/token?api-version=2019-08-01",
    );
    assert!(ask(&service, &path, "x-identity-header: wrong\r\n").is_err());
    assert_eq!(ask(&service, &path, "x-identity-header: right\r\n").unwrap().status, 200);
}

#[test]
fn the_vault_wants_its_token() {
    let mut vault = Vault { tokens: vec!["right".to_owned()], ..Vault::default() };
    vault.entries.insert("ci", serde_json::from_str("{\"a\":\"b\"}").unwrap());
    let path = "GET /v1/secret/data/ci";
    assert!(ask(&vault, path, "x-vault-token: right\r\n").is_err());
    let header = "x-vault-request: true\r\nx-vault-token: ";
    assert_eq!(ask(&vault, path, &format!("{header}wrong\r\n")).unwrap().status, 403);
    assert_eq!(ask(&vault, path, &format!("{header}right\r\n")).unwrap().status, 200);
    assert_eq!(ask(&vault, "GET /v1/secret/data/no", &format!("{header}right\r\n")).unwrap().status, 404);
}
