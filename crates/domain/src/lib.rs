//! The types and rules of jobs, runs and outcomes. Pure: no IO, no clock, no randomness, no environment. Nothing in
//! here names a provider; everything specific to one comes through [`Platform`].
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod alias;
mod answer;
mod answer_origin;
mod argument;
mod async_settings;
mod code;
mod data_type;
mod delivery;
mod error_code;
mod function;
mod function_settings;
mod harmless;
mod hint;
mod histogram;
mod import;
mod infer;
mod intent;
mod job;
mod json;
mod json_leaves;
mod layer;
mod name;
mod outcome;
mod output;
mod parameter;
mod payload;
mod permission;
mod platform;
mod redacted;
mod report;
mod retry;
mod run;
mod run_id;
mod run_key;
mod scrub_outcome;
mod scrubber;
mod secret;
mod secret_ref;
mod setting;
mod status;
mod suggest;
mod table;
mod text;
mod url;

pub use access::{Actor, ApiToken, Role, Scope, SecretHash, TokenId, UnknownRole};
pub use alias::{Alias, Routing};
pub use answer::{AnswerOutcome, ReportedError};
pub use answer_origin::AnswerOrigin;
pub use argument::{Argument, Arguments, DuplicateArgument, RecordedArgument};
pub use async_settings::{AsyncSettings, DescribedAsyncSettings};
pub use code::{CodeSource, FunctionCode, Package};
pub use data_type::{DataType, Misfit, UnknownDataType};
pub use delivery::{Applied, Delivery, Start};
pub use error_code::{ErrorClass, ErrorCode};
pub use function::{Function, FunctionRef, Readiness};
pub use function_settings::{
    CapacitySettings, DurableSettings, EnvironmentVariable, FileSystemMount, FunctionSettings, ImageSettings,
    LoggingSettings, Network, Tags,
};
pub use hint::{Action, Hint, HintPart, SettingName};
pub use histogram::Histogram;
pub use import::{ImportAction, ImportChange, ImportField, Imported, merge_import};
pub use infer::infer_data_type;
pub use intent::{Intent, Origin, Parent, ParentId, Provenance, StartedBy};
pub use job::{Job, Overrides, Revision};
pub use json::{JsonKind, JsonMismatch, JsonSyntaxError, RawJson};
pub use layer::{Layer, LayerVersion};
pub use name::{ConnectionName, FunctionName, JobName, NameError, ParamName, Qualifier};
pub use outcome::{Attempt, DurableExecution, Outcome, RunError};
pub use output::{Extraction, Output, Warning, extract_outputs};
pub use parameter::{Direction, Parameter, ParameterError, ParameterList, UnknownDirection};
pub use payload::{ArgumentProblem, Payload, PayloadError, build_payload};
pub use permission::{PermissionPolicy, PermissionStatement};
pub use platform::{BrokenRules, Limits, Platform, ReferenceError};
pub use redacted::{MASK, Redacted};
pub use report::ExecutionReport;
pub use retry::{InvalidRetryPolicy, Passing, RetryPolicy};
pub use run::{Learned, Run, RunEnd, RunParts, TransitionError};
pub use run_id::{RunId, RunIdError};
pub use run_key::{RunKey, RunKeyError, RunnerId};
pub use scrubber::Scrubber;
pub use secret::{is_secret_argument, looks_secret, secrets_in_json};
pub use secret_ref::{SECRET_REF_FORMS, SecretRef, SecretRefError, StoreRef};
pub use setting::{
    DEFAULT_MAX_ATTEMPTS, Effective, EffectiveSettings, InvocationType, Level, Settings,
    UnknownInvocationType,
};
pub use status::{
    Evidence, EvidenceKind, RunState, Status, Strength, UnknownStatus, judge_answer, judge_failure,
};
pub use suggest::{Suggestion, suggest_parameters};
pub use table::{
    TableError, TableSpot, did_you_mean, distance, explain_parse_error, nearest, read_table, remove_quoted,
};
pub use text::{NotText, decode_text};
pub use url::{EndpointError, HostScope, check_endpoint, check_secret_endpoint, percent_encode};

/// A point in time. The domain never reads a clock: callers pass the time in.
pub use jiff::Timestamp;
