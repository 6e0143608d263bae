//! What every adapter of [`FunctionManager`](lamplight_ports::FunctionManager) must do.

mod changing;
mod making;
mod marking;
mod refusing;
mod versions;

pub use changing::*;
pub use making::*;
pub use marking::*;
pub use refusing::*;
pub use versions::*;

/// Expands to one test per guarantee, run through `Arc<dyn FunctionManager>`, as callers hold the port. The argument is
/// an expression that creates a [`WorkbenchHarness`](crate::workbench::WorkbenchHarness); the crate needs `tokio` with
/// its macros as a dev-dependency.
#[macro_export]
macro_rules! function_manager {
    ($harness:expr) => {
        $crate::function_manager!(@each $harness;
            a_new_function_is_described_as_requested,
            upload_progress_is_reported_to_the_end,
            a_first_version_is_published_on_request,
            a_deleted_function_is_gone,
            an_update_keeps_what_it_leaves_out,
            an_empty_value_removes_a_setting,
            new_code_has_its_checksum,
            every_change_gives_a_new_revision,
            a_stale_revision_is_a_conflict,
            a_preview_changes_nothing,
            environment_values_are_shown_only_on_request,
            a_broken_rule_is_an_invalid_request_and_changes_nothing,
            creating_what_exists_is_a_conflict,
            what_does_not_exist_is_not_found,
            secrets_are_never_printed,
            a_published_version_never_changes,
            publishing_the_same_again_gives_the_same_version,
            a_wrong_checksum_publishes_nothing,
            deleting_a_version_keeps_the_others,
            a_version_that_an_alias_uses_is_not_deleted,
            versions_come_in_pages,
            tags_are_set_and_removed,
            concurrency_is_reserved_and_released,
        );
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test]
            async fn $guarantee() {
                $crate::workbench::check_guarantee(&$harness, $crate::functions::$guarantee).await;
            }
        )*
    };
}
