//! A bench to try use cases on: simulated functions, a store in memory, a manual clock.

use lamplight_app::{
    AppError, CancellationToken, EventSource, PreparedRun, ProgressObserver, RunProgress, RunRequest,
    StartedRun, prepare_run, resolve_target, start_run,
};
use lamplight_domain::{Arguments, ConnectionName, ErrorCode, FunctionRef, Job, SecretRef, Settings};
use lamplight_fake_adapter::{FakeFunction, FakeWorld, ManualClock};
use lamplight_ports::{JobStore, PortError, PortErrorKind, SecretResolver, SecretString};
use std::{ops::Deref, sync::Mutex};

/// The value of every secret on the bench.
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
                format!("{other} leads nowhere"),
            )),
        }
    }
}

/// Remembers every step it is told of.
#[derive(Debug, Default)]
pub struct Steps(pub Mutex<Vec<&'static str>>);

impl ProgressObserver for Steps {
    fn observe(&self, progress: &RunProgress<'_>) {
        self.0.lock().unwrap().push(match progress {
            RunProgress::Calling { .. } => "calling",
            RunProgress::Waiting { .. } => "waiting",
            RunProgress::Ended(_) => "ended",
            other => panic!("a run does not tell {other:?}"),
        });
    }
}

/// A simulated world, who watches its runs, and what stops them.
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
    ) -> Result<StartedRun, AppError> {
        let prepared = self.prepare(target, event, settings).await?;
        start_run(&self.run_ports(), prepared, &self.steps, &self.cancel).await
    }

    pub async fn run(&self, target: &str, given: &[(&str, &str)]) -> StartedRun {
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

/// A job of a function with these parameters, given as the YAML-like `name type direction` words.
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

/// Discovers where credentials never end.
pub async fn find(
    connection: &lamplight_ports::Connection,
    request: &lamplight_app::DiscoverRequest,
) -> Result<lamplight_app::Discovery, AppError> {
    #[derive(Debug)]
    struct Nobody;

    impl ProgressObserver for Nobody {
        fn observe(&self, progress: &RunProgress<'_>) {
            panic!("nothing pauses here: {progress:?}");
        }
    }

    let (clock, cancel) = (ManualClock::default(), CancellationToken::new());
    let gate = lamplight_app::AuthGate::new(&clock, &Nobody, &cancel, std::time::Duration::ZERO);
    lamplight_app::discover(connection, request, &gate).await
}
