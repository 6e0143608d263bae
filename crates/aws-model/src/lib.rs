//! Facts about AWS as plain data and functions: names, regions, limits, prices, reports and policy documents. This crate
//! does not use the AWS SDK and does no I/O.

pub mod architecture;
mod arn;
pub mod codes;
pub mod console;
pub mod error_catalog;
pub mod function_name;
pub mod function_ref;
pub mod iam;
mod iam_purposes;
pub mod limits;
pub mod manage_rules;
pub mod operation;
pub mod partition;
mod platform;
pub mod policy_document;
pub mod prices;
pub mod qualifier;
pub mod region;
pub mod report;
pub mod reported_error;
pub mod role;
pub mod shared_files;
pub mod sts_errors;
mod text;
pub mod trust;

pub use architecture::{Architecture, UnknownArchitecture};
pub use arn::{ArnError, ArnPart, FunctionArn};
pub use error_catalog::{
    AwsErrorClass, ErrorFacts, ManageSubject, Repeat, Subject, classify, classify_manage, code_of_emulator,
    is_known_code,
};
pub use function_name::{LambdaName, LambdaNameError};
pub use function_ref::{FunctionSpec, FunctionSpecError};
pub use iam::{FunctionScope, PolicyDocument, Statement, StatementEffect};
pub use operation::{Operation, UnexpectedAnswer};
pub use partition::{Partition, UnknownPartition};
pub use platform::AwsPlatform;
pub use policy_document::{PolicyDocumentError, read_policy};
pub use prices::{PriceError, PriceTable, Prices};
pub use qualifier::{LambdaQualifier, LambdaQualifierError, QualifierKind};
pub use region::{Region, RegionError};
pub use report::{Report, ReportStatus};
pub use role::{
    ExternalId, PolicyArn, RoleArn, RoleError, RoleSessionName, SessionDuration, SessionPolicy, SessionTag,
};
pub use shared_files::{
    SelectedProfile, SharedFileError, SharedFileKind, SharedFiles, SharedSection, SharedSetting, TwoProfiles,
};
pub use sts_errors::{RoleRequest, StsRefusal};
