//! Listings that come in pages.

use crate::{PortError, PortErrorKind};
use lamplight_domain::{ErrorCode, RunKey, Timestamp};
use std::fmt;

/// Some things in the lister's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The things.
    pub items: Vec<T>,
    /// Where the next page begins; `None` at the end. A page may be empty and not the last.
    pub next_marker: Option<String>,
}

impl<T> Default for Page<T> {
    /// The only page of an empty list.
    fn default() -> Self {
        Self { items: Vec::new(), next_marker: None }
    }
}

/// Which page of a store's list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// Where to go on: the marker of the page before, as the store gave it; `None` is the beginning.
    pub marker: Option<String>,
    /// How many things at most. At least 1 and at most [`PageRequest::LARGEST`] are given, whatever is asked for.
    pub size: u32,
}

impl PageRequest {
    /// The most that a page holds: enough to fill any screen, few enough to be read at once.
    pub const LARGEST: u32 = 1000;

    /// The first page, of so many things.
    pub fn first(size: u32) -> Self {
        Self { marker: None, size }
    }

    /// How many things a store gives at most.
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

/// A place in a list of runs, which is ordered by when they began, to the microsecond, and by key. What a store gives as
/// the marker of a page is this as text: runs that are added or removed meanwhile move no other run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunPlace {
    /// When the run began, in microseconds since 1970.
    pub started_at: i64,
    /// The run's key.
    pub key: RunKey,
}

impl RunPlace {
    /// The place of a run.
    pub fn new(started_at: Timestamp, key: RunKey) -> Self {
        Self { started_at: started_at.as_microsecond(), key }
    }

    /// Reads a marker.
    ///
    /// # Errors
    /// [`InvalidRequest`](PortErrorKind::InvalidRequest) where no store gave it.
    pub fn from_marker(marker: &str) -> Result<Self, PortError> {
        let parts = marker.split_once('.');
        let place = parts
            .and_then(|(time, key)| Some(Self { started_at: time.parse().ok()?, key: key.parse().ok()? }));
        place.ok_or_else(|| bad_marker(marker))
    }
}

impl fmt::Display for RunPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.started_at, self.key)
    }
}

/// The failure of a list whose marker is not one of its own.
pub fn bad_marker(marker: &str) -> PortError {
    let shown: String = marker.chars().take(80).collect();
    let message = format!("{shown:?} is not a marker of this list; it is given with the page before");
    PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest, message)
}
