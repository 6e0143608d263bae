//! The grammar of `lamplight permissions`.

use crate::args::{DryRunArgs, RemovalArgs, RevisionArgs};
use clap::{Args, Subcommand};

/// The verbs of `permissions`.
#[derive(Debug, Subcommand)]
pub enum PermissionsCommand {
    /// Allow a service, account or organization to use a function, version or alias
    #[command(
        after_help = "Example:\n  lamplight permissions add reporter:live --statement-id nightly --principal events.amazonaws.com --source-account 123456789012"
    )]
    Add(Box<AddPermissionArgs>),
    /// Remove a permission
    #[command(
        after_help = "Example:\n  lamplight permissions remove reporter:live --statement-id nightly --yes"
    )]
    Remove(RemovePermissionArgs),
    /// Show the resource-based policy of a function, version or alias
    #[command(after_help = "Example:\n  lamplight permissions get reporter:live")]
    Get(SubjectArgs),
}

/// A function, or the version or alias of it that is meant.
#[derive(Debug, Args)]
pub struct SubjectArgs {
    /// The function: name, name:alias or ARN
    pub function: String,
    /// The version or alias
    #[arg(long, value_name = "QUALIFIER")]
    pub qualifier: Option<String>,
}

/// Options of `permissions add`.
#[derive(Debug, Args)]
pub struct AddPermissionArgs {
    /// The function, version or alias.
    #[command(flatten)]
    pub subject: SubjectArgs,
    /// The statement ID, unique within the policy
    #[arg(long, value_name = "ID")]
    pub statement_id: String,
    /// The action to allow
    #[arg(long, value_name = "ACTION", default_value = "lambda:InvokeFunction")]
    pub action: String,
    /// Who is allowed: a service such as s3.amazonaws.com, an account, the ARN of a user or role, or *
    #[arg(long, value_name = "PRINCIPAL")]
    pub principal: String,
    /// Limits the permission to calls on behalf of this resource
    #[arg(long, value_name = "ARN")]
    pub source_arn: Option<String>,
    /// Limits the permission to calls on behalf of this account
    #[arg(long, value_name = "ACCOUNT")]
    pub source_account: Option<String>,
    /// Limits the permission to accounts of this organization
    #[arg(long, value_name = "ID", alias = "principal-org-i-d")]
    pub principal_org_id: Option<String>,
    /// The token that the caller must send (Alexa Smart Home)
    #[arg(long, value_name = "TOKEN")]
    pub event_source_token: Option<String>,
    /// The authentication type of the function URL: `AWS_IAM` or `NONE`
    #[arg(long, value_name = "TYPE")]
    pub function_url_auth_type: Option<String>,
    /// Limits the permission to calls through the function URL
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
    /// The function, version or alias.
    #[command(flatten)]
    pub subject: SubjectArgs,
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
