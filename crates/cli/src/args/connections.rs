//! The grammar of `lamplight connections`.

use crate::args::number::whole;
use clap::{Args, Subcommand, ValueEnum};

/// The verbs of `connections`.
#[derive(Debug, Subcommand)]
pub enum ConnectionsCommand {
    /// List the connections, the built-in ones too
    #[command(visible_alias = "ls")]
    List,
    /// Show what a connection is made of, and where each setting comes from
    Show {
        /// The connection
        name: String,
    },
    /// Write a connection into the configuration file, and touch nothing else in it
    Add(Box<AddArgs>),
    /// Take a connection out of the configuration file, and touch nothing else in it
    #[command(visible_alias = "rm")]
    Remove {
        /// The connection
        name: String,
        /// Also where it is the default connection, which is then unset
        #[arg(long)]
        force: bool,
    },
    /// Print the JSON Schema of the configuration file: keep it beside the file and begin the file with
    /// `#:schema ./lamplight.schema.json`, and editors complete and check it
    Schema,
    /// Try a connection: credentials, who they are, and whether the service answers
    Test {
        /// The connection
        name: String,
    },
}

/// How a new connection authenticates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AuthMethod {
    /// Whatever every AWS tool would find.
    Default,
    /// A profile of the AWS configuration files.
    Profile,
    /// An access key, by reference.
    AccessKey,
    /// A role, assumed with other credentials.
    AssumeRole,
    /// A role, assumed with a token of an identity provider.
    WebIdentity,
    /// What the machine is given.
    InstanceProfile,
}

/// Options of `connections add`.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The connection's name
    pub name: String,
    /// The provider: `aws`, which it is unless given, `fake`, which is the simulator, or another one of this build
    #[arg(long, value_name = "PROVIDER")]
    pub provider: Option<String>,
    /// How it authenticates; found from the other options where they say it
    #[arg(long, value_enum, value_name = "METHOD")]
    pub auth: Option<AuthMethod>,
    /// Make it the default connection
    #[arg(long)]
    pub default: bool,
    /// Any setting of the file, by its path below the connection: `auth.assume-role.source.profile.name=dev`; may be
    /// repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub settings: Vec<String>,
    /// A label; may be repeated
    #[arg(long = "label", value_name = "KEY=VALUE")]
    pub labels: Vec<String>,
    /// The version or alias that is called unless a job or run says otherwise
    #[arg(long, value_name = "QUALIFIER")]
    pub qualifier: Option<String>,
    /// The profile
    #[arg(long, value_name = "NAME", help_heading = "Ways in")]
    pub profile: Option<String>,
    /// The access key id, itself or by reference; with a role, the key that asks for it
    #[arg(long, value_name = "ID|REF", help_heading = "Ways in")]
    pub access_key_id: Option<String>,
    /// The secret access key, by reference
    #[arg(long, value_name = "REF", help_heading = "Ways in")]
    pub secret_access_key: Option<String>,
    /// The session token of a temporary key, by reference
    #[arg(long, value_name = "REF", help_heading = "Ways in")]
    pub session_token: Option<String>,
    /// The role to assume
    #[arg(long, value_name = "ARN", help_heading = "Ways in")]
    pub role_arn: Option<String>,
    /// What the role's owner demands of who assumes it
    #[arg(long, value_name = "ID", help_heading = "Ways in")]
    pub external_id: Option<String>,
    /// The session's name
    #[arg(long, value_name = "NAME", help_heading = "Ways in")]
    pub session_name: Option<String>,
    /// How long the session lasts, in seconds
    #[arg(long, value_name = "SECONDS", help_heading = "Ways in", value_parser = whole::<u32>("of seconds from 900 to 43200"))]
    pub duration_seconds: Option<u32>,
    /// The file with the identity token
    #[arg(long, value_name = "FILE", help_heading = "Ways in")]
    pub token_file: Option<String>,
    /// The variable with the identity token
    #[arg(long, value_name = "NAME", help_heading = "Ways in")]
    pub token_env: Option<String>,
}
