//! What happened to a run, step by step, with the time of each.

use crate::pages::parts::{Markup, icon, look, took_ms};
use askama::filters::Safe;
use lamplight_domain::{Attempt, EvidenceKind, Run, RunState, Timestamp};
use lamplight_views::size;

/// A step.
pub struct Step {
    /// The time since the run began.
    pub at: String,
    /// The shape of what happened.
    pub icon: Markup,
    /// What happened.
    pub text: String,
    /// When and how long; empty if it took no time.
    pub bar: Markup,
    /// Whether nothing is proven after it.
    pub is_open: bool,
}

/// The steps of a run.
pub fn steps(run: &Run, now: Timestamp) -> Vec<Step> {
    let begin = run.intent.started_at;
    let end = run.ended_at().unwrap_or(now);
    let line = Line { begin, end };
    let mut steps = vec![line.step(begin, "ok", "Intent recorded".to_owned())];
    if let Some(start) = run.running_since().filter(|start| *start != begin) {
        let waited = line.bar(begin, start, "fill-2");
        steps.push(Step { bar: waited, ..line.step(start, "dot", "Taken from the queue".to_owned()) });
    }
    let mut before: Option<Timestamp> = None;
    for (index, attempt) in run.attempts.iter().enumerate() {
        if let (Some(ended), Some(sent)) = (before, attempt.sent_at)
            && sent > ended
        {
            let waited = format!("Waited {}", took_ms(ended, sent));
            steps.push(Step { bar: line.bar(ended, sent, "fill-2"), ..line.step(ended, "off", waited) });
        }
        line.attempt(&mut steps, run, index, attempt);
        before = attempt.ended_at;
    }
    match run.outcome() {
        Some(outcome) => {
            let text = format!("Outcome recorded: {}", look(outcome.state).word);
            steps.push(line.step(outcome.ended_at, "ok", text));
            if outcome.state == RunState::Accepted {
                let pending = "The function runs; how it ends is not known here".to_owned();
                steps.push(Step { at: "later".to_owned(), ..line.step(outcome.ended_at, "pend", pending) });
            }
        }
        None if run.running_since().is_none() => {
            steps
                .push(Step {
                    at: "–".to_owned(), ..line.step(end, "pend", "Waits for a runner".to_owned())
                });
        }
        None => steps.push(Step { at: "–".to_owned(), ..line.step(end, "pend", "Answer".to_owned()) }),
    }
    steps
}

/// The time from the beginning to the end of a run.
struct Line {
    begin: Timestamp,
    end: Timestamp,
}

impl Line {
    fn step(&self, at: Timestamp, class: &'static str, text: String) -> Step {
        Step {
            at: took_ms(self.begin, at),
            icon: icon(class),
            text,
            bar: Safe(String::new()),
            is_open: false,
        }
    }

    /// A bar from one time to another, for the eye; the step says the same in words.
    fn bar(&self, from: Timestamp, to: Timestamp, class: &str) -> Markup {
        let ms = |at: Timestamp| at.duration_since(self.begin).as_secs_f64() * 1000.0;
        let whole = ms(self.end).max(1.0);
        let start = (ms(from) / whole * 100.0).clamp(0.0, 100.0);
        let width = ((ms(to) - ms(from)) / whole * 100.0).min(100.0 - start).max(0.6);
        Safe(format!(
            "<svg class=\"span\" viewBox=\"0 0 100 14\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect \
             class=\"track\" y=\"6\" width=\"100\" height=\"2\"/><rect class=\"{class}\" x=\"{start:.2}\" y=\"3\" \
             width=\"{width:.2}\" height=\"8\"/></svg>"
        ))
    }

    fn attempt(&self, steps: &mut Vec<Step>, run: &Run, index: usize, attempt: &Attempt) {
        let number = index + 1;
        let sent = attempt.sent_at.unwrap_or(self.begin);
        let bytes = size(run.intent.payload_bytes);
        let Some(ended) = attempt.ended_at else {
            let text = match run.outcome() {
                None => format!("Attempt {number} sent, {bytes}; waiting for the answer"),
                Some(_) => format!("Attempt {number} sent, {bytes}; nobody recorded how it ended"),
            };
            let class = if run.outcome().is_none() { "run" } else { "unk" };
            let bar = self.bar(sent, self.end, if class == "run" { "c-run" } else { "c-unk" });
            steps.push(Step { bar, is_open: class == "unk", ..self.step(sent, class, text) });
            return;
        };
        steps.push(self.step(sent, "dot", format!("Attempt {number} sent, {bytes}")));
        let (class, bar, text) = answer(attempt);
        let bar = self.bar(sent, ended, bar);
        steps.push(Step { bar, is_open: class == "unk", ..self.step(ended, class, text) });
    }
}

/// How an attempt ended: icon, bar and words.
fn answer(attempt: &Attempt) -> (&'static str, &'static str, String) {
    let Some(evidence) = &attempt.evidence else {
        return ("unk", "c-unk", "It is not recorded how it ended".to_owned());
    };
    let code = attempt.error.as_ref().map(|code| format!("{code}: ")).unwrap_or_default();
    let (class, bar) = match evidence.kind {
        EvidenceKind::Answered | EvidenceKind::UnmarkedAnswer => ("ok", "c-ok"),
        EvidenceKind::FunctionError => ("bad", "c-bad"),
        EvidenceKind::Accepted => ("acc", "c-run"),
        EvidenceKind::Validated => ("val", "c-ok"),
        EvidenceKind::Refused | EvidenceKind::NotSent => ("rej", "c-bad"),
        EvidenceKind::UnprovenAnswer
        | EvidenceKind::UnidentifiedAnswer
        | EvidenceKind::NoAnswer
        | EvidenceKind::Interrupted
        | EvidenceKind::RunnerGone => ("unk", "c-unk"),
        EvidenceKind::Durable | EvidenceKind::Destination | EvidenceKind::JsonLog | EvidenceKind::TextLog => {
            ("dot", "c-run")
        }
    };
    (class, bar, format!("{code}{evidence}"))
}
