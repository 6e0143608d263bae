//! A run for people.

use crate::{
    hints::word_hint,
    output::{Output, say, say_styled},
    render::table::{details, one_line},
};
use lamplight_config::AMBIENT;
use lamplight_domain::{ExecutionReport, MASK, Run, RunState};

/// The text for stderr after a run; the response goes to stdout.
pub fn run_summary(output: Output, run: &Run) {
    let preposition = if run.state() == RunState::Unknown { "after" } else { "in" };
    let took = elapsed_ms(run).map(|ms| format!(" {preposition} {}", milliseconds(ms))).unwrap_or_default();
    // The time is shown only for what has happened.
    let (happened, rest) = words(run.state()).split_once(';').unwrap_or((words(run.state()), ""));
    let rest = if rest.is_empty() { String::new() } else { format!(";{rest}") };
    output.heading(run.function_name().as_str(), &format!(" {happened}{took}{rest}"));
    let mut rows = outputs(run);
    rows.push(("connection", connection(run)));
    rows.extend(facts(run));
    output.note(&details(&rows));
    for warning in run.outcome().iter().flat_map(|outcome| &outcome.warnings) {
        output.warn(&one_line(&warning.to_string()));
    }
    if let Some(log) = run.outcome().and_then(|outcome| outcome.log_tail.as_ref()) {
        output.heading("log tail", &format!("\n{}", log.trim_end()));
    }
    if let Some(error) = run.outcome().and_then(|outcome| outcome.error.as_ref()) {
        let error_type = error.error_type.as_ref().map(|t| format!("{}: ", one_line(t))).unwrap_or_default();
        let red = anstyle::AnsiColor::Red.on_default().bold();
        say_styled(red, "error", &format!(": {error_type}{}", error.message));
        for frame in &error.stack {
            say(&format!("  {frame}"));
        }
        for (number, cause) in error.causes.iter().enumerate() {
            say(&format!("  {}: {}", number + 1, one_line(cause)));
        }
        if let Some(hint) = &error.hint {
            let cyan = anstyle::AnsiColor::Cyan.on_default().bold();
            say_styled(cyan, "hint", &format!(": {}", word_hint(hint)));
        }
    }
}

/// The whole record of a run, for stdout.
pub fn run_details(run: &Run, response: Option<&[u8]>) -> String {
    let mut rows =
        vec![("function", run.function_name().to_string()), ("state", words(run.state()).to_owned())];
    if let Some(job) = &run.intent.job {
        rows.push(("job", job.to_string()));
    }
    rows.push(("connection", connection(run)));
    let effective = &run.intent.effective;
    rows.push(("type", format!("{} ({})", effective.invocation_type.value, effective.invocation_type.level)));
    if let Some(qualifier) = &effective.qualifier.value {
        rows.push(("qualifier", format!("{qualifier} ({})", effective.qualifier.level)));
    }
    for argument in &run.intent.arguments {
        let cut = argument.cut_from_bytes.map(|bytes| format!(" … ({bytes} bytes)")).unwrap_or_default();
        rows.push(("argument", format!("{} = {}{cut}", argument.name, one_line(&argument.value))));
    }
    rows.extend(outputs(run));
    rows.push(("started", run.intent.started_at.to_string()));
    if let Some(ended) = run.ended_at() {
        rows.push(("ended", ended.to_string()));
    }
    rows.extend(facts(run));
    for warning in run.outcome().iter().flat_map(|outcome| &outcome.warnings) {
        rows.push(("warning", one_line(&warning.to_string())));
    }
    if let Some(error) = run.outcome().and_then(|outcome| outcome.error.as_ref()) {
        let error_type = error.error_type.as_ref().map(|t| format!("{}: ", one_line(t))).unwrap_or_default();
        rows.push(("error", format!("{error_type}{}", error.message)));
        if !error.stack.is_empty() {
            rows.push(("stack", error.stack.join("\n")));
        }
        rows.extend(error.causes.iter().map(|cause| ("caused by", one_line(cause))));
        rows.extend(error.hint.as_ref().map(|hint| ("hint", word_hint(hint))));
    }
    if let Some(log) = run.outcome().and_then(|outcome| outcome.log_tail.as_ref()) {
        rows.push(("log tail", log.trim_end().to_owned()));
    }
    if let Some(response) = response {
        let shown = match std::str::from_utf8(response) {
            Ok(text) => {
                let end = text.floor_char_boundary(SHOWN_RESPONSE);
                let cut = if end < text.len() {
                    format!(" … ({} bytes; --output json shows all)", text.len())
                } else {
                    String::new()
                };
                format!("{}{cut}", &text[..end])
            }
            Err(_) => format!("binary ({} bytes; --output json shows all)", response.len()),
        };
        rows.push(("response", shown));
    }
    details(&rows)
}

