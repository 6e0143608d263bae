//! Adding and removing the statements of a policy, whatever it is the policy of.

use super::change::{Changing, Outcome, Seen, is_conflict, make};
use crate::AppError;
use lamplight_domain::{PermissionPolicy, PermissionStatement};
use lamplight_ports::{ChangeError, Changed, Effect, PortError};

/// Adds a statement to the policy that `read` reads, with the request that `send` sends.
pub(super) async fn add<R, RF, S, SF>(
    changing: &Changing<'_>,
    thing: String,
    statement: &PermissionStatement,
    read: R,
    send: S,
) -> Result<Outcome<PermissionStatement>, AppError>
where
    R: Fn() -> RF,
    RF: Future<Output = Result<Option<PermissionPolicy>, PortError>>,
    S: FnMut() -> SF,
    SF: Future<Output = Result<Changed<()>, ChangeError>>,
{
    let look = || async { Ok(seen(&read().await?.unwrap_or_default(), statement)) };
    match make(changing, &thing, send, look).await {
        Err(conflict) if is_conflict(&conflict) => {
            match seen(&read().await?.unwrap_or_default(), statement) {
                Seen::AsAsked(()) => Ok(Outcome::Unchanged(statement.clone())),
                Seen::Otherwise(_) => Err(AppError::ExistsOtherwise {
                    thing,
                    how: " and differs in content".to_owned(),
                    hint: "remove it first, or take another statement id",
                }),
                Seen::NotYet => Err(conflict),
            }
        }
        other => Ok(other?.map(|()| statement.clone())),
    }
}

/// Removes the statement of this id from the policy that `read` reads, with the request that `send` sends.
pub(super) async fn remove<R, RF, S, SF>(
    changing: &Changing<'_>,
    thing: String,
    statement: &str,
    read: R,
    send: S,
) -> Result<Outcome<()>, AppError>
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
    let look = || async {
        let policy = read().await?.unwrap_or_default();
        Ok(if policy.has(statement) { Seen::not_as_asked(policy == before) } else { Seen::AsAsked(()) })
    };
    make(changing, &thing, send, look).await
}

fn seen(policy: &PermissionPolicy, statement: &PermissionStatement) -> Seen<()> {
    match policy.statement(&statement.id) {
        Some(found) if found == statement => Seen::AsAsked(()),
        None if !policy.has(&statement.id) => Seen::NotYet,
        _ => Seen::Otherwise("a statement of that id says something else".to_owned()),
    }
}
