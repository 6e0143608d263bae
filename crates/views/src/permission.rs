//! Permissions (resource-based policies) of functions and layer versions.

use lamplight_domain::{PermissionPolicy, PermissionStatement};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, value::RawValue};

/// A permission. Conditions that it does not have are left out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PermissionView<'a> {
    /// The statement ID, unique within the policy.
    pub statement_id: &'a str,
    /// The action that it allows, as the provider names it.
    pub action: &'a str,
    /// Who may use it: a service, an account, a role, or `*`.
    pub principal: &'a str,
    /// The resource on whose behalf the service may call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<&'a str>,
    /// The account on whose behalf the service may call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_account: Option<&'a str>,
    /// The organisation whose accounts are allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_org_id: Option<&'a str>,
    /// The token that the caller must present.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_source_token: Option<&'a str>,
    /// How callers of the function URL authenticate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_url_auth_type: Option<&'a str>,
    /// Whether it allows only calls through the function URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoked_via_function_url: Option<bool>,
}

impl<'a> From<&'a PermissionStatement> for PermissionView<'a> {
    fn from(statement: &'a PermissionStatement) -> Self {
        // Destructured, so that a new field cannot be forgotten here.
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

/// The resource-based policy of a function or layer version.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PolicyView<'a> {
    /// The statements that can be shown in these columns, in the provider's order.
    pub statements: Vec<PermissionView<'a>>,
    /// The IDs of the other statements, which have conditions that these columns cannot show.
    pub other_statement_ids: &'a [String],
    /// The whole policy as the provider wrote it; null if it is not JSON.
    #[schemars(with = "Value")]
    pub policy: Option<&'a RawValue>,
    /// The revision of the policy. A change that names it fails if somebody else changed the policy in between.
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
