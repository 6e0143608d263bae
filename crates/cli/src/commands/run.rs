//! `lamplight run`.

use crate::{
    ExitCode,
    args::RunArgs,
    arguments::{read_parameter, read_parameters_file, read_payload},
    commands::parse,
    failure::Failure,
    hints::word_hint,
    interrupt, output,
    progress::Display,
    render,
    wiring::Wiring,
};
use lamplight_app::{EndedRun, EventSource, RunRequest, Target, prepare_run, resolve_target, start_run};
use lamplight_domain::{Argument, Arguments, ErrorCode, EvidenceKind, Parameter, Provenance, Settings};
use lamplight_views::RunView;

/// Runs a job or a function and waits for its outcome.
pub async fn run(args: RunArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let store = wiring.store().await?;
    let connection = wiring.named_connection()?;
    let target = resolve_target(wiring, &*store, &args.target, connection.as_ref()).await?;
    let event = event(&args, &target, wiring)?;
    let settings = settings(&args)?;
    let provenance = Provenance { started_by: wiring.user(), ..Provenance::default() };
    let request = RunRequest { target, event, settings, wait_limit: args.wait_limit, provenance };
    let prepared = prepare_run(&*wiring.secrets()?, request).await?;
    let ports = wiring.run_ports().await?;
    let progress = Display::new(wiring.output);
    let cancel = interrupt::install_signal_handlers();
    let started = start_run(&ports, prepared, &progress, &cancel).await;
    progress.finish();
    let EndedRun { run, class, response } = started?;
    if wiring.json() {
        wiring.write(&RunView::new(&run, response.as_deref(), word_hint))?;
    } else {
        if let Some(response) = &response {
            output::response(response)?;
        }
        render::run_summary(wiring.output, &run);
    }
    let interrupted = run.evidence().is_some_and(|evidence| evidence.kind == EvidenceKind::Interrupted);
    Ok(if interrupted { ExitCode::Interrupted } else { ExitCode::of_run(&run, class) })
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
