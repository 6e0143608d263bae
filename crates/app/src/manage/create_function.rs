//! Making a function.

use super::{
    change::{Changing, Outcome, Seen, is_conflict, make},
    compare::{Comparison, code_differs, differences},
    versions::Versions,
};
use crate::AppError;
use lamplight_domain::{CodeSource, Function, FunctionRef};
use lamplight_ports::{CreateFunction, PortError, Publish};

/// Makes a function; where its first version is to be published, gives the version. It may still be prepared when this
/// returns; [`wait_for_function`](super::wait_for_function()) waits.
///
/// # Guarantees
/// - A function of that name that is as asked for is left alone, and the change says so. One that is otherwise is a
///   conflict that names what differs and what cannot be compared, such as code in an object store.
pub async fn create_function(
    changing: &Changing<'_>,
    request: &CreateFunction,
) -> Result<Outcome<Function>, AppError> {
    let thing = format!("function {}", request.name);
    let manager = &changing.connection.management()?.functions;
    let look = || async {
        Ok(match there(changing, request).await? {
            None => Seen::NotYet,
            Some((function, comparison)) if comparison.is_as_asked() => Seen::AsAsked(function),
            Some((_, comparison)) => Seen::Otherwise(format!("it exists{comparison}")),
        })
    };
    let made = make(changing, &thing, || manager.create(request.clone(), changing.effect), look).await;
    match made {
        Err(error) if is_conflict(&error) => match there(changing, request).await? {
            Some((function, comparison)) if comparison.is_as_asked() => Ok(Outcome::Unchanged(function)),
            Some((_, comparison)) => Err(comparison.conflict(thing)),
            None => Err(not_there(error, &thing)),
        },
        other => other,
    }
}

/// The function of that name, and how it holds against what was asked for.
async fn there(
    changing: &Changing<'_>,
    request: &CreateFunction,
) -> Result<Option<(Function, Comparison)>, PortError> {
    let connection = changing.connection;
    let reference = FunctionRef::by_name(request.name.clone());
    // Tags and image are told only with all the rest, which takes more permissions.
    let whole = !request.tags.is_empty() || matches!(request.code.source, CodeSource::Image(_));
    let found = if whole {
        connection.catalogue.get(&reference, None).await?
    } else {
        connection.catalogue.configuration(&reference, None).await?
    };
    let Some(found) = found else { return Ok(None) };
    let mut comparison =
        Comparison { differing: differences(&request.settings, &found.settings), untold: Vec::new() };
    comparison.differing.extend(code_differs(&request.code, &found));
    match &request.code.source {
        CodeSource::Package(_) => {}
        CodeSource::StoredObject { .. } => comparison.untold.push("code"),
        CodeSource::Image(image) => match &found.image {
            None => comparison.untold.push("image"),
            Some(other) if other != image => comparison.differing.push("image"),
            Some(_) => {}
        },
    }
    if request.tenancy.is_some() && request.tenancy != found.tenancy {
        comparison.differing.push("tenancy");
    }
    if request.code_signing.is_some() {
        comparison.untold.push("code signing");
    }
    match &found.tags {
        None if !request.tags.is_empty() => comparison.untold.push("tags"),
        Some(tags) if request.tags.iter().any(|(key, value)| tags.get(key) != Some(value)) => {
            comparison.differing.push("tags");
        }
        _ => {}
    }
    let function = match request.publish {
        Publish::No => found,
        Publish::Version => {
            let version = Versions::read(connection, &reference).await?.up_to_date();
            if version.is_none() {
                comparison.differing.push("newest version");
            }
            version.unwrap_or(found)
        }
        Publish::LatestPublished => {
            comparison.untold.push("latest published version");
            found
        }
    };
    Ok(Some((function, comparison)))
}

/// A conflict with something that is not there: it is just coming or going.
pub(super) fn not_there(conflict: AppError, thing: &str) -> AppError {
    match conflict {
        AppError::Port(mut conflict) => {
            conflict.message =
                format!("{thing} can neither be made nor be found: another change of it is in progress");
            conflict.hint = Some("wait a moment, then repeat".into());
            AppError::Port(conflict)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::ErrorCode;
    use lamplight_ports::PortErrorKind;

    #[test]
    fn what_is_said_to_exist_and_does_not_is_not_told_to_exist() {
        let conflict =
            PortError::new(PortErrorKind::Conflict, ErrorCode::Conflict, "function adder exists already");
        let error = not_there(conflict.into(), "function adder");
        assert!(!error.to_string().contains("exists already"), "{error}");
        assert!(error.to_string().contains("another change of it is in progress"), "{error}");
        assert_eq!(error.code(), ErrorCode::Conflict);
    }
}
