//! The grammar of the command line, one file a group of verbs.

mod account;
mod aliases;
mod asynchronous;
mod connections;
mod discover;
mod doctor;
mod functions;
mod iam;
mod jobs;
mod keys;
mod layers;
mod manage;
mod number;
mod permissions;
mod run;
mod runs;

pub use account::AccountCommand;
pub use aliases::{
    AliasArgs, AliasesCommand, CreateAliasArgs, DeleteAliasArgs, ListAliasesArgs, UpdateAliasArgs,
};
pub use asynchronous::{AsyncCommand, SetAsyncArgs};
pub use connections::{AddArgs, AuthMethod, ConnectionsCommand};
pub use discover::DiscoverArgs;
pub use doctor::DoctorArgs;
pub use functions::{
    ClearArgs, CodeArgs, ConcurrencyCommand, CreateFunctionArgs, DeleteFunctionArgs, FunctionsCommand,
    GetFunctionArgs, ListFunctionsArgs, PublishVersionArgs, SettingsArgs, TagsCommand, UpdateCodeArgs,
    UpdateConfigurationArgs,
};
pub use iam::{Claim, IamCommand, PolicyPurpose, TrustedParty};
pub use jobs::{EditArgs, JobsCommand};
pub use keys::{CallKeyRefs, CallKeys};
pub use layers::{
    AddLayerPermissionArgs, LayerFilterArgs, LayerVersionArgs, LayersCommand, RemoveLayerPermissionArgs,
};
pub use manage::{ChangeArgs, DryRunArgs, PageArgs, RemovalArgs, RevisionArgs};
pub use permissions::{AddPermissionArgs, PermissionsCommand, RemovePermissionArgs, SubjectArgs};
pub use run::RunArgs;
pub use runs::{RunsCommand, RunsListArgs};

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Runs cloud functions as jobs, and tells the truth about what happened.
#[derive(Debug, Parser)]
#[command(name = "lamplight", version, about, max_term_width = 110, propagate_version = true)]
pub struct Cli {
    /// What every verb understands.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The verb.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every verb.
#[derive(Debug, Clone, Args)]
pub struct GlobalArgs {
    /// The connection to use: one of the configuration file, or `demo`, which needs no account
    #[arg(
        short,
        long,
        global = true,
        value_name = "NAME",
        env = "LAMPLIGHT_CONNECTION",
        help_heading = "Global options"
    )]
    pub connection: Option<String>,
    /// The region, in place of the connection's own
    #[arg(
        long,
        global = true,
        value_name = "REGION",
        env = "LAMPLIGHT_REGION",
        help_heading = "Global options"
    )]
    pub region: Option<String>,
    /// The address of the service, in place of the provider's own
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "LAMPLIGHT_ENDPOINT_URL",
        hide_env_values = true,
        help_heading = "Global options"
    )]
    pub endpoint_url: Option<String>,
    /// The configuration file, in place of the `lamplight.toml` that is found
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "LAMPLIGHT_CONFIG",
        help_heading = "Global options"
    )]
    pub config: Option<PathBuf>,
    /// The folder of the store of jobs and runs
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        env = "LAMPLIGHT_DATA_DIR",
        help_heading = "Global options"
    )]
    pub data_dir: Option<PathBuf>,
    /// The form of what is written to stdout
    #[arg(short, long, global = true, value_enum, value_name = "FORMAT", default_value_t = Format::Table, hide_default_value = true, help_heading = "Global options")]
    pub output: Format,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub quiet: bool,
}

/// The form of data on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: a table, or the response as it came.
    #[value(alias = "text")]
    Table,
    /// For programs: one JSON object, stable across versions.
    Json,
    /// For programs and people: the same as YAML.
    Yaml,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the functions that a connection can see, and make jobs of them
    Discover(DiscoverArgs),
    /// Keep jobs: functions with typed parameters
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// Run a job or a function and wait for its outcome
    Run(RunArgs),
    /// Tell what is known of a run
    Status {
        /// A run id, the beginning of a run's key, or `latest`
        #[arg(value_name = "RUN")]
        run: String,
    },
    /// Ask for a run to be cancelled, and learn why it cannot be
    Cancel {
        /// A run id, the beginning of a run's key, or `latest`
        #[arg(value_name = "RUN")]
        run: String,
    },
    /// Look at recorded runs
    #[command(subcommand)]
    Runs(RunsCommand),
    /// Open the page where a function can be watched
    Open {
        /// A job, or a function as name, name:alias or full reference
        target: String,
        /// Print the address instead of opening a browser
        #[arg(long)]
        print: bool,
    },
    /// Manage functions: from a zip file or folder to a published version
    #[command(subcommand)]
    Functions(FunctionsCommand),
    /// Keep names that lead to versions of functions
    #[command(subcommand)]
    Aliases(AliasesCommand),
    /// Keep who else may use functions
    #[command(subcommand)]
    Permissions(PermissionsCommand),
    /// Look at layers, and keep who else may use them
    #[command(subcommand)]
    Layers(LayersCommand),
    /// Look at the account of a connection
    #[command(subcommand)]
    Account(AccountCommand),
    /// Keep named ways into accounts and regions
    #[command(subcommand)]
    Connections(ConnectionsCommand),
    /// Find out what is wrong with a connection or job, step by step, and what to do about it
    Doctor(DoctorArgs),
    /// Print the policies that AWS needs to let Lamplight in, and no more
    #[command(subcommand)]
    Iam(IamCommand),
    /// Print a script that completes the command line in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// The keys that the verb was given for this call alone.
    pub fn call_keys(&self) -> Option<&CallKeys> {
        match self {
            Self::Discover(args) => Some(&args.keys),
            Self::Doctor(args) => Some(&args.keys),
            Self::Run(args) => Some(&args.keys),
            _ => None,
        }
    }
}
