//! The built binary as a user runs it: the demo connection, bad input, stores that cannot be used, and signals.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answerers;
mod aws_settings;
mod bad_input;
mod cases;
mod clear_words;
mod completion;
mod config_trust;
mod connections;
mod connections_refused;
mod demo;
mod doctor;
mod documents;
mod faults;
mod imports;
mod inputs;
mod lamplight;
mod managing;
mod managing_arguments;
#[cfg(unix)]
mod managing_questions;
mod managing_removals;
mod managing_repeats;
mod no_secret;
mod no_secret_answers;
mod no_secret_bench;
mod no_secret_echo;
mod no_secret_search;
mod outcome;
mod own_provider;
mod place;
mod policies;
#[cfg(unix)]
mod pty;
mod responses;
mod runs;
mod signals;
mod store;
mod suggestions;
mod targets;
#[cfg(unix)]
mod terminals;
mod values;
mod views;
mod views_closed;
mod ways_in;
mod ways_in_cases;
mod ways_in_document;
mod ways_in_errors;
