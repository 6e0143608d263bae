//! A store in which one write fails.

use crate::bench::Bench;
use lamplight_domain::{ErrorCode, Revision, Run, RunKey};
use lamplight_ports::{
    Bytes, PageRequest, PortError, PortErrorKind, Retention, RunFilter, RunSelector, RunStore, RunSummary,
    StoredPage,
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// A store in which one write fails.
#[derive(Debug)]
pub struct Faulty {
    inner: Arc<dyn RunStore>,
    writes: AtomicUsize,
    failing: usize,
}

impl Faulty {
    pub fn failing(inner: Arc<dyn RunStore>, failing: usize) -> Self {
        Self { inner, writes: AtomicUsize::new(0), failing }
    }

    fn next(&self) -> Result<(), PortError> {
        if self.writes.fetch_add(1, Ordering::SeqCst) + 1 == self.failing {
            return Err(PortError::new(
                PortErrorKind::Unavailable,
                ErrorCode::StoreFailed,
                "the disk is full",
            ));
        }
        Ok(())
    }
}

#[async_trait::async_trait]
#[deny(clippy::missing_trait_methods)]
impl RunStore for Faulty {
    async fn insert(&self, run: &Run) -> Result<(), PortError> {
        self.next()?;
        self.inner.insert(run).await
    }

    async fn update(&self, run: &Run, response: Option<Bytes>) -> Result<Revision, PortError> {
        self.next()?;
        self.inner.update(run, response).await
    }

    async fn update_all(&self, runs: &[Run]) -> Result<Vec<Option<Revision>>, PortError> {
        self.next()?;
        self.inner.update_all(runs).await
    }

    async fn set_aside(&self, run: &Run) -> Result<(), PortError> {
        self.next()?;
        self.inner.set_aside(run).await
    }

    async fn take_in(&self) -> Result<Vec<RunKey>, PortError> {
        self.next()?;
        self.inner.take_in().await
    }

    async fn find(&self, selector: &RunSelector) -> Result<Option<Run>, PortError> {
        self.inner.find(selector).await
    }

    async fn list(
        &self,
        filter: &RunFilter,
        page: &PageRequest,
    ) -> Result<StoredPage<RunSummary>, PortError> {
        self.inner.list(filter, page).await
    }

    async fn prune(&self, retention: &Retention) -> Result<u64, PortError> {
        self.next()?;
        self.inner.prune(retention).await
    }

    async fn response(&self, key: &RunKey) -> Result<Option<Bytes>, PortError> {
        self.inner.response(key).await
    }

    async fn running(&self, page: &PageRequest) -> Result<StoredPage<Run>, PortError> {
        self.inner.running(page).await
    }

    async fn remove_run(&self, key: &RunKey) -> Result<bool, PortError> {
        self.next()?;
        self.inner.remove_run(key).await
    }
}

pub fn faulty(bench: &Bench, failing: usize) -> lamplight_ports::RunPorts {
    let mut ports = bench.run_ports();
    ports.runs = Arc::new(Faulty::failing(ports.runs, failing));
    ports
}
