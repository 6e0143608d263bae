//! What is below the verdict: what to do, the error, the call, inputs and outputs, figures, settings and identity.

use super::{
    again::{Again, Inputs},
    steps::{Step, steps},
    verdict::started_by,
};
use crate::{
    pages::{
        frame::Frame,
        parts::{
            Cut, MOST_SHOWN, Markup, ago, badge, cut_text, exact, exact_text, money, number, pretty_json,
        },
    },
    problem::word_hint,
};
use askama::{Template, filters::Safe};
use lamplight_domain::{
    Effective, ExecutionReport, InvocationType, Job, Level, MASK, Output, Run, RunState, Timestamp, Warning,
};
use lamplight_ports::Note;
use lamplight_views::size;
use std::{fmt::Display, time::Duration};

/// The parts of the page below the verdict. They are loaded again when the run ends while the page is open.
#[derive(Template)]
#[template(path = "run/cards.html")]
pub struct Cards {
    key: String,
    job: Option<String>,
    class: &'static str,
    todo: Option<Todo>,
    again: Option<Again>,
    not_again: Vec<String>,
    may_run: bool,
    subject: String,
    when: String,
    request_id: Option<String>,
    notes: Vec<NoteRow>,
    warnings: Vec<String>,
    more_warnings: u64,
    is_ended: bool,
    is_unknown: bool,
    error: Option<ErrorCard>,
    steps: Vec<Step>,
    log: Option<Cut>,
    inputs: Vec<InputRow>,
    more_inputs: u64,
    event_size: String,
    outputs: Vec<OutputRow>,
    more_outputs: u64,
    response: Option<ResponseCard>,
    no_response: &'static str,
    figures: Option<Figures>,
    settings: Vec<SettingRow>,
    identity: Vec<(&'static str, String)>,
    connection: String,
    started: Markup,
    ended: Option<Markup>,
    others: Vec<String>,
    connection_link: String,
}

/// What to do, by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Todo {
    Failed,
    Rejected,
    Unknown,
    Accepted,
}

struct NoteRow {
    by: String,
    at: Markup,
    text: String,
}

struct ErrorCard {
    code: String,
    is_of_function: bool,
    error_type: Option<String>,
    message: String,
    stack: Option<Cut>,
    causes: Vec<String>,
    hint: Option<String>,
}

struct InputRow {
    name: String,
    data_type: String,
    value: String,
    note: String,
    is_secret: bool,
}

struct OutputRow {
    name: String,
    data_type: String,
    value: String,
    is_cut: bool,
    fits: Markup,
}

struct ResponseCard {
    size: String,
    pretty: Option<Cut>,
    raw: Option<Cut>,
}

struct Figures {
    duration: Option<String>,
    duration_bar: Markup,
    memory: Option<String>,
    memory_bar: Markup,
    start: Option<String>,
    note: Option<String>,
    cost: Option<String>,
    limit: Option<String>,
}

struct SettingRow {
    name: &'static str,
    value: String,
    level: &'static str,
    is_set: bool,
}

/// What the cards are made from.
pub struct Record<'a> {
    /// The run.
    pub run: &'a Run,
    /// Its response.
    pub response: Option<&'a [u8]>,
    /// Its job today, if it still exists.
    pub job: Option<&'a Job>,
    /// The notes on it.
    pub notes: &'a [Note],
    /// Other runs with the same request ID.
    pub others: Vec<String>,
    /// Its recorded inputs.
    pub inputs: &'a Inputs,
}

