//! A name that leads to a version of a function.

use std::collections::BTreeMap;

/// The part of the calls that goes to another version: from the version to its share, 0.0 to 1.0. The rest goes to the
/// alias's own version.
pub type Routing = BTreeMap<String, f64>;

/// A name that leads to a version, as the provider describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// The provider's full reference.
    pub reference: String,
    /// The version it leads to.
    pub version: String,
    /// What it is for, for people.
    pub description: Option<String>,
    /// The calls that go elsewhere.
    pub routing: Routing,
    /// What it is to be changed from, for changes that must not undo another's.
    pub revision: Option<String>,
}
