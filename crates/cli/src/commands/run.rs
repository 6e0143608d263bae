//! `lamplight run`.

use crate::{
    ExitCode,
    args::{Format, RunArgs},
    arguments::{read_parameter, read_parameters_file, read_payload},
    commands::{manage::interrupted, parse},
    failure::Failure,
    hints::word_hint,
    interrupt, output,
    progress::Display,
    render,
    wiring::Wiring,
};
use lamplight_app::{
    CancellationToken, EndedRun, EventSource, Recording, RunRequest, Target, prepare_run, resolve_target, start_run,
};
use lamplight_domain::{Argument, Arguments, ErrorCode, EvidenceKind, Parameter, Provenance, Run, Settings};
use lamplight_ports::{Bytes, PortError, RunPorts};
use lamplight_views::RunView;

/// Runs a job or a function and waits for its outcome.
pub async fn run(args: RunArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let store = wiring.store().await?;
    let connection = wiring.named_connection()?;
    let target = resolve_target(wiring, &*store, &args.target, connection.as_ref()).await?;
    let event = event(&args, &target, wiring)?;
    let settings = settings(&args)?;
    let provenance = Provenance { started_by: wiring.user(), ..Provenance::default() };
    let request = RunRequest { target, event, settings, provenance };
    let prepared = prepare_run(&*wiring.secrets()?, request).await?;
    let ports = wiring.run_ports().await?;
    let progress = Display::new(wiring.output);
    let cancel = interrupt::install_signal_handlers();
    let started = start_run(&ports, prepared, &progress, &cancel).await;
    progress.finish();
    let EndedRun { run, response, recording } = started?;
    let written = write_output(&run, response, wiring.global.output, &cancel).await;
    if !wiring.json() {
        render::run_summary(wiring.output, &run);
    }
    report_recording(&run, &recording, wiring);
    if let Err(failure) = written {
        report_lost_output(failure, &run, &recording);
    }
    if matches!(recording, Recording::Stored) {
        apply_retention(&ports, wiring).await;
    }
    let interrupted = run.evidence().is_some_and(|evidence| evidence.kind == EvidenceKind::Interrupted);
    Ok(if interrupted { ExitCode::Interrupted } else { ExitCode::of_run(&run) })
}

/// Writes the output, until the process is asked to stop: it may go to somebody who never reads it.
async fn write_output(
    run: &Run,
    response: Option<Bytes>,
    format: Format,
    cancel: &CancellationToken,
) -> Result<(), Failure> {
    let run = run.clone();
    let write = move || match (format, response) {
        (Format::Table, None) => Ok(()),
        (Format::Table, Some(response)) => Ok(output::response(&response)?),
        (Format::Json | Format::Yaml, response) => {
            output::structured(format, &RunView::new(&run, response.as_deref(), word_hint))
        }
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

/// Says if the end of the run is not in the store. The exit code stays that of the run: any other code would invite a
/// second run.
fn report_recording(run: &Run, recording: &Recording, wiring: &Wiring) {
    match recording {
        Recording::Stored => {}
        Recording::SetAside(error) => wiring.output.warn(&format!(
            "the outcome is kept in a file beside the store, and the next `lamplight status` or `lamplight runs` stores \
             it: {}",
            render::one_line(&error.to_string())
        )),
        Recording::Lost(error) => {
            let what = format!("could not record that run {} {}", run.key(), render::words(run.state()));
            let lost = PortError { message: format!("{what}: {}", error.message), ..copy(error) };
            Failure::from(lost)
                .with_hint("keep this outcome: the record will say that it is unknown")
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
        return Ok(EventSource::Raw(read_payload(payload)?));
    }
    let mut arguments = Arguments::default();
    if let Some(file) = &args.params_file {
        read_parameters_file(&mut arguments, file)?;
    }
    for text in &args.parameters {
        read_parameter(&mut arguments, text)?;
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
    let title = format!("{} ({})", parameter.name, parameter.data_type);
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
        prompt.help_message = parameter.description.as_deref();
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
        client_context: args.client_context.clone(),
    })
}
