//! The conformance suites of the stores.

use async_trait::async_trait;
use lamplight_conformance::{
    job_store::{ArrangedJobStore, JobStoreHarness},
    run_store::{ArrangedRunStore, RunStoreHarness},
    runners::{ArrangedRunners, RunnersHarness},
    stores::{ArrangedStores, Stores, StoresHarness},
};
use lamplight_fake_adapter::MemoryStore;
use std::sync::Arc;

struct InMemory;

#[async_trait]
impl RunStoreHarness for InMemory {
    async fn arrange(&self) -> ArrangedRunStore {
        let store = MemoryStore::default();
        let elsewhere = Arc::new(store.another_runner("elsewhere"));
        ArrangedRunStore { store: Arc::new(store), elsewhere, keep: Box::new(()) }
    }
}

#[async_trait]
impl JobStoreHarness for InMemory {
    async fn arrange(&self) -> ArrangedJobStore {
        let store = MemoryStore::default();
        let elsewhere = Arc::new(store.another_runner("elsewhere"));
        ArrangedJobStore { store: Arc::new(store), elsewhere, keep: Box::new(()) }
    }
}

#[async_trait]
impl RunnersHarness for InMemory {
    async fn arrange(&self) -> ArrangedRunners {
        let first = MemoryStore::default();
        let second = Arc::new(first.another_runner("second"));
        let ending = first.clone();
        let end_first = Box::new(move || ending.end_runner());
        ArrangedRunners { first: Arc::new(first), second, end_first, keep: Box::new(()) }
    }
}

#[async_trait]
impl StoresHarness for InMemory {
    async fn arrange(&self) -> ArrangedStores {
        let here = MemoryStore::default();
        let elsewhere = Stores::new(Arc::new(here.another_runner("elsewhere")));
        ArrangedStores { here: Stores::new(Arc::new(here)), elsewhere, keep: Box::new(()) }
    }
}

mod run_store {
    lamplight_conformance::run_store!(super::InMemory);
}

mod job_store {
    lamplight_conformance::job_store!(super::InMemory);
}

mod runners {
    lamplight_conformance::runners!(super::InMemory);
}

mod run_queue {
    lamplight_conformance::run_queue!(super::InMemory);
}

mod run_history {
    lamplight_conformance::run_history!(super::InMemory);
}

mod access_store {
    lamplight_conformance::access_store!(super::InMemory);
}
