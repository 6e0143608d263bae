//! The run store: one record per run, and the columns that lookups need.

use crate::{
    SqliteStore,
    columns::{lossy_text, optional_text, to_integer},
    database::Survives,
    failure::{self, Failure},
    job_summary,
    listing::Listing,
    responses, retention, run_query,
    run_row::{RunRow, newer_record, read_run, run_not_found, select_run},
    runner_lock::Runner,
    store::in_place,
    writer::Needs,
    writing::Writing,
};
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, Revision, Run, RunEnd, RunKey, RunState};
use lamplight_ports::{
    Bytes, Damaged, PageRequest, PortError, PortErrorKind, Retention, RunFilter, RunPlace, RunSelector,
    RunStore, RunSummary, StoredPage, record::RECORD_VERSION,
};
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// How many keys the error about an ambiguous prefix shows.
const SHOWN_KEYS: usize = 5;

const BY_KEY: &str = select_run!(" FROM run WHERE key = ?1");
/// The unary plus keeps SQLite from using the index on `function`, which would walk through all runs of the function.
const BY_REQUEST: &str = select_run!(
    " FROM run WHERE request_id = ?1 AND +function = ?2 ORDER BY started_at DESC, key DESC LIMIT 1"
);
const LATEST: &str = select_run!(" FROM run ORDER BY started_at DESC, key DESC LIMIT 1");
const RUNNING: &str = select_run!(
    ", started_at FROM run WHERE state = 'running' AND (started_at, key) > (?1, ?2) ORDER BY started_at, key"
);
const REMOVE: &str = "DELETE FROM run WHERE key = ?1 AND version <= ?2 RETURNING job";

/// Keys are ASCII, so every key that begins with the prefix sorts before the prefix followed by the highest character.
const KEYS_BY_PREFIX: &str = "SELECT key FROM run WHERE key >= ?1 AND key < ?1 || char(0x10FFFF) \
    ORDER BY key LIMIT ?2";

#[async_trait]
impl RunStore for SqliteStore {
    async fn insert(&self, run: &Run) -> Result<(), PortError> {
        let row = RunRow::from_run(run)?;
        self.reserve(run)?;
        let needs = Needs { survives: Survives::PowerLoss, creates: true };
        let inserted =
            self.writer.write(needs, move |transaction| row.insert(transaction, None).map(drop)).await;
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
        let write = move |transaction: &Writing<'_>| {
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
            move |transaction: &Writing<'_>| rows.iter().map(|row| row.try_update(transaction)).collect();
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
            let mut select = transaction.prepare_cached(RUNNING)?;
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
                        let name = lossy_text(row, 0)?;
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
        let remove = move |transaction: &Writing<'_>| {
            // Its text is removed too, so it must have been written.
            transaction.finish()?;
            let values = params![key.as_str(), RECORD_VERSION];
            let read = |row: &Row<'_>| optional_text(row, 0);
            let removed = transaction.prepare_cached(REMOVE)?.query_row(values, read).optional()?;
            match &removed {
                Some(Some(job)) => job_summary::run_removed(transaction, job, key.as_str())?,
                Some(None) => {}
                None => refuse_newer(transaction, &key)?,
            }
            Ok(removed.is_some())
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
        let write = move |transaction: &Writing<'_>| {
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

fn find_unique_key(transaction: &Transaction<'_>, prefix: &str) -> Result<Option<String>, Failure> {
    let mut select = transaction.prepare_cached(KEYS_BY_PREFIX)?;
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

/// The first run that `sql` finds.
fn find_first(transaction: &Transaction<'_>, sql: &str, by: &[&str]) -> Result<Option<Run>, Failure> {
    let mut select = transaction.prepare_cached(sql)?;
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
