//! Keeping calls for one function alone.

use super::change::{Changing, Outcome, Seen, make};
use crate::AppError;
use lamplight_domain::FunctionRef;
use lamplight_ports::Connection;

/// How many calls are kept for a function alone.
pub async fn show_concurrency(
    connection: &Connection,
    function: &FunctionRef,
) -> Result<Option<u32>, AppError> {
    Ok(connection.management()?.functions.reserved_concurrency(function).await?)
}

/// Keeps so many calls for a function alone, and at most so many at once; `None` keeps and limits none.
///
/// # Guarantees
/// - Where it is so already, nothing is sent and the change says so.
pub async fn reserve_concurrency(
    changing: &Changing<'_>,
    function: &FunctionRef,
    reserved: Option<u32>,
) -> Result<Outcome<Option<u32>>, AppError> {
    let manager = &changing.connection.management()?.functions;
    if manager.reserved_concurrency(function).await? == reserved {
        return Ok(Outcome::Unchanged(reserved));
    }
    let look = || async {
        let found = manager.reserved_concurrency(function).await?;
        Ok(if found == reserved { Seen::AsAsked(()) } else { Seen::NotYet })
    };
    let thing = format!("the reserved concurrency of function {}", function.name);
    let send = || manager.reserve_concurrency(function, reserved, changing.effect);
    Ok(make(changing, &thing, send, look).await?.map(|()| reserved))
}
