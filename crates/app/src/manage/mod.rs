//! Manages functions, aliases, permissions, layers and asynchronous invocation settings. One file per verb.

mod aliases;
mod async_settings;
mod change;
mod compare;
mod complete_groups;
mod create_function;
mod delete_function;
mod list;
mod list_functions;
mod markers;
mod name;
mod percent;
mod permissions;
mod place;
mod publish_version;
mod read_layers;
mod removals;
mod reserve_concurrency;
mod share_layer;
mod show_account;
mod show_function;
mod statements;
mod tag_function;
mod update_code;
mod update_settings;
mod versions;
mod wait_for_function;

pub use aliases::{create_alias, delete_alias, list_aliases, show_alias, update_alias};
pub use async_settings::{
    list_async_settings, reset_async_settings, set_async_settings, show_async_settings,
};
pub use change::{ChangeContext, ChangeOutcome};
pub use create_function::create_function;
pub use delete_function::delete_function;
pub use list::{ListResult, PageLimits};
pub use list_functions::{FunctionFilter, list_functions, list_versions};
pub use name::{qualified_function, unqualified_function};
pub use permissions::{add_permission, remove_permission, show_policy};
pub use publish_version::publish_version;
pub use read_layers::{list_layer_versions, list_layers, show_layer_policy, show_layer_version};
pub use removals::{EnvironmentMerge, Planned, async_removals, plan_alias, plan_settings};
pub use reserve_concurrency::{reserve_concurrency, show_concurrency};
pub use share_layer::{share_layer, unshare_layer};
pub use show_account::{AccountOverview, Quota, QuotaName, show_account};
pub use show_function::{FunctionDetail, show_function};
pub use tag_function::{show_tags, tag_function};
pub use update_code::update_code;
pub use update_settings::update_settings;
pub use wait_for_function::{wait_for_function, wait_while_pending};
