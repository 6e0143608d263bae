//! Managing at the demo connection: questions, what would be sent, forms of output, and masks.

use crate::{
    cases::{each, snapshots},
    lamplight::{Done, Lamplight, SECRET},
};
use serde_json::Value;

/// What words in capitals stand for in the lines of cases.
const WORDS: [(&str, &str); 5] = [
    ("CREATE", "functions create made --role arn:aws:iam::000000000000:role/worker"),
    ("RUNTIME", "--runtime python3.14 --handler app.handler"),
    ("IMAGE", "--image-uri 000000000000.dkr.ecr.us-east-1.amazonaws.com/made:1"),
    ("ADD", "permissions add adder --statement-id s --principal"),
    ("SHARE", "layers add-permission tools 1 --statement-id s --principal"),
];

/// A command at the demo connection, written out.
pub fn whole(line: &str) -> String {
    WORDS.iter().fold(format!("-c demo {line}"), |line, (word, words)| line.replace(word, words))
}

/// A home with the code of a function.
pub fn demo() -> Lamplight {
    let lamplight = Lamplight::new();
    lamplight.file("code/app.py", "def handler(event, context):\n    return event\n");
    lamplight
}

/// Runs a command at the demo connection. It must succeed.
pub fn good(line: &str) -> Done {
    let done = demo().line(&whole(line));
    assert_eq!(done.code, 0, "{line}: {done:#?}");
    done
}

pub fn json(line: &str) -> Value {
    let done = demo().line(&whole(&format!("{line} -o json")));
    serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:#?}"))
}

/// A removal asks first, or needs `--yes`.
fn is_confirmed(line: &str) {
    let refused = demo().refused(&whole(line));
    assert!(refused.starts_with("exit code 2\n"), "{refused}");
    assert!(refused.contains("needs --yes") && refused.contains("--dry-run"), "{refused}");
    assert_eq!(json(line)["error"]["code"], "not_confirmed");
    // With `--yes` it is done, or what it is for is not there.
    let done = demo().line(&whole(&format!("{line} --yes")));
    assert!([0, 6].contains(&done.code), "{done:#?}");
    let done = good(&format!("{line} --dry-run"));
    // A tag or a reservation that is not there takes no request.
    let is_so_already = line.contains("tags") || line.contains("concurrency");
    assert_eq!(done.stdout.starts_with("DELETE https://"), !is_so_already, "{}", done.stdout);
}

each! { is_confirmed;
    removal_of_a_function: "functions delete adder";
    removal_of_a_version: "functions delete greeter --qualifier 1";
    removal_of_a_tag: "functions tags remove adder team";
    removal_of_reserved_concurrency: "functions concurrency delete adder";
    removal_of_async_settings: "functions async delete adder";
    removal_of_an_alias: "aliases delete adder live";
    removal_of_a_permission: "permissions remove adder --statement-id s";
    removal_of_a_layer_permission: "layers remove-permission tools 1 --statement-id s";
}

/// The request that a dry run shows and does not send, as text and for programs.
fn dry_run(line: &str) -> String {
    let line = format!("{line} --dry-run");
    let done = good(&line);
    assert!(done.stderr.contains("nothing was sent"), "{}", done.stderr);
    let shown = json(&line);
    assert!(!done.stdout.contains(SECRET) && !shown.to_string().contains(SECRET), "{shown}");
    if line.contains(SECRET) {
        let done = good(&format!("{line} --show-secrets"));
        assert!(done.stdout.contains(SECRET), "{}", done.stdout);
    }
    format!("{}\n{shown:#}", done.stdout)
}

snapshots! { dry_run;
    dry_run_of_create: "CREATE RUNTIME --zip-file code --environment AA=hunter2";
    dry_run_of_update_code: "functions update-code adder --zip-file code";
    dry_run_of_update_configuration: "functions update-configuration adder --environment AA=hunter2";
    dry_run_of_publish_version: "functions publish-version adder";
    dry_run_of_put_concurrency: "functions concurrency put adder 3";
    dry_run_of_put_async: "functions async put adder --maximum-retry-attempts 0";
    dry_run_of_update_async: "functions async update adder --maximum-retry-attempts 0";
    dry_run_of_create_alias: "aliases create adder new --function-version 1";
    dry_run_of_update_alias: "aliases update adder live --routing 2=10%";
    dry_run_of_add_permission: "ADD 123456789012";
    dry_run_of_add_layer_permission: "SHARE 123456789012";
}

/// JSON and YAML hold the same, and a table is for people.
fn has_three_forms(line: &str, heading: &str) {
    let yaml = good(&format!("{line} -o yaml")).stdout;
    let (mut yaml, mut json): (Value, _) = (lamplight_yaml::read(&yaml).unwrap(), json(line));
    // Each process has a demo of its own, and changes it at another time.
    for shown in [&mut yaml, &mut json] {
        if let Some(Value::String(time)) = shown.get_mut("last_modified") {
            assert!(time.ends_with("+0000"), "{time}");
            time.clear();
        }
    }
    assert!(json.as_object().is_some_and(|json| !json.contains_key("error")), "{json}");
    assert_eq!(yaml, json);
    let table = good(line).stdout;
    assert!(table.starts_with(heading), "{table}");
}

