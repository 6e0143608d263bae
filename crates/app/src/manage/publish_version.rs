//! Publishes a version of a function.

use super::{
    change::{ChangeContext, ChangeOutcome, Inspection, apply},
    versions::{Versions, number},
};
use crate::AppError;
use lamplight_domain::Function;
use lamplight_ports::{Effect, PublishVersion};

/// Publishes the current code and settings of a function as a version.
///
/// # Guarantees
/// - If nothing changed since the last version, no new one is published, and the outcome is
///   [`ChangeOutcome::Unchanged`] with the last one.
/// - If an answer was lost and there is no newer version, the request is repeated for the same code only: code that
///   somebody uploads in the meantime is not published.
pub async fn publish_version(
    changing: &ChangeContext<'_>,
    request: &PublishVersion,
) -> Result<ChangeOutcome<Function>, AppError> {
    let (connection, function) = (changing.connection, &request.function);
    let functions = &connection.management()?.functions;
    let before = match changing.effect {
        Effect::Make => Versions::read(connection, function).await?,
        Effect::Show { .. } => Versions::default(),
    };
    let code = before.unpublished.as_ref().and_then(|function| function.code_sha256.clone());
    let again = PublishVersion { if_code_sha256: request.if_code_sha256.clone().or(code), ..request.clone() };
    let mut next = request.clone();
    let send = || {
        let request = std::mem::replace(&mut next, again.clone());
        functions.publish(request, changing.effect)
    };
    let inspect = || async {
        let now = Versions::read(connection, function).await?;
        if now.newest_number() <= before.newest_number() {
            return Ok(Inspection::AsBefore);
        }
        Ok(match now.newest {
            Some(newest) if newest.code_sha256 == again.if_code_sha256 => Inspection::AsRequested(newest),
            _ => Inspection::Other("a version with other code was published in the meantime".to_owned()),
        })
    };
    let outcome =
        apply(changing, &format!("the latest version of function {}", function.name), send, inspect).await?;
    Ok(match outcome {
        ChangeOutcome::Made(version)
            if number(&version).is_some_and(|number| Some(number) == before.newest_number()) =>
        {
            ChangeOutcome::Unchanged(version)
        }
        outcome => outcome,
    })
}
