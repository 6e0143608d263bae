//! What a user is told where something would otherwise be ignored, hidden or bare.

use crate::{
    cases::snapshots,
    lamplight::{Lamplight, done},
};
use lamplight_testkit::World;

/// The refusal of a command line with an option of the AWS CLI.
fn refused(line: &str) -> String {
    Lamplight::new().refused(line)
}

snapshots! { refused;
    reserved_concurrency: "functions concurrency put reporter --reserved-concurrent-executions 10";
    function_name: "run --function-name reporter";
    alias_name: "aliases get reporter --name live";
    layer_name: "layers get --layer-name libs 3";
    routing: "aliases update reporter live --routing-config AdditionalVersionWeights={}";
    tracing: "functions update-configuration reporter --tracing-config Mode=Active";
    profile: "discover --profile dev";
    page: "functions list --starting-token x";
    option_of_nobody: "discover --frobnicate";
}

#[test]
fn a_region_that_has_no_effect_is_said() {
    let home = Lamplight::new();
    home.file(
        "lamplight.toml",
        "[connections.web]\nprovider = 'http'\nfunctions.f.url = 'http://127.0.0.1:9/'\n",
    );
    for (connection, options, variables, given_by) in [
        ("demo", "--region eu-west-1", vec![], "--region"),
        ("demo", "", vec![("LAMPLIGHT_REGION", "eu-west-1")], "LAMPLIGHT_REGION"),
        ("web", "--region eu-west-1", vec![], "--region"),
    ] {
        let done = home.line_with(&variables, &format!("discover -c {connection} {options}"));
        assert_eq!(done.code, 0, "{done:#?}");
        let said = format!("warning: {given_by} has no effect: connection {connection}");
        assert!(done.stderr.contains(&said), "{done:#?}");
    }
    assert_eq!(home.good(&["discover", "-c", "demo"]).stderr, "");
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_can_read_is_warned_of_where_only_errors_are_wanted_too() {
    use std::os::unix::fs::PermissionsExt;
    let home = Lamplight::new();
    let secret = home.file("secret", "made-up");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).unwrap();
    let keys = "--access-key-id file:secret --secret-access-key file:secret";
    for quiet in ["", "--quiet"] {
        let done = home.line(&format!(
            "run f --region eu-west-1 --endpoint-url http://127.0.0.1:9 --max-attempts 1 {keys} {quiet}"
        ));
        assert!(done.stderr.contains("can be read by other users"), "{done:#?}");
    }
}

/// A file that is named as a script by mistake, or by the configuration of somebody else.
#[test]
fn a_file_named_as_a_script_is_not_repeated() {
    let home = Lamplight::new();
    home.file("lamplight.toml", "[connections.sim]\nprovider = 'fake'\nscript = 'other'\n");
    for text in [
        "root:hunter2:19000:0:99999:7:::\n",
        "[default]\naws_secret_access_key = hunter2\n",
        "machine example.com password hunter2\n",
        "password: hunter2\n",
        "hunter2: 1\nhunter2: 2\n",
        "- hunter2\n",
        "functions: hunter2\n",
        "functions:\n  f: hunter2\n",
        "functions:\n  f: {answer: hunter2}\n",
        "functions:\n  f: {hunter2: 1, answer: echo}\n",
        "functions:\n  f: {timeout_seconds: hunter2, answer: echo}\n",
        "\"hunter2",
        "hunter2: {\n",
        "{\"hunter2\": \"hunter2\"",
        "*hunter2\n",
        "!hunter2 x\n",
        "%hunter2\n",
        "@hunter2\n",
        "a: &hunter2 1\n\tb: *hunter2x\n",
    ] {
        home.file("other", text);
        for line in ["discover -c sim", "run f -c sim", "doctor -c sim", "discover -c sim -o json"] {
            let done = home.line(line);
            let told = format!("{}{}", done.stdout, done.stderr);
            assert_eq!(done.code, 2, "{text:?}: {done:#?}");
            assert!(!told.contains("hunter2") && told.contains("line "), "{text:?}: {told}");
        }
    }
}

#[test]
fn a_secret_that_is_not_there_has_its_own_exit_code_in_the_doctor_too() {
    let home = Lamplight::new();
    home.file(
        "lamplight.toml",
        "[connections.x]\nregion = 'eu-west-1'\nendpoint_url = 'http://127.0.0.1:9'\n\
         auth.access-key = { access_key_id = 'env:ID', secret_access_key = 'env:SECRET' }\n",
    );
    for line in ["doctor -c x", "connections test x", "discover -c x", "run f -c x"] {
        let done = home.line(line);
        assert_eq!(done.code, 6, "{line}: {done:#?}");
        assert!(
            format!("{}{}", done.stdout, done.stderr).contains("secret env:ID not found"),
            "{line}: {done:#?}"
        );
    }
}

#[test]
fn a_page_of_the_console_exists_only_where_aws_has_one() {
    let (world, home) = (World::default(), Lamplight::new());
    let emulator = world.emulator();
    for (options, reason) in [
        (format!("--region eu-west-1 --endpoint-url {emulator}"), "endpoint is not one of AWS"),
        ("--region us-iso-east-1".to_owned(), "partition aws-iso is not public"),
    ] {
        let done = home.line(&format!("open f --print {options}"));
        assert!(done.code == 6 && done.stderr.contains(reason), "{done:#?}");
    }
    world.aws.echo();
    let key = world.aws.user("me");
    let run = format!("run echo --region eu-west-1 --endpoint-url {emulator}");
    let mut command = home.command_in(&world, &run.split(' ').collect::<Vec<_>>());
    command.env("AWS_ACCESS_KEY_ID", &key.id).env("AWS_SECRET_ACCESS_KEY", &key.secret);
    let done = done(command.output().unwrap());
    assert!(done.code == 0 && !done.stderr.contains("console.aws"), "{done:#?}");
    assert!(done.stderr.contains("ambient (environment variables and AWS profiles)"), "{done:#?}");
}

#[test]
fn a_connection_called_ambient_is_the_one_without_a_name() {
    let home = Lamplight::new();
    home.file("lamplight.toml", "[connections.ambient]\nprovider = 'fake'\nlabels = { a = 'b' }\n");
    for line in [
        "run adder -p a:=2 -p b:=40 --quiet",
        "discover",
        "doctor",
        "functions get adder",
        "open adder --print",
    ] {
        let done = home.line(line);
        assert_eq!(done.code, 0, "{line}: {done:#?}");
    }
    assert_eq!(home.line("run adder -p a:=2 -p b:=40 --quiet").stdout.trim(), "{\"sum\":42}");
}
