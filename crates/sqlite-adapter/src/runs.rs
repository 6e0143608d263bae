//! The run store: a record for each run, and the columns that lookups need.

use crate::{
    SqliteStore,
    database::Survives,
    failure::{self, Failure},
    responses,
};
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, FunctionName, JobName, Revision, Run, RunKey, RunState, Timestamp};
use lamplight_ports::{
    Bytes, PortError, PortErrorKind, RunFilter, RunSelector, RunStore, RunSummary,
    record::{self, RECORD_VERSION},
};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::str::FromStr;

/// How many keys an error about an ambiguous prefix shows.
const SHOWN_KEYS: usize = 5;

const INSERT: &str = "INSERT INTO run (key, version, revision, job, function, request_id, state, \
    started_at, ended_at, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
    ON CONFLICT (key) DO NOTHING RETURNING id";

const UPDATE: &str = "UPDATE run SET version = ?2, revision = revision + 1, job = ?4, function = ?5, \
    request_id = ?6, state = ?7, started_at = ?8, ended_at = ?9, record = ?10 \
    WHERE key = ?1 AND revision = ?3 AND version <= ?2 RETURNING id";

macro_rules! select_run {
    ($rest:literal) => {
        concat!("SELECT key, revision, record FROM run ", $rest)
    };
}

const BY_KEY: &str = select_run!("WHERE key = ?1");
const BY_REQUEST: &str =
    select_run!("WHERE request_id = ?1 AND function = ?2 ORDER BY started_at DESC, key DESC LIMIT 1");
const LATEST: &str = select_run!("ORDER BY started_at DESC, key DESC LIMIT 1");
const RUNNING: &str = select_run!("WHERE state = 'running' ORDER BY id");

/// Keys are ASCII, so every key that begins with a text sorts before that text with the last of all characters.
const KEYS_BY_PREFIX: &str = "SELECT key FROM run WHERE key >= ?1 AND key < ?1 || char(0x10FFFF) \
    ORDER BY key LIMIT ?2";

const LIST: &str = "SELECT key, job, function, request_id, state, started_at, ended_at FROM run \
    WHERE (?1 IS NULL OR job = ?1) AND (?2 IS NULL OR function = ?2) AND (?3 IS NULL OR state = ?3) \
    ORDER BY started_at DESC, key DESC LIMIT ?4";

#[async_trait]
impl RunStore for SqliteStore {
    async fn insert(&self, run: &Run) -> Result<(), PortError> {
        let record = written(run)?;
        self.created(|database| {
            let transaction = database.write(Survives::PowerLoss)?;
            if put(&transaction, INSERT, run, &record)?.is_none() {
                return Err(failure::conflict(format!("run {} exists already", run.key())).into());
            }
            Ok(transaction.commit()?)
        })
    }

    async fn update(&self, run: &Run, response: Option<Bytes>) -> Result<Revision, PortError> {
        let record = written(run)?;
        let survives = if run.outcome().is_some() { Survives::ProcessEnd } else { Survives::PowerLoss };
        let updated = self.existing(|database| {
            let transaction = database.write(survives)?;
            let Some(id) = put(&transaction, UPDATE, run, &record)? else {
                return Err(why_not_updated(&transaction, run)?.into());
            };
            if let Some(response) = &response {
                responses::replace(&transaction, id, response)?;
            }
            transaction.commit()?;
            database.tidy();
            Ok(run.revision.next())
        })?;
        updated.ok_or_else(|| absent(run.key()))
    }

    async fn find(&self, selector: &RunSelector) -> Result<Option<Run>, PortError> {
        let found = self.existing(|database| {
            let transaction = database.read()?;
            match selector {
                RunSelector::Key(key) => one(&transaction, BY_KEY, &[key.as_str()]),
                RunSelector::KeyPrefix(prefix) => match only_key(&transaction, prefix)? {
                    Some(key) => one(&transaction, BY_KEY, &[&key]),
                    None => Ok(None),
                },
                RunSelector::RequestId(function, id) => {
                    one(&transaction, BY_REQUEST, &[id.as_str(), function.as_str()])
                }
                RunSelector::Latest => one(&transaction, LATEST, &[]),
            }
        })?;
        Ok(found.flatten())
    }

