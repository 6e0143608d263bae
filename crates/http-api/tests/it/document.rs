//! The OpenAPI document, and what it promises.

use crate::world::{World, request};
use axum::{body::Body, http::Method};
use lamplight_domain::{ErrorCode, Role};
use serde_json::{Value, json};
use std::{collections::BTreeSet, path::Path};

#[test]
fn the_committed_document_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api/openapi.json");
    let current = format!("{:#}\n", lamplight_http_api::document());
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == current,
        "run `cargo run -p lamplight-http-api --example openapi > docs/api/openapi.json`"
    );
}

/// Every reference in a value.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str().filter(|_| name == "$ref") {
                    Some(reference) => {
                        found.insert(reference.to_owned());
                    }
                    None => references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_is_complete() {
    let document = lamplight_http_api::document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 20, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let mut ids = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|status| status.starts_with('2')), "{id}");
            let named: BTreeSet<&str> =
                path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
            let declared = operation["parameters"].as_array().unwrap();
            let declared = declared.iter().filter(|one| one["in"] == "path");
            assert_eq!(
                declared.map(|one| one["name"].as_str().unwrap()).collect::<BTreeSet<_>>(),
                named,
                "{method} {path}"
            );
            if method == "get" {
                assert!(operation.get("requestBody").is_none(), "{id}");
            }
        }
    }
    assert!(ids.len() > 30, "{ids:?}");
}

#[tokio::test]
async fn answers_have_the_documented_form() {
    let world = World::new();
    world.add_job("j").await;
    world.run_mirror(&json!({ "a": 1 })).await;
    let admin = world.token(Role::Admin).await;
    let document = lamplight_http_api::document();
    let mut checked = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        let Some(operation) = operations.get("get") else { continue };
        if path.ends_with("/events") {
            continue;
        }
        let real = path.replace("/jobs/{name}", "/jobs/j").replace("/runs/{name}", "/runs/latest");
        let real = real.replace("/connections/{name}", "/connections/other").replace("{name}", "mirror");
        let answer = world.get(&admin, &real).await;
        let content = &operation["responses"][answer.status.as_str()]["content"];
        let schema = &content[answer.header("content-type")]["schema"];
        assert!(!schema.is_null(), "{path}: {answer:?} {content}");
        if answer.header("content-type").ends_with("json") && !answer.header("content-type").contains("nd") {
            let whole = json!({ "components": document["components"], "allOf": [schema] });
            let validator = jsonschema::validator_for(&whole).unwrap();
            let errors: Vec<String> =
                validator.iter_errors(&answer.json()).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{path}: {errors:?}\n{}", answer.json());
        }
        let absent =
            real.replace("/jobs/j", "/jobs/none").replace("/latest", "/ffff").replace("/other", "/none");
        let absent = absent.replace("/mirror", "/none");
        if absent != real && !path.contains("openapi") {
            let refused = world.get(&admin, &absent).await;
            assert_eq!(refused.status.as_u16(), 404, "{absent}");
            assert!(!operation["responses"]["404"].is_null(), "{path}");
        }
        checked += 1;
    }
    assert!(checked > 15, "{checked}");
}

#[tokio::test]
async fn the_document_and_its_page_are_served() {
    let world = World::idle();
    let viewer = world.token(Role::Viewer).await;
    let served = world.get(&viewer, "/api/v1/openapi.json").await;
    assert_eq!(served.json(), lamplight_http_api::document());
    let page = world.get(&viewer, "/api").await;
    assert!(page.header("content-type").starts_with("text/html"));
    for (id, schema) in
        [("list_runs", "RunsView"), ("create_run", "RunDocument"), ("create_job", "JobDocument")]
    {
        assert!(page.text().contains(&format!("id=\"{id}\"")), "{id}");
        let address = format!("/api/schemas/{schema}");
        assert!(page.text().contains(&address), "{schema}");
        assert!(world.get(&viewer, &address).await.text().contains("properties"), "{schema}");
    }
    world.get(&viewer, "/api/schemas/None").await.assert_problem(404, "not_found");
}

