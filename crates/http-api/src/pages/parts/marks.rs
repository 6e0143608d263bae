//! The latest runs of a job as marks, the newest on the right: tall means failed.

use super::{Markup, look};
use askama::filters::Safe;
use lamplight_domain::RunState;
use std::fmt::Write as _;

/// How many marks there are.
const MARKS: usize = 10;

/// The marks of at most ten runs, latest first.
pub fn marks(states: &[RunState]) -> Markup {
    let states = states.get(..MARKS).unwrap_or(states);
    let label = describe(states);
    let mut svg = format!(
        "<svg class=\"marks\" viewBox=\"0 0 98 14\" role=\"img\" aria-label=\"{label}\"><title>{label}</title>"
    );
    for place in 0..MARKS {
        // The places of the oldest runs are on the left, and stay empty if there are fewer.
        let x = place * 10 + 1;
        let state = states.get(MARKS - 1 - place);
        // Writing to a `String` cannot fail.
        let _ = match state {
            None => write!(svg, "<rect class=\"c-off\" x=\"{}\" y=\"12\" width=\"3\" height=\"2\"/>", x + 2),
            Some(RunState::Succeeded) => rect(&mut svg, "c-ok", x, 7, 7),
            Some(RunState::FunctionFailed) => rect(&mut svg, "c-bad", x, 0, 14),
            Some(RunState::Rejected) => outline(&mut svg, "c-rej", x, 0, 14),
            Some(RunState::Validated) => outline(&mut svg, "c-val", x, 7, 7),
            Some(RunState::Unknown) => {
                write!(svg, "<path class=\"c-unk\" d=\"M{} 3l4.5 5.5-4.5 5.5-4.5-5.5z\"/>", x + 3)
            }
            Some(RunState::Accepted) => ring(&mut svg, x, ""),
            Some(RunState::Running) => ring(&mut svg, x, "dot"),
            Some(RunState::Queued) => {
                write!(svg, "<circle class=\"c-off\" cx=\"{}\" cy=\"10.5\" r=\"1.5\"/>", x + 3)
            }
        };
    }
    svg.push_str("</svg>");
    Safe(svg)
}

fn rect(svg: &mut String, class: &str, x: usize, y: u8, height: u8) -> std::fmt::Result {
    write!(svg, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"6\" height=\"{height}\" rx=\"1\"/>")
}

fn outline(svg: &mut String, class: &str, x: usize, y: u8, height: u8) -> std::fmt::Result {
    write!(
        svg,
        "<rect class=\"{class}\" x=\"{x}.75\" y=\"{y}.75\" width=\"4.5\" height=\"{}.5\" rx=\"1\"/>",
        height - 2
    )
}

fn ring(svg: &mut String, x: usize, inside: &str) -> std::fmt::Result {
    let center = x + 3;
    write!(svg, "<circle class=\"c-ring\" cx=\"{center}\" cy=\"10.5\" r=\"2.7\"/>")?;
    if inside == "dot" {
        write!(svg, "<circle class=\"c-run\" cx=\"{center}\" cy=\"10.5\" r=\"1\"/>")?;
    }
    Ok(())
}

/// The states in words, which count them.
fn describe(states: &[RunState]) -> String {
    let Some(latest) = states.first() else { return "never run".to_owned() };
    let word = |state: RunState| look(state).word.to_lowercase();
    let counted: Vec<String> = RunState::ALL
        .into_iter()
        .map(|state| (state, states.iter().filter(|other| **other == state).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(state, count)| format!("{count} {}", word(state)))
        .collect();
    let runs = if states.len() == 1 { "last run".to_owned() } else { format!("last {} runs", states.len()) };
    format!("{runs}: {}; latest {}", counted.join(", "), word(*latest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_counted_in_words_and_the_newest_is_on_the_right() {
        use RunState::{FunctionFailed as Failed, Succeeded};
        let Safe(svg) = marks(&[Failed, Succeeded, Succeeded]);
        assert!(
            svg.contains(
                "aria-label=\"last 3 runs: 2 succeeded, 1 function failed; latest function failed\""
            )
        );
        assert!(svg.contains("<rect class=\"c-bad\" x=\"91\" y=\"0\""), "{svg}");
        assert_eq!(svg.matches("c-off").count(), 7);
        let Safe(never) = marks(&[]);
        assert!(never.contains("never run"));
        for state in RunState::ALL {
            let Safe(svg) = marks(&[state; 12]);
            assert!(svg.contains("last 10 runs: 10 "), "{svg}");
        }
    }
}
