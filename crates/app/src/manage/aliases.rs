//! Manages aliases.

use super::{
    change::{ChangeContext, ChangeOutcome, Inspection, apply, is_conflict},
    compare::Comparison,
    create_function::conflict_in_progress,
    list::{ListResult, PageLimits, list_pages},
    percent::percent,
};
use crate::AppError;
use lamplight_domain::{Alias, FunctionRef};
use lamplight_ports::{Connection, CreateAlias, ListAliases, UpdateAlias};
use std::ops::ControlFlow;

/// The maximum page size for aliases.
const LARGEST_PAGE: u32 = 10_000;

/// Lists the aliases of a function, or only those that point to one version.
pub async fn list_aliases(
    connection: &Connection,
    function: &FunctionRef,
    version: Option<&str>,
    limits: &PageLimits,
    on_page: &mut (dyn FnMut(Vec<Alias>) -> ControlFlow<()> + Send),
) -> Result<ListResult, AppError> {
    let fetch = |marker, page_size| async move {
        let wanted = ListAliases {
            function: function.clone(),
            version: version.map(ToOwned::to_owned),
            marker,
            page_size,
        };
        let page = connection.management()?.aliases.list(wanted).await?;
        Ok((page.items, page.next_marker))
    };
    list_pages(limits, LARGEST_PAGE, fetch, on_page).await
}

/// Describes an alias.
pub async fn show_alias(
    connection: &Connection,
    function: &FunctionRef,
    name: &str,
) -> Result<Alias, AppError> {
    let found = connection.management()?.aliases.get(function, name).await?;
    found.ok_or_else(|| alias_not_found(connection, function, name))
}

/// Creates an alias.
///
/// # Guarantees
/// - If the alias already exists as requested, it is not changed and the outcome is [`ChangeOutcome::Unchanged`]. If it
///   differs, the result is a conflict that names the differences.
pub async fn create_alias(
    changing: &ChangeContext<'_>,
    request: &CreateAlias,
) -> Result<ChangeOutcome<Alias>, AppError> {
    let aliases = &changing.connection.management()?.aliases;
    let thing = format!("alias {} of function {}", request.name, request.function.name);
    let wanted = UpdateAlias {
        function: request.function.clone(),
        name: request.name.clone(),
        version: Some(request.version.clone()),
        description: request.description.clone(),
        routing: Some(request.routing.clone()),
        if_revision: None,
    };
    let inspect = || async {
        Ok(match aliases.get(&request.function, &request.name).await? {
            None => Inspection::AsBefore,
            Some(found) => match differing(&wanted, &found) {
                comparison if comparison.is_as_requested() => Inspection::AsRequested(found),
                comparison => Inspection::Other(format!("it exists{comparison}")),
            },
        })
    };
    let made = apply(changing, &thing, || aliases.create(request.clone(), changing.effect), inspect).await;
    match made {
        Err(error) if is_conflict(&error) => match aliases.get(&request.function, &request.name).await? {
            Some(found) => match differing(&wanted, &found) {
                comparison if comparison.is_as_requested() => Ok(ChangeOutcome::Unchanged(found)),
                comparison => Err(comparison.conflict(thing)),
            },
            None => Err(conflict_in_progress(error, &thing)),
        },
        other => other,
    }
}

/// Updates an alias: its version, description or routing.
///
/// # Guarantees
/// - If the alias already is as requested and has the expected revision, nothing is sent and the outcome is
///   [`ChangeOutcome::Unchanged`].
/// - Routing calls to the version that the alias points to anyway is refused, and so is pointing the alias to the version
///   that it routes calls to; nothing is sent.
pub async fn update_alias(
    changing: &ChangeContext<'_>,
    request: &UpdateAlias,
) -> Result<ChangeOutcome<Alias>, AppError> {
    let aliases = &changing.connection.management()?.aliases;
    let before = show_alias(changing.connection, &request.function, &request.name).await?;
    if let (None, Some(routing)) = (&request.version, &request.routing)
        && routing.contains_key(&before.version)
    {
        let version = &before.version;
        return Err(AppError::Setting(format!(
            "alias {} already points to version {version}; the weight must go to another version",
            request.name
        )));
    }
    if let (Some(version), None) = (&request.version, &request.routing)
        && *version != before.version
        && let Some(weight) = before.routing.get(version)
    {
        return Err(AppError::Setting(format!(
            "alias {} already routes {} % of its calls to version {version}; to give version {version} all calls, remove \
             the routing in the same change",
            request.name,
            percent(*weight)
        )));
    }
    let of_revision = request.if_revision.is_none() || request.if_revision == before.revision;
    if of_revision && differing(request, &before).is_as_requested() {
        return Ok(ChangeOutcome::Unchanged(before));
    }
    let inspect = || async {
        Ok(match aliases.get(&request.function, &request.name).await? {
            Some(found) if differing(request, &found).is_as_requested() => Inspection::AsRequested(found),
            Some(found) => Inspection::not_as_requested(found == before),
            None => Inspection::Other("it no longer exists".to_owned()),
        })
    };
    let thing = format!("alias {} of function {}", request.name, request.function.name);
    apply(changing, &thing, || aliases.update(request.clone(), changing.effect), inspect).await
}

/// Deletes an alias.
///
/// # Guarantees
/// - If the alias does not exist, the result is an error, even if the provider does not report that.
pub async fn delete_alias(
    changing: &ChangeContext<'_>,
    function: &FunctionRef,
    name: &str,
) -> Result<ChangeOutcome<()>, AppError> {
    let aliases = &changing.connection.management()?.aliases;
    let before = show_alias(changing.connection, function, name).await?;
    let inspect = || async {
        let found = aliases.get(function, name).await?;
        Ok(found.map_or(Inspection::AsRequested(()), |found| Inspection::not_as_requested(found == before)))
    };
    let thing = format!("alias {name} of function {}", function.name);
    apply(changing, &thing, || aliases.delete(function, name, changing.effect), inspect).await
}

fn differing(asked: &UpdateAlias, found: &Alias) -> Comparison {
    let description = found.description.as_deref().unwrap_or_default();
    let differing = [
        ("version", asked.version.as_ref().is_some_and(|version| *version != found.version)),
        ("description", asked.description.as_ref().is_some_and(|asked| asked != description)),
        ("routing", asked.routing.as_ref().is_some_and(|routing| *routing != found.routing)),
    ]
    .into_iter()
    .filter(|(_, differs)| *differs)
    .map(|(name, _)| name)
    .collect();
    Comparison { differing, incomparable: Vec::new() }
}

fn alias_not_found(connection: &Connection, function: &FunctionRef, name: &str) -> AppError {
    AppError::ThingNotFound {
        thing: format!("alias {name} of function {}", function.name),
        connection: connection.name.to_string(),
    }
}
