//! The OpenAPI document, pages to browse it, and the pages of the error codes.

use crate::{
    Caller, Problem, Server,
    openapi::{Endpoint, JSON, Operation},
    pages::{Frame, Place, Visit, show, theme_of},
};
use askama::Template;
use axum::{
    Extension, Router,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::get,
};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

/// The document and what its pages show.
pub(super) struct Document {
    json: String,
    operations: Vec<OperationPart>,
    schemas: BTreeMap<String, SchemaPart>,
}

type Served = Extension<&'static LazyLock<Document>>;

/// What each error code means.
const ERRORS: &str = include_str!("../../../../docs/errors.md");

/// The statuses that every operation may answer; the page names them once.
const EVERYWHERE: [&str; 6] = ["400", "401", "403", "421", "429", "500"];

/// A sentence or more, as texts that are code or not.
type Texts = Vec<(bool, String)>;

/// An operation as the page shows it.
struct OperationPart {
    id: String,
    method: String,
    path: String,
    role: String,
    about: Texts,
    parts: Vec<Part>,
}

/// What an operation takes or answers.
struct Part {
    name: String,
    place: String,
    about: Texts,
    /// The names of its schemas.
    schemas: Vec<String>,
}

/// A schema as its page shows it.
struct SchemaPart {
    name: String,
    text: String,
    /// The names of the schemas that it refers to.
    uses: Vec<String>,
}

/// All operations.
#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage {
    frame: Frame,
    operations: &'static [OperationPart],
}

/// One schema.
#[derive(Template)]
#[template(path = "api_schema.html")]
struct SchemaPage {
    frame: Frame,
    schema: &'static SchemaPart,
}

/// What an error code means.
#[derive(Template)]
#[template(path = "error_code.html")]
struct ErrorCodePage {
    frame: Frame,
    code: String,
    paragraphs: Vec<Texts>,
}

impl Document {
    /// The document, and what its pages show.
    pub(super) fn new(document: &Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        let operations = paths.flat_map(|(path, operations)| {
            let operations = operations.as_object().into_iter().flatten();
            operations.map(|(method, operation)| OperationPart::new(path, method, operation))
        });
        let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
        Self {
            json: document.to_string(),
            operations: operations.collect(),
            schemas: schemas.map(|(name, schema)| (name.clone(), SchemaPart::new(name, schema))).collect(),
        }
    }
}

impl OperationPart {
    fn new(path: &str, method: &str, operation: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let texts = |value: &Value| paragraph(value.as_str().unwrap_or_default());
        let mut parts = Vec::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            parts.push(Part {
                name: text(&parameter["name"]),
                place: text(&parameter["in"]),
                about: texts(&parameter["description"]),
                schemas: Vec::new(),
            });
        }
        if let Some(body) = operation.get("requestBody") {
            parts.push(Part {
                name: "body".to_owned(),
                place: String::new(),
                about: texts(&body["description"]),
                schemas: references(&body["content"]),
            });
        }
        for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
            if !EVERYWHERE.contains(&status.as_str()) {
                parts.push(Part {
                    name: status.clone(),
                    place: "answer".to_owned(),
                    about: texts(&answer["description"]),
                    schemas: references(&answer["content"]),
                });
            }
        }
        Self {
            id: text(&operation["operationId"]),
            method: method.to_uppercase(),
            path: path.to_owned(),
            role: operation["x-role"].as_str().unwrap_or("for everybody").to_owned(),
            about: paragraph(&format!(
                "{}. {}",
                text(&operation["summary"]),
                text(&operation["description"])
            )),
            parts,
        }
    }
}

impl SchemaPart {
    fn new(name: &str, schema: &Value) -> Self {
        let text = serde_json::to_string_pretty(schema).unwrap_or_default();
        Self { name: name.to_owned(), text, uses: references(schema) }
    }
}

