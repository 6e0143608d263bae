//! Finds a run by what users call it, and decodes run IDs that are not in the store.

use crate::AppError;
use lamplight_domain::{Run, RunId, RunKey};
use lamplight_ports::{Bytes, PageRequest, RunFilter, RunSelector, RunStore};
use std::{fmt, str::FromStr};

/// What users call a run: `latest`, a run ID, or the beginning of a run key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunName {
    /// The run that started last.
    Latest,
    /// A run ID. It contains a `/`, so it cannot be confused with a key.
    Id(RunId),
    /// The beginning of a run key.
    Key(String),
}

impl fmt::Display for RunName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("latest"),
            Self::Id(id) => id.fmt(f),
            Self::Key(key) => f.write_str(key),
        }
    }
}

impl FromStr for RunName {
    type Err = AppError;

    fn from_str(text: &str) -> Result<Self, AppError> {
        if text == "latest" {
            return Ok(Self::Latest);
        }
        if text.contains(['/', '#']) {
            return text.parse().map(Self::Id).map_err(AppError::RunId);
        }
        let key = text.strip_prefix(RunId::LOCAL).unwrap_or(text);
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if key.is_empty() || !key.bytes().all(plain) {
            // The error of the decoder says what a run ID looks like.
            return text.parse().map(Self::Id).map_err(AppError::RunId);
        }
        Ok(Self::Key(key.to_owned()))
    }
}

/// What is known about a run.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundRun {
    /// The run ID, if the run was looked up by one. It is known even if the run is not in the store.
    pub decoded: Option<RunId>,
    /// The record, if the store has one.
    pub run: Option<Run>,
    /// The recorded response.
    pub response: Option<Bytes>,
    /// Other runs of the same function with the same request ID, latest first, so that the run ID is not unique. Not all
    /// of them, if they are many.
    pub others: Vec<RunKey>,
}

/// How many other runs with the same request ID are named.
const MOST_OTHERS: u32 = 5;

/// Finds a run.
///
/// # Guarantees
/// - A well-formed run ID is never an error, even if the run is not in the store.
/// - The provider is not called.
pub async fn show_run(runs: &dyn RunStore, name: &RunName) -> Result<FoundRun, AppError> {
    let run = find_run(runs, name).await?;
    let decoded = match name {
        RunName::Id(id) => Some(id.clone()),
        RunName::Latest | RunName::Key(_) => None,
    };
    if run.is_none() && decoded.is_none() {
        return Err(AppError::RunNotFound { name: name.to_string() });
    }
    let (response, others) = match &run {
        Some(run) => (runs.response(run.key()).await?, others(runs, run).await?),
        None => (None, Vec::new()),
    };
    Ok(FoundRun { decoded, run, response, others })
}

/// Finds the record of a run; `None` if there is none.
pub async fn find_run(runs: &dyn RunStore, name: &RunName) -> Result<Option<Run>, AppError> {
    let selector = match name {
        RunName::Latest => RunSelector::Latest,
        RunName::Key(prefix) => RunSelector::KeyPrefix(prefix.clone()),
        RunName::Id(id) => selector_of(id),
    };
    let run = runs.find(&selector).await?;
    Ok(run.filter(|run| match name {
        RunName::Id(id) => run.function_name() == id.function(),
        RunName::Latest | RunName::Key(_) => true,
    }))
}

/// Other runs with the same function and request ID.
async fn others(runs: &dyn RunStore, run: &Run) -> Result<Vec<RunKey>, AppError> {
    if run.id().local_key().is_some() {
        return Ok(Vec::new());
    }
    let filter = RunFilter {
        function: Some(run.function_name().clone()),
        request_id: run.request_id().map(str::to_owned),
        ..RunFilter::default()
    };
    let found = runs.list(&filter, &PageRequest::first(MOST_OTHERS + 1)).await?;
    let keys = found.items.into_iter().map(|found| found.key).filter(|key| key != run.key());
    Ok(keys.take(MOST_OTHERS as usize).collect())
}

fn selector_of(id: &RunId) -> RunSelector {
    match id.local_key().and_then(|key| key.parse().ok()) {
        Some(key) => RunSelector::Key(key),
        None => RunSelector::RequestId(id.function().clone(), id.request_id().to_owned()),
    }
}
