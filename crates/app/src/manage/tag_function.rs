//! Manages the tags of functions.

use super::change::{ChangeContext, ChangeOutcome, Inspection, apply};
use crate::AppError;
use lamplight_domain::{FunctionRef, Tags};
use lamplight_ports::{Connection, TagChange};

/// Reads the tags of a function.
pub async fn show_tags(connection: &Connection, function: &FunctionRef) -> Result<Tags, AppError> {
    Ok(connection.management()?.functions.tags(function).await?)
}

/// Sets and removes tags, and returns all tags that the function then has.
///
/// # Guarantees
/// - Only tags that change are sent. If none does, nothing is sent and the outcome is [`ChangeOutcome::Unchanged`].
pub async fn tag_function(
    changing: &ChangeContext<'_>,
    function: &FunctionRef,
    change: &TagChange,
) -> Result<ChangeOutcome<Tags>, AppError> {
    let manager = &changing.connection.management()?.functions;
    if let Some(key) = change.remove.iter().find(|key| change.set.contains_key(*key)) {
        return Err(AppError::Setting(format!("tag {key:?} cannot be both set and removed")));
    }
    let before = manager.tags(function).await?;
    let missing = remaining_changes(change, &before);
    if missing == TagChange::default() {
        return Ok(ChangeOutcome::Unchanged(before));
    }
    let after = {
        let mut after = before.clone();
        after.extend(missing.set.clone());
        after.retain(|key, _| !missing.remove.contains(key));
        after
    };
    let inspect = || async {
        let left = remaining_changes(&missing, &manager.tags(function).await?);
        Ok(if left == TagChange::default() { Inspection::AsRequested(()) } else { Inspection::AsBefore })
    };
    let thing = format!("the tags of function {}", function.name);
    let send = || manager.tag(function, missing.clone(), changing.effect);
    Ok(apply(changing, &thing, send, inspect).await?.map(|()| after))
}

fn remaining_changes(change: &TagChange, tags: &Tags) -> TagChange {
    let mut left = change.clone();
    left.set.retain(|key, value| tags.get(key) != Some(value));
    left.remove.retain(|key| tags.contains_key(key));
    left
}
