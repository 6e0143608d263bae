//! Giving a function other code.

use super::{
    change::{Change, Changing, Seen, make},
    compare::code_differs,
    show_function::no_function,
};
use crate::AppError;
use lamplight_domain::Function;
use lamplight_ports::{Publish, QualifiedFunction, UpdateCode};

/// Gives a function other code.
///
/// # Guarantees
/// - A package with the checksum that the function's code has already is not uploaded, unless a version is to be
///   published or the function is not of the revision asked for.
pub async fn update_code(
    changing: &Changing<'_>,
    request: &UpdateCode,
) -> Result<Change<Function>, AppError> {
    let connection = changing.connection;
    let wanted = QualifiedFunction { function: request.function.clone(), qualifier: None };
    let before = connection.catalogue.configuration(&request.function, None).await?;
    let before = before.ok_or_else(|| no_function(connection, &wanted))?;
    let known = request.code.source.sha256().is_some();
    let same = known && code_differs(&request.code, &before).is_none();
    let of_revision = request.if_revision.is_none() || request.if_revision == before.revision;
    if same && of_revision && request.publish == Publish::No {
        return Ok(Change::unchanged(before));
    }
    let look = || async {
        Ok(match connection.catalogue.configuration(&request.function, None).await? {
            Some(found) if known && code_differs(&request.code, &found).is_none() => Seen::AsAsked(found),
            // Without a checksum to hold against, only a function that nothing happened to can be told.
            Some(found) if known || found.revision == before.revision => Seen::NotYet,
            Some(_) => Seen::Otherwise("it has changed since, and its code cannot be compared".to_owned()),
            None => Seen::Otherwise("it does not exist any more".to_owned()),
        })
    };
    let thing = format!("the code of function {}", request.function.name);
    let manager = &connection.management.functions;
    make(changing, &thing, || manager.update_code(request.clone(), changing.effect), look).await
}
