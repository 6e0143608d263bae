//! What every adapter of [`Account`](lamplight_ports::Account) must do.

use crate::workbench::{Gap, Workbench};
use lamplight_ports::AccountSettings;
use std::sync::Arc;

/// Expands to one test per guarantee. The argument is an expression that creates a
/// [`WorkbenchHarness`](crate::workbench::WorkbenchHarness); the crate needs `tokio` with its macros as a
/// dev-dependency.
#[macro_export]
macro_rules! account {
    ($harness:expr) => {
        $crate::account!(@each $harness;
            limits_and_usage_are_reported,
            reading_settings_changes_nothing,
        );
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test]
            async fn $guarantee() {
                $crate::workbench::check_guarantee(&$harness, $crate::account::$guarantee).await;
            }
        )*
    };
}

async fn read_settings(bench: &Workbench) -> Option<AccountSettings> {
    let outcome = bench.management.account.settings().await;
    bench.expect(Gap::Account, outcome.is_ok(), &outcome);
    outcome.ok()
}

/// The limits are reported, and an existing function is counted in the usage.
pub async fn limits_and_usage_are_reported(bench: Arc<Workbench>) {
    bench.function().await;
    let Some(settings) = read_settings(&bench).await else { return };
    let told = settings.limits.concurrent_executions.is_some()
        && settings.limits.total_code_bytes.is_some()
        && settings.usage.functions.is_some_and(|functions| functions >= 1)
        && settings.usage.total_code_bytes.is_some();
    bench.expect(Gap::AccountFigures, told, &settings);
}

/// Reading the settings changes nothing: a second read reports the same limits.
pub async fn reading_settings_changes_nothing(bench: Arc<Workbench>) {
    let (Some(one), Some(other)) = (read_settings(&bench).await, read_settings(&bench).await) else { return };
    let (one, other) = (one.limits, other.limits);
    assert_eq!(
        (one.total_code_bytes, one.unpacked_code_bytes, one.concurrent_executions),
        (other.total_code_bytes, other.unpacked_code_bytes, other.concurrent_executions)
    );
}
