//! Who else may use a function.

use crate::{ChangeError, Changed, Effect, PortError, QualifiedFunction};
use async_trait::async_trait;
use lamplight_domain::{PermissionPolicy, PermissionStatement};
use std::fmt::Debug;

/// Keeps the policies of functions, and of their versions and aliases, each of which has its own.
///
/// # Guarantees
/// Those of [`FunctionManager`](crate::FunctionManager), for statements.
#[async_trait]
pub trait Permissions: Debug + Send + Sync + 'static {
    /// Reads the policy; `None` means that there is none. Where the provider tells that the function itself is absent, that
    /// is [`NotFound`](crate::PortErrorKind::NotFound).
    async fn policy(&self, subject: &QualifiedFunction) -> Result<Option<PermissionPolicy>, PortError>;

    /// Adds a statement. One of the same id is a conflict, whatever it says.
    async fn add(
        &self,
        subject: &QualifiedFunction,
        statement: &PermissionStatement,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;

    /// Removes the statement of that id.
    async fn remove(
        &self,
        subject: &QualifiedFunction,
        statement: &str,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;
}
