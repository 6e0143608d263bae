//! If any port call of a run fails, the run ends in a documented state, and nothing runs twice.

use crate::bench::{Bench, arguments, function};
use lamplight_app::{RunName, show_run, start_run};
use lamplight_domain::{ErrorCode, Revision, Run, RunKey, RunState, RunnerId, Settings, Timestamp, Warning};
use lamplight_fake_adapter::FakeFunction;
use lamplight_ports::{
    Bytes, Page, PageRequest, PortError, PortErrorKind, Retention, RunFilter, RunSelector, RunStore,
    RunSummary,
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// A store in which one write fails.
#[derive(Debug)]
struct Faulty {
    inner: Arc<dyn RunStore>,
    writes: AtomicUsize,
    failing: usize,
}

impl Faulty {
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

    async fn find(&self, selector: &RunSelector) -> Result<Option<Run>, PortError> {
        self.inner.find(selector).await
    }

    async fn list(&self, filter: &RunFilter, page: &PageRequest) -> Result<Page<RunSummary>, PortError> {
        self.inner.list(filter, page).await
    }

    async fn claim(
        &self,
        runner: &RunnerId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Run>, PortError> {
        self.next()?;
        self.inner.claim(runner, now, until).await
    }

    async fn heartbeat(&self, key: &RunKey, runner: &RunnerId, until: Timestamp) -> Result<bool, PortError> {
        self.next()?;
        self.inner.heartbeat(key, runner, until).await
    }

    async fn prune(&self, retention: &Retention) -> Result<u64, PortError> {
        self.next()?;
        self.inner.prune(retention).await
    }

    async fn response(&self, key: &RunKey) -> Result<Option<Bytes>, PortError> {
        self.inner.response(key).await
    }

    async fn running(&self) -> Result<Vec<Run>, PortError> {
        self.inner.running().await
    }
}

pub fn faulty(bench: &Bench, failing: usize) -> lamplight_ports::RunPorts {
    let mut ports = bench.run_ports();
    ports.runs = Arc::new(Faulty { inner: ports.runs, writes: AtomicUsize::new(0), failing });
    ports
}

#[tokio::test]
async fn an_outcome_that_cannot_be_recorded_is_still_returned_and_the_record_stays_running() {
    let bench = Bench::new([FakeFunction::echo(function("echo"))]);
    let prepared = bench.prepare("echo", arguments(&[("a", "1")]), Settings::default()).await.unwrap();
    let started = start_run(&faulty(&bench, 2), prepared, &bench.steps, &bench.cancel).await.unwrap();
    assert_eq!(started.run.state(), RunState::Succeeded);
    assert_eq!(started.response.as_deref(), Some(br#"{"a":"1"}"#.as_slice()));
    assert!(matches!(started.run.outcome().unwrap().warnings[..], [Warning::NotRecorded { .. }]));
    let kept = show_run(&bench.store, &RunName::Latest).await.unwrap().run.unwrap();
    assert_eq!(kept.state(), RunState::Running);
    assert_eq!(bench.provider.executions("echo"), 1);
}