    async fn response(&self, key: &RunKey) -> Result<Option<Bytes>, PortError> {
        let found = self.existing(|database| responses::read(&database.read()?, key))?;
        Ok(found.flatten().map(Bytes::from))
    }

    async fn list(&self, filter: &RunFilter) -> Result<Vec<RunSummary>, PortError> {
        let found = self.existing(|database| {
            let transaction = database.read()?;
            let mut select = transaction.prepare(LIST)?;
            let mut rows = select.query(params![
                filter.job.as_ref().map(JobName::as_str),
                filter.function.as_ref().map(FunctionName::as_str),
                filter.state.map(RunState::as_str),
                // SQLite takes a negative limit for none.
                filter.limit.map_or(-1, i64::from),
            ])?;
            let mut runs = Vec::new();
            while let Some(row) = rows.next()? {
                match summary(row)? {
                    Some(run) => runs.push(run),
                    None => warn_left_out(row.get_ref(0)?.as_str().unwrap_or_default(), "it cannot be read"),
                }
            }
            Ok(runs)
        })?;
        Ok(found.unwrap_or_default())
    }

    async fn running(&self) -> Result<Vec<Run>, PortError> {
        let found = self.existing(|database| {
            let transaction = database.read()?;
            let mut select = transaction.prepare(RUNNING)?;
            let mut rows = select.query([])?;
            let mut runs = Vec::new();
            while let Some(row) = rows.next()? {
                match read(row) {
                    Ok(run) => runs.push(run),
                    Err(Failure::Explained(error)) => {
                        warn_left_out(row.get_ref(0)?.as_str().unwrap_or_default(), &error.message);
                    }
                    Err(error @ Failure::Sqlite(_)) => return Err(error),
                }
            }
            Ok(runs)
        })?;
        Ok(found.unwrap_or_default())
    }
}

fn written(run: &Run) -> Result<String, PortError> {
    record::write(run).map_err(|error| failure::record(&format!("run {}", run.key()), error))
}

/// Writes the run's row by `sql` and gives its id; `None` where the statement found no row to write.
fn put(transaction: &Transaction<'_>, sql: &str, run: &Run, record: &str) -> Result<Option<i64>, Failure> {
    let mut statement = transaction.prepare(sql)?;
    let id = statement
        .query_row(
            params![
                run.key().as_str(),
                RECORD_VERSION,
                integer(run.revision.0),
                run.intent.job.as_ref().map(JobName::as_str),
                run.function_name().as_str(),
                run.request_id(),
                run.state().as_str(),
                run.intent.started_at.as_microsecond(),
                run.ended_at().map(Timestamp::as_microsecond),
                record,
            ],
            |row| row.get(0),
        )
        .optional()?;
    Ok(id)
}

