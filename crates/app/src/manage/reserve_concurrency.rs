//! Manages the reserved concurrency of functions.

use super::change::{ChangeContext, ChangeOutcome, Inspection, apply};
use crate::AppError;
use lamplight_domain::FunctionRef;
use lamplight_ports::Connection;

/// Reads the reserved concurrency of a function.
pub async fn show_concurrency(
    connection: &Connection,
    function: &FunctionRef,
) -> Result<Option<u32>, AppError> {
    Ok(connection.management()?.functions.reserved_concurrency(function).await?)
}

/// Sets the reserved concurrency of a function, which is also its maximum; `None` removes it.
///
/// # Guarantees
/// - If it already has this value, nothing is sent and the outcome is [`ChangeOutcome::Unchanged`].
pub async fn reserve_concurrency(
    changing: &ChangeContext<'_>,
    function: &FunctionRef,
    reserved: Option<u32>,
) -> Result<ChangeOutcome<Option<u32>>, AppError> {
    let manager = &changing.connection.management()?.functions;
    if manager.reserved_concurrency(function).await? == reserved {
        return Ok(ChangeOutcome::Unchanged(reserved));
    }
    let inspect = || async {
        let found = manager.reserved_concurrency(function).await?;
        Ok(if found == reserved { Inspection::AsRequested(()) } else { Inspection::AsBefore })
    };
    let thing = format!("the reserved concurrency of function {}", function.name);
    let send = || manager.reserve_concurrency(function, reserved, changing.effect);
    Ok(apply(changing, &thing, send, inspect).await?.map(|()| reserved))
}
