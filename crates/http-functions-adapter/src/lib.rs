//! A provider for functions behind URLs: Cloud Run functions, Azure HTTP triggers, Lambda function URLs, Knative
//! services, or any server that answers a `POST` request.
//!
//! Such functions cannot be queried, so the configuration declares everything about them ([`HttpFunction`]): the URL,
//! the time limit, the headers, and how to interpret the answers ([`AnswerRules`]). [`connection()`] builds a
//! [`Connection`](lamplight_ports::Connection) with a catalogue, an invoker and a reachability check. It has no
//! identity, no management and no canceller.
//!
//! # What a response proves
//! HTTP has nothing that distinguishes the response of a function from the page of a proxy, a gateway or a captive
//! portal. A response therefore counts as the function's only if a rule says so. Every other response is
//! [`Unidentified`](lamplight_domain::AnswerOutcome::Unidentified), whatever its status, and the run ends as unknown.
//! Redirects are not followed and never count as the function's response.
//!
//! # Secrets
//! Secret headers are read by reference for each call and sent only to the function's own URL. If a response repeats
//! one of them, it is masked, so it is neither shown nor recorded.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod catalogue;
mod connection;
mod failure;
mod function;
mod invoker;
mod platform;
mod reachability;
mod rules;
mod timeouts;

pub use connection::{HttpFunctionsConfig, connection};
pub use function::{Functions, HeaderValue, HttpFunction};
pub use rules::AnswerRules;
pub use timeouts::CallTimeouts;
