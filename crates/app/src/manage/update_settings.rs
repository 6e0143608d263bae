//! Changing what is set about a function.

use super::{
    change::{Changing, Outcome, Seen, make},
    compare::differences,
    kept::with_kept_parts,
    show_function::no_function,
};
use crate::AppError;
use lamplight_domain::Function;
use lamplight_ports::{QualifiedFunction, UpdateSettings};

/// Changes what is set about a function.
///
/// # Guarantees
/// - What is not asked for stays, also a part of what the provider takes as one: the program of an image, the security
///   groups of a network.
/// - Where all of it is set so already, nothing is sent and the change says so, unless the function is not of the
///   revision asked for.
pub async fn update_settings(
    changing: &Changing<'_>,
    request: &UpdateSettings,
) -> Result<Outcome<Function>, AppError> {
    let connection = changing.connection;
    let wanted = QualifiedFunction { function: request.function.clone(), qualifier: None };
    let before = connection.catalogue.configuration(&request.function, None).await?;
    let before = before.ok_or_else(|| no_function(connection, &wanted))?;
    let request =
        &UpdateSettings { settings: with_kept_parts(&request.settings, &before.settings), ..request.clone() };
    let of_revision = request.if_revision.is_none() || request.if_revision == before.revision;
    if of_revision && differences(&request.settings, &before.settings).is_empty() {
        return Ok(Outcome::Unchanged(before));
    }
    let look = || async {
        Ok(match connection.catalogue.configuration(&request.function, None).await? {
            Some(found) if differences(&request.settings, &found.settings).is_empty() => Seen::AsAsked(found),
            Some(found) => Seen::not_of_revision(before.revision.as_deref(), found.revision.as_deref()),
            None => Seen::Otherwise("it does not exist any more".to_owned()),
        })
    };
    let thing = format!("the settings of function {}", request.function.name);
    let manager = &connection.management()?.functions;
    make(changing, &thing, || manager.update_settings(request.clone(), changing.effect), look).await
}
