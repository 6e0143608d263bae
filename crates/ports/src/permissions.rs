//! Manages resource-based policies of functions.

use crate::{ChangeError, Changed, Effect, PortError, QualifiedFunction};
use async_trait::async_trait;
use lamplight_domain::{PermissionPolicy, PermissionStatement};
use std::fmt::Debug;

/// Manages the resource-based policies of functions, versions and aliases. Each of them has its own policy.
///
/// # Guarantees
/// Those of [`FunctionManager`](crate::FunctionManager), applied to statements.
#[async_trait]
pub trait Permissions: Debug + Send + Sync + 'static {
    /// Reads the policy; `None` means that there is none. If the provider reports that the function does not exist, the
    /// error is [`NotFound`](crate::PortErrorKind::NotFound).
    async fn policy(&self, subject: &QualifiedFunction) -> Result<Option<PermissionPolicy>, PortError>;

    /// Adds a statement. An existing statement with the same ID is a conflict, even if it is identical.
    async fn add(
        &self,
        subject: &QualifiedFunction,
        statement: &PermissionStatement,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;

    /// Removes the statement with this ID.
    async fn remove(
        &self,
        subject: &QualifiedFunction,
        statement: &str,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;
}
