//! Counts of runs that have ended, by start, state and duration, so that a chart of any number of runs is a small read.

use crate::failure::Failure;
use lamplight_domain::{Histogram, RunState, Timestamp};
use lamplight_ports::{BucketLength, ChartBucket, ChartRequest};
use rusqlite::{Transaction, params};
use std::{collections::BTreeMap, time::Duration};

/// How long buckets of five minutes are kept, in microseconds.
const FIVE_MINUTES_KEPT: i64 = 2 * 24 * 3600 * 1_000_000;

/// Most runs are counted in a row that exists, and an update takes half the time of an upsert that says whether it
/// inserted.
const ADD: &str = "UPDATE rollup SET count = max(count + ?8, 0) \
    WHERE kind = ?1 AND length = ?2 AND name = ?3 AND start = ?4 AND part = ?5 AND state = ?6 AND bin = ?7";
const INSERT: &str = "INSERT INTO rollup VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const FORGET: &str = "DELETE FROM rollup WHERE kind = ?1 AND length = ?2 AND name = ?3 AND start < ?4";
const READ: &str = "SELECT start, part, state, bin, count FROM rollup \
    WHERE kind = ?1 AND length = ?2 AND name = ?3 AND start BETWEEN ?4 AND ?5 AND count > 0";

/// What is counted together, beside the time.
const ALL: u8 = 0;
const OF_CONNECTION: u8 = 1;
const OF_JOB: u8 = 2;

/// The outcome of a run that is to be counted, and the one that it replaces.
#[derive(Debug)]
pub(crate) struct Move {
    pub(crate) job: Option<String>,
    pub(crate) connection: String,
    pub(crate) started_at: i64,
    pub(crate) before: Option<Ended>,
    pub(crate) after: Ended,
}

/// An outcome, as far as it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    state: String,
    bin: u8,
}

impl Ended {
    /// The outcome of a run that started and ended at these times.
    pub(crate) fn new(state: &str, started_at: i64, ended_at: i64) -> Self {
        let micros = u64::try_from(ended_at.saturating_sub(started_at)).unwrap_or(0);
        Self { state: state.to_owned(), bin: Histogram::bin(Duration::from_micros(micros)) }
    }
}

/// The key of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    kind: u8,
    bucket: BucketLength,
    name: &'a str,
    start: i64,
    part: &'a str,
    state: &'a str,
    bin: u8,
}

/// Writes the counts of these outcomes, each row once.
pub(crate) fn write(transaction: &Transaction<'_>, moves: &[Move]) -> Result<(), Failure> {
    let mut changes: BTreeMap<Key<'_>, i64> = BTreeMap::new();
    for outcome in moves.iter().filter(|outcome| outcome.before.as_ref() != Some(&outcome.after)) {
        let started_at = Timestamp::from_microsecond(outcome.started_at).unwrap_or(Timestamp::UNIX_EPOCH);
        let connection = outcome.connection.as_str();
        let groups = [Some((ALL, "", "")), Some((OF_CONNECTION, connection, ""))];
        let of_job = outcome.job.as_deref().map(|job| (OF_JOB, job, connection));
        for (kind, name, part) in groups.into_iter().chain([of_job]).flatten() {
            for bucket in BucketLength::ALL {
                let start = bucket.start(started_at).as_microsecond();
                for (ended, change) in [(Some(&outcome.after), 1), (outcome.before.as_ref(), -1)] {
                    if let Some(Ended { state, bin }) = ended {
                        let key = Key { kind, bucket, name, start, part, state, bin: *bin };
                        *changes.entry(key).or_default() += change;
                    }
                }
            }
        }
    }
    for (key, change) in changes.into_iter().filter(|(_, change)| *change != 0) {
        add(transaction, key, change)?;
    }
    Ok(())
}

fn add(transaction: &Transaction<'_>, key: Key<'_>, change: i64) -> Result<(), Failure> {
    let Key { kind, bucket, name, start, part, state, bin } = key;
    let length = seconds(bucket);
    let values = params![kind, length, name, start, part, state, bin, change];
    if transaction.prepare_cached(ADD)?.execute(values)? > 0 || change < 0 {
        return Ok(());
    }
    transaction.prepare_cached(INSERT)?.execute(values)?;
    if bucket == BucketLength::FiveMinutes {
        let values = params![kind, length, name, start - FIVE_MINUTES_KEPT];
        transaction.prepare_cached(FORGET)?.execute(values)?;
    }
    Ok(())
}

/// Reads a chart.
pub(crate) fn chart(
    transaction: &Transaction<'_>,
    request: &ChartRequest,
) -> Result<Vec<ChartBucket>, Failure> {
    let ChartRequest { job, connection, scope, since, until, bucket } = request;
    let connections = match (connection, &scope.connections) {
        (Some(own), _) if !scope.has_connection(own) => return Ok(Vec::new()),
        (Some(own), _) => Some(vec![own]),
        (None, Some(all)) => Some(all.iter().collect()),
        (None, None) => None,
    };
    let jobs = match (job, &scope.jobs) {
        (Some(own), Some(all)) if !all.contains(own) => return Ok(Vec::new()),
        (Some(own), _) => Some(vec![own]),
        (None, Some(all)) => Some(all.iter().collect()),
        (None, None) => None,
    };
    let groups: Vec<(u8, &str)> = match (&jobs, &connections) {
        (Some(jobs), _) => jobs.iter().map(|job| (OF_JOB, job.as_str())).collect(),
        (None, Some(connections)) => connections.iter().map(|name| (OF_CONNECTION, name.as_str())).collect(),
        (None, None) => vec![(ALL, "")],
    };
    let is_counted = |kind: u8, part: &str| {
        let has_part = |names: &Vec<_>| {
            names.iter().any(|name: &&lamplight_domain::ConnectionName| name.as_str() == part)
        };
        kind != OF_JOB || connections.as_ref().is_none_or(has_part)
    };
    let mut found: BTreeMap<(i64, usize), Histogram> = BTreeMap::new();
    let mut select = transaction.prepare_cached(READ)?;
    for (kind, name) in groups {
        let (first, last) = (bucket.start(*since).as_microsecond(), until.as_microsecond());
        let mut rows = select.query(params![kind, seconds(*bucket), name, first, last])?;
        while let Some(row) = rows.next()? {
            let part = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            let state = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
            // A newer build may know more states.
            let Some(state) = RunState::ALL.iter().position(|known| known.as_str() == state) else {
                continue;
            };
            if is_counted(kind, part) {
                let count: i64 = row.get(4)?;
                found.entry((row.get(0)?, state)).or_default().add(row.get(3)?, count.unsigned_abs());
            }
        }
    }
    let bucket = |((start, state), durations): ((i64, usize), Histogram)| {
        let start = Timestamp::from_microsecond(start).ok()?;
        Some(ChartBucket { start, state: *RunState::ALL.get(state)?, durations })
    };
    Ok(found.into_iter().filter_map(bucket).collect())
}

fn seconds(bucket: BucketLength) -> i64 {
    i64::try_from(bucket.duration().as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_query::plan;

    #[test]
    fn counts_are_read_and_changed_by_their_key() {
        let range = "(kind=? AND length=? AND name=? AND start";
        for sql in [READ, FORGET, ADD] {
            let plan = plan(sql);
            assert!(plan.starts_with("SEARCH rollup USING PRIMARY KEY") && plan.contains(range), "{plan}");
        }
    }
}
