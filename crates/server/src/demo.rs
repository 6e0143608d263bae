//! Something to look at for a newcomer: the jobs of the simulator, and a run in every state.

use lamplight_app::{
    AUTH_PATIENCE, AppError, AuthGate, CancellationToken, DiscoverRequest, EventSource, ImportRequest,
    NoProgress, QueueRunner, RunRequest, TargetName, discover, import_functions, prepare_run, resolve_target,
};
use lamplight_config::DEMO;
use lamplight_domain::{InvocationType, Provenance, Settings, StartedBy};
use lamplight_ports::{Connector, NoSecrets};
use lamplight_system_adapter::TokioSleeper;
use lamplight_wiring::Connections;

/// Each function, its event, how it is called, and in how many attempts.
const RUNS: [(&str, &str, InvocationType, u32); 8] = [
    ("adder", r#"{"a":2,"b":40}"#, InvocationType::RequestResponse, 1),
    ("greeter", r#"{"who":"you"}"#, InvocationType::RequestResponse, 1),
    ("broken", "{}", InvocationType::RequestResponse, 1),
    ("busy", "{}", InvocationType::RequestResponse, 1),
    ("lost", "{}", InvocationType::RequestResponse, 1),
    ("mirror", r#"{"order":42}"#, InvocationType::Event, 1),
    ("adder", r#"{"a":1,"b":1}"#, InvocationType::DryRun, 1),
    ("listing", "{}", InvocationType::RequestResponse, 1),
];

/// Imports the simulator's functions and queues some runs. A failure is logged: the server works without them.
pub async fn fill(connections: &Connections, queue: &QueueRunner) {
    if let Err(error) = import_and_run(connections, queue).await {
        tracing::warn!(%error, "could not prepare the demonstration");
    }
}

async fn import_and_run(connections: &Connections, queue: &QueueRunner) -> Result<(), AppError> {
    let store = connections.store().await?;
    let connection = connections.open(Some(&DEMO.parse()?)).await?;
    let never = CancellationToken::new();
    let gate = AuthGate::new(&TokioSleeper, &NoProgress, &never, AUTH_PATIENCE);
    let found = discover(&connection, &DiscoverRequest::default(), &gate).await?;
    import_functions(&*store, &connection, &found.functions, ImportRequest::default()).await?;
    for (job, event, invocation_type, attempts) in RUNS {
        let target = resolve_target(connections, &*store, TargetName::Job(job), None).await?;
        let request = RunRequest {
            settings: Settings {
                invocation_type: Some(invocation_type),
                max_attempts: Some(attempts),
                ..Settings::default()
            },
            provenance: Provenance {
                started_by: Some(StartedBy::Service("demonstration".to_owned())),
                ..Provenance::default()
            },
            ..RunRequest::new(target, EventSource::Raw(event.to_owned()))
        };
        queue.submit(prepare_run(&NoSecrets, request).await?, None).await?;
    }
    Ok(())
}
