//! Valid and invalid connections to functions behind URLs.

use lamplight_config::HttpFunctionsTable;
use lamplight_domain::TableError;
use serde_json::{Value, json};
use std::path::Path;

fn read(function: &Value) -> Result<HttpFunctionsTable, TableError> {
    let table = json!({ "functions": { "f": function } });
    HttpFunctionsTable::read(table.as_object().unwrap())
}

#[test]
fn everything_that_can_be_declared_is_read_and_written() {
    let function = json!({
        "url": "https://example.com/f",
        "description": "what it does",
        "timeout_seconds": 30,
        "headers": { "x-team": "payments", "X-Api-Key": "file:key", "cookie": "env:COOKIE" },
        "bearer_token": "vault:kv/f#token",
        "async": true,
        "success_statuses": [200, 201],
        "error_statuses": [500, 503],
        "refused_statuses": [401, 429],
        "error_header": "X-Google-Status",
        "error_field": "error",
        "mark_header": "x-own",
    });
    let table = read(&function).unwrap();
    assert_eq!(serde_json::to_value(&table).unwrap()["functions"]["f"], function);
    let references: Vec<String> =
        table.in_folder(Path::new("/etc/us")).references().iter().map(ToString::to_string).collect();
    assert_eq!(references, ["file:/etc/us/key", "env:COOKIE", "vault:kv/f#token"]);
    assert_eq!(read(&json!({ "url": "http://x" })).unwrap().functions["f"].success_statuses, [200, 204]);
}

#[test]
fn mistakes_name_their_path_and_repeat_no_value() {
    for (key, value, path) in [
        ("url", json!("https://example.com/f?code=hunter2"), "url"),
        ("url", json!("https://u:hunter2@example.com/f"), "url"),
        ("timeout_seconds", json!(0), "timeout_seconds"),
        ("timeout_seconds", json!(86_401), "timeout_seconds"),
        ("headers", json!({ "authorization": "hunter2" }), "headers.authorization"),
        ("headers", json!({ "x-functions-key": "hunter2" }), "headers.x-functions-key"),
        ("headers", json!({ "x-api-key": "vault:hunter2" }), "headers.x-api-key"),
        ("headers", json!({ "x a": "b" }), "headers.x a"),
        ("headers", json!({ "x-a": "b\nc" }), "headers.x-a"),
        ("headers", json!({ "Host": "b" }), "headers.Host"),
        ("headers", json!({ "X-A": "b", "x-a": "b" }), "headers.x-a"),
        ("bearer_token", json!("hunter2"), "bearer_token"),
        ("success_statuses", json!([]), "success_statuses"),
        ("success_statuses", json!([202]), "success_statuses"),
        ("success_statuses", json!([302]), "success_statuses"),
        ("error_statuses", json!([200]), "error_statuses"),
        ("error_statuses", json!([502]), "error_statuses"),
        ("refused_statuses", json!([500]), "refused_statuses"),
        ("mark_header", json!("x mark"), "mark_header"),
        ("markheader", json!("x-mark"), "markheader"),
    ] {
        let mut function = json!({ "url": "http://127.0.0.1/" });
        function[key] = value.clone();
        let mistake = read(&function).unwrap_err();
        assert_eq!(mistake.path.join("."), format!("functions.f.{path}"), "{key} = {value}: {mistake}");
        assert!(!format!("{mistake} {:?}", mistake.hint).contains("hunter2"), "{mistake:?}");
    }
    let both =
        json!({ "url": "https://x", "bearer_token": "env:T", "headers": { "Authorization": "env:T" } });
    assert_eq!(read(&both).unwrap_err().path, ["functions", "f", "headers", "Authorization"]);
    let both = json!({ "url": "http://x", "error_statuses": [404], "refused_statuses": [404] });
    assert_eq!(read(&both).unwrap_err().path, ["functions", "f", "refused_statuses"]);
    for secret in [json!({ "bearer_token": "env:T" }), json!({ "headers": { "x-a": "env:T" } })] {
        let mut function = secret.clone();
        function["url"] = json!("http://example.com/");
        assert!(read(&function).unwrap_err().message.contains("plain HTTP"), "{function}");
    }
    assert_eq!(read(&json!({})).unwrap_err().message, "key url is missing");
    let named = json!({ "functions": { "a/b": { "url": "http://x" } } });
    let mistake = HttpFunctionsTable::read(named.as_object().unwrap()).unwrap_err();
    assert_eq!(mistake.path, ["functions", "a/b"]);
}
