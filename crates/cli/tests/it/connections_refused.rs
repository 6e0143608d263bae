//! Connections that cannot be added, removed, shown or used: the error says why, and the file does not change.

use crate::{
    cases::{assert_snapshot, each, snapshots},
    connections::{FILE, text, with_file},
    lamplight::{Lamplight, SECRET},
};

/// The error of a command about connections.
fn refused(line: &str) -> String {
    let lamplight = with_file();
    let output = lamplight.refused(&format!("connections {line}"));
    assert_eq!(text(&lamplight), FILE, "{line}");
    output
}

snapshots! { refused;
    name_taken: "add prod --region eu-west-1";
    name_built_in: "add demo --region eu-west-1";
    name_not_valid: "add 'a b'";
    region_misspelt: "add x --region eu-wst-1";
    key_unknown: "add x --set regoin=eu-west-1";
    key_without_value: "add x --set hunter2";
    key_that_may_be_a_secret: "add x --set hunter2=1";
    value_that_may_be_a_secret: "add x --set auth=hunter2";
    second_value_that_may_be_a_secret: "add x --set labels.a=b --set invocation_type=hunter2";
    secret_not_by_reference: "add x --access-key-id AKIDEXAMPLE00000 --secret-access-key hunter2";
    role_arn_not_valid: "add x --role-arn hunter2";
    method_unknown: "add x --auth hunter2";
    duration_not_a_number: "add x --duration-seconds hunter2";
    removed_unknown: "remove absent";
    removed_built_in: "remove demo";
    shown_unknown: "show absent";
    tested_unknown: "test absent";
}

const ROLE: &str = "--role-arn arn:aws:iam::123456789012:role/x";

/// The error for options that need another one.
fn incomplete(options: &str) -> String {
    let output = refused(&format!("add x {}", options.replace("ROLE", ROLE)));
    assert!(output.contains("error: the following required arguments were not provided: "), "{output}");
    output
}

snapshots! { incomplete;
    profile_without_name: "--auth profile";
    profile_by_setting_without_name: "--auth profile --set auth=x";
    access_key_without_key: "--auth access-key";
    access_key_without_secret: "--access-key-id env:A";
    session_token_without_key: "--session-token env:T";
    session_token_without_key_beside_a_role: "ROLE --session-token env:T";
    assume_role_without_role: "--auth assume-role";
    web_identity_without_role: "--auth web-identity";
    web_identity_without_token: "--auth web-identity ROLE";
    token_file_without_role: "--token-file /t";
    external_id_without_role: "--external-id 12";
    external_id_beside_a_profile_without_role: "--profile p --external-id 12";
    session_name_without_role: "--session-name ab";
    duration_without_role: "--duration-seconds 900";
}

/// The error for options that exclude each other.
fn contradictory(options: &str) -> String {
    let output = refused(&format!("add x {}", options.replace("ROLE", ROLE)));
    assert!(output.contains("' cannot be used with '"), "{output}");
    output
}

snapshots! { contradictory;
    method_of_options_too: "--auth profile ROLE";
    default_with_role: "--auth default ROLE";
    default_with_external_id: "--auth default --external-id 12";
    instance_profile_with_session_name: "--auth instance-profile --session-name ab";
    profile_with_duration: "--auth profile --profile p --duration-seconds 900";
    profile_with_access_key: "--profile p --access-key-id env:A";
    profile_with_session_token: "ROLE --profile p --session-token env:A";
    two_tokens: "--token-file /t --token-env T ROLE";
    token_with_external_id: "--token-env T ROLE --external-id 12";
    token_with_profile: "--token-file /t ROLE --profile p";
}

snapshots! { refused;
    default_with_setting_of_another_method: "add x --auth default --set auth.profile.name=p";
}

#[test]
fn removing_the_default_connection_needs_force() {
    let lamplight = with_file();
    lamplight.good(&["connections", "add", "usual", "--region", "eu-west-1", "--default"]);
    assert_snapshot!(lamplight.refused("connections rm usual"));
    lamplight.good(&["connections", "rm", "usual", "--force", "--yes"]);
    assert_eq!(text(&lamplight), FILE);
}

fn refused_folder(line: &str) -> String {
    let lamplight = Lamplight::new();
    std::fs::create_dir(lamplight.path().join("lamplight.toml")).unwrap();
    lamplight.refused(line)
}

snapshots! { refused_folder;
    folder_listed: "connections list";
    folder_added_to: "connections add x";
    folder_discovered_by: "discover -c demo";
}

#[cfg(unix)]
#[test]
fn pipe_listed() {
    let lamplight = Lamplight::new();
    let pipe = lamplight.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_snapshot!(lamplight.refused("connections list --config pipe"));
}

#[test]
fn file_not_text() {
    let lamplight = Lamplight::new();
    std::fs::write(lamplight.path().join("lamplight.toml"), b"# \xc3\xa4\n# \xc3\xa4 \xff\n").unwrap();
    assert_snapshot!(lamplight.refused("connections list"));
}

fn refused_without_file(line: &str) -> String {
    Lamplight::new().refused(line)
}

snapshots! { refused_without_file;
    keys_of_one_call_not_by_reference:
        "discover --region eu-west-1 --access-key-id env:A --secret-access-key hunter2";
    keys_of_one_call_for_the_simulator: "run adder -c demo --access-key-id env:A --secret-access-key env:B";
    keys_of_one_call_without_secret: "run x --access-key-id env:A";
    keys_of_one_call_absent: "run x --region eu-west-1 --access-key-id env:A --secret-access-key env:B";
}

/// An address with a password in this variable is refused and never shown.
fn password_is_not_shown(variable: &str) {
    let lamplight = with_file();
    for address in
        ["https://user:hunter2@example.com", "https://user:hunter2/b@example.com/", "https://h:hunter2"]
    {
        let run = |line: &str| {
            let done = lamplight.line_with(&[(variable, address)], line);
            let output = done.stdout + &done.stderr;
            assert!(!output.contains(SECRET), "{line}: {output}");
            (done.code, output)
        };
        let (code, output) = run("run f -c prod");
        assert!(code == 2 && output.contains(&format!("the address of {variable} ")), "{output}");
        run("doctor -c prod");
        run("connections list --output json");
        let (code, output) = run("connections show prod");
        assert!(code == 0 && output.contains("(refused: "), "{output}");
    }
}

each! { password_is_not_shown;
    password_in_own_endpoint: "LAMPLIGHT_ENDPOINT_URL";
    password_in_endpoint: "AWS_ENDPOINT_URL";
    password_in_endpoint_of_lambda: "AWS_ENDPOINT_URL_LAMBDA";
    password_in_endpoint_of_sts: "AWS_ENDPOINT_URL_STS";
}
