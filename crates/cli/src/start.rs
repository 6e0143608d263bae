//! Runs the process from its arguments to its exit code.

use crate::{
    Cli, ExitCode,
    args::CallKeys,
    aws_spelling, commands, completion,
    failure::Failure,
    nearest::with_nearest,
    output::{HarmlessStderr, Output, say},
    suggest::suggest_verbs,
    wiring::Wiring,
};
use clap::{
    CommandFactory, FromArgMatches,
    error::{ContextKind, ContextValue, ErrorKind},
};
use lamplight_domain::{ErrorCode, Timestamp, looks_secret};
use lamplight_ports::Clock;
use lamplight_system_adapter::{Environment, SystemClock};
use lamplight_views::harmless;
use lamplight_wiring::Adapters;
use std::{borrow::Cow, ffi::OsString};

/// Parses the command line, whose first word is the name of the program, runs the verb with these adapters and reports
/// its failure.
pub fn run(arguments: impl IntoIterator<Item = OsString>, adapters: Adapters) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let environment = Environment::from_process();
    if let Some(code) = completion::complete(&environment, &arguments, &adapters) {
        return code;
    }
    let (cli, subject) = match parse(&environment, &arguments) {
        Ok(parsed) => parsed,
        Err(error) => return help_or_usage(&error),
    };
    let output = Output::new(cli.global.quiet);
    let format = cli.global.output;
    match run_verb(cli, subject.as_deref(), environment, output, adapters) {
        Ok(code) => code,
        Err(failure) => {
            failure.report(format);
            failure.exit_code
        }
    }
}

/// Parses the command line. An empty environment variable counts as not set. The second value is the first one without an
/// option: what the command is about, usually a function.
fn parse(environment: &Environment, arguments: &[OsString]) -> Result<(Cli, Option<String>), clap::Error> {
    let is_empty = |name: &std::ffi::OsStr| {
        name.to_str().and_then(|name| environment.get_os(name)).is_some_and(std::ffi::OsStr::is_empty)
    };
    let mut grammar = Cli::command().mut_args(|arg| match arg.get_env() {
        Some(name) if is_empty(name) => arg.env(None::<&'static str>),
        _ => arg,
    });
    let parsed = grammar.try_get_matches_from_mut(arguments);
    let parsed = parsed.and_then(|matches| {
        let subject = aws_spelling::first_value(&grammar, &matches);
        Ok((Cli::from_arg_matches(&matches)?, subject))
    });
    parsed.map_err(|error| {
        let mut error = error.format(&mut grammar);
        let word = match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::String(word)) if error.kind() == ErrorKind::UnknownArgument => {
                Some(word.clone())
            }
            _ => None,
        };
        without_secrets(&mut error, arguments);
        suggest_verbs(&mut error, &grammar, arguments);
        if let Some(advice) = word.and_then(|word| aws_spelling::advice(&grammar, arguments, &word)) {
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![advice.into()]));
            // The most similar option may be another one.
            error.remove(ContextKind::SuggestedArg);
        }
        error
    })
}

/// The longest unexpected word that an error message repeats, in characters: a longer one may be a key, and a typing
/// error is shorter.
const LONGEST_SHOWN: usize = 20;

/// The most digits of a number that an error message repeats: more may be a code or a part of a key.
const LONGEST_NUMBER: usize = 9;

/// Removes from a message what may be a secret in the wrong place. All verbs rely on it.
fn without_secrets(error: &mut clap::Error, arguments: &[OsString]) {
    let text_at = |error: &clap::Error, kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    // That a value is empty or missing is the reason itself, not a secret.
    let value = text_at(error, ContextKind::InvalidValue).filter(|value| may_be_secret(value));
    if value.is_some() && error.get(ContextKind::SuggestedValue).is_none() {
        error.insert(ContextKind::InvalidValue, ContextValue::String("…".to_owned()));
    }
    for kind in [ContextKind::InvalidArg, ContextKind::InvalidSubcommand] {
        // This may also be an argument of the grammar, such as `--tags <KEY=VALUE>`, which is not a secret.
        let Some(word) = text_at(error, kind).filter(|word| !word.ends_with('>')) else { continue };
        let shown = match word.split_once('=') {
            Some((name, _)) => format!("{}=…", shorten(name)),
            None if may_be_a_value(&word, arguments) => "…".to_owned(),
            None => shorten(&word).to_owned(),
        };
        if shown != word {
            error.insert(kind, ContextValue::String(shown));
            // A tip would repeat the word.
            error.remove(ContextKind::Suggested);
        }
    }
}

/// Whether a value that an option refused may be a secret in the wrong place. The options that refuse values take words and
/// numbers: a short word of letters, and a number with or without a unit, are most likely typing errors.
fn may_be_secret(value: &str) -> bool {
    let is_word = value.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '_'));
    let unit = value.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | ','));
    let is_number = unit.len() < value.len() && value.len() - unit.len() <= LONGEST_NUMBER;
    let has_unit = unit.len() <= 3 && unit.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '%' | ' '));
    let is_typo = value.chars().count() <= LONGEST_SHOWN && (is_word || (is_number && has_unit));
    !is_typo || looks_secret("", value)
}

/// Whether an unexpected word may be the value of an earlier option that takes secrets.
fn may_be_a_value(word: &str, arguments: &[OsString]) -> bool {
    let secret = |argument: &OsString| {
        argument.to_str().is_some_and(|text| {
            text.starts_with("--environment") || text.starts_with("--param") || text.starts_with("-p")
        })
    };
    !word.starts_with('-') && arguments.iter().any(secret)
}

