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
    /// List functions as the pages arrive
    List(ListFunctionsArgs),
    /// Show a function with its tags and reserved concurrency
    Get(GetFunctionArgs),
    /// Show what is set about a function, which needs fewer permissions than `get`
    GetConfiguration(GetFunctionArgs),
    /// Make a function of a zip file, a folder, an S3 object or a container image
    Create(Box<CreateFunctionArgs>),
    /// Give a function other code; skipped where it has that code already
    UpdateCode(Box<UpdateCodeArgs>),
    /// Change what is set about a function
    UpdateConfiguration(Box<UpdateConfigurationArgs>),
    /// Delete a function with all its versions and aliases, or one version
    Delete(DeleteFunctionArgs),
    /// Publish what the function is now as a numbered version
    PublishVersion(PublishVersionArgs),
    /// List the versions of a function
    ListVersions {
        /// The function: its name or full reference
        function: String,
        /// How much of the listing is wanted.
        #[command(flatten)]
        page: PageArgs,
    },
    /// Keep what a function is marked with
    #[command(subcommand)]
    Tags(TagsCommand),
    /// Keep calls for a function alone
    #[command(subcommand)]
    Concurrency(ConcurrencyCommand),
    /// Keep what becomes of asynchronous calls
    #[command(subcommand)]
    Async(AsyncCommand),
    /// Wait until a function can be called and its last change is done
    Wait {
        /// The function: name, name:alias or full reference
        function: String,
        /// The version or alias
        #[arg(long, value_name = "QUALIFIER")]
        qualifier: Option<String>,
        /// For how many seconds at the most
        #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = whole::<u64>("of seconds"))]
        timeout: u64,
    },
}

/// Options of `functions list`.
#[derive(Debug, Args)]
pub struct ListFunctionsArgs {
    /// `ALL` lists every published version beside the unpublished one
    #[arg(long, value_name = "ALL", value_parser = ["ALL"])]
    pub function_version: Option<String>,
    /// Only copies of Lambda@Edge functions whose home is this region, or ALL; needs `--function-version ALL`
    #[arg(long, value_name = "REGION", requires = "function_version")]
    pub master_region: Option<String>,
    /// How much of the listing is wanted.
    #[command(flatten)]
    pub page: PageArgs,
}

/// Options of `functions get`.
#[derive(Debug, Args)]
pub struct GetFunctionArgs {
    /// The function: name, name:alias or full reference
    pub function: String,
    /// The version or alias
    #[arg(long, value_name = "QUALIFIER")]
    pub qualifier: Option<String>,
    /// Show the values of environment variables, which are masked otherwise
    #[arg(long)]
    pub show_secrets: bool,
}

/// Where code comes from: one of the three.
///
/// Each conflict is written out: what `requires` asks for is not missed where it conflicts with something given.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("package").required(true).args(["zip_file", "s3_bucket", "image_uri"]))]
pub struct CodeArgs {
    /// A zip file, or a folder that is zipped for you, the same way every time
    #[arg(long, value_name = "PATH", conflicts_with_all = ["s3_bucket", "image_uri"])]
    pub zip_file: Option<PathBuf>,
    /// The S3 bucket of a package, in the function's region
    #[arg(long, value_name = "BUCKET", requires = "s3_key", conflicts_with = "image_uri")]
    pub s3_bucket: Option<String>,
    /// The S3 key of a package
    #[arg(long, value_name = "KEY", requires = "s3_bucket", conflicts_with_all = ["zip_file", "image_uri"])]
    pub s3_key: Option<String>,
    /// Which version of the S3 object; the newest otherwise
    #[arg(long, value_name = "VERSION", requires = "s3_bucket", conflicts_with_all = ["zip_file", "image_uri"])]
    pub s3_object_version: Option<String>,
    /// Whether Lambda copies the S3 object or keeps reading it: COPY or REFERENCE
    #[arg(long, value_name = "MODE", requires = "s3_bucket", conflicts_with_all = ["zip_file", "image_uri"])]
    pub s3_object_storage_mode: Option<String>,
    /// A container image in Amazon ECR
    #[arg(long, value_name = "URI")]
    pub image_uri: Option<String>,
    /// The processor that the code is for: `x86_64` or `arm64`
    #[arg(long, value_name = "ARCHITECTURE", alias = "architecture")]
    pub architectures: Option<String>,
    /// The KMS key that the package is encrypted with
    #[arg(long, value_name = "ARN", conflicts_with = "image_uri")]
    pub source_kms_key_arn: Option<String>,
    /// Publish it as a numbered version at once
    #[arg(long)]
    pub publish: bool,
    /// Publish it, and let `$LATEST.PUBLISHED` follow
    #[arg(long, value_name = "LATEST_PUBLISHED", value_parser = ["LATEST_PUBLISHED"], conflicts_with = "publish")]
    pub publish_to: Option<String>,
}

