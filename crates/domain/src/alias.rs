//! Aliases: names that point to a version of a function.

use std::collections::BTreeMap;

/// Alias routing: the share of calls, from 0.0 to 1.0, that goes to each other version. The rest goes to the alias's
/// own version.
pub type Routing = BTreeMap<String, f64>;

/// An alias, as the provider describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// The provider's full reference.
    pub reference: String,
    /// The version that it points to.
    pub version: String,
    /// What the alias is for.
    pub description: Option<String>,
    /// The shares of other versions.
    pub routing: Routing,
    /// The provider's revision, for changes that must not overwrite somebody else's.
    pub revision: Option<String>,
}
