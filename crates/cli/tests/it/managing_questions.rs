//! The question before something is taken away, as somebody at a terminal sees it.

use crate::{cases::each, place::Place, pty::answered};

/// A function is deleted if the answer is yes, and only then.
fn answer(answer: &[u8], code: i32, deletions: usize, told: &str) {
    let place = Place::new();
    let question = "delete function adder with all its versions and aliases?";
    let (seen, ended) = answered(place.command("functions delete adder"), question, answer);
    assert_eq!(ended, code, "{seen}");
    assert_eq!(place.calls("lambda:DeleteFunction"), deletions, "{seen}");
    assert_eq!(place.world.aws.account().functions.contains_key("adder"), deletions == 0);
    assert!(seen.contains(told), "{seen}");
}

each! { answer;
    answer_no: b"n\r", 1, 0, "nothing was changed";
    answer_by_enter_alone: b"\r", 1, 0, "nothing was changed";
    answer_by_escape: b"\x1b", 1, 0, "nothing was changed";
    answer_by_interrupt: b"\x03", 130, 0, "nothing was changed";
    answer_yes: b"y\r", 0, 1, "function adder deleted";
}
