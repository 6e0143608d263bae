//! `lamplight run`.

use crate::{
    ExitCode,
    args::{Format, RunArgs},
    arguments::{read_json_text, read_parameter, read_parameters_file},
    commands::{manage::interrupted, parse},
    failure::Failure,
    hints::word_hint,
    interrupt,
    nearest::nearest_function,
    output,
    progress::Display,
    render,
    response::{self, ResponseFile},
    wiring::Wiring,
};
use lamplight_app::{
    AppError, CancellationToken, EndedRun, EventSource, Recording, RunRequest, Target, TargetName, all_jobs,
    prepare_run, resolve_target, start_run,
};
use lamplight_domain::{
    Argument, Arguments, ConnectionName, ErrorCode, EvidenceKind, JobName, Parameter, Provenance, Run,
    Settings,
};
use lamplight_ports::{Bytes, Connection, JobStore, PortError, RunPorts};
use lamplight_views::{RunView, one_line};

/// Runs a job or a function and waits for its outcome.
pub async fn run(args: RunArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let store = wiring.store().await?;
    wiring.name_unfamiliar_config();
    let target = find_target(&args, wiring, &*store).await?;
    let connection = target.connection.clone();
    let description = describe(&args, &target);
    let event = event(&args, &target, wiring)?;
    let settings = settings(&args)?;
    let response_file = args.response_file.as_deref().map(ResponseFile::open).transpose()?;
    let provenance = Provenance { started_by: wiring.user(), ..Provenance::default() };
    let request =
        RunRequest { settings, wait_limit: args.wait_limit, provenance, ..RunRequest::new(target, event) };
    let prepared = prepare_run(&*wiring.secrets()?, request).await?;
    for note in prepared.notes() {
        wiring.output.warn(note);
    }
    let ports = wiring.run_ports().await?;
    wiring.output.note(&description);
    let progress = Display::new(wiring.output);
    let cancel = interrupt::install_signal_handlers();
    let started = start_run(&ports, prepared, &progress, &cancel).await;
    progress.finish();
    let EndedRun { run, class, response, recording } = started?;
    let written = write_output(&run, response, response_file, wiring, &cancel).await;
    if !wiring.json() {
        render::run_summary(wiring.output, &run);
    }
    suggest_name(&run, &connection, &*store, wiring).await;
    report_recording(&run, &recording, wiring);
    if let Err(failure) = written {
        report_lost_output(failure, &run, &recording);
    }
    if matches!(recording, Recording::Stored) {
        apply_retention(&ports, wiring).await;
    }
    let interrupted = run.evidence().is_some_and(|evidence| evidence.kind == EvidenceKind::Interrupted);
    Ok(if interrupted { ExitCode::Interrupted } else { ExitCode::of_run(&run, class) })
}

/// What the target is: a job or a function. Where two jobs may be meant, a person is asked.
async fn find_target(args: &RunArgs, wiring: &Wiring, jobs: &dyn JobStore) -> Result<Target, Failure> {
    let connection = wiring.named_connection()?;
    let name = match (args.job, args.function) {
        (true, _) => TargetName::Job(&args.target),
        (_, true) => TargetName::Function(&args.target),
        (false, false) => TargetName::Any(&args.target),
    };
    match resolve_target(wiring, jobs, name, connection.as_ref()).await {
        Err(AppError::AmbiguousJob { name, own, connection, others })
            if wiring.output.can_ask && !args.no_input =>
        {
            let chosen = ask_for_job(name, &own, &connection, others)?;
            Ok(resolve_target(wiring, jobs, TargetName::Job(chosen.as_str()), Some(&connection)).await?)
        }
        resolved => Ok(resolved?),
    }
}

