//! Policies as people paste them into IAM.

use crate::lamplight::Lamplight;

#[test]
fn policies_grant_no_more_than_asked_for() {
    let lamplight = Lamplight::new();
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function:adder";
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
    for (arguments, part) in [
        (vec!["policy", "--for", "manage"], "names the functions"),
        (vec!["policy", "--function", arn, "--pass-role", role], "hand roles over"),
        (vec!["policy", "--function", arn, "--domain", "jobs"], "has a domain"),
        (vec!["policy", "--for", "workflows", "--function", arn, "--domain", "a/b"], "SWF domain"),
        (vec!["policy", "--for", "manage", "--function", arn, "--pass-role", "x"], "role ARN"),
        (vec!["policy"], "names the functions"),
        (vec!["policy", "--function", "adder"], "adder"),
        (vec!["trust-policy", "swf"], "every workflow of every account"),
        (
            vec![
                "trust-policy",
                "swf",
                "--source-arn",
                "arn:aws:swf:*:123456789012:/domain/d",
                "--source-account",
                "210987654321",
            ],
            "both must be the same",
        ),
    ] {
        let done = lamplight.run(&[&["iam"], arguments.as_slice()].concat());
        assert_eq!(done.code, 2, "{done:#?}");
        assert!(done.stderr.contains(part) && done.stdout.is_empty(), "{done:#?}");
    }
}

#[test]
fn trust_is_bound_to_one_party() {
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
