//! Tokens and the audit log through the API.

use crate::world::{World, only_connection};
use axum::http::StatusCode;
use lamplight_domain::Role;
use serde_json::json;

#[tokio::test]
async fn a_token_is_created_shown_once_and_revoked() {
    let world = World::idle();
    let admin = world.token(Role::Admin).await;
    let body = json!({ "name": "ci", "role": "runner", "connections": ["simulated"], "jobs": ["a", "b"] });
    let created = world.post(&admin, "/api/v1/tokens", &body).await;
    assert_eq!(created.status, StatusCode::CREATED);
    let created = created.json();
    let (text, id) = (created["token"].as_str().unwrap(), created["details"]["id"].as_str().unwrap());
    assert!(text.starts_with(&format!("llt_{id}_")));
    let listed = world.get(&admin, "/api/v1/tokens").await;
    let secret = text.rsplit('_').next().unwrap();
    assert!(!listed.text().contains(secret) && listed.text().contains(id));
    let ci = listed.json()["tokens"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone();
    assert_eq!(
        (&ci["role"], &ci["jobs"], &ci["created_by"]),
        (&json!("runner"), &json!(["a", "b"]), &json!("admin's token"))
    );
    for _ in 0..2 {
        let revoked = world.delete(&admin, &format!("/api/v1/tokens/{id}")).await;
        assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    }
    world.delete(&admin, "/api/v1/tokens/aaaaaaaaaaaa").await.assert_problem(404, "not_found");
    world.delete(&admin, "/api/v1/tokens/..").await.assert_problem(400, "invalid_name");
    let log = world.get(&admin, "/api/v1/audit?q=token").await;
    assert!(!log.text().contains(secret));
    assert_eq!(log.json()["entries"][0]["action"], "token.revoked");
}

#[tokio::test]
async fn wrong_tokens_are_refused() {
    let world = World::idle();
    let admin = world.token(Role::Admin).await;
    for (body, code) in [
        (json!({ "name": "", "role": "viewer" }), "invalid_setting"),
        (json!({ "name": "a\nb", "role": "viewer" }), "invalid_setting"),
        (json!({ "name": "x".repeat(65), "role": "viewer" }), "invalid_setting"),
        (json!({ "name": "x", "role": "viewer", "expires_at": "2020-01-01T00:00:00Z" }), "invalid_setting"),
        (json!({ "name": "x", "role": "root" }), "invalid_request"),
        (json!({ "name": "x" }), "invalid_request"),
        (json!({ "name": "x", "role": "viewer", "connections": ["../x"] }), "invalid_request"),
        (json!({ "name": "x", "role": "viewer", "expires_at": "soon" }), "invalid_request"),
    ] {
        world.post(&admin, "/api/v1/tokens", &body).await.assert_problem(400, code);
    }
    assert_eq!(world.server.ports.access.access.tokens().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_limited_administrator_cannot_leave_its_limits() {
    let world = World::idle();
    let limited = world.limited_token(Role::Admin, only_connection("simulated")).await;
    let token = json!({ "name": "x", "role": "admin" });
    world.post(&limited, "/api/v1/tokens", &token).await.assert_problem(403, "role_missing");
    world.get(&limited, "/api/v1/tokens").await.assert_problem(403, "role_missing");
    world.get(&limited, "/api/v1/audit").await.assert_problem(403, "role_missing");
    world.delete(&limited, "/api/v1/tokens/aaaaaaaaaaaa").await.assert_problem(403, "role_missing");
}

#[tokio::test]
async fn the_audit_log_has_pages_and_filters() {
    let world = World::idle();
    let admin = world.token(Role::Admin).await;
    for name in ["a", "b", "c"] {
        world.add_job(name).await;
    }
    let page = world.get(&admin, "/api/v1/audit?limit=2").await.json();
    assert_eq!(page["entries"][0]["subject"], "c");
    let marker = page["next_marker"].as_str().unwrap();
    let rest = world.get(&admin, &format!("/api/v1/audit?limit=2&marker={marker}")).await.json();
    assert_eq!((&rest["entries"][0]["subject"], &rest["next_marker"]), (&json!("a"), &json!(null)));
    let none = world.get(&admin, "/api/v1/audit?since=2100-01-01T00:00:00Z").await.json();
    assert_eq!(none["entries"], json!([]));
    world.get(&admin, "/api/v1/audit?marker=x").await.assert_problem(400, "invalid_request");
    world.get(&admin, "/api/v1/audit?refused=maybe").await.assert_problem(400, "invalid_request");
}
