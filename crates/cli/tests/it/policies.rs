//! Policies as people paste them into IAM.

use crate::{cases::snapshots, lamplight::Lamplight};

const ADDER: &str = "arn:aws:lambda:eu-west-1:123456789012:function:adder";

#[test]
fn policies_grant_no_more_than_asked_for() {
    let lamplight = Lamplight::new();
    let arn = ADDER;
    let policy = lamplight.json(&["iam", "policy", "--function", arn]);
    assert_eq!(policy["Statement"][0]["Resource"], serde_json::json!([arn, format!("{arn}:*")]));
    let policy = lamplight.json(&["iam", "policy", "--for", "discover"]);
    assert_eq!(policy["Statement"][0]["Action"], serde_json::json!(["lambda:ListFunctions"]));
    let policy = lamplight.json(&["iam", "policy", "--for", "manage", "--function", arn]);
    let actions: Vec<&str> = policy["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|statement| statement["Action"].as_array().unwrap())
        .map(|action| action.as_str().unwrap())
        .collect();
    for action in ["lambda:CreateFunction", "lambda:UpdateAlias", "lambda:GetAccountSettings", "iam:PassRole"]
    {
        assert!(actions.contains(&action), "{action}");
    }
    let role = "arn:aws:iam::123456789012:role/swf";
    let policy = lamplight.json(&[
        "iam",
        "policy",
        "--for",
        "workflows",
        "--function",
        arn,
        "--domain",
        "jobs",
        "--pass-role",
        role,
    ]);
    assert_eq!(
        policy["Statement"][1]["Resource"],
        serde_json::json!(["arn:aws:swf:eu-west-1:123456789012:/domain/jobs"])
    );
    assert_eq!(policy["Statement"][3]["Resource"], serde_json::json!([role]));
}

fn refused(line: &str) -> String {
    Lamplight::new().refused(&format!("iam {line}").replace("ADDER", ADDER))
}

snapshots! { refused;
    policy_without_functions: "policy";
    policy_to_manage_without_functions: "policy --for manage";
    policy_of_a_name_without_account: "policy --function adder";
    run_policy_with_a_role_to_pass: "policy --function ADDER --pass-role arn:aws:iam::123456789012:role/swf";
    policy_with_an_invalid_role_to_pass: "policy --for manage --function ADDER --pass-role x";
    policy_of_a_domain: "policy --function ADDER --domain jobs";
    policy_of_a_domain_not_valid: "policy --for workflows --function ADDER --domain a/b";
    trust_of_every_workflow: "trust-policy swf";
    trust_of_another_account:
        "trust-policy swf --source-arn arn:aws:swf:*:123456789012:/domain/d --source-account 210987654321";
}

#[test]
fn trust_policies_are_limited_to_one_party() {
    let lamplight = Lamplight::new();
    let account = "123456789012";
    let github = lamplight.json(&[
        "iam",
        "trust-policy",
        "github",
        "--account",
        account,
        "--repository",
        "acme/jobs",
        "--region",
        "cn-north-1",
    ]);
    let statement = &github["Statement"][0];
    assert!(
        statement["Principal"]["Federated"].as_str().unwrap().starts_with("arn:aws-cn:iam::"),
        "{github}"
    );
    let user = "arn:aws:iam::123456789012:user/bootstrap";
    let role =
        lamplight.json(&["iam", "trust-policy", "assume-role", "--principal", user, "--external-id", "l-42"]);
    assert_eq!(role["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"], "l-42");
    assert_eq!(role["Statement"][0]["Action"], "sts:AssumeRole");
    let tagged =
        lamplight.json(&["iam", "trust-policy", "assume-role", "--principal", user, "--session-tags"]);
    assert_eq!(tagged["Statement"][0]["Action"][1], "sts:TagSession");
    let subject = "system:serviceaccount:jobs:lamplight";
    let issuer = "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF";
    let pod = lamplight.json(&[
        "iam",
        "trust-policy",
        "oidc",
        "--account",
        "123456789012",
        "--issuer",
        issuer,
        "--subject",
        subject,
    ]);
    let condition = &pod["Statement"][0]["Condition"]["StringEquals"];
    assert_eq!(condition["oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF:sub"], subject);
    assert_eq!(condition["oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF:aud"], "sts.amazonaws.com");
}
