//! Permissions, as a table.

use crate::render::table::{one_line, or_dash, table};
use lamplight_domain::PermissionStatement;

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

/// The conditions of a statement. The event source token is a secret of caller and function, and is not shown.
fn limits(statement: &PermissionStatement) -> Option<String> {
    // Destructured, so that a new field does not compile before it is shown.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_shown_in_words_without_the_token() {
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
