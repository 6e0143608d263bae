//! The configured connections, as far as fronts show them.

use crate::{EffectiveSetting, PortError};
use lamplight_domain::ConnectionName;
use std::{collections::BTreeMap, fmt::Debug};

/// A configured connection.
#[derive(Debug, Clone)]
pub struct ConnectionInfo {
    /// Its name.
    pub name: ConnectionName,
    /// The name of its provider.
    pub provider: String,
    /// Whether it is the default.
    pub is_default: bool,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its effective settings, each with where it comes from. Secrets are references.
    pub settings: Vec<EffectiveSetting>,
}

/// Lists the configured connections.
///
/// # Guarantees
/// - No provider is called and no secret is resolved.
/// - A change of the configuration is seen by the next call.
pub trait ConnectionDirectory: Debug + Send + Sync + 'static {
    /// All connections that can be named, sorted by name.
    fn list(&self) -> Result<Vec<ConnectionInfo>, PortError>;
}
