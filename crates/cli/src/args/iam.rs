//! The grammar of `lamplight iam`.

use clap::{Subcommand, ValueEnum};

/// The verbs of `iam`.
#[derive(Debug, Subcommand)]
pub enum IamCommand {
    /// Print a policy with the least permissions for a purpose
    #[command(
        after_help = "Examples:\n  lamplight iam policy --function arn:aws:lambda:eu-west-1:123456789012:function:reporter\n  lamplight iam policy --for jobs --function '*'"
    )]
    Policy {
        /// The ARN of a function that the policy is limited to, or `*` for any function; may be repeated
        #[arg(long = "function", value_name = "ARN|*")]
        functions: Vec<String>,
        /// What the policy is for
        #[arg(long = "for", value_enum, value_name = "PURPOSE", default_value_t = PolicyPurpose::Run)]
        purpose: PolicyPurpose,
        /// The ARN of a role that may be passed, to Lambda for managing functions or to SWF for workflows; may be repeated.
        /// Without one, any role of the functions' accounts
        #[arg(long = "pass-role", value_name = "ARN")]
        roles: Vec<String>,
        /// The SWF domain that workflows are limited to
        #[arg(long, value_name = "NAME")]
        domain: Option<String>,
    },
    /// Print the trust policy of a role for one trusted party
    #[command(subcommand)]
    TrustPolicy(TrustedParty),
}

/// What a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PolicyPurpose {
    /// Run the functions named.
    Run,
    /// Find functions and run them as jobs: list all functions, read and run the ones named.
    Jobs,
    /// List all functions, and read the ones named.
    Discover,
    /// Manage the functions named: code, configuration, versions, aliases, permissions, layers.
    Manage,
    /// Run workflows of the functions named on Amazon SWF.
    Workflows,
}

/// Who may assume the role.
#[derive(Debug, Subcommand)]
pub enum TrustedParty {
    /// Print a trust policy for one workload identity of a Microsoft Entra tenant
    #[command(
        after_help = "Example:\n  lamplight iam trust-policy entra --account 123456789012 --tenant 9f0e2c1a-5b7d-4c3e-8a6f-1d2b3c4e5f60 --value 0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9"
    )]
    Entra {
        /// The AWS account of the role and its identity provider
        #[arg(long, value_name = "ACCOUNT")]
        account: String,
        /// The tenant ID
        #[arg(long, value_name = "ID")]
        tenant: String,
        /// The audience of the tokens; for Entra access tokens, the ID of the application that represents AWS
        #[arg(long, value_name = "AUDIENCE", default_value = lamplight_aws_model::trust::STS_AUDIENCE)]
        audience: String,
        /// The claim that names the workload
        #[arg(long, value_enum, value_name = "CLAIM", default_value_t = Claim::Sub)]
        claim: Claim,
        /// The claim's value
        #[arg(long, value_name = "VALUE")]
        value: String,
    },
    /// Print a trust policy for GitHub Actions of one repository
    #[command(
        after_help = "Example:\n  lamplight iam trust-policy github --account 123456789012 --repository example/jobs --subject ref:refs/heads/main"
    )]
    Github {
        /// The AWS account of the role and its identity provider
        #[arg(long, value_name = "ACCOUNT")]
        account: String,
        /// The repository
        #[arg(long, value_name = "OWNER/NAME")]
        repository: String,
        /// Limits the trust to a branch or environment, such as `ref:refs/heads/main` or `environment:production`
        #[arg(long, value_name = "SUBJECT")]
        subject: Option<String>,
    },
    /// Print a trust policy for one subject of an OpenID Connect issuer, such as a Kubernetes service account
    #[command(
        after_help = "Example:\n  lamplight iam trust-policy oidc --account 123456789012 --issuer https://oidc.example.com --subject system:serviceaccount:jobs:lamplight"
    )]
    Oidc {
        /// The AWS account of the role and its identity provider
        #[arg(long, value_name = "ACCOUNT")]
        account: String,
        /// The URL of the issuer
        #[arg(long, value_name = "URL")]
        issuer: String,
        /// The audience of the tokens
        #[arg(long, value_name = "AUDIENCE", default_value = lamplight_aws_model::trust::STS_AUDIENCE)]
        audience: String,
        /// The subject, such as `system:serviceaccount:NAMESPACE:NAME` for Kubernetes
        #[arg(long, value_name = "SUBJECT")]
        subject: String,
    },
    /// Print a trust policy for an AWS user, role or account
    #[command(
        after_help = "Example:\n  lamplight iam trust-policy assume-role --principal arn:aws:iam::123456789012:role/ci --external-id lamplight"
    )]
    AssumeRole {
        /// The ARN of the user, role or account
        #[arg(long, value_name = "ARN")]
        principal: String,
        /// The external ID that the trusted party must send
        #[arg(long, value_name = "ID")]
        external_id: Option<String>,
        /// Also allow session tags, which a connection with `tags` sends
        #[arg(long)]
        session_tags: bool,
    },
    /// Print a trust policy for Amazon SWF, limited to a domain, an account, or both
    #[command(after_help = "Example:\n  lamplight iam trust-policy swf --source-account 123456789012")]
    Swf {
        /// The ARN of a SWF domain; its region may be `*`
        #[arg(long, value_name = "ARN")]
        source_arn: Option<String>,
        /// An AWS account
        #[arg(long, value_name = "ACCOUNT")]
        source_account: Option<String>,
    },
}

/// The claim of an Entra token that names the workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Claim {
    /// The subject.
    Sub,
    /// The object ID.
    Oid,
}
