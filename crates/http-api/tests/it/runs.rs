//! Runs through the API.

use crate::world::{Answer, World, post, request};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use lamplight_domain::Role;
use lamplight_fake_adapter::FakeWorld;
use serde_json::{Value, json};

#[tokio::test]
async fn a_run_is_queued_and_made() {
    let world = World::new();
    let runner = world.token(Role::Runner).await;
    let body = json!({ "function": "mirror", "payload": { "n": 1 } });
    let queued = world.post(&runner, "/api/v1/runs", &body).await;
    assert_eq!(queued.status, StatusCode::ACCEPTED);
    let submitted = queued.json();
    let url = submitted["url"].as_str().unwrap();
    assert_eq!((queued.header("location"), &submitted["is_new"]), (url, &json!(true)));
    let ended = world.get(&runner, &format!("{url}?wait=60")).await.json();
    assert_eq!((&ended["state"], &ended["response"]), (&json!("succeeded"), &json!({ "n": 1 })), "{ended}");
    assert_eq!((&ended["connection"], &ended["job"]), (&json!(FakeWorld::CONNECTION), &json!(null)));
    assert_eq!(world.fake.calls().len(), 1);
}

#[tokio::test]
async fn a_request_may_wait_for_the_end() {
    let world = World::new();
    world.add_job("echo").await;
    let runner = world.token(Role::Runner).await;
    // As text, because a JSON value would round the number.
    let body = r#"{"parameters":{"n":12345678901234567890.10,"deep":{"a" : [1.50]}},"texts":{"t":"7"}}"#;
    let sent = request(Method::POST, "/api/v1/jobs/echo/runs?wait=60", Some(&runner))
        .header("content-type", "application/json")
        .body(Body::from(body));
    let ended = world.send(sent.unwrap()).await;
    assert_eq!((ended.status, &ended.json()["job"]), (StatusCode::OK, &json!("echo")), "{ended:?}");
    let event = r#"{"n":12345678901234567890.10,"deep":{"a" : [1.50]},"t":"7"}"#;
    assert_eq!(world.fake.calls()[0].event.as_str(), event);
    assert!(ended.text().contains(&format!("\"response\":{event}")), "{}", ended.text());
    let failed = world.post(&runner, "/api/v1/runs?wait=60", &json!({ "function": "broken" })).await.json();
    assert_eq!(
        (&failed["state"], &failed["error"]["code"]),
        (&json!("function_failed"), &json!("function_error"))
    );
    for wait in ["61", "-1", "x"] {
        let refused =
            world.post(&runner, &format!("/api/v1/runs?wait={wait}"), &json!({ "function": "mirror" })).await;
        refused.assert_problem(400, "invalid_request");
    }
    assert_eq!(world.fake.calls().len(), 2);
}

#[tokio::test]
async fn a_wait_ends_when_the_server_stops() {
    let world = World::idle();
    let runner = world.token(Role::Runner).await;
    let body = json!({ "function": "mirror" });
    let waiting = world.post(&runner, "/api/v1/runs?wait=60", &body);
    let (answer, ()) = tokio::join!(waiting, async {
        while world.server.ports.queue.queued().await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        world.stop.cancel();
    });
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
}

