//! Adds and removes statements of a policy of any resource.

use super::change::{ChangeContext, ChangeOutcome, Inspection, apply, is_conflict};
use crate::AppError;
use lamplight_domain::{PermissionPolicy, PermissionStatement};
use lamplight_ports::{ChangeError, Changed, Effect, PortError};

/// Adds a statement to the policy that `read` reads, with the request that `send` sends.
pub(super) async fn add<R, RF, S, SF>(
    changing: &ChangeContext<'_>,
    thing: String,
    statement: &PermissionStatement,
    read: R,
    send: S,
) -> Result<ChangeOutcome<PermissionStatement>, AppError>
where
    R: Fn() -> RF,
    RF: Future<Output = Result<Option<PermissionPolicy>, PortError>>,
    S: FnMut() -> SF,
    SF: Future<Output = Result<Changed<()>, ChangeError>>,
{
    let principal = changing.connection.platform.canonical_principal(&statement.principal).to_owned();
    // As a policy returns it: the request may spell the principal differently.
    let canonical = &PermissionStatement { principal, ..statement.clone() };
    let inspect = || async { Ok(inspect_statement(&read().await?.unwrap_or_default(), canonical)) };
    match apply(changing, &thing, send, inspect).await {
        Err(conflict) if is_conflict(&conflict) => {
            match inspect_statement(&read().await?.unwrap_or_default(), canonical) {
                Inspection::AsRequested(()) => Ok(ChangeOutcome::Unchanged(statement.clone())),
                Inspection::Other(_) => Err(AppError::ExistsOtherwise {
                    thing,
                    how: " and differs in content".to_owned(),
                    hint: "remove it first, or use another statement ID",
                }),
                Inspection::AsBefore => Err(conflict),
            }
        }
        other => Ok(other?.map(|()| statement.clone())),
    }
}

/// Removes the statement with this ID from the policy that `read` reads, with the request that `send` sends.
pub(super) async fn remove<R, RF, S, SF>(
    changing: &ChangeContext<'_>,
    thing: String,
    statement: &str,
    read: R,
    send: S,
) -> Result<ChangeOutcome<()>, AppError>
where
    R: Fn() -> RF,
    RF: Future<Output = Result<Option<PermissionPolicy>, PortError>>,
    S: FnMut() -> SF,
    SF: Future<Output = Result<Changed<()>, ChangeError>>,
{
    let mut before = PermissionPolicy::default();
    if changing.effect == Effect::Make {
        before = read().await?.unwrap_or_default();
        if !before.has(statement) {
            return Err(AppError::ThingNotFound { thing, connection: changing.connection.name.to_string() });
        }
    }
    let inspect = || async {
        let policy = read().await?.unwrap_or_default();
        Ok(if policy.has(statement) {
            Inspection::not_as_requested(policy == before)
        } else {
            Inspection::AsRequested(())
        })
    };
    apply(changing, &thing, send, inspect).await
}

fn inspect_statement(policy: &PermissionPolicy, statement: &PermissionStatement) -> Inspection<()> {
    match policy.statement(&statement.id) {
        Some(found) if found == statement => Inspection::AsRequested(()),
        None if !policy.has(&statement.id) => Inspection::AsBefore,
        _ => Inspection::Other("another statement has this ID".to_owned()),
    }
}
