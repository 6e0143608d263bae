//! What the Lambda API takes when functions, aliases, permissions, layers and asynchronous invocations are managed: its model's patterns
//! and ranges, checked before anything is sent.
//!
//! The figures are those of the API model (botocore 1.44.5, lambda 2015-03-31) unless a rule names its page. Where the
//! model allows more than the documents tell, the model holds: Lambda itself says no then. The SDK checks none of it.

mod alias;
mod asynchronous;
mod code;
mod environment;
mod function;
mod grammar;
mod layer;
mod listing;
mod network;
mod new_function;
mod permission;
mod runtime;
mod tags;
mod violation;

pub use alias::{check_alias, check_alias_name, check_function_version, check_routing};
pub use asynchronous::check_async_settings;
pub use code::{MAX_UPLOAD_BYTES, check_architecture, check_code, check_image_uri, check_s3_object};
pub use environment::{RESERVED_KEYS, check_environment, is_reserved_key};
pub use function::{
    check_description, check_ephemeral_storage, check_function_reference, check_handler, check_kms_key,
    check_layers, check_memory_size, check_revision_id, check_role, check_settings, check_timeout,
};
pub use layer::{check_layer_name, check_layer_permission, check_layer_place, check_layer_version};
pub use listing::{check_async_page_size, check_layer_page_size, check_list_page_size, check_master_region};
pub use network::{check_file_systems, check_network};
pub use new_function::{NewFunction, check_new_function, check_new_function_name};
pub use permission::{check_permission, check_removed_statement_id, check_statement_id};
pub use runtime::{KNOWN_RUNTIMES, check_runtime, unknown_runtime};
pub use tags::{MAX_TAGS, check_tag_keys, check_tags};
pub use violation::RuleViolation;
