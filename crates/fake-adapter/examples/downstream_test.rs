//! How another project tests its own jobs: simulated functions, real use cases, no network and no waiting.
//!
//! Imagine a project with a nightly job that calls two functions. Its test scripts them, one in YAML and one in
//! Rust, runs the job through `lamplight-app`, and asserts what its users would see.

use lamplight_app::{
    EventSource, ProgressObserver, RunProgress, RunRequest, prepare_run, resolve_target, start_run,
};
use lamplight_domain::{
    Arguments, ConnectionName, DataType, Direction, ErrorCode, Job, Overrides, Parameter, ParameterList,
    Provenance, RunState, SecretRef, Settings,
};
use lamplight_fake_adapter::{
    FakeConnector, FakeFunction, FakeProvider, FunctionFailure, ManualClock, MemoryStore, Script,
    SequentialIds,
};
use lamplight_ports::{JobStore, PortError, PortErrorKind, RunPorts, SecretResolver, SecretString};
use std::{error::Error, sync::Arc};
use tokio_util::sync::CancellationToken;

const SCRIPT: &str = "
functions:
  exchange-rate:
    throttle: 1          # the first call is throttled, as it happens
    answer: { return: { Rate: 1.0842, currency: EUR } }
";

/// This project has no secret parameters.
#[derive(Debug)]
struct NoSecrets;

#[async_trait::async_trait]
impl SecretResolver for NoSecrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        Err(PortError::new(
            PortErrorKind::NotFound,
            ErrorCode::SecretNotFound,
            format!("{reference} leads nowhere"),
        ))
    }
}

/// Tells what happens, as a front would.
#[derive(Debug)]
struct Narrator;

impl ProgressObserver for Narrator {
    #[expect(clippy::print_stdout, reason = "an example talks to its reader")]
    fn observe(&self, progress: &RunProgress<'_>) {
        match progress {
            RunProgress::Calling { run, attempt } => println!("{}: attempt {attempt}", run.function_name()),
            RunProgress::Waiting { run, wait, reason, .. } => {
                println!("{}: {reason}; again in {wait:?}", run.function_name());
            }
            RunProgress::Ended(run) => println!("{}: {}", run.function_name(), run.state()),
            // Only runs are observed here.
            _ => {}
        }
    }
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example talks to its reader")]
async fn main() -> Result<(), Box<dyn Error>> {
    // 1. The functions: one from YAML, one in Rust.
    let mut functions = Script::parse(SCRIPT)?.functions;
    functions.push(FakeFunction::call("convert".parse()?, |event| {
        let amount = event["amount"].as_f64();
        let amount = amount.ok_or_else(|| FunctionFailure::unhandled("TypeError", "amount is no number"))?;
        Ok(serde_json::json!({ "converted": amount * 1.0842 }))
    }));

    // 2. The world: a provider of these functions, a store in memory, a clock that never really waits.
    let clock = Arc::new(ManualClock::default());
    let ids = Arc::new(SequentialIds::default());
    let provider = FakeProvider::new(functions).with_system(clock.clone(), ids.clone());
    let name: ConnectionName = "test".parse()?;
    let connector = FakeConnector::default().with(provider.connection(name.clone(), Settings::default()));
    let store = MemoryStore::default();
    let ports = RunPorts {
        runs: Arc::new(store.clone()),
        runners: Arc::new(store.clone()),
        clock: clock.clone(),
        sleeper: clock.clone(),
        ids,
    };

    // 3. A job with typed parameters.
    let rate = Parameter::new("rate".parse()?, DataType::Number).with_direction(Direction::Output);
    let function = connector_function(&connector, "exchange-rate").await?;
    let job = Job {
        name: "nightly-rate".parse()?,
        connection: name,
        function,
        description: None,
        parameters: ParameterList::try_from(vec![rate])?,
        overrides: Overrides::default(),
        idempotent: false,
    };
    store.put(&job, None).await?;

    // 4. Run both, through the same use cases that every front calls.
    let cancel = CancellationToken::new();
    let target = resolve_target(&connector, &store, "nightly-rate", None).await?;
    let event = EventSource::Arguments(Arguments::default());
    let prepared = prepare_run(
        &NoSecrets,
        RunRequest { target, event, settings: Settings::default(), provenance: Provenance::default() },
    )
    .await?;
    let nightly = start_run(&ports, prepared, &Narrator, &cancel).await?.run;
    assert_eq!(nightly.state(), RunState::Succeeded);
    assert_eq!(nightly.attempts.len(), 2, "the throttled call did not start the function and was made again");
    let rate = &nightly.outcome().ok_or("it ended")?.outputs[0].value;
    assert_eq!(rate.as_str(), "1.0842");
    assert_eq!(provider.executions("exchange-rate"), 1);

    let target = resolve_target(&connector, &store, "convert", None).await?;
    let event = EventSource::Raw(r#"{"amount": "ten"}"#.to_owned());
    let prepared = prepare_run(
        &NoSecrets,
        RunRequest { target, event, settings: Settings::default(), provenance: Provenance::default() },
    )
    .await?;
    let failed = start_run(&ports, prepared, &Narrator, &cancel).await?.run;
    assert_eq!(failed.state(), RunState::FunctionFailed);
    let error = failed.outcome().and_then(|outcome| outcome.error.as_ref());
    assert_eq!(error.map(|error| error.message.as_str()), Some("amount is no number"));

    println!("nightly-rate: {} with rate {}", nightly.status(), rate);
    println!("convert: {}, slept {:?} of simulated time", failed.status(), clock.slept());
    Ok(())
}

async fn connector_function(
    connector: &FakeConnector,
    text: &str,
) -> Result<lamplight_domain::FunctionRef, Box<dyn Error>> {
    use lamplight_ports::Connector;
    Ok(connector.open(None).await?.platform.parse_function(text)?)
}
