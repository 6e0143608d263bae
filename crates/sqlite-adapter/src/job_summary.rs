//! What lists of jobs need: for each stored job its latest run, kept with every write of a run.

use crate::{
    columns::lossy_text, failure::Failure, job_row::read_job, listing::Listing, run_query, run_text,
};
use lamplight_domain::{Job, JobName, RunState, Timestamp};
use lamplight_ports::{
    Damaged, JobFilter, JobOverview, JobPlace, PageRequest, PortError, RunFilter, SearchWords, StateCount,
    StoredPage,
};
use rusqlite::{OptionalExtension, Transaction, params, types::Value};
use std::fmt::Write;

const SAVE: &str = "INSERT INTO job_summary (name, connection, part, recency) VALUES (?1, ?2, 2, 0) \
    ON CONFLICT (name) DO UPDATE SET connection = excluded.connection RETURNING id, latest";
const SET_LATEST: &str =
    "UPDATE job_summary SET part = ?2, recency = ?3, latest = ?4, state = ?5 WHERE name = ?1";
/// A run that started before the latest one is not the latest.
const RUN_ADDED: &str = "UPDATE job_summary SET part = ?2, recency = ?3, latest = ?4, state = ?5 \
    WHERE name = ?1 AND (latest IS NULL OR ?3 < recency OR (?3 = recency AND ?4 > latest))";
const RUN_CHANGED: &str = "UPDATE job_summary SET part = ?2, state = ?4 WHERE name = ?1 AND latest = ?3";
const IS_LATEST: &str = "SELECT 1 FROM job_summary WHERE name = ?1 AND latest = ?2";

