//! The run store: one record per run, and the columns that lookups need.

use crate::{
    SqliteStore,
    database::Survives,
    failure::{self, Failure},
    responses, retention,
    run_query::{self, Listing},
    runner_lock::Runner,
    store::in_place,
    writer::Needs,
};
use async_trait::async_trait;
use lamplight_domain::{
    ConnectionName, ErrorCode, InvocationType, JobName, Revision, Run, RunEnd, RunKey, RunState, RunnerId,
    Timestamp,
};
use lamplight_ports::{
    Bytes, Damaged, PageRequest, PortError, PortErrorKind, Retention, RunFilter, RunPlace, RunSelector,
    RunStore, RunSummary, StoredPage,
    record::{self, RECORD_VERSION},
};
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// How many keys the error about an ambiguous prefix shows.
const SHOWN_KEYS: usize = 5;

const INSERT: &str = "INSERT INTO run (key, version, revision, job, function, request_id, state, \
    started_at, ended_at, record, connection, parent, runner, invocation_type) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT (key) DO NOTHING";

/// Columns that come from the intent never change. When a run has ended, its lease ends too.
const UPDATE: &str = "UPDATE run SET version = ?2, revision = revision + 1, request_id = ?4, state = ?5, \
    ended_at = ?6, record = ?7, runner = ?8, lease_until = iif(?6 IS NULL, lease_until, NULL) \
    WHERE key = ?1 AND revision = ?3 AND version <= ?2 RETURNING id";

const CLAIM: &str = "UPDATE run SET revision = revision + 1, runner = ?2, lease_until = ?3 WHERE key = ?1";

const HEARTBEAT: &str = "UPDATE run SET lease_until = ?3 WHERE key = ?1 AND runner = ?2 AND version <= ?4 \
    AND state IN ('queued', 'running')";

macro_rules! select_run {
    ($rest:literal) => {
        concat!("SELECT key, revision, record, runner, lease_until FROM run ", $rest)
    };
}

const BY_KEY: &str = select_run!("WHERE key = ?1");
/// The unary plus keeps SQLite from using the index on `function`, which would walk through all runs of the function.
const BY_REQUEST: &str =
    select_run!("WHERE request_id = ?1 AND +function = ?2 ORDER BY started_at DESC, key DESC LIMIT 1");
const LATEST: &str = select_run!("ORDER BY started_at DESC, key DESC LIMIT 1");
const RUNNING: &str = "SELECT key, revision, record, runner, lease_until, started_at FROM run \
    WHERE state = 'running' AND (started_at, key) > (?1, ?2) ORDER BY started_at, key";
const CLAIMABLE: &str = select_run!(
    "WHERE state = 'queued' AND (lease_until IS NULL OR lease_until <= ?1) AND version <= ?2 ORDER BY started_at, key"
);

const REMOVE: &str = "DELETE FROM run WHERE key = ?1 AND version <= ?2";

/// Keys are ASCII, so every key that begins with the prefix sorts before the prefix followed by the highest character.
const KEYS_BY_PREFIX: &str = "SELECT key FROM run WHERE key >= ?1 AND key < ?1 || char(0x10FFFF) \
    ORDER BY key LIMIT ?2";

#[async_trait]
impl RunStore for SqliteStore {
    async fn insert(&self, run: &Run) -> Result<(), PortError> {
        let row = RunRow::from_run(run)?;
        self.reserve(run)?;
        let needs = Needs { survives: Survives::PowerLoss, creates: true };
        let inserted = self.writer.write(needs, move |transaction| row.insert(transaction)).await;
        if inserted.is_err() {
            in_place(|| self.runner.release(run.key()));
        }
        inserted?.ok_or_else(|| failure::missing_store(self.path()))
    }

