//! Completions as a shell asks for them.

use crate::{
    cases::each,
    lamplight::{Done, Lamplight, done},
};

fn with_names() -> Lamplight {
    let lamplight = Lamplight::new();
    lamplight.file("lamplight.toml", "[connections.staging]\nregion = \"eu-west-1\"\n");
    lamplight.good(&["jobs", "create", "nightly-report", "-c", "demo", "--function", "greeter"]);
    lamplight.good(&["run", "adder", "-c", "demo", "-p", "a:=1", "-p", "b:=2"]);
    lamplight
}

/// What bash is offered for the last word of a line.
fn offered_by(lamplight: &Lamplight, line: &str) -> Done {
    let words: Vec<&str> = ["lamplight"].into_iter().chain(line.split(' ')).collect();
    let mut command = lamplight.command(&[&["--"], &words[..]].concat());
    command
        .env("LAMPLIGHT_COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string())
        .env("_CLAP_IFS", "\n");
    done(command.output().unwrap())
}

fn offers(line: &str, wanted: &[&str]) {
    let done = offered_by(&with_names(), line);
    assert_eq!(done.code, 0, "{done:#?}");
    let names: Vec<&str> = done.stdout.lines().collect();
    for wanted in wanted {
        assert!(names.iter().any(|name| name.starts_with(wanted)), "{line}: {wanted}: {names:?}");
    }
}

each! { offers;
    names_of_a_job: "jobs show n", &["nightly-report"];
    names_of_jobs: "jobs rm ", &["nightly-report"];
    names_of_a_target: "run ", &["nightly-report", "greeter"];
    names_of_a_target_at_a_connection: "-c demo run a", &["adder"];
    names_of_a_function: "functions get gr", &["greeter"];
    names_of_a_function_at_a_connection: "functions get -c demo a", &["adder"];
    names_of_a_run: "status ", &["latest", "adder/"];
    names_of_runs_to_remove: "runs rm ", &["latest", "adder/"];
    names_of_a_run_to_show: "runs show l", &["latest"];
    names_of_a_connection: "discover -c ", &["demo", "staging"];
    names_of_a_connection_to_show: "connections show s", &["staging"];
    names_of_a_connection_to_move_to: "jobs edit nightly-report --move-to ", &["demo", "staging"];
    names_of_a_provider: "connections add x --provider ", &["aws", "fake", "http"];
    names_of_an_invocation_type: "run adder --invocation-type ", &["DryRun", "Event", "RequestResponse"];
    names_of_a_verb: "func", &["functions"];
}

#[test]
fn nothing_is_offered_or_created_where_there_is_no_store() {
    let lamplight = Lamplight::new();
    let done = offered_by(&lamplight, "jobs show ");
    assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{done:#?}");
    assert!(!lamplight.data().exists());
}

#[test]
fn what_is_new_has_no_name_to_complete() {
    let done = offered_by(&with_names(), "jobs create n");
    assert!(!done.stdout.contains("nightly-report"), "{done:#?}");
}
