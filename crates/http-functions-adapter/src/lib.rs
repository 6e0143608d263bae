//! Functions behind URLs as a provider: Cloud Run functions, Azure HTTP triggers, Lambda function URLs, Knative services, or
//! any server that answers a POST.
//!
//! Nothing can be asked about such functions, so everything about them is declared ([`HttpFunction`]): the URL, the time
//! limit, the headers, and which answers mean what ([`AnswerRules`]). [`connection()`] makes a
//! [`Connection`](lamplight_ports::Connection) of them, with a catalogue, an invoker and a reachability check. There is no
//! identity, no management and no canceller.
//!
//! # What an answer proves
//! HTTP has no mark by which a function's answer is known from the page of a proxy, a gateway or a captive portal. So an
//! answer counts as the function's only where a rule says so; every other answer is
//! [`Unidentified`](lamplight_domain::AnswerOutcome::Unidentified), whatever its status, and the outcome of the run is
//! unknown. A redirect is never followed and is no answer of a function.
//!
//! # What a secret is shown to
//! Secret headers are read by reference for each call and sent to the function's own URL only. A response that repeats one
//! of them is given with the secret masked, so that it is neither shown nor recorded.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod catalogue;
mod connection;
mod failure;
mod function;
mod invoker;
mod patience;
mod platform;
mod reachability;
mod rules;

pub use connection::{HttpFunctionsConfig, connection};
pub use function::{Functions, HeaderValue, HttpFunction};
pub use patience::Patience;
pub use rules::AnswerRules;
