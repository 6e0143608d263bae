//! The grammar of `lamplight functions`.

use crate::args::{
    AsyncCommand, ChangeArgs, DryRunArgs, PageArgs, RemovalArgs, RevisionArgs,
    manage::reads_first,
    number::{number, whole},
};
use clap::{Arg, ArgGroup, Args, Subcommand};
use std::path::PathBuf;

/// The verbs of `functions`.
#[derive(Debug, Subcommand)]
pub enum FunctionsCommand {
    /// List functions, printed page by page
    #[command(
        after_help = "Examples:\n  lamplight functions list\n  lamplight functions list --max-items 50 --output json"
    )]
    List(ListFunctionsArgs),
    /// Show a function, its tags and its reserved concurrency
    #[command(after_help = "Example:\n  lamplight functions get reporter:live")]
    Get(GetFunctionArgs),
    /// Show the configuration of a function; needs fewer permissions than `get`
    #[command(after_help = "Example:\n  lamplight functions get-configuration reporter --output yaml")]
    GetConfiguration(GetFunctionArgs),
    /// Create a function from a zip file, a folder, an S3 object or a container image
    #[command(
        after_help = "Example:\n  lamplight functions create reporter --role arn:aws:iam::123456789012:role/jobs --runtime python3.14 --handler app.handler --zip-file ./reporter --wait"
    )]
    Create(Box<CreateFunctionArgs>),
    /// Update the code of a function; skipped if the function has that code already
    #[command(
        after_help = "Examples:\n  lamplight functions update-code reporter --zip-file ./reporter --wait\n  lamplight functions update-code reporter --s3-bucket packages --s3-key reporter.zip --publish"
    )]
    UpdateCode(Box<UpdateCodeArgs>),
    /// Update the configuration of a function
    #[command(
        after_help = "Examples:\n  lamplight functions update-configuration reporter --timeout 60 --memory-size 512 --wait\n  lamplight functions update-configuration reporter --set-environment MODE=fast --unset-environment OLD_MODE"
    )]
    UpdateConfiguration(Box<UpdateConfigurationArgs>),
    /// Delete a function with all its versions and aliases, or one version
    #[command(
        after_help = "Examples:\n  lamplight functions delete reporter --yes\n  lamplight functions delete reporter --qualifier 3 --yes"
    )]
    Delete(DeleteFunctionArgs),
    /// Publish the function's current code and configuration as a numbered version
    #[command(
        after_help = "Example:\n  lamplight functions publish-version reporter --description 'first release' --wait"
    )]
    PublishVersion(PublishVersionArgs),
    /// List the versions of a function
    #[command(after_help = "Example:\n  lamplight functions list-versions reporter")]
    ListVersions {
        /// The function: name or ARN
        function: String,
        /// Paging.
        #[command(flatten)]
        page: PageArgs,
    },
    /// Manage the tags of a function
    #[command(subcommand)]
    Tags(TagsCommand),
    /// Manage reserved concurrency
    #[command(subcommand)]
    Concurrency(ConcurrencyCommand),
    /// Manage asynchronous invocation settings
    #[command(subcommand)]
    Async(AsyncCommand),
    /// Wait until a function is active and its last update is complete
    #[command(after_help = "Example:\n  lamplight functions wait reporter --timeout 60")]
    Wait {
        /// The function: name, name:alias or ARN
        function: String,
        /// The version or alias
        #[arg(long, value_name = "QUALIFIER")]
        qualifier: Option<String>,
        /// The longest time to wait, in seconds
        #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = whole::<u64>("of seconds"))]
        timeout: u64,
    },
}

/// Options of `functions list`.
#[derive(Debug, Args)]
pub struct ListFunctionsArgs {
    /// `ALL` also lists every published version
    #[arg(long, value_name = "ALL", value_parser = ["ALL"])]
    pub function_version: Option<String>,
    /// List only Lambda@Edge replicas of functions in this region, or ALL; needs `--function-version ALL`
    #[arg(long, value_name = "REGION", requires = "function_version")]
    pub master_region: Option<String>,
    /// Paging.
    #[command(flatten)]
    pub page: PageArgs,
}

