//! A setup to test use cases: simulated functions, a store in memory, a manual clock.

use lamplight_app::{
    AppError, CancellationToken, EndedRun, EventSource, PreparedRun, ProgressObserver, QueuePorts,
    QueueRunner, QueueSettings, RunProgress, RunRequest, prepare_run, resolve_target, start_run,
};
use lamplight_domain::{
    Arguments, ConnectionName, ErrorCode, FunctionRef, Job, Run, RunKey, RunnerId, SecretRef, Settings,
};
use lamplight_fake_adapter::{FakeFunction, FakeWorld, ManualClock};
use lamplight_ports::{
    ClaimRequest, Clock, JobStore, PortError, PortErrorKind, RunLimits, RunPorts, RunQueue, RunSelector,
    RunStore, SecretResolver, SecretString, Sleeper,
};
use std::{
    ops::Deref,
    sync::{Arc, Mutex},
    time::Duration,
};

/// The value of every secret in these tests.
pub const SECRET: &str = "hunter2-hunter2";

#[derive(Debug)]
pub struct OneSecret;

#[async_trait::async_trait]
impl SecretResolver for OneSecret {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        match reference {
            SecretRef::Env(name) if name == "THE_SECRET" => Ok(SecretString::from(SECRET)),
            other => Err(PortError::new(
                PortErrorKind::NotFound,
                ErrorCode::SecretNotFound,
                format!("{other} does not exist"),
            )),
        }
    }
}

/// Records every step.
#[derive(Debug, Default)]
pub struct Steps(pub Mutex<Vec<&'static str>>);

impl ProgressObserver for Steps {
    fn observe(&self, progress: &RunProgress<'_>) {
        self.0.lock().unwrap().push(match progress {
            RunProgress::Calling { .. } => "calling",
            RunProgress::Waiting { .. } => "waiting",
            RunProgress::WaitingLonger { .. } => "waiting longer",
            RunProgress::StoreLocked { .. } => "locked",
            RunProgress::Ended(_) => "ended",
            other => panic!("unexpected progress: {other:?}"),
        });
    }
}

/// A simulated world, the observed steps, and a token to cancel runs.
pub struct Bench {
    pub world: FakeWorld,
    pub steps: Steps,
    pub cancel: CancellationToken,
}

impl Deref for Bench {
    type Target = FakeWorld;

    fn deref(&self) -> &FakeWorld {
        &self.world
    }
}

impl Bench {
    pub fn new(functions: impl IntoIterator<Item = FakeFunction>) -> Self {
        Self::of(FakeWorld::new(functions))
    }

    pub fn of(world: FakeWorld) -> Self {
        Self { world, steps: Steps::default(), cancel: CancellationToken::new() }
    }

    pub async fn keep(&self, job: &Job) {
        self.store.put(job, None).await.unwrap();
    }

    pub async fn prepare(
        &self,
        target: &str,
        event: EventSource,
        settings: Settings,
    ) -> Result<PreparedRun, AppError> {
        let target = resolve_target(&self.connector, &self.store, target, None).await?;
        prepare_run(&OneSecret, RunRequest { settings, ..RunRequest::new(target, event) }).await
    }

    pub async fn start(
        &self,
        target: &str,
        event: EventSource,
        settings: Settings,
    ) -> Result<EndedRun, AppError> {
        let prepared = self.prepare(target, event, settings).await?;
        start_run(&self.run_ports(), prepared, &self.steps, &self.cancel).await
    }

    /// A queue that makes nothing by itself.
    pub fn queue_runner(&self) -> QueueRunner {
        self.queue_runner_with(self.run_ports().sleeper)
    }

    pub fn queue_runner_with(&self, sleeper: Arc<dyn Sleeper>) -> QueueRunner {
        let ports = QueuePorts {
            run: RunPorts { sleeper, ..self.run_ports() },
            queue: Arc::new(self.store.clone()),
            connector: Arc::new(self.connector.clone()),
        };
        let settings = QueueSettings {
            limits: RunLimits::default(),
            concurrency: 4,
            lease: Duration::from_secs(30),
            most_held_bytes: 1000,
        };
        QueueRunner::new(ports, settings)
    }

    /// Claims a run for another runner, for thirty seconds.
    pub async fn claim_for(&self, runner: &str) -> Option<RunKey> {
        let now = self.clock.now();
        let request = ClaimRequest {
            runner: RunnerId(runner.to_owned()),
            now,
            until: now + Duration::from_secs(30),
            most: 1,
            limits: RunLimits::default(),
        };
        self.store.claim(&request).await.unwrap().pop().map(|claimed| claimed.run.intent.key)
    }

    /// A run that was queued.
    pub async fn queue(&self, target: &str, event: EventSource) -> Run {
        let prepared = self.prepare(target, event, Settings::default()).await.unwrap();
        let key = self.queue_runner().submit(prepared, None).await.unwrap().key;
        self.store.find(&RunSelector::Key(key)).await.unwrap().unwrap()
    }

    pub async fn run(&self, target: &str, given: &[(&str, &str)]) -> EndedRun {
        self.start(target, arguments(given), Settings::default()).await.unwrap()
    }
}

pub fn connection() -> ConnectionName {
    FakeWorld::CONNECTION.parse().unwrap()
}

pub fn arguments(given: &[(&str, &str)]) -> EventSource {
    let mut arguments = Arguments::default();
    for (name, text) in given {
        arguments.insert_text(name, text).unwrap();
    }
    EventSource::Arguments(arguments)
}

/// A job of a function with these parameters.
pub fn job(function: &str, parameters: Vec<lamplight_domain::Parameter>) -> Job {
    Job {
        parameters: parameters.try_into().unwrap(),
        ..Job::new(
            format!("{function}-job").parse().unwrap(),
            connection(),
            FunctionRef::by_name(function.parse().unwrap()),
        )
    }
}

pub fn parameter(name: &str, data_type: lamplight_domain::DataType) -> lamplight_domain::Parameter {
    lamplight_domain::Parameter::new(name.parse().unwrap(), data_type)
}

pub fn function(name: &str) -> lamplight_domain::FunctionName {
    name.parse().unwrap()
}

/// Discovers functions with credentials that never expire.
pub async fn find(
    connection: &lamplight_ports::Connection,
    request: &lamplight_app::DiscoverRequest,
) -> Result<lamplight_app::Discovery, AppError> {
    #[derive(Debug)]
    struct ExpectNoPause;

    impl ProgressObserver for ExpectNoPause {
        fn observe(&self, progress: &RunProgress<'_>) {
            panic!("unexpected progress: {progress:?}");
        }
    }

    let (clock, cancel) = (ManualClock::default(), CancellationToken::new());
    let gate = lamplight_app::AuthGate::new(&clock, &ExpectNoPause, &cancel, Duration::ZERO);
    lamplight_app::discover(connection, request, &gate).await
}
