//! The client credentials grant: with a secret, and with signatures that another library verifies.

use crate::script::{JWT, Secrets, Still, giving_a_token};
use jsonwebtoken::{DecodingKey, Validation};
use lamplight_domain::ErrorCode;
use lamplight_identity_adapter::{ClientAuth, ClientCredentials, Grant, SigningAlgorithm, SigningKey};
use lamplight_ports::{ExposeSecret, PortErrorKind, TokenSource};
use lamplight_testkit::exchange::Exchange;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384};
use rsa::{
    pkcs1::{EncodeRsaPrivateKey, EncodeRsaPublicKey},
    pkcs8::{EncodePrivateKey, LineEnding},
};
use serde_json::Value;
use std::sync::Arc;

const URL: &str = "https://idp.example.com/token";

fn client(service: &Arc<Exchange>, secret: String, auth: ClientAuth) -> ClientCredentials {
    ClientCredentials {
        http: service.clone(),
        secrets: Arc::new(Secrets("env:PROOF", secret)),
        clock: Arc::new(Still::default()),
        ids: Arc::new(Still::default()),
        grant: Grant {
            token_url: URL.to_owned(),
            client_id: "lamp light".to_owned(),
            scope: Some("aws".to_owned()),
            audience: Some("sts.amazonaws.com".to_owned()),
            use_id_token: false,
        },
        auth,
    }
}

fn assertion(algorithm: SigningAlgorithm) -> ClientAuth {
    ClientAuth::Assertion {
        private_key: "env:PROOF".parse().unwrap(),
        algorithm,
        key_id: Some("key-1".to_owned()),
        audience: None,
    }
}

#[tokio::test]
async fn a_secret_goes_into_the_form() {
    let service = giving_a_token();
    let auth = ClientAuth::Secret("env:PROOF".parse().unwrap());
    let source = client(&service, "hunter2&=%".to_owned(), auth);
    assert_eq!(source.token().await.unwrap().expose_secret(), JWT);
    let asked = &service.asked()[0];
    let form = asked.form();
    assert_eq!(asked.line, format!("Post {URL}"));
    for (name, value) in [
        ("grant_type", "client_credentials"),
        ("client_id", "lamp light"),
        ("client_secret", "hunter2&=%"),
        ("scope", "aws"),
        ("audience", "sts.amazonaws.com"),
    ] {
        assert_eq!(form[name], value);
    }
    assert_eq!(form.len(), 5);
}

#[tokio::test]
async fn the_secret_is_sent_in_the_header_if_configured() {
    let service = giving_a_token();
    let auth = ClientAuth::BasicSecret("env:PROOF".parse().unwrap());
    client(&service, "a:b".to_owned(), auth).token().await.unwrap();
    let asked = &service.asked()[0];
    // base64 of `lamp%20light:a%3Ab`
    assert_eq!(asked.headers["authorization"], "Basic bGFtcCUyMGxpZ2h0OmElM0Fi");
    // Providers such as Okta reject a client that is named both in the header and in the form.
    let names: Vec<String> = asked.form().into_keys().collect();
    assert_eq!(names, ["audience", "grant_type", "scope"]);
}

#[tokio::test]
async fn the_id_token_is_taken_where_that_is_wanted() {
    let service = giving_a_token();
    let mut source = client(&service, "x".to_owned(), ClientAuth::Secret("env:PROOF".parse().unwrap()));
    source.grant.use_id_token = true;
    assert_eq!(source.token().await.unwrap().expose_secret(), "aWQ.aWQ.aWQ");
}

#[tokio::test]
async fn a_secret_repeated_in_any_form_is_not_shown() {
    let secret = "hunter2 &two";
    // base64 of `lamp%20light:hunter2%20%26two`
    let basic = "bGFtcCUyMGxpZ2h0Omh1bnRlcjIlMjAlMjZ0d28=";
    let reference = || "env:PROOF".parse().unwrap();
    for auth in [ClientAuth::Secret(reference()), ClientAuth::BasicSecret(reference())] {
        let echo = format!(
            "{{\"error\":\"invalid_client\",\"error_description\":\"{secret} hunter2%20%26two hunter2+%26two\"}}"
        );
        let page = format!("<html>hunter2 &amp;two</html>{secret}");
        let service = Exchange::new([Some((401, echo)), Some((403, page))]);
        let source = client(&service, secret.to_owned(), auth.clone());
        for kind in [PortErrorKind::Unauthenticated, PortErrorKind::Corrupt] {
            let error = source.token().await.unwrap_err();
            assert_eq!(error.kind, kind);
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
        assert!(!format!("{source:?}").contains("hunter2"));
    }
    let service = Exchange::new([Some((401, format!("{{\"error\":\"Basic {basic}\"}}")))]);
    let source = client(&service, secret.to_owned(), ClientAuth::BasicSecret(reference()));
    let error = source.token().await.unwrap_err();
    assert!(service.asked()[0].headers["authorization"].contains(basic));
    assert!(!format!("{error:?}").contains(basic), "{error:?}");
}

#[tokio::test]
async fn a_url_with_a_password_in_it_is_refused_and_not_shown() {
    let service = Exchange::new([]);
    let mut source = client(&service, "x".to_owned(), ClientAuth::Secret("env:PROOF".parse().unwrap()));
    source.grant.token_url = "https://u:hunter2@idp.example.com/token?key=hunter2".to_owned();
    let error = source.token().await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::InvalidRequest, ErrorCode::InvalidEndpoint));
    let shown = format!("{error:?}");
    assert!(shown.contains("https://idp.example.com/token") && !shown.contains("hunter2"), "{shown}");
    assert!(service.asked().is_empty());
}

