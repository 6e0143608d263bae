//! States as a shape and a word: never by colour alone.

use super::Markup;
use askama::filters::Safe;
use lamplight_domain::RunState;

/// How a state looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The class, which is also the name of the icon.
    pub class: &'static str,
    /// The word.
    pub word: &'static str,
}

/// The look of a state of a run.
pub fn look(state: RunState) -> Look {
    let (class, word) = match state {
        RunState::Queued => ("pend", "Queued"),
        RunState::Running => ("run", "Running"),
        RunState::Succeeded => ("ok", "Succeeded"),
        RunState::FunctionFailed => ("bad", "Function failed"),
        RunState::Accepted => ("acc", "Accepted"),
        RunState::Validated => ("val", "Validated"),
        RunState::Rejected => ("rej", "Rejected"),
        RunState::Unknown => ("unk", "Unknown"),
    };
    Look { class, word }
}

/// An icon. It says nothing that a word beside it does not say.
pub fn icon(class: &'static str) -> Markup {
    Safe(format!("<svg class=\"sti {class}\" aria-hidden=\"true\"><use href=\"#s-{class}\"/></svg>"))
}

/// An icon and a word.
pub fn badge(class: &'static str, word: &str) -> Markup {
    let Safe(icon) = icon(class);
    Safe(format!("<span class=\"st {class}\">{icon}{}</span>", super::escaped(word)))
}

/// The state of a run.
pub fn state_badge(state: RunState) -> Markup {
    let Look { class, word } = look(state);
    badge(class, word)
}
