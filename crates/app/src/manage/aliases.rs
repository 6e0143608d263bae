//! Keeping aliases: names that lead to versions of a function.

use super::{
    change::{Changing, Outcome, Seen, is_conflict, make},
    compare::Comparison,
    create_function::not_there,
    list::{Listed, PageLimits, walk},
};
use crate::AppError;
use lamplight_domain::{Alias, FunctionRef};
use lamplight_ports::{Connection, CreateAlias, ListAliases, UpdateAlias};
use std::ops::ControlFlow;

/// The largest page of aliases that may be asked for.
const LARGEST_PAGE: u32 = 10_000;

/// Lists the aliases of a function, or those that lead to one version.
pub async fn list_aliases(
    connection: &Connection,
    function: &FunctionRef,
    version: Option<&str>,
    limits: &PageLimits,
    on_page: &mut (dyn FnMut(Vec<Alias>) -> ControlFlow<()> + Send),
) -> Result<Listed, AppError> {
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
    walk(limits, LARGEST_PAGE, fetch, on_page).await
}

/// Describes an alias.
pub async fn show_alias(
    connection: &Connection,
    function: &FunctionRef,
    name: &str,
) -> Result<Alias, AppError> {
    let found = connection.management()?.aliases.get(function, name).await?;
    found.ok_or_else(|| no_alias(connection, function, name))
}

/// Makes an alias.
///
/// # Guarantees
/// - One of that name that is as asked for is left alone, and the change says so; one that is otherwise is a conflict
///   that names what differs.
pub async fn create_alias(
    changing: &Changing<'_>,
    request: &CreateAlias,
) -> Result<Outcome<Alias>, AppError> {
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
    let look = || async {
        Ok(match aliases.get(&request.function, &request.name).await? {
            None => Seen::NotYet,
            Some(found) => match differing(&wanted, &found) {
                comparison if comparison.is_as_asked() => Seen::AsAsked(found),
                comparison => Seen::Otherwise(format!("it exists{comparison}")),
            },
        })
    };
    let made = make(changing, &thing, || aliases.create(request.clone(), changing.effect), look).await;
    match made {
        Err(error) if is_conflict(&error) => match aliases.get(&request.function, &request.name).await? {
            Some(found) => match differing(&wanted, &found) {
                comparison if comparison.is_as_asked() => Ok(Outcome::Unchanged(found)),
                comparison => Err(comparison.conflict(thing)),
            },
            None => Err(not_there(error, &thing)),
        },
        other => other,
    }
}

/// Changes an alias: its version, what it is for, or the calls that go elsewhere.
///
/// # Guarantees
/// - Where it is so already, nothing is sent and the change says so, unless it is not of the revision asked for.
/// - A share of calls for the version that the alias leads to anyway is refused, and nothing is sent.
pub async fn update_alias(
    changing: &Changing<'_>,
    request: &UpdateAlias,
) -> Result<Outcome<Alias>, AppError> {
    let aliases = &changing.connection.management()?.aliases;
    let before = show_alias(changing.connection, &request.function, &request.name).await?;
    if let (None, Some(routing)) = (&request.version, &request.routing)
        && routing.contains_key(&before.version)
    {
        let version = &before.version;
        return Err(AppError::Setting(format!(
            "version {version} is the one that alias {} leads to anyway; the weight must go to another version",
            request.name
        )));
    }
    let of_revision = request.if_revision.is_none() || request.if_revision == before.revision;
    if of_revision && differing(request, &before).is_as_asked() {
        return Ok(Outcome::Unchanged(before));
    }
    let look = || async {
        Ok(match aliases.get(&request.function, &request.name).await? {
            Some(found) if differing(request, &found).is_as_asked() => Seen::AsAsked(found),
            Some(found) => Seen::not_as_asked(found == before),
            None => Seen::Otherwise("it does not exist any more".to_owned()),
        })
    };
    let thing = format!("alias {} of function {}", request.name, request.function.name);
    make(changing, &thing, || aliases.update(request.clone(), changing.effect), look).await
}

/// Deletes an alias.
///
/// # Guarantees
/// - One that does not exist is not found, also where the provider would say nothing.
pub async fn delete_alias(
    changing: &Changing<'_>,
    function: &FunctionRef,
    name: &str,
) -> Result<Outcome<()>, AppError> {
    let aliases = &changing.connection.management()?.aliases;
    let before = show_alias(changing.connection, function, name).await?;
    let look = || async {
        let found = aliases.get(function, name).await?;
        Ok(found.map_or(Seen::AsAsked(()), |found| Seen::not_as_asked(found == before)))
    };
    let thing = format!("alias {name} of function {}", function.name);
    make(changing, &thing, || aliases.delete(function, name, changing.effect), look).await
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
    Comparison { differing, untold: Vec::new() }
}

fn no_alias(connection: &Connection, function: &FunctionRef, name: &str) -> AppError {
    AppError::ThingNotFound {
        thing: format!("alias {name} of function {}", function.name),
        connection: connection.name.to_string(),
    }
}
