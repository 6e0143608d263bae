//! Keeping who else may use a function.

use super::change::{Changing, Outcome, Seen, is_conflict, make};
use crate::AppError;
use lamplight_domain::{PermissionPolicy, PermissionStatement};
use lamplight_ports::{Connection, QualifiedFunction};

/// Reads the policy of a function, or of a version or alias of it; one that has none is not found.
pub async fn show_policy(
    connection: &Connection,
    subject: &QualifiedFunction,
) -> Result<PermissionPolicy, AppError> {
    let found = connection.management.permissions.policy(subject).await?;
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
    let permissions = &changing.connection.management.permissions;
    let thing = format!("statement {} of {}", statement.id, described(subject));
    let look = || async {
        let policy = permissions.policy(subject).await?.unwrap_or_default();
        Ok(seen(&policy, statement))
    };
    let send = || permissions.add(subject, statement, if_revision, changing.effect);
    match make(changing, &thing, send, look).await {
        Err(error) if is_conflict(&error) => {
            let policy = permissions.policy(subject).await?.unwrap_or_default();
            settled(&policy, statement, thing, error)
        }
        other => Ok(other?.map(|()| statement.clone())),
    }
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
    let permissions = &changing.connection.management.permissions;
    let thing = format!("statement {statement} of {}", described(subject));
    let look = || async {
        let policy = permissions.policy(subject).await?.unwrap_or_default();
        Ok(if policy.has(statement) { Seen::NotYet } else { Seen::AsAsked(()) })
    };
    let send = || permissions.remove(subject, statement, if_revision, changing.effect);
    make(changing, &thing, send, look).await
}

/// What a policy says of a statement that was to be added.
pub(super) fn seen(policy: &PermissionPolicy, statement: &PermissionStatement) -> Seen<()> {
    match policy.statement(&statement.id) {
        Some(found) if found == statement => Seen::AsAsked(()),
        None if !policy.has(&statement.id) => Seen::NotYet,
        _ => Seen::Otherwise("a statement of that id says something else".to_owned()),
    }
}

/// What a conflict means, with the policy at hand.
pub(super) fn settled(
    policy: &PermissionPolicy,
    statement: &PermissionStatement,
    thing: String,
    conflict: AppError,
) -> Result<Outcome<PermissionStatement>, AppError> {
    match seen(policy, statement) {
        Seen::AsAsked(()) => Ok(Outcome::Unchanged(statement.clone())),
        Seen::Otherwise(_) => Err(AppError::ExistsOtherwise {
            thing,
            how: " with other content".to_owned(),
            hint: "remove it first, or take another statement id",
        }),
        Seen::NotYet => Err(conflict),
    }
}

fn described(subject: &QualifiedFunction) -> String {
    match &subject.qualifier {
        Some(qualifier) => format!("{qualifier} of function {}", subject.function.name),
        None => format!("function {}", subject.function.name),
    }
}
