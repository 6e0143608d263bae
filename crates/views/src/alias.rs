//! Aliases.

use lamplight_domain::{Alias, Routing};
use schemars::JsonSchema;
use serde::Serialize;

/// A page of the aliases of a function.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AliasesView<'a> {
    /// The aliases.
    pub aliases: Vec<AliasView<'a>>,
    /// The marker of the next page; null on the last page.
    pub next_marker: Option<&'a str>,
}

/// An alias of a function.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AliasView<'a> {
    /// The alias.
    pub name: &'a str,
    /// The provider's full reference.
    pub reference: &'a str,
    /// The version that the alias points to.
    pub function_version: &'a str,
    /// The description, for people.
    pub description: Option<&'a str>,
    /// The share of calls that goes to another version (alias routing): from the version to its weight, 0.0-1.0.
    pub routing: &'a Routing,
    /// The revision of the alias. A change that names it fails if somebody else changed the alias in between.
    pub revision_id: Option<&'a str>,
}

impl<'a> From<&'a Alias> for AliasView<'a> {
    fn from(alias: &'a Alias) -> Self {
        // Destructured, so that a new field cannot be forgotten here.
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
