//! Giving a function other code.

use super::{
    change::{Changing, Outcome, Seen, make},
    compare::code_differs,
    publish_version::publish_version,
    show_function::no_function,
    versions::Versions,
};
use crate::AppError;
use lamplight_domain::Function;
use lamplight_ports::{Publish, PublishVersion, QualifiedFunction, UpdateCode};

/// Gives a function other code; where a version of it is to be published, gives the version.
///
/// # Guarantees
/// - A package with the checksum that the function's code has already is not uploaded, unless the function is not of the
///   revision asked for. Where a version is to be published, that alone is done.
pub async fn update_code(
    changing: &Changing<'_>,
    request: &UpdateCode,
) -> Result<Outcome<Function>, AppError> {
    let connection = changing.connection;
    let wanted = QualifiedFunction { function: request.function.clone(), qualifier: None };
    let before = connection.catalogue.configuration(&request.function, None).await?;
    let before = before.ok_or_else(|| no_function(connection, &wanted))?;
    let sha256 = request.code.source.sha256();
    let same = sha256.is_some() && code_differs(&request.code, &before).is_none();
    let of_revision = request.if_revision.is_none() || request.if_revision == before.revision;
    if same && of_revision {
        return match request.publish {
            Publish::No => Ok(Outcome::Unchanged(before)),
            Publish::Version | Publish::LatestPublished => {
                publish_version(changing, &publishing(request, sha256)).await
            }
        };
    }
    let look = || async {
        let Some(found) = connection.catalogue.configuration(&request.function, None).await? else {
            return Ok(Seen::Otherwise("it does not exist any more".to_owned()));
        };
        // Without a checksum to hold against, only a function that nothing happened to can be told.
        if sha256.is_none() || code_differs(&request.code, &found).is_some() {
            return Ok(Seen::not_of_revision(before.revision.as_deref(), found.revision.as_deref()));
        }
        Ok(match request.publish {
            Publish::No => Seen::AsAsked(found),
            Publish::Version => {
                let versions = Versions::read(connection, &request.function).await?;
                versions.up_to_date().map_or(Seen::NotYet, Seen::AsAsked)
            }
            // What it is cannot be read; to ask for it once more leaves the same behind.
            Publish::LatestPublished => Seen::NotYet,
        })
    };
    let thing = format!("the code of function {}", request.function.name);
    let manager = &connection.management()?.functions;
    make(changing, &thing, || manager.update_code(request.clone(), changing.effect), look).await
}

/// What is left to do where the code is there already.
fn publishing(request: &UpdateCode, sha256: Option<&str>) -> PublishVersion {
    PublishVersion {
        function: request.function.clone(),
        description: None,
        if_code_sha256: sha256.map(ToOwned::to_owned),
        if_revision: request.if_revision.clone(),
        latest_published: request.publish == Publish::LatestPublished,
    }
}
