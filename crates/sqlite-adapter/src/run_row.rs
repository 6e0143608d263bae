//! The row of a run, and what is written with it: its number, its place in the queue, its text and its counts.

use crate::{
    columns::to_integer,
    failure::{self, Failure},
    job_summary,
    rollups::{Ended, Move},
    run_text,
    writing::Writing,
};
use lamplight_domain::{
    ConnectionName, ErrorCode, InvocationType, JobName, Revision, Run, RunKey, RunState, RunnerId, Timestamp,
};
use lamplight_ports::{
    Lane, Order, PortError, PortErrorKind, RunText,
    record::{self, RECORD_VERSION},
};
use rusqlite::{OptionalExtension, Row, params};

const INSERT: &str = "INSERT INTO run (key, version, revision, job, function, request_id, state, started_at, \
    ended_at, record, connection, parent, runner, invocation_type, change, place) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) \
    ON CONFLICT (key) DO NOTHING RETURNING id";

const STORED: &str = "SELECT id, version, revision, state, ended_at, place FROM run WHERE key = ?1";

/// Columns that come from the intent never change. When a run has ended, its lease ends too.
const UPDATE: &str = "UPDATE run SET version = ?2, revision = revision + 1, request_id = ?3, state = ?4, \
    ended_at = ?5, record = ?6, runner = ?7, change = ?8, lease_until = iif(?5 IS NULL, lease_until, NULL) \
    WHERE id = ?1";

/// Leaves alone what no update changes while a run goes on, and so most indices.
const UPDATE_RECORD: &str = "UPDATE run SET version = ?2, revision = revision + 1, record = ?3, runner = ?4, \
    change = ?5 WHERE id = ?1";

const OPEN: &str = "INSERT INTO open_run (run, lane, connection, holder, started_at, key, until, body) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
/// A run that has started needs its order no more.
const START: &str = "UPDATE open_run SET until = ?2, holder = '', body = NULL WHERE run = ?1";
const CLOSE: &str = "DELETE FROM open_run WHERE run = ?1";

/// The end of the lease of a run that has started, in the queue: it is under way until it ends.
pub(crate) const RUNNING: i64 = i64::MAX;

/// The columns that [`read_run`] reads.
macro_rules! select_run {
    ($rest:literal) => {
        concat!("SELECT run.key, revision, record, runner, lease_until", $rest)
    };
}
pub(crate) use select_run;

/// The values of a run's row.
pub(crate) struct RunRow {
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
    text: RunText,
    lane: String,
}

/// What is stored of a run.
struct Stored {
    id: i64,
    version: u32,
    revision: i64,
    state: String,
    ended_at: Option<i64>,
    place: Option<i64>,
}

impl Stored {
    fn read(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            id: row.get(0)?,
            version: row.get(1)?,
            revision: row.get(2)?,
            state: row.get(3)?,
            ended_at: row.get(4)?,
            place: row.get(5)?,
        })
    }
}