    async fn update(&self, run: &Run, response: Option<Bytes>) -> Result<Revision, PortError> {
        let row = RunRow::from_run(run)?;
        // After a power loss a started run must not be found queued. An outcome that is lost only makes the run
        // Unknown.
        let survives = if run.outcome().is_some() { Survives::ProcessEnd } else { Survives::PowerLoss };
        self.reserve(run)?;
        let write = move |transaction: &Transaction<'_>| {
            let id = row.update(transaction)?;
            if let Some(response) = &response {
                responses::replace(transaction, id, response)?;
            }
            Ok(())
        };
        let updated = self.writer.write(Needs { survives, creates: false }, write).await?;
        if updated.is_some() && run.outcome().is_some() {
            in_place(|| self.runner.release(run.key()));
        }
        updated.map(|()| run.revision.next()).ok_or_else(|| run_not_found(run.key()))
    }

    async fn update_all(&self, runs: &[Run]) -> Result<Vec<Option<Revision>>, PortError> {
        let rows = runs.iter().map(RunRow::from_run).collect::<Result<Vec<_>, _>>()?;
        let write =
            move |transaction: &Transaction<'_>| rows.iter().map(|row| row.try_update(transaction)).collect();
        let survives = if runs.iter().all(|run| run.outcome().is_some()) {
            Survives::ProcessEnd
        } else {
            Survives::PowerLoss
        };
        let needs = Needs { survives, creates: false };
        let updated: Option<Vec<Option<i64>>> = self.writer.write(needs, write).await?;
        let stored = updated.unwrap_or_else(|| vec![None; runs.len()]);
        let revision = |(run, id): (&Run, Option<i64>)| id.map(|_| run.revision.next());
        Ok(runs.iter().zip(stored).map(revision).collect())
    }

    async fn set_aside(&self, run: &Run) -> Result<(), PortError> {
        let Some(end) = run.end() else { return Ok(()) };
        in_place(|| self.runner.set_aside(end))
    }

    async fn take_in(&self) -> Result<Vec<RunKey>, PortError> {
        let mut taken = Vec::new();
        for end in self.runner.own_ends() {
            let key = end.key.clone();
            if self.store_end(end).await? {
                taken.push(key.clone());
            }
            in_place(|| self.runner.release(&key));
        }
        for path in in_place(|| self.runner.files()) {
            let Some(mut left) = in_place(|| Runner::open_left(path)) else { continue };
            for end in std::mem::take(&mut left.found.ends) {
                let key = end.key.clone();
                if self.store_end(end).await? {
                    taken.push(key);
                }
            }
            if !left.found.has_newer {
                in_place(|| left.remove());
            }
        }
        Ok(taken)
    }

    async fn claim(
        &self,
        runner: &RunnerId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Run>, PortError> {
        let (runner, now, until) = (runner.clone(), now.as_microsecond(), until.as_microsecond());
        // A power loss that undoes the claim has also ended the process that made it.
        let needs = Needs { survives: Survives::ProcessEnd, creates: false };
        let claimed =
            self.writer.write(needs, move |transaction| claim(transaction, &runner, now, until)).await?;
        Ok(claimed.flatten())
    }

    async fn heartbeat(&self, key: &RunKey, runner: &RunnerId, until: Timestamp) -> Result<bool, PortError> {
        let (key, runner, until) = (key.clone(), runner.clone(), until.as_microsecond());
        let write = move |transaction: &Transaction<'_>| {
            let values = params![key.as_str(), runner.0, until, RECORD_VERSION];
            Ok(transaction.prepare(HEARTBEAT)?.execute(values)? > 0)
        };
        let renewed =
            self.writer.write(Needs { survives: Survives::ProcessEnd, creates: false }, write).await?;
        Ok(renewed.unwrap_or(false))
    }

    async fn find(&self, selector: &RunSelector) -> Result<Option<Run>, PortError> {
        let found = self.read(|transaction| match selector {
            RunSelector::Key(key) => find_first(transaction, BY_KEY, &[key.as_str()]),
            RunSelector::KeyPrefix(prefix) => match find_unique_key(transaction, prefix)? {
                Some(key) => find_first(transaction, BY_KEY, &[&key]),
                None => Ok(None),
            },
            RunSelector::RequestId(function, id) => {
                find_first(transaction, BY_REQUEST, &[id.as_str(), function.as_str()])
            }
            RunSelector::Latest => find_first(transaction, LATEST, &[]),
        })?;
        Ok(found.flatten())
    }

    async fn response(&self, key: &RunKey) -> Result<Option<Bytes>, PortError> {
        let found = self.read(|transaction| responses::read(transaction, key))?;
        Ok(found.flatten().map(Bytes::from))
    }

    async fn list(
        &self,
        filter: &RunFilter,
        page: &PageRequest,
    ) -> Result<StoredPage<RunSummary>, PortError> {
        let listing = Listing::new(filter, page)?;
        let found = self.read(|transaction| run_query::list(transaction, &listing))?;
        Ok(found.unwrap_or_default())
    }

    async fn running(&self, page: &PageRequest) -> Result<StoredPage<Run>, PortError> {
        let after = page.marker.as_deref().map(RunPlace::from_marker).transpose()?;
        let found = self.read(|transaction| {
            let mut select = transaction.prepare(RUNNING)?;
            let (time, key) =
                after.as_ref().map_or((i64::MIN, ""), |place| (place.started_at, place.key.as_str()));
            let mut rows = select.query(params![time, key])?;
            let mut found = StoredPage::default();
            let mut last: Option<RunPlace> = None;
            while let Some(row) = rows.next()? {
                if found.items.len() == page.limit() {
                    found.next_marker = last.map(|place| place.to_string());
                    break;
                }
                match read_run(row) {
                    Ok(run) => {
                        last = Some(RunPlace { started_at: row.get(5)?, key: run.key().clone() });
                        found.items.push(run);
                    }
                    Err(failure) => {
                        let name = run_query::lossy_text(row, 0)?;
                        found.damaged.push(Damaged { name, reason: failure.reason() });
                    }
                }
            }
            Ok(found)
        })?;
        Ok(found.unwrap_or_default())
    }

    async fn remove_run(&self, key: &RunKey) -> Result<bool, PortError> {
        let key = key.clone();
        let remove = move |transaction: &Transaction<'_>| {
            let removed = transaction.prepare(REMOVE)?.execute(params![key.as_str(), RECORD_VERSION])? > 0;
            if !removed {
                refuse_newer(transaction, &key)?;
            }
            Ok(removed)
        };
        let needs = Needs { survives: Survives::PowerLoss, creates: false };
        Ok(self.writer.write(needs, remove).await?.unwrap_or(false))
    }

    async fn prune(&self, retention: &Retention) -> Result<u64, PortError> {
        let retention = *retention;
        let needs = Needs { survives: Survives::ProcessEnd, creates: false };
        let removed =
            self.writer.write(needs, move |transaction| retention::prune(transaction, &retention)).await?;
        Ok(removed.unwrap_or(0))
    }
}

