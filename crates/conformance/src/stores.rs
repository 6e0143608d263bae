//! All ports of one store, for suites that need several of them.

use async_trait::async_trait;
use lamplight_ports::{AccessStore, JobStore, RunHistory, RunQueue, RunStore, Runners};
use std::{any::Any, fmt, sync::Arc};

/// The ports of one store, as callers hold them.
#[derive(Debug, Clone)]
pub struct Stores {
    /// Its runs.
    pub runs: Arc<dyn RunStore>,
    /// Its jobs.
    pub jobs: Arc<dyn JobStore>,
    /// Its queue.
    pub queue: Arc<dyn RunQueue>,
    /// Its counts, changes and notes.
    pub history: Arc<dyn RunHistory>,
    /// The processes that make calls.
    pub runners: Arc<dyn Runners>,
    /// Who may use it.
    pub access: Arc<dyn AccessStore>,
}

impl Stores {
    /// The ports of this store.
    pub fn new<S>(store: Arc<S>) -> Self
    where
        S: RunStore + JobStore + RunQueue + RunHistory + Runners + AccessStore,
    {
        Self {
            runs: store.clone(),
            jobs: store.clone(),
            queue: store.clone(),
            history: store.clone(),
            runners: store.clone(),
            access: store,
        }
    }
}

/// An empty store, and what must live as long as the store: a temporary folder, a server.
pub struct ArrangedStores {
    /// The store.
    pub here: Stores,
    /// The same store as another process opens it.
    pub elsewhere: Stores,
    /// What must stay alive while the store is used.
    pub keep: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for ArrangedStores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrangedStores").field("here", &self.here).finish_non_exhaustive()
    }
}

/// Arranges stores for the suites.
#[async_trait]
pub trait StoresHarness: Send + Sync {
    /// Arranges an empty store that no other test uses.
    async fn arrange(&self) -> ArrangedStores;
}
