//! Counts, changes and notes.

use crate::{
    SqliteStore,
    columns::to_integer,
    database::Survives,
    failure::Failure,
    job_summary, rollups, run_query,
    writer::Needs,
    writing::{LAST_CHANGE, Writing},
};
use async_trait::async_trait;
use lamplight_domain::{RunKey, Timestamp};
use lamplight_ports::{
    ChangeNumber, ChartBucket, ChartRequest, JobFilter, JobOverview, Note, PageRequest, PortError,
    RunHistory, RunSummary, StateCount, StoredPage,
};
use rusqlite::{Row, Transaction, params};
use std::time::Duration;

const ADD_NOTE: &str = "INSERT INTO note (run, who, at, text) SELECT id, ?2, ?3, ?4 FROM run WHERE key = ?1";
const NOTES: &str =
    "SELECT who, at, text FROM note JOIN run ON run.id = note.run WHERE run.key = ?1 ORDER BY note.id";

/// How long a waiting caller waits at most.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// How often a waiting caller looks for changes of other processes.
const LOOK_EVERY: Duration = Duration::from_millis(250);

#[async_trait]
impl RunHistory for SqliteStore {
    async fn chart(&self, request: &ChartRequest) -> Result<Vec<ChartBucket>, PortError> {
        Ok(self.read(|transaction| rollups::chart(transaction, request))?.unwrap_or_default())
    }

    async fn jobs(
        &self,
        filter: &JobFilter,
        page: &PageRequest,
    ) -> Result<StoredPage<JobOverview>, PortError> {
        let after = job_summary::place_of_marker(page)?;
        let list = |transaction: &Transaction<'_>| {
            job_summary::list(transaction, filter, after.as_ref(), page.limit())
        };
        Ok(self.read(list)?.unwrap_or_default())
    }

    async fn count_jobs(&self, filter: &JobFilter) -> Result<Vec<StateCount>, PortError> {
        Ok(self.read(|transaction| job_summary::count(transaction, filter))?.unwrap_or_default())
    }

    async fn last_change(&self) -> Result<ChangeNumber, PortError> {
        let read = |transaction: &Transaction<'_>| -> Result<i64, Failure> {
            Ok(transaction.prepare_cached(LAST_CHANGE)?.query_row([], |row| row.get(0))?)
        };
        Ok(ChangeNumber(self.read(read)?.unwrap_or(0).unsigned_abs()))
    }

    async fn changes(
        &self,
        after: ChangeNumber,
        most: u32,
    ) -> Result<Vec<(ChangeNumber, RunSummary)>, PortError> {
        let found = self.read(|transaction| run_query::changes(transaction, to_integer(after.0), most))?;
        let numbered = |(number, run): (i64, RunSummary)| (ChangeNumber(number.unsigned_abs()), run);
        Ok(found.unwrap_or_default().into_iter().map(numbered).collect())
    }

    async fn wait_for_change(&self, after: ChangeNumber) -> Result<(), PortError> {
        let mut commits = self.writer.commits();
        let waiting = async {
            while self.last_change().await? <= after {
                // A commit of this process ends the wait early. It may have changed no run.
                let _ = tokio::time::timeout(LOOK_EVERY, commits.changed()).await;
            }
            Ok(())
        };
        tokio::time::timeout(LONGEST_WAIT, waiting).await.unwrap_or(Ok(()))
    }

    async fn add_note(&self, key: &RunKey, note: &Note) -> Result<bool, PortError> {
        let (key, Note { by, at, text }) = (key.clone(), note.clone());
        let needs = Needs { survives: Survives::PowerLoss, creates: false };
        let write = move |transaction: &Writing<'_>| {
            let values = params![key.as_str(), by, at.as_microsecond(), text];
            Ok(transaction.prepare_cached(ADD_NOTE)?.execute(values)? > 0)
        };
        Ok(self.writer.write(needs, write).await?.unwrap_or(false))
    }

    async fn notes(&self, key: &RunKey) -> Result<Vec<Note>, PortError> {
        let read = |row: &Row<'_>| {
            let at = Timestamp::from_microsecond(row.get(1)?).unwrap_or(Timestamp::UNIX_EPOCH);
            Ok(Note { by: row.get(0)?, at, text: row.get(2)? })
        };
        let found = self.read(|transaction| {
            let mut select = transaction.prepare_cached(NOTES)?;
            Ok(select.query_map([key.as_str()], read)?.collect::<Result<Vec<_>, _>>()?)
        })?;
        Ok(found.unwrap_or_default())
    }
}
