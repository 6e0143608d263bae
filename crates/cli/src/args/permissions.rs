//! The grammar of `lamplight permissions`.

use crate::args::{DryRunArgs, RemovalArgs, RevisionArgs};
use clap::{Args, Subcommand};

/// The verbs of `permissions`.
#[derive(Debug, Subcommand)]
pub enum PermissionsCommand {
    /// Let a service, an account or an organisation use a function, a version or an alias
    Add(Box<AddPermissionArgs>),
    /// Take a permission away
    Remove(RemovePermissionArgs),
    /// Show who else may use a function, a version or an alias
    Get(SubjectArgs),
}

/// A function, or the version or alias of it that is meant.
#[derive(Debug, Args)]
pub struct SubjectArgs {
    /// The function: name, name:alias or full reference
    pub function: String,
    /// The version or alias
    #[arg(long, value_name = "QUALIFIER")]
    pub qualifier: Option<String>,
}

/// Options of `permissions add`.
#[derive(Debug, Args)]
pub struct AddPermissionArgs {
    /// What it is for.
    #[command(flatten)]
    pub subject: SubjectArgs,
    /// What tells the permission from the others
    #[arg(long, value_name = "ID")]
    pub statement_id: String,
    /// What is allowed; lambda:InvokeFunction unless it is set
    #[arg(long, value_name = "ACTION", default_value = "lambda:InvokeFunction")]
    pub action: String,
    /// Who is allowed: a service such as s3.amazonaws.com, an account, a user's or role's ARN, or *
    #[arg(long, value_name = "PRINCIPAL")]
    pub principal: String,
    /// The one resource that the service may call for
    #[arg(long, value_name = "ARN")]
    pub source_arn: Option<String>,
    /// The one account that the service may call for
    #[arg(long, value_name = "ACCOUNT")]
    pub source_account: Option<String>,
    /// The one organisation whose accounts are allowed
    #[arg(long, value_name = "ID", alias = "principal-org-i-d")]
    pub principal_org_id: Option<String>,
    /// A word that the caller has to show, for Alexa
    #[arg(long, value_name = "TOKEN")]
    pub event_source_token: Option<String>,
    /// How callers of the function's URL prove themselves: `AWS_IAM` or `NONE`
    #[arg(long, value_name = "TYPE")]
    pub function_url_auth_type: Option<String>,
    /// Allow it for calls of the function's URL alone
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub invoked_via_function_url: Option<bool>,
    /// A condition on the policy.
    #[command(flatten)]
    pub revision: RevisionArgs,
    /// Options of every change.
    #[command(flatten)]
    pub change: DryRunArgs,
}

/// Options of `permissions remove`.
#[derive(Debug, Args)]
pub struct RemovePermissionArgs {
    /// What it is for.
    #[command(flatten)]
    pub subject: SubjectArgs,
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