fn shorten(word: &str) -> &str {
    if word.starts_with("--") || word.chars().count() <= LONGEST_SHOWN { word } else { "…" }
}

fn help_or_usage(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    match harmless(&text) {
        // If the stream is closed, the failure cannot be reported.
        Cow::Borrowed(_) => drop(error.print()),
        Cow::Owned(shown) => say(shown.trim_end()),
    }
    if error.use_stderr() { ExitCode::Usage } else { ExitCode::Success }
}

fn run_verb(
    cli: Cli,
    subject: Option<&str>,
    environment: Environment,
    output: Output,
    adapters: Adapters,
) -> Result<ExitCode, Failure> {
    start_logging(&environment)?;
    check_clock(SystemClock.now())?;
    #[cfg(unix)]
    check_open_files()?;
    // One thread is enough for one call, and starts faster than several.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::io("could not start the async runtime", &error))?;
    let keys = cli.command.call_keys().map(CallKeys::references).transpose()?.flatten();
    let wiring = Wiring::new(cli.global, environment, output, adapters, keys, subject.map(str::to_owned));
    let result = runtime.block_on(async {
        match commands::run(cli.command, &wiring).await {
            Err(failure) => Err(with_nearest(failure, subject, &wiring).await),
            done => done,
        }
    });
    // Background work must not delay the exit; what matters is recorded by now.
    runtime.shutdown_background();
    result
}

/// Many libraries fail, or even end the process, at a time that cannot be true.
fn check_clock(now: Timestamp) -> Result<(), Failure> {
    if now >= Timestamp::UNIX_EPOCH {
        return Ok(());
    }
    let message = format!("this machine's clock says {now:.0}, which is before 1970");
    Err(Failure::usage(ErrorCode::InvalidSetting, message).with_hint("set the clock"))
}

/// How many files a process opens at the same time to make a run: the runtime, the store, locks and connections.
#[cfg(unix)]
const OPEN_FILES: usize = 16;

/// The runtime ends the process if it cannot open what it needs, so this is checked before.
#[cfg(unix)]
fn check_open_files() -> Result<(), Failure> {
    let open = || std::fs::File::open("/dev/null");
    match (0..OPEN_FILES).map(|_| open()).collect::<Result<Vec<_>, _>>() {
        Ok(_) => Ok(()),
        Err(error) => {
            let what = format!("cannot open {OPEN_FILES} files at the same time");
            Err(Failure { exit_code: ExitCode::Unexpected, ..Failure::io(what, &error) }
                .with_hint("raise the limit, for example with `ulimit -n 1024`"))
        }
    }
}

/// Whether an event may be logged, whatever the filter says: below `warn`, other crates log whole requests, including
/// the secrets in headers and bodies, and warnings of the crate that runs programs for credentials repeat what these
/// wrote. Our own errors say what failed.
fn is_harmless(metadata: &tracing::Metadata<'_>) -> bool {
    let target = metadata.target();
    target.starts_with("lamplight")
        || (*metadata.level() <= tracing::Level::WARN && !target.starts_with("aws_config"))
}

/// Logs are off unless `LAMPLIGHT_LOG` asks for them.
fn start_logging(environment: &Environment) -> Result<(), Failure> {
    use tracing_subscriber::{
        Layer,
        filter::{ParseError, Targets, filter_fn},
        layer::SubscriberExt,
        util::SubscriberInitExt,
    };

    let Some(filter) = environment.get("LAMPLIGHT_LOG").filter(|filter| !filter.is_empty()) else {
        return Ok(());
    };
    let parsed: Targets = filter.parse().map_err(|error: ParseError| {
        let message = format!("LAMPLIGHT_LOG={filter:?} is not a log filter: {error}");
        Failure::usage(ErrorCode::InvalidSetting, message)
            .with_hint("for example LAMPLIGHT_LOG=debug or LAMPLIGHT_LOG=warn,lamplight_app=debug")
    })?;
    let writer = tracing_subscriber::fmt::layer().with_writer(|| HarmlessStderr);
    tracing_subscriber::registry()
        .with(writer.with_filter(filter_fn(is_harmless)).with_filter(parsed))
        .init();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_are_repeated_and_what_may_be_a_secret_is_not() {
        for value in [
            "",
            "Sync",
            "tabel",
            "many",
            "maybe",
            "3x",
            "12MB",
            "1.5",
            "-1",
            "99999",
            "5 m",
            "10%",
            "RequestRespones",
        ] {
            assert!(!may_be_secret(value), "{value}");
        }
        for value in [
            "hunter2",
            "B=hunter2",
            "p@ss",
            "correct horse",
            "AKIAIOSFODNN7EXAMPLE",
            "1234567890123",
            "3hunter",
            "averyveryverylongpassphrase",
            "größe",
        ] {
            assert!(may_be_secret(value), "{value}");
        }
    }

    #[test]
    fn a_clock_before_1970_is_an_error() {
        assert!(check_clock(Timestamp::UNIX_EPOCH).is_ok());
        for time in ["1969-12-31T23:59:59.999999Z", "1901-12-13T20:45:52Z", "-009999-01-02T01:59:59Z"] {
            let failure = check_clock(time.parse().unwrap()).unwrap_err();
            assert_eq!((failure.exit_code, failure.code), (ExitCode::Usage, ErrorCode::InvalidSetting));
            assert!(failure.message.contains("before 1970"), "{}", failure.message);
        }
    }
}
