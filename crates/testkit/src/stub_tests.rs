//! The stubs refuse what the originals refuse.

use crate::{
    aws::{Aws, Trust},
    entra::{self, ManagedIdentity, TokenEndpoint},
    http::{Answer, Form, Request},
    jwt::{Issuer, now},
    machine::{Container, Instance},
    oidc::{Proof, Provider},
    server::Site,
    vault::Vault,
};
use std::sync::Arc;

fn ask(site: &dyn Site, line: &str, headers: &[(&str, &str)]) -> Result<Answer, String> {
    let (method, target) = line.split_once(' ').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (method, path, query) = (method.to_owned(), path.to_owned(), query.to_owned());
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    site.answer("127.0.0.1:1", &Request { method, path, query, headers, body: Vec::new() })
}

fn post(site: &dyn Site, path: &str, form: &str) -> Result<Answer, String> {
    let kind = ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned());
    let (method, path, body) = ("POST".to_owned(), path.to_owned(), form.as_bytes().to_vec());
    site.answer("127.0.0.1:1", &Request { method, path, headers: vec![kind], body, ..Request::default() })
}

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).unwrap()
}

#[test]
fn repeated_and_unread_form_fields_are_refused() {
    let mut form = Form::parse("a=1+2&b=%C3%A4%2B").unwrap();
    assert_eq!((form.need("a").unwrap(), form.need("b").unwrap()), ("1 2".to_owned(), "ä+".to_owned()));
    assert!(form.done().is_ok());
    assert!(Form::parse("a=1&a=2").is_err() && Form::parse("a").is_err() && Form::parse("a=%4").is_err());
    assert!(Form::parse("a=%+1").is_err() && Form::parse("a=1").unwrap().done().is_err());
}

#[test]
fn the_instance_speaks_version_two_alone() {
    let aws = Aws::default();
    let key = aws.session("worker", "i-1");
    let instance = Instance::new("worker", key.clone());
    let path = "GET /latest/meta-data/iam/security-credentials/";
    assert_eq!(ask(&instance, path, &[]).unwrap().status, 401);
    assert!(ask(&instance, "PUT /latest/api/token", &[]).is_err());
    let lifetime = [("x-aws-ec2-metadata-token-ttl-seconds", "60")];
    let token = ask(&instance, "PUT /latest/api/token", &lifetime).unwrap();
    let with =
        |token: &str, path: &str| ask(&instance, path, &[("x-aws-ec2-metadata-token", token)]).unwrap();
    assert_eq!(with("other", path).status, 401);
    assert_eq!(text(&with(text(&token), path)), "worker");
    assert!(text(&with(text(&token), &format!("{path}worker"))).contains(&key.id));
}

#[test]
fn the_container_wants_its_token() {
    let key = Aws::default().session("worker", "task");
    let container = Container { path: "/v2/x", authorization: "right".to_owned(), key };
    assert!(ask(&container, "GET /v2/x", &[]).is_err());
    assert!(ask(&container, "GET /v2/x", &[("authorization", "wrong")]).is_err());
    assert_eq!(ask(&container, "GET /v2/x", &[("authorization", "right")]).unwrap().status, 200);
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
        // The key of another issuer under the same name.
        (Issuer::new(&issuer.url).token("ci", "sts.amazonaws.com"), "InvalidIdentityToken"),
        ("no.token.atall".to_owned(), "InvalidIdentityToken"),
    ] {
        assert!(text(&assume(&token)).contains(&format!("<Code>{code}</Code>")), "{code}");
    }
    assert!(post(&aws, "/", "Action=AssumeRole&Version=2011-06-15&RoleArn=x&RoleSessionName=x").is_err());
}

#[test]
fn unknown_keys_and_wrong_signatures_are_refused() {
    let aws = Aws::default();
    aws.echo();
    let key = aws.user("me");
    for (id, code) in [("AKIANOBODY", "UnrecognizedClient"), (key.id.as_str(), "InvalidSignature")] {
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential={id}/20260101/eu-west-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
        );
        let headers =
            [("host", "127.0.0.1:1"), ("x-amz-date", "20260101T000000Z"), ("authorization", &signature)];
        let refused = ask(&aws, "GET /2015-03-31/functions", &headers).unwrap();
        assert_eq!((refused.status, refused.headers[2].1.as_str()), (403, &*format!("{code}Exception")));
    }
    assert!(aws.calls().is_empty());
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
    let query = format!("resource={}", entra::APPLICATION.replace(':', "%3A").replace('/', "%2F"));
    let path = format!("GET /metadata/identity/oauth2/token?api-version=2018-02-01&{query}");
    assert!(ask(&machine, &path, &[]).is_err());
    assert_eq!(ask(&machine, &path, &[("metadata", "true")]).unwrap().status, 200);
    let service = ManagedIdentity::AppService(issuer, "right".to_owned());
    let path = format!("GET /msi/token?api-version=2019-08-01&{query}");
    assert!(ask(&service, &path, &[("x-identity-header", "wrong")]).is_err());
    assert_eq!(ask(&service, &path, &[("x-identity-header", "right")]).unwrap().status, 200);
}

#[test]
fn entra_takes_the_tokens_of_its_cluster_alone() {
    let cluster = Arc::new(Issuer::new("https://aks.example.com"));
    let issuer = Arc::new(Issuer::new(&entra::issuer()));
    let endpoint = TokenEndpoint { issuer, cluster: Arc::clone(&cluster), subject: "pod" };
    let ask = |assertion: &str| {
        let form = format!(
            "grant_type=client_credentials&client_id={}&scope=api%3A%2F%2Faws-lamplight%2F.default&client_assertion_type=\
             urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion={assertion}",
            entra::CLIENT
        );
        post(&endpoint, &format!("/{}/oauth2/v2.0/token", entra::TENANT), &form).unwrap().status
    };
    let audience = "api://AzureADTokenExchange";
    assert_eq!(ask(&cluster.token("pod", audience)), 200);

    for wrong in [
        cluster.token("stranger", audience),
        cluster.token("pod", "other"),
        Issuer::new(&cluster.url).token("pod", audience),
    ] {
        assert_eq!(ask(&wrong), 401);
    }
}

#[test]
fn the_vault_wants_its_token() {
    let mut vault = Vault { tokens: vec!["right".to_owned()], ..Vault::default() };
    vault.entries.insert("ci", serde_json::from_str("{\"a\":\"b\"}").unwrap());
    let path = "GET /v1/secret/data/ci";
    assert!(ask(&vault, path, &[("x-vault-token", "right")]).is_err());
    let with = |token: &str, path: &str| {
        ask(&vault, path, &[("x-vault-request", "true"), ("x-vault-token", token)]).unwrap().status
    };
    assert_eq!(with("wrong", path), 403);
    assert_eq!(with("right", path), 200);
    assert_eq!(with("right", "GET /v1/secret/data/no"), 404);
}
