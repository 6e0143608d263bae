//! The grammar of `lamplight jobs`.

use crate::args::ConfirmArgs;
use clap::{Args, Subcommand};

/// The verbs of `jobs`.
#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// List all jobs
    #[command(after_help = "Example:\n  lamplight jobs list")]
    List,
    /// Show a job with its parameters
    #[command(after_help = "Example:\n  lamplight jobs show greeter")]
    Show {
        /// The job
        job: String,
    },
    /// Create a job for a function, on the connection given or the default one
    #[command(
        after_help = "Example:\n  lamplight jobs create greet --connection demo --function greeter --add-param name --require name"
    )]
    Create(Box<CreateJobArgs>),
    /// Change a job: parameters, overrides and description
    #[command(
        after_help = "Examples:\n  lamplight jobs edit greeter --add-param who --require who\n  lamplight jobs edit greeter --add-param length:integer --set-direction length=Output"
    )]
    Edit(Box<EditArgs>),
    /// Remove jobs; their recorded runs are not removed
    #[command(after_help = "Example:\n  lamplight jobs rm greeter --yes")]
    Rm {
        /// The jobs
        #[arg(required = true)]
        jobs: Vec<String>,
        /// Whether to ask.
        #[command(flatten)]
        confirm: ConfirmArgs,
    },
    /// Print jobs as YAML documents; without names, all jobs
    #[command(after_help = "Example:\n  lamplight jobs export greeter > greeter.yaml")]
    Export {
        /// The jobs
        jobs: Vec<String>,
    },
    /// Create or update jobs from YAML documents
    #[command(after_help = "Example:\n  lamplight jobs apply --file greeter.yaml")]
    Apply {
        /// The YAML file; `-` is stdin
        #[arg(short, long, value_name = "FILE")]
        file: String,
    },
}

/// Options of `jobs create`.
#[derive(Debug, Args)]
pub struct CreateJobArgs {
    /// The job
    pub job: String,
    /// The function: name, name:alias or ARN; by default the function with the job's name
    #[arg(long, value_name = "FUNCTION")]
    pub function: Option<String>,
    /// What the job is like.
    #[command(flatten)]
    pub settings: JobSettingsArgs,
}

/// Options of `jobs edit`.
#[derive(Debug, Args)]
pub struct EditArgs {
    /// The job
    pub job: String,
    /// Rename a parameter; its position does not change
    #[arg(long, value_name = "OLD=NEW")]
    pub rename_param: Vec<String>,
    /// Remove a parameter
    #[arg(long, value_name = "NAME")]
    pub remove_param: Vec<String>,
    /// What to set.
    #[command(flatten)]
    pub settings: JobSettingsArgs,
    /// Make a parameter no longer secret
    #[arg(long, value_name = "NAME")]
    pub not_secret: Vec<String>,
    /// Remove a parameter's default
    #[arg(long, value_name = "NAME")]
    pub unset_default: Vec<String>,
    /// Make a parameter optional
    #[arg(long, value_name = "NAME")]
    pub optional: Vec<String>,
    /// Move the job to another connection
    #[arg(long, value_name = "NAME")]
    pub move_to: Option<String>,
    /// Declare that running the job twice is not the same as running it once (the default)
    #[arg(long, conflicts_with = "idempotent")]
    pub no_idempotent: bool,
    /// Refuse arguments that the parameters do not declare; editing the parameters does this too
    #[arg(long, conflicts_with = "open")]
    pub closed: bool,
}

/// What can be set when a job is created, and changed later.
#[derive(Debug, Args)]
pub struct JobSettingsArgs {
    /// Add an Input parameter of a type: string, text, integer, number, boolean, object, array or json. A string that is a JSON object or array is embedded as JSON; a text is always sent as text
    #[arg(long, value_name = "NAME[:TYPE]")]
    pub add_param: Vec<String>,
    /// Set a parameter's type
    #[arg(long, value_name = "NAME=TYPE")]
    pub set_type: Vec<String>,
    /// Set a parameter's direction: Input, Output or `InputOutput`
    #[arg(long, value_name = "NAME=DIRECTION")]
    pub set_direction: Vec<String>,
    /// Make a parameter secret: its value is masked, and its default must be a secret reference
    #[arg(long, value_name = "NAME")]
    pub secret: Vec<String>,
    /// Set a parameter's default; for a secret parameter a reference such as `env:NAME` or `file:PATH`
    #[arg(long, value_name = "NAME=VALUE")]
    pub set_default: Vec<String>,
    /// Make a parameter required
    #[arg(long, value_name = "NAME")]
    pub require: Vec<String>,
    /// Describe a parameter
    #[arg(long, value_name = "NAME=TEXT")]
    pub describe: Vec<String>,
    /// Override the invocation type; `none` removes the override
    #[arg(long, value_name = "TYPE")]
    pub invocation_type: Option<String>,
    /// Override the version or alias; `none` removes the override
    #[arg(long, value_name = "QUALIFIER")]
    pub qualifier: Option<String>,
    /// Override the maximum number of attempts; `none` removes the override
    #[arg(long, value_name = "N")]
    pub max_attempts: Option<String>,
    /// Override whether the log tail is requested: true, false, or `none` to remove the override
    #[arg(long, value_name = "BOOL")]
    pub log_tail: Option<String>,
    /// Override the client context: a JSON object, `@FILE`, or `-` for stdin; `none` removes the override
    #[arg(long, value_name = "JSON")]
    pub client_context: Option<String>,
    /// Describe the job
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Declare that running the job twice has the effect of running it once; only workflow retries use this
    #[arg(long)]
    pub idempotent: bool,
    /// Take arguments that the parameters do not declare, even if this command adds parameters
    #[arg(long)]
    pub open: bool,
}
