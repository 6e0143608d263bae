//! References to secrets stay out of the API.

use crate::world::{World, request, with_json};
use axum::http::{Method, StatusCode, header};
use lamplight_domain::{DataType, Job, Parameter, Role};
use lamplight_fake_adapter::FakeWorld;
use serde_json::{Value, json};

const REFERENCES: [&str; 5] =
    ["env:HOME", "file:/etc/passwd", "keyring:a/b", "vault:secret/x#y", "aws-sm:name#field"];

/// Stores a job with a reference, as the command line does.
async fn stored_job(world: &World) -> String {
    let platform = world.fake.provider.platform();
    let mut job = Job::new(
        "j".parse().unwrap(),
        world.fake.connection_name(),
        platform.parse_function("mirror").unwrap(),
    );
    let secret =
        Parameter::new("token".parse().unwrap(), DataType::String).secret().with_default("env:TOKEN");
    let plain = Parameter::new("plain".parse().unwrap(), DataType::String);
    job.parameters = vec![secret, plain].try_into().unwrap();
    let revision = world.server.ports.jobs.put(&job, None).await.unwrap();
    format!("\"{}\"", revision.0)
}

#[tokio::test]
async fn a_reference_as_the_value_of_a_secret_is_refused() {
    let world = World::idle();
    stored_job(&world).await;
    let runner = world.token(Role::Runner).await;
    for reference in REFERENCES {
        let body = json!({ "texts": { "token": reference } });
        let refused = world.post(&runner, "/api/v1/jobs/j/runs", &body).await;
        refused.assert_problem(400, "reference_refused");
    }
    assert_eq!(world.server.ports.queue.queued().await.unwrap(), 0);
}

#[tokio::test]
async fn elsewhere_a_reference_is_plain_text() {
    let world = World::new();
    stored_job(&world).await;
    let runner = world.token(Role::Runner).await;
    for text in REFERENCES.into_iter().chain(["@/etc/passwd", "@file"]) {
        let body = json!({ "texts": { "plain": text, "token": "s" } });
        let run = world.post(&runner, "/api/v1/jobs/j/runs?wait=60", &body).await.json();
        let calls = world.fake.calls();
        let sent: Value = calls.last().unwrap().event.to().unwrap();
        assert_eq!(sent["plain"], text, "{run}");
        // As JSON, also the value of a secret is what it is.
        let body = json!({ "parameters": { "token": text, "plain": text } });
        world.post(&runner, "/api/v1/jobs/j/runs?wait=60", &body).await;
        let calls = world.fake.calls();
        let sent: Value = calls.last().unwrap().event.to().unwrap();
        assert_eq!((&sent["token"], &sent["plain"]), (&json!(text), &json!(text)));
    }
}

#[tokio::test]
async fn a_document_cannot_introduce_a_reference() {
    let world = World::idle();
    let tag = stored_job(&world).await;
    let admin = world.token(Role::Admin).await;
    let put = |document: &Value, tag: &str| {
        let request = request(Method::PUT, "/api/v1/jobs/j", Some(&admin)).header(header::IF_MATCH, tag);
        world.send(with_json(request, document))
    };
    let parameter = |name: &str, default: &str| json!({ "name": name, "secret": true, "default": default });
    let document = |connection: &str, function: &str, parameters: Value| json!({ "name": "j", "connection": connection, "function": function, "parameters": parameters });
    let here = FakeWorld::CONNECTION;
    for (what, changed) in [
        ("another reference", document(here, "mirror", json!([parameter("token", "env:OTHER")]))),
        ("another parameter", document(here, "mirror", json!([parameter("other", "env:TOKEN")]))),
        ("another function", document(here, "broken", json!([parameter("token", "env:TOKEN")]))),
        ("another connection", document("other", "mirror", json!([parameter("token", "env:TOKEN")]))),
    ] {
        let refused = put(&changed, &tag).await;
        assert_eq!(refused.json()["code"], "reference_refused", "{what}: {refused:?}");
    }
    for reference in REFERENCES {
        let mut new = document(here, "mirror", json!([parameter("token", reference)]));
        new["name"] = json!("new");
        world.post(&admin, "/api/v1/jobs", &new).await.assert_problem(400, "reference_refused");
    }
    // A text that looks like a reference may become the default of a parameter, and the parameter secret only later.
    let plain = json!([{ "name": "plain", "default": "env:HOME" }, parameter("token", "env:TOKEN")]);
    let kept = put(&document(here, "mirror", plain), &tag).await;
    assert_eq!(kept.status, StatusCode::OK, "keeping the reference is fine: {kept:?}");
    let secret = json!([parameter("plain", "env:HOME")]);
    put(&document(here, "mirror", secret), kept.header("etag"))
        .await
        .assert_problem(400, "reference_refused");
}

#[tokio::test]
async fn a_secret_given_for_a_run_is_masked() {
    let world = World::new();
    stored_job(&world).await;
    let runner = world.token(Role::Runner).await;
    let body = json!({ "texts": { "token": "correct horse battery", "plain": "x" } });
    let run = world.post(&runner, "/api/v1/jobs/j/runs?wait=60", &body).await;
    assert_eq!(run.json()["state"], "succeeded");
    assert!(!run.text().contains("correct horse"), "{}", run.text());
    let calls = world.fake.calls();
    assert!(calls[0].event.as_str().contains("correct horse battery"));
    let key = run.json()["key"].as_str().unwrap().to_owned();
    let response = world.get(&runner, &format!("/api/v1/runs/{key}/response")).await;
    response.assert_problem(404, "not_found");
}
