//! Publishing a version of a function.

use super::change::{Change, Changing, Seen, make};
use crate::AppError;
use lamplight_domain::Function;
use lamplight_ports::PublishVersion;

/// Publishes a version of what the function is now.
///
/// # Guarantees
/// - Where nothing changed since the last version, that one is given and none is made: so a publishing whose answer was
///   lost is made again without harm.
pub async fn publish_version(
    changing: &Changing<'_>,
    request: &PublishVersion,
) -> Result<Change<Function>, AppError> {
    let thing = format!("a version of function {}", request.function.name);
    let manager = &changing.connection.management.functions;
    // Which version a lost answer told of cannot be seen; making it again tells.
    let look = || async { Ok(Seen::NotYet) };
    make(changing, &thing, || manager.publish(request.clone(), changing.effect), look).await
}
