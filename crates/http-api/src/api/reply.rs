//! Answers with JSON.

use crate::openapi::JSON;
use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use lamplight_domain::Revision;
use serde::Serialize;

/// A view as the answer.
pub(crate) fn json(status: StatusCode, view: &impl Serialize) -> Response {
    // The keys of views are texts, so they always form JSON.
    let body = serde_json::to_vec(view).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, JSON)], body).into_response()
}

/// The header with the address of what was created.
pub(crate) fn location(address: &str) -> (HeaderName, HeaderValue) {
    (header::LOCATION, HeaderValue::try_from(address).unwrap_or(HeaderValue::from_static("/")))
}

/// The entity tag of a revision.
pub(crate) fn etag(revision: Revision) -> (HeaderName, HeaderValue) {
    let text = format!("\"{}\"", revision.0);
    (header::ETAG, HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("\"0\"")))
}
