//! Who else may use a function or a layer.

/// One permission, as it is asked for and as it is read back. What is `None` does not limit it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermissionStatement {
    /// What tells it from the others on the same function, version or alias.
    pub id: String,
    /// What it allows, in the provider's words.
    pub action: String,
    /// Who is allowed: a service, an account, a role, or `*`.
    pub principal: String,
    /// The one resource that the service may call for.
    pub source: Option<String>,
    /// The one account that the service may call for.
    pub source_account: Option<String>,
    /// The one organisation whose accounts are allowed.
    pub organization: Option<String>,
    /// A word that the caller has to show.
    pub event_source_token: Option<String>,
    /// How callers of the function's own address prove themselves.
    pub url_auth: Option<String>,
    /// Whether it holds for calls of the function's own address alone.
    pub via_url: Option<bool>,
}

/// All permissions on one function, version, alias or version of a layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermissionPolicy {
    /// The statements that can be told in our terms, in the provider's order.
    pub statements: Vec<PermissionStatement>,
    /// The ids of those that say what our terms cannot.
    pub others: Vec<String>,
    /// All of it as the provider wrote it, as JSON.
    pub document: String,
    /// What it is to be changed from, for changes that must not undo another's.
    pub revision: Option<String>,
}

impl PermissionPolicy {
    /// Whether there is a statement of that id, whatever it says.
    pub fn has(&self, id: &str) -> bool {
        self.statement(id).is_some() || self.others.iter().any(|other| other == id)
    }

    /// The statement of that id, where it can be told in our terms.
    pub fn statement(&self, id: &str) -> Option<&PermissionStatement> {
        self.statements.iter().find(|statement| statement.id == id)
    }
}
