//! Arguments of managing: which word belongs to which flag, what does not go together, and what is refused unsent.

use crate::{
    cases::{each, snapshots},
    managing::{demo, good, json, whole},
};
use serde_json::{Value, json};

/// The error of a command that sends nothing.
fn refused(line: &str) -> String {
    let lamplight = demo();
    lamplight.file("plain.txt", "no zip file");
    lamplight.file("wrong.yaml", "A1: [1]\n");
    lamplight.refused(&whole(line))
}

snapshots! { refused;
    create_without_code: "CREATE RUNTIME";
    create_with_two_codes: "CREATE RUNTIME --zip-file code --image-uri x";
    create_with_bucket_alone: "CREATE RUNTIME --s3-bucket b";
    create_with_key_and_zip: "CREATE RUNTIME --zip-file code --s3-key k";
    create_with_object_version_and_zip: "CREATE RUNTIME --zip-file code --s3-object-version 1";
    create_with_storage_mode_and_zip: "CREATE RUNTIME --zip-file code --s3-object-storage-mode COPY";
    create_with_image_command_and_zip: "CREATE RUNTIME --zip-file code --image-command x";
    create_with_image_command_and_object: "CREATE --s3-bucket b --s3-key k --image-command x";
    create_with_image_entry_point_and_zip: "CREATE RUNTIME --zip-file code --image-entry-point x";
    create_with_image_folder_and_zip: "CREATE RUNTIME --zip-file code --image-working-directory /x";
    create_with_no_environment: "CREATE RUNTIME --zip-file code --no-environment";
    create_with_no_layers: "CREATE RUNTIME --zip-file code --no-layers";
    create_with_no_vpc: "CREATE RUNTIME --zip-file code --no-vpc";
    create_with_invalid_zip_file: "CREATE RUNTIME --zip-file plain.txt";
    create_of_a_name_that_is_not_valid: "functions create no/good --role r --zip-file code";
    create_of_an_arn:
        "functions create arn:aws:lambda:us-east-1:123456789012:function:made --role r RUNTIME --zip-file code";
    create_of_a_partial_arn:
        "functions create 123456789012:function:made --role r RUNTIME --zip-file code --dry-run";
    create_with_publish_and_publish_to: "CREATE RUNTIME --zip-file code --publish --publish-to LATEST_PUBLISHED";
    create_with_timeout_0: "CREATE RUNTIME --zip-file code --timeout 0";
    create_with_timeout_1000: "CREATE RUNTIME --zip-file code --timeout 1000";
    create_with_memory_64: "CREATE RUNTIME --zip-file code --memory-size 64";
    create_with_file_system_not_valid: "CREATE RUNTIME --zip-file code --file-system efs";
    create_with_tag_without_value: "CREATE RUNTIME --zip-file code --tags team";
    environment_without_value: "CREATE RUNTIME --zip-file code --environment TOKEN";
    environment_name_reserved: "CREATE RUNTIME --zip-file code --environment AWS_REGION=x";
    environment_name_twice: "CREATE RUNTIME --zip-file code --environment AA=x --environment AA=y";
    environment_file_not_valid: "CREATE RUNTIME --zip-file code --environment-file wrong.yaml";
    environment_not_by_reference: "CREATE RUNTIME --zip-file code --environment-from AA=hunter2";
    code_without_source: "functions update-code adder";
    code_of_an_empty_path: "functions update-code adder --zip-file ''";
    code_of_an_absent_file: "functions update-code adder --zip-file absent.zip";
    code_of_an_alias: "functions update-code adder:live --zip-file code";
    code_with_key_and_image: "functions update-code adder IMAGE --s3-key k";
    code_with_object_version_and_image: "functions update-code adder IMAGE --s3-object-version 1";
    code_with_storage_mode_and_image: "functions update-code adder IMAGE --s3-object-storage-mode COPY";
    code_with_kms_key_and_image: "functions update-code adder IMAGE --source-kms-key-arn x";
    code_with_bucket_alone: "functions update-code adder --s3-bucket b";
    code_with_key_alone: "functions update-code adder --s3-key k";
    configuration_without_changes: "functions update-configuration adder";
    configuration_with_layers_and_none: "functions update-configuration adder --layers x --no-layers";
    configuration_with_groups_and_no_vpc:
        "functions update-configuration adder --no-vpc --security-group-ids sg-1";
    configuration_with_ipv6_and_no_vpc:
        "functions update-configuration adder --no-vpc --ipv6-allowed-for-dual-stack true";
    configuration_with_timeout_x: "functions update-configuration adder --timeout x";
    configuration_with_timeout_1000: "functions update-configuration adder --timeout 1000";
    configuration_with_memory_1_5: "functions update-configuration adder --memory-size 1.5";
    configuration_with_memory_64: "functions update-configuration adder --memory-size 64";
    configuration_with_storage_511: "functions update-configuration adder --ephemeral-storage 511";
    configuration_with_empty_target: "functions update-configuration adder --dead-letter-target-arn";
    configuration_of_two_functions: "functions update-configuration adder twice";
    configuration_with_option_misspelt: "functions update-configuration adder --tiemout 3";
    verb_misspelt: "functions udpate-code adder";
    output_unknown: "functions get adder -o tabel";
    list_of_version_1: "functions list --function-version 1";
    list_of_master_region_alone: "functions list --master-region us-east-1";
    list_of_0_items: "functions list --max-items 0";
    list_of_many_items: "functions list --max-items many";
    list_with_pages_too_large: "functions list --page-size 99999";
    list_with_marker_cut_short: "functions list --marker shown.3.0000";
    get_of_a_name_that_is_not_valid: "functions get a/b";
    get_with_two_qualifiers: "functions get adder:live --qualifier 1";
    delete_of_an_alias: "functions delete adder:live --yes";
    delete_of_an_alias_by_qualifier: "functions delete adder --qualifier live --dry-run";
    delete_of_latest: "functions delete adder:$LATEST --yes";
    publish_to_another_place: "functions publish-version adder --publish-to new";
    tag_without_value: "functions tags set adder team";
    tag_empty: "functions tags remove adder '' --yes";
    concurrency_many: "functions concurrency put adder many";
    async_without_settings: "functions async put adder";
    async_with_3_retries: "functions async put adder --maximum-retry-attempts 3";
    async_with_59_seconds: "functions async update adder --maximum-event-age-in-seconds 59";
    async_with_pages_too_large: "functions async list adder --page-size 51";
    alias_without_version: "aliases create adder new";
    alias_of_digits: "aliases create adder 7 --function-version 1";
    alias_with_routing_without_weight: "aliases create adder new --function-version 1 --routing 2";
    alias_with_weight_10: "aliases update adder live --routing 2=10";
    alias_with_two_routings: "aliases update adder live --routing 2=0.1 --routing 3=0.1";
    alias_with_routing_and_none: "aliases update adder live --routing 2=0.1 --no-routing";
    alias_update_without_changes: "aliases update adder live";
    aliases_of_an_alias: "aliases list adder:live";
    permission_without_principal: "permissions add adder --statement-id s";
    permission_maybe_for_urls: "ADD * --invoked-via-function-url=maybe";
    layers_with_pages_too_large: "layers list --page-size 51";
    layer_without_version: "layers get tools";
    layer_version_0: "layers get tools 0";
    layer_version_one: "layers get tools one";
}