/// Options of `functions get`.
#[derive(Debug, Args)]
pub struct GetFunctionArgs {
    /// The function: name, name:alias or ARN
    pub function: String,
    /// The version or alias
    #[arg(long, value_name = "QUALIFIER")]
    pub qualifier: Option<String>,
    /// Show the values of environment variables instead of masking them
    #[arg(long)]
    pub show_secrets: bool,
}

/// Where code comes from: one of the three.
///
/// Each conflict is written out: what `requires` asks for is not missed where it conflicts with something given.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("package").required(true).args(["zip_file", "s3_bucket", "image_uri"]))]
pub struct CodeArgs {
    /// A zip file, or a folder to zip; the same folder always gives the same package
    #[arg(long, value_name = "PATH", conflicts_with_all = ["s3_bucket", "image_uri"])]
    pub zip_file: Option<PathBuf>,
    /// Leave files and folders out of the zip, by a pattern as in .gitignore, such as `*.log` or `tests/`; may be repeated.
    /// Repositories, `.env` files and caches are left out by default; `!.env` packs one of them
    #[arg(long, value_name = "PATTERN", requires = "zip_file", conflicts_with_all = ["s3_bucket", "image_uri"])]
    pub exclude: Vec<String>,
    /// The S3 bucket of the package, in the function's region
    #[arg(long, value_name = "BUCKET", requires = "s3_key", conflicts_with = "image_uri")]
    pub s3_bucket: Option<String>,
    /// The S3 key of the package
    #[arg(long, value_name = "KEY", requires = "s3_bucket", conflicts_with_all = ["zip_file", "image_uri"])]
    pub s3_key: Option<String>,
    /// The version of the S3 object; by default the newest
    #[arg(long, value_name = "VERSION", requires = "s3_bucket", conflicts_with_all = ["zip_file", "image_uri"])]
    pub s3_object_version: Option<String>,
    /// Whether Lambda copies the S3 object or keeps reading it: COPY or REFERENCE
    #[arg(long, value_name = "MODE", requires = "s3_bucket", conflicts_with_all = ["zip_file", "image_uri"])]
    pub s3_object_storage_mode: Option<String>,
    /// The URI of a container image in Amazon ECR
    #[arg(long, value_name = "URI")]
    pub image_uri: Option<String>,
    /// The instruction set architecture: `x86_64` or `arm64`
    #[arg(long, value_name = "ARCHITECTURE", alias = "architecture")]
    pub architectures: Option<String>,
    /// The KMS key that the package is encrypted with
    #[arg(long, value_name = "ARN", conflicts_with = "image_uri")]
    pub source_kms_key_arn: Option<String>,
    /// Also publish a numbered version
    #[arg(long)]
    pub publish: bool,
    /// Publish a version, and point `$LATEST.PUBLISHED` to it
    #[arg(long, value_name = "LATEST_PUBLISHED", value_parser = ["LATEST_PUBLISHED"], conflicts_with = "publish")]
    pub publish_to: Option<String>,
}

