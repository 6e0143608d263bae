//! The offline test of another project, as the README shows it.

use lamplight_app::{
    AppError, CancellationToken, EventSource, NoProgress, RunRequest, prepare_run, resolve_target, start_run,
};
use lamplight_domain::{Arguments, DataType, Direction, FunctionRef, Job, Parameter, Run};
use lamplight_fake_adapter::{FakeFunction, FakeWorld};
use lamplight_ports::{Connector, JobStore, NoSecrets, RunPorts};

/// What is tested. In the program, `lamplight-wiring` opens these ports.
async fn load(connector: &dyn Connector, jobs: &dyn JobStore, ports: &RunPorts) -> Result<Run, AppError> {
    let mut arguments = Arguments::default();
    arguments.insert_text("day", "2026-01-02")?;
    let target = resolve_target(connector, jobs, "nightly", None).await?;
    let request = RunRequest::new(target, EventSource::Arguments(arguments));
    let prepared = prepare_run(&NoSecrets, request).await?;
    Ok(start_run(ports, prepared, &NoProgress, &CancellationToken::new()).await?.run)
}

#[tokio::test]
async fn the_nightly_job_loads_its_day_once() -> Result<(), Box<dyn std::error::Error>> {
    let loader = FakeFunction::call("loader".parse()?, |_| Ok(serde_json::json!({ "rows": 3 })));
    let world = FakeWorld::new([loader]);
    let (name, function) = ("nightly".parse()?, FunctionRef::by_name("loader".parse()?));
    let parameters = vec![
        Parameter::new("day".parse()?, DataType::String).required(),
        Parameter::new("rows".parse()?, DataType::Integer).with_direction(Direction::Output),
    ];
    let job = Job { parameters: parameters.try_into()?, ..Job::new(name, world.connection_name(), function) };
    world.store.put(&job, None).await?;

    let run = load(&world.connector, &world.store, &world.run_ports()).await?;
    assert_eq!(run.output("rows").ok_or("no rows")?.to::<u64>()?, 3);
    assert_eq!(world.calls().len(), 1);
    assert_eq!(world.calls()[0].event.as_str(), r#"{"day":"2026-01-02"}"#);
    Ok(())
}