/// Checks the assertion that was sent with a library of others.
async fn verified(
    pem: String,
    algorithm: SigningAlgorithm,
    key: DecodingKey,
    of: jsonwebtoken::Algorithm,
) -> Value {
    let service = giving_a_token();
    client(&service, pem, assertion(algorithm)).token().await.unwrap();
    let form = service.asked()[0].form();
    assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    let mut validation = Validation::new(of);
    validation.set_audience(&[URL]);
    // The tests' clock is fixed in the past, so only the signature and the claims are checked.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    let decoded = jsonwebtoken::decode::<Value>(&form["client_assertion"], &key, &validation).unwrap();
    assert_eq!(decoded.header.kid.as_deref(), Some("key-1"));
    let mut other = form["client_assertion"].clone();
    other.insert(other.len() / 2, 'A');
    assert!(jsonwebtoken::decode::<Value>(&other, &key, &validation).is_err(), "a changed one is refused");
    decoded.claims
}

#[tokio::test]
async fn an_elliptic_curve_key_signs_the_client_assertion() {
    for (algorithm, of, kind) in [
        (SigningAlgorithm::Es256, jsonwebtoken::Algorithm::ES256, &PKCS_ECDSA_P256_SHA256),
        (SigningAlgorithm::Es384, jsonwebtoken::Algorithm::ES384, &PKCS_ECDSA_P384_SHA384),
    ] {
        let pair = KeyPair::generate_for(kind).unwrap();
        let key = DecodingKey::from_ec_der(pair.public_key_raw());
        let claims = verified(pair.serialize_pem(), algorithm, key, of).await;
        assert_eq!((&claims["iss"], &claims["sub"]), (&claims["sub"], &Value::from("lamp light")));
        assert_eq!(claims["jti"], "0199c0de-0000-7000-8000-000000000001");
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
        // With `nbf`, a clock that is slightly ahead would make the issuer reject the assertion.
        assert!(claims.get("nbf").is_none(), "{claims}");
    }
}

#[tokio::test]
async fn an_rsa_key_signs_with_each_digest() {
    // Generated here, because no key is committed.
    let pair = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
    let public = pair.to_public_key().to_pkcs1_der().unwrap();
    let pkcs8 = pair.to_pkcs8_pem(LineEnding::LF).unwrap().to_string();
    let pkcs1 = pair.to_pkcs1_pem(LineEnding::LF).unwrap().to_string();
    for (pem, algorithm, of) in [
        (&pkcs8, SigningAlgorithm::Rs256, jsonwebtoken::Algorithm::RS256),
        (&pkcs1, SigningAlgorithm::Rs384, jsonwebtoken::Algorithm::RS384),
        (&pkcs8, SigningAlgorithm::Rs512, jsonwebtoken::Algorithm::RS512),
    ] {
        let key = DecodingKey::from_rsa_der(public.as_bytes());
        let claims = verified(pem.clone(), algorithm, key, of).await;
        assert_eq!(claims["aud"], URL);
    }
}

#[tokio::test]
async fn a_key_of_another_algorithm_is_refused_and_not_shown() {
    let p256 = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap().serialize_pem();
    let middle: String = p256.lines().nth(1).unwrap().to_owned();
    for (pem, algorithm, word) in [
        ("hunter2".to_owned(), SigningAlgorithm::Es256, "BEGIN PRIVATE KEY"),
        (p256.clone(), SigningAlgorithm::Es384, "P-384"),
        (p256.clone(), SigningAlgorithm::Rs256, "RSA key"),
        (p256.replace("PRIVATE KEY", "EC PRIVATE KEY"), SigningAlgorithm::Es256, "openssl pkcs8"),
        (p256.replace("PRIVATE KEY", "RSA PRIVATE KEY"), SigningAlgorithm::Rs256, "2048"),
        (p256.replace("PRIVATE KEY", "RSA PRIVATE KEY"), SigningAlgorithm::Es256, "P-256"),
        (p256.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"), SigningAlgorithm::Es256, "without a password"),
    ] {
        let error = SigningKey::from_pem(&pem, algorithm).unwrap_err();
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::InvalidRequest, ErrorCode::SigningKeyInvalid)
        );
        assert!(error.hint.as_ref().unwrap().to_string().contains(word), "{:?}", error.hint);
        let shown = format!("{error:?}");
        assert!(!shown.contains("hunter2") && !shown.contains(&middle), "{shown}");
    }
}

#[tokio::test]
async fn a_secret_that_is_not_there_is_named_and_nothing_is_asked() {
    let service = Exchange::new([]);
    let auth = ClientAuth::Secret("env:ABSENT".parse().unwrap());
    let error = client(&service, String::new(), auth).token().await.unwrap_err();
    assert_eq!(error.kind, PortErrorKind::NotFound);
    assert!(service.asked().is_empty());
}
