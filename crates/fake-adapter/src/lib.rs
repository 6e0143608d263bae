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

mod catalogue;
mod compute;
mod connector;
mod function;
mod invoker;
mod memory_store;
mod provider;
mod script;
mod time;

pub use compute::{Expression, ExpressionError};
pub use connector::FakeConnector;
pub use function::{Answer, FakeFunction, FunctionFailure};
pub use memory_store::MemoryStore;
pub use provider::FakeProvider;
pub use script::{DEMO_SCRIPT, Script, ScriptError};
pub use time::{ManualClock, SequentialIds};
