//! Reads resource-based policies as Lambda returns them into the form in which permissions are added. A statement that
//! cannot be expressed in that form is reported by its ID only; its meaning is never guessed.

use crate::arn::is_account;
use lamplight_domain::{PermissionPolicy, PermissionStatement};
use serde_json::{Map, Value};

/// A text that is not a policy. The error does not contain the text, because conditions can contain tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy is not a JSON object with a list of statements (line {line}, column {column})")]
pub struct PolicyDocumentError {
    /// The line at which parsing failed, from 1; 0 if the text is valid JSON but not a policy.
    pub line: usize,
    /// The column at which parsing failed.
    pub column: usize,
}

/// Reads the policy of a function, version, alias or layer version, as returned by `GetPolicy` and
/// `GetLayerVersionPolicy`.
///
/// # Guarantees
/// - A statement is returned only if every part of it is understood, so it grants exactly what it says. Every other
///   statement is listed in [`others`](PermissionPolicy::others) by its ID, or by an empty text if it has no ID.
/// - The root user of an account is returned as the account's ID, in the form in which permissions are added.
///
/// ```
/// use lamplight_aws_model::policy_document::read_policy;
///
/// let policy = read_policy(
///     r#"{"Version":"2012-10-17","Id":"default","Statement":[{"Sid":"s3","Effect":"Allow",
///         "Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction",
///         "Resource":"arn:aws:lambda:eu-west-1:123456789012:function:adder",
///         "Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::bucket"}}}]}"#,
///     None,
/// )?;
/// let statement = policy.statement("s3").ok_or("no statement")?;
/// assert_eq!(statement.principal, "s3.amazonaws.com");
/// assert_eq!(statement.source.as_deref(), Some("arn:aws:s3:::bucket"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_policy(
    document: &str,
    revision: Option<String>,
) -> Result<PermissionPolicy, PolicyDocumentError> {
    let value: Value = serde_json::from_str(document)
        .map_err(|error| PolicyDocumentError { line: error.line(), column: error.column() })?;
    let other_shape = PolicyDocumentError { line: 0, column: 0 };
    let found = match value.get("Statement") {
        Some(Value::Array(list)) => list.as_slice(),
        // IAM allows a single statement without a list.
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        None if value.is_object() => &[],
        _ => return Err(other_shape),
    };
    let mut policy =
        PermissionPolicy { document: document.to_owned(), revision, ..PermissionPolicy::default() };
    for value in found {
        match read_statement(value) {
            Some(statement) => policy.statements.push(statement),
            None => policy.others.push(value["Sid"].as_str().unwrap_or_default().to_owned()),
        }
    }
    Ok(policy)
}

/// A statement, if all its parts are understood.
fn read_statement(value: &Value) -> Option<PermissionStatement> {
    let object = value.as_object()?;
    let mut statement = PermissionStatement::default();
    let mut allows = false;
    for (part, value) in object {
        match part.as_str() {
            "Sid" => value.as_str()?.clone_into(&mut statement.id),
            "Effect" => allows = value.as_str()? == "Allow",
            "Principal" => statement.principal = read_principal(value)?,
            "Action" => only(value)?.clone_into(&mut statement.action),
            // It can only be the resource whose policy was read.
            "Resource" => _ = only(value)?,
            "Condition" => read_conditions(value.as_object()?, &mut statement)?,
            _ => return None,
        }
    }
    let whole = allows && !statement.id.is_empty() && !statement.action.is_empty();
    (whole && !statement.principal.is_empty()).then_some(statement)
}

