//! The OpenAPI document, built from what each endpoint declares beside its handler and from the schemas of the views.

use crate::{Server, problem::PROBLEM_JSON};
use axum::{
    handler::Handler,
    http::Method,
    routing::{MethodFilter, MethodRouter, on},
};
use lamplight_domain::Role;
use lamplight_views::{JobView, ProblemView};
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Makes the schema of a value.
pub(crate) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// An endpoint: what it declares, and its handler.
pub(crate) struct Endpoint {
    pub(crate) operation: Operation,
    pub(crate) route: MethodRouter<Arc<Server>>,
}

/// What an endpoint declares.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// A stable name, in snake case.
    pub(crate) id: &'static str,
    /// The role that it needs; `None` if it needs no caller.
    pub(crate) role: Option<Role>,
    summary: &'static str,
    about: Option<&'static str>,
    parameters: Vec<Parameter>,
    body: Option<(&'static str, SchemaOf)>,
    answers: Vec<Answer>,
    failures: Vec<(u16, &'static str)>,
}

#[derive(Debug)]
struct Parameter {
    place: &'static str,
    name: &'static str,
    about: &'static str,
    schema: SchemaOf,
    required: bool,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    about: &'static str,
    content: Option<(&'static str, SchemaOf)>,
}

/// The content type of JSON.
pub(crate) const JSON: &str = "application/json";

impl Operation {
    /// An operation that needs a role; `id` and `summary` are for people and generated clients.
    pub(crate) fn new(method: Method, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self {
            method,
            path,
            id,
            role: Some(Role::Viewer),
            summary,
            about: None,
            parameters: Vec::new(),
            body: None,
            answers: Vec::new(),
            failures: Vec::new(),
        }
    }

    pub(crate) fn get(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Method::GET, path, id, summary)
    }

    pub(crate) fn post(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Method::POST, path, id, summary)
    }

    pub(crate) fn role(self, role: Role) -> Self {
        Self { role: Some(role), ..self }
    }

    pub(crate) fn for_everybody(self) -> Self {
        Self { role: None, ..self }
    }

    pub(crate) fn about(self, about: &'static str) -> Self {
        Self { about: Some(about), ..self }
    }

    /// A part of the path, named in it in braces.
    pub(crate) fn in_path(self, name: &'static str, about: &'static str, schema: SchemaOf) -> Self {
        self.parameter(Parameter { place: "path", name, about, schema, required: true })
    }

    pub(crate) fn query(self, name: &'static str, about: &'static str, schema: SchemaOf) -> Self {
        self.parameter(Parameter { place: "query", name, about, schema, required: false })
    }

    /// The parameters of a list in pages.
    pub(crate) fn pages(self) -> Self {
        self.query("marker", "Continue after the page that returned this marker", text).query(
            "limit",
            "The most items of a page, 1-1000; 100 if left out",
            limit,
        )
    }

    pub(crate) fn header(self, name: &'static str, about: &'static str, required: bool) -> Self {
        self.parameter(Parameter { place: "header", name, about, schema: text, required })
    }

    fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// The JSON body that the operation takes.
    pub(crate) fn body(self, about: &'static str, schema: SchemaOf) -> Self {
        Self { body: Some((about, schema)), ..self }
    }

    pub(crate) fn answer<T: JsonSchema>(self, status: u16, about: &'static str) -> Self {
        self.answer_as(status, about, JSON, view::<T>)
    }

    pub(crate) fn answer_as(
        mut self,
        status: u16,
        about: &'static str,
        content_type: &'static str,
        schema: SchemaOf,
    ) -> Self {
        self.answers.push(Answer { status, about, content: Some((content_type, schema)) });
        self
    }

    pub(crate) fn empty_answer(mut self, status: u16, about: &'static str) -> Self {
        self.answers.push(Answer { status, about, content: None });
        self
    }

    /// A problem besides those that every operation may answer.
    pub(crate) fn fails(mut self, status: u16, about: &'static str) -> Self {
        self.failures.push((status, about));
        self
    }

    pub(crate) fn handled_by<H: Handler<T, Arc<Server>>, T: 'static>(self, handler: H) -> Endpoint {
        // Every method that an operation has is one of the filters.
        let filter = MethodFilter::try_from(self.method.clone()).unwrap_or(MethodFilter::GET);
        Endpoint { operation: self, route: on(filter, handler) }
    }

    fn describe(&self, written: &mut SchemaGenerator, read: &mut SchemaGenerator) -> Value {
        let parameters: Vec<Value> = self
            .parameters
            .iter()
            .map(|Parameter { place, name, about, schema, required }| {
                json!({
                    "in": place, "name": name, "description": about, "required": required, "schema": schema(read),
                })
            })
            .collect();
        let mut responses = Map::new();
        for Answer { status, about, content } in &self.answers {
            let mut response = json!({ "description": about });
            if let (Some((content_type, schema)), Some(response)) = (content, response.as_object_mut()) {
                response
                    .insert("content".to_owned(), json!({ *content_type: { "schema": schema(written) } }));
            }
            // An operation may answer one status with several content types.
            match responses.get_mut(&status.to_string()).and_then(|known| known.get_mut("content")) {
                Some(known) => merge(known, response["content"].take()),
                None => {
                    responses.insert(status.to_string(), response);
                }
            }
        }
        let everywhere: &[(u16, &str)] = match self.role {
            None => &[(421, "The host is not one of the server's")],
            Some(_) => &[
                (400, "The request is not as documented"),
                (401, "No valid token or session"),
                (403, "The role does not allow it, or the request comes from a page of another site"),
                (421, "The host is not one of the server's"),
                (429, "Too many requests; `Retry-After` says how many seconds to wait"),
                (500, "The server failed"),
            ],
        };
        let of_body: &[(u16, &str)] = match self.body {
            None => &[],
            Some(_) => &[
                (408, "The body was sent too slowly"),
                (413, "The body is too large"),
                (415, "The body is not JSON"),
            ],
        };
        for (status, about) in everywhere.iter().chain(of_body).chain(&self.failures) {
            let content = json!({ PROBLEM_JSON: { "schema": view::<ProblemView<'_>>(written) } });
            responses
                .entry(status.to_string())
                .or_insert_with(|| json!({ "description": about, "content": content }));
        }
        let mut described = json!({
            "operationId": self.id,
            "summary": self.summary,
            "parameters": parameters,
            "responses": responses,
        });
        if let Some(about) = self.about {
            described["description"] = json!(about);
        }
        if let Some((about, schema)) = self.body {
            described["requestBody"] = json!({ "description": about, "required": true, "content": { JSON: { "schema": schema(read) } } });
        }
        match self.role {
            None => described["security"] = json!([]),
            Some(role) => described["x-role"] = json!(role.as_str()),
        }
        described
    }
}

fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}

/// The document of these endpoints.
pub(crate) fn document(endpoints: &[Endpoint]) -> Value {
    let settings = || {
        SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
    };
    let mut written = settings().for_serialize().into_generator();
    let mut read = settings().for_deserialize().into_generator();
    let mut paths = Map::new();
    for Endpoint { operation, .. } in endpoints {
        let described = operation.describe(&mut written, &mut read);
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method.as_str().to_lowercase()] = described;
    }
    let mut schemas = written.take_definitions(true);
    schemas.extend(read.take_definitions(true));
    schemas.extend(job_documents());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Lamplight",
            "version": "1",
            "description": "Runs functions as jobs. Errors are problem details (RFC 9457) with a stable `code`. Lists have pages: \
                            `next_marker` of one page is the `marker` of the next.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "description": "An API token" } },
        },
    })
}