impl Cards {
    /// The cards of a run. `again` is how it can be run again.
    pub fn new(record: Record<'_>, frame: &Frame, again: Option<Again>) -> Self {
        let Record { run, response, job, notes, others, inputs } = record;
        let (intent, outcome, now) = (&run.intent, run.outcome(), frame.now);
        let todo = match run.state() {
            RunState::FunctionFailed => Some(Todo::Failed),
            RunState::Rejected => Some(Todo::Rejected),
            RunState::Unknown => Some(Todo::Unknown),
            RunState::Accepted => Some(Todo::Accepted),
            RunState::Queued | RunState::Running | RunState::Succeeded | RunState::Validated => None,
        };
        let error = outcome.and_then(|outcome| outcome.error.as_ref());
        let until = run.ended_at().unwrap_or(now);
        let mut identity = vec![("Run ID", run.id().to_string()), ("Key", run.key().to_string())];
        identity.extend(run.request_id().map(|id| ("Request ID", id.to_owned())));
        identity.push(("Function", function_reference(run)));
        identity.extend(
            outcome
                .and_then(|outcome| outcome.durable.as_ref())
                .map(|durable| ("Durable execution", durable.reference.clone())),
        );
        identity.extend(intent.provenance.trace_id.clone().map(|id| ("Trace ID", id)));
        identity.extend(intent.provenance.started_by.as_ref().map(|by| ("Started by", started_by(by))));
        let (inputs_shown, more_inputs) = first_rows(input_rows(run, job), |row| row.value.len());
        let (outputs, more_outputs) = first_rows(output_rows(run, job), |row| row.value.len());
        let warnings =
            outcome.iter().flat_map(|outcome| &outcome.warnings).map(ToString::to_string).collect();
        let (warnings, more_warnings) = first_rows(warnings, String::len);
        Self {
            key: run.key().to_string(),
            job: intent.job.as_ref().map(ToString::to_string),
            class: crate::pages::parts::look(run.state()).class,
            todo,
            not_again: if again.is_none() && outcome.is_some() { inputs.notes.clone() } else { Vec::new() },
            again,
            may_run: frame.may_run(),
            subject: super::verdict::subject(run),
            when: format!("between {} and {}", exact_text(intent.started_at), exact_text(until)),
            request_id: run.request_id().map(str::to_owned),
            notes: notes.iter().map(|note| NoteRow::new(note, now)).collect(),
            warnings,
            more_warnings,
            is_ended: outcome.is_some(),
            is_unknown: run.state() == RunState::Unknown,
            error: error.map(|error| ErrorCard {
                code: error.code.to_string(),
                is_of_function: run.state() == RunState::FunctionFailed,
                error_type: error.error_type.clone(),
                message: error.message.clone(),
                stack: (!error.stack.is_empty()).then(|| cut_text(&error.stack.join("\n"))),
                causes: error.causes.clone(),
                hint: error.hint.as_ref().map(word_hint),
            }),
            steps: steps(run, now),
            log: outcome.and_then(|outcome| outcome.log_tail.as_deref()).map(|log| cut_text(log.trim_end())),
            inputs: inputs_shown,
            more_inputs,
            event_size: size(intent.payload_bytes),
            outputs,
            more_outputs,
            response: response.map(ResponseCard::new),
            no_response: no_response(run.state()),
            figures: outcome
                .and_then(|outcome| outcome.report.as_ref())
                .map(|report| Figures::new(report, run)),
            settings: setting_rows(run),
            identity,
            connection: intent.connection.to_string(),
            connection_link: format!("/connections/{}", intent.connection),
            started: exact(intent.started_at, now),
            ended: run.ended_at().map(|at| exact(at, now)),
            others,
        }
    }

    fn has_todo(&self) -> bool {
        self.todo.is_some()
    }

    fn is_todo(&self, todo: &str) -> bool {
        let own = match self.todo {
            Some(Todo::Failed) => "failed",
            Some(Todo::Rejected) => "rejected",
            Some(Todo::Unknown) => "unknown",
            Some(Todo::Accepted) => "accepted",
            None => "",
        };
        own == todo
    }
}

impl NoteRow {
    fn new(note: &Note, now: Timestamp) -> Self {
        Self { by: note.by.clone(), at: ago(note.at, now), text: note.text.clone() }
    }
}

fn function_reference(run: &Run) -> String {
    let reference = &run.intent.function.reference;
    match &run.intent.effective.qualifier.value {
        Some(qualifier) => format!("{reference}:{qualifier}"),
        None => reference.clone(),
    }
}

