//! Removing runs that need not be kept any longer.

use crate::{
    columns::{lossy_text, optional_text},
    failure::Failure,
    job_summary,
    writing::Writing,
};
use lamplight_ports::{Retention, record::RECORD_VERSION};
use rusqlite::{OptionalExtension, params};

/// The start time and key of a run: runs before it are removed if they have ended.
type Bound = (i64, String);

/// The last run to keep; everything after it in the list is removed.
const LAST_KEPT: &str =
    "SELECT started_at, key FROM run ORDER BY started_at DESC, key DESC LIMIT 1 OFFSET ?1";

const DELETE: &str = "DELETE FROM run WHERE id IN (SELECT id FROM run WHERE (started_at, key) < (?1, ?2) \
    AND state NOT IN ('queued', 'running') AND version <= ?3 ORDER BY started_at, key LIMIT ?4) RETURNING job, key";

/// Removes the oldest runs that need not be kept, at most [`Retention::MOST_AT_ONCE`] of them, and returns how many
/// were removed.
pub(crate) fn prune(writing: &Writing<'_>, retention: &Retention) -> Result<u64, Failure> {
    let by_age: Option<Bound> = retention.started_before.map(|time| (time.as_microsecond(), String::new()));
    let by_count: Option<Bound> = match retention.keep_at_most {
        None => None,
        Some(0) => Some((i64::MAX, String::new())),
        Some(most) => {
            let offset = i64::try_from(most - 1).unwrap_or(i64::MAX);
            let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            writing.query_row(LAST_KEPT, [offset], read).optional()?
        }
    };
    // Both bounds use the same order, so a run that is before either is before the later one.
    let Some((started_at, key)) = by_age.max(by_count) else { return Ok(0) };
    let values = params![started_at, key, RECORD_VERSION, Retention::MOST_AT_ONCE];
    let read = |row: &rusqlite::Row<'_>| Ok((optional_text(row, 0)?, lossy_text(row, 1)?));
    // Their texts are removed too, so they must have been written.
    writing.finish()?;
    let mut delete = writing.prepare_cached(DELETE)?;
    let removed = delete.query_map(values, read)?.collect::<Result<Vec<_>, _>>()?;
    for (job, key) in &removed {
        if let Some(job) = job {
            job_summary::run_removed(writing, job, key)?;
        }
    }
    Ok(removed.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_query::plan;

    #[test]
    fn pruning_walks_from_the_oldest_and_sorts_nothing() {
        assert_eq!(plan(LAST_KEPT), "SCAN run USING COVERING INDEX run_by_start");
        let plan = plan(DELETE);
        assert!(
            plan.contains("INDEX run_by_start ((started_at,key)<(?,?))") && !plan.contains("TEMP B-TREE"),
            "{plan}"
        );
    }
}