#[tokio::test]
async fn the_same_key_makes_one_run() {
    let world = World::idle();
    let (one, two) = (world.token(Role::Runner).await, world.token(Role::Runner).await);
    let send = async |token: &str, key: &str, path: &str, body: Value| -> Answer {
        let mut request = post(token, path, &body);
        request.headers_mut().insert("idempotency-key", key.parse().unwrap());
        world.send(request).await
    };
    let body = || json!({ "function": "mirror", "payload": 1 });
    let first = send(&one, "k1", "/api/v1/runs", body()).await.json();
    let again = send(&one, "k1", "/api/v1/runs", body()).await;
    assert_eq!(again.status, StatusCode::ACCEPTED);
    assert_eq!((&again.json()["key"], &again.json()["is_new"]), (&first["key"], &json!(false)));
    let other = json!({ "function": "mirror", "payload": 2 });
    send(&one, "k1", "/api/v1/runs", other).await.assert_problem(422, "request_differs");
    world.add_job("j").await;
    send(&one, "k1", "/api/v1/jobs/j/runs", json!({})).await.assert_problem(422, "request_differs");
    assert_eq!(send(&two, "k1", "/api/v1/runs", body()).await.json()["is_new"], true, "another caller's key");
    assert_eq!(send(&one, "k2", "/api/v1/runs", body()).await.json()["is_new"], true);
    for wrong in ["", &"k".repeat(256)] {
        send(&one, wrong, "/api/v1/runs", body()).await.assert_problem(400, "invalid_request");
    }
    let mut twice = post(&one, "/api/v1/runs", &body());
    twice.headers_mut().append("idempotency-key", "a".parse().unwrap());
    twice.headers_mut().append("idempotency-key", "b".parse().unwrap());
    world.send(twice).await.assert_problem(400, "invalid_request");
    assert_eq!(world.server.ports.queue.queued().await.unwrap(), 3);
}

#[tokio::test]
async fn what_cannot_be_run_is_refused_and_not_recorded() {
    let world = World::idle();
    let runner = world.token(Role::Runner).await;
    world.add_job("j").await;
    for (path, body, status, code) in [
        ("/api/v1/runs", json!({}), 400, "invalid_request"),
        ("/api/v1/runs", json!({ "job": "none" }), 404, "job_not_found"),
        ("/api/v1/jobs/none/runs", json!({}), 404, "job_not_found"),
        ("/api/v1/jobs/j/runs", json!({ "job": "j" }), 400, "invalid_request"),
        ("/api/v1/runs", json!({ "function": "a b" }), 400, "invalid_reference"),
        ("/api/v1/runs", json!({ "function": "mirror", "connection": "none" }), 404, "connection_not_found"),
        ("/api/v1/runs", json!({ "function": "mirror", "connection": "../x" }), 400, "invalid_name"),
        (
            "/api/v1/runs",
            json!({ "job": "j", "payload": null, "texts": { "a": "b" } }),
            400,
            "arguments_beside_payload",
        ),
        ("/api/v1/runs", json!({ "job": "j", "texts": { "": "b" } }), 400, "invalid_name"),
        (
            "/api/v1/runs",
            json!({ "job": "j", "texts": { "a": "b" }, "parameters": { "a": 1 } }),
            400,
            "invalid_request",
        ),
        ("/api/v1/runs", json!({ "job": "j", "settings": { "max_attempts": 99 } }), 400, "invalid_setting"),
        (
            "/api/v1/runs",
            json!({ "job": "j", "settings": { "client_context": "{" } }),
            400,
            "invalid_client_context",
        ),
    ] {
        let refused = world.post(&runner, path, &body).await;
        assert_eq!(refused.status.as_u16(), status, "{body}: {refused:?}");
        refused.assert_problem(status, code);
    }
    assert_eq!(world.server.ports.queue.queued().await.unwrap(), 0);
}

#[tokio::test]
async fn a_null_payload_is_an_event() {
    let world = World::new();
    let key = world.run_mirror(&Value::Null).await;
    let viewer = world.token(Role::Viewer).await;
    let response = world.get(&viewer, &format!("/api/v1/runs/{key}/response")).await;
    assert_eq!((response.text(), response.header("content-type")), ("null", "application/json"));
}