fn ask_for_job(
    name: JobName,
    own: &ConnectionName,
    connection: &ConnectionName,
    others: Vec<JobName>,
) -> Result<JobName, Failure> {
    let first = format!("{name}, which belongs to connection {own}, on connection {connection}");
    let choices: Vec<(String, JobName)> = std::iter::once((first, name))
        .chain(others.into_iter().map(|other| (format!("{other}, on connection {connection}"), other)))
        .collect();
    let texts = choices.iter().map(|(text, _)| text.clone()).collect();
    let answer = inquire::Select::new("which job?", texts).raw_prompt();
    match answer.map(|answer| choices.into_iter().nth(answer.index)) {
        Ok(Some((_, job))) => Ok(job),
        Ok(None) => Err(Failure::usage(ErrorCode::AmbiguousJob, "no job was chosen")),
        Err(error) => Err(Failure {
            exit_code: ExitCode::Interrupted,
            ..Failure::usage(ErrorCode::AmbiguousJob, format!("no job was chosen: {error}"))
        }),
    }
}

/// Says which of both is called, a job or a function, and on which connection.
fn describe(args: &RunArgs, target: &Target) -> String {
    let (function, connection) = (&target.function.name, &target.connection.name);
    match &target.job {
        Some(job) if job.connection == *connection => {
            format!("running job {}: function {function} on connection {connection}", job.name)
        }
        Some(job) => format!(
            "running job {}: function {function} on connection {connection}, not on its own, {}",
            job.name, job.connection
        ),
        None if args.function || args.target.parse::<JobName>().is_err() => {
            format!("running function {function} on connection {connection}")
        }
        None => {
            format!("running function {function} on connection {connection}; no job is named {}", args.target)
        }
    }
}

/// Writes the response to the file or to stdout, until the process is asked to stop: it may go to somebody who never reads
/// it.
async fn write_output(
    run: &Run,
    response: Option<Bytes>,
    file: Option<ResponseFile>,
    wiring: &Wiring,
    cancel: &CancellationToken,
) -> Result<(), Failure> {
    let (run, format, output) = (run.clone(), wiring.global.output, wiring.output);
    let write = move || {
        let to_stdout = file.is_none();
        let kept = file.map_or(Ok(()), |file| file.write(response.as_deref()));
        let shown = match (format, response.filter(|_| to_stdout || format != Format::Table)) {
            (Format::Table, None) => Ok(()),
            (Format::Table, Some(response)) => {
                let has_error = run.outcome().is_some_and(|outcome| outcome.error.is_some());
                response::write(&response, output, has_error || !output.quiet).map_err(Failure::from)
            }
            (Format::Json | Format::Yaml, response) => {
                output::structured(format, &RunView::new(&run, response.as_deref(), word_hint))
            }
        };
        kept.and(shown)
    };
    if cancel.is_cancelled() {
        return write();
    }
    tokio::select! {
        written = tokio::task::spawn_blocking(write) => {
            written.unwrap_or_else(|error| Err(std::io::Error::other(error).into()))
        }
        () = cancel.cancelled() => Err(interrupted("stopped before the whole output was written")),
    }
}

/// Names the most similar function or job if the function that was called does not exist.
async fn suggest_name(run: &Run, connection: &Connection, jobs: &dyn JobStore, wiring: &Wiring) {
    let error = run.outcome().and_then(|outcome| outcome.error.as_ref());
    if wiring.json() || error.is_none_or(|error| error.code != ErrorCode::FunctionNotFound) {
        return;
    }
    let jobs = all_jobs(jobs).await.unwrap_or_default().items;
    let jobs = jobs.into_iter().map(|stored| stored.job.name.to_string()).collect();
    if let Some(nearest) = nearest_function(connection, run.function_name().as_str(), jobs).await {
        wiring.output.note(&format!("hint: did you mean {nearest}?"));
    }
}

/// Says if the end of the run is not in the store. The exit code stays that of the run: any other code would invite a
/// second run.
fn report_recording(run: &Run, recording: &Recording, wiring: &Wiring) {
    match recording {
        Recording::Stored => {}
        Recording::SetAside(error) => wiring.output.warn(&format!(
            "the outcome is kept in a file beside the store, and the next `lamplight status` or `lamplight runs` stores \
             it: {}",
            one_line(&error.to_string())
        )),
        Recording::Lost(error) => {
            let what = format!("could not record that run {} {}", run.key(), render::words(run.state()));
            let lost = PortError { message: format!("{what}: {}", error.message), ..copy(error) };
            let hint = match error.code {
                ErrorCode::StoreReplaced | ErrorCode::RunNotFound => "keep this outcome: nothing else records this run",
                _ => "keep this outcome: the record will say that it is unknown",
            };
            Failure::from(lost)
                .with_hint(hint)
                .report(Format::Table);
        }
    }
}

