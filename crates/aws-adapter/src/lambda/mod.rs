//! The ports on Lambda.

mod account;
mod aliases;
mod async_invocations;
mod catalogue;
mod changes;
mod foreign;
mod function;
mod functions;
mod invoker;
mod layers;
mod patience;
mod permissions;
mod preview;
mod reachability;
mod upload;

pub use account::AwsAccount;
pub use aliases::AwsAliases;
pub use async_invocations::AwsAsyncInvocations;
pub use catalogue::AwsCatalogue;
pub(crate) use foreign::{Unmarked, says_it_ran};
pub use functions::AwsFunctions;
pub use invoker::AwsInvoker;
pub use layers::AwsLayers;
pub use permissions::AwsPermissions;
pub use reachability::AwsReachability;
