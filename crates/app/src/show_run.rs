//! Finds a run by what users call it, and decodes run IDs that are not in the store.

use crate::AppError;
use lamplight_domain::{Run, RunId};
use lamplight_ports::{Bytes, RunSelector, RunStore};
use std::str::FromStr;

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
}

/// Finds a run.
///
/// # Guarantees
/// - A well-formed run ID is never an error, even if the run is not in the store.
/// - The provider is not called.
pub async fn show_run(runs: &dyn RunStore, name: &RunName) -> Result<FoundRun, AppError> {
    let (selector, decoded, shown) = match name {
        RunName::Latest => (RunSelector::Latest, None, "latest".to_owned()),
        RunName::Key(prefix) => (RunSelector::KeyPrefix(prefix.clone()), None, prefix.clone()),
        RunName::Id(id) => (selector_of(id), Some(id.clone()), id.to_string()),
    };
    let run = runs.find(&selector).await?;
    let run = run.filter(|run| decoded.as_ref().is_none_or(|id| run.function_name() == id.function()));
    if run.is_none() && decoded.is_none() {
        return Err(AppError::RunNotFound { name: shown });
    }
    let response = match &run {
        Some(run) => runs.response(run.key()).await?,
        None => None,
    };
    Ok(FoundRun { decoded, run, response })
}

fn selector_of(id: &RunId) -> RunSelector {
    match id.local_key().and_then(|key| key.parse().ok()) {
        Some(key) => RunSelector::Key(key),
        None => RunSelector::RequestId(id.function().clone(), id.request_id().to_owned()),
    }
}
