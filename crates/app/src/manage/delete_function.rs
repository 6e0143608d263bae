//! Deleting a function or one of its versions.

use super::{
    change::{Changing, Outcome, Seen, make},
    show_function::no_function,
};
use crate::AppError;
use lamplight_ports::{Effect, QualifiedFunction};

/// Deletes a function with all its versions and aliases, or the one version named.
///
/// # Guarantees
/// - One that does not exist is not found.
/// - Where an answer was lost, one that somebody has made or changed since is not deleted.
pub async fn delete_function(
    changing: &Changing<'_>,
    wanted: &QualifiedFunction,
) -> Result<Outcome<()>, AppError> {
    let QualifiedFunction { function, qualifier } = wanted;
    let connection = changing.connection;
    let thing = match qualifier {
        Some(version) => format!("version {version} of function {}", function.name),
        None => format!("function {}", function.name),
    };
    let revision = match changing.effect {
        Effect::Make => {
            let before = connection.catalogue.configuration(function, qualifier.as_ref()).await?;
            before.ok_or_else(|| no_function(connection, wanted))?.revision
        }
        Effect::Show { .. } => None,
    };
    let look = || async {
        let found = connection.catalogue.configuration(function, qualifier.as_ref()).await?;
        Ok(found.map_or(Seen::AsAsked(()), |found| {
            Seen::not_of_revision(revision.as_deref(), found.revision.as_deref())
        }))
    };
    let manager = &connection.management()?.functions;
    make(changing, &thing, || manager.delete(function, qualifier.as_ref(), changing.effect), look).await
}
