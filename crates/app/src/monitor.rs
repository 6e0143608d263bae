//! Finds the web page where a person can watch a function.

use crate::{AppError, Target};

/// The monitor page of a target.
pub fn monitor_url(target: &Target) -> Result<String, AppError> {
    target
        .connection
        .platform
        .monitor_url(&target.function)
        .ok_or_else(|| AppError::NoMonitorPage { function: target.function.name.to_string() })
}
