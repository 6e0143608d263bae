//! Marking functions with tags.

use super::change::{Changing, Outcome, Seen, make};
use crate::AppError;
use lamplight_domain::{FunctionRef, Tags};
use lamplight_ports::{Connection, TagChange};

/// What a function is marked with.
pub async fn show_tags(connection: &Connection, function: &FunctionRef) -> Result<Tags, AppError> {
    Ok(connection.management()?.functions.tags(function).await?)
}

/// Sets tags and takes tags away; gives all that the function has then.
///
/// # Guarantees
/// - What is so already is not asked for; where all of it is, nothing is sent and the change says so.
pub async fn tag_function(
    changing: &Changing<'_>,
    function: &FunctionRef,
    change: &TagChange,
) -> Result<Outcome<Tags>, AppError> {
    let manager = &changing.connection.management()?.functions;
    if let Some(key) = change.remove.iter().find(|key| change.set.contains_key(*key)) {
        return Err(AppError::Setting(format!("tag {key:?} is to be set and taken away at once")));
    }
    let before = manager.tags(function).await?;
    let missing = without_what_is_so(change, &before);
    if missing == TagChange::default() {
        return Ok(Outcome::Unchanged(before));
    }
    let after = {
        let mut after = before.clone();
        after.extend(missing.set.clone());
        after.retain(|key, _| !missing.remove.contains(key));
        after
    };
    let look = || async {
        let left = without_what_is_so(&missing, &manager.tags(function).await?);
        Ok(if left == TagChange::default() { Seen::AsAsked(()) } else { Seen::NotYet })
    };
    let thing = format!("the tags of function {}", function.name);
    let send = || manager.tag(function, missing.clone(), changing.effect);
    Ok(make(changing, &thing, send, look).await?.map(|()| after))
}

fn without_what_is_so(change: &TagChange, tags: &Tags) -> TagChange {
    let mut left = change.clone();
    left.set.retain(|key, value| tags.get(key) != Some(value));
    left.remove.retain(|key| tags.contains_key(key));
    left
}
