//! How long runs are kept.

use lamplight_domain::Timestamp;
use lamplight_ports::Retention;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long runs are kept. Without this table, all runs are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RunsTable {
    /// Remove runs that started more than this many days ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_days: Option<u32>,
    /// Keep at most this many runs: remove the oldest ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_at_most: Option<u64>,
}

impl RunsTable {
    /// The runs to remove at this time; `None` if all are kept.
    pub fn retention(&self, now: Timestamp) -> Option<Retention> {
        let Self { keep_days, keep_at_most } = *self;
        if keep_days.is_none() && keep_at_most.is_none() {
            return None;
        }
        let before = |days: u32| {
            let age = Duration::from_hours(u64::from(days) * 24);
            // Before the earliest time there are no runs.
            now.saturating_sub(age).unwrap_or(Timestamp::MIN)
        };
        Some(Retention { started_before: keep_days.map(before), keep_at_most })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_kept_as_long_as_the_table_says() {
        let now: Timestamp = "2026-03-31T12:00:00Z".parse().unwrap();
        assert_eq!(RunsTable::default().retention(now), None);
        let days = |days| RunsTable { keep_days: Some(days), keep_at_most: None }.retention(now).unwrap();
        let started_before = days(30).started_before.unwrap();
        assert_eq!(started_before.to_string(), "2026-03-01T12:00:00Z");
        assert_eq!(days(u32::MAX).started_before, Some(Timestamp::MIN));
        let both = RunsTable { keep_days: Some(0), keep_at_most: Some(7) }.retention(now).unwrap();
        assert_eq!((both.started_before, both.keep_at_most), (Some(now), Some(7)));
    }
}
