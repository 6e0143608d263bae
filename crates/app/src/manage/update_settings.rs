//! Updates the settings of a function.

use super::{
    change::{ChangeContext, ChangeOutcome, Inspection, apply},
    compare::differences,
    complete_groups::complete_groups,
    show_function::function_not_found,
};
use crate::AppError;
use lamplight_domain::Function;
use lamplight_ports::{QualifiedFunction, UpdateSettings};

/// Updates the settings of a function.
///
/// # Guarantees
/// - Settings that are not requested keep their value, even parts of a group that the provider replaces as a whole: the
///   entry point of an image, the security groups of a network.
/// - If the settings already are as requested and the function has the expected revision, nothing is sent and the
///   outcome is [`ChangeOutcome::Unchanged`].
pub async fn update_settings(
    changing: &ChangeContext<'_>,
    request: &UpdateSettings,
) -> Result<ChangeOutcome<Function>, AppError> {
    let connection = changing.connection;
    let wanted = QualifiedFunction { function: request.function.clone(), qualifier: None };
    let before = connection.catalogue.configuration(&request.function, None).await?;
    let before = before.ok_or_else(|| function_not_found(connection, &wanted))?;
    let request =
        &UpdateSettings { settings: complete_groups(&request.settings, &before.settings), ..request.clone() };
    let of_revision = request.if_revision.is_none() || request.if_revision == before.revision;
    if of_revision && differences(&request.settings, &before.settings).is_empty() {
        return Ok(ChangeOutcome::Unchanged(before));
    }
    let inspect = || async {
        Ok(match connection.catalogue.configuration(&request.function, None).await? {
            Some(found) if differences(&request.settings, &found.settings).is_empty() => {
                Inspection::AsRequested(found)
            }
            Some(found) => Inspection::from_revisions(before.revision.as_deref(), found.revision.as_deref()),
            None => Inspection::Other("it no longer exists".to_owned()),
        })
    };
    let thing = format!("the settings of function {}", request.function.name);
    let manager = &connection.management()?.functions;
    apply(changing, &thing, || manager.update_settings(request.clone(), changing.effect), inspect).await
}
