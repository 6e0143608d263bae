//! What a store has counted, the jobs with their latest runs, and what people have noted.

use crate::{DamagedView, JobView, RunSummaryView, StateWord};
use lamplight_domain::Timestamp;
use lamplight_ports::{ChartBucket, JobOverview, Note};
use schemars::JsonSchema;
use serde::Serialize;

/// A run that was recorded and waits for a runner.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SubmittedRunView<'a> {
    /// The key of the run.
    pub key: &'a str,
    /// The address of the run, relative to the server.
    pub url: String,
    /// False if an earlier request with the same idempotency key made the run.
    pub is_new: bool,
}

/// A page of jobs: first those whose latest run failed, is unknown or was rejected.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JobPageView<'a> {
    /// The jobs.
    pub jobs: Vec<JobOverviewView<'a>>,
    /// The marker of the next page; null on the last page.
    pub next_marker: Option<&'a str>,
    /// The jobs whose record cannot be read.
    pub damaged: Vec<DamagedView<'a>>,
}

/// A job with its latest runs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JobOverviewView<'a> {
    /// The job.
    pub job: JobView<'a>,
    /// The revision of the job, for `If-Match`.
    pub revision: u64,
    /// Its latest runs, latest first.
    pub runs: Vec<RunSummaryView<'a>>,
}

impl<'a> From<&'a JobOverview> for JobOverviewView<'a> {
    fn from(overview: &'a JobOverview) -> Self {
        let JobOverview { stored, runs } = overview;
        Self {
            job: JobView::from(&stored.job),
            revision: stored.revision.0,
            runs: runs.iter().map(RunSummaryView::from).collect(),
        }
    }
}

/// The runs of a period, counted by the time at which they started.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChartView {
    /// The counts, sorted by start and state. Periods without a run are left out.
    pub buckets: Vec<ChartBucketView>,
}

/// The runs of one state that started in one period and have an outcome.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChartBucketView {
    /// When the period begins.
    pub start: Timestamp,
    /// The state.
    pub state: StateWord,
    /// The number of runs.
    pub count: u64,
    /// The time in milliseconds from start to outcome that half of the runs did not exceed; at most 19 % too high.
    pub p50_ms: Option<f64>,
    /// The same for 90 % of the runs.
    pub p90_ms: Option<f64>,
    /// The same for 99 % of the runs.
    pub p99_ms: Option<f64>,
}

impl From<&ChartBucket> for ChartBucketView {
    fn from(bucket: &ChartBucket) -> Self {
        let ChartBucket { start, state, durations } = bucket;
        Self {
            start: *start,
            state: (*state).into(),
            count: durations.count(),
            p50_ms: durations.quantile_ms(0.5),
            p90_ms: durations.quantile_ms(0.9),
            p99_ms: durations.quantile_ms(0.99),
        }
    }
}

/// The notes on a run, oldest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NotesView<'a> {
    /// The notes.
    pub notes: Vec<NoteView<'a>>,
}

/// What a person wrote about a run. It changes no state.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NoteView<'a> {
    /// Who wrote it.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
    /// The text.
    pub text: &'a str,
}

impl<'a> From<&'a Note> for NoteView<'a> {
    fn from(note: &'a Note) -> Self {
        let Note { by, at, text } = note;
        Self { by, at: *at, text }
    }
}