fn no_response(state: RunState) -> &'static str {
    match state {
        RunState::Accepted => "Not available: an accepted event returns no response.",
        RunState::Validated => "Not available: the function was not run.",
        RunState::Rejected => "Not available: the function did not start.",
        RunState::Unknown => "Not available: no answer was received that counts.",
        RunState::Queued | RunState::Running => "Comes with the answer.",
        RunState::Succeeded | RunState::FunctionFailed => "No response is recorded.",
    }
}

/// The first rows that fit into what a page shows, and how many are left out.
fn first_rows<T>(mut rows: Vec<T>, length: impl Fn(&T) -> usize) -> (Vec<T>, u64) {
    /// What a row needs besides its text.
    const ROW: usize = 256;
    let mut room = MOST_SHOWN;
    let fits = rows.iter().take_while(|row| {
        let needed = length(row) + ROW;
        let fits = needed <= room;
        room = room.saturating_sub(needed);
        fits
    });
    let many = fits.count();
    let more = rows.len() - many;
    rows.truncate(many);
    (rows, more as u64)
}

fn input_rows(run: &Run, job: Option<&Job>) -> Vec<InputRow> {
    let row = |recorded: &lamplight_domain::RecordedArgument| {
        let declared = job.and_then(|job| job.parameters.get(&recorded.name));
        let note = match recorded.cut_from_bytes {
            Some(bytes) => format!("the first {} of {}", size(recorded.value.len() as u64), size(bytes)),
            None => String::new(),
        };
        InputRow {
            name: recorded.name.to_string(),
            data_type: declared.map_or_else(String::new, |parameter| parameter.data_type.to_string()),
            is_secret: recorded.value == MASK,
            value: recorded.value.clone(),
            note,
        }
    };
    run.intent.arguments.iter().map(row).collect()
}

fn output_rows(run: &Run, job: Option<&Job>) -> Vec<OutputRow> {
    let Some(outcome) = run.outcome() else { return Vec::new() };
    let row = |output: &Output| {
        let mismatch = outcome.warnings.iter().find_map(|warning| match warning {
            Warning::TypeMismatch { parameter, found, .. } if *parameter == output.name => Some(found),
            _ => None,
        });
        let text = if output.secret { MASK } else { output.value.as_str() };
        let end = text.floor_char_boundary(LONGEST_OUTPUT);
        OutputRow {
            name: output.name.to_string(),
            data_type: output.data_type.to_string(),
            value: text.get(..end).unwrap_or_default().to_owned(),
            is_cut: end < text.len(),
            fits: match mismatch {
                Some(found) => badge("warn", &format!("found {found}")),
                None => badge("ok", "as declared"),
            },
        }
    };
    let mut rows: Vec<OutputRow> = outcome.outputs.iter().map(row).collect();
    let is_taken = |name: &str| outcome.outputs.iter().any(|output| output.name.as_str() == name);
    let missing = job
        .iter()
        .flat_map(|job| job.parameters.iter())
        .filter(|parameter| parameter.direction.is_output() && !is_taken(parameter.name.as_str()));
    rows.extend(missing.map(|parameter| OutputRow {
        name: parameter.name.to_string(),
        data_type: parameter.data_type.to_string(),
        value: "–".to_owned(),
        is_cut: false,
        fits: badge("off", "not taken"),
    }));
    rows
}

/// How much of an output the table shows, in bytes.
const LONGEST_OUTPUT: usize = 4096;

impl ResponseCard {
    fn new(bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).ok();
        let is_json = serde_json::from_slice::<&serde_json::value::RawValue>(bytes).is_ok();
        Self {
            size: size(bytes.len() as u64),
            pretty: text.filter(|_| is_json).map(pretty_json),
            raw: text.map(cut_text),
        }
    }

    fn is_cut(&self) -> bool {
        self.raw.as_ref().is_some_and(|raw| raw.is_cut)
            || self.pretty.as_ref().is_some_and(|pretty| pretty.is_cut)
    }
}