/// What replaces the parts in braces of a path.
fn real_path(path: &str) -> String {
    path.replace("/jobs/{name}", "/jobs/j")
        .replace("/connections/{name}", "/connections/other")
        .replace("{name}", "latest")
        .replace("{id}", "aaaaaaaaaaaa")
}

#[tokio::test]
async fn every_operation_is_guarded() {
    let world = World::idle();
    world.add_job("j").await;
    let tokens =
        [world.token(Role::Viewer).await, world.token(Role::Runner).await, world.token(Role::Admin).await];
    let document = lamplight_http_api::document();
    let (mut with_role, mut with_body) = (0, 0);
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let path = real_path(path);
            let of = |token: Option<&str>| request(method.clone(), &path, token);
            let send = async |request: axum::http::request::Builder, body: String| {
                world.send(request.body(Body::from(body)).unwrap()).await
            };
            let mut foreign = of(Some(&tokens[2]));
            foreign.headers_mut().unwrap().insert("host", "evil.example".parse().unwrap());
            send(foreign, String::new()).await.assert_problem(421, "host_not_allowed");
            let Some(role) = operation["x-role"].as_str() else { continue };
            with_role += 1;
            send(of(None), String::new()).await.assert_problem(401, "sign_in_required");
            let role: Role = role.parse().unwrap();
            for (own, token) in Role::ALL.into_iter().zip(&tokens).filter(|(own, _)| *own < role) {
                let refused = send(of(Some(token)), String::new()).await;
                assert_eq!(refused.status.as_u16(), 403, "{own} {method} {path}");
            }
            let admin = || of(Some(&tokens[2])).header("if-match", "*");
            if method != Method::GET {
                let forged = admin().header("origin", "http://evil.example");
                send(forged, String::new()).await.assert_problem(403, "cross_site_request");
                let large =
                    admin().header("content-type", "application/json").header("content-length", "10001");
                send(large, " ".repeat(10_001)).await.assert_problem(413, "body_too_large");
            }
            if operation.get("requestBody").is_some() {
                with_body += 1;
                send(admin(), "{}".to_owned()).await.assert_problem(415, "unsupported_media_type");
                for wrong in ["", "{", "[]", "nul", "{\"\u{202e}\":1}"] {
                    let json = admin().header("content-type", "application/json");
                    let refused = send(json, wrong.to_owned()).await;
                    assert_eq!(refused.status.as_u16(), 400, "{method} {path} {wrong}: {refused:?}");
                }
            }
            let unknown = format!("{path}?no_such_parameter=1");
            if operation.get("requestBody").is_none() && !path.ends_with("openapi.json") && path != "/metrics"
            {
                let asked = request(method.clone(), &unknown, Some(&tokens[2])).header("if-match", "*");
                let refused = send(asked, String::new()).await;
                assert_eq!(refused.status.as_u16(), 400, "{method} {unknown}: {refused:?}");
            }
        }
    }
    assert!(with_role > 25 && with_body >= 6, "{with_role} {with_body}");
    // Nothing of it was done.
    assert_eq!(world.get(&tokens[2], "/api/v1/jobs").await.json()["jobs"].as_array().unwrap().len(), 1);
    assert_eq!(world.server.ports.queue.queued().await.unwrap(), 0);
}

#[tokio::test]
async fn every_error_code_has_its_page() {
    let world = World::idle();
    for code in ErrorCode::NEUTRAL {
        let page = request(Method::GET, &format!("/errors/{code}"), None).body(Body::empty()).unwrap();
        let page = world.send(page).await;
        assert!(page.status.is_success() && page.text().starts_with(code.as_str()), "{code}: {page:?}");
        assert!(!page.text().contains("###"));
    }
}
