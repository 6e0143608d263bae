//! Jobs through the API.

use crate::world::{Answer, World, request, with_json};
use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use lamplight_domain::Role;
use lamplight_fake_adapter::FakeWorld;
use serde_json::{Value, json};

async fn put(world: &World, token: &str, tag: Option<&str>, document: &Value) -> Answer {
    let path = format!("/api/v1/jobs/{}", document["name"].as_str().unwrap());
    let mut request = request(Method::PUT, &path, Some(token));
    if let Some(tag) = tag {
        request = request.header(header::IF_MATCH, tag);
    }
    world.send(with_json(request, document)).await
}

fn document(description: &str) -> Value {
    json!({
        "name": "j", "connection": FakeWorld::CONNECTION, "function": "mirror", "description": description,
        "parameters": [{ "name": "n", "type": "integer", "default": "5" }],
        "overrides": { "max_attempts": 2 },
    })
}

#[tokio::test]
async fn a_job_is_created_changed_and_removed() {
    let world = World::idle();
    let admin = world.token(Role::Admin).await;
    let created = world.post(&admin, "/api/v1/jobs", &document("one")).await;
    assert_eq!((created.status, created.header("location")), (StatusCode::CREATED, "/api/v1/jobs/j"));
    let shown = world.get(&admin, "/api/v1/jobs/j").await;
    assert_eq!(shown.body, created.body);
    // What is read can be written back.
    let same = put(&world, &admin, Some(shown.header("etag")), &shown.json()).await;
    assert_eq!((same.status, same.header("etag")), (StatusCode::OK, shown.header("etag")));
    let changed = put(&world, &admin, Some(shown.header("etag")), &document("two")).await;
    assert_eq!(changed.json()["description"], "two");
    assert_ne!(changed.header("etag"), shown.header("etag"));
    let known = request(Method::GET, "/api/v1/jobs/j", Some(&admin))
        .header(header::IF_NONE_MATCH, changed.header("etag"));
    assert_eq!(world.send(known.body(Body::empty()).unwrap()).await.status, StatusCode::NOT_MODIFIED);
    world.post(&admin, "/api/v1/jobs", &document("x")).await.assert_problem(409, "exists_otherwise");

    world.delete(&admin, "/api/v1/jobs/j").await.assert_problem(428, "precondition_required");
    let delete = |tag: &str| {
        let request = request(Method::DELETE, "/api/v1/jobs/j", Some(&admin)).header(header::IF_MATCH, tag);
        world.send(request.body(Body::empty()).unwrap())
    };
    delete(shown.header("etag")).await.assert_problem(412, "revision_changed");
    assert_eq!(delete(changed.header("etag")).await.status, StatusCode::NO_CONTENT);
    delete(changed.header("etag")).await.assert_problem(404, "job_not_found");
    let log = world.get(&admin, "/api/v1/audit?q=job.").await.json();
    let actions: Vec<&str> =
        log["entries"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["job.removed", "job.changed", "job.created"]);
}

#[tokio::test]
async fn a_change_must_be_for_the_current_revision() {
    let world = World::idle();
    let admin = world.token(Role::Admin).await;
    let first = world.post(&admin, "/api/v1/jobs", &document("one")).await;
    put(&world, &admin, None, &document("two")).await.assert_problem(428, "precondition_required");
    for wrong in ["\"7\"", "7", "", "\"1", "W/\"2\""] {
        put(&world, &admin, Some(wrong), &document("two")).await.assert_problem(412, "revision_changed");
    }
    let (a, b) = (document("a"), document("b"));
    let (a, b) = tokio::join!(
        put(&world, &admin, Some(first.header("etag")), &a),
        put(&world, &admin, Some(first.header("etag")), &b),
    );
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let mut renamed = document("x");
    renamed["name"] = json!("other");
    put(&world, &admin, Some("*"), &renamed).await.assert_problem(404, "job_not_found");
    let moved = request(Method::PUT, "/api/v1/jobs/j", Some(&admin)).header(header::IF_MATCH, "*");
    world.send(with_json(moved, &renamed)).await.assert_problem(400, "invalid_request");
}

