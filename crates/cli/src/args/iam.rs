//! The grammar of `lamplight iam`.

use clap::{Subcommand, ValueEnum};

/// The verbs of `iam`.
#[derive(Debug, Subcommand)]
pub enum IamCommand {
    /// Print the policy that grants the least a purpose needs
    Policy {
        /// A function that the policy is limited to, as a full ARN; may be repeated
        #[arg(long = "function", value_name = "ARN")]
        functions: Vec<String>,
        /// What the policy is for
        #[arg(long = "for", value_enum, value_name = "PURPOSE", default_value_t = PolicyPurpose::Run)]
        purpose: PolicyPurpose,
        /// A role that may be handed over, to Lambda to manage functions or to SWF for workflows; may be repeated. Without
        /// one, any role of the functions' accounts
        #[arg(long = "pass-role", value_name = "ARN")]
        roles: Vec<String>,
        /// The SWF domain that workflows are limited to
        #[arg(long, value_name = "NAME")]
        domain: Option<String>,
    },
    /// Print the trust policy of a role for one party, with the conditions that keep all others out
    #[command(subcommand)]
    TrustPolicy(TrustedParty),
}

/// What a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PolicyPurpose {
    /// Run the functions named.
    Run,
    /// List all functions, and read the ones named.
    Discover,
    /// Manage the functions named: code, configuration, versions, aliases, permissions, layers.
    Manage,
    /// Run workflows of the functions named on Amazon SWF.
    Workflows,
}

/// Who may take the role on.
#[derive(Debug, Subcommand)]
pub enum TrustedParty {
    /// One workload identity of a Microsoft Entra tenant
    Entra {
        /// The account that the role and its identity provider are in
        #[arg(long, value_name = "ACCOUNT")]
        account: String,
        /// The tenant's id
        #[arg(long, value_name = "ID")]
        tenant: String,
        /// The audience of the tokens: the id of the application that stands for AWS where they are Entra's own
        /// access tokens
        #[arg(long, value_name = "AUDIENCE", default_value = lamplight_aws_model::trust::STS_AUDIENCE)]
        audience: String,
        /// The claim that names the workload
        #[arg(long, value_enum, value_name = "CLAIM", default_value_t = Claim::Sub)]
        claim: Claim,
        /// The claim's value
        #[arg(long, value_name = "VALUE")]
        value: String,
    },
    /// The GitHub Actions of one repository
    Github {
        /// The account that the role and its identity provider are in
        #[arg(long, value_name = "ACCOUNT")]
        account: String,
        /// The repository
        #[arg(long, value_name = "OWNER/NAME")]
        repository: String,
        /// What of the repository, as `ref:refs/heads/main` or `environment:production`; all of it by default
        #[arg(long, value_name = "SUBJECT")]
        subject: Option<String>,
    },
    /// One subject of an OpenID Connect issuer, such as a Kubernetes service account
    Oidc {
        /// The account that the role and its identity provider are in
        #[arg(long, value_name = "ACCOUNT")]
        account: String,
        /// The issuer's address
        #[arg(long, value_name = "URL")]
        issuer: String,
        /// The audience of the tokens
        #[arg(long, value_name = "AUDIENCE", default_value = lamplight_aws_model::trust::STS_AUDIENCE)]
        audience: String,
        /// The subject, as `system:serviceaccount:NAMESPACE:NAME` of Kubernetes
        #[arg(long, value_name = "SUBJECT")]
        subject: String,
    },
    /// A user, role or account of AWS
    AssumeRole {
        /// The ARN of the user, role or account
        #[arg(long, value_name = "ARN")]
        principal: String,
        /// What the other side must name
        #[arg(long, value_name = "ID")]
        external_id: Option<String>,
        /// Let the other side name session tags too, as a connection with `tags` does
        #[arg(long)]
        session_tags: bool,
    },
    /// Amazon SWF, on behalf of a domain, an account, or both
    Swf {
        /// A domain's ARN; its region may be `*`
        #[arg(long, value_name = "ARN")]
        source_arn: Option<String>,
        /// An account
        #[arg(long, value_name = "ACCOUNT")]
        source_account: Option<String>,
    },
}

/// The claim of an Entra token that names the workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Claim {
    /// The subject.
    Sub,
    /// The object id.
    Oid,
}
