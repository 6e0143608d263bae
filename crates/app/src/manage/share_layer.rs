//! Keeping who else may use a version of a layer.

use super::{
    change::{Changing, Outcome},
    statements,
};
use crate::AppError;
use lamplight_domain::PermissionStatement;
use lamplight_ports::LayerVersionRef;

/// Adds a statement to the policy of a version.
///
/// # Guarantees
/// - One of that id that says the same is left alone, and the change says so; one that says otherwise is a conflict.
pub async fn share_layer(
    changing: &Changing<'_>,
    version: &LayerVersionRef,
    statement: &PermissionStatement,
    if_revision: Option<&str>,
) -> Result<Outcome<PermissionStatement>, AppError> {
    let layers = &changing.connection.management()?.layers;
    let send = || layers.add_permission(version, statement, if_revision, changing.effect);
    let thing = described(version, &statement.id);
    statements::add(changing, thing, statement, || layers.policy(version), send).await
}

/// Removes the statement of that id.
///
/// # Guarantees
/// - One that is not there is not found.
pub async fn unshare_layer(
    changing: &Changing<'_>,
    version: &LayerVersionRef,
    statement: &str,
    if_revision: Option<&str>,
) -> Result<Outcome<()>, AppError> {
    let layers = &changing.connection.management()?.layers;
    let send = || layers.remove_permission(version, statement, if_revision, changing.effect);
    let thing = described(version, statement);
    statements::remove(changing, thing, statement, || layers.policy(version), send).await
}

fn described(version: &LayerVersionRef, statement: &str) -> String {
    format!("statement {statement} of version {} of layer {}", version.version, version.layer)
}
