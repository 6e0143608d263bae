//! Manages resource-based policies of layer versions.

use super::{
    change::{ChangeContext, ChangeOutcome},
    statements,
};
use crate::AppError;
use lamplight_domain::PermissionStatement;
use lamplight_ports::LayerVersionRef;

/// Adds a statement to the policy of a layer version.
///
/// # Guarantees
/// - If an identical statement with this ID exists, the outcome is [`ChangeOutcome::Unchanged`]. If another statement
///   has this ID, the result is a conflict.
pub async fn share_layer(
    changing: &ChangeContext<'_>,
    version: &LayerVersionRef,
    statement: &PermissionStatement,
    if_revision: Option<&str>,
) -> Result<ChangeOutcome<PermissionStatement>, AppError> {
    let layers = &changing.connection.management()?.layers;
    let send = || layers.add_permission(version, statement, if_revision, changing.effect);
    let thing = describe(version, &statement.id);
    statements::add(changing, thing, statement, || layers.policy(version), send).await
}

/// Removes the statement with this ID.
///
/// # Guarantees
/// - If it does not exist, the result is an error.
pub async fn unshare_layer(
    changing: &ChangeContext<'_>,
    version: &LayerVersionRef,
    statement: &str,
    if_revision: Option<&str>,
) -> Result<ChangeOutcome<()>, AppError> {
    let layers = &changing.connection.management()?.layers;
    let send = || layers.remove_permission(version, statement, if_revision, changing.effect);
    let thing = describe(version, statement);
    statements::remove(changing, thing, statement, || layers.policy(version), send).await
}

fn describe(version: &LayerVersionRef, statement: &str) -> String {
    format!("statement {statement} of version {} of layer {}", version.version, version.layer)
}
