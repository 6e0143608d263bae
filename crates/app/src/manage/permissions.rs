//! Keeping who else may use a function.

use super::{
    change::{Changing, Outcome},
    statements,
};
use crate::AppError;
use lamplight_domain::{PermissionPolicy, PermissionStatement};
use lamplight_ports::{Connection, QualifiedFunction};

/// Reads the policy of a function, or of a version or alias of it; one that has none is not found.
pub async fn show_policy(
    connection: &Connection,
    subject: &QualifiedFunction,
) -> Result<PermissionPolicy, AppError> {
    let found = connection.management()?.permissions.policy(subject).await?;
    found.ok_or_else(|| AppError::ThingNotFound {
        thing: format!("policy of {}", described(subject)),
        connection: connection.name.to_string(),
    })
}

/// Adds a statement.
///
/// # Guarantees
/// - One of that id that says the same is left alone, and the change says so; one that says otherwise is a conflict.
pub async fn add_permission(
    changing: &Changing<'_>,
    subject: &QualifiedFunction,
    statement: &PermissionStatement,
    if_revision: Option<&str>,
) -> Result<Outcome<PermissionStatement>, AppError> {
    let permissions = &changing.connection.management()?.permissions;
    let send = || permissions.add(subject, statement, if_revision, changing.effect);
    let thing = format!("statement {} of {}", statement.id, described(subject));
    statements::add(changing, thing, statement, || permissions.policy(subject), send).await
}

/// Removes the statement of that id.
///
/// # Guarantees
/// - One that is not there is not found.
pub async fn remove_permission(
    changing: &Changing<'_>,
    subject: &QualifiedFunction,
    statement: &str,
    if_revision: Option<&str>,
) -> Result<Outcome<()>, AppError> {
    let permissions = &changing.connection.management()?.permissions;
    let send = || permissions.remove(subject, statement, if_revision, changing.effect);
    let thing = format!("statement {statement} of {}", described(subject));
    statements::remove(changing, thing, statement, || permissions.policy(subject), send).await
}

fn described(subject: &QualifiedFunction) -> String {
    match &subject.qualifier {
        Some(qualifier) => format!("{qualifier} of function {}", subject.function.name),
        None => format!("function {}", subject.function.name),
    }
}
