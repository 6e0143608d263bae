//! Finding a run by the names people have for it, and decoding a run id that no store knows.

use crate::AppError;
use lamplight_domain::{Run, RunId};
use lamplight_ports::{Bytes, RunSelector, RunStore};
use std::str::FromStr;

/// How a run is named: `latest`, a run id, or the beginning of a run's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunName {
    /// The run that began last.
    Latest,
    /// A run id; the beginning of a key is never one, for it holds no `/`.
    Id(RunId),
    /// The beginning of a key.
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
            // The decoder's own words say what a run id looks like.
            return text.parse().map(Self::Id).map_err(AppError::RunId);
        }
        Ok(Self::Key(key.to_owned()))
    }
}

/// What is known of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundRun {
    /// The id that was asked for, where one was: it is decoded without asking anybody.
    pub decoded: Option<RunId>,
    /// The record, where the store has one.
    pub run: Option<Run>,
    /// The response that is recorded.
    pub response: Option<Bytes>,
}

/// Finds a run.
///
/// # Guarantees
/// - A well-formed run id is always an answer, also where the store does not know the run.
/// - The provider is not asked.
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