/// What can be set about a function.
#[derive(Debug, Default, Args)]
pub struct SettingsArgs {
    /// What it does, for people
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// The language runtime, such as python3.14; one that is not known here is sent with a warning
    #[arg(long, value_name = "RUNTIME")]
    pub runtime: Option<String>,
    /// The entry point, such as app.handler
    #[arg(long, value_name = "HANDLER")]
    pub handler: Option<String>,
    /// The time limit in seconds, 1-900; 3 unless it is set
    #[arg(long, value_name = "SECONDS", value_parser = whole::<u32>("of seconds from 1 to 900"))]
    pub timeout: Option<u32>,
    /// The memory in MB, 128-32768; 128 unless it is set
    #[arg(long, value_name = "MB", value_parser = whole::<u32>("of MB from 128 to 32768"))]
    pub memory_size: Option<u32>,
    /// The disk for temporary files in MB, 512-32768; 512 unless it is set
    #[arg(long, value_name = "MB", value_parser = whole::<u32>("of MB from 512 to 32768"))]
    pub ephemeral_storage: Option<u32>,
    /// An environment variable; may be repeated. All variables are set as a whole
    #[arg(long, value_name = "KEY=VALUE")]
    pub environment: Vec<String>,
    /// An environment variable whose value is a secret's, by reference, such as `env:NAME`
    #[arg(long, value_name = "KEY=REFERENCE")]
    pub environment_from: Vec<String>,
    /// A file of environment variables, a JSON object of texts or YAML; `-` is stdin
    #[arg(long, value_name = "FILE")]
    pub environment_file: Option<String>,
    /// The KMS key that the environment is encrypted with; an empty text takes Lambda's own
    #[arg(long, value_name = "ARN")]
    pub kms_key_arn: Option<String>,
    /// Versions of layers in their order, as a list with commas; may be repeated
    #[arg(long, value_name = "ARN", value_delimiter = ',')]
    pub layers: Vec<String>,
    /// How calls are traced by X-Ray: `Active` or `PassThrough`
    #[arg(long, value_name = "MODE", alias = "mode")]
    pub tracing_mode: Option<String>,
    /// The subnets it is attached to, as a list with commas; may be repeated
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub subnet_ids: Vec<String>,
    /// Its security groups in the VPC, as a list with commas; may be repeated
    #[arg(long, value_name = "ID", value_delimiter = ',', requires = "subnet_ids")]
    pub security_group_ids: Vec<String>,
    /// Let IPv6 out of subnets that have both
    #[arg(long, value_name = "BOOL", requires = "subnet_ids")]
    pub ipv6_allowed_for_dual_stack: Option<bool>,
    /// The SQS queue or SNS topic of events that it failed on; an empty text takes it away
    #[arg(long, value_name = "ARN", alias = "target-arn")]
    pub dead_letter_target_arn: Option<String>,
    /// A file system and where it is mounted, such as arn:…=/mnt/data; an empty text takes it away
    #[arg(long, value_name = "ARN=PATH")]
    pub file_system: Option<String>,
    /// A word of the container's program, in place of the image's own; may be repeated. A word that begins with a hyphen
    /// is given as `--image-entry-point=-x`; one empty word goes back to the image's own
    #[arg(long, value_name = "WORD")]
    pub image_entry_point: Vec<String>,
    /// A word of the container's arguments, in place of the image's own; may be repeated. A word that begins with a hyphen
    /// is given as `--image-command=--port`; one empty word goes back to the image's own
    #[arg(long, value_name = "WORD")]
    pub image_command: Vec<String>,
    /// The container's working folder, in place of the image's own; an empty text goes back to it
    #[arg(long, value_name = "PATH")]
    pub image_working_directory: Option<String>,
    /// When a snapshot is taken that calls start from: `PublishedVersions` or `None`
    #[arg(long, value_name = "WHEN")]
    pub snap_start: Option<String>,
    /// The form of the log's lines: Text or JSON
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<String>,
    /// The least severe line of the function that is kept: TRACE, DEBUG, INFO, WARN, ERROR or FATAL
    #[arg(long, value_name = "LEVEL")]
    pub application_log_level: Option<String>,
    /// The least severe line of Lambda that is kept: DEBUG, INFO or WARN
    #[arg(long, value_name = "LEVEL")]
    pub system_log_level: Option<String>,
    /// The log group in place of /aws/lambda/NAME
    #[arg(long, value_name = "NAME")]
    pub log_group: Option<String>,
    /// The longest that a durable execution may take, in seconds
    #[arg(long, value_name = "SECONDS", value_parser = whole::<u32>("of seconds from 1 to 31622400"))]
    pub durable_execution_timeout: Option<u32>,
    /// How many days an ended durable execution is kept, 1-90
    #[arg(long, value_name = "DAYS", value_parser = whole::<u32>("of days from 1 to 90"))]
    pub durable_retention_period: Option<u32>,
    /// The KMS key that durable executions are encrypted with
    #[arg(long, value_name = "ARN")]
    pub durable_kms_key_arn: Option<String>,
    /// The capacity provider whose machines it runs on
    #[arg(long, value_name = "ARN")]
    pub capacity_provider_arn: Option<String>,
    /// How many calls one environment on these machines serves at once, 1-1600
    #[arg(long, value_name = "N", requires = "capacity_provider_arn", value_parser = whole::<u32>("of calls from 1 to 1600"))]
    pub per_execution_environment_max_concurrency: Option<u32>,
    /// How much memory in GiB comes with each processor on these machines, 2-8
    #[arg(long, value_name = "GIB", requires = "capacity_provider_arn", value_parser = number("of GiB from 2 to 8"))]
    pub execution_environment_memory_gib_per_vcpu: Option<f64>,
}

