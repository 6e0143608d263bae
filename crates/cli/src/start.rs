//! From the process's start to its exit code.

use crate::{
    Cli, ExitCode,
    args::{CallKeys, Format},
    commands,
    failure::Failure,
    output::Output,
    wiring::Wiring,
};
use clap::Parser;
use lamplight_system_adapter::Environment;

/// Parses the command line, runs the verb and reports what went wrong.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return help_or_usage(&error),
    };
    let output = Output::new(cli.global.quiet);
    let json = cli.global.output == Format::Json;
    match run_verb(cli, output) {
        Ok(code) => code,
        Err(failure) => {
            failure.report(json);
            failure.exit_code
        }
    }
}

fn help_or_usage(error: &clap::Error) -> ExitCode {
    // A closed stream leaves nobody to tell.
    let _ = error.print();
    if error.use_stderr() { ExitCode::Usage } else { ExitCode::Success }
}

fn run_verb(cli: Cli, output: Output) -> Result<ExitCode, Failure> {
    let environment = Environment::from_process();
    start_logging(&environment)?;
    // One thread is enough for one call, and starts sooner than several.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::io("the runtime could not be started", &error))?;
    let keys = cli.command.call_keys().map(CallKeys::references).transpose()?.flatten();
    let wiring = Wiring::new(cli.global, environment, output).with_call_keys(keys);
    let result = runtime.block_on(commands::run(cli.command, &wiring));
    // Nothing that still runs in the background may hold up the exit; what matters is recorded by now.
    runtime.shutdown_background();
    result
}

/// Logs are off unless `LAMPLIGHT_LOG` asks for them. Whatever it asks for, the SDK stays at `warn`: below
/// that it logs whole requests.
fn start_logging(environment: &Environment) -> Result<(), Failure> {
    let Some(filter) = environment.get("LAMPLIGHT_LOG").filter(|filter| !filter.is_empty()) else {
        return Ok(());
    };
    let wrong = |reason: String| {
        Failure::usage("invalid_setting", format!("LAMPLIGHT_LOG={filter:?} is no log filter: {reason}"))
            .with_hint("for example LAMPLIGHT_LOG=debug")
    };
    let mut parsed: tracing_subscriber::EnvFilter =
        filter.parse().map_err(|error: tracing_subscriber::filter::ParseError| wrong(error.to_string()))?;
    for quiet in [
        "aws_config=warn",
        "aws_runtime=warn",
        "aws_credential_types=warn",
        "aws_sdk_lambda=warn",
        "aws_sdk_secretsmanager=warn",
        "aws_sdk_sso=warn",
        "aws_sdk_ssooidc=warn",
        "aws_sdk_sts=warn",
        "aws_sigv4=warn",
        "aws_smithy_runtime=warn",
        "aws_smithy_runtime_api=warn",
        "aws_smithy_http=warn",
        "aws_smithy_http_client=warn",
        "aws_types=warn",
        "hyper=warn",
        "hyper_util=warn",
        "h2=warn",
        "keyring=warn",
        "rustls=warn",
        "zbus=warn",
    ] {
        let directive = quiet.parse().map_err(|_| wrong("an own directive".to_owned()))?;
        parsed = parsed.add_directive(directive);
    }
    tracing_subscriber::fmt().with_env_filter(parsed).with_writer(std::io::stderr).init();
    Ok(())
}