#[tokio::test]
async fn runs_are_listed_in_pages_with_filters() {
    let world = World::new();
    let viewer = world.token(Role::Viewer).await;
    let mut keys = Vec::new();
    for n in 0..5 {
        keys.push(world.run_mirror(&json!(n)).await);
        world.fake.clock.advance(std::time::Duration::from_mins(1));
    }
    let runner = world.token(Role::Runner).await;
    world
        .post(&runner, "/api/v1/runs?wait=60", &json!({ "function": "broken", "connection": "other" }))
        .await;
    keys.reverse();
    let (mut seen, mut path) = (Vec::new(), "/api/v1/runs?function=mirror&limit=2".to_owned());
    loop {
        let page = world.get(&viewer, &path).await.json();
        let of_page = page["runs"].as_array().unwrap();
        assert!(of_page.len() <= 2);
        seen.extend(of_page.iter().map(|run| run["key"].as_str().unwrap().to_owned()));
        let Some(marker) = page["next_marker"].as_str() else { break };
        path = format!("/api/v1/runs?function=mirror&limit=2&marker={marker}");
    }
    assert_eq!(seen, keys);
    let count = async |query: &str| {
        let page = world.get(&viewer, &format!("/api/v1/runs?{query}")).await.json();
        page["runs"].as_array().unwrap_or_else(|| panic!("{query}: {page}")).len()
    };
    assert_eq!(count("state=function_failed").await, 1);
    assert_eq!(count("state=function_failed,succeeded").await, 6);
    assert_eq!(count("state=function_failed&state=unknown&q=").await, 1);
    assert_eq!(count("connection=other").await, 1);
    assert_eq!(count("q=brok").await, 1);
    assert_eq!(count("since=2026-01-01T00:02:30Z&function=mirror").await, 2);
    assert_eq!(count("until=2026-01-01T00:02:30Z").await, 3);
    assert_eq!(count("job=none").await, 0);

    let export = world.get(&viewer, "/api/v1/runs/export?function=mirror").await;
    assert_eq!(export.header("content-type"), "application/x-ndjson");
    let lines: Vec<Value> = export.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let exported: Vec<&str> = lines.iter().map(|run| run["key"].as_str().unwrap()).collect();
    assert_eq!(exported, keys);
    world.get(&viewer, "/api/v1/runs/export?limit=1").await.assert_problem(400, "invalid_request");

    let charts = world.get(&viewer, "/api/v1/charts?bucket=1h&since=2026-01-01T00:00:00Z").await.json();
    let counts: u64 =
        charts["buckets"].as_array().unwrap().iter().map(|bucket| bucket["count"].as_u64().unwrap()).sum();
    assert_eq!(counts, 6, "{charts}");
    for wrong in ["bucket=2d", "since=2030-01-01T00:00:00Z", "bucket=5m&since=2000-01-01T00:00:00Z"] {
        world.get(&viewer, &format!("/api/v1/charts?{wrong}")).await.assert_problem(400, "invalid_request");
    }
}

#[tokio::test]
async fn an_export_has_more_than_one_page() {
    let world = World::idle();
    let runner = world.token(Role::Runner).await;
    let queued = world.post(&runner, "/api/v1/runs", &json!({ "function": "mirror" })).await.json();
    let runs = &world.server.ports.run.runs;
    let one = runs.find(&lamplight_ports::RunSelector::Latest).await.unwrap().unwrap();
    for n in 0..1200 {
        let mut intent = one.intent.clone();
        intent.key = format!("copy-{n}").parse().unwrap();
        runs.insert(&lamplight_domain::Run::queue(intent)).await.unwrap();
    }
    let export = world.get(&runner, "/api/v1/runs/export").await;
    let lines: std::collections::BTreeSet<&str> = export.text().lines().collect();
    assert_eq!(lines.len(), 1201);
    assert!(export.text().contains(queued["key"].as_str().unwrap()));
}

#[tokio::test]
async fn a_run_has_several_names() {
    let world = World::new();
    let key = world.run_mirror(&json!({ "x": [1, 2] })).await;
    let viewer = world.token(Role::Viewer).await;
    let run = world.get(&viewer, &format!("/api/v1/runs/{key}")).await.json();
    let run_id = run["run_id"].as_str().unwrap().replace('/', "%2F").replace('#', "%23");
    for name in [&key[..key.len() - 1], "latest", &run_id] {
        let found = world.get(&viewer, &format!("/api/v1/runs/{name}")).await;
        assert_eq!(found.json()["key"], *key, "{name}");
    }
    let status = world.get(&viewer, &format!("/api/v1/runs/{run_id}/status")).await.json();
    assert_eq!((&status["recorded"], &status["run"]["key"]), (&json!(true), &json!(key)));
    for (name, code) in [("ffff", 404), ("mirror%2Fabc%23Success", 404), ("a%20b", 400), ("%2e%2e%2f", 400)] {
        assert_eq!(world.get(&viewer, &format!("/api/v1/runs/{name}")).await.status.as_u16(), code, "{name}");
    }
}

