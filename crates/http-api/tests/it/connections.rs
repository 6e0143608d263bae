//! Connections and functions through the API.

use crate::world::{World, request};
use axum::{body::Body, http::Method};
use lamplight_domain::Role;
use serde_json::json;

#[tokio::test]
async fn connections_are_shown_with_references_and_origins() {
    let world = World::idle();
    let viewer = world.token(Role::Viewer).await;
    let all = world.get(&viewer, "/api/v1/connections").await.json();
    assert_eq!(all["connections"][1]["name"], "simulated");
    assert_eq!(all["connections"][1]["auth"], "access-key");
    assert_eq!(
        (&all["connections"][1]["default"], &all["connections"][0]["default"]),
        (&json!(true), &json!(false))
    );
    let one = world.get(&viewer, "/api/v1/connections/other").await.json();
    assert_eq!(one["settings"][0]["origin"], "lamplight.toml:3");
    assert_eq!(one["settings"][0]["value"]["access-key"]["secret_access_key"], "env:SECRET");
    world.get(&viewer, "/api/v1/connections/none").await.assert_problem(404, "connection_not_found");
    world.get(&viewer, "/api/v1/connections/%2e%2e").await.assert_problem(400, "invalid_name");
}

#[tokio::test]
async fn a_connection_is_tested_without_a_run() {
    let world = World::idle();
    world.add_job("j").await;
    let runner = world.token(Role::Runner).await;
    let test =
        |path: &str| world.send(request(Method::POST, path, Some(&runner)).body(Body::empty()).unwrap());
    let checks = test("/api/v1/connections/simulated/test").await.json();
    assert!(checks["checks"].as_array().unwrap().iter().all(|check| check["outcome"] == "pass"), "{checks}");
    let with_job = test("/api/v1/connections/simulated/test?job=j").await.json();
    assert!(
        with_job["checks"].as_array().unwrap().iter().any(|check| check["name"] == "dry-run"),
        "{with_job}"
    );
    test("/api/v1/connections/simulated/test?job=none").await.assert_problem(404, "job_not_found");
    test("/api/v1/connections/none/test").await.assert_problem(404, "connection_not_found");
    assert_eq!(world.fake.calls().len(), 0);
}

#[tokio::test]
async fn functions_are_listed_and_shown() {
    let world = World::idle();
    let viewer = world.token(Role::Viewer).await;
    let page = world.get(&viewer, "/api/v1/functions?limit=1").await.json();
    assert_eq!(page["functions"].as_array().unwrap().len(), 1);
    let marker = page["next_marker"].as_str().unwrap();
    let next = world.get(&viewer, &format!("/api/v1/functions?limit=1&marker={marker}")).await.json();
    assert_eq!(next["functions"][0]["name"], "mirror");
    let found = world.get(&viewer, "/api/v1/discover?connection=other").await.json();
    assert_eq!(found["functions"].as_array().unwrap().len(), 2, "{found}");
    let one = world.get(&viewer, "/api/v1/functions/mirror").await.json();
    assert_eq!((&one["name"], &one["runtime"]), (&json!("mirror"), &json!("python3.13")));
    let versions = world.get(&viewer, "/api/v1/functions/mirror/versions").await.json();
    assert!(!versions["versions"].as_array().unwrap().is_empty(), "{versions}");
    assert_eq!(world.get(&viewer, "/api/v1/functions/mirror/aliases").await.json()["aliases"], json!([]));
    let arn = one["reference"].as_str().unwrap();
    assert_eq!(world.get(&viewer, &format!("/api/v1/functions/{arn}")).await.json()["name"], "mirror");
    for (path, status, code) in [
        ("/api/v1/functions/none", 404, "function_not_found"),
        ("/api/v1/functions/mirror?qualifier=99", 404, "function_not_found"),
        ("/api/v1/functions/a%20b", 400, "invalid_reference"),
        ("/api/v1/functions/mirror:1/versions", 400, "invalid_reference"),
        ("/api/v1/functions?connection=none", 404, "connection_not_found"),
        ("/api/v1/functions?marker=%F0%9F%92%A5", 400, "invalid_request"),
        ("/api/v1/discover?connection=..", 400, "invalid_request"),
    ] {
        let refused = world.get(&viewer, path).await;
        assert_eq!(refused.status.as_u16(), status, "{path}: {refused:?}");
        assert_eq!(refused.json()["code"], code, "{path}");
    }
}