/// The configuration of a function.
#[derive(Debug, Default, Args)]
pub struct SettingsArgs {
    /// A description
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// The runtime, such as python3.14
    #[arg(long, value_name = "RUNTIME")]
    pub runtime: Option<String>,
    /// The handler, such as app.handler
    #[arg(long, value_name = "HANDLER")]
    pub handler: Option<String>,
    /// The timeout in seconds, 1-900; Lambda's default is 3
    #[arg(long, value_name = "SECONDS", value_parser = whole::<u32>("of seconds from 1 to 900"))]
    pub timeout: Option<u32>,
    /// The memory in MB, 128-32768; Lambda's default is 128
    #[arg(long, value_name = "MB", value_parser = whole::<u32>("of MB from 128 to 32768"))]
    pub memory_size: Option<u32>,
    /// The ephemeral storage (/tmp) in MB, 512-32768; Lambda's default is 512
    #[arg(long, value_name = "MB", value_parser = whole::<u32>("of MB from 512 to 32768"))]
    pub ephemeral_storage: Option<u32>,
    /// An environment variable; may be repeated. The variables given replace all existing ones; `--set-environment` of
    /// `update-configuration` changes single ones
    #[arg(long, value_name = "KEY=VALUE")]
    pub environment: Vec<String>,
    /// An environment variable whose value is read from a secret reference, such as `env:NAME`
    #[arg(long, value_name = "KEY=REFERENCE")]
    pub environment_from: Vec<String>,
    /// A file of environment variables, as a JSON object of strings or as YAML; `-` is stdin
    #[arg(long, value_name = "FILE")]
    pub environment_file: Option<String>,
    /// The KMS key that encrypts the environment variables; an empty value returns to Lambda's key
    #[arg(long, value_name = "ARN")]
    pub kms_key_arn: Option<String>,
    /// Layer version ARNs in order, separated by commas; may be repeated
    #[arg(long, value_name = "ARN", value_delimiter = ',')]
    pub layers: Vec<String>,
    /// The X-Ray tracing mode: `Active` or `PassThrough`
    #[arg(long, value_name = "MODE", alias = "mode")]
    pub tracing_mode: Option<String>,
    /// The VPC subnets, separated by commas; may be repeated
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub subnet_ids: Vec<String>,
    /// The VPC security groups, separated by commas; may be repeated
    #[arg(long, value_name = "ID", value_delimiter = ',', requires = "subnet_ids")]
    pub security_group_ids: Vec<String>,
    /// Allow outbound IPv6 traffic in dual-stack subnets
    #[arg(long, value_name = "BOOL", requires = "subnet_ids")]
    pub ipv6_allowed_for_dual_stack: Option<bool>,
    /// The dead-letter queue: an SQS queue or SNS topic; an empty value removes it
    #[arg(long, value_name = "ARN", alias = "target-arn")]
    pub dead_letter_target_arn: Option<String>,
    /// A file system access point and its mount path, such as arn:…=/mnt/data; an empty value removes it
    #[arg(long, value_name = "ARN=PATH")]
    pub file_system: Option<String>,
    /// One word of the entry point that overrides the image's; may be repeated. Give a word that begins with a hyphen
    /// as `--image-entry-point=-x`; a single empty word returns to the image's entry point
    #[arg(long, value_name = "WORD")]
    pub image_entry_point: Vec<String>,
    /// One word of the command that overrides the image's; may be repeated. Give a word that begins with a hyphen
    /// as `--image-command=--port`; a single empty word returns to the image's command
    #[arg(long, value_name = "WORD")]
    pub image_command: Vec<String>,
    /// The working directory that overrides the image's; an empty value returns to the image's
    #[arg(long, value_name = "PATH")]
    pub image_working_directory: Option<String>,
    /// When `SnapStart` takes a snapshot: `PublishedVersions` or `None`
    #[arg(long, value_name = "WHEN")]
    pub snap_start: Option<String>,
    /// The log format: Text or JSON
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<String>,
    /// The application log level: TRACE, DEBUG, INFO, WARN, ERROR or FATAL
    #[arg(long, value_name = "LEVEL")]
    pub application_log_level: Option<String>,
    /// The system log level: DEBUG, INFO or WARN
    #[arg(long, value_name = "LEVEL")]
    pub system_log_level: Option<String>,
    /// The log group; Lambda's default is /aws/lambda/NAME
    #[arg(long, value_name = "NAME")]
    pub log_group: Option<String>,
    /// The timeout of a durable execution in seconds, 1-31622400
    #[arg(long, value_name = "SECONDS", value_parser = whole::<u32>("of seconds from 1 to 31622400"))]
    pub durable_execution_timeout: Option<u32>,
    /// How many days the history of a durable execution is kept, 1-90
    #[arg(long, value_name = "DAYS", value_parser = whole::<u32>("of days from 1 to 90"))]
    pub durable_retention_period: Option<u32>,
    /// The KMS key that encrypts durable executions
    #[arg(long, value_name = "ARN")]
    pub durable_kms_key_arn: Option<String>,
    /// The capacity provider that the function runs on
    #[arg(long, value_name = "ARN")]
    pub capacity_provider_arn: Option<String>,
    /// How many concurrent calls one execution environment of the capacity provider handles, 1-1600
    #[arg(long, value_name = "N", requires = "capacity_provider_arn", value_parser = whole::<u32>("of calls from 1 to 1600"))]
    pub per_execution_environment_max_concurrency: Option<u32>,
    /// Memory per vCPU of the capacity provider in GiB, 2-8
    #[arg(long, value_name = "GIB", requires = "capacity_provider_arn", value_parser = number("of GiB from 2 to 8"))]
    pub execution_environment_memory_gib_per_vcpu: Option<f64>,
}

