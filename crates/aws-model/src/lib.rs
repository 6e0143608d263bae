//! Pure knowledge of AWS: names, regions, limits, prices, reports and documents. No SDK, no IO.

pub mod architecture;
pub mod arn;
pub mod console;
pub mod endpoint;
pub mod error_catalog;
pub mod function_name;
pub mod function_ref;
pub mod iam;
mod iam_purposes;
pub mod limits;
pub mod manage_errors;
pub mod manage_rules;
pub mod operation;
pub mod partition;
mod platform;
pub mod policy_document;
pub mod prices;
pub mod qualifier;
pub mod region;
pub mod report;
pub mod role;
pub mod sts_errors;
mod text;
pub mod trust;

pub use architecture::{Architecture, UnknownArchitecture};
pub use arn::{ArnError, ArnPart, FunctionArn};
pub use endpoint::{EndpointError, check_endpoint};
pub use error_catalog::{ErrorClass, InvokeErrorFacts, Repeat, Start, Subject, classify};
pub use function_name::{FunctionName, FunctionNameError};
pub use function_ref::{FunctionSpec, FunctionSpecError};
pub use iam::{Effect, PolicyDocument, Statement};
pub use limits::Limits;
pub use manage_errors::{Applied, ManageErrorClass, ManageErrorFacts, ManageSubject, classify_manage};
pub use manage_rules::RuleViolation;
pub use operation::{Operation, UnexpectedAnswer};
pub use partition::{Partition, UnknownPartition};
pub use platform::AwsPlatform;
pub use policy_document::{PolicyDocumentError, read_policy};
pub use prices::{PriceError, PriceTable, Prices};
pub use qualifier::{Qualifier, QualifierError, QualifierKind};
pub use region::{Region, RegionError};
pub use report::{Report, ReportStatus};
pub use role::{
    ExternalId, PolicyArn, RoleArn, RoleError, RoleSessionName, SessionDuration, SessionPolicy, SessionTag,
};
pub use sts_errors::{RoleRequest, StsRefusal};
