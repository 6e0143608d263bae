//! Manages resource-based policies of functions.

use super::{
    change::{ChangeContext, ChangeOutcome},
    show_function::no_part,
    statements,
};
use crate::AppError;
use lamplight_domain::{PermissionPolicy, PermissionStatement};
use lamplight_ports::{Connection, QualifiedFunction};

/// Reads the policy of a function, version or alias. If it has none, the result is an error.
pub async fn show_policy(
    connection: &Connection,
    subject: &QualifiedFunction,
) -> Result<PermissionPolicy, AppError> {
    match connection.management()?.permissions.policy(subject).await? {
        Some(policy) => Ok(policy),
        None => Err(no_part(connection, subject, format!("policy of {}", describe(subject))).await),
    }
}

/// Adds a statement.
///
/// # Guarantees
/// - If an identical statement with this ID exists, the outcome is [`ChangeOutcome::Unchanged`]. If another statement
///   has this ID, the result is a conflict.
pub async fn add_permission(
    changing: &ChangeContext<'_>,
    subject: &QualifiedFunction,
    statement: &PermissionStatement,
    if_revision: Option<&str>,
) -> Result<ChangeOutcome<PermissionStatement>, AppError> {
    let permissions = &changing.connection.management()?.permissions;
    let send = || permissions.add(subject, statement, if_revision, changing.effect);
    let thing = format!("statement {} of {}", statement.id, describe(subject));
    statements::add(changing, thing, statement, || permissions.policy(subject), send).await
}

/// Removes the statement with this ID.
///
/// # Guarantees
/// - If it does not exist, the result is an error.
pub async fn remove_permission(
    changing: &ChangeContext<'_>,
    subject: &QualifiedFunction,
    statement: &str,
    if_revision: Option<&str>,
) -> Result<ChangeOutcome<()>, AppError> {
    let permissions = &changing.connection.management()?.permissions;
    let send = || permissions.remove(subject, statement, if_revision, changing.effect);
    let thing = format!("statement {statement} of {}", describe(subject));
    let removed = statements::remove(changing, thing, statement, || permissions.policy(subject), send).await;
    match removed {
        Err(AppError::ThingNotFound { thing, .. }) => Err(no_part(changing.connection, subject, thing).await),
        other => other,
    }
}

fn describe(subject: &QualifiedFunction) -> String {
    match &subject.qualifier {
        Some(qualifier) => format!("{qualifier} of function {}", subject.function.name),
        None => format!("function {}", subject.function.name),
    }
}
