//! Aliases.

use lamplight_domain::{Alias, Routing};
use schemars::JsonSchema;
use serde::Serialize;

/// A page of the aliases of a function.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AliasesView<'a> {
    /// The aliases.
    pub aliases: Vec<AliasView<'a>>,
    /// Where to go on; null at the end.
    pub next_marker: Option<&'a str>,
}

/// A name that leads to a version.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AliasView<'a> {
    /// The name.
    pub name: &'a str,
    /// The provider's full reference.
    pub reference: &'a str,
    /// The version it leads to.
    pub function_version: &'a str,
    /// What it is for, for people.
    pub description: Option<&'a str>,
    /// The part of the calls that goes to another version: from the version to its share, 0.0-1.0.
    pub routing: &'a Routing,
    /// What it is to be changed from, for changes that must not undo another's.
    pub revision_id: Option<&'a str>,
}

impl<'a> From<&'a Alias> for AliasView<'a> {
    fn from(alias: &'a Alias) -> Self {
        // Taken apart, so that what is added later cannot be forgotten here.
        let Alias { name, reference, version, description, routing, revision } = alias;
        Self {
            name,
            reference,
            function_version: version,
            description: description.as_deref(),
            routing,
            revision_id: revision.as_deref(),
        }
    }
}
