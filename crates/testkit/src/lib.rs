//! What tests of several crates speak to and run in; a dev-dependency and nothing else.
//!
//! - [`script`]: a server whose every byte a test decides, also where it breaks the protocol.
//! - [`in_child`]: a process of its own for a test that needs an environment of its own.
#![deny(missing_docs)]
#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a test fails by panicking")]

mod child;
pub mod script;
mod time;

pub use child::in_child;
pub use time::pass;
