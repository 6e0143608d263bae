//! The grammar of `lamplight jobs`.

use clap::{Args, Subcommand};

/// The verbs of `jobs`.
#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// List all jobs
    List,
    /// Show a job with its parameters
    Show {
        /// The job
        job: String,
    },
    /// Change a job: its parameters, overrides and description
    Edit(Box<EditArgs>),
    /// Remove jobs; their runs stay recorded
    Rm {
        /// The jobs
        #[arg(required = true)]
        jobs: Vec<String>,
    },
    /// Write jobs as YAML documents; all of them where none is named
    Export {
        /// The jobs
        jobs: Vec<String>,
    },
    /// Make jobs what YAML documents say
    Apply {
        /// The file of documents; `-` is stdin
        #[arg(short, long, value_name = "FILE")]
        file: String,
    },
}

/// Options of `jobs edit`. They are applied in the order in which they stand here.
#[derive(Debug, Args)]
pub struct EditArgs {
    /// The job
    pub job: String,
    /// Rename a parameter; its place stays
    #[arg(long, value_name = "OLD=NEW")]
    pub rename_param: Vec<String>,
    /// Remove a parameter
    #[arg(long, value_name = "NAME")]
    pub remove_param: Vec<String>,
    /// Add an Input parameter of a type: string, integer, number, boolean, object, array or json
    #[arg(long, value_name = "NAME[:TYPE]")]
    pub add_param: Vec<String>,
    /// Set a parameter's type
    #[arg(long, value_name = "NAME=TYPE")]
    pub set_type: Vec<String>,
    /// Set a parameter's direction: Input, Output or `InputOutput`
    #[arg(long, value_name = "NAME=DIRECTION")]
    pub set_direction: Vec<String>,
    /// Make a parameter secret: its value is masked, its default is a reference
    #[arg(long, value_name = "NAME")]
    pub secret: Vec<String>,
    /// Make a parameter no longer secret
    #[arg(long, value_name = "NAME")]
    pub not_secret: Vec<String>,
    /// Take a parameter's default away
    #[arg(long, value_name = "NAME")]
    pub unset_default: Vec<String>,
    /// Set a parameter's default; of a secret one as `env:NAME` or `file:PATH`
    #[arg(long, value_name = "NAME=VALUE")]
    pub set_default: Vec<String>,
    /// Refuse runs that give a parameter no value
    #[arg(long, value_name = "NAME")]
    pub require: Vec<String>,
    /// Allow runs that give a parameter no value
    #[arg(long, value_name = "NAME")]
    pub optional: Vec<String>,
    /// Describe a parameter
    #[arg(long, value_name = "NAME=TEXT")]
    pub describe: Vec<String>,
    /// Override how the function is called; `none` leaves it to the connection
    #[arg(long, value_name = "TYPE")]
    pub invocation_type: Option<String>,
    /// Override the version or alias; `none` leaves it to the connection
    #[arg(long, value_name = "QUALIFIER")]
    pub qualifier: Option<String>,
    /// Override the number of attempts; `none` leaves it to the connection
    #[arg(long, value_name = "N")]
    pub max_attempts: Option<String>,
    /// Override whether the end of the log is asked for: true, false, or `none`
    #[arg(long, value_name = "BOOL")]
    pub log_tail: Option<String>,
    /// Override the JSON that the function finds in its context's client context, or `none`
    #[arg(long, value_name = "JSON")]
    pub client_context: Option<String>,
    /// Move the job to another connection
    #[arg(long, value_name = "NAME")]
    pub move_to: Option<String>,
    /// Describe the job
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Declare that running the job twice does what running it once does; only workflow retries go by it
    #[arg(long, conflicts_with = "no_idempotent")]
    pub idempotent: bool,
    /// Declare that running the job twice is not the same as running it once, which is the default
    #[arg(long)]
    pub no_idempotent: bool,
}
