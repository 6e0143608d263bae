//! Managing at a Lambda that keeps what it is told: repeats, conflicts, lost answers, and policies that say more than a permission.

use crate::{cases::each, place::Place};
use serde_json::json;

const CREATE: &str = "functions create made --role arn:aws:iam::123456789012:role/worker --runtime python3.14 \
                      --handler a.b --zip-file code";
const ALIAS: &str = "aliases create adder live --function-version 1";
const PERMISSION: &str = "permissions add adder --statement-id s --principal 123456789012";
const LAYER_PERMISSION: &str = "layers add-permission tools 1 --statement-id s --principal 123456789012";
const ASYNC: &str = "functions async put adder --maximum-retry-attempts 1";

/// A change is made once. The second time the command says so and sends no request that changes anything.
fn is_repeated(action: &str, requests: usize, before: &[&str], line: &str) {
    let place = Place::with(before);
    assert_eq!(place.json(0, line)["outcome"], "made");
    assert_eq!(place.json(0, line)["outcome"], "unchanged");
    assert_eq!(place.calls(action), requests);
    let again = place.run(line);
    assert!(again.code == 0 && again.stderr.contains("nothing was changed"), "{again:#?}");
}

// Only Lambda knows whether these exist: the second request is sent and refused.
each! { is_repeated;
    repeated_create: "lambda:CreateFunction", 2, &[], CREATE;
    repeated_update_code: "lambda:UpdateFunctionCode", 1, &[], "functions update-code adder --zip-file code";
    repeated_update_configuration:
        "lambda:UpdateFunctionConfiguration", 1, &[], "functions update-configuration adder --timeout 9";
    repeated_tags_set: "lambda:TagResource", 1, &[], "functions tags set adder team=jobs";
    repeated_concurrency_put: "lambda:PutFunctionConcurrency", 1, &[], "functions concurrency put adder 3";
    repeated_async_put: "lambda:PutFunctionEventInvokeConfig", 1, &[], ASYNC;
    repeated_alias_create: "lambda:CreateAlias", 2, &[], ALIAS;
    repeated_alias_update: "lambda:UpdateAlias", 1, &[ALIAS], "aliases update adder live --routing 2=10%";
    repeated_permission_add: "lambda:AddPermission", 2, &[], PERMISSION;
    repeated_layer_permission_add: "lambda:AddLayerVersionPermission", 2, &[], LAYER_PERMISSION;
}

/// A thing of the same name with other settings is an error.
fn exists_otherwise(before: &str, line: &str) {
    let error = &Place::with(&[before]).json(1, line)["error"];
    assert_eq!(error["code"], "exists_otherwise", "{error}");
    assert!(error["message"].as_str().unwrap().contains("already exists and differs in"), "{error}");
}

each! { exists_otherwise;
    other_function: CREATE, &format!("{CREATE} --memory-size 512");
    other_alias: ALIAS, "aliases create adder live --function-version 2";
    other_permission: PERMISSION, "permissions add adder --statement-id s --principal s3.amazonaws.com";
    other_layer_permission: LAYER_PERMISSION, "layers add-permission tools 1 --statement-id s --principal *";
}

/// A removal sends nothing until it is confirmed, is done once, and finds nothing the second time.
fn is_removed(action: &str, before: &[&str], line: &str) {
    let place = Place::with(before);
    assert_eq!(place.json(2, line)["error"]["code"], "not_confirmed");
    place.json(0, &format!("{line} --dry-run"));
    assert_eq!(place.calls(action), 0, "nothing was sent");
    assert_eq!(place.json(0, &format!("{line} --yes"))["outcome"], "made");
    place.json(6, &format!("{line} --yes"));
}

each! { is_removed;
    removed_permission: "lambda:RemovePermission", &[PERMISSION], "permissions remove adder --statement-id s";
    removed_layer_permission:
        "lambda:RemoveLayerVersionPermission", &[LAYER_PERMISSION],
        "layers remove-permission tools 1 --statement-id s";
    removed_async: "lambda:DeleteFunctionEventInvokeConfig", &[ASYNC], "functions async delete adder";
    removed_alias: "lambda:DeleteAlias", &[ALIAS], "aliases delete adder live";
    removed_function: "lambda:DeleteFunction", &[], "functions delete adder";
}

#[test]
fn unsupported_statements_are_counted_and_shown_in_full() {
    let place = Place::new();
    let deny = json!({
        "Sid": "never",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "lambda:*",
        "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:adder",
    });
    let add = "permissions add adder --statement-id s --principal 123456789012";
    assert_eq!(place.run(add).code, 0);
    let mut account = place.world.aws.account();
    account.functions.get_mut("adder").unwrap().managed.policies.get_mut("").unwrap().push(deny.clone());
    drop(account);
    let shown = place.run("permissions get adder");
    assert_eq!(shown.code, 0, "{shown:#?}");
    assert_eq!(shown.stdout.lines().count(), 2, "{}", shown.stdout);
    assert!(shown.stderr.contains("1 more not shown in these columns (never)"), "{}", shown.stderr);
    assert!(shown.stderr.contains("revision id"), "{}", shown.stderr);
    let whole = place.json(0, "permissions get adder");
    assert_eq!(whole["other_statement_ids"], json!(["never"]));
    assert_eq!(whole["policy"]["Statement"][1], deny);
    assert_eq!(whole["statements"][0]["statement_id"], "s");
}

/// After a lost answer the program reads whether the change was made, and does not send it again.
fn is_looked_for(action: &str, before: &[&str], line: &str) {
    let place = Place::with(before);
    place.world.aws.account().answers_to_lose = 1;
    let (shown, done) = place.shown(0, line);
    assert_eq!(shown["outcome"], "found", "{shown}");
    assert!(done.stderr.contains("the answer was lost"), "{}", done.stderr);
    assert_eq!(place.calls(action), 1, "it was not sent again");
}

each! { is_looked_for;
    lost_alias_create: "lambda:CreateAlias", &[], ALIAS;
    lost_alias_update: "lambda:UpdateAlias", &[ALIAS], "aliases update adder live --routing 2=0.5";
    lost_alias_delete: "lambda:DeleteAlias", &[ALIAS], "aliases delete adder live --yes";
    lost_permission_add: "lambda:AddPermission", &[], PERMISSION;
    lost_permission_remove:
        "lambda:RemovePermission", &[PERMISSION], "permissions remove adder --statement-id s --yes";
    lost_async_put: "lambda:PutFunctionEventInvokeConfig", &[], ASYNC;
    lost_update_configuration:
        "lambda:UpdateFunctionConfiguration", &[], "functions update-configuration adder --timeout 9";
}

#[test]
fn a_change_that_cannot_be_verified_is_unknown() {
    let place = Place::new();
    place.world.aws.account().answers_to_lose = u32::MAX;
    let error = place.json(7, ALIAS);
    assert_eq!(error["error"]["code"], "change_unknown");
    assert_eq!(place.calls("lambda:CreateAlias"), 1, "it was not sent again");
}
