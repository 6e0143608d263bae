//! `lamplight run`.

use crate::{
    ExitCode,
    args::RunArgs,
    arguments::{read_json_text, read_parameter, read_parameters_file},
    commands::parse,
    failure::Failure,
    hints::word_hint,
    interrupt,
    progress::Display,
    render,
    response::{self, ResponseFile},
    terminal::one_line,
    wiring::Wiring,
};
use lamplight_app::{
    AppError, EndedRun, EventSource, RunRequest, Target, TargetName, prepare_run, resolve_target, start_run,
};
use lamplight_domain::{
    Argument, Arguments, ConnectionName, ErrorCode, EvidenceKind, JobName, Parameter, Provenance, Settings,
};
use lamplight_ports::JobStore;
use lamplight_views::RunView;

/// Runs a job or a function and waits for its outcome.
pub async fn run(args: RunArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let store = wiring.store().await?;
    let target = find_target(&args, wiring, &*store).await?;
    let description = describe(&args, &target);
    let event = event(&args, &target, wiring)?;
    let settings = settings(&args)?;
    let response_file = args.response_file.as_deref().map(ResponseFile::open).transpose()?;
    let provenance = Provenance { started_by: wiring.user(), ..Provenance::default() };
    let request = RunRequest { target, event, settings, provenance };
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
    let EndedRun { run, response } = started?;
    let to_stdout = response_file.is_none();
    if let Some(file) = response_file
        && let Err(failure) = file.write(response.as_deref())
    {
        // The exit code tells the run: after any other, a script might repeat it.
        failure.report(crate::args::Format::Table);
    }
    if wiring.json() {
        wiring.write(&RunView::new(&run, response.as_deref(), word_hint))?;
    } else {
        if let Some(response) = response.as_deref().filter(|_| to_stdout) {
            let has_error = run.outcome().is_some_and(|outcome| outcome.error.is_some());
            response::write(response, wiring.output, has_error || !wiring.output.quiet)?;
        }
        render::run_summary(wiring.output, &run);
    }
    let interrupted = run.evidence().is_some_and(|evidence| evidence.kind == EvidenceKind::Interrupted);
    Ok(if interrupted { ExitCode::Interrupted } else { ExitCode::of_run(&run) })
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
            format!("running function {function} on connection {connection}; there is no job {}", args.target)
        }
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