each! { has_three_forms;
    forms_of_functions: "functions list", "NAME";
    forms_of_versions: "functions list-versions adder", "NAME";
    forms_of_a_function: "functions get greeter", "name";
    forms_of_a_configuration: "functions get-configuration greeter", "name";
    forms_of_a_function_waited_for: "functions wait greeter", "name";
    forms_of_async_settings: "functions async put adder --maximum-retry-attempts 1", "reference";
    forms_of_aliases: "aliases list adder", "NAME";
    forms_of_an_alias: "aliases get adder live", "name";
    forms_of_a_new_alias: "aliases create adder new --function-version 1", "name";
    forms_of_a_permission: "ADD 123456789012", "STATEMENT";
    forms_of_quotas: "account settings", "QUOTA";
    forms_of_concurrency: "functions concurrency put adder 3", "3";
}

/// Where there is nothing to show, stderr says so.
fn says_that_there_is_nothing(line: &str) {
    let done = good(line);
    assert!(done.stdout.is_empty() && !done.stderr.is_empty(), "{done:#?}");
}

each! { says_that_there_is_nothing;
    no_tags: "functions tags list adder";
    no_layers: "layers list";
    no_reserved_concurrency: "functions concurrency get adder";
}

/// Values of environment variables are masked in every form.
fn is_masked(line: &str) {
    for form in ["table", "json", "yaml"] {
        let done = good(&format!("{line} -o {form}"));
        assert!(!done.stdout.contains("not-a-real-token"), "{}", done.stdout);
    }
}

each! { is_masked;
    masked_in_get: "functions get greeter";
    masked_in_get_configuration: "functions get-configuration greeter";
    masked_in_list: "functions list";
    masked_in_list_of_all_versions: "functions list --function-version ALL";
    masked_in_list_versions: "functions list-versions greeter";
    masked_in_wait: "functions wait greeter";
    masked_in_publish_version: "functions publish-version greeter";
    masked_in_update_configuration: "functions update-configuration greeter --timeout 5";
    masked_in_update_code: "functions update-code greeter --zip-file code";
}

/// `--show-secrets` shows them.
fn is_shown(line: &str) {
    let done = good(&format!("{line} --show-secrets"));
    assert!(done.stdout.contains("not-a-real-token"), "{}", done.stdout);
}

each! { is_shown;
    shown_by_get: "functions get greeter";
    shown_by_update_configuration: "functions update-configuration greeter --timeout 5";
}

/// The warnings of a command; with `--quiet` there are none.
fn warnings(line: &str) -> String {
    assert_eq!(good(&format!("{line} --quiet")).stderr, "");
    let done = good(line);
    done.stderr.lines().filter(|line| line.contains("warning")).collect::<Vec<_>>().join("\n")
}

snapshots! { warnings;
    warned_of_service_for_any_account: "ADD s3.amazonaws.com";
    warned_of_everybody: "ADD *";
}

fn is_not_warned_of(line: &str) {
    assert_eq!(warnings(line), "");
}

each! { is_not_warned_of;
    no_warning_of_a_runtime: "functions update-configuration adder --runtime pyton3.14";
    no_warning_of_service_with_source: "ADD s3.amazonaws.com --source-arn arn:aws:s3:::bucket";
    no_warning_of_service_with_account: "ADD s3.amazonaws.com --source-account 123456789012";
    no_warning_of_account: "ADD 123456789012";
}

/// What does not exist has an exit code and an error code of its own.
fn is_not_found(line: &str) {
    let refused = demo().refused(&whole(line));
    assert!(refused.starts_with("exit code 6\n"), "{refused}");
    let code = json(line)["error"]["code"].clone();
    assert!(["not_found", "function_not_found"].contains(&code.as_str().unwrap()), "{code}");
}

each! { is_not_found;
    absent_in_get: "functions get nosuch";
    absent_in_update_code: "functions update-code nosuch --zip-file code";
    absent_in_update_configuration: "functions update-configuration nosuch --timeout 3";
    absent_in_publish_version: "functions publish-version nosuch";
    absent_in_delete: "functions delete nosuch --yes";
    absent_in_wait: "functions wait nosuch";
    absent_in_tags_list: "functions tags list nosuch";
    absent_in_async_get: "functions async get adder";
    absent_in_async_delete: "functions async delete adder --yes";
    absent_in_aliases_get: "aliases get adder nosuch";
    absent_in_aliases_update: "aliases update adder nosuch --function-version 1";
    absent_in_aliases_delete: "aliases delete adder nosuch --yes";
    absent_in_permissions_get: "permissions get adder";
    absent_in_permissions_remove: "permissions remove adder --statement-id nosuch --yes";
    absent_in_layers_get: "layers get nosuch 1";
    absent_in_layers_get_policy: "layers get-policy nosuch 1";
    absent_in_layers_remove_permission: "layers remove-permission nosuch 1 --statement-id s --yes";
}
