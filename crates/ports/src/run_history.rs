//! What the store has counted, its changes in order, and what people have noted.

use crate::{PageRequest, PortError, RunSummary, StoredJob, StoredPage};
use async_trait::async_trait;
use lamplight_domain::{ConnectionName, Histogram, JobName, RunKey, RunState, Scope, Timestamp};
use std::{fmt::Debug, time::Duration};

/// Which counts to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartRequest {
    /// Only runs of this job.
    pub job: Option<JobName>,
    /// Only runs on this connection.
    pub connection: Option<ConnectionName>,
    /// Only what this scope includes.
    pub scope: Scope,
    /// From the bucket that contains this time.
    pub since: Timestamp,
    /// Up to and including the bucket that contains this time.
    pub until: Timestamp,
    /// The length of a bucket.
    pub bucket: BucketLength,
}

/// The length of a bucket of time, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BucketLength {
    /// Five minutes, kept for two days.
    FiveMinutes,
    /// An hour.
    Hour,
    /// A day.
    Day,
}

impl BucketLength {
    /// The start of the bucket that contains a time.
    pub fn start(self, time: Timestamp) -> Timestamp {
        let length = i64::try_from(self.duration().as_micros()).unwrap_or(i64::MAX);
        let micros = time.as_microsecond().div_euclid(length) * length;
        // Only the first bucket of all times begins too early.
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MIN)
    }

    /// All lengths, the shortest first.
    pub const ALL: [Self; 3] = [Self::FiveMinutes, Self::Hour, Self::Day];

    /// The length.
    pub fn duration(self) -> Duration {
        match self {
            Self::FiveMinutes => Duration::from_mins(5),
            Self::Hour => Duration::from_hours(1),
            Self::Day => Duration::from_hours(24),
        }
    }
}

/// The runs of one state that started in one bucket of time and have an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartBucket {
    /// When the bucket begins.
    pub start: Timestamp,
    /// The state.
    pub state: RunState,
    /// From the start of the run to its outcome. Its count is the number of runs.
    pub durations: Histogram,
}

/// Which jobs to list: those that match all of these conditions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Only jobs whose name, function or description contains these words, or words that begin with them.
    pub text: Option<String>,
    /// Only jobs of this connection.
    pub connection: Option<ConnectionName>,
    /// Only jobs whose latest run is in one of these states. An empty list means any, and jobs without a run.
    pub latest: Vec<RunState>,
    /// Only what this scope includes.
    pub scope: Scope,
}

/// A job with its latest runs.
#[derive(Debug, Clone, PartialEq)]
pub struct JobOverview {
    /// The job.
    pub stored: StoredJob,
    /// Its latest runs, latest first, at most [`JobOverview::RUNS`].
    pub runs: Vec<RunSummary>,
}

impl JobOverview {
    /// How many runs an overview has at most.
    pub const RUNS: usize = 10;
}

/// How many runs there are in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateCount {
    /// The state.
    pub state: RunState,
    /// The number of runs.
    pub count: u64,
}

/// The position of a change of the store, from 1; later changes have higher numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeNumber(pub u64);

/// What a person wrote about a run. It changes no state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The text, at most 4,000 characters.
    pub text: String,
}

impl Note {
    /// The most characters of a note.
    pub const LONGEST: usize = 4000;
}

/// Counts, changes and notes of a store.
///
/// # Guarantees
/// - Counts are changed in the transaction that stores a run's outcome. An outcome that is replaced by a better one is
///   counted once, as the better one. Runs that are removed stay counted.
/// - Reading counts, a page of jobs or changes takes a time that does not depend on the number of runs.
#[async_trait]
pub trait RunHistory: Debug + Send + Sync + 'static {
    /// Reads counts, sorted by start and state. Buckets without a run are left out.
    async fn chart(&self, request: &ChartRequest) -> Result<Vec<ChartBucket>, PortError>;

    /// Reads a page of jobs with their latest runs: first those whose latest run failed, is unknown or was rejected, the
    /// latest first; then the others by the start of their latest run, the latest first; then those without a run, by
    /// name.
    ///
    /// # Guarantees
    /// - Following `next_marker` from the first page to the last one returns every job that does not change its place
    ///   exactly once.
    async fn jobs(
        &self,
        filter: &JobFilter,
        page: &PageRequest,
    ) -> Result<StoredPage<JobOverview>, PortError>;

    /// How many jobs match, by the state of their latest run; jobs without a run are not counted.
    async fn count_jobs(&self, filter: &JobFilter) -> Result<Vec<StateCount>, PortError>;

    /// The latest change; 0 if nothing was ever stored.
    async fn last_change(&self) -> Result<ChangeNumber, PortError>;

    /// The runs that were stored or changed after a change, in the order of their latest change, at most `most`.
    ///
    /// # Guarantees
    /// - A run that changed several times is returned once, as it is now.
    /// - Claims and heartbeats are not changes: a summary does not show them.
    async fn changes(
        &self,
        after: ChangeNumber,
        most: u32,
    ) -> Result<Vec<(ChangeNumber, RunSummary)>, PortError>;

    /// Returns when there is a change after this one, made by any process that shares the store, or after a second.
    async fn wait_for_change(&self, after: ChangeNumber) -> Result<(), PortError>;

    /// Keeps a note on a run; `false` if the run does not exist.
    async fn add_note(&self, key: &RunKey, note: &Note) -> Result<bool, PortError>;

    /// The notes on a run, oldest first.
    async fn notes(&self, key: &RunKey) -> Result<Vec<Note>, PortError>;
}
