//! The grammar of `lamplight aliases`.

use crate::args::{DryRunArgs, PageArgs, RemovalArgs, RevisionArgs, manage::reads_first};
use clap::{Args, Subcommand};

/// The verbs of `aliases`.
#[derive(Debug, Subcommand)]
pub enum AliasesCommand {
    /// Create an alias of a function version
    #[command(after_help = "Example:\n  lamplight aliases create reporter live --function-version 1")]
    Create(CreateAliasArgs),
    /// Show an alias
    #[command(after_help = "Example:\n  lamplight aliases get reporter live")]
    Get(AliasArgs),
    /// List the aliases of a function
    #[command(after_help = "Example:\n  lamplight aliases list reporter")]
    List(ListAliasesArgs),
    /// Point an alias to another version, or route part of its calls to one
    #[command(
        after_help = "Examples:\n  lamplight aliases update reporter live --function-version 2\n  lamplight aliases update reporter live --routing 2=10%"
    )]
    Update(UpdateAliasArgs),
    /// Delete an alias; its version is not deleted
    #[command(after_help = "Example:\n  lamplight aliases delete reporter live --yes")]
    Delete(DeleteAliasArgs),
}

/// Which alias.
#[derive(Debug, Args)]
pub struct AliasArgs {
    /// The function: name or ARN
    pub function: String,
    /// The alias
    pub name: String,
}

/// The settings of an alias.
#[derive(Debug, Args)]
pub struct AliasSettingsArgs {
    /// A description
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// The share of calls routed to a second version, such as 2=0.1 or 2=10%
    #[arg(long, alias = "additional-version-weights", value_name = "VERSION=WEIGHT")]
    pub routing: Vec<String>,
}

/// Options of `aliases create`.
#[derive(Debug, Args)]
pub struct CreateAliasArgs {
    /// Which alias.
    #[command(flatten)]
    pub alias: AliasArgs,
    /// The version that the alias points to: a number, or `$LATEST` for the unpublished code
    #[arg(long, value_name = "VERSION")]
    pub function_version: String,
    /// The settings.
    #[command(flatten)]
    pub settings: AliasSettingsArgs,
    /// Options of every change.
    #[command(flatten)]
    pub change: DryRunArgs,
}

/// Options of `aliases list`.
#[derive(Debug, Args)]
pub struct ListAliasesArgs {
    /// The function: name or ARN
    pub function: String,
    /// List only aliases of this version
    #[arg(long, value_name = "VERSION")]
    pub function_version: Option<String>,
    /// How much of the listing is wanted.
    #[command(flatten)]
    pub page: PageArgs,
}

/// Options of `aliases update`.
#[derive(Debug, Args)]
#[command(mut_args(reads_first))]
pub struct UpdateAliasArgs {
    /// Which alias.
    #[command(flatten)]
    pub alias: AliasArgs,
    /// The version that the alias points to: a number, or `$LATEST` for the unpublished code
    #[arg(long, value_name = "VERSION")]
    pub function_version: Option<String>,
    /// The settings.
    #[command(flatten)]
    pub settings: AliasSettingsArgs,
    /// Remove routing: all calls go to the alias's own version
    #[arg(long, conflicts_with = "routing")]
    pub no_routing: bool,
    /// A condition on the alias.
    #[command(flatten)]
    pub revision: RevisionArgs,
    /// Options of every change.
    #[command(flatten)]
    pub change: DryRunArgs,
}

/// Options of `aliases delete`.
#[derive(Debug, Args)]
#[command(mut_args(reads_first))]
pub struct DeleteAliasArgs {
    /// Which alias.
    #[command(flatten)]
    pub alias: AliasArgs,
    /// Options of every removal.
    #[command(flatten)]
    pub removal: RemovalArgs,
}
