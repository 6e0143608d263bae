//! Creates a function.

use super::{
    change::{ChangeContext, ChangeOutcome, Inspection, apply, is_conflict},
    compare::{Comparison, code_differs, differences},
    versions::Versions,
};
use crate::AppError;
use lamplight_domain::{CodeSource, Function, FunctionRef};
use lamplight_ports::{CreateFunction, PortError, Publish};

/// Creates a function. If its first version is published, returns that version. The function may not be ready yet when
/// this returns; [`wait_for_function`](super::wait_for_function()) waits for it.
///
/// # Guarantees
/// - If the function already exists as requested, it is not changed and the outcome is [`ChangeOutcome::Unchanged`].
///   Otherwise the result is a conflict that names what differs and what cannot be compared, such as code in an object
///   store.
pub async fn create_function(
    changing: &ChangeContext<'_>,
    request: &CreateFunction,
) -> Result<ChangeOutcome<Function>, AppError> {
    let thing = format!("function {}", request.name);
    let manager = &changing.connection.management()?.functions;
    let inspect = || async {
        Ok(match find_existing(changing, request).await? {
            None => Inspection::AsBefore,
            Some((function, comparison)) if comparison.is_as_requested() => Inspection::AsRequested(function),
            Some((_, comparison)) => Inspection::Other(format!("it exists{comparison}")),
        })
    };
    let made = apply(changing, &thing, || manager.create(request.clone(), changing.effect), inspect).await;
    match made {
        Err(error) if is_conflict(&error) => match find_existing(changing, request).await? {
            Some((function, comparison)) if comparison.is_as_requested() => {
                Ok(ChangeOutcome::Unchanged(function))
            }
            Some((_, comparison)) => Err(comparison.conflict(thing)),
            None => Err(conflict_in_progress(error, &thing)),
        },
        other => other,
    }
}

/// The existing function, if any, and how it compares with the request.
async fn find_existing(
    changing: &ChangeContext<'_>,
    request: &CreateFunction,
) -> Result<Option<(Function, Comparison)>, PortError> {
    let connection = changing.connection;
    let reference = FunctionRef::by_name(request.name.clone());
    // Only the whole description contains tags and image, and reading it needs more permissions.
    let whole = !request.tags.is_empty() || matches!(request.code.source, CodeSource::Image(_));
    let found = if whole {
        connection.catalogue.get(&reference, None).await?
    } else {
        connection.catalogue.configuration(&reference, None).await?
    };
    let Some(found) = found else { return Ok(None) };
    let mut comparison =
        Comparison { differing: differences(&request.settings, &found.settings), incomparable: Vec::new() };
    comparison.differing.extend(code_differs(&request.code, &found));
    match &request.code.source {
        CodeSource::Package(_) => {}
        CodeSource::StoredObject { .. } => comparison.incomparable.push("code"),
        CodeSource::Image(image) => match &found.image {
            None => comparison.incomparable.push("image"),
            Some(other) if other != image => comparison.differing.push("image"),
            Some(_) => {}
        },
    }
    if request.tenancy.is_some() && request.tenancy != found.tenancy {
        comparison.differing.push("tenancy");
    }
    if request.code_signing.is_some() {
        comparison.incomparable.push("code signing");
    }
    match &found.tags {
        None if !request.tags.is_empty() => comparison.incomparable.push("tags"),
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
            comparison.incomparable.push("latest published version");
            found
        }
    };
    Ok(Some((function, comparison)))
}

/// The error for a conflict with a resource that was then not found: it is being created or deleted.
pub(super) fn conflict_in_progress(conflict: AppError, thing: &str) -> AppError {
    match conflict {
        AppError::Port(mut conflict) => {
            conflict.message =
                format!("could neither create nor find {thing}: another change of it is in progress");
            conflict.hint = Some("wait a moment and retry".into());
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
    fn a_conflict_with_what_is_not_found_does_not_claim_that_it_exists() {
        let conflict =
            PortError::new(PortErrorKind::Conflict, ErrorCode::Conflict, "function adder already exists");
        let error = conflict_in_progress(conflict.into(), "function adder");
        assert!(!error.to_string().contains("already exists"), "{error}");
        assert!(error.to_string().contains("another change of it is in progress"), "{error}");
        assert_eq!(error.code(), ErrorCode::Conflict);
    }
}
