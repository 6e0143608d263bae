//! The grammar of `lamplight layers`.

use crate::args::{DryRunArgs, PageArgs, RemovalArgs, RevisionArgs, number::whole};
use clap::{Args, Subcommand};

/// The verbs of `layers`.
#[derive(Debug, Subcommand)]
pub enum LayersCommand {
    /// List layers, each with its newest version
    List {
        /// Which are wanted.
        #[command(flatten)]
        filter: LayerFilterArgs,
        /// How much of the listing is wanted.
        #[command(flatten)]
        page: PageArgs,
    },
    /// List the versions of a layer, newest first
    ListVersions {
        /// The layer: its name or ARN
        layer: String,
        /// Which are wanted.
        #[command(flatten)]
        filter: LayerFilterArgs,
        /// How much of the listing is wanted.
        #[command(flatten)]
        page: PageArgs,
    },
    /// Show one version of a layer
    Get(LayerVersionArgs),
    /// Let an account, or everybody, use a version of a layer
    AddPermission(AddLayerPermissionArgs),
    /// Take a permission on a version of a layer away
    RemovePermission(RemoveLayerPermissionArgs),
    /// Show who else may use a version of a layer
    GetPolicy(LayerVersionArgs),
}

/// Which layers are listed.
#[derive(Debug, Args)]
pub struct LayerFilterArgs {
    /// Only what is for this runtime, such as python3.14
    #[arg(long, value_name = "RUNTIME")]
    pub compatible_runtime: Option<String>,
    /// Only what is for this processor: `x86_64` or `arm64`
    #[arg(long, value_name = "ARCHITECTURE")]
    pub compatible_architecture: Option<String>,
}

/// Which version of which layer.
#[derive(Debug, Args)]
pub struct LayerVersionArgs {
    /// The layer: its name or ARN, or the ARN of the version
    pub layer: String,
    /// The version's number; not needed beside the ARN of a version
    #[arg(value_name = "VERSION", value_parser = whole::<u64>("from 1, the number of a version"))]
    pub version_number: Option<u64>,
}

/// Options of `layers add-permission`.
#[derive(Debug, Args)]
pub struct AddLayerPermissionArgs {
    /// Which version.
    #[command(flatten)]
    pub version: LayerVersionArgs,
    /// What tells the permission from the others
    #[arg(long, value_name = "ID")]
    pub statement_id: String,
    /// What is allowed: lambda:GetLayerVersion, and nothing else
    #[arg(long, value_name = "ACTION", default_value = "lambda:GetLayerVersion")]
    pub action: String,
    /// Who is allowed: an account, or *
    #[arg(long, value_name = "PRINCIPAL")]
    pub principal: String,
    /// With the principal *, the one organisation whose accounts are allowed
    #[arg(long, value_name = "ID")]
    pub organization_id: Option<String>,
    /// A condition on the policy.
    #[command(flatten)]
    pub revision: RevisionArgs,
    /// Options of every change.
    #[command(flatten)]
    pub change: DryRunArgs,
}

/// Options of `layers remove-permission`.
#[derive(Debug, Args)]
pub struct RemoveLayerPermissionArgs {
    /// Which version.
    #[command(flatten)]
    pub version: LayerVersionArgs,
    /// Which permission
    #[arg(long, value_name = "ID")]
    pub statement_id: String,
    /// A condition on the policy.
    #[command(flatten)]
    pub revision: RevisionArgs,
    /// Options of every removal.
    #[command(flatten)]
    pub removal: RemovalArgs,
}