impl SqliteStore {
    /// Reserves space for the end of a run that this process makes.
    fn reserve(&self, run: &Run) -> Result<(), PortError> {
        if run.state() != RunState::Running {
            return Ok(());
        }
        in_place(|| self.runner.reserve(run.runner(), run.key()))
    }

    /// Stores an end that was set aside. Returns whether the run has changed.
    async fn store_end(&self, end: RunEnd) -> Result<bool, PortError> {
        let write = move |transaction: &Transaction<'_>| {
            let Some(mut run) = find_first(transaction, BY_KEY, &[end.key.as_str()])? else {
                return Ok(false);
            };
            let before = run.clone();
            if run.take_end(end.clone()).is_err() || run == before {
                return Ok(false);
            }
            RunRow::from_run(&run)?.update(transaction)?;
            Ok(true)
        };
        let stored =
            self.writer.write(Needs { survives: Survives::PowerLoss, creates: false }, write).await?;
        Ok(stored.unwrap_or(false))
    }
}

/// The values of a run's row.
struct RunRow {
    key: RunKey,
    revision: Revision,
    job: Option<JobName>,
    function: String,
    connection: ConnectionName,
    parent: Option<String>,
    runner: Option<String>,
    invocation_type: InvocationType,
    request_id: Option<String>,
    state: RunState,
    started_at: i64,
    ended_at: Option<i64>,
    record: String,
}

