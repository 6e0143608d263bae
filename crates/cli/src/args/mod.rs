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
    GetFunctionArgs, ListFunctionsArgs, MergeArgs, PublishVersionArgs, SettingsArgs, TagsCommand,
    UpdateCodeArgs, UpdateConfigurationArgs,
};
pub use iam::{Claim, IamCommand, PolicyPurpose, TrustedParty};
pub use jobs::{CreateJobArgs, EditArgs, JobSettingsArgs, JobsCommand};
pub use keys::{CallKeyRefs, CallKeys, WithKeys};
pub use layers::{
    AddLayerPermissionArgs, LayerFilterArgs, LayerVersionArgs, LayersCommand, RemoveLayerPermissionArgs,
};
pub use manage::{ChangeArgs, ConfirmArgs, DryRunArgs, PageArgs, RemovalArgs, RevisionArgs};
pub use permissions::{AddPermissionArgs, PermissionsCommand, RemovePermissionArgs, SubjectArgs};
pub use run::RunArgs;
pub use runs::{RunsCommand, RunsListArgs, RunsPruneArgs, RunsRmArgs};

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Run AWS Lambda functions as jobs: typed parameters, one call per run, and a recorded outcome with its evidence.
#[derive(Debug, Parser)]
#[command(name = "lamplight", version, about, max_term_width = 110, propagate_version = true)]
pub struct Cli {
    /// Options of every verb.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The verb.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every verb.
#[derive(Debug, Clone, Args)]
pub struct GlobalArgs {
    /// The connection to use: one from the configuration file, `demo`, which needs no AWS account, or `ambient`, which takes its settings from the environment
    #[arg(
        short,
        long,
        global = true,
        value_name = "NAME",
        env = "LAMPLIGHT_CONNECTION",
        help_heading = "Global options"
    )]
    pub connection: Option<String>,
    /// The AWS region; overrides the region of the connection
    #[arg(
        long,
        global = true,
        value_name = "REGION",
        env = "LAMPLIGHT_REGION",
        help_heading = "Global options"
    )]
    pub region: Option<String>,
    /// The endpoint URL; overrides the endpoint of the connection
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "LAMPLIGHT_ENDPOINT_URL",
        hide_env_values = true,
        help_heading = "Global options"
    )]
    pub endpoint_url: Option<String>,
    /// Allow endpoint URLs with plain `http://` on other machines, where requests can be read and changed on the way
    #[arg(
        long,
        global = true,
        env = "LAMPLIGHT_ALLOW_HTTP",
        value_parser = clap::builder::BoolishValueParser::new(),
        help_heading = "Global options"
    )]
    pub allow_http: bool,
    /// The configuration file; by default, the nearest `lamplight.toml`
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "LAMPLIGHT_CONFIG",
        help_heading = "Global options"
    )]
    pub config: Option<PathBuf>,
    /// The folder where jobs and runs are stored
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        env = "LAMPLIGHT_DATA_DIR",
        help_heading = "Global options"
    )]
    pub data_dir: Option<PathBuf>,
    /// The output format on stdout
    #[arg(short, long, global = true, value_enum, value_name = "FORMAT", default_value_t = Format::Table, hide_default_value = true, help_heading = "Global options")]
    pub output: Format,
    /// Print only errors to stderr, and warnings about secrets that others can read
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub quiet: bool,
}

/// The form of data on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: a table, or the response as received.
    #[value(alias = "text")]
    Table,
    /// For programs: one JSON object, stable across versions.
    Json,
    /// The same object as YAML.
    Yaml,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the functions of a connection, and import them as jobs
    #[command(
        after_help = "Examples:\n  lamplight discover --connection staging\n  lamplight discover --connection staging --import"
    )]
    Discover(DiscoverArgs),
    /// Manage jobs: functions with typed parameters
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// Run a job or a function, and wait for the outcome
    #[command(
        after_help = "Examples:\n  lamplight run adder --connection demo -p a:=2 -p b:=40\n  lamplight run my-function:live --region eu-west-1 --payload @event.json"
    )]
    Run(RunArgs),
    /// Show the status of a run
    #[command(
        after_help = "Examples:\n  lamplight status latest\n  lamplight status 'adder/8f507cfc-1b2c-4697-b07a-ac58fc914c95#Success'"
    )]
    Status {
        /// A run ID, the beginning of a run key, or `latest`
        #[arg(value_name = "RUN")]
        run: String,
    },
    /// Cancel a run: print `true`, or `false` and why it cannot be cancelled
    #[command(after_help = "Example:\n  lamplight cancel latest")]
    Cancel {
        /// A run ID, the beginning of a run key, or `latest`
        #[arg(value_name = "RUN")]
        run: String,
    },
    /// List, show and remove recorded runs
    #[command(subcommand)]
    Runs(RunsCommand),
    /// Open a function's monitoring page in the browser
    #[command(
        after_help = "Examples:\n  lamplight open adder --connection staging\n  lamplight open latest --print"
    )]
    Open {
        /// A job, a function as name, name:alias or ARN, a run ID, or `latest` for the function of the latest run
        target: String,
        /// Print the URL instead of opening a browser
        #[arg(long)]
        print: bool,
    },
    /// Manage functions: create, update, publish, delete
    Functions(WithKeys<FunctionsCommand>),
    /// Manage aliases of function versions
    Aliases(WithKeys<AliasesCommand>),
    /// Manage function permissions (resource-based policies)
    Permissions(WithKeys<PermissionsCommand>),
    /// List layers, and manage their permissions
    Layers(WithKeys<LayersCommand>),
    /// Show the account of a connection
    Account(WithKeys<AccountCommand>),
    /// Manage connections to AWS accounts and regions
    #[command(subcommand)]
    Connections(ConnectionsCommand),
    /// Check a connection or a job step by step, and say how to fix what fails
    #[command(
        after_help = "Examples:\n  lamplight doctor --connection staging\n  lamplight doctor adder --connection demo"
    )]
    Doctor(DoctorArgs),
    /// Print the least-privilege IAM policies that Lamplight needs
    #[command(subcommand)]
    Iam(IamCommand),
    /// Print a completion script for a shell: it also completes names of jobs, functions, runs and connections
    #[command(
        after_help = "Example:\n  lamplight completions bash > ~/.local/share/bash-completion/completions/lamplight"
    )]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// The access key given for this call only.
    pub fn call_keys(&self) -> Option<&CallKeys> {
        match self {
            Self::Discover(args) => Some(&args.keys),
            Self::Doctor(args) => Some(&args.keys),
            Self::Run(args) => Some(&args.keys),
            Self::Functions(group) => Some(&group.keys),
            Self::Aliases(group) => Some(&group.keys),
            Self::Permissions(group) => Some(&group.keys),
            Self::Layers(group) => Some(&group.keys),
            Self::Account(group) => Some(&group.keys),
            Self::Connections(ConnectionsCommand::Test { keys, .. }) => Some(keys),
            Self::Jobs(_)
            | Self::Status { .. }
            | Self::Cancel { .. }
            | Self::Runs(_)
            | Self::Open { .. }
            | Self::Connections(_)
            | Self::Iam(_)
            | Self::Completions { .. } => None,
        }
    }
}
