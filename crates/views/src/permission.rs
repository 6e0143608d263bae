//! Who else may use a function or a version of a layer.

use lamplight_domain::{PermissionPolicy, PermissionStatement};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, value::RawValue};

/// One permission; what does not limit it is left out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PermissionView<'a> {
    /// What tells it from the others on the same thing.
    pub statement_id: &'a str,
    /// What it allows, in the provider's words.
    pub action: &'a str,
    /// Who is allowed: a service, an account, a role, or `*`.
    pub principal: &'a str,
    /// The one resource that the service may call for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<&'a str>,
    /// The one account that the service may call for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_account: Option<&'a str>,
    /// The one organisation whose accounts are allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_org_id: Option<&'a str>,
    /// A word that the caller has to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_source_token: Option<&'a str>,
    /// How callers of the function's own address prove themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_url_auth_type: Option<&'a str>,
    /// Whether it holds for calls of the function's own address alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoked_via_function_url: Option<bool>,
}

impl<'a> From<&'a PermissionStatement> for PermissionView<'a> {
    fn from(statement: &'a PermissionStatement) -> Self {
        // Taken apart, so that what is added later cannot be forgotten here.
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
        } = statement;
        Self {
            statement_id: id,
            action,
            principal,
            source_arn: source.as_deref(),
            source_account: source_account.as_deref(),
            principal_org_id: organization.as_deref(),
            event_source_token: event_source_token.as_deref(),
            function_url_auth_type: url_auth.as_deref(),
            invoked_via_function_url: *via_url,
        }
    }
}

/// All permissions on one thing.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PolicyView<'a> {
    /// Those that can be told in these terms, in the provider's order.
    pub statements: Vec<PermissionView<'a>>,
    /// The ids of those that say more than a permission can.
    pub other_statement_ids: &'a [String],
    /// All of it as the provider wrote it; null where that is no JSON.
    #[schemars(with = "Value")]
    pub policy: Option<&'a RawValue>,
    /// What it is to be changed from, for changes that must not undo another's.
    pub revision_id: Option<&'a str>,
}

impl<'a> From<&'a PermissionPolicy> for PolicyView<'a> {
    fn from(policy: &'a PermissionPolicy) -> Self {
        let PermissionPolicy { statements, others, document, revision } = policy;
        Self {
            statements: statements.iter().map(PermissionView::from).collect(),
            other_statement_ids: others,
            policy: serde_json::from_str(document).ok(),
            revision_id: revision.as_deref(),
        }
    }
}