impl Figures {
    fn new(report: &ExecutionReport, run: &Run) -> Self {
        let ms =
            |ms: f64| crate::pages::parts::took(Duration::try_from_secs_f64(ms / 1000.0).unwrap_or_default());
        let duration = match (report.duration_ms, report.billed_ms) {
            (Some(duration), Some(billed)) => {
                Some(format!("{} of {} ms", number(rounded(duration)), number(billed)))
            }
            (Some(duration), None) => Some(ms(duration)),
            (None, Some(billed)) => Some(format!("{} ms billed", number(billed))),
            (None, None) => None,
        };
        let share = |part: Option<f64>, whole: Option<u64>| {
            part.zip(whole).map(|(part, whole)| part / as_f64(whole.max(1)))
        };
        let memory = match (report.max_memory_mb, report.memory_mb) {
            (Some(used), Some(memory)) => Some(format!("{used} of {memory} MiB")),
            (Some(used), None) => Some(format!("{used} MiB used")),
            (None, Some(memory)) => Some(format!("{memory} MiB given")),
            (None, None) => None,
        };
        let memory_share = share(report.max_memory_mb.map(as_f64), report.memory_mb);
        let limit = run.intent.function.timeout_seconds.map(|seconds| match report.duration_ms {
            Some(duration) => {
                format!("{seconds} s, {:.0} % used", duration / as_f64(u64::from(seconds).max(1)) / 10.0)
            }
            None => format!("{seconds} s"),
        });
        Self {
            duration,
            duration_bar: bar(share(report.duration_ms, report.billed_ms)),
            memory,
            memory_bar: bar(memory_share),
            start: match report.init_ms {
                Some(init) => Some(ms(init)),
                None if report.was_warm() => Some("no (warm)".to_owned()),
                None => None,
            },
            note: memory_share.filter(|share| *share > 0.9).map(|share| {
                format!("{:.0} % of the memory was used; consider a higher limit.", share * 100.0)
            }),
            cost: run
                .outcome()
                .and_then(|outcome| outcome.cost_usd)
                .map(|cost| format!("{} by list price", money(cost))),
            limit,
        }
    }
}

/// Milliseconds without their fraction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "durations of one run, not below zero"
)]
fn rounded(ms: f64) -> u64 {
    ms.max(0.0).round() as u64
}

/// A bar beside a number.
fn bar(share: Option<f64>) -> Markup {
    let width = (share.unwrap_or_default() * 100.0).clamp(0.0, 100.0);
    Safe(format!(
        "<svg viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"track\" \
         width=\"100\" height=\"8\"/><rect class=\"fill\" width=\"{width:.2}\" height=\"8\"/></svg>"
    ))
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds and megabytes of one run are far below 2^52")]
fn as_f64(number: u64) -> f64 {
    number as f64
}

fn setting_rows(run: &Run) -> Vec<SettingRow> {
    fn row<T>(name: &'static str, setting: &Effective<T>, value: impl Display) -> SettingRow {
        SettingRow {
            name,
            value: value.to_string(),
            level: level_word(setting.level),
            is_set: setting.level != Level::Default,
        }
    }
    let effective = &run.intent.effective;
    let or_dash = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
    let log_tail = match effective.invocation_type.value {
        InvocationType::RequestResponse if effective.log_tail.value => "yes",
        InvocationType::RequestResponse => "no",
        InvocationType::Event | InvocationType::DryRun => "–",
    };
    vec![
        row("Invocation type", &effective.invocation_type, effective.invocation_type.value),
        row(
            "Qualifier",
            &effective.qualifier,
            or_dash(effective.qualifier.value.as_ref().map(ToString::to_string)),
        ),
        row("Attempts", &effective.max_attempts, effective.max_attempts.value),
        row("Log tail", &effective.log_tail, log_tail),
        row("Client context", &effective.client_context, or_dash(effective.client_context.value.clone())),
    ]
}

/// A level in words.
pub fn level_word(level: Level) -> &'static str {
    match level {
        Level::Run => "run",
        Level::Job => "job",
        Level::Connection => "connection",
        Level::Default => "default",
    }
}
