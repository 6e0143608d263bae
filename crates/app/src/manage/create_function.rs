//! Making a function.

use super::{
    change::{Change, Changing, Seen, is_conflict, make},
    compare::{code_differs, differences},
};
use crate::AppError;
use lamplight_domain::{Function, FunctionRef};
use lamplight_ports::{CreateFunction, PortError};

/// Makes a function. It may still be prepared when this returns; [`wait_for_function`](super::wait_for_function()) waits.
///
/// # Guarantees
/// - A function of that name that is as asked for is left alone, and the change says so; one that is otherwise is a
///   conflict that names what differs. Tags are not compared. Code is compared by its checksum, where it is uploaded.
pub async fn create_function(
    changing: &Changing<'_>,
    request: &CreateFunction,
) -> Result<Change<Function>, AppError> {
    let thing = format!("function {}", request.name);
    let manager = &changing.connection.management.functions;
    let look = || async {
        Ok(match there(changing, request).await? {
            None => Seen::NotYet,
            Some((function, differing)) if differing.is_empty() => Seen::AsAsked(function),
            Some((_, differing)) => {
                Seen::Otherwise(format!("it exists with another {}", differing.join(", ")))
            }
        })
    };
    let made = make(changing, &thing, || manager.create(request.clone(), changing.effect), look).await;
    match made {
        Err(error) if is_conflict(&error) => match there(changing, request).await? {
            Some((function, differing)) if differing.is_empty() => Ok(Change::unchanged(function)),
            Some((_, differing)) => Err(AppError::ExistsOtherwise {
                thing,
                differing: differing.into_iter().map(ToOwned::to_owned).collect(),
            }),
            None => Err(error),
        },
        other => other,
    }
}

/// The function of that name, and what it differs in.
async fn there(
    changing: &Changing<'_>,
    request: &CreateFunction,
) -> Result<Option<(Function, Vec<&'static str>)>, PortError> {
    let function = FunctionRef::by_name(request.name.clone());
    let found = changing.connection.catalogue.configuration(&function, None).await?;
    Ok(found.map(|found| {
        let mut differing = differences(&request.settings, &found.settings);
        differing.extend(code_differs(&request.code, &found));
        (found, differing)
    }))
}