/// Keeps up with a job that was stored.
pub(crate) fn job_saved(transaction: &Transaction<'_>, job: &Job) -> Result<(), Failure> {
    let values = params![job.name.as_str(), job.connection.as_str()];
    let (id, latest): (i64, Option<String>) =
        transaction.prepare_cached(SAVE)?.query_row(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    run_text::replace_job(transaction, id, job)?;
    // The job may have had runs before.
    if latest.is_none() { find_latest(transaction, &job.name) } else { Ok(()) }
}

/// Keeps up with a new run of a job, whether the job is stored or not.
pub(crate) fn run_added(
    transaction: &Transaction<'_>,
    job: &JobName,
    key: &str,
    state: RunState,
    started_at: i64,
) -> Result<(), Failure> {
    let place = place(job, state, started_at);
    let values = params![job.as_str(), place.group, place.recency, key, state.as_str()];
    transaction.prepare_cached(RUN_ADDED)?.execute(values)?;
    Ok(())
}

/// Keeps up with a run in another state.
pub(crate) fn run_changed(
    transaction: &Transaction<'_>,
    job: &JobName,
    key: &str,
    state: RunState,
) -> Result<(), Failure> {
    let group = place(job, state, 0).group;
    transaction.prepare_cached(RUN_CHANGED)?.execute(params![job.as_str(), group, key, state.as_str()])?;
    Ok(())
}

/// Keeps up with a run that was removed.
pub(crate) fn run_removed(transaction: &Transaction<'_>, job: &str, key: &str) -> Result<(), Failure> {
    let was_latest = transaction.prepare_cached(IS_LATEST)?.exists([job, key])?;
    match job.parse() {
        Ok(job) if was_latest => find_latest(transaction, &job),
        _ => Ok(()),
    }
}

/// Sets the latest run of a job to the one that started last.
fn find_latest(transaction: &Transaction<'_>, job: &JobName) -> Result<(), Failure> {
    let filter = RunFilter { job: Some(job.clone()), ..RunFilter::default() };
    let listing = Listing::new(&filter, &PageRequest::first(1))?;
    let latest = run_query::list(transaction, &listing)?.items.pop();
    let place = JobPlace::new(job.clone(), latest.as_ref().map(|run| (run.state, run.started_at)));
    let key = latest.as_ref().map(|run| run.key.as_str());
    let state = latest.as_ref().map(|run| run.state.as_str());
    let values = params![job.as_str(), place.group, place.recency, key, state];
    transaction.prepare_cached(SET_LATEST)?.execute(values)?;
    Ok(())
}

fn place(job: &JobName, state: RunState, started_at: i64) -> JobPlace {
    let started_at = Timestamp::from_microsecond(started_at).unwrap_or(Timestamp::UNIX_EPOCH);
    JobPlace::new(job.clone(), Some((state, started_at)))
}

/// The condition for jobs that match a filter, and its values.
fn condition(filter: &JobFilter) -> (String, Vec<Value>) {
    let JobFilter { text, connection, latest, scope } = filter;
    let value = |text: &str| Value::Text(text.to_owned());
    let words = SearchWords::parse(text.as_deref().unwrap_or_default());
    let (mut sql, mut values) = ("1".to_owned(), Vec::new());
    let mut among = |column: &str, names: Vec<Value>| {
        // Writing into a string cannot fail.
        let _ = write!(sql, " AND {column} IN ({})", vec!["?"; names.len()].join(", "));
        values.extend(names);
    };
    if let Some(connection) = connection {
        among("connection", vec![value(connection.as_str())]);
    }
    if let Some(connections) = &scope.connections {
        among("connection", connections.iter().map(|name| value(name.as_str())).collect());
    }
    if let Some(jobs) = &scope.jobs {
        among("name", jobs.iter().map(|name| value(name.as_str())).collect());
    }
    if !latest.is_empty() {
        among("state", latest.iter().map(|state| value(state.as_str())).collect());
    }
    if !words.words().is_empty() {
        sql += " AND id IN (SELECT rowid FROM job_text WHERE job_text MATCH ?)";
        values.push(Value::Text(run_text::job_query(&words)));
    }
    (sql, values)
}

/// Reads a page of jobs.
pub(crate) fn list(
    transaction: &Transaction<'_>,
    filter: &JobFilter,
    after: Option<&JobPlace>,
    limit: usize,
) -> Result<StoredPage<JobOverview>, Failure> {
    let (condition, mut values) = condition(filter);
    let (mut group, mut recency, mut name) =
        (Value::Integer(-1), Value::Integer(0), Value::Text(String::new()));
    if let Some(after) = after {
        group = Value::Integer(after.group.into());
        recency = Value::Integer(after.recency);
        name = Value::Text(after.name.to_string());
    }
    values.extend([group, recency, name]);
    let sql = format!("{PAGE} WHERE {condition} AND (part, recency, name) > (?, ?, ?) {IN_ORDER}");
    let mut select = transaction.prepare_cached(&sql)?;
    let mut rows = select.query(rusqlite::params_from_iter(values))?;
    let mut page = StoredPage::default();
    let mut last: Option<JobPlace> = None;
    while let Some(row) = rows.next()? {
        if page.items.len() == limit {
            page.next_marker = last.map(|place| place.to_string());
            break;
        }
        let name: String = lossy_text(row, 0)?;
        let stored =
            transaction.prepare_cached(JOB)?.query_row([&name], |row| Ok(read_job(row))).optional()?;
        match stored {
            None => {}
            Some(Err(failure)) => page.damaged.push(Damaged { name, reason: failure.reason() }),
            Some(Ok(stored)) => {
                last = Some(JobPlace {
                    group: row.get(1)?,
                    recency: row.get(2)?,
                    name: stored.job.name.clone(),
                });
                let runs = latest_runs(transaction, filter, &stored.job.name)?;
                page.items.push(JobOverview { stored, runs });
            }
        }
    }
    Ok(page)
}

const PAGE: &str = "SELECT name, part, recency FROM job_summary INDEXED BY job_by_place";
const IN_ORDER: &str = "ORDER BY part, recency, name";
const JOB: &str = "SELECT name, revision, record FROM job WHERE name = ?1";

fn latest_runs(
    transaction: &Transaction<'_>,
    filter: &JobFilter,
    job: &JobName,
) -> Result<Vec<lamplight_ports::RunSummary>, Failure> {
    let filter = RunFilter { job: Some(job.clone()), scope: filter.scope.clone(), ..RunFilter::default() };
    let most = u32::try_from(JobOverview::RUNS).unwrap_or(1);
    let listing = Listing::new(&filter, &PageRequest::first(most))?;
    Ok(run_query::list(transaction, &listing)?.items)
}

/// Counts the jobs that match by the state of their latest run.
pub(crate) fn count(transaction: &Transaction<'_>, filter: &JobFilter) -> Result<Vec<StateCount>, Failure> {
    let (condition, values) = condition(filter);
    let sql = format!(
        "SELECT state, count(*) FROM job_summary INDEXED BY job_by_place WHERE {condition} AND state IS NOT NULL \
         GROUP BY state"
    );
    let mut select = transaction.prepare_cached(&sql)?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?));
    let found = select.query_map(rusqlite::params_from_iter(values), read)?.collect::<Result<Vec<_>, _>>()?;
    let count = |state: RunState| {
        let (_, count) = found.iter().find(|(name, _)| *name == state.as_str())?;
        Some(StateCount { state, count: count.unsigned_abs() })
    };
    Ok(RunState::ALL.into_iter().filter_map(count).collect())
}

/// Parses the marker of a page.
pub(crate) fn place_of_marker(page: &PageRequest) -> Result<Option<JobPlace>, PortError> {
    page.marker.as_deref().map(JobPlace::from_marker).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_query::plan;

    #[test]
    fn lists_walk_the_index_in_its_order_and_writes_find_their_row_by_name() {
        let every = JobFilter {
            text: Some("a b".to_owned()),
            connection: Some("c".parse().unwrap()),
            latest: vec![RunState::Unknown],
            scope: lamplight_domain::Scope { connections: Some([].into()), jobs: Some([].into()) },
        };
        for filter in [JobFilter::default(), every] {
            let (condition, _) = condition(&filter);
            let plan =
                plan(&format!("{PAGE} WHERE {condition} AND (part, recency, name) > (?, ?, ?) {IN_ORDER}"));
            assert!(plan.contains("COVERING INDEX job_by_place") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
        for sql in [SET_LATEST, RUN_ADDED, RUN_CHANGED, IS_LATEST] {
            let plan = plan(sql);
            assert!(plan.contains("INDEX sqlite_autoindex_job_summary_1 (name=?)"), "{plan}");
        }
    }
}