/// What can be taken away from a function.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct ClearArgs {
    /// Take all environment variables away
    #[arg(long, conflicts_with_all = ["environment", "environment_from", "environment_file"])]
    pub no_environment: bool,
    /// Take all layers away
    #[arg(long, conflicts_with = "layers")]
    pub no_layers: bool,
    /// Detach it from its VPC
    #[arg(long, conflicts_with_all = ["subnet_ids", "security_group_ids", "ipv6_allowed_for_dual_stack"])]
    pub no_vpc: bool,
}

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
    /// The execution role
    #[arg(long, value_name = "ARN")]
    pub role: String,
    /// Where the code comes from.
    #[command(flatten)]
    pub code: CodeArgs,
    /// What is set about it.
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// A tag; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub tags: Vec<String>,
    /// The code signing configuration that says who must have signed the code
    #[arg(long, value_name = "ARN")]
    pub code_signing_config_arn: Option<String>,
    /// How callers are kept apart: `PER_TENANT`
    #[arg(long, value_name = "MODE")]
    pub tenant_isolation_mode: Option<String>,
    /// Wait until it can be called
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
    /// The function: its name or full reference
    pub function: String,
    /// Where the code comes from.
    #[command(flatten)]
    pub code: CodeArgs,
    /// A condition on the function.
    #[command(flatten)]
    pub revision: RevisionArgs,
    /// Wait until the change is done
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
    /// The function: its name or full reference
    pub function: String,
    /// The execution role
    #[arg(long, value_name = "ARN")]
    pub role: Option<String>,
    /// What is set about it.
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// What is taken away from it.
    #[command(flatten)]
    pub clear: ClearArgs,
    /// A condition on the function.
    #[command(flatten)]
    pub revision: RevisionArgs,
    /// Wait until the change is done
    #[arg(long)]
    pub wait: bool,
    /// Options of every change.
    #[command(flatten)]
    pub change: ChangeArgs,
}

/// Options of `functions delete`.
#[derive(Debug, Args)]
pub struct DeleteFunctionArgs {
    /// The function: its name or full reference, or name:version
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
    /// The function: its name or full reference
    pub function: String,
    /// What the version is for; the function's own description otherwise
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Publish only where the code has this checksum
    #[arg(long, value_name = "SHA256")]
    pub code_sha256: Option<String>,
    /// Let `$LATEST.PUBLISHED` follow
    #[arg(long, value_name = "LATEST_PUBLISHED", value_parser = ["LATEST_PUBLISHED"])]
    pub publish_to: Option<String>,
    /// A condition on the function.
    #[command(flatten)]
    pub revision: RevisionArgs,
    /// Wait until the version can be called
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
    List {
        /// The function: its name or full reference
        function: String,
    },
    /// Set tags, whether they are there or not
    #[command(mut_args(reads_first))]
    Set {
        /// The function: its name or full reference
        function: String,
        /// The tags
        #[arg(value_name = "KEY=VALUE", required = true)]
        tags: Vec<String>,
        /// Options of every change.
        #[command(flatten)]
        change: DryRunArgs,
    },
    /// Take tags away
    #[command(mut_args(reads_first))]
    Remove {
        /// The function: its name or full reference
        function: String,
        /// Their keys
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
    /// Show how many calls are kept for a function alone
    Get {
        /// The function: its name or full reference
        function: String,
    },
    /// Keep calls for a function alone, and run at most so many at once; 0 stops it
    #[command(mut_args(reads_first))]
    Put {
        /// The function: its name or full reference
        function: String,
        /// How many
        #[arg(value_parser = whole::<u32>("of calls, 0 or more"))]
        reserved_concurrent_executions: u32,
        /// Options of every change.
        #[command(flatten)]
        change: DryRunArgs,
    },
    /// Keep no calls for a function, and limit it no more
    #[command(mut_args(reads_first))]
    Delete {
        /// The function: its name or full reference
        function: String,
        /// Options of every removal.
        #[command(flatten)]
        removal: RemovalArgs,
    },
}
