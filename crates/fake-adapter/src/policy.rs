//! Policies as the provider writes them: built from statements, and read back by the reader for real policies.

use crate::{FakeProvider, change::Stamp, state::KeptPolicy};
use lamplight_aws_model::read_policy;
use lamplight_domain::{ErrorCode, PermissionPolicy, PermissionStatement};
use lamplight_ports::{PortError, PortErrorKind};
use serde_json::{Value, json};

impl KeptPolicy {
    /// An empty policy. The provider does not return policies without statements.
    pub(crate) fn new() -> Self {
        Self { statements: Vec::new(), revision: None }
    }

    /// Adds a statement, unless one with the same ID exists; returns whether it was added.
    pub(crate) fn add(&mut self, statement: &PermissionStatement, stamp: Stamp) -> bool {
        let is_new = self.statements.iter().all(|kept| kept.id != statement.id);
        if is_new {
            self.statements.push(statement.clone());
            self.revision = Some(stamp.revision);
        }
        is_new
    }

    /// Removes the statement with that ID; returns whether it existed.
    pub(crate) fn remove(&mut self, id: &str, stamp: Stamp) -> bool {
        let before = self.statements.len();
        self.statements.retain(|kept| kept.id != id);
        let removed = self.statements.len() < before;
        if removed {
            self.revision = Some(stamp.revision);
        }
        removed
    }

    /// The policy of `resource`; `None` without statements.
    pub(crate) fn read(&self, resource: &str) -> Result<Option<PermissionPolicy>, PortError> {
        if self.statements.is_empty() {
            return Ok(None);
        }
        let statements: Vec<Value> =
            self.statements.iter().map(|kept| statement_json(kept, resource)).collect();
        let document = json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements });
        let read = read_policy(&document.to_string(), self.revision.clone());
        read.map(Some).map_err(|error| {
            PortError::new(PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer, "cannot read the policy")
                .with_source(error)
        })
    }
}

fn statement_json(statement: &PermissionStatement, resource: &str) -> Value {
    let mut conditions = json!({});
    for (operator, key, value) in [
        ("ArnLike", "AWS:SourceArn", statement.source.clone()),
        ("StringEquals", "AWS:SourceAccount", statement.source_account.clone()),
        ("StringEquals", "aws:PrincipalOrgID", statement.organization.clone()),
        ("StringEquals", "lambda:EventSourceToken", statement.event_source_token.clone()),
        ("StringEquals", "lambda:FunctionUrlAuthType", statement.url_auth.clone()),
        ("Bool", "lambda:InvokedViaFunctionUrl", statement.via_url.map(|flag| flag.to_string())),
    ] {
        if let Some(value) = value {
            conditions[operator][key] = Value::String(value);
        }
    }
    let mut written = json!({
        "Sid": statement.id,
        "Effect": "Allow",
        "Principal": principal(&statement.principal),
        "Action": statement.action,
        "Resource": resource,
    });
    if conditions.as_object().is_some_and(|conditions| !conditions.is_empty()) {
        written["Condition"] = conditions;
    }
    written
}

/// Writes an account as its root user, and a service as a service.
fn principal(text: &str) -> Value {
    let is_account =
        text.len() == FakeProvider::ACCOUNT.len() && text.bytes().all(|byte| byte.is_ascii_digit());
    if text == "*" {
        json!("*")
    } else if is_account {
        json!({ "AWS": format!("arn:aws:iam::{text}:root") })
    } else if text.starts_with("arn:") {
        json!({ "AWS": text })
    } else {
        json!({ "Service": text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_it_was_asked_for() {
        let full = PermissionStatement {
            id: "full".to_owned(),
            action: "lambda:InvokeFunction".to_owned(),
            principal: "s3.amazonaws.com".to_owned(),
            source: Some("arn:aws:s3:::bucket".to_owned()),
            source_account: Some("123456789012".to_owned()),
            organization: Some("o-1234567890".to_owned()),
            event_source_token: Some("token".to_owned()),
            url_auth: Some("AWS_IAM".to_owned()),
            via_url: Some(true),
        };
        let plain = |id: &str, principal: &str| PermissionStatement {
            id: id.to_owned(),
            action: "lambda:*".to_owned(),
            principal: principal.to_owned(),
            ..PermissionStatement::default()
        };
        let statements = vec![
            full,
            plain("account", "123456789012"),
            plain("role", "arn:aws:iam::123456789012:role/caller"),
            plain("anyone", "*"),
        ];
        let kept = KeptPolicy { statements: statements.clone(), revision: Some("1".to_owned()) };
        let policy = kept.read("arn:aws:lambda:us-east-1:000000000000:function:adder").unwrap().unwrap();
        assert_eq!((policy.statements, policy.others), (statements, Vec::new()));
        assert_eq!(policy.revision.as_deref(), Some("1"));
    }
}