impl RunRow {
    pub(crate) fn from_run(run: &Run) -> Result<Self, PortError> {
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
            text: RunText::of(run),
            lane: lane_text(&Lane::of(run)),
        })
    }

    /// Inserts the run, with its order if it has one, and returns the ID of its row.
    pub(crate) fn insert(&self, writing: &Writing<'_>, order: Option<&Order>) -> Result<i64, Failure> {
        let place = run_text::free_place(writing, self.started_at)?;
        let values = params![
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
            writing.next_change()?,
            place,
        ];
        let inserted = writing.prepare_cached(INSERT)?.query_row(values, |row| row.get(0)).optional()?;
        let Some(id) = inserted else {
            return Err(failure::conflict(format!("run {} already exists", self.key)).into());
        };
        self.add_to_history(writing, id, place, order)?;
        Ok(id)
    }

    /// Writes what belongs to a new row.
    pub(crate) fn add_to_history(
        &self,
        writing: &Writing<'_>,
        id: i64,
        place: Option<i64>,
        order: Option<&Order>,
    ) -> Result<(), Failure> {
        if let Some(place) = place {
            writing.index(place, &self.text, self.state, false);
        }
        if let Some(ended_at) = self.ended_at {
            let ended = Ended::new(self.state.as_str(), self.started_at, ended_at);
            writing.count(self.counted(None, ended));
        } else {
            let holder =
                order.and_then(|order| order.held_by.as_ref()).map_or("", |holder| holder.0.as_str());
            let until = (self.state == RunState::Running).then_some(RUNNING);
            writing.prepare_cached(OPEN)?.execute(params![
                id,
                self.lane,
                self.connection.as_str(),
                holder,
                self.started_at,
                self.key.as_str(),
                until,
                order.map(|order| order.body.as_ref()),
            ])?;
        }
        if let Some(job) = &self.job {
            job_summary::run_added(writing, job, self.key.as_str(), self.state, self.started_at)?;
        }
        Ok(())
    }

    /// Returns the ID of the row.
    pub(crate) fn update(&self, writing: &Writing<'_>) -> Result<i64, Failure> {
        let stored = self.stored(writing)?;
        match &stored {
            Some(stored) if self.is_successor_of(stored) => self.replace(writing, stored),
            Some(Stored { version, .. }) if *version > RECORD_VERSION => {
                Err(newer_record(&self.key, *version).into())
            }
            Some(Stored { revision, .. }) => {
                let (key, own) = (&self.key, self.revision.0);
                let message = format!(
                    "run {key} was changed by another process: it is at revision {revision}, not {own}"
                );
                Err(failure::conflict(message).into())
            }
            None => Err(run_not_found(&self.key).into()),
        }
    }

    /// Returns the ID of the row; `None` if the stored revision is another one.
    pub(crate) fn try_update(&self, writing: &Writing<'_>) -> Result<Option<i64>, Failure> {
        let stored = self.stored(writing)?.filter(|stored| self.is_successor_of(stored));
        stored.map(|stored| self.replace(writing, &stored)).transpose()
    }

    fn stored(&self, writing: &Writing<'_>) -> Result<Option<Stored>, Failure> {
        let mut select = writing.prepare_cached(STORED)?;
        Ok(select.query_row([self.key.as_str()], Stored::read).optional()?)
    }

    /// Whether this is a change of what is stored. Writers hold the lock, so it is not changed meanwhile.
    fn is_successor_of(&self, stored: &Stored) -> bool {
        stored.version <= RECORD_VERSION && stored.revision == to_integer(self.revision.0)
    }

    fn replace(&self, writing: &Writing<'_>, stored: &Stored) -> Result<i64, Failure> {
        let (id, change) = (stored.id, writing.next_change()?);
        if stored.state == self.state.as_str() && self.ended_at.is_none() {
            let values = params![id, RECORD_VERSION, self.record, self.runner, change];
            writing.prepare_cached(UPDATE_RECORD)?.execute(values)?;
            return Ok(id);
        }
        writing.prepare_cached(UPDATE)?.execute(params![
            id,
            RECORD_VERSION,
            self.request_id,
            self.state.as_str(),
            self.ended_at,
            self.record,
            self.runner,
            change,
        ])?;
        if let Some(ended_at) = self.ended_at {
            self.end(writing, stored, ended_at)?;
        } else {
            writing.prepare_cached(START)?.execute(params![id, RUNNING])?;
        }
        if let Some(job) = &self.job {
            job_summary::run_changed(writing, job, self.key.as_str(), self.state)?;
        }
        Ok(id)
    }

    /// Writes what follows from an outcome, the first one or a better one.
    fn end(&self, writing: &Writing<'_>, stored: &Stored, ended_at: i64) -> Result<(), Failure> {
        let before = stored.ended_at.map(|ended_at| Ended::new(&stored.state, self.started_at, ended_at));
        if before.is_none() {
            writing.prepare_cached(CLOSE)?.execute([stored.id])?;
        }
        let after = Ended::new(self.state.as_str(), self.started_at, ended_at);
        let is_indexed_again =
            before.is_some() || !self.text.error.is_empty() || !run_text::trouble(self.state).is_empty();
        writing.count(self.counted(before, after));
        if let Some(place) = stored.place.filter(|_| is_indexed_again) {
            writing.index(place, &self.text, self.state, true);
        }
        Ok(())
    }

    fn counted(&self, before: Option<Ended>, after: Ended) -> Move {
        Move {
            job: self.job.as_ref().map(ToString::to_string),
            connection: self.connection.to_string(),
            started_at: self.started_at,
            before,
            after,
        }
    }
}

/// A lane as text. No name contains a slash.
pub(crate) fn lane_text(lane: &Lane) -> String {
    match lane {
        Lane::Job(job) => format!("job/{job}"),
        Lane::Function(connection, function) => format!("function/{connection}/{function}"),
    }
}

/// Reads a row of the table.
pub(crate) fn read_run(row: &Row<'_>) -> Result<Run, Failure> {
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

pub(crate) fn run_not_found(key: &RunKey) -> PortError {
    PortError::new(PortErrorKind::NotFound, ErrorCode::RunNotFound, format!("run {key} not found"))
}

pub(crate) fn newer_record(key: &RunKey, found: u32) -> PortError {
    let newer = record::RecordError::Newer { found, known: RECORD_VERSION };
    failure::record_error(&format!("run {key}"), newer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_query::plan;

    #[test]
    fn every_write_finds_its_row_by_a_key() {
        let by_id = "SEARCH run USING INTEGER PRIMARY KEY (rowid=?)";
        let in_queue = "SEARCH open_run USING INTEGER PRIMARY KEY (rowid=?)";
        for (sql, expected) in [
            (STORED, "SEARCH run USING INDEX sqlite_autoindex_run_1 (key=?)"),
            (UPDATE, by_id),
            (UPDATE_RECORD, by_id),
            (START, in_queue),
            (CLOSE, in_queue),
        ] {
            assert_eq!(plan(sql), expected, "{sql}");
        }
    }
}
