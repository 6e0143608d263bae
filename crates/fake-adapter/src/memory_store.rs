//! A store in memory, for tests and for programs that need no lasting record.

mod access;
mod history;
mod queue;

use access::Access;
use async_trait::async_trait;
use history::Counts;
use lamplight_domain::{ErrorCode, Job, JobName, Parent, Revision, Run, RunEnd, RunKey, RunState, RunnerId};
use lamplight_ports::{
    Bytes, JobStore, Note, Order, PageRequest, PortError, PortErrorKind, Retention, RunFilter, RunPlace,
    RunSelector, RunStore, RunSummary, RunText, Runners, SearchWords, StoredJob, StoredPage, invalid_marker,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

#[derive(Debug, Default)]
struct Kept {
    runs: BTreeMap<RunKey, Run>,
    responses: BTreeMap<RunKey, Bytes>,
    orders: BTreeMap<RunKey, Order>,
    /// The digest and the run of each owner's key.
    once: BTreeMap<(String, String), ([u8; 32], RunKey)>,
    notes: BTreeMap<RunKey, Vec<Note>>,
    /// The latest change of each run.
    changes: BTreeMap<RunKey, u64>,
    last_change: watch::Sender<u64>,
    counts: Counts,
    access: Access,
    jobs: BTreeMap<JobName, StoredJob>,
    living: BTreeSet<String>,
    aside: BTreeMap<RunKey, (RunnerId, RunEnd)>,
    failing: Option<PortErrorKind>,
    locked: bool,
}

impl Kept {
    /// Stores a run, and what follows from it.
    fn put_run(&mut self, run: Run) {
        let key = run.key().clone();
        self.counts.move_outcome(self.runs.get(&key), &run);
        if run.outcome().is_some() {
            self.orders.remove(&key);
        }
        self.runs.insert(key.clone(), run);
        self.last_change.send_modify(|number| *number += 1);
        let number = *self.last_change.borrow();
        self.changes.insert(key, number);
    }

    /// Removes a run and everything about it but its counts.
    fn remove_run(&mut self, key: &RunKey) -> bool {
        self.responses.remove(key);
        self.orders.remove(key);
        self.once.retain(|_, (_, run)| run != key);
        self.notes.remove(key);
        self.changes.remove(key);
        self.runs.remove(key).is_some()
    }
}

/// A store that is lost with its process. Clones share their contents; [`another_runner`](Self::another_runner) creates
/// a clone that is a different runner.
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
    /// The same store as another process opens it, with its own runner ID.
    #[must_use]
    pub fn another_runner(&self, id: &str) -> Self {
        Self { kept: Arc::clone(&self.kept), runner: RunnerId(id.to_owned()) }
    }

    /// Ends this runner, as if its process was killed.
    pub fn end_runner(&self) {
        self.kept().living.remove(&self.runner.0);
    }

    /// Makes every write fail with this kind, until called with `None`. The end of a run can still be set aside.
    pub fn fail_writes(&self, kind: Option<PortErrorKind>) {
        self.kept().failing = kind;
    }

    /// Makes every write fail as if another process had locked the store, until called with `false`.
    pub fn lock_elsewhere(&self, locked: bool) {
        self.kept().locked = locked;
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // No method panics while it holds the lock.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_for_writing(&self) -> Result<MutexGuard<'_, Kept>, PortError> {
        if self.kept().locked {
            let message = "another process has locked the store";
            return Err(PortError::new(PortErrorKind::Unavailable, ErrorCode::StoreBusy, message));
        }
        self.lock_unless_failing()
    }

    fn lock_unless_failing(&self) -> Result<MutexGuard<'_, Kept>, PortError> {
        let kept = self.kept();
        match kept.failing {
            Some(kind) => Err(PortError::new(kind, ErrorCode::StoreFailed, "the test made this write fail")),
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
        let mut kept = self.lock_for_writing()?;
        if kept.runs.contains_key(run.key()) {
            return Err(conflict(format!("run {} already exists", run.key())));
        }
        let mut own = run.clone();
        own.lease_until = None;
        kept.put_run(own);
        Ok(())
    }

    async fn update(&self, run: &Run, response: Option<Bytes>) -> Result<Revision, PortError> {
        let kept = &mut *self.lock_for_writing()?;
        let Some(own) = kept.runs.get(run.key()) else {
            let message = format!("run {} not found", run.key());
            return Err(PortError::new(PortErrorKind::NotFound, ErrorCode::RunNotFound, message));
        };
        if own.revision != run.revision {
            return Err(conflict(format!("run {} was changed by another process", run.key())));
        }
        let (revision, lease_until) = (own.revision.next(), own.lease_until);
        let mut own = run.clone();
        own.revision = revision;
        own.lease_until = lease_until.filter(|_| run.outcome().is_none());
        kept.put_run(own);
        if let Some(response) = response {
            kept.responses.insert(run.key().clone(), response);
        }
        if run.outcome().is_some() && kept.aside.get(run.key()).is_some_and(|(own, _)| *own == self.runner) {
            kept.aside.remove(run.key());
        }
        Ok(revision)
    }

    async fn update_all(&self, runs: &[Run]) -> Result<Vec<Option<Revision>>, PortError> {
        let mut revisions = Vec::new();
        for run in runs {
            revisions.push(match self.update(run, None).await {
                Ok(revision) => Some(revision),
                Err(error) if matches!(error.kind, PortErrorKind::Conflict | PortErrorKind::NotFound) => None,
                Err(error) => return Err(error),
            });
        }
        Ok(revisions)
    }

    async fn set_aside(&self, run: &Run) -> Result<(), PortError> {
        if let Some(end) = run.end() {
            self.kept().aside.insert(run.key().clone(), (self.runner.clone(), end));
        }
        Ok(())
    }

    async fn take_in(&self) -> Result<Vec<RunKey>, PortError> {
        let kept = &mut *self.lock_for_writing()?;
        let (mut taken, aside) = (Vec::new(), std::mem::take(&mut kept.aside));
        for (key, (runner, end)) in aside {
            if kept.living.contains(&runner.0) && runner != self.runner {
                kept.aside.insert(key, (runner, end));
            } else if let Some(before) = kept.runs.get(&key) {
                let mut run = before.clone();
                if run.take_end(end).is_ok() && run != *before {
                    run.revision = run.revision.next();
                    kept.put_run(run);
                    taken.push(key);
                }
            }
        }
        Ok(taken)
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
                    let message = format!(
                        "more than one run begins with {prefix:?}: {}, {}, …",
                        first.key(),
                        second.key()
                    );
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

    async fn list(
        &self,
        filter: &RunFilter,
        page: &PageRequest,
    ) -> Result<StoredPage<RunSummary>, PortError> {
        let after = page.marker.as_deref().map(RunPlace::from_marker).transpose()?;
        let kept = self.kept();
        let mut found: Vec<(RunPlace, &Run)> = kept
            .runs
            .values()
            .filter(|run| is_listed(filter, run))
            .map(|run| (RunPlace::of(run), run))
            .filter(|(place, _)| after.as_ref().is_none_or(|after| place < after))
            .collect();
        found.sort_by(|a, b| b.0.cmp(&a.0));
        let limit = page.limit();
        let more = found.len() > limit;
        found.truncate(limit);
        let next_marker = found.last().filter(|_| more).map(|(place, _)| place.to_string());
        let items = found.into_iter().map(|(_, run)| RunSummary::from(run)).collect();
        Ok(StoredPage { items, next_marker, ..StoredPage::default() })
    }

    async fn running(&self, page: &PageRequest) -> Result<StoredPage<Run>, PortError> {
        let after = page.marker.as_deref().map(RunPlace::from_marker).transpose()?;
        let kept = self.kept();
        let is_next = |run: &&Run| after.as_ref().is_none_or(|after| RunPlace::of(run) > *after);
        let running = kept.runs.values().filter(|run| run.state() == RunState::Running).filter(is_next);
        let mut items: Vec<Run> = running.cloned().collect();
        items.sort_by_key(RunPlace::of);
        let more = items.len() > page.limit();
        items.truncate(page.limit());
        let next_marker = items.last().filter(|_| more).map(|run| RunPlace::of(run).to_string());
        Ok(StoredPage { items, next_marker, ..StoredPage::default() })
    }

    async fn remove_run(&self, key: &RunKey) -> Result<bool, PortError> {
        Ok(self.lock_for_writing()?.remove_run(key))
    }

    async fn prune(&self, retention: &Retention) -> Result<u64, PortError> {
        let kept = &mut *self.lock_for_writing()?;
        let mut places: Vec<RunPlace> = kept.runs.values().map(RunPlace::of).collect();
        places.sort();
        let by_count = retention
            .keep_at_most
            .map_or(0, |most| places.len().saturating_sub(usize::try_from(most).unwrap_or(usize::MAX)));
        let is_old = |place: &RunPlace| {
            retention.started_before.is_some_and(|time| place.started_at < time.as_microsecond())
        };
        let gone: Vec<RunKey> = places
            .into_iter()
            .enumerate()
            .filter(|(index, place)| *index < by_count || is_old(place))
            .map(|(_, place)| place.key)
            .filter(|key| kept.runs.get(key).is_some_and(|run| run.state().is_final()))
            .take(Retention::MOST_AT_ONCE as usize)
            .collect();
        for key in &gone {
            kept.remove_run(key);
        }
        Ok(gone.len() as u64)
    }
}

fn is_listed(filter: &RunFilter, run: &Run) -> bool {
    let RunFilter { job, function, request_id, connection, parent, states, text, scope, since, before } =
        filter;
    let words = SearchWords::parse(text.as_deref().unwrap_or_default());
    let started_at = run.intent.started_at.as_microsecond();
    let own_parent = run.intent.provenance.parent.as_ref().map(Parent::id);
    (job.is_none() || run.intent.job == *job)
        && function.as_ref().is_none_or(|function| run.function_name() == function)
        && (request_id.is_none() || run.request_id() == request_id.as_deref())
        && connection.as_ref().is_none_or(|connection| run.intent.connection == *connection)
        && (parent.is_none() || own_parent == *parent)
        && (states.is_empty() || states.contains(&run.state()))
        && words.match_run(&RunText::of(run))
        && scope.includes(&run.intent.connection, run.intent.job.as_ref())
        && since.is_none_or(|since| started_at >= since.as_microsecond())
        && before.is_none_or(|before| started_at < before.as_microsecond())
}

fn latest<'a>(runs: impl Iterator<Item = &'a Run>) -> Option<Run> {
    runs.max_by(|a, b| (a.intent.started_at, a.key()).cmp(&(b.intent.started_at, b.key()))).cloned()
}