/// The schemas of what is read back as job documents: those of the views, closed, with less that is required.
fn job_documents() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
    });
    let mut generator = settings.into_generator();
    generator.subschema_for::<JobView<'_>>();
    let views = generator.take_definitions(true);
    let mut documents = Map::new();
    for (view, document, required) in [
        ("JobView", "JobDocument", &["name", "connection", "function"][..]),
        ("ParameterView", "ParameterDocument", &["name"]),
        ("OverridesView", "SettingsDocument", &[]),
    ] {
        let text = views.get(view).map(Value::to_string).unwrap_or_default();
        let text = text.replace("/ParameterView\"", "/ParameterDocument\"");
        let text = text.replace("/OverridesView\"", "/SettingsDocument\"");
        let mut schema: Value = serde_json::from_str(&text).unwrap_or_default();
        schema["required"] = json!(required);
        schema["additionalProperties"] = json!(false);
        documents.insert(document.to_owned(), schema);
    }
    documents
}

/// The schema of a view.
pub(crate) fn view<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// A job as it is read.
pub(crate) fn job_document(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "$ref": "#/components/schemas/JobDocument" })
}

/// Settings as they are read.
pub(crate) fn settings_document(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "$ref": "#/components/schemas/SettingsDocument" })
}

/// Any text.
pub(crate) fn text(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string" })
}

/// Any text that is not empty.
pub(crate) fn some_text(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1 })
}

/// The name of a job.
pub(crate) fn job_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]*$", "maxLength": 140 })
}

/// The name of a connection.
pub(crate) fn connection_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]*$", "maxLength": 64 })
}

/// The public part of a token.
pub(crate) fn token_id(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[a-z0-9]{12}$" })
}

/// Any bytes.
pub(crate) fn bytes(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "binary" })
}

/// A point in time.
pub(crate) fn time(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date-time" })
}

/// `true` or `false`.
pub(crate) fn flag(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "boolean" })
}

/// The size of a page.
pub(crate) fn limit(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 1, "maximum": 1000 })
}

/// How many seconds to wait.
pub(crate) fn wait(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 0, "maximum": 60 })
}

/// One state or several.
pub(crate) fn states(_: &mut SchemaGenerator) -> Schema {
    let states: Vec<&str> = lamplight_domain::RunState::ALL.iter().map(|state| state.as_str()).collect();
    json_schema!({ "type": "array", "items": { "type": "string", "enum": states } })
}
