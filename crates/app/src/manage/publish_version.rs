//! Publishing a version of a function.

use super::{
    change::{Changing, Outcome, Seen, make},
    versions::{Versions, number},
};
use crate::AppError;
use lamplight_domain::Function;
use lamplight_ports::{Effect, PublishVersion};

/// Publishes a version of what the function is now.
///
/// # Guarantees
/// - Where nothing changed since the last version, that one is given, none is made, and the change says so.
/// - Where an answer was lost and no newer version is seen, it is asked for again, of the same code alone: code that
///   somebody uploads meanwhile is not published.
pub async fn publish_version(
    changing: &Changing<'_>,
    request: &PublishVersion,
) -> Result<Outcome<Function>, AppError> {
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
    let look = || async {
        let now = Versions::read(connection, function).await?;
        if now.newest_number() <= before.newest_number() {
            return Ok(Seen::NotYet);
        }
        Ok(match now.newest {
            Some(newest) if newest.code_sha256 == again.if_code_sha256 => Seen::AsAsked(newest),
            _ => Seen::Otherwise("a version of other code was published meanwhile".to_owned()),
        })
    };
    let outcome = make(changing, &format!("a version of function {}", function.name), send, look).await?;
    Ok(match outcome {
        Outcome::Made(version)
            if number(&version).is_some_and(|number| Some(number) == before.newest_number()) =>
        {
            Outcome::Unchanged(version)
        }
        outcome => outcome,
    })
}