#[tokio::test]
async fn a_response_is_returned_byte_for_byte_as_a_download() {
    let world = World::new();
    let key = world.run_mirror(&json!("<script>alert(1)</script>")).await;
    let viewer = world.token(Role::Viewer).await;
    let response = world.get(&viewer, &format!("/api/v1/runs/{key}/response")).await;
    assert_eq!(response.text(), "\"<script>alert(1)</script>\"");
    assert_eq!(response.header("content-disposition"), format!("attachment; filename=\"{key}.json\""));
    let runner = world.token(Role::Runner).await;
    let body = json!({ "function": "mirror", "settings": { "invocation_type": "Event" } });
    let accepted = world.post(&runner, "/api/v1/runs?wait=60", &body).await.json();
    assert_eq!(accepted["state"], "accepted");
    let none = format!("/api/v1/runs/{}/response", accepted["key"].as_str().unwrap());
    world.get(&viewer, &none).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_queued_run_can_be_cancelled_and_an_ended_one_removed() {
    let world = World::idle();
    let (runner, admin) = (world.token(Role::Runner).await, world.token(Role::Admin).await);
    let queued = world.post(&runner, "/api/v1/runs", &json!({ "function": "mirror" })).await.json();
    let url = queued["url"].as_str().unwrap();
    world.delete(&admin, url).await.assert_problem(409, "conflict");
    let cancel = || {
        world
            .send(request(Method::POST, &format!("{url}/cancel"), Some(&runner)).body(Body::empty()).unwrap())
    };
    let cancelled = cancel().await.json();
    assert_eq!(cancelled["cancelled"], true, "{cancelled}");
    assert_eq!(world.get(&runner, url).await.json()["state"], "rejected");
    assert_eq!(cancel().await.json()["cancelled"], false);
    assert_eq!(world.delete(&admin, url).await.status, StatusCode::NO_CONTENT);
    world.get(&runner, url).await.assert_problem(404, "run_not_found");
    world.delete(&admin, url).await.assert_problem(404, "run_not_found");
    assert_eq!(world.fake.calls().len(), 0);
    let log = world.get(&admin, "/api/v1/audit?q=run.").await.json();
    let actions: Vec<&str> =
        log["entries"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["run.removed", "run.cancelled", "run.cancelled", "run.created"]);
}

#[tokio::test]
async fn notes_are_kept_and_change_no_state() {
    let world = World::idle();
    let runner = world.token(Role::Runner).await;
    let queued = world.post(&runner, "/api/v1/runs", &json!({ "function": "mirror" })).await.json();
    let url = format!("{}/notes", queued["url"].as_str().unwrap());
    for text in ["seen", "<i>fixed</i>\u{202e}"] {
        assert_eq!(world.post(&runner, &url, &json!({ "text": text })).await.status, StatusCode::CREATED);
    }
    let notes = world.get(&runner, &url).await.json();
    let texts: Vec<&str> =
        notes["notes"].as_array().unwrap().iter().map(|note| note["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["seen", "<i>fixed</i>\u{202e}"]);
    assert_eq!(notes["notes"][0]["by"], "runner's token");
    world.post(&runner, &url, &json!({ "text": " " })).await.assert_problem(400, "invalid_setting");
    world
        .post(&runner, &url, &json!({ "text": "x".repeat(4001) }))
        .await
        .assert_problem(400, "invalid_setting");
    world
        .post(&runner, "/api/v1/runs/ffff/notes", &json!({ "text": "x" }))
        .await
        .assert_problem(404, "run_not_found");
    assert_eq!(world.get(&runner, "/api/v1/runs/latest").await.json()["state"], "queued");
}
