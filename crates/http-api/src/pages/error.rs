//! What is shown instead of a page: an error with what to do, or that nothing is here.

use super::{
    frame::{Frame, Place, Theme},
    visit::show,
};
use crate::Problem;
use askama::Template;
use axum::response::Response;
use lamplight_domain::{Actor, ErrorClass, Timestamp};
use serde::Serialize;

/// The page of an error.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    heading: String,
    why: &'static str,
    hint: Option<String>,
    code: String,
    details: String,
}

/// The page for what does not exist, and for what may not be seen.
#[derive(Template)]
#[template(path = "not_found.html")]
struct NotFoundPage {
    frame: Frame,
}

/// The details to send to whoever runs the server.
#[derive(Serialize)]
struct Details<'a> {
    #[serde(rename = "type")]
    page: String,
    status: u16,
    code: &'a str,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    causes: &'a [String],
    request: Option<&'a str>,
}

/// The page for a problem. Its status is set by the caller.
pub fn page(
    problem: &Problem,
    who: Option<&Actor>,
    theme: Option<Theme>,
    now: Timestamp,
) -> Option<Response> {
    let frame = Frame::new(who, theme, now);
    if problem.code().class() == ErrorClass::NotFound {
        return show(&NotFoundPage { frame: frame.of(Place::Nowhere, "Not found") }).ok();
    }
    let details = Details {
        page: Problem::page(problem.code().as_str()),
        status: problem.status().as_u16(),
        code: problem.code().as_str(),
        detail: problem.detail(),
        causes: problem.causes(),
        request: problem.request_id(),
    };
    let heading = capitalized(problem.detail());
    let page = ErrorPage {
        frame: frame.of(Place::Nowhere, heading.as_str()),
        heading,
        why: why(problem.code().class()),
        hint: problem.hint().map(capitalized),
        code: problem.code().to_string(),
        details: serde_json::to_string_pretty(&details).unwrap_or_default(),
    };
    show(&page).ok()
}

/// What an error means for what was asked.
fn why(class: ErrorClass) -> &'static str {
    match class {
        ErrorClass::Usage => "The request was not understood as it was sent; nothing was changed.",
        ErrorClass::Access => "You may not do this, or the server itself may not; nothing was changed.",
        ErrorClass::Limit => "A limit was reached; nothing was changed.",
        ErrorClass::NotFound => "It does not exist, or you may not see it.",
        ErrorClass::Conflict => "Somebody or something else was faster; nothing was changed.",
        ErrorClass::Function => "The function reported an error.",
        ErrorClass::Unknown => "It is not known whether the change was made.",
        ErrorClass::Interrupted => "The server is stopping; the request was not finished.",
        ErrorClass::Unexpected => "Something that this page needs has failed.",
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default() + chars.as_str()
}
