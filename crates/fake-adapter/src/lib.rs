//! A small simulator of every provider port: functions scripted in YAML or in Rust, a manual clock, faults.
//!
//! It is held to the same conformance suites as the real adapters, serves the demo connection of the command
//! line, and lets other projects test their use of the use cases offline: [`FakeWorld`] is all that such a test needs.
//!
//! The feature `yaml`, on by default, reads scripts in YAML; without it they are read as JSON, and far fewer crates are built.
//!
//! # Managing
//! Functions can be made, changed and deleted as at the real provider, with versions, aliases, policies, tags, reserved
//! concurrency and the settings of queued calls; layers are laid down by [`FakeProvider::with_layer`]. All of it lives in
//! memory, shared by the clones of a provider: with the process it is gone, and so is what the demo connection of the
//! command line was told to make.
//! - Code is not run. A function that was made here, or got other code here, answers with its event.
//! - A call through an alias goes to the alias's own version. Where a weight sends calls elsewhere, they are counted from
//!   when the weight was set, dry runs left out, and call `n` goes to the other version where `n` times the weight passes
//!   a whole number: with a weight of 0.1 every tenth.
//! - Publishing what differs from the last version in nothing but its description gives that version.
//! - A function for which no call at all is reserved (0) throttles every call.
//! - What a package's checksum is told to be is believed; other code has one that is made up of where it comes from.
//! - A change is ready at once, or after as many descriptions as [`FakeProvider::pending_for`] says; until then the
//!   function takes no other change, and one that was never ready takes no call.
//! - Faults of changes are asked for with [`FakeProvider::lose_next_answer`], [`FakeProvider::lose_next_request`] and
//!   [`FakeProvider::throttle_changes`].

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
