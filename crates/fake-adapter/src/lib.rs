//! A simulator of all provider ports: functions scripted in YAML or Rust, a manual clock, faults.
//!
//! It passes the same conformance suites as the real adapters, serves the demo connection of the command line, and lets
//! other projects test their use of the use cases offline; [`FakeWorld`] has everything that such a test needs.
//!
//! The feature `yaml`, on by default, reads scripts in YAML. Without it they are read as JSON, and far fewer crates are
//! built.
//!
//! # Management
//! Functions can be created, changed and deleted as at AWS, with versions, aliases, policies, tags, reserved
//! concurrency and asynchronous invocation settings; layers are added by [`FakeProvider::with_layer`]. Everything is in
//! memory, shared by the clones of a provider, and lost when the process ends; that includes changes made on the demo
//! connection of the command line.
//! - Code is not run. A function that was created here, or whose code was replaced, returns its event.
//! - A call through an alias goes to the alias's own version. If the alias has a weight, calls are counted from when
//!   the weight was set, without dry runs, and call `n` goes to the other version if `n` times the weight reaches a new
//!   whole number: with a weight of 0.1, every tenth call.
//! - Publishing a version that differs from the last one only in its description returns the last one.
//! - A function with a reserved concurrency of 0 throttles every call.
//! - The checksum of a package is taken as given; other code gets a checksum derived from its location.
//! - A change is complete immediately, or after as many descriptions as [`FakeProvider::pending_for`] says. Until then
//!   the function accepts no other change, and a new function accepts no calls.
//! - [`FakeProvider::lose_next_answer`], [`FakeProvider::lose_next_request`] and [`FakeProvider::throttle_changes`]
//!   inject faults into changes.

mod account;
mod aliases;
mod async_invocations;
mod call;
mod catalogue;
mod change;
mod compute;
mod connector;
mod failure;
mod function;
mod functions;
mod hanging;
mod invoker;
mod layers;
mod memory_store;
mod paging;
mod permissions;
mod policy;
mod preview;
mod provider;
mod script;
mod settings;
mod state;
mod time;
mod world;

pub use call::Call;
pub use compute::{Expression, ExpressionError};
pub use connector::FakeConnector;
pub use failure::FunctionFailure;
pub use function::{Answer, FakeFunction};
pub use hanging::{Hanging, HangingCall, HangingCalls};
pub use memory_store::MemoryStore;
pub use provider::FakeProvider;
#[cfg(feature = "yaml")]
pub use script::DEMO_SCRIPT;
pub use script::{Script, ScriptError};
pub use time::{ManualClock, SequentialIds};
pub use world::FakeWorld;
