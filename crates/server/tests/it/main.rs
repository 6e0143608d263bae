//! The built server, used over real sockets.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and measures real time"
)]

mod guide;
mod killed;
mod lambda;
mod process;
mod starting;
mod stopping;
mod tls;