/// SQLite's integers are signed; no revision and no size comes near their end.
fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn why_not_updated(transaction: &Transaction<'_>, run: &Run) -> Result<PortError, Failure> {
    let kept: Option<(u32, i64)> = transaction
        .query_row("SELECT version, revision FROM run WHERE key = ?1", [run.key().as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(match kept {
        None => absent(run.key()),
        Some((found, _)) if found > RECORD_VERSION => {
            let newer = record::RecordError::Newer { found, known: RECORD_VERSION };
            failure::record(&format!("run {}", run.key()), newer)
        }
        Some((_, revision)) => failure::conflict(format!(
            "run {} was changed by another process: it is at revision {revision}, not {}",
            run.key(),
            run.revision.0
        )),
    })
}

fn absent(key: &RunKey) -> PortError {
    PortError::new(PortErrorKind::NotFound, ErrorCode::RunNotFound, format!("there is no run {key}"))
}

fn only_key(transaction: &Transaction<'_>, prefix: &str) -> Result<Option<String>, Failure> {
    let mut select = transaction.prepare(KEYS_BY_PREFIX)?;
    let rows = select.query_map(params![prefix, integer(SHOWN_KEYS as u64 + 1)], |row| row.get(0))?;
    let mut keys = rows.collect::<Result<Vec<String>, _>>()?;
    if keys.len() > 1 {
        let more = if keys.len() > SHOWN_KEYS { ", …" } else { "" };
        keys.truncate(SHOWN_KEYS);
        let message = format!("several runs begin with {prefix:?}: {}{more}", keys.join(", "));
        let error = PortError::new(PortErrorKind::InvalidRequest, ErrorCode::RunAmbiguous, message);
        return Err(error.with_hint("give more of the key").into());
    }
    Ok(keys.pop())
}

/// A row of the table, read.
fn read(row: &Row<'_>) -> Result<Run, Failure> {
    let text = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
    let mut run = match record::read::<Run>(text) {
        Ok(run) => run,
        Err(error) => {
            let key: String = row.get(0)?;
            return Err(failure::record(&format!("run {key}"), error).into());
        }
    };
    run.revision = Revision(row.get::<_, i64>(1)?.unsigned_abs());
    Ok(run)
}

/// The run that `sql` finds.
fn one(transaction: &Transaction<'_>, sql: &str, by: &[&str]) -> Result<Option<Run>, Failure> {
    let mut select = transaction.prepare(sql)?;
    let mut rows = select.query(rusqlite::params_from_iter(by))?;
    rows.next()?.map(read).transpose()
}

/// The row as a list shows it; `None` where a newer build has put something there that this one does not know.
fn summary(row: &Row<'_>) -> Result<Option<RunSummary>, rusqlite::Error> {
    fn name<T: FromStr>(row: &Row<'_>, column: usize) -> Result<Option<T>, rusqlite::Error> {
        Ok(row.get_ref(column)?.as_str_or_null()?.and_then(|text| text.parse().ok()))
    }
    let time = |micros: i64| Timestamp::from_microsecond(micros).ok();
    let state: String = row.get(4)?;
    let state = RunState::ALL.into_iter().find(|known| known.as_str() == state);
    let (Some(key), Some(function), Some(state), Some(started_at)) =
        (name(row, 0)?, name(row, 2)?, state, time(row.get(5)?))
    else {
        return Ok(None);
    };
    Ok(Some(RunSummary {
        key,
        job: name(row, 1)?,
        function,
        request_id: row.get(3)?,
        state,
        started_at,
        ended_at: row.get::<_, Option<i64>>(6)?.and_then(time),
    }))
}

fn warn_left_out(key: &str, reason: &str) {
    tracing::warn!(run.key = key, reason, "a run was left out of a list");
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    /// How SQLite goes about a query, a step a line.
    fn plan(sql: &str) -> String {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(include_str!("../migrations/0001_runs_and_jobs.sql")).unwrap();
        let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let none = vec![rusqlite::types::Null; explain.parameter_count()];
        let steps =
            explain.query_map(rusqlite::params_from_iter(none), |row| row.get::<_, String>(3)).unwrap();
        steps.map(Result::unwrap).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_query_walks_an_index_and_sorts_nothing() {
        for (sql, expected) in [
            (LIST, "SCAN run USING COVERING INDEX run_by_start"),
            (LATEST, "SCAN run USING INDEX run_by_start"),
            (BY_KEY, "SEARCH run USING INDEX sqlite_autoindex_run_1 (key=?)"),
            (KEYS_BY_PREFIX, "SEARCH run USING COVERING INDEX sqlite_autoindex_run_1 (key>? AND key<?)"),
            (RUNNING, "SCAN run USING INDEX run_unfinished"),
            (UPDATE, "SEARCH run USING INDEX sqlite_autoindex_run_1 (key=?)"),
        ] {
            assert_eq!(plan(sql), expected, "{sql}");
        }
        // A request id belongs to one run but by accident, so there is next to nothing to sort.
        let by_request = plan(BY_REQUEST);
        assert!(
            by_request.starts_with("SEARCH run USING INDEX run_by_request (request_id=?)"),
            "{by_request}"
        );
    }
}
