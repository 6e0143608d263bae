//! Permissions, as a table and as JSON.

use crate::render::table::{one_line, or_dash, table};
use lamplight_domain::{PermissionPolicy, PermissionStatement};
use serde::Serialize;
use serde_json::value::RawValue;

/// The statements of a policy as a table.
pub fn statements_table(statements: &[PermissionStatement]) -> String {
    table(
        ["STATEMENT", "ACTION", "PRINCIPAL", "LIMITS"],
        statements.iter().map(|statement| {
            let PermissionStatement { id, action, principal, .. } = statement;
            [one_line(id), one_line(action), one_line(principal), or_dash(limits(statement))]
        }),
    )
}

/// What a statement is limited by. The token is between the caller and the function, and is not shown.
fn limits(statement: &PermissionStatement) -> Option<String> {
    // Taken apart, so that what is added later cannot be forgotten here.
    let PermissionStatement {
        id: _,
        action: _,
        principal: _,
        source,
        source_account,
        organization,
        event_source_token,
        url_auth,
        via_url,
    } = statement;
    let named = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name} {value}"));
    let limits: Vec<String> = [
        named("source", source),
        named("source account", source_account),
        named("organisation", organization),
        event_source_token.as_ref().map(|_| "a token".to_owned()),
        named("function URL with", url_auth),
        via_url.map(|via| if via { "by function URL" } else { "not by function URL" }.to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!limits.is_empty()).then(|| one_line(&limits.join(", ")))
}

/// A statement as programs read it.
#[derive(Debug, Serialize)]
pub struct StatementJson {
    statement_id: String,
    action: String,
    principal: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_source_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_url_auth_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoked_via_function_url: Option<bool>,
}

impl StatementJson {
    /// One statement.
    pub fn new(statement: &PermissionStatement) -> Self {
        let PermissionStatement {
            id,
            action,
            principal,
            source,
            source_account,
            organization,
            event_source_token,
            url_auth,
            via_url,
        } = statement.clone();
        Self {
            statement_id: id,
            action,
            principal,
            source_arn: source,
            source_account,
            principal_org_id: organization,
            event_source_token,
            function_url_auth_type: url_auth,
            invoked_via_function_url: via_url,
        }
    }
}

/// A policy as programs read it.
#[derive(Debug, Serialize)]
pub struct PolicyJson<'a> {
    statements: Vec<StatementJson>,
    /// The ids of those that say more than a permission can.
    other_statement_ids: &'a [String],
    /// As the provider wrote it; `None` where that is no JSON.
    policy: Option<&'a RawValue>,
    revision_id: Option<&'a str>,
}

impl<'a> PolicyJson<'a> {
    /// One policy.
    pub fn new(policy: &'a PermissionPolicy) -> Self {
        let PermissionPolicy { statements, others, document, revision } = policy;
        Self {
            statements: statements.iter().map(StatementJson::new).collect(),
            other_statement_ids: others,
            policy: serde_json::from_str(document).ok(),
            revision_id: revision.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_told_in_words_and_the_token_is_not() {
        let statement = PermissionStatement {
            id: "s3".to_owned(),
            action: "lambda:InvokeFunction".to_owned(),
            principal: "s3.amazonaws.com".to_owned(),
            source: Some("arn:aws:s3:::bucket".to_owned()),
            source_account: Some("123456789012".to_owned()),
            event_source_token: Some("hush".to_owned()),
            via_url: Some(false),
            ..PermissionStatement::default()
        };
        let text = statements_table(&[statement, PermissionStatement::default()]);
        assert_eq!(
            text.lines().nth(1).unwrap(),
            "s3         lambda:InvokeFunction  s3.amazonaws.com  source arn:aws:s3:::bucket, source account \
             123456789012, a token, not by function URL"
        );
        assert!(text.lines().nth(2).unwrap().trim().ends_with('-'), "{text}");
    }
}