/// The error for a word that may be a secret in the wrong place: the word is cut out of it.
fn refused_with_ellipsis(line: &str) -> String {
    let output = refused(line);
    assert!(output.contains('…'), "{output}");
    output
}

snapshots! { refused_with_ellipsis;
    secret_as_second_variable: "functions update-configuration adder --environment A=1 B=hunter2";
    secret_as_argument: "functions update-configuration adder B=hunter2 --timeout 3";
    secret_after_dashes: "functions update-configuration adder -- --B=hunter2";
    secret_as_number: "functions update-configuration adder --timeout B=hunter2";
    secret_as_verb: "functions B=hunter2";
    secret_as_command: "B=hunter2";
    secret_as_choice: "run adder --invocation-type B=hunter2";
    secret_apart_from_its_name: "functions update-configuration adder --environment B hunter2";
    secret_as_file: "functions update-configuration adder --environment-file B=hunter2";
    secret_after_parameters: "run adder -p name hunter2";
}

#[test]
fn secret_key_as_argument() {
    let stray = "functions get adder --qualifier 1 wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    assert!(!refused(stray).contains("wJalr"));
}

/// A file without variables removes none.
fn refused_file(text: &str) -> String {
    let lamplight = demo();
    lamplight.file("variables", text);
    lamplight.refused(&whole("functions update-configuration adder --environment-file variables"))
}

snapshots! { refused_file;
    variables_empty: "";
    variables_with_only_comments: "# nothing\n";
    variables_null: "null\n";
    variables_of_empty_braces: "{}\n";
}

#[test]
fn an_environment_is_removed_by_its_own_option() {
    good("functions update-configuration adder --no-environment");
}

#[test]
fn an_alias_is_read_by_its_name() {
    good("aliases get adder live");
}

/// The body of the request that a dry run shows.
fn body(line: &str) -> Value {
    let shown = json(&format!("{line} --dry-run"));
    assert!(shown["url"].is_string(), "not a dry run: {shown}");
    shown["body"].clone()
}

#[test]
fn a_repeated_option_collects_one_value_each_time() {
    let sent = body(
        "CREATE IMAGE --image-entry-point node --image-command server.js --image-command=--port --image-command 80",
    );
    let config = json!({ "EntryPoint": ["node"], "Command": ["server.js", "--port", "80"] });
    assert_eq!(sent["ImageConfig"], config);
}

