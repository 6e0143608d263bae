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

/// Expands to one test for each guarantee, run through `Arc<dyn FunctionManager>`, which is how the port is held. The
/// argument is an expression that gives a [`WorkbenchHarness`](crate::workbench::WorkbenchHarness); the crate needs
/// `tokio` with its macros among its dev-dependencies.
#[macro_export]
macro_rules! function_manager {
    ($harness:expr) => {
        $crate::function_manager!(@each $harness;
            what_is_created_is_described_as_asked,
            an_upload_is_told_from_its_beginning_to_its_end,
            a_first_version_is_published_where_it_is_asked_for,
            what_is_deleted_is_gone,
            what_is_not_asked_for_stays,
            what_is_empty_is_taken_away,
            new_code_has_its_checksum,
            every_change_gives_a_new_revision,
            a_stale_revision_is_a_conflict,
            showing_changes_nothing,
            environment_values_are_shown_only_where_they_are_asked_for,
            a_broken_rule_is_an_invalid_request_and_changes_nothing,
            what_exists_already_is_a_conflict,
            what_does_not_exist_is_not_found,
            secrets_are_in_no_text,
            what_is_published_stays_as_it_was,
            publishing_the_same_again_gives_the_same_version,
            a_checksum_that_is_not_the_codes_publishes_nothing,
            a_version_is_deleted_by_itself,
            a_version_that_an_alias_uses_is_not_deleted,
            versions_come_in_pages,
            tags_are_set_and_taken_away,
            calls_are_reserved_and_set_free,
        );
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test]
            async fn $guarantee() {
                $crate::workbench::hold(&$harness, $crate::functions::$guarantee).await;
            }
        )*
    };
}
