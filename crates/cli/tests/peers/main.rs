//! The built binary against peers that run real handler code, compared with what the real `aws` says.
//!
//! `cargo xtask peers run -- cargo nextest run -p lamplight-cli --test peers` starts the peers and
//! says where they are. Without them these tests fail; they are compiled only when they are named.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod conformance;
mod discovering;
#[cfg(unix)]
mod http_functions;
mod managing;
mod peer;
mod running;
mod walking;
mod ways_in;
