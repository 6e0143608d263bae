//! Lists in pages.

use crate::{PortError, PortErrorKind};
use lamplight_domain::{ErrorCode, JobName, Run, RunKey, RunState, Status, Timestamp};
use std::fmt;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// The marker of the next page; `None` on the last page. A page may be empty and not be the last one.
    pub next_marker: Option<String>,
}

impl<T> Default for Page<T> {
    /// The only page of an empty list.
    fn default() -> Self {
        Self { items: Vec::new(), next_marker: None }
    }
}

/// One page of a store's list, and the records in it that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPage<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// The records that belong to this page and cannot be read. They do not count as items.
    pub damaged: Vec<Damaged>,
    /// The marker of the next page; `None` on the last page.
    pub next_marker: Option<String>,
}

impl<T> Default for StoredPage<T> {
    /// The only page of an empty list.
    fn default() -> Self {
        Self { items: Vec::new(), damaged: Vec::new(), next_marker: None }
    }
}

/// A record that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// The key of the run or the name of the job, as far as it can be read.
    pub name: String,
    /// Why it cannot be read: lower case, without a final period.
    pub reason: String,
}

/// A request for a page of a store's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The marker of the previous page, as the store gave it; `None` for the first page.
    pub marker: Option<String>,
    /// The maximum number of items. It is clamped to 1–[`PageRequest::LARGEST`].
    pub size: u32,
}

impl PageRequest {
    /// The maximum page size: enough to fill any screen, few enough to read at once.
    pub const LARGEST: u32 = 1000;

    /// The first page, with at most `size` items.
    pub fn first(size: u32) -> Self {
        Self { marker: None, size }
    }

    /// The maximum number of items, clamped.
    pub fn limit(&self) -> usize {
        usize::try_from(self.size.clamp(1, Self::LARGEST)).unwrap_or(1)
    }
}

impl Default for PageRequest {
    /// The first page of the largest size.
    fn default() -> Self {
        Self::first(Self::LARGEST)
    }
}

/// A position in a list of runs, which is sorted by start time in microseconds and then by key. Its text is the marker
/// of a page, so runs that are added or removed in the meantime do not shift other runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunPlace {
    /// When the run started, in microseconds since 1970.
    pub started_at: i64,
    /// The run key.
    pub key: RunKey,
}

impl RunPlace {
    /// The position of a run.
    pub fn new(started_at: Timestamp, key: RunKey) -> Self {
        Self { started_at: started_at.as_microsecond(), key }
    }

    /// The position of a run in lists.
    pub fn of(run: &Run) -> Self {
        Self::new(run.intent.started_at, run.key().clone())
    }

    /// Parses a marker.
    ///
    /// # Errors
    /// [`InvalidRequest`](PortErrorKind::InvalidRequest) if it is not a marker of a list of runs.
    pub fn from_marker(marker: &str) -> Result<Self, PortError> {
        let parts = marker.split_once('.');
        let place = parts
            .and_then(|(time, key)| Some(Self { started_at: time.parse().ok()?, key: key.parse().ok()? }));
        place.ok_or_else(|| invalid_marker(marker))
    }
}

impl fmt::Display for RunPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.started_at, self.key)
    }
}

/// A position in a list of jobs by their latest runs. Its text is the marker of a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobPlace {
    /// 0 if the latest run failed, is unknown or was rejected, 1 if it did not, 2 if there is none.
    pub group: u8,
    /// The start of the latest run in microseconds, negative, so that later ones come first; 0 if there is none.
    pub recency: i64,
    /// The job.
    pub name: JobName,
}

impl JobPlace {
    /// The position of a job with this latest run.
    pub fn new(name: JobName, latest: Option<(RunState, Timestamp)>) -> Self {
        let Some((state, started_at)) = latest else { return Self { group: 2, recency: 0, name } };
        let is_trouble = state.is_final() && state.status() != Status::Success;
        Self { group: u8::from(!is_trouble), recency: -started_at.as_microsecond(), name }
    }

    /// Parses a marker.
    ///
    /// # Errors
    /// [`InvalidRequest`](PortErrorKind::InvalidRequest) if it is not a marker of a list of jobs.
    pub fn from_marker(marker: &str) -> Result<Self, PortError> {
        let mut parts = marker.splitn(3, '.');
        let mut next = || parts.next().ok_or_else(|| invalid_marker(marker));
        let (group, recency, name) = (next()?.parse(), next()?.parse(), next()?.parse());
        match (group, recency, name) {
            (Ok(group), Ok(recency), Ok(name)) => Ok(Self { group, recency, name }),
            _ => Err(invalid_marker(marker)),
        }
    }
}

impl fmt::Display for JobPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.group, self.recency, self.name)
    }
}

/// The error for a marker that does not belong to the list.
pub fn invalid_marker(marker: &str) -> PortError {
    let shown: String = marker.chars().take(80).collect();
    let message = format!(
        "{shown:?} is not a marker of this list; use the marker that was returned with the previous page"
    );
    PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest, message)
}
