//! A small simulator of every provider port: functions scripted in YAML or in Rust, a manual clock, faults.
//!
//! It is held to the same conformance suites as the real adapters, serves the demo connection of the command
//! line, and lets other projects test their use of the use cases offline:
//!
//! ```
//! use lamplight_fake_adapter::{FakeFunction, FakeProvider};
//! let provider = FakeProvider::new([FakeFunction::echo("mirror".parse()?)]);
//! assert_eq!(provider.executions("mirror"), 0);
//! # Ok::<(), lamplight_domain::NameError>(())
//! ```
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
mod catalogue;
mod change;
mod compute;
mod connector;
mod function;
mod functions;
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

pub use compute::{Expression, ExpressionError};
pub use connector::FakeConnector;
pub use function::{Answer, FakeFunction, FunctionFailure};
pub use memory_store::MemoryStore;
pub use provider::FakeProvider;
pub use script::{DEMO_SCRIPT, Script, ScriptError};
pub use time::{ManualClock, SequentialIds};