/// A text, alone or as the only element of a list.
fn only(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Array(list) => match list.as_slice() {
            [Value::String(text)] => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// `*`, `{"AWS": …}` or `{"Service": …}`, with one principal. In IAM the only bare text is `*`; emulators also write
/// accounts as bare texts.
fn read_principal(value: &Value) -> Option<String> {
    if let Value::String(bare) = value {
        return Some(canonical_principal(bare).to_owned());
    }
    let object = value.as_object().filter(|object| object.len() == 1)?;
    match object.iter().next()? {
        // In our form, `*` would mean anyone.
        (kind, service) if kind == "Service" => only(service).filter(|name| *name != "*").map(str::to_owned),
        (kind, principal) if kind == "AWS" => Some(canonical_principal(only(principal)?).to_owned()),
        _ => None,
    }
}

/// The spelling of a principal in which [`read_policy`] returns it: the account for the root user of an account, in every
/// partition; every other principal as it is.
///
/// ```
/// use lamplight_aws_model::policy_document::canonical_principal;
///
/// assert_eq!(canonical_principal("arn:aws:iam::123456789012:root"), "123456789012");
/// assert_eq!(canonical_principal("arn:aws:iam::123456789012:role/a"), "arn:aws:iam::123456789012:role/a");
/// ```
pub fn canonical_principal(principal: &str) -> &str {
    account_of_root(principal).unwrap_or(principal)
}

/// The account of `arn:aws:iam::123456789012:root`, which is another way to write the account.
fn account_of_root(arn: &str) -> Option<&str> {
    let (front, account) = arn.strip_suffix(":root")?.rsplit_once(':')?;
    let partition = front.strip_prefix("arn:")?.strip_suffix(":iam:")?;
    (is_account(account) && !partition.contains(':')).then_some(account)
}

/// Reads the conditions that Lambda writes for added permissions. Keys are compared without regard to case, as in IAM.
fn read_conditions(conditions: &Map<String, Value>, statement: &mut PermissionStatement) -> Option<()> {
    for (operator, keys) in conditions {
        for (key, value) in keys.as_object()? {
            let place = match (operator.as_str(), key.to_ascii_lowercase().as_str()) {
                // `StringEquals` would match `*` literally, which our form cannot express.
                ("ArnLike" | "ArnEquals" | "StringLike", "aws:sourcearn") => &mut statement.source,
                ("StringEquals", "aws:sourceaccount") => &mut statement.source_account,
                ("StringEquals", "aws:principalorgid") => &mut statement.organization,
                ("StringEquals", "lambda:eventsourcetoken") => &mut statement.event_source_token,
                ("StringEquals", "lambda:functionurlauthtype") => &mut statement.url_auth,
                ("Bool", "lambda:invokedviafunctionurl") => {
                    let flag = read_flag(value)?;
                    if statement.via_url.replace(flag).is_some() {
                        return None;
                    }
                    continue;
                }
                _ => return None,
            };
            // Two conditions on the same key restrict each other, and our form can hold only one.
            if place.replace(only(value)?.to_owned()).is_some() {
                return None;
            }
        }
    }
    Some(())
}

/// A boolean, which IAM writes as text.
fn read_flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        other => match only(other)? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const ADDER: &str = "arn:aws:lambda:eu-west-1:123456789012:function:adder";

    fn read(statements: &Value) -> PermissionPolicy {
        let document = json!({"Version": "2012-10-17", "Id": "default", "Statement": statements}).to_string();
        read_policy(&document, Some("r1".to_owned())).unwrap()
    }

    fn with(part: &str, value: Value) -> Value {
        let mut statement = json!({
            "Sid": "s3", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "lambda:InvokeFunction", "Resource": ADDER,
        });
        statement[part] = value;
        statement
    }

    fn one(statement: &Value) -> Option<PermissionStatement> {
        let policy = read(&json!([statement]));
        assert_eq!(policy.statements.len() + policy.others.len(), 1);
        policy.statements.into_iter().next()
    }

    /// The JSON that Lambda writes for an added statement (Lambda Developer Guide, "Viewing resource-based IAM policies in
    /// Lambda" and "Control access to Lambda function URLs").
    fn written(statement: &PermissionStatement) -> Value {
        let principal = match statement.principal.as_str() {
            "*" => json!("*"),
            service if service.ends_with(".amazonaws.com") => json!({"Service": service}),
            account if is_account(account) => json!({"AWS": format!("arn:aws:iam::{account}:root")}),
            arn => json!({"AWS": arn}),
        };
        let mut condition = json!({});
        if let Some(source) = &statement.source {
            condition["ArnLike"] = json!({"AWS:SourceArn": source});
        }
        for (key, value) in [
            ("AWS:SourceAccount", &statement.source_account),
            ("aws:PrincipalOrgID", &statement.organization),
            ("lambda:EventSourceToken", &statement.event_source_token),
            ("lambda:FunctionUrlAuthType", &statement.url_auth),
        ] {
            if let Some(value) = value {
                condition["StringEquals"][key] = json!(value);
            }
        }
        if let Some(via_url) = statement.via_url {
            condition["Bool"] = json!({"lambda:InvokedViaFunctionUrl": via_url.to_string()});
        }
        let mut written = json!({
            "Sid": statement.id, "Effect": "Allow", "Principal": principal,
            "Action": statement.action, "Resource": ADDER,
        });
        if condition != json!({}) {
            written["Condition"] = condition;
        }
        written
    }

    #[test]
    fn a_policy_keeps_its_order_its_text_and_its_revision() {
        let policy = read(&json!([
            with("Sid", json!("b")),
            {"Sid": "x", "Effect": "Deny", "Principal": "*", "Action": "lambda:*", "Resource": ADDER},
            with("Sid", json!("a")),
            {"Effect": "Deny", "Principal": "*", "Action": "lambda:*", "Resource": ADDER},
        ]));
        let ids: Vec<_> = policy.statements.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["b", "a"]);
        assert_eq!(policy.others, ["x", ""]);
        assert!(policy.has("x") && policy.statement("x").is_none());
        assert_eq!(policy.revision.as_deref(), Some("r1"));
        assert!(policy.document.contains("\"Deny\""));
    }

    #[test]
    fn principals_are_shown_as_they_were_given() {
        for (principal, told) in [
            (json!("*"), Some("*")),
            (json!({"AWS": "*"}), Some("*")),
            (json!({"AWS": "arn:aws:iam::123456789012:root"}), Some("123456789012")),
            (json!({"AWS": "arn:aws-cn:iam::123456789012:root"}), Some("123456789012")),
            (json!({"AWS": ["arn:aws:iam::123456789012:root"]}), Some("123456789012")),
            (json!({"AWS": "123456789012"}), Some("123456789012")),
            (json!("123456789012"), Some("123456789012")),
            (
                json!({"AWS": "arn:aws:iam::123456789012:role/root"}),
                Some("arn:aws:iam::123456789012:role/root"),
            ),
            (json!({"Service": "events.amazonaws.com"}), Some("events.amazonaws.com")),
            (json!({"Service": "*"}), None),
            (json!({"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]}), None),
            (json!({"Service": "s3.amazonaws.com", "AWS": "*"}), None),
            (json!({"Federated": "accounts.google.com"}), None),
            (json!({}), None),
            (json!(""), None),
            (json!(null), None),
        ] {
            let found = one(&with("Principal", principal.clone())).map(|statement| statement.principal);
            assert_eq!(found.as_deref(), told, "{principal}");
        }
    }

    #[test]
    fn unsupported_statements_are_kept_as_others() {
        for statement in [
            with("Effect", json!("Deny")),
            with("Sid", json!("")),
            with("Sid", json!(7)),
            with("Action", json!(["lambda:InvokeFunction", "lambda:GetFunction"])),
            with("Action", json!([])),
            with("Resource", json!([ADDER, format!("{ADDER}:live")])),
            with("NotPrincipal", json!("*")),
            with("Condition", json!("none")),
            with("Condition", json!({"StringEquals": "none"})),
            with("Condition", json!({"StringEquals": {"aws:PrincipalTag/team": "a"}})),
            with("Condition", json!({"StringNotEquals": {"AWS:SourceAccount": "123456789012"}})),
            with("Condition", json!({"StringEquals": {"AWS:SourceArn": "arn:aws:s3:::*"}})),
            with(
                "Condition",
                json!({"StringEquals": {"AWS:SourceAccount": ["123456789012", "210987654321"]}}),
            ),
            with("Condition", json!({"StringEquals": {"AWS:SourceAccount": "1", "aws:sourceaccount": "2"}})),
            with(
                "Condition",
                json!({"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::a"}, "ArnEquals": {"AWS:SourceArn": "arn:aws:s3:::b"}}),
            ),
            with("Condition", json!({"Bool": {"lambda:InvokedViaFunctionUrl": "yes"}})),
            json!({"Effect": "Allow", "Principal": "*", "Action": "lambda:*", "Resource": ADDER}),
            json!("statement"),
            json!(null),
        ] {
            assert_eq!(one(&statement), None, "{statement}");
        }
    }

    #[test]
    fn text_that_is_not_a_policy_is_refused_and_not_repeated() {
        for text in ["", "{", "[]", "7", "\"x\"", r#"{"Statement":7}"#, r#"{"Statement":"token-1"}"#] {
            let error = read_policy(text, None).unwrap_err();
            assert!(!error.to_string().contains("token-1"), "{text}: {error}");
        }
        assert_eq!(read_policy("{}", None).unwrap().statements, []);
        let single = json!({"Statement": with("Sid", json!("one"))}).to_string();
        assert!(read_policy(&single, None).unwrap().statement("one").is_some());
    }

    fn statements() -> impl Strategy<Value = PermissionStatement> {
        use proptest::option::of;
        (
            "[a-zA-Z0-9_-]{1,20}",
            r"lambda:[a-zA-Z]{1,20}|\*|lambda:\*",
            r"\*|[0-9]{12}|[a-z]{1,9}\.amazonaws\.com|arn:aws:iam::[0-9]{12}:role/[a-z]{1,9}",
            of("arn:aws:s3:::[a-z*]{1,20}"),
            of("[0-9]{12}"),
            of("o-[a-z0-9]{10,32}"),
            of("[a-zA-Z0-9._-]{1,20}"),
            of("NONE|AWS_IAM"),
            of(any::<bool>()),
        )
            .prop_map(
                |(id, action, principal, source, source_account, organization, token, url_auth, via_url)| {
                    PermissionStatement {
                        id,
                        action,
                        principal,
                        source,
                        source_account,
                        organization,
                        event_source_token: token,
                        url_auth,
                        via_url,
                    }
                },
            )
    }

    /// Any JSON, in which the keywords of policies are frequent.
    fn json_values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            "[a-z*]{0,4}|Allow|AWS|arn:aws:iam::123456789012:root|:root".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            let key =
                "[a-z]{0,3}|Sid|Effect|Principal|Action|Resource|Condition|AWS|Service|Bool|StringEquals";
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map(key, inner, 0..6)
                    .prop_map(|map| map.into_iter().collect::<Map<_, _>>().into()),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_written_statement_is_read_back(statement in statements()) {
            prop_assert_eq!(one(&written(&statement)), Some(statement));
        }

        #[test]
        fn every_statement_is_shown_or_counted(list in prop::collection::vec(json_values(), 0..5)) {
            let policy = read(&json!(list));
            prop_assert_eq!(policy.statements.len() + policy.others.len(), list.len());
        }
    }
}