/// What can be removed from a function.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct ClearArgs {
    /// Remove all environment variables
    #[arg(long, conflicts_with_all = ["environment", "environment_from", "environment_file"])]
    pub no_environment: bool,
    /// Remove all layers
    #[arg(long, conflicts_with = "layers")]
    pub no_layers: bool,
    /// Detach the function from its VPC
    #[arg(long, conflicts_with_all = ["subnet_ids", "security_group_ids", "ipv6_allowed_for_dual_stack"])]
    pub no_vpc: bool,
}

/// Changes of single environment variables. All others keep their values.
#[derive(Debug, Default, Args)]
pub struct MergeArgs {
    /// Set one environment variable and keep all others; may be repeated
    #[arg(long, value_name = "KEY=VALUE", conflicts_with_all = WHOLE_ENVIRONMENT)]
    pub set_environment: Vec<String>,
    /// The same, with a value that is read from a secret reference, such as `env:NAME`
    #[arg(long, value_name = "KEY=REFERENCE", conflicts_with_all = WHOLE_ENVIRONMENT)]
    pub set_environment_from: Vec<String>,
    /// Remove one environment variable and keep all others; may be repeated
    #[arg(long, value_name = "KEY", conflicts_with_all = WHOLE_ENVIRONMENT)]
    pub unset_environment: Vec<String>,
}

/// The options that replace all environment variables.
const WHOLE_ENVIRONMENT: [&str; 4] =
    ["environment", "environment_from", "environment_file", "no_environment"];

/// What is only for a container image conflicts with every other source of the code.
fn of_an_image(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "image_entry_point" | "image_command" | "image_working_directory" => {
            arg.conflicts_with_all(["zip_file", "s3_bucket", "s3_key"])
        }
        _ => arg,
    }
}

/// Options of `functions create`.
#[derive(Debug, Args)]
#[command(mut_args(of_an_image))]
pub struct CreateFunctionArgs {
    /// The function's name
    #[arg(value_name = "NAME")]
    pub function: String,
    /// The ARN of the execution role
    #[arg(long, value_name = "ARN")]
    pub role: String,
    /// Where the code comes from.
    #[command(flatten)]
    pub code: CodeArgs,
    /// The configuration.
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// A tag; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub tags: Vec<String>,
    /// The code signing configuration
    #[arg(long, value_name = "ARN")]
    pub code_signing_config_arn: Option<String>,
    /// The tenant isolation mode: `PER_TENANT`
    #[arg(long, value_name = "MODE")]
    pub tenant_isolation_mode: Option<String>,
    /// Wait until the function is active
    #[arg(long)]
    pub wait: bool,
    /// Options of every change.
    #[command(flatten)]
    pub change: ChangeArgs,
}

/// Options of `functions update-code`.
#[derive(Debug, Args)]
#[command(mut_args(reads_first))]
pub struct UpdateCodeArgs {
    /// The function: name or ARN
    pub function: String,
    /// Where the code comes from.
    #[command(flatten)]
    pub code: CodeArgs,
    /// A condition on the function.
    #[command(flatten)]
    pub revision: RevisionArgs,
    /// Wait until the update is complete
    #[arg(long)]
    pub wait: bool,
    /// Options of every change.
    #[command(flatten)]
    pub change: ChangeArgs,
}