impl RunRow {
    fn from_run(run: &Run) -> Result<Self, PortError> {
        let record = record::write(run)
            .map_err(|error| failure::record_error(&format!("run {}", run.key()), error))?;
        Ok(Self {
            key: run.key().clone(),
            revision: run.revision,
            job: run.intent.job.clone(),
            function: run.function_name().to_string(),
            connection: run.intent.connection.clone(),
            parent: run.intent.provenance.parent.as_ref().map(|parent| parent.id().to_string()),
            runner: run.runner().map(|runner| runner.0.clone()),
            invocation_type: run.intent.effective.invocation_type.value,
            request_id: run.request_id().map(str::to_owned),
            state: run.state(),
            started_at: run.intent.started_at.as_microsecond(),
            ended_at: run.ended_at().map(Timestamp::as_microsecond),
            record,
        })
    }

    fn insert(&self, transaction: &Transaction<'_>) -> Result<(), Failure> {
        let inserted = transaction.prepare(INSERT)?.execute(params![
            self.key.as_str(),
            RECORD_VERSION,
            to_integer(self.revision.0),
            self.job.as_ref().map(JobName::as_str),
            self.function,
            self.request_id,
            self.state.as_str(),
            self.started_at,
            self.ended_at,
            self.record,
            self.connection.as_str(),
            self.parent,
            self.runner,
            self.invocation_type.as_str(),
        ])?;
        if inserted == 0 {
            return Err(failure::conflict(format!("run {} already exists", self.key)).into());
        }
        Ok(())
    }

    /// Returns the ID of the row.
    fn update(&self, transaction: &Transaction<'_>) -> Result<i64, Failure> {
        match self.try_update(transaction)? {
            Some(id) => Ok(id),
            None => Err(self.why_not_updated(transaction)?.into()),
        }
    }

    /// Returns the ID of the row; `None` if the stored revision is another one.
    fn try_update(&self, transaction: &Transaction<'_>) -> Result<Option<i64>, Failure> {
        let values = params![
            self.key.as_str(),
            RECORD_VERSION,
            to_integer(self.revision.0),
            self.request_id,
            self.state.as_str(),
            self.ended_at,
            self.record,
            self.runner,
        ];
        Ok(transaction.prepare(UPDATE)?.query_row(values, |row| row.get(0)).optional()?)
    }

