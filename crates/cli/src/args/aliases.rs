//! The grammar of `lamplight aliases`.

use crate::args::{DryRunArgs, PageArgs, RemovalArgs, RevisionArgs, manage::reads_first};
use clap::{Args, Subcommand};

/// The verbs of `aliases`.
#[derive(Debug, Subcommand)]
pub enum AliasesCommand {
    /// Make a name that leads to a version of a function
    Create(CreateAliasArgs),
    /// Show an alias
    Get(AliasArgs),
    /// List the aliases of a function
    List(ListAliasesArgs),
    /// Lead an alias to another version, or send a part of its calls to one
    Update(UpdateAliasArgs),
    /// Delete an alias; the version that it leads to stays
    Delete(DeleteAliasArgs),
}

/// Which alias.
#[derive(Debug, Args)]
pub struct AliasArgs {
    /// The function: its name or full reference
    pub function: String,
    /// The alias
    pub name: String,
}

/// What an alias is and does.
#[derive(Debug, Args)]
pub struct AliasSettingsArgs {
    /// What it is for, for people
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// The part of the calls that goes to another version, such as 2=0.1 or 2=10%
    #[arg(long, alias = "additional-version-weights", value_name = "VERSION=WEIGHT")]
    pub routing: Vec<String>,
}

/// Options of `aliases create`.
#[derive(Debug, Args)]
pub struct CreateAliasArgs {
    /// Which alias.
    #[command(flatten)]
    pub alias: AliasArgs,
    /// The version it leads to: a number, or `$LATEST` for the unpublished code
    #[arg(long, value_name = "VERSION")]
    pub function_version: String,
    /// What it is and does.
    #[command(flatten)]
    pub settings: AliasSettingsArgs,
    /// Options of every change.
    #[command(flatten)]
    pub change: DryRunArgs,
}

/// Options of `aliases list`.
#[derive(Debug, Args)]
pub struct ListAliasesArgs {
    /// The function: its name or full reference
    pub function: String,
    /// Only those that lead to this version
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
    /// The version it leads to: a number, or `$LATEST` for the unpublished code
    #[arg(long, value_name = "VERSION")]
    pub function_version: Option<String>,
    /// What it is and does.
    #[command(flatten)]
    pub settings: AliasSettingsArgs,
    /// Send all calls to the alias's own version
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
