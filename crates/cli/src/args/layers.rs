//! The grammar of `lamplight layers`.

use crate::args::{DryRunArgs, PageArgs, RemovalArgs, RevisionArgs, number::whole};
use clap::{Args, Subcommand};

/// The verbs of `layers`.
#[derive(Debug, Subcommand)]
pub enum LayersCommand {
    /// List layers with their newest versions
    #[command(after_help = "Example:\n  lamplight layers list --compatible-runtime python3.14")]
    List {
        /// Filters.
        #[command(flatten)]
        filter: LayerFilterArgs,
        /// Paging.
        #[command(flatten)]
        page: PageArgs,
    },
    /// List the versions of a layer, newest first
    #[command(after_help = "Example:\n  lamplight layers list-versions tools")]
    ListVersions {
        /// The layer: name or ARN
        layer: String,
        /// Filters.
        #[command(flatten)]
        filter: LayerFilterArgs,
        /// Paging.
        #[command(flatten)]
        page: PageArgs,
    },
    /// Show a layer version
    #[command(after_help = "Example:\n  lamplight layers get tools 3")]
    Get(LayerVersionArgs),
    /// Allow an account, or everyone, to use a layer version
    #[command(
        after_help = "Example:\n  lamplight layers add-permission tools 3 --statement-id partner --principal 123456789012"
    )]
    AddPermission(AddLayerPermissionArgs),
    /// Remove a permission from a layer version
    #[command(
        after_help = "Example:\n  lamplight layers remove-permission tools 3 --statement-id partner --yes"
    )]
    RemovePermission(RemoveLayerPermissionArgs),
    /// Show the resource-based policy of a layer version
    #[command(after_help = "Example:\n  lamplight layers get-policy tools 3")]
    GetPolicy(LayerVersionArgs),
}

/// Which layers are listed.
#[derive(Debug, Args)]
pub struct LayerFilterArgs {
    /// List only what is compatible with this runtime, such as python3.14
    #[arg(long, value_name = "RUNTIME")]
    pub compatible_runtime: Option<String>,
    /// List only what is compatible with this architecture: `x86_64` or `arm64`
    #[arg(long, value_name = "ARCHITECTURE")]
    pub compatible_architecture: Option<String>,
}

/// Which version of which layer.
#[derive(Debug, Args)]
pub struct LayerVersionArgs {
    /// The layer: name, ARN, or ARN of the version
    pub layer: String,
    /// The version number; not needed with the ARN of a version
    #[arg(value_name = "VERSION", value_parser = whole::<u64>("from 1, the number of a version"))]
    pub version_number: Option<u64>,
}

/// Options of `layers add-permission`.
#[derive(Debug, Args)]
pub struct AddLayerPermissionArgs {
    /// The layer version.
    #[command(flatten)]
    pub version: LayerVersionArgs,
    /// The statement ID, unique within the policy
    #[arg(long, value_name = "ID")]
    pub statement_id: String,
    /// The action to allow; the only one is lambda:GetLayerVersion
    #[arg(long, value_name = "ACTION", default_value = "lambda:GetLayerVersion")]
    pub action: String,
    /// The account to allow, or *
    #[arg(long, value_name = "PRINCIPAL")]
    pub principal: String,
    /// With principal *, limits the permission to accounts of this organization
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
    /// The layer version.
    #[command(flatten)]
    pub version: LayerVersionArgs,
    /// The statement ID of the permission
    #[arg(long, value_name = "ID")]
    pub statement_id: String,
    /// A condition on the policy.
    #[command(flatten)]
    pub revision: RevisionArgs,
    /// Options of every removal.
    #[command(flatten)]
    pub removal: RemovalArgs,
}