#[tokio::test]
async fn wrong_documents_are_refused() {
    let world = World::idle();
    let admin = world.token(Role::Admin).await;
    for (key, value, code) in [
        ("name", json!("../etc"), "invalid_request"),
        ("connection", json!("none"), "connection_not_found"),
        ("function", json!("a b"), "invalid_job_document"),
        ("unknown", json!(1), "invalid_request"),
        ("parameters", json!([{ "name": "a" }, { "name": "A" }]), "invalid_request"),
        ("parameters", json!([{ "name": "a", "type": "integer", "default": "x" }]), "invalid_request"),
        ("parameters", json!([{ "name": "a", "secret": true, "default": "hunter2" }]), "invalid_request"),
        ("overrides", json!({ "max_attempts": 99 }), "invalid_job_document"),
    ] {
        let mut wrong = document("x");
        wrong[key] = value;
        let refused = world.post(&admin, "/api/v1/jobs", &wrong).await;
        assert_eq!(refused.json()["code"], code, "{key}: {refused:?}");
        assert!(refused.status.is_client_error());
        assert!(!refused.text().contains("hunter2"));
    }
    assert!(world.get(&admin, "/api/v1/jobs").await.json()["jobs"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn jobs_are_listed_with_their_latest_runs() {
    let world = World::new();
    for name in ["a", "b", "c"] {
        world.add_job(name).await;
    }
    let runner = world.token(Role::Runner).await;
    world.post(&runner, "/api/v1/jobs/b/runs?wait=60", &json!({})).await;
    let page = world.get(&runner, "/api/v1/jobs?limit=2").await.json();
    assert_eq!(
        (&page["jobs"][0]["job"]["name"], &page["jobs"][0]["runs"][0]["state"]),
        (&json!("b"), &json!("succeeded"))
    );
    let marker = page["next_marker"].as_str().unwrap();
    let rest = world.get(&runner, &format!("/api/v1/jobs?limit=2&marker={marker}")).await.json();
    assert_eq!(rest["jobs"].as_array().unwrap().len(), 1);
    let names = async |query: &str| {
        let page = world.get(&runner, &format!("/api/v1/jobs?{query}")).await.json();
        let names = page["jobs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["job"]["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names("latest=succeeded").await, ["b"]);
    assert_eq!(names("q=mir&connection=simulated").await.len(), 3);
    assert_eq!(names("connection=other").await, Vec::<String>::new());
}

#[tokio::test]
async fn functions_are_imported_as_jobs() {
    let world = World::idle();
    let admin = world.token(Role::Admin).await;
    let import = async |body: Value| world.post(&admin, "/api/v1/jobs/import", &body).await;
    let planned = import(json!({ "dry_run": true })).await.json();
    assert_eq!((&planned["dry_run"], &planned["imported"][0]["outcome"]), (&json!(true), &json!("created")));
    assert!(world.get(&admin, "/api/v1/jobs").await.json()["jobs"].as_array().unwrap().is_empty());
    let one = import(json!({ "functions": ["mirror"] })).await.json();
    assert_eq!(one["imported"].as_array().unwrap().len(), 1);
    let all = import(json!({ "connection": "simulated" })).await.json();
    let outcomes: Vec<&str> =
        all["imported"].as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["created", "unchanged"], "{all}");
    import(json!({ "functions": ["none"] })).await.assert_problem(404, "function_not_found");
    import(json!({ "connection": "none" })).await.assert_problem(404, "connection_not_found");
    import(json!({ "max_items": 0 })).await.assert_problem(400, "invalid_setting");
    let log = world.get(&admin, "/api/v1/audit?q=job.imported").await.json();
    assert_eq!(log["entries"].as_array().unwrap().len(), 2, "{log}");
}