fn copy(error: &PortError) -> PortError {
    PortError::new(error.kind, error.code.clone(), error.message.clone())
}

/// Says that the output could not be written. The exit code stays that of the run: the function has run.
fn report_lost_output(failure: Failure, run: &Run, recording: &Recording) {
    let failure = match recording {
        Recording::Stored => failure.with_hint(format!("`lamplight runs show {}` shows the run", run.key())),
        Recording::SetAside(_) | Recording::Lost(_) => failure,
    };
    failure.report(Format::Table);
}

/// Removes old runs if the configuration says so: one batch at most, so that a run never waits long for it.
async fn apply_retention(ports: &RunPorts, wiring: &Wiring) {
    let Ok(config) = wiring.connections.config() else { return };
    let Some(retention) = config.runs.retention(ports.clock.now()) else { return };
    if let Err(error) = ports.runs.prune(&retention).await {
        tracing::warn!(%error, "could not remove old runs");
    }
}

fn event(args: &RunArgs, target: &Target, wiring: &Wiring) -> Result<EventSource, Failure> {
    if let Some(payload) = &args.payload {
        return Ok(EventSource::Raw(read_json_text(payload, ErrorCode::InvalidPayload)?));
    }
    let mut arguments = Arguments::default();
    for text in &args.parameters {
        if let Some(note) = read_parameter(&mut arguments, text)? {
            wiring.output.warn(&note);
        }
    }
    if let Some(file) = &args.params_file {
        let declared = target.job.as_ref().map(|job| job.parameters.clone()).unwrap_or_default();
        arguments = read_parameters_file(file)?.overridden_by(arguments, &declared);
    }
    let may_ask = wiring.output.can_ask && !args.no_input && args.params_file.as_deref() != Some("-");
    if may_ask && let Some(job) = &target.job {
        for parameter in &job.parameters {
            let missing = parameter.required && parameter.direction.is_input() && parameter.default.is_none();
            if missing && arguments.get(&parameter.name).is_none() {
                let value = ask(parameter)?;
                arguments
                    .insert(parameter.name.clone(), Argument::Text(value))
                    .map_err(|error| Failure::usage(ErrorCode::InvalidArguments, error.to_string()))?;
            }
        }
    }
    Ok(EventSource::Arguments(arguments))
}

/// Asks the person at the terminal for a required value, until it fits the parameter.
fn ask(parameter: &Parameter) -> Result<String, Failure> {
    let title = one_line(&format!("{} ({})", parameter.name, parameter.data_type));
    let data_type = parameter.data_type;
    let check = move |text: &str| -> Result<inquire::validator::Validation, inquire::CustomUserError> {
        Ok(match data_type.check(&Argument::Text(text.to_owned())) {
            Ok(()) => inquire::validator::Validation::Valid,
            Err(misfit) => inquire::validator::Validation::Invalid(misfit.to_string().into()),
        })
    };
    let answer = if parameter.secret {
        inquire::Password::new(&title).without_confirmation().with_validator(check).prompt()
    } else {
        let mut prompt = inquire::Text::new(&title).with_validator(check);
        let description = parameter.description.as_deref().map(one_line);
        prompt.help_message = description.as_deref();
        prompt.prompt()
    };
    answer.map_err(|error| Failure {
        exit_code: ExitCode::Interrupted,
        ..Failure::usage(
            ErrorCode::InvalidArguments,
            format!("parameter {} was not given: {error}", parameter.name),
        )
    })
}

fn settings(args: &RunArgs) -> Result<Settings, Failure> {
    Ok(Settings {
        invocation_type: args.invocation_type,
        qualifier: args.qualifier.as_deref().map(parse).transpose()?,
        max_attempts: args.max_attempts,
        log_tail: args.no_log_tail.then_some(false),
        client_context: args
            .client_context
            .as_deref()
            .map(|text| read_json_text(text, ErrorCode::InvalidClientContext))
            .transpose()?,
    })
}
