//! Hostile texts come back inert: as JSON strings, never as markup, a header or a second line of a log.

use crate::world::{World, request};
use axum::{body::Body, http::Method};
use lamplight_domain::Role;
use lamplight_fake_adapter::FakeWorld;
use serde_json::{Value, json};

const TEXTS: [&str; 9] = [
    "'; DROP TABLE run; --",
    "\" OR 1=1",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\u{202e}gnp.exe\u{2066}",
    "line\r\nSet-Cookie: a=b\r\n\r\nHTTP/1.1 200 OK",
    "\u{1b}]0;owned\u{7}\u{0}",
    "%s%n{{7*7}}${jndi:ldap://x}",
    "../../../etc/passwd",
];

#[tokio::test]
async fn every_text_field_keeps_a_hostile_text_as_data() {
    let world = World::new();
    let admin = world.token(Role::Admin).await;
    for (n, text) in TEXTS.into_iter().enumerate() {
        let name = format!("job{n}");
        let document = json!({
            "name": name, "connection": FakeWorld::CONNECTION, "function": "mirror", "description": text, "open": true,
            "parameters": [{ "name": "p", "description": text, "default": text, "type": "text" }],
        });
        let created = world.post(&admin, "/api/v1/jobs", &document).await;
        assert_eq!(created.json()["description"], text, "{created:?}");
        assert_eq!(created.json()["parameters"][0]["default"], text);
        let run = world.post(&admin, &format!("/api/v1/jobs/{name}/runs?wait=60"), &json!({})).await;
        assert_eq!(run.header("content-type"), "application/json");
        assert_eq!(run.json()["response"]["p"], text, "{run:?}");
        let key = run.json()["key"].as_str().unwrap().to_owned();
        let note = world.post(&admin, &format!("/api/v1/runs/{key}/notes"), &json!({ "text": text })).await;
        assert_eq!(note.json()["text"], text.trim());
    }
    let jobs = world.get(&admin, "/api/v1/jobs").await.json();
    assert_eq!(jobs["jobs"].as_array().unwrap().len(), TEXTS.len(), "nothing was dropped");
}

#[tokio::test]
async fn a_hostile_name_or_query_is_refused_or_finds_nothing() {
    let world = World::idle();
    let admin = world.token(Role::Admin).await;
    for text in TEXTS {
        let encoded = lamplight_domain::percent_encode(text);
        for path in [
            format!("/api/v1/jobs/{encoded}"),
            format!("/api/v1/runs/{encoded}"),
            format!("/api/v1/runs/{encoded}/notes"),
            format!("/api/v1/connections/{encoded}"),
            format!("/api/v1/functions/{encoded}"),
            format!("/api/v1/functions?connection={encoded}"),
            format!("/api/v1/runs?job={encoded}"),
            format!("/api/v1/runs?state={encoded}"),
            format!("/api/v1/runs?marker={encoded}"),
            format!("/api/v1/runs?{encoded}=1"),
            format!("/api/v1/jobs?marker={encoded}"),
            format!("/api/v1/events?of={encoded}"),
            format!("/errors/{encoded}"),
        ] {
            let refused = world.get(&admin, &path).await;
            assert!(refused.status.is_client_error(), "{path}: {refused:?}");
            assert_eq!(refused.header("content-type"), "application/problem+json");
            assert_eq!(refused.header("x-content-type-options"), "nosniff");
            assert!(!refused.headers.contains_key("set-cookie"));
            assert!(
                refused.body.is_ascii() && !refused.text().contains(['<', '>', '&']),
                "{path}: {refused:?}"
            );
            let detail = refused.json()["detail"].as_str().unwrap().to_owned();
            assert!(!detail.contains(['\r', '\n', '\u{1b}', '\u{0}', '\u{202e}']), "{path}: {detail:?}");
        }
        for path in [
            format!("/api/v1/runs?q={encoded}"),
            format!("/api/v1/runs?request_id={encoded}"),
            format!("/api/v1/runs?function={encoded}"),
            format!("/api/v1/jobs?q={encoded}"),
            format!("/api/v1/audit?q={encoded}"),
        ] {
            let found = world.get(&admin, &path).await;
            assert!(!found.status.is_server_error(), "{path}: {found:?}");
            assert!(!found.text().contains(['<', '\u{202e}']), "{path}: {}", found.text());
        }
    }
}

#[tokio::test]
async fn a_problem_is_no_page_even_for_a_browser_that_asks_for_one() {
    let world = World::idle();
    let admin = world.token(Role::Admin).await;
    let path = "/api/v1/runs?%3Cscript%3E=1";
    let asked = request(Method::GET, path, Some(&admin)).header("accept", "text/html");
    let refused = world.send(asked.body(Body::empty()).unwrap()).await;
    refused.assert_problem(400, "invalid_request");
    let json: Value = refused.json();
    assert_eq!(json["detail"], "the query has an unknown parameter \"<script>\"");
}
