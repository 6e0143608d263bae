//! The conformance suites of the ports; a second store on the same file acts as another process.

use crate::support::Place;
use async_trait::async_trait;
use lamplight_conformance::{
    job_store::{ArrangedJobStore, JobStoreHarness},
    run_store::{ArrangedRunStore, RunStoreHarness},
    runners::{ArrangedRunners, RunnersHarness},
    stores::{ArrangedStores, Stores, StoresHarness},
};

struct InSqlite;

#[async_trait]
impl RunStoreHarness for InSqlite {
    async fn arrange(&self) -> ArrangedRunStore {
        let place = Place::new();
        let (store, elsewhere) = (place.open("here").await, place.open("there").await);
        ArrangedRunStore { store, elsewhere, keep: Box::new(place.0) }
    }
}

#[async_trait]
impl JobStoreHarness for InSqlite {
    async fn arrange(&self) -> ArrangedJobStore {
        let place = Place::new();
        let (store, elsewhere) = (place.open("here").await, place.open("there").await);
        ArrangedJobStore { store, elsewhere, keep: Box::new(place.0) }
    }
}

#[async_trait]
impl RunnersHarness for InSqlite {
    async fn arrange(&self) -> ArrangedRunners {
        let place = Place::new();
        let (first, second) = (place.open("first").await, place.open("second").await);
        let held = first.clone();
        // Dropping the last handle releases the lock, like the end of a process.
        ArrangedRunners { first, second, end_first: Box::new(move || drop(held)), keep: Box::new(place.0) }
    }
}

#[async_trait]
impl StoresHarness for InSqlite {
    async fn arrange(&self) -> ArrangedStores {
        let place = Place::new();
        let (here, elsewhere) = (place.open("here").await, place.open("there").await);
        ArrangedStores { here: Stores::new(here), elsewhere: Stores::new(elsewhere), keep: Box::new(place.0) }
    }
}

mod run_store {
    lamplight_conformance::run_store!(super::InSqlite);
}

mod job_store {
    lamplight_conformance::job_store!(super::InSqlite);
}

mod runners {
    lamplight_conformance::runners!(super::InSqlite);
}

mod run_queue {
    lamplight_conformance::run_queue!(super::InSqlite);
}

mod run_history {
    lamplight_conformance::run_history!(super::InSqlite);
}

mod access_store {
    lamplight_conformance::access_store!(super::InSqlite);
}