#[async_trait]
impl JobStore for MemoryStore {
    async fn put(&self, job: &Job, expected: Option<Revision>) -> Result<Revision, PortError> {
        let mut kept = self.lock_for_writing()?;
        let found = kept.jobs.get(&job.name).map(|stored| stored.revision);
        if found != expected {
            return Err(conflict(match (found, expected) {
                (Some(_), None) => format!("job {} already exists", job.name),
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

    async fn list(&self, page: &PageRequest) -> Result<StoredPage<StoredJob>, PortError> {
        let after: Option<JobName> = match page.marker.as_deref() {
            Some(marker) => Some(marker.parse().map_err(|_| invalid_marker(marker))?),
            None => None,
        };
        let kept = self.kept();
        let mut found =
            kept.jobs.values().filter(|stored| after.as_ref().is_none_or(|after| stored.job.name > *after));
        let items: Vec<StoredJob> = found.by_ref().take(page.limit()).cloned().collect();
        let next_marker =
            items.last().filter(|_| found.next().is_some()).map(|stored| stored.job.name.to_string());
        Ok(StoredPage { items, next_marker, ..StoredPage::default() })
    }

    async fn remove(&self, name: &JobName) -> Result<bool, PortError> {
        Ok(self.lock_for_writing()?.jobs.remove(name).is_some())
    }
}

#[async_trait]
impl Runners for MemoryStore {
    async fn enlist(&self) -> Result<RunnerId, PortError> {
        self.lock_unless_failing()?.living.insert(self.runner.0.clone());
        Ok(self.runner.clone())
    }

    async fn is_alive(&self, runner: &RunnerId) -> Result<bool, PortError> {
        Ok(self.kept().living.contains(&runner.0))
    }
}
