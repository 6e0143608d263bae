//! How another project tests its own jobs: simulated functions, real use cases, no network and no waiting.
//!
//! Imagine a project with a nightly job and with a page that converts amounts. Its test defines the functions that these
//! call, one in YAML and one in Rust, runs the project's own code, and checks what its users would see.

use lamplight_app::{
    AppError, CancellationToken, EventSource, ProgressObserver, RunProgress, RunRequest, prepare_run,
    resolve_target, start_run,
};
use lamplight_domain::{Arguments, DataType, Direction, FunctionRef, Job, Parameter, Run, RunState};
use lamplight_fake_adapter::{FakeFunction, FakeWorld, FunctionFailure, Script};
use lamplight_ports::{Connector, JobStore, NoSecrets, RunPorts};
use std::error::Error;

const SCRIPT: &str = "
functions:
  exchange-rate:
    throttle: 1          # the first call is throttled, as can happen
    answer: { return: { Rate: 1.0842, currency: EUR } }
";

/// The project's own code, which does not know that functions are simulated.
async fn run(
    connector: &dyn Connector,
    jobs: &dyn JobStore,
    ports: &RunPorts,
    target: &str,
    event: EventSource,
) -> Result<Run, AppError> {
    let target = resolve_target(connector, jobs, target, None).await?;
    let prepared = prepare_run(&NoSecrets, RunRequest::new(target, event)).await?;
    Ok(start_run(ports, prepared, &Narrator, &CancellationToken::new()).await?.run)
}

/// Prints the progress of runs, as a front end would.
#[derive(Debug)]
struct Narrator;

impl ProgressObserver for Narrator {
    #[expect(clippy::print_stdout, reason = "an example talks to its reader")]
    fn observe(&self, progress: &RunProgress<'_>) {
        match progress {
            RunProgress::Calling { run, attempt } => println!("{}: attempt {attempt}", run.function_name()),
            RunProgress::Waiting { run, wait, reason, .. } => {
                println!("{}: {reason}; retry in {wait:?}", run.function_name());
            }
            RunProgress::Ended(run) => println!("{}: {}", run.function_name(), run.state()),
            // Everything else is not about runs.
            _ => {}
        }
    }
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example talks to its reader")]
async fn main() -> Result<(), Box<dyn Error>> {
    // 1. The functions: one in YAML, one in Rust.
    let mut functions = Script::parse(SCRIPT)?.functions;
    functions.push(FakeFunction::call("convert".parse()?, |event| {
        let amount = event["amount"].as_f64();
        let amount =
            amount.ok_or_else(|| FunctionFailure::unhandled("TypeError", "amount is not a number"))?;
        Ok(serde_json::json!({ "converted": amount * 1.0842 }))
    }));

    // 2. A provider with these functions, a store in memory, and a clock that never really waits.
    let world = FakeWorld::new(functions);

    // 3. A job with a typed parameter.
    let rate = Parameter::new("rate".parse()?, DataType::Number).with_direction(Direction::Output);
    let function = FunctionRef::by_name("exchange-rate".parse()?);
    let job = Job {
        parameters: vec![rate].try_into()?,
        ..Job::new("nightly-rate".parse()?, world.connection_name(), function)
    };
    world.store.put(&job, None).await?;

    // 4. Run both, through the project's own code.
    let start = |target, event| {
        let world = world.clone();
        async move { run(&world.connector, &world.store, &world.run_ports(), target, event).await }
    };
    let nightly = start("nightly-rate", EventSource::Arguments(Arguments::default())).await?;
    assert_eq!(nightly.state(), RunState::Succeeded);
    assert_eq!(nightly.attempts.len(), 2, "the throttled call did not start the function and was retried");
    let rate: f64 = nightly.output("rate").ok_or("an output")?.to()?;
    assert!((rate - 1.0842).abs() < f64::EPSILON);

    let failed = start("convert", EventSource::Raw(r#"{"amount": "ten"}"#.to_owned())).await?;
    assert_eq!(failed.state(), RunState::FunctionFailed);
    let error = failed.outcome().and_then(|outcome| outcome.error.as_ref());
    assert_eq!(error.map(|error| error.message.as_str()), Some("amount is not a number"));

    // 5. What the functions were called with.
    let calls = world.calls();
    assert_eq!(calls.len(), 2, "each function ran once");
    assert_eq!(calls[1].event.as_str(), r#"{"amount": "ten"}"#);

    println!("nightly-rate: {} with rate {rate}", nightly.status());
    println!("convert: {}, slept {:?} of simulated time", failed.status(), world.clock.slept());
    Ok(())
}