    fn why_not_updated(&self, transaction: &Transaction<'_>) -> Result<PortError, Failure> {
        let sql = "SELECT version, revision FROM run WHERE key = ?1";
        let kept: Option<(u32, i64)> = transaction
            .query_row(sql, [self.key.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(match kept {
            None => run_not_found(&self.key),
            Some((found, _)) if found > RECORD_VERSION => newer_record(&self.key, found),
            Some((_, revision)) => failure::conflict(format!(
                "run {} was changed by another process: it is at revision {revision}, not {}",
                self.key, self.revision.0
            )),
        })
    }
}

/// Gives the oldest queued run without a valid lease to the runner. A run that cannot be read cannot be started, so it
/// stays as it is; lists name it.
fn claim(
    transaction: &Transaction<'_>,
    runner: &RunnerId,
    now: i64,
    until: i64,
) -> Result<Option<Run>, Failure> {
    let mut select = transaction.prepare(CLAIMABLE)?;
    let mut rows = select.query(params![now, RECORD_VERSION])?;
    while let Some(row) = rows.next()? {
        let Ok(mut run) = read_run(row) else { continue };
        if run.claim(runner.clone()).is_err() {
            continue;
        }
        transaction.prepare(CLAIM)?.execute(params![run.key().as_str(), runner.0, until])?;
        run.revision = run.revision.next();
        run.lease_until = Timestamp::from_microsecond(until).ok();
        return Ok(Some(run));
    }
    Ok(None)
}

/// SQLite's integers are signed; no revision or size comes near the limit.
fn to_integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn run_not_found(key: &RunKey) -> PortError {
    PortError::new(PortErrorKind::NotFound, ErrorCode::RunNotFound, format!("run {key} not found"))
}

fn find_unique_key(transaction: &Transaction<'_>, prefix: &str) -> Result<Option<String>, Failure> {
    let mut select = transaction.prepare(KEYS_BY_PREFIX)?;
    let rows = select.query_map(params![prefix, to_integer(SHOWN_KEYS as u64 + 1)], |row| row.get(0))?;
    let mut keys = rows.collect::<Result<Vec<String>, _>>()?;
    if keys.len() > 1 {
        let more = if keys.len() > SHOWN_KEYS { ", …" } else { "" };
        keys.truncate(SHOWN_KEYS);
        let message = format!("more than one run begins with {prefix:?}: {}{more}", keys.join(", "));
        let error = PortError::new(PortErrorKind::InvalidRequest, ErrorCode::RunAmbiguous, message);
        return Err(error.with_hint("give more characters of the key").into());
    }
    Ok(keys.pop())
}

/// Reads a row of the table.
fn read_run(row: &Row<'_>) -> Result<Run, Failure> {
    let text = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
    let mut run = match record::read::<Run>(text) {
        Ok(run) => run,
        Err(error) => {
            let key: String = row.get(0)?;
            return Err(failure::record_error(&format!("run {key}"), error).into());
        }
    };
    run.revision = Revision(row.get::<_, i64>(1)?.unsigned_abs());
    // Claims and heartbeats change only the columns, not the record.
    if run.state() == RunState::Queued
        && let Some(runner) = row.get::<_, Option<String>>(3)?
    {
        // Claiming a queued run cannot fail.
        let _ = run.claim(RunnerId(runner));
    }
    run.lease_until =
        row.get::<_, Option<i64>>(4)?.and_then(|micros| Timestamp::from_microsecond(micros).ok());
    Ok(run)
}

/// Fails if a newer build wrote the record; such a record is not changed.
fn refuse_newer(transaction: &Transaction<'_>, key: &RunKey) -> Result<(), Failure> {
    let sql = "SELECT version FROM run WHERE key = ?1 AND version > ?2";
    let newer =
        transaction.query_row(sql, params![key.as_str(), RECORD_VERSION], |row| row.get(0)).optional()?;
    match newer {
        Some(found) => Err(newer_record(key, found).into()),
        None => Ok(()),
    }
}

fn newer_record(key: &RunKey, found: u32) -> PortError {
    let newer = record::RecordError::Newer { found, known: RECORD_VERSION };
    failure::record_error(&format!("run {key}"), newer)
}

/// The first run that `sql` finds.
fn find_first(transaction: &Transaction<'_>, sql: &str, by: &[&str]) -> Result<Option<Run>, Failure> {
    let mut select = transaction.prepare(sql)?;
    let mut rows = select.query(rusqlite::params_from_iter(by))?;
    rows.next()?.map(read_run).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_query::plan;

    #[test]
    fn every_query_walks_an_index_and_sorts_nothing() {
        for (sql, expected) in [
            (LATEST, "SCAN run USING INDEX run_by_start"),
            (BY_KEY, "SEARCH run USING INDEX sqlite_autoindex_run_1 (key=?)"),
            (KEYS_BY_PREFIX, "SEARCH run USING COVERING INDEX sqlite_autoindex_run_1 (key>? AND key<?)"),
            (RUNNING, "SEARCH run USING INDEX run_by_state (state=? AND (started_at,key)>(?,?))"),
            (CLAIMABLE, "SEARCH run USING INDEX run_by_state (state=?)"),
            (CLAIM, "SEARCH run USING INDEX sqlite_autoindex_run_1 (key=?)"),
            (HEARTBEAT, "SEARCH run USING INDEX sqlite_autoindex_run_1 (key=?)"),
            (UPDATE, "SEARCH run USING INDEX sqlite_autoindex_run_1 (key=?)"),
        ] {
            assert_eq!(plan(sql), expected, "{sql}");
        }
        let removal = plan(REMOVE);
        assert!(removal.starts_with("SEARCH run USING INDEX sqlite_autoindex_run_1 (key=?)"), "{removal}");
        // Request IDs are unique except by accident, so there is almost nothing to sort.
        let by_request = plan(BY_REQUEST);
        assert!(
            by_request.starts_with("SEARCH run USING INDEX run_by_request (request_id=?)"),
            "{by_request}"
        );
    }
}
