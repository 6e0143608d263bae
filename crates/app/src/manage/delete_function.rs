//! Deletes a function or one of its versions.

use super::{
    change::{ChangeContext, ChangeOutcome, Inspection, apply},
    show_function::function_not_found,
};
use crate::AppError;
use lamplight_ports::{Effect, QualifiedFunction};

/// Deletes a function with all its versions and aliases, or only the given version.
///
/// # Guarantees
/// - If it does not exist, the result is an error.
/// - If an answer was lost, a function that somebody created or changed in the meantime is not deleted.
pub async fn delete_function(
    changing: &ChangeContext<'_>,
    wanted: &QualifiedFunction,
) -> Result<ChangeOutcome<()>, AppError> {
    let QualifiedFunction { function, qualifier } = wanted;
    let connection = changing.connection;
    let thing = match qualifier {
        Some(version) => format!("version {version} of function {}", function.name),
        None => format!("function {}", function.name),
    };
    let revision = match changing.effect {
        Effect::Make => {
            let before = connection.catalogue.configuration(function, qualifier.as_ref()).await?;
            before.ok_or_else(|| function_not_found(connection, wanted))?.revision
        }
        Effect::Show { .. } => None,
    };
    let inspect = || async {
        let found = connection.catalogue.configuration(function, qualifier.as_ref()).await?;
        Ok(found.map_or(Inspection::AsRequested(()), |found| {
            Inspection::from_revisions(revision.as_deref(), found.revision.as_deref())
        }))
    };
    let manager = &connection.management()?.functions;
    apply(changing, &thing, || manager.delete(function, qualifier.as_ref(), changing.effect), inspect).await
}
