//! The question before something is taken away, as somebody at a terminal sees it.

use crate::{cases::each, lamplight::Lamplight, place::Place, pty::answered};

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

/// What an option would remove besides what it sets is part of the question.
fn answer_to_a_removal(answer: &[u8], code: i32, changes: usize) {
    let place = Place::with(&["functions update-configuration adder --environment OLD=1"]);
    let before = place.calls("lambda:UpdateFunctionConfiguration");
    let question = "update the configuration of function adder and remove environment variable OLD?";
    let command = place.command("functions update-configuration adder --environment NEW=1");
    let (seen, ended) = answered(command, question, answer);
    assert_eq!(ended, code, "{seen}");
    assert_eq!(place.calls("lambda:UpdateFunctionConfiguration") - before, changes, "{seen}");
}

each! { answer_to_a_removal;
    answer_no_to_a_removal: b"n\r", 1, 0;
    answer_yes_to_a_removal: b"y\r", 0, 1;
}

fn answer_about_a_job(answer: &[u8], code: i32, left: usize) {
    let home = Lamplight::new();
    home.good(&["jobs", "create", "adder", "-c", "demo"]);
    let (seen, ended) = answered(home.command(&["jobs", "rm", "adder"]), "remove job adder?", answer);
    assert_eq!(ended, code, "{seen}");
    assert_eq!(home.json(&["jobs", "list"])["jobs"].as_array().unwrap().len(), left);
}

each! { answer_about_a_job;
    answer_no_about_a_job: b"n\r", 1, 1;
    answer_yes_about_a_job: b"y\r", 0, 0;
}
