//! Resource-based policies of functions and layers.

/// One statement of a resource-based policy, in requests and in descriptions. `None` is no restriction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermissionStatement {
    /// The statement ID, unique on its function, version or alias.
    pub id: String,
    /// The action that it allows, in the provider's words.
    pub action: String,
    /// Who may perform the action: a service, an account, a role, or `*`.
    pub principal: String,
    /// The resource on whose behalf a service may call.
    pub source: Option<String>,
    /// The account on whose behalf a service may call.
    pub source_account: Option<String>,
    /// The organization that the calling account must belong to.
    pub organization: Option<String>,
    /// A token that the caller must present.
    pub event_source_token: Option<String>,
    /// How callers of the function URL authenticate.
    pub url_auth: Option<String>,
    /// Whether it applies only to calls through the function URL.
    pub via_url: Option<bool>,
}

/// The resource-based policy of one function, version, alias or layer version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermissionPolicy {
    /// The statements that [`PermissionStatement`] can express, in the provider's order.
    pub statements: Vec<PermissionStatement>,
    /// The IDs of the statements that it cannot express.
    pub others: Vec<String>,
    /// The whole policy as the provider returned it, as JSON.
    pub document: String,
    /// The provider's revision, for changes that must not overwrite somebody else's.
    pub revision: Option<String>,
}

impl PermissionPolicy {
    /// Whether the policy has a statement with this ID, expressible or not.
    pub fn has(&self, id: &str) -> bool {
        self.statement(id).is_some() || self.others.iter().any(|other| other == id)
    }

    /// The statement with this ID, if [`PermissionStatement`] can express it.
    pub fn statement(&self, id: &str) -> Option<&PermissionStatement> {
        self.statements.iter().find(|statement| statement.id == id)
    }
}
