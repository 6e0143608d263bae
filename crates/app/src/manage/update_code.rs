//! Updates the code of a function.

use super::{
    change::{ChangeContext, ChangeOutcome, Inspection, apply},
    compare::code_differs,
    publish_version::publish_version,
    show_function::function_not_found,
    versions::Versions,
};
use crate::AppError;
use lamplight_domain::Function;
use lamplight_ports::{Publish, PublishVersion, QualifiedFunction, UpdateCode};

/// Updates the code of a function. If a version is published, returns that version.
///
/// # Guarantees
/// - If the function has the expected revision and its code already has the checksum of the package, nothing is
///   uploaded. A requested version is still published.
pub async fn update_code(
    changing: &ChangeContext<'_>,
    request: &UpdateCode,
) -> Result<ChangeOutcome<Function>, AppError> {
    let connection = changing.connection;
    let wanted = QualifiedFunction { function: request.function.clone(), qualifier: None };
    let before = connection.catalogue.configuration(&request.function, None).await?;
    let before = before.ok_or_else(|| function_not_found(connection, &wanted))?;
    let sha256 = request.code.source.sha256();
    let same = sha256.is_some() && code_differs(&request.code, &before).is_none();
    let of_revision = request.if_revision.is_none() || request.if_revision == before.revision;
    if same && of_revision {
        return match request.publish {
            Publish::No => Ok(ChangeOutcome::Unchanged(before)),
            Publish::Version | Publish::LatestPublished => {
                publish_version(changing, &publish_request(request, sha256)).await
            }
        };
    }
    let inspect = || async {
        let Some(found) = connection.catalogue.configuration(&request.function, None).await? else {
            return Ok(Inspection::Other("it no longer exists".to_owned()));
        };
        // Without a checksum to compare, it can only be told whether the function has changed at all.
        if sha256.is_none() || code_differs(&request.code, &found).is_some() {
            return Ok(Inspection::from_revisions(before.revision.as_deref(), found.revision.as_deref()));
        }
        Ok(match request.publish {
            Publish::No => Inspection::AsRequested(found),
            Publish::Version => {
                let versions = Versions::read(connection, &request.function).await?;
                versions.up_to_date().map_or(Inspection::AsBefore, Inspection::AsRequested)
            }
            // It cannot be read which version this is, but repeating the request has the same effect.
            Publish::LatestPublished => Inspection::AsBefore,
        })
    };
    let thing = format!("the code of function {}", request.function.name);
    let manager = &connection.management()?.functions;
    apply(changing, &thing, || manager.update_code(request.clone(), changing.effect), inspect).await
}

/// The request to publish a version if the function already has the code.
fn publish_request(request: &UpdateCode, sha256: Option<&str>) -> PublishVersion {
    PublishVersion {
        function: request.function.clone(),
        description: None,
        if_code_sha256: sha256.map(ToOwned::to_owned),
        if_revision: request.if_revision.clone(),
        latest_published: request.publish == Publish::LatestPublished,
    }
}
