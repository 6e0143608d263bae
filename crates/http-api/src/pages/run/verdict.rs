//! The first thing read on the page of a run: how it ended, why we say so, and what can be done.

use super::again::Again;
use crate::pages::{
    frame::Frame,
    jobs::sentence,
    parts::{Markup, ago, icon, look, money, took_ms},
};
use askama::Template;
use lamplight_domain::{EvidenceKind, Run, RunState, StartedBy, Timestamp};

/// The verdict. It is also an event, which replaces the one on the page.
#[derive(Template)]
#[template(path = "run/verdict.html")]
pub struct Verdict {
    class: &'static str,
    icon: Markup,
    key: String,
    subject: String,
    before: &'static str,
    word: &'static str,
    after: &'static str,
    why: String,
    edit: Option<String>,
    again: Option<Again>,
    monitor: Option<String>,
    monitor_word: &'static str,
    first: First,
    is_under_way: bool,
    facts: Vec<Fact>,
    loads_cards: bool,
}

/// What to do first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    Edit,
    Again,
    Monitor,
    Wait,
}

/// A fact below the verdict.
struct Fact {
    before: &'static str,
    value: Option<Markup>,
    text: String,
}

impl Verdict {
    /// The verdict of a run. `again` is how it can be run again; `loads_cards` makes the page load what is below.
    pub fn new(run: &Run, frame: &Frame, again: Option<Again>, loads_cards: bool) -> Self {
        let state = run.state();
        let (before, word, after) = heading(state);
        let may_repeat = matches!(
            state,
            RunState::Succeeded | RunState::FunctionFailed | RunState::Rejected | RunState::Validated
        );
        let is_under_way = matches!(state, RunState::Queued | RunState::Running);
        let edit = run.intent.job.as_ref().filter(|_| frame.may_run() && !is_under_way);
        let edit = edit.map(|job| format!("/jobs/{job}?from={}", run.key()));
        let first = match state {
            _ if is_under_way => First::Wait,
            _ if !may_repeat || edit.is_none() => First::Monitor,
            RunState::Rejected if again.is_some() => First::Again,
            _ => First::Edit,
        };
        Self {
            class: look(state).class,
            icon: icon(look(state).class),
            key: run.key().to_string(),
            subject: subject(run),
            before,
            word,
            after,
            why: why(run, frame.now),
            edit,
            again: again.filter(|_| may_repeat),
            monitor: run.intent.monitor_url.clone().filter(|url| is_web_address(url)),
            monitor_word: if state == RunState::Unknown { "Open its logs" } else { "Monitor" },
            first,
            is_under_way,
            facts: facts(run, frame.now),
            loads_cards,
        }
    }
}

/// What a run is of: its job, or else its function.
pub fn subject(run: &Run) -> String {
    run.intent.job.as_ref().map_or_else(|| run.function_name().to_string(), ToString::to_string)
}

/// The heading: the words before the state, the state, and the words after it.
pub fn heading(state: RunState) -> (&'static str, &'static str, &'static str) {
    match state {
        RunState::Queued => ("is", "queued", ""),
        RunState::Running => ("is", "running", ""),
        RunState::Succeeded => ("", "succeeded", ""),
        RunState::FunctionFailed => ("", "failed", ""),
        RunState::Accepted => ("was", "accepted", ""),
        RunState::Validated => ("was", "validated", ""),
        RunState::Rejected => ("was", "rejected", ": the function did not start"),
        RunState::Unknown => ("has an", "unknown outcome", ""),
    }
}

/// The title: the heading with the shape of the state.
pub fn title(run: &Run) -> String {
    let shape = match run.state() {
        RunState::Queued | RunState::Running => "…",
        RunState::Succeeded | RunState::Validated => "✓",
        RunState::FunctionFailed | RunState::Rejected => "✗",
        RunState::Accepted => "◷",
        RunState::Unknown => "?",
    };
    format!("{shape} {}", in_words(run))
}

/// How a run is, in a sentence without a period.
pub fn in_words(run: &Run) -> String {
    let (before, word, after) = heading(run.state());
    let before = if before.is_empty() { String::new() } else { format!("{before} ") };
    format!("{} {before}{word}{after}", subject(run))
}

/// The evidence, and what follows from it.
fn why(run: &Run, now: Timestamp) -> String {
    let since = |at: Timestamp| took_ms(at, now);
    let Some(outcome) = run.outcome() else {
        return match (run.running_since(), run.attempts.last().and_then(|attempt| attempt.sent_at)) {
            (Some(_), Some(sent)) => {
                let limit = run.intent.function.timeout_seconds;
                let limit = limit
                    .map(|seconds| format!(" The function's time limit is {seconds} s."))
                    .unwrap_or_default();
                format!("The request was sent {} ago; no answer yet.{limit}", since(sent))
            }
            (Some(start), None) => format!("It was started {} ago.", since(start)),
            (None, _) => "It is recorded here and was not sent yet.".to_owned(),
        };
    };
    let follows = match outcome.state {
        RunState::FunctionFailed | RunState::Succeeded if run.attempts.len() > 1 => {
            format!(" It ran once: {} provably did not start.", earlier_attempts(run.attempts.len() - 1))
        }
        RunState::Unknown if outcome.evidence.kind == EvidenceKind::RunnerGone => {
            " The request may have been sent, and the function may have run. Nothing was repeated.".to_owned()
        }
        RunState::Unknown => " The function may have run. Nothing was repeated.".to_owned(),
        RunState::Accepted => " How it ends is not known here.".to_owned(),
        RunState::Rejected => " The function did not start, so it is safe to run it again.".to_owned(),
        RunState::Validated => " The function was not run.".to_owned(),
        RunState::FunctionFailed | RunState::Succeeded | RunState::Queued | RunState::Running => {
            String::new()
        }
    };
    sentence(&outcome.evidence) + &follows
}

fn earlier_attempts(earlier: usize) -> String {
    match earlier {
        1 => "attempt 1".to_owned(),
        2 => "attempts 1 and 2".to_owned(),
        many => format!("attempts 1 to {many}"),
    }
}

fn facts(run: &Run, now: Timestamp) -> Vec<Fact> {
    let text = |before, text: String| Fact { before, value: None, text };
    let mut facts =
        vec![Fact { before: "", value: Some(ago(run.intent.started_at, now)), text: String::new() }];
    if let Some(outcome) = run.outcome() {
        let word = if outcome.state == RunState::Unknown { "waited" } else { "took" };
        facts.push(text(word, took_ms(run.intent.started_at, outcome.ended_at)));
        let has_answer =
            matches!(outcome.state, RunState::Succeeded | RunState::FunctionFailed | RunState::Unknown);
        if let Some(version) = &outcome.executed_version {
            facts.push(text("version", version.clone()));
        } else if has_answer {
            facts.push(text("version", "not known".to_owned()));
        }
    }
    let most = run.intent.effective.max_attempts.value;
    if !run.attempts.is_empty() {
        facts.push(text("attempts", format!("{} of {most}", run.attempts.len())));
    }
    if let Some(cost) = run.outcome().and_then(|outcome| outcome.cost_usd) {
        facts.push(text("cost", format!("{} by list price", money(cost))));
    }
    if let Some(by) = &run.intent.provenance.started_by {
        facts.push(text("by", started_by(by)));
    }
    facts
}

/// Who started a run.
pub fn started_by(by: &StartedBy) -> String {
    match by {
        StartedBy::User(name) | StartedBy::Service(name) => name.clone(),
        StartedBy::Token(name) => format!("token {name}"),
    }
}

/// Only a web page may be linked to: the address comes from a record.
fn is_web_address(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}
