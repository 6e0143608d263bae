//! Runs and jobs in memory, for tests and for programs that need no record.

use async_trait::async_trait;
use lamplight_domain::{ErrorCode, Job, JobName, Revision, Run, RunKey, RunState, RunnerId};
use lamplight_ports::{
    Bytes, JobStore, PortError, PortErrorKind, RunFilter, RunSelector, RunStore, RunSummary, Runners,
    StoredJob,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[derive(Debug, Default)]
struct Kept {
    runs: BTreeMap<RunKey, Run>,
    responses: BTreeMap<RunKey, Bytes>,
    jobs: BTreeMap<JobName, StoredJob>,
    living: BTreeSet<String>,
    failing: Option<PortErrorKind>,
}

/// A store that ends with its process. Clones share what is kept; each clone made by
/// [`another_runner`](Self::another_runner) is a runner of its own.
#[derive(Debug, Clone)]
pub struct MemoryStore {
    kept: Arc<Mutex<Kept>>,
    runner: RunnerId,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self { kept: Arc::default(), runner: RunnerId("memory-1".to_owned()) }
    }
}

impl MemoryStore {
    /// The same store as another process sees it.
    #[must_use]
    pub fn another_runner(&self, id: &str) -> Self {
        Self { kept: Arc::clone(&self.kept), runner: RunnerId(id.to_owned()) }
    }

    /// Ends this runner, as when its process is killed.
    pub fn end_runner(&self) {
        self.kept().living.remove(&self.runner.0);
    }

    /// Makes every write fail with this kind until it is called with `None`.
    pub fn fail_writes(&self, kind: Option<PortErrorKind>) {
        self.kept().failing = kind;
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // No method panics while it holds the lock.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn for_writing(&self) -> Result<MutexGuard<'_, Kept>, PortError> {
        let kept = self.kept();
        match kept.failing {
            Some(kind) => Err(PortError::new(kind, ErrorCode::StoreFailed, "the store was told to fail")),
            None => Ok(kept),
        }
    }
}

fn conflict(message: String) -> PortError {
    PortError::new(PortErrorKind::Conflict, ErrorCode::StoreConflict, message)
}

#[async_trait]
impl RunStore for MemoryStore {
    async fn insert(&self, run: &Run) -> Result<(), PortError> {
        let mut kept = self.for_writing()?;
        if kept.runs.contains_key(run.key()) {
            return Err(conflict(format!("run {} exists already", run.key())));
        }
        kept.runs.insert(run.key().clone(), run.clone());
        Ok(())
    }

    async fn update(&self, run: &Run, response: Option<Bytes>) -> Result<Revision, PortError> {
        let kept = &mut *self.for_writing()?;
        let Some(own) = kept.runs.get_mut(run.key()) else {
            let message = format!("there is no run {}", run.key());
            return Err(PortError::new(PortErrorKind::NotFound, ErrorCode::RunNotFound, message));
        };
        if own.revision != run.revision {
            return Err(conflict(format!("run {} was changed by another process", run.key())));
        }
        let revision = own.revision.next();
        *own = run.clone();
        own.revision = revision;
        if let Some(response) = response {
            kept.responses.insert(run.key().clone(), response);
        }
        Ok(revision)
    }

    async fn find(&self, selector: &RunSelector) -> Result<Option<Run>, PortError> {
        let kept = self.kept();
        Ok(match selector {
            RunSelector::Key(key) => kept.runs.get(key).cloned(),
            RunSelector::KeyPrefix(prefix) => {
                let mut found =
                    kept.runs.values().filter(|run| run.key().as_str().starts_with(prefix.as_str()));
                let first = found.next().cloned();
                if let (Some(first), Some(second)) = (&first, found.next()) {
                    let message =
                        format!("several runs begin with {prefix}: {}, {}, …", first.key(), second.key());
                    return Err(PortError::new(
                        PortErrorKind::InvalidRequest,
                        ErrorCode::RunAmbiguous,
                        message,
                    ));
                }
                first
            }
            RunSelector::RequestId(function, id) => latest(
                kept.runs
                    .values()
                    .filter(|run| *run.function_name() == *function && run.request_id() == Some(id.as_str())),
            ),
            RunSelector::Latest => latest(kept.runs.values()),
        })
    }

    async fn response(&self, key: &RunKey) -> Result<Option<Bytes>, PortError> {
        Ok(self.kept().responses.get(key).cloned())
    }

    async fn list(&self, filter: &RunFilter) -> Result<Vec<RunSummary>, PortError> {
        let kept = self.kept();
        let mut found: Vec<&Run> = kept
            .runs
            .values()
            .filter(|run| filter.job.as_ref().is_none_or(|job| run.intent.job.as_ref() == Some(job)))
            .filter(|run| filter.function.as_ref().is_none_or(|function| *run.function_name() == *function))
            .filter(|run| filter.state.is_none_or(|state| run.state() == state))
            .collect();
        found.sort_by(|a, b| (b.intent.started_at, b.key()).cmp(&(a.intent.started_at, a.key())));
        let most = filter.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found.into_iter().take(most).map(RunSummary::from).collect())
    }

    async fn running(&self) -> Result<Vec<Run>, PortError> {
        let running = |run: &&Run| run.state() == RunState::Running;
        Ok(self.kept().runs.values().filter(running).cloned().collect())
    }
}

fn latest<'a>(runs: impl Iterator<Item = &'a Run>) -> Option<Run> {
    runs.max_by(|a, b| (a.intent.started_at, a.key()).cmp(&(b.intent.started_at, b.key()))).cloned()
}

#[async_trait]
impl JobStore for MemoryStore {
    async fn put(&self, job: &Job, expected: Option<Revision>) -> Result<Revision, PortError> {
        let mut kept = self.for_writing()?;
        let found = kept.jobs.get(&job.name).map(|stored| stored.revision);
        if found != expected {
            return Err(conflict(match (found, expected) {
                (Some(_), None) => format!("job {} exists already", job.name),
                _ => format!("job {} was changed by another process", job.name),
            }));
        }
        let revision = found.map_or(Revision::FIRST, Revision::next);
        kept.jobs.insert(job.name.clone(), StoredJob { job: job.clone(), revision });
        Ok(revision)
    }

    async fn get(&self, name: &JobName) -> Result<Option<StoredJob>, PortError> {
        Ok(self.kept().jobs.get(name).cloned())
    }

    async fn list(&self) -> Result<Vec<StoredJob>, PortError> {
        Ok(self.kept().jobs.values().cloned().collect())
    }

    async fn remove(&self, name: &JobName) -> Result<bool, PortError> {
        Ok(self.for_writing()?.jobs.remove(name).is_some())
    }
}

#[async_trait]
impl Runners for MemoryStore {
    async fn enlist(&self) -> Result<RunnerId, PortError> {
        self.for_writing()?.living.insert(self.runner.0.clone());
        Ok(self.runner.clone())
    }

    async fn is_alive(&self, runner: &RunnerId) -> Result<bool, PortError> {
        Ok(self.kept().living.contains(&runner.0))
    }
}
