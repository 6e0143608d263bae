//! Tests of the adapter with scripted HTTP answers and with faulty sockets.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod account;
mod aliases;
mod ambient;
mod answers;
mod async_invocations;
mod catalogue;
mod endless;
mod faults;
mod functions;
mod instance;
mod invoke_errors;
mod invoker_conformance;
mod layers;
mod logs;
mod manage;
mod patience;
mod permissions;
mod profiles;
mod reachability;
mod roles;
mod rules;
mod secrets_conformance;
mod secrets_manager;
mod seeded_faults;
mod server;
mod support;
mod timeouts;
mod tls;
mod unmarked;
mod wire;
