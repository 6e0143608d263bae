//! Where credentials cannot be had: each reason has a code and a hint of its own, is told fast, and nothing is called.

use crate::lamplight::{Done, Lamplight, done};
use lamplight_ports::Clock;
use lamplight_system_adapter::SystemClock;
use lamplight_testkit::{
    World,
    aws::{ACCOUNT, Trust, role, user},
    jwt::Issuer,
    machine::Instance,
    oidc::{Proof, Provider},
    server::{refusing, silent},
    sts::REFUSES,
};
use serde_json::Value;
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// A home with one connection, `x`, of this `auth`.
fn home(auth: &str) -> Lamplight {
    let home = Lamplight::new();
    home.file("lamplight.toml", &format!("[connections.x]\nregion = \"eu-west-1\"\n{auth}\n"));
    home
}

/// Calls the function and expects to be told why that is not possible: the code and the hint.
fn refused(world: &World, home: &Lamplight, environment: &[(&str, &str)]) -> (String, String) {
    let (told, done) = call(world, home, environment);
    assert!(![0, 7].contains(&done.code), "{done:#?}");
    assert!(world.aws.calls_of("lambda:InvokeFunction").is_empty(), "{done:#?}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    assert_eq!(told["state"], "rejected", "{done:#?}");
    (text(&told["error"]["code"]), text(&told["error"]["hint"]))
}

fn call(world: &World, home: &Lamplight, environment: &[(&str, &str)]) -> (Value, Done) {
    let mut command =
        home.command_in(world, &["run", "echo", "-c", "x", "--output", "json", "-p", "name=Ada"]);
    let done = done(command.envs(environment.iter().copied()).output().unwrap());
    let told = serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:#?}"));
    (told, done)
}

fn by_token(role: &str) -> String {
    format!("auth.web-identity = {{ role_arn = \"{role}\", token = {{ env = \"TOKEN\" }} }}")
}

fn by_role(role: &str, more: &str) -> String {
    format!("auth.assume-role = {{ role_arn = \"{role}\"{more} }}")
}

/// The code of STS, our code, and words of the hint.
type Refusal = (&'static str, &'static str, &'static str);

const OF_TOKENS: [Refusal; 8] = [
    ("InvalidIdentityToken", "identity_token_invalid", "thumbprint"),
    ("ExpiredTokenException", "credentials_expired", "get a new token"),
    ("IDPRejectedClaim", "identity_claim_rejected", "new token"),
    ("IDPCommunicationError", "identity_provider_unreachable", "openid-configuration"),
    ("AccessDenied", "role_denied", "aud and sub"),
    ("MalformedPolicyDocument", "session_policy_malformed", "policy document"),
    ("PackedPolicyTooLarge", "session_policy_too_large", "shorten"),
    ("RegionDisabledException", "sts_region_disabled", "sts_region"),
];

const OF_ROLES: [Refusal; 5] = [
    ("AccessDenied", "role_denied", "set external_id"),
    ("ExpiredTokenException", "credentials_expired", "sign in again"),
    ("MalformedPolicyDocument", "session_policy_malformed", "policy document"),
    ("PackedPolicyTooLarge", "session_policy_too_large", "shorten"),
    ("RegionDisabledException", "sts_region_disabled", "sts_region"),
];

#[test]
fn each_refusal_of_a_token_has_its_own_code_and_hint() {
    let world = World::default();
    let issuer = Arc::new(Issuer::new("https://idp.example.com"));
    world.aws.account().providers.push(Arc::clone(&issuer));
    let token = issuer.token("ci", "sts.amazonaws.com");
    let mut hints = BTreeSet::new();
    for (code, ours, words) in OF_TOKENS {
        let home = home(&by_token(&role(&format!("{REFUSES}{code}"))));
        let (told, hint) = refused(&world, &home, &[("TOKEN", &token)]);
        assert_eq!(told, ours, "{code}");
        assert!(hint.contains(words) && hints.insert(hint.clone()), "{code}: {hint}");
    }
}

#[test]
fn each_refusal_of_a_role_has_its_own_code_and_hint() {
    let world = World::default();
    let key = world.aws.user("ci");
    let environment =
        [("AWS_ACCESS_KEY_ID", key.id.as_str()), ("AWS_SECRET_ACCESS_KEY", key.secret.as_str())];
    let mut hints = BTreeSet::new();
    for (code, ours, words) in OF_ROLES {
        let home = home(&by_role(&role(&format!("{REFUSES}{code}")), ""));
        let (told, hint) = refused(&world, &home, &environment);
        assert_eq!(told, ours, "{code}");
        assert!(hint.contains(words) && hints.insert(hint.clone()), "{code}: {hint}");
    }
    let trust = Trust::Caller { arn: user("ci"), external_id: Some("right".to_owned()), tags: false };
    world.aws.role("guarded", [trust]);
    let home = home(&by_role(&role("guarded"), ", external_id = \"wrong\""));
    let (told, hint) = refused(&world, &home, &environment);
    assert_eq!(told, "role_denied");
    assert!(hint.starts_with("check that external_id") && hints.insert(hint.clone()), "{hint}");
}

/// A token that does not fit its role, as STS itself finds.
#[test]
fn a_mismatched_token_differs_from_an_untrusted_one() {
    let world = World::default();
    let issuer = Arc::new(Issuer::new("https://idp.example.com"));
    world.aws.account().providers.push(Arc::clone(&issuer));
    let trust = Trust::Token {
        issuer: issuer.url.clone(),
        audience: "sts.amazonaws.com".to_owned(),
        subject: "ci".to_owned(),
    };
    world.aws.role("ci", [trust]);
    let home = home(&by_token(&role("ci")));
    let past = lamplight_testkit::jwt::now() - 5;
    for (token, code) in [
        (issuer.token("stranger", "sts.amazonaws.com"), "role_denied"),
        (issuer.token("ci", "https://else.example.com"), "identity_token_invalid"),
        (Issuer::new("https://else.example.com").token("ci", "sts.amazonaws.com"), "identity_token_invalid"),
        (issuer.token_until("ci", "sts.amazonaws.com", past), "credentials_expired"),
    ] {
        assert_eq!(refused(&world, &home, &[("TOKEN", &token)]).0, code);
    }
    let token = issuer.token("ci", "sts.amazonaws.com");
    world.aws.echo();
    let (told, done) = call(&world, &home, &[("TOKEN", &token)]);
    assert_eq!(told["state"], "succeeded", "{done:#?}");
}

#[test]
fn a_refusal_by_the_identity_provider_is_quoted() {
    let world = World::default();
    let issuer = Arc::new(Issuer::new("https://idp.example.com"));
    let provider = Provider::new(issuer, "lamplight", "sts.amazonaws.com", Proof::Secret("right".to_owned()));
    world.https("idp.example.com", Arc::new(provider));
    let home = home(&format!(
        "[connections.x.auth.web-identity]\nrole_arn = \"{}\"\n[connections.x.auth.web-identity.token.client-credentials]\n\
         token_url = \"https://idp.example.com/oauth2/token\"\nclient_id = \"lamplight\"\nclient_secret = \"env:SECRET\"\n",
        role("ci")
    ));
    let (told, done) = call(&world, &home, &[("SECRET", "wrong")]);
    assert_eq!(told["error"]["code"], "token_refused", "{done:#?}");
    assert!(done.stdout.contains("idp.example.com"), "{done:#?}");
    assert!(!(done.stdout + &done.stderr).contains("wrong"), "the secret is told");
    assert!(world.aws.calls().is_empty());
}

#[test]
fn a_missing_metadata_service_is_reported_within_two_seconds() {
    let world = World::default();
    let (_listener, never_answers) = silent();
    for (auth, code) in [
        ("auth = \"instance-profile\"", "instance_credentials_failed"),
        ("auth = \"default\"", "credentials_"),
    ] {
        for address in [never_answers.clone(), refusing()] {
            let home = home(auth);
            // A machine that is busy with other tests may hold one try up, not each of three.
            let tries = (0..3).map(|_| {
                let started = SystemClock.now();
                let told = refused(&world, &home, &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &address)]);
                (SystemClock.now().duration_since(started).unsigned_abs(), told)
            });
            let fast = tries.into_iter().find(|(took, _)| *took < Duration::from_secs(2));
            let (_, (told, hint)) = fast.unwrap_or_else(|| panic!("{auth} at {address} takes too long"));
            assert!(told.starts_with(code) && !hint.is_empty(), "{auth}: {told}: {hint}");
        }
    }
}

#[test]
fn a_static_key_needs_one_request_only() {
    let world = World::default();
    world.aws.echo();
    let key = world.aws.example_user("me");
    let metadata = world.http(Arc::new(Instance::new("worker", world.aws.session("worker", "i-1"))));
    let home = home(&format!(
        "auth.access-key = {{ access_key_id = \"{}\", secret_access_key = \"env:SECRET\" }}",
        key.id
    ));
    let environment = [("SECRET", key.secret.as_str()), ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &metadata)];
    let (told, done) = call(&world, &home, &environment);
    assert_eq!(told["state"], "succeeded", "{done:#?}");
    let seen = world.log.all();
    assert_eq!(seen.len(), 1, "{}", world.log.told());
    assert_eq!(world.aws.calls()[0].principal, format!("arn:aws:iam::{ACCOUNT}:user/me"));
}

#[test]
fn unknown_keys_and_wrong_secrets_are_refused() {
    let world = World::default();
    world.aws.echo();
    let key = world.aws.user("me");
    let unknown = "AKIA0000000000000000".to_owned();
    for (id, secret) in [(&key.id, "another"), (&unknown, key.secret.as_str())] {
        let home = home(&format!(
            "auth.access-key = {{ access_key_id = \"{id}\", secret_access_key = \"env:SECRET\" }}"
        ));
        let (code, _) = refused(&world, &home, &[("SECRET", secret)]);
        assert_eq!(code, "not_authenticated");
    }
}

#[test]
fn a_session_that_has_ended_is_refused() {
    let world = World::default();
    world.aws.echo();
    let key = world.aws.account().issue(&user("me"), Some(lamplight_testkit::jwt::now() - 5));
    let home = home(&format!(
        "auth.access-key = {{ access_key_id = \"{}\", secret_access_key = \"env:SECRET\", session_token = \"env:TOKEN\" }}",
        key.id
    ));
    let token = key.session_token.unwrap();
    let (code, _) = refused(&world, &home, &[("SECRET", &key.secret), ("TOKEN", &token)]);
    assert_eq!(code, "not_authenticated");
}
