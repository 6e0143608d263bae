//! The filters of templates: what stands in a control of a form is sent back, so it must stay the value that it is.

#![expect(
    clippy::inline_always,
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "what `filter_fn` makes of a function"
)]

use super::parts::Markup;
use askama::filters::{Escaper, Html, Safe};
use lamplight_views::harmless_json;
use std::fmt::Display;

/// The value of a control: escaped as HTML and otherwise unchanged. A control contains what is in it, so that it cannot
/// change the order of the text around it.
#[askama::filter_fn]
pub fn as_is(text: impl Display, _: &dyn askama::Values) -> askama::Result<Markup> {
    Ok(escape(&text.to_string()))
}

/// The JSON in a control: what could hide in it is escaped, which is the same JSON.
#[askama::filter_fn]
pub fn json_value(text: impl Display, _: &dyn askama::Values) -> askama::Result<Markup> {
    Ok(escape(&harmless_json(&text.to_string())))
}

fn escape(text: &str) -> Markup {
    let mut escaped = String::with_capacity(text.len());
    // Writing to a `String` cannot fail.
    let _ = Html.write_escaped_str(&mut escaped, text);
    Safe(escaped)
}