/// The names of the schemas that a value refers to, sorted.
fn references(value: &Value) -> Vec<String> {
    let mut found: Vec<String> = match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(key, member)| match member.as_str().filter(|_| key == "$ref") {
                Some(reference) => vec![reference.rsplit('/').next().unwrap_or_default().to_owned()],
                None => references(member),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    };
    found.sort();
    found.dedup();
    found
}

pub(super) fn document() -> Endpoint {
    Operation::get("/api/v1/openapi.json", "show_openapi", "Get the OpenAPI document of this API")
        .answer_as(200, "The document", JSON, object)
        .handled_by(async |Extension(document): Served| {
            ([(header::CONTENT_TYPE, JSON)], document.json.as_str())
        })
}

fn object(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object" })
}

/// The pages for people.
pub(super) fn pages() -> Router<Arc<Server>> {
    Router::new()
        .route("/api", get(api_page))
        .route("/api/schemas/{name}", get(schema_page))
        .route("/errors/{code}", get(error_page))
}

async fn api_page(visit: Visit, Extension(document): Served) -> Result<Response, Problem> {
    show(&ApiPage { frame: visit.frame().of(Place::Nowhere, "API"), operations: &document.operations })
}

async fn schema_page(
    visit: Visit,
    Path(name): Path<String>,
    Extension(document): Served,
) -> Result<Response, Problem> {
    let schema = document.schemas.get(&name).ok_or_else(Problem::not_found)?;
    show(&SchemaPage { frame: visit.frame().of(Place::Nowhere, name), schema })
}

/// For a program the text of the code, for a browser its page. Nobody has to be signed in: it may be about that.
async fn error_page(
    State(server): State<Arc<Server>>,
    caller: Option<Extension<Caller>>,
    headers: HeaderMap,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let section = ERRORS.split("\n### ").skip(1).find_map(|section| {
        let (own, text) = section.split_once('\n')?;
        (own == code).then(|| text.split("\n## ").next().unwrap_or(text).trim())
    });
    let text = section.ok_or_else(Problem::not_found)?;
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        let text = format!("{code}\n\n{text}\n");
        return Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response());
    }
    let actor = caller.as_ref().map(|Extension(caller)| &caller.actor);
    let frame = Frame::new(actor, theme_of(&headers), server.ports.run.clock.now());
    let paragraphs = text.split("\n\n").map(paragraph).collect();
    show(&ErrorCodePage { frame: frame.of(Place::Nowhere, code.clone()), code, paragraphs })
}

/// The texts of a paragraph of Markdown, which are code or not. Of a link its text is left.
fn paragraph(markdown: &str) -> Texts {
    let texts = markdown.split('`').enumerate().map(|(at, text)| (at % 2 == 1, text));
    texts
        .map(|(is_code, text)| (is_code, if is_code { text.to_owned() } else { without_links(text) }))
        .collect()
}

fn without_links(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next_link(rest) {
        plain.push_str(before);
        plain.push_str(name);
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// The text before the first link, the name of the link, and the text after it.
fn next_link(text: &str) -> Option<(&str, &str, &str)> {
    let (before, link) = text.split_once('[')?;
    let (name, address) = link.split_once("](")?;
    let (_, after) = address.split_once(')')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_is_shown_without_its_markup() {
        let shown = paragraph("The [exit code](exit-codes.md) of `run [x](y)` follows, [ see");
        let expected = [(false, "The exit code of "), (true, "run [x](y)"), (false, " follows, [ see")];
        assert_eq!(shown, expected.map(|(is_code, text)| (is_code, text.to_owned())));
    }

    #[test]
    fn references_are_found_at_any_depth() {
        let schema = serde_json::json!({
            "$ref": "#/components/schemas/B",
            "properties": { "a": [{ "items": { "$ref": "#/components/schemas/A" } }], "$ref": { "type": "string" } },
        });
        assert_eq!(references(&schema), ["A", "B"]);
    }
}
