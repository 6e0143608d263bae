//! The grammar of `lamplight connections`.

use crate::args::{CallKeys, ConfirmArgs, number::whole};
use clap::{Args, Subcommand, ValueEnum};

/// The verbs of `connections`.
#[derive(Debug, Subcommand)]
pub enum ConnectionsCommand {
    /// List all connections, including the built-in ones
    #[command(visible_alias = "ls")]
    #[command(after_help = "Example:\n  lamplight connections list")]
    List,
    /// Show the settings of a connection, and where each comes from
    #[command(after_help = "Example:\n  lamplight connections show staging")]
    Show {
        /// The connection
        name: String,
    },
    /// Add a connection to the configuration file; the rest of the file is not changed
    #[command(
        after_help = "Examples:\n  lamplight connections add staging --region eu-west-1 --profile dev\n  lamplight connections add deploy --region eu-west-1 --role-arn arn:aws:iam::123456789012:role/deploy --profile ci"
    )]
    Add(Box<AddArgs>),
    /// Remove a connection from the configuration file; the rest of the file is not changed
    #[command(visible_alias = "rm")]
    #[command(after_help = "Example:\n  lamplight connections remove staging --yes")]
    Remove {
        /// The connection
        name: String,
        /// Remove it even if it is the default connection, which is then unset
        #[arg(long)]
        force: bool,
        /// Whether to ask.
        #[command(flatten)]
        confirm: ConfirmArgs,
    },
    /// Print the JSON Schema of the configuration file. Save it next to the file and begin the file with
    /// `#:schema ./lamplight.schema.json`: editors then complete and check the file
    #[command(after_help = "Example:\n  lamplight connections schema > lamplight.schema.json")]
    Schema,
    /// Test a connection: credentials, identity and endpoint
    #[command(after_help = "Example:\n  lamplight connections test staging")]
    Test {
        /// The connection
        name: String,
        /// Keys for this call only.
        #[command(flatten)]
        keys: CallKeys,
    },
}

/// How a new connection authenticates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AuthMethod {
    /// The default AWS credential chain.
    Default,
    /// A profile of the AWS configuration files.
    Profile,
    /// An access key, by reference.
    AccessKey,
    /// A role, assumed with other credentials.
    AssumeRole,
    /// A role, assumed with a web identity token.
    WebIdentity,
    /// The role of the instance or container.
    InstanceProfile,
}

/// Options of `connections add`.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The connection's name
    pub name: String,
    /// The provider: `aws` (the default), `fake` (the simulator), or another provider of this build
    #[arg(long, value_name = "PROVIDER")]
    pub provider: Option<String>,
    /// The authentication method; by default it follows from the other options
    #[arg(long, value_enum, value_name = "METHOD")]
    pub auth: Option<AuthMethod>,
    /// Make it the default connection
    #[arg(long)]
    pub default: bool,
    /// Any setting of the connection by its path in the file, such as `auth.assume-role.source.profile.name=dev`;
    /// may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub settings: Vec<String>,
    /// A label; may be repeated
    #[arg(long = "label", value_name = "KEY=VALUE")]
    pub labels: Vec<String>,
    /// The version or alias to call unless a job or a run sets another
    #[arg(long, value_name = "QUALIFIER")]
    pub qualifier: Option<String>,
    /// The profile of the AWS configuration files
    #[arg(long, value_name = "NAME", help_heading = "Authentication")]
    pub profile: Option<String>,
    /// The access key ID, as it is or as a reference; with a role, the key that assumes the role
    #[arg(long, value_name = "ID|REF", help_heading = "Authentication")]
    pub access_key_id: Option<String>,
    /// A reference to the secret access key, such as `env:NAME`
    #[arg(long, value_name = "REF", help_heading = "Authentication")]
    pub secret_access_key: Option<String>,
    /// A reference to the session token of a temporary key
    #[arg(long, value_name = "REF", help_heading = "Authentication")]
    pub session_token: Option<String>,
    /// The role to assume
    #[arg(long, value_name = "ARN", help_heading = "Authentication")]
    pub role_arn: Option<String>,
    /// The external ID that the role's trust policy requires
    #[arg(long, value_name = "ID", help_heading = "Authentication")]
    pub external_id: Option<String>,
    /// The role session name
    #[arg(long, value_name = "NAME", help_heading = "Authentication")]
    pub session_name: Option<String>,
    /// The duration of the role session in seconds, 900-43200
    #[arg(long, value_name = "SECONDS", help_heading = "Authentication", value_parser = whole::<u32>("of seconds from 900 to 43200"))]
    pub duration_seconds: Option<u32>,
    /// The file that holds the web identity token
    #[arg(long, value_name = "FILE", help_heading = "Authentication")]
    pub token_file: Option<String>,
    /// The environment variable that holds the web identity token
    #[arg(long, value_name = "NAME", help_heading = "Authentication")]
    pub token_env: Option<String>,
}
