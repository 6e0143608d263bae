//! Bad input: a clear error that names the thing, the place and the rule, its exit code, and nothing half done.

use crate::{
    cases::{assert_snapshot, snapshots},
    lamplight::Lamplight,
};

fn with_job() -> Lamplight {
    let lamplight = Lamplight::new();
    lamplight.file(
        "jobs.yaml",
        "name: typed\nconnection: demo\nfunction: mirror\nparameters:\n- {name: count, type: integer, required: true}\n\
         - {name: key, secret: true}\n",
    );
    lamplight.good(&["jobs", "apply", "-f", "jobs.yaml"]);
    lamplight
}

/// The error of a command. It records no run and does not change the job.
fn refused(line: &str) -> String {
    refused_by(&with_job(), line)
}

fn refused_by(lamplight: &Lamplight, line: &str) -> String {
    let before = lamplight.json(&["jobs", "list"]);
    let output = lamplight.refused(line);
    assert_eq!(lamplight.json(&["runs", "list"])["runs"].as_array().unwrap().len(), 0);
    assert_eq!(lamplight.json(&["jobs", "list"]), before);
    output
}

snapshots! { refused;
    command_unknown: "frobnicate";
    job_unknown: "run typde";
    shown_job_unknown: "jobs show typde";
    parameter_of_another_type: "run typed -p count=many";
    json_of_another_type: r#"run typed -p count:="5""#;
    parameter_missing: "run typed";
    parameter_twice: "run typed -p count=1 -p COUNT=2";
    parameter_unknown: "run typed -p count=1 -p cuont=2";
    parameter_without_value: "run typed -p count";
    file_of_parameter_absent: "run typed -p count=@absent.txt";
    payload_not_json: r#"run mirror -c demo --payload {"a":}"#;
    attempts_out_of_range: "run mirror -c demo --max-attempts 99";
    client_context_not_json: "run mirror -c demo --client-context {";
    invocation_type_unknown: "run mirror -c demo --invocation-type Sync";
    qualifier_not_valid: "run mirror -c demo --qualifier 'no good'";
    arn_not_valid: "run arn:aws:lambda:eu-west-1:1234:function:x -c demo";
    arn_of_another_region: "run arn:aws:lambda:eu-west-1:123456789012:function:x -c demo";
    region_misspelt: "discover --region us-esat-1";
    region_unknown: "discover --region mars-north-1";
    region_missing: "discover";
    connection_unknown: "discover -c nosuch";
    number_of_items_out_of_range: "discover -c demo --max-items 0";
    marker_not_valid: "discover -c demo --marker mine";
    endpoint_not_a_url: "discover --region us-east-1 --endpoint-url nonsense";
    run_id_without_status: "status adder/1";
    run_id_not_valid: "status Adder";
    run_unknown: "status ffffffff";
    latest_run_absent: "status latest";
    state_unknown: "runs list --state done";
    edit_without_changes: "jobs edit typed";
    edit_adds_a_name_twice: "jobs edit typed --add-param Count";
    edit_to_unknown_type: "jobs edit typed --set-type count=float";
    edit_of_secret_default: "jobs edit typed --set-default key=hunter2";
    edit_removes_unknown_parameter: "jobs edit typed --remove-param absent";
}

#[test]
fn payload_too_large() {
    let lamplight = with_job();
    lamplight.file("big.json", &format!("\"{}\"", "x".repeat(7 << 20)));
    assert_snapshot!(refused_by(&lamplight, "run mirror -c demo --payload @big.json"));
}

/// The error for a file of jobs. None of them is applied.
fn refused_jobs(text: &str) -> String {
    let lamplight = Lamplight::new();
    lamplight.file("jobs.yaml", text);
    refused_by(&lamplight, "jobs apply -f jobs.yaml")
}

snapshots! { refused_jobs;
    jobs_not_yaml: "name: a\nconnection: [demo\nfunction: x\n";
    jobs_with_unknown_type:
        "name: a\nconnection: demo\nfunction: x\nparameters:\n- {name: p, type: float}\n";
    jobs_with_unknown_key: "name: a\nconnection: demo\nfunction: x\nfunktion: y\n";
    jobs_without_function: "name: a\nconnection: demo\n";
    jobs_of_which_one_is_wrong:
        "name: good\nconnection: demo\nfunction: x\n---\nname: bad\nconnection: demo\nfunction: a b\n";
    jobs_with_a_parameter_twice:
        "name: a\nconnection: demo\nfunction: x\nparameters:\n- {name: p}\n- {name: P}\n";
    jobs_with_a_job_twice:
        "name: a\nconnection: demo\nfunction: x\n---\nname: a\nconnection: demo\nfunction: y\n";
    jobs_empty: "";
}

#[test]
fn provider_unknown() {
    let lamplight = Lamplight::new();
    lamplight.file("lamplight.toml", "[connections.a]\nprovider = \"azure\"\n");
    assert_snapshot!(lamplight.refused("discover -c a"));
}

#[test]
fn an_error_is_one_object_for_programs() {
    let lamplight = Lamplight::new();
    let error = lamplight.json(&["jobs", "show", "nosuch"]);
    assert_eq!(error["error"]["code"], "job_not_found");
    assert_eq!(error["error"]["message"], "job nosuch not found");
}