/// The connection of a run. The built-in name for no connection is explained.
fn connection(run: &Run) -> String {
    match run.intent.connection.as_str() {
        AMBIENT => format!("{AMBIENT} (environment variables and AWS profiles)"),
        name => name.to_owned(),
    }
}

/// How much of a response `runs show` prints, in bytes.
const SHOWN_RESPONSE: usize = 4000;

fn outputs(run: &Run) -> Vec<(&'static str, String)> {
    let value = |output: &lamplight_domain::Output| {
        if output.secret { MASK.to_owned() } else { one_line(output.value.as_str()) }
    };
    run.outcome()
        .iter()
        .flat_map(|outcome| &outcome.outputs)
        .map(|output| ("output", format!("{} = {}", output.name, value(output))))
        .collect()
}

fn facts(run: &Run) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    rows.push(("run id", run.id().to_string()));
    rows.push(("key", run.key().to_string()));
    if let Some(evidence) = run.evidence() {
        rows.push(("status", format!("{}: {evidence}", run.status())));
    }
    if run.attempts.len() != 1 {
        rows.push(("attempts", run.attempts.len().to_string()));
    }
    if let Some(outcome) = run.outcome() {
        rows.extend(outcome.executed_version.clone().map(|version| ("version", version)));
        rows.extend(outcome.report.iter().flat_map(figures));
        rows.extend(outcome.cost_usd.map(|cost| ("cost", format!("${cost:.10} by list price"))));
    }
    rows.extend(run.intent.monitor_url.clone().map(|url| ("monitor", url)));
    rows
}

/// The figures that the provider reported.
fn figures(report: &ExecutionReport) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let billed = report.billed_ms.map(|billed| format!("billed {}", milliseconds(as_f64(billed))));
    let duration: Vec<String> = report.duration_ms.map(milliseconds).into_iter().chain(billed).collect();
    if !duration.is_empty() {
        rows.push(("duration", duration.join(", ")));
    }
    match (report.max_memory_mb, report.memory_mb) {
        (Some(used), Some(memory)) => rows.push(("memory", format!("{used} of {memory} MB"))),
        (None, Some(memory)) => rows.push(("memory", format!("{memory} MB"))),
        (Some(used), None) => rows.push(("memory", format!("{used} MB used"))),
        (None, None) => {}
    }
    match report.init_ms {
        Some(init) => rows.push(("cold start", milliseconds(init))),
        None if report.was_warm() => rows.push(("cold start", "no".to_owned())),
        None => {}
    }
    rows
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of one run are far below 2^52")]
fn as_f64(milliseconds: u64) -> f64 {
    milliseconds as f64
}

fn elapsed_ms(run: &Run) -> Option<f64> {
    run.ended_at().map(|ended| ended.duration_since(run.intent.started_at).as_secs_f64() * 1000.0)
}

fn milliseconds(ms: f64) -> String {
    if ms < 10_000.0 { format!("{ms:.0} ms") } else { format!("{:.1} s", ms / 1000.0) }
}

/// How a run ended, as the end of a sentence.
pub fn words(state: RunState) -> &'static str {
    match state {
        RunState::Queued => "is queued",
        RunState::Running => "is running",
        RunState::Succeeded => "succeeded",
        RunState::FunctionFailed => "failed",
        RunState::Accepted => "was accepted; the function runs later",
        RunState::Validated => "was validated",
        RunState::Rejected => "was rejected; the function did not start",
        RunState::Unknown => "has an unknown outcome",
    }
}