#[test]
fn a_repeatable_option_does_not_consume_the_function_name() {
    const LAYER: &str = "arn:aws:lambda:us-east-1:000000000000:layer:tools:1";
    let sent = body(&format!("functions update-configuration --layers {LAYER} adder"));
    assert_eq!(sent["Layers"], json!([LAYER]));
    let network = "--subnet-ids subnet-1a,subnet-2b --subnet-ids subnet-3c --security-group-ids sg-1a";
    let sent = body(&format!("functions update-configuration {network} adder"));
    assert_eq!(sent["VpcConfig"]["SubnetIds"], json!(["subnet-1a", "subnet-2b", "subnet-3c"]));
    assert_eq!(sent["VpcConfig"]["SecurityGroupIds"], json!(["sg-1a"]));
}

#[test]
fn a_switch_does_not_consume_the_function_name() {
    let add = "permissions add --statement-id s --principal * --function-url-auth-type NONE \
               --action lambda:InvokeFunctionUrl";
    let sent = body(&format!("{add} --invoked-via-function-url adder"));
    assert_eq!(sent["InvokedViaFunctionUrl"], true);
    let sent = body(&format!("{add} --invoked-via-function-url=false adder"));
    assert_eq!(sent["InvokedViaFunctionUrl"], false);
}

#[test]
fn the_latest_version_has_the_same_name_everywhere() {
    let listed = good("functions list");
    let row = listed.stdout.lines().find(|line| line.starts_with("adder")).unwrap();
    assert_eq!(row.split_whitespace().nth(1), Some("$LATEST"), "{row}");
    let shown = good("functions get adder");
    assert!(shown.stdout.lines().any(|line| line.starts_with("version") && line.ends_with("$LATEST")));
}

/// A connection without credentials: only a dry run whose help says that it reads first fails there.
fn dry_run_reads_first_if_it_says_so(verb: &str, rest: &str) {
    let lamplight = demo();
    lamplight.file(
        "lamplight.toml",
        "[connections.closed]\nregion = \"eu-west-1\"\nendpoint_url = \"http://127.0.0.1:9\"\n\
         auth = { profile = { name = \"nosuch\" } }\n",
    );
    let done = lamplight.line(&whole(&format!("{verb} {rest} --dry-run")).replace("-c demo", "-c closed"));
    let help = lamplight.line(&format!("{verb} --help"));
    let help = help.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let reads = help.contains("read first, which needs credentials");
    assert_eq!(done.code, if reads { 4 } else { 0 }, "{done:#?}");
}

each! { dry_run_reads_first_if_it_says_so;
    reading_of_create: "functions create", "made --role arn:aws:iam::000000000000:role/worker RUNTIME --zip-file code";
    reading_of_update_code: "functions update-code", "adder --zip-file code";
    reading_of_update_configuration: "functions update-configuration", "adder --timeout 9";
    reading_of_publish_version: "functions publish-version", "adder";
    reading_of_delete: "functions delete", "adder";
    reading_of_tags_set: "functions tags set", "adder team=jobs";
    reading_of_tags_remove: "functions tags remove", "adder team";
    reading_of_concurrency_put: "functions concurrency put", "adder 3";
    reading_of_concurrency_delete: "functions concurrency delete", "adder";
    reading_of_async_put: "functions async put", "adder --maximum-retry-attempts 1";
    reading_of_async_update: "functions async update", "adder --maximum-retry-attempts 1";
    reading_of_async_delete: "functions async delete", "adder";
    reading_of_aliases_create: "aliases create", "adder live --function-version 1";
    reading_of_aliases_update: "aliases update", "adder live --function-version 1";
    reading_of_aliases_delete: "aliases delete", "adder live";
    reading_of_permissions_add: "permissions add", "adder --statement-id s --principal 123456789012";
    reading_of_permissions_remove: "permissions remove", "adder --statement-id s";
    reading_of_layers_add_permission:
        "layers add-permission", "tools 1 --statement-id s --principal 123456789012";
    reading_of_layers_remove_permission: "layers remove-permission", "tools 1 --statement-id s";
}

/// A listing in pages of two shows every thing once.
fn goes_on_after_each_page(list: &str) {
    let all = json(list)["functions"].as_array().unwrap().clone();
    let (mut seen, mut more) = (Vec::new(), String::new());
    loop {
        let page = json(&format!("{list} --max-items 2{more}"));
        let functions = page["functions"].as_array().unwrap();
        assert!(functions.len() <= 2, "{page}");
        seen.extend(functions.clone());
        let Some(marker) = page["next_marker"].as_str() else { break };
        more = format!(" --marker {marker}");
    }
    assert!(seen == all && all.len() > 2, "{list}");
}

each! { goes_on_after_each_page;
    pages_of_functions: "functions list";
    pages_of_versions: "functions list --function-version ALL";
}