/// Options of `functions update-configuration`.
#[derive(Debug, Args)]
#[command(mut_args(reads_first))]
pub struct UpdateConfigurationArgs {
    /// The function: name or ARN
    pub function: String,
    /// The ARN of the execution role
    #[arg(long, value_name = "ARN")]
    pub role: Option<String>,
    /// The configuration.
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// Changes of single environment variables.
    #[command(flatten)]
    pub merge: MergeArgs,
    /// What to remove.
    #[command(flatten)]
    pub clear: ClearArgs,
    /// A condition on the function.
    #[command(flatten)]
    pub revision: RevisionArgs,
    /// Wait until the update is complete
    #[arg(long)]
    pub wait: bool,
    /// Options of every change.
    #[command(flatten)]
    pub change: ChangeArgs,
}

/// Options of `functions delete`.
#[derive(Debug, Args)]
pub struct DeleteFunctionArgs {
    /// The function: name, name:version or ARN
    pub function: String,
    /// Delete only this version; one that an alias uses cannot be deleted
    #[arg(long, value_name = "VERSION")]
    pub qualifier: Option<String>,
    /// Options of every removal.
    #[command(flatten)]
    pub removal: RemovalArgs,
}

/// Options of `functions publish-version`.
#[derive(Debug, Args)]
pub struct PublishVersionArgs {
    /// The function: name or ARN
    pub function: String,
    /// A description of the version; by default the function's description
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Publish only if the code has this SHA-256 checksum
    #[arg(long, value_name = "SHA256")]
    pub code_sha256: Option<String>,
    /// Point `$LATEST.PUBLISHED` to the version
    #[arg(long, value_name = "LATEST_PUBLISHED", value_parser = ["LATEST_PUBLISHED"])]
    pub publish_to: Option<String>,
    /// A condition on the function.
    #[command(flatten)]
    pub revision: RevisionArgs,
    /// Wait until the version is active
    #[arg(long)]
    pub wait: bool,
    /// Options of every change.
    #[command(flatten)]
    pub change: ChangeArgs,
}

/// The verbs of `functions tags`.
#[derive(Debug, Subcommand)]
pub enum TagsCommand {
    /// List the tags of a function
    #[command(after_help = "Example:\n  lamplight functions tags list reporter")]
    List {
        /// The function: name or ARN
        function: String,
    },
    /// Add tags, or change their values
    #[command(mut_args(reads_first))]
    #[command(after_help = "Example:\n  lamplight functions tags set reporter team=billing stage=prod")]
    Set {
        /// The function: name or ARN
        function: String,
        /// The tags
        #[arg(value_name = "KEY=VALUE", required = true)]
        tags: Vec<String>,
        /// Options of every change.
        #[command(flatten)]
        change: DryRunArgs,
    },
    /// Remove tags
    #[command(mut_args(reads_first))]
    #[command(after_help = "Example:\n  lamplight functions tags remove reporter stage --yes")]
    Remove {
        /// The function: name or ARN
        function: String,
        /// The keys of the tags
        #[arg(value_name = "KEY", required = true)]
        keys: Vec<String>,
        /// Options of every removal.
        #[command(flatten)]
        removal: RemovalArgs,
    },
}

/// The verbs of `functions concurrency`.
#[derive(Debug, Subcommand)]
pub enum ConcurrencyCommand {
    /// Show the reserved concurrency of a function
    #[command(after_help = "Example:\n  lamplight functions concurrency get reporter")]
    Get {
        /// The function: name or ARN
        function: String,
    },
    /// Set the reserved concurrency of a function: its share of the account's concurrency, and also its limit; 0 stops all calls
    #[command(mut_args(reads_first))]
    #[command(after_help = "Example:\n  lamplight functions concurrency put reporter 10")]
    Put {
        /// The function: name or ARN
        function: String,
        /// The number of concurrent executions
        #[arg(value_parser = whole::<u32>("of calls, 0 or more"))]
        reserved_concurrent_executions: u32,
        /// Options of every change.
        #[command(flatten)]
        change: DryRunArgs,
    },
    /// Delete the reserved concurrency of a function
    #[command(mut_args(reads_first))]
    #[command(after_help = "Example:\n  lamplight functions concurrency delete reporter --yes")]
    Delete {
        /// The function: name or ARN
        function: String,
        /// Options of every removal.
        #[command(flatten)]
        removal: RemovalArgs,
    },
}
