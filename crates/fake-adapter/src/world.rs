//! Everything that a test of another project needs, set up together.

use crate::{Call, FakeConnector, FakeFunction, FakeProvider, ManualClock, MemoryStore, SequentialIds};
use lamplight_domain::{ConnectionName, Settings};
use lamplight_ports::RunPorts;
use std::sync::Arc;

/// Simulated functions on one connection, a store in memory, and one clock and one source of IDs for all of them.
/// Nothing is read from the environment, nothing leaves the process, and nothing waits. Clones share their state.
///
/// ```
/// use lamplight_fake_adapter::{FakeFunction, FakeWorld};
///
/// let world = FakeWorld::new([FakeFunction::echo("mirror".parse()?)]);
/// // Pass `&world.connector`, `&world.store` and `&world.run_ports()` to the code under test, and then:
/// assert_eq!(world.calls(), []);
/// # Ok::<(), lamplight_domain::NameError>(())
/// ```
#[derive(Debug, Clone)]
pub struct FakeWorld {
    /// The provider of the functions.
    pub provider: FakeProvider,
    /// Opens the only connection, with or without its name.
    pub connector: FakeConnector,
    /// Runs and jobs.
    pub store: MemoryStore,
    /// The clock. Sleeping moves it forward.
    pub clock: Arc<ManualClock>,
    /// Sequential run keys and request IDs.
    pub ids: Arc<SequentialIds>,
}

impl FakeWorld {
    /// The name of the connection.
    pub const CONNECTION: &str = "simulated";

    /// A world with these functions.
    pub fn new(functions: impl IntoIterator<Item = FakeFunction>) -> Self {
        let (clock, ids) = (Arc::<ManualClock>::default(), Arc::<SequentialIds>::default());
        let provider = FakeProvider::new(functions)
            .with_system(clock.clone(), ids.clone())
            .with_clock(clock.clone())
            .with_recorded_calls();
        let connector = connector(&provider, Settings::default());
        Self { provider, connector, store: MemoryStore::default(), clock, ids }
    }

    /// Sets the defaults of the connection.
    #[must_use]
    pub fn with_defaults(self, defaults: Settings) -> Self {
        Self { connector: connector(&self.provider, defaults), ..self }
    }

    /// The name of the connection, for jobs.
    pub fn connection_name(&self) -> ConnectionName {
        connection_name()
    }

    /// The ports that runs need.
    pub fn run_ports(&self) -> RunPorts {
        RunPorts {
            runs: Arc::new(self.store.clone()),
            runners: Arc::new(self.store.clone()),
            clock: self.clock.clone(),
            sleeper: self.clock.clone(),
            ids: self.ids.clone(),
        }
    }

    /// Every call that started a function, in order: one per execution. Throttled and refused calls and dry runs start
    /// nothing and are not included.
    pub fn calls(&self) -> Vec<Call> {
        self.provider.calls()
    }
}

fn connector(provider: &FakeProvider, defaults: Settings) -> FakeConnector {
    FakeConnector::default().with(provider.connection(connection_name(), defaults))
}

fn connection_name() -> ConnectionName {
    // Lower-case letters always form a valid name.
    FakeWorld::CONNECTION.parse().unwrap_or_else(|_| unreachable!("{}", FakeWorld::CONNECTION))
}
