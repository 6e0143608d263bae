//! Statements in the policy of a function, version or alias.

use super::{
    grammar,
    violation::{Checked, RuleViolation, Violations, length, matching, one_of},
};
use crate::arn::{ACCOUNT_RULE, is_account};
use lamplight_domain::PermissionStatement;

/// 1-100 letters, digits, `-` and `_`.
pub fn check_statement_id(text: &str) -> Result<(), RuleViolation> {
    length("StatementId", text, &(1..=100))?;
    matching(
        "StatementId",
        text,
        grammar::is_word(text),
        "only letters a-z and A-Z, digits, '-' and '_' can stand in it",
    )
}

/// The id of a statement that is to go: others than we may have added it, and theirs can hold a `.` (Lambda API,
/// `RemovePermission`).
pub fn check_removed_statement_id(text: &str) -> Result<(), RuleViolation> {
    length("StatementId", text, &(1..=100))?;
    matching(
        "StatementId",
        text,
        grammar::is_word(&text.replace('.', "_")),
        "only letters a-z and A-Z, digits, '-', '_' and '.' can stand in it",
    )
}

/// A statement for a function, or for the version or alias that `qualifier` names, which cannot be `$LATEST` (Lambda
/// API, `AddPermission`).
///
/// # Errors
/// Every rule that is broken.
pub fn check_permission(
    statement: &PermissionStatement,
    qualifier: Option<&str>,
) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    found.note(check_statement_id(&statement.id));
    found.note(check_action(&statement.action));
    found.note(length("Principal", &statement.principal, &(1..=2_048)));
    if !statement.principal.is_empty() {
        let holds = grammar::has_no_space(&statement.principal);
        let rule = "it is a service as s3.amazonaws.com, an account, an ARN or *";
        found.note(matching("Principal", &statement.principal, holds, rule));
    }
    found.check(statement.source.as_deref(), |source| {
        length("SourceArn", source, &(0..=10_000))?;
        matching("SourceArn", source, grammar::is_arn(source), "it is an ARN, as arn:aws:s3:::BUCKET")
    });
    found.check(statement.source_account.as_deref(), |account| {
        matching("SourceAccount", account, is_account(account), ACCOUNT_RULE)
    });
    found.check(statement.organization.as_deref(), |id| {
        matching("PrincipalOrgID", id, grammar::is_organization(id), ORGANIZATION_RULE)
    });
    found.check(statement.event_source_token.as_deref(), check_event_source_token);
    found.check(statement.url_auth.as_deref(), |auth| {
        one_of("FunctionUrlAuthType", auth, &["NONE", "AWS_IAM"])
    });
    if qualifier == Some("$LATEST") {
        let problem =
            "$LATEST is wrong: only the function itself, a published version or an alias has a policy";
        found.broken("Qualifier", problem);
    }
    found.finish()
}

pub(super) const ORGANIZATION_RULE: &str = "it is o- and 10-32 lower-case letters and digits";

/// `(lambda:[*]|lambda:[a-zA-Z]+|[*])`
fn check_action(text: &str) -> Checked {
    let name =
        |name: &str| name == "*" || !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    let holds = text == "*" || text.strip_prefix("lambda:").is_some_and(name);
    matching("Action", text, holds && text.len() <= 10_000, "it looks like lambda:InvokeFunction")
}

/// The token is shared between the caller and the function's owner, so it is not repeated.
fn check_event_source_token(text: &str) -> Checked {
    length("EventSourceToken", text, &(1..=256))?;
    if text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)) {
        Ok(())
    } else {
        Err(RuleViolation::new("EventSourceToken", "is wrong: only letters, digits and ._- can stand in it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn statement() -> PermissionStatement {
        PermissionStatement {
            id: "s3".to_owned(),
            action: "lambda:InvokeFunction".to_owned(),
            principal: "s3.amazonaws.com".to_owned(),
            ..PermissionStatement::default()
        }
    }

    fn members(statement: &PermissionStatement, qualifier: Option<&str>) -> Vec<&'static str> {
        check_permission(statement, qualifier).err().into_iter().flatten().map(|one| one.member).collect()
    }

    #[test]
    fn statements_are_told_all_that_is_wrong() {
        assert_eq!(members(&statement(), None), Vec::<&str>::new());
        let text = |text: &str| Some(text.to_owned());
        let good = PermissionStatement {
            source: text("arn:aws:s3:::bucket"),
            source_account: text("123456789012"),
            organization: text("o-a1b2c3d4e5"),
            event_source_token: text("a.b_c-1"),
            url_auth: text("NONE"),
            via_url: Some(true),
            ..statement()
        };
        assert_eq!(members(&good, Some("live")), Vec::<&str>::new());
        let bad = PermissionStatement {
            id: String::new(),
            action: "InvokeFunction".to_owned(),
            principal: "a b".to_owned(),
            source: text("bucket"),
            source_account: text("42"),
            organization: text("acme"),
            event_source_token: text("to ken"),
            url_auth: text("none"),
            via_url: None,
        };
        assert_eq!(
            members(&bad, Some("$LATEST")),
            [
                "StatementId",
                "Action",
                "Principal",
                "SourceArn",
                "SourceAccount",
                "PrincipalOrgID",
                "EventSourceToken",
                "FunctionUrlAuthType",
                "Qualifier",
            ]
        );
        assert!(check_permission(&bad, None).unwrap_err().iter().all(|one| !one.message.contains("to ken")));
    }

    #[test]
    fn actions_principals_and_tokens_have_their_ends() {
        for (action, fits) in [
            ("*", true),
            ("lambda:*", true),
            ("lambda:InvokeFunctionUrl", true),
            ("lambda:", false),
            ("lambda:Invoke*", false),
            ("s3:GetObject", false),
        ] {
            assert_eq!(check_action(action).is_ok(), fits, "{action}");
        }
        for (characters, fits) in [(0, false), (1, true), (2_048, true), (2_049, false)] {
            let principal = "x".repeat(characters);
            assert_eq!(members(&PermissionStatement { principal, ..statement() }, None).is_empty(), fits);
        }
        for (characters, fits) in [(0, false), (1, true), (256, true), (257, false)] {
            assert_eq!(check_event_source_token(&"x".repeat(characters)).is_ok(), fits, "{characters}");
        }
        for (characters, fits) in [(0, false), (1, true), (100, true), (101, false)] {
            assert_eq!(check_statement_id(&"x".repeat(characters)).is_ok(), fits, "{characters}");
            assert_eq!(check_removed_statement_id(&".".repeat(characters)).is_ok(), fits, "{characters}");
        }
    }

    #[test]
    fn a_statement_of_others_can_be_named_to_go() {
        for (id, added, removed) in
            [("s3", true, true), ("lc.1-a_B", false, true), ("a b", false, false), ("a/b", false, false)]
        {
            assert_eq!(check_statement_id(id).is_ok(), added, "{id}");
            assert_eq!(check_removed_statement_id(id).is_ok(), removed, "{id}");
        }
    }

    proptest! {
        #[test]
        fn every_id_and_action_of_the_models_patterns_holds(
            id in "[a-zA-Z0-9_-]{1,100}",
            action in r"(lambda:[*]|lambda:[a-zA-Z]{1,30}|[*])",
        ) {
            let found = members(&PermissionStatement { id, action, ..statement() }, None);
            prop_assert!(found.is_empty());
        }
    }
}
