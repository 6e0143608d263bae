//! Reads JSON bodies.

use crate::{Problem, Server, guard::too_large};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
    response::IntoResponse,
};
use lamplight_domain::ErrorCode;
use serde::de::DeserializeOwned;
use std::{error::Error, sync::Arc};
use tower_http::timeout::TimeoutError;

/// A JSON body, and its bytes as they were received.
pub(crate) struct Body<T> {
    pub(crate) value: T,
    pub(crate) bytes: Bytes,
}

impl<T: DeserializeOwned> FromRequest<Arc<Server>> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Self, Problem> {
        // A browser sends this type to another site only after it has asked, and nobody answers that.
        if !is_json(&request) {
            let message = "the body must be JSON with the content type application/json";
            return Err(Problem::new(ErrorCode::UnsupportedMediaType, message));
        }
        let bytes = Bytes::from_request(request, server).await.map_err(|rejection| {
            if is_timeout(&rejection) {
                let message = "the body was sent too slowly";
                return Problem::invalid(message).with_status(StatusCode::REQUEST_TIMEOUT);
            }
            match rejection.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => too_large(server),
                _ => Problem::invalid("the body could not be read to its end"),
            }
        })?;
        let text = std::str::from_utf8(&bytes).map_err(|_| Problem::invalid("the body is not UTF-8"))?;
        let value = serde_json::from_str(text)
            .map_err(|error| Problem::invalid(format!("the body is not as documented: {error}")))?;
        Ok(Self { value, bytes })
    }
}

/// Whether the client was waited for in vain.
fn is_timeout(error: &(dyn Error + 'static)) -> bool {
    error.is::<TimeoutError>() || error.source().is_some_and(is_timeout)
}

fn is_json(request: &Request) -> bool {
    let given = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.and_then(|given| given.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}
