//! What was probably meant: the nearest function, verb and value.

use crate::{
    cases::{each, snapshots},
    lamplight::Lamplight,
    place::Place,
};

fn refused(line: &str) -> String {
    Lamplight::new().refused(line)
}

snapshots! { refused;
    verb_invoke: "invoke adder";
    verb_ls: "ls";
    verb_logs: "logs adder";
    verb_of_the_aws_cli: "list-functions";
    verb_of_a_group: "functions ls";
    verb_of_another_group: "jobs invoke";
    verb_with_a_typo: "functions creat";
    value_of_output: "jobs list --output xml";
    value_of_output_with_a_typo: "jobs list --output jsno";
    value_of_invocation_type: "run adder -c demo --invocation-type Evnt";
    value_of_purpose: "iam policy --for running";
    value_of_shell: "completions bsh";
    value_of_a_number: "functions wait adder -c demo --timeout soon";
    value_of_a_type: "jobs create x -c demo --add-param a:intger";
    value_of_a_direction: "jobs create x -c demo --add-param a --set-direction a=Inptu";
    value_of_a_state: "runs list --state fialed";
    value_that_may_be_secret: "jobs list --output hunter2";
}

fn names_nearest(line: &str, nearest: &str) {
    let done = Lamplight::new().line(line);
    assert_ne!(done.code, 0, "{done:#?}");
    assert!(done.stderr.contains(&format!("did you mean {nearest}?")), "{}", done.stderr);
}

each! { names_nearest;
    nearest_function_to_get: "functions get -c demo addr", "adder";
    nearest_function_to_update: "functions update-configuration -c demo greter --timeout 3", "greeter";
    nearest_function_with_aliases: "aliases list -c demo addr", "adder";
    nearest_function_to_run: "run -c demo addr", "adder";
}

#[test]
fn a_job_may_have_been_meant_too() {
    let lamplight = Lamplight::new();
    lamplight.good(&["jobs", "create", "nightly-report", "-c", "demo", "--function", "greeter"]);
    let done = lamplight.line("run nightly-reprot -c demo");
    assert!(done.code == 6 && done.stderr.contains("hint: did you mean nightly-report?"), "{done:#?}");
}

#[test]
fn the_nearest_function_is_looked_for_at_lambda_only_after_it_was_not_found() {
    let place = Place::new();
    let missing = place.run("functions get addr");
    assert!(missing.code == 6 && missing.stderr.contains("did you mean adder?"), "{missing:#?}");
    let found = place.world.aws.calls_of("lambda:ListFunctions").len();
    assert_eq!(place.run("functions get adder").code, 0);
    assert_eq!(place.world.aws.calls_of("lambda:ListFunctions").len(), found);
    let alias = place.run("functions get adder:nothere");
    assert!(!alias.stderr.contains("did you mean"), "{alias:#?}");
}

/// A key for one call is taken by every verb that calls AWS, before and after the verb.
fn takes_a_key(line: &str) {
    let place = Place::new();
    for line in [
        format!("{line} --access-key-id env:ID --secret-access-key env:KEY"),
        line.replacen(' ', " --access-key-id env:ID --secret-access-key env:KEY ", 1),
    ] {
        let mut command = place.command(&line);
        let key = |command: &std::process::Command, name: &str| {
            command.get_envs().find(|(own, _)| *own == name).and_then(|(_, value)| value).unwrap().to_owned()
        };
        let (id, secret) = (key(&command, "AWS_ACCESS_KEY_ID"), key(&command, "AWS_SECRET_ACCESS_KEY"));
        command
            .env_remove("AWS_ACCESS_KEY_ID")
            .env_remove("AWS_SECRET_ACCESS_KEY")
            .env("ID", id)
            .env("KEY", secret);
        let done = crate::lamplight::done(command.output().unwrap());
        assert_eq!(done.code, 0, "{line}: {done:#?}");
    }
}

each! { takes_a_key;
    key_for_functions: "functions get adder";
    key_for_tags: "functions tags list adder";
    key_for_async_settings: "functions async list adder";
    key_for_aliases: "aliases list adder";
    key_for_permissions: "permissions add adder --statement-id s --principal 123456789012";
    key_for_layers: "layers list";
    key_for_the_account: "account settings";
}
