//! Managing at a Lambda that keeps what it is told: repeats, conflicts, lost answers, and policies that say more than a permission.

use crate::place::Place;
use serde_json::{Value, json};

/// Each is done once, and the second time said to be so, without another request that changes anything.
#[test]
fn a_repeat_says_so_and_changes_nothing() {
    let place = Place::new();
    let role = "arn:aws:iam::123456789012:role/worker";
    let create =
        format!("functions create made --role {role} --runtime python3.14 --handler a.b --zip-file code");
    for (line, action, sent) in [
        // Where only Lambda knows, it is asked again and refuses.
        (create.as_str(), "lambda:CreateFunction", 2),
        ("functions update-code adder --zip-file code", "lambda:UpdateFunctionCode", 1),
        ("functions update-configuration adder --timeout 9", "lambda:UpdateFunctionConfiguration", 1),
        ("functions tags set adder team=jobs", "lambda:TagResource", 1),
        ("functions concurrency put adder 3", "lambda:PutFunctionConcurrency", 1),
        ("functions async put adder --maximum-retry-attempts 1", "lambda:PutFunctionEventInvokeConfig", 1),
        ("aliases create adder live --function-version 1", "lambda:CreateAlias", 2),
        ("aliases update adder live --routing 2=10%", "lambda:UpdateAlias", 1),
        ("permissions add adder --statement-id s --principal 123456789012", "lambda:AddPermission", 2),
        (
            "layers add-permission tools 1 --statement-id s --principal 123456789012",
            "lambda:AddLayerVersionPermission",
            2,
        ),
    ] {
        assert_eq!(place.json(0, line)["outcome"], "made", "{line}");
        assert_eq!(place.json(0, line)["outcome"], "unchanged", "{line}");
        assert_eq!(place.calls(action), sent, "{line}");
        let again = place.run(line);
        assert_eq!(again.code, 0, "{again:#?}");
        assert!(again.stderr.contains("nothing was changed"), "{line}: {}", again.stderr);
    }
    for line in [
        &format!("{create} --memory-size 512"),
        "aliases create adder live --function-version 2",
        "permissions add adder --statement-id s --principal s3.amazonaws.com",
        "layers add-permission tools 1 --statement-id s --principal *",
    ] {
        let error = &place.json(1, line)["error"];
        assert_eq!(error["code"], "exists_otherwise", "{line}: {error}");
        assert!(
            error["message"].as_str().unwrap().contains("already exists and differs in"),
            "{line}: {error}"
        );
    }
    for (line, action) in [
        ("permissions remove adder --statement-id s --yes", "lambda:RemovePermission"),
        ("layers remove-permission tools 1 --statement-id s --yes", "lambda:RemoveLayerVersionPermission"),
        ("functions async delete adder --yes", "lambda:DeleteFunctionEventInvokeConfig"),
        ("aliases delete adder live --yes", "lambda:DeleteAlias"),
        ("functions delete adder --yes", "lambda:DeleteFunction"),
    ] {
        let unasked = line.strip_suffix(" --yes").unwrap();
        assert_eq!(place.json(2, unasked)["error"]["code"], "not_confirmed", "{line}");
        place.json(0, &format!("{unasked} --dry-run"));
        assert_eq!(place.calls(action), 0, "{line}: nothing was sent");
        assert_eq!(place.json(0, line)["outcome"], "made", "{line}");
        place.json(6, line);
    }
}

#[test]
fn statements_that_say_more_than_a_permission_are_counted_and_shown_whole() {
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
    assert!(shown.stderr.contains("1 more cannot be told in these columns (never)"), "{}", shown.stderr);
    assert!(shown.stderr.contains("revision id"), "{}", shown.stderr);
    let whole = place.json(0, "permissions get adder");
    assert_eq!(whole["other_statement_ids"], json!(["never"]));
    assert_eq!(whole["policy"]["Statement"][1], deny);
    assert_eq!(whole["statements"][0]["statement_id"], "s");
}

#[test]
fn a_lost_answer_is_looked_for_before_anything_is_claimed() {
    let place = Place::new();
    let lose = |answers| place.world.aws.account().answers_to_lose = answers;
    for (line, action) in [
        ("aliases create adder live --function-version 1", "lambda:CreateAlias"),
        ("aliases update adder live --routing 2=0.5", "lambda:UpdateAlias"),
        ("permissions add adder --statement-id s --principal 123456789012", "lambda:AddPermission"),
        ("functions async put adder --maximum-retry-attempts 1", "lambda:PutFunctionEventInvokeConfig"),
        ("functions update-configuration adder --timeout 9", "lambda:UpdateFunctionConfiguration"),
        ("permissions remove adder --statement-id s --yes", "lambda:RemovePermission"),
        ("aliases delete adder live --yes", "lambda:DeleteAlias"),
    ] {
        lose(1);
        let done = place.run(&format!("{line} --output json"));
        assert_eq!(done.code, 0, "{line}: {done:#?}");
        let said: Value = serde_json::from_str(&done.stdout).unwrap();
        assert_eq!(said["outcome"], "found", "{line}: {said}");
        assert!(done.stderr.contains("the answer was lost"), "{line}: {}", done.stderr);
        assert_eq!(place.calls(action), 1, "{line}: it was not sent again");
    }
    // Nor can be seen what became of it.
    lose(u32::MAX);
    let said = place.json(7, "aliases create adder dark --function-version 1");
    assert_eq!(said["error"]["code"], "change_unknown");
    assert_eq!(place.calls("lambda:CreateAlias"), 2, "it was not sent again");
}
