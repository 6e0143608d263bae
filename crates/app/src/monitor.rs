//! Finds the web page where a person can watch a function.

use crate::{AppError, Target};

/// The monitor page of a target.
pub fn monitor_url(target: &Target) -> Result<String, AppError> {
    let platform = &target.connection.platform;
    platform.monitor_url(&target.function).ok_or_else(|| AppError::NoMonitorPage {
        function: target.function.name.to_string(),
        reason: platform.no_monitor_reason(),
    })
}
