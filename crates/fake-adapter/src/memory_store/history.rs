//! Counts, changes and notes.

use super::MemoryStore;
use async_trait::async_trait;
use lamplight_domain::{ConnectionName, Histogram, JobName, Run, RunKey, RunState, Timestamp};
use lamplight_ports::{
    BucketLength, ChangeNumber, ChartBucket, ChartRequest, JobFilter, JobOverview, JobPlace, Note,
    PageRequest, PortError, RunHistory, RunPlace, RunSummary, SearchWords, StateCount, StoredJob, StoredPage,
};
use std::{collections::BTreeMap, time::Duration};

/// What is counted together.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Counted {
    length: BucketLength,
    start: Timestamp,
    /// The position of the state among all of them.
    state: usize,
    connection: ConnectionName,
    job: Option<JobName>,
    bin: u8,
}

/// The number of runs that have an outcome.
#[derive(Debug, Default)]
pub(super) struct Counts(BTreeMap<Counted, u64>);

impl Counts {
    /// Counts the outcome of a run, and no longer the one that it replaces.
    pub(super) fn move_outcome(&mut self, before: Option<&Run>, after: &Run) {
        for counted in before.into_iter().flat_map(counted) {
            if let Some(count) = self.0.get_mut(&counted) {
                *count -= 1;
            }
        }
        for counted in counted(after) {
            *self.0.entry(counted).or_default() += 1;
        }
    }
}

/// Where the outcome of a run is counted; nowhere if there is none.
fn counted(run: &Run) -> Vec<Counted> {
    let Some(ended_at) = run.ended_at() else { return Vec::new() };
    let started_at = run.intent.started_at;
    let took = Duration::try_from(ended_at.duration_since(started_at)).unwrap_or_default();
    let at = |length: BucketLength| Counted {
        length,
        start: length.start(started_at),
        state: RunState::ALL.iter().position(|state| *state == run.state()).unwrap_or_default(),
        connection: run.intent.connection.clone(),
        job: run.intent.job.clone(),
        bin: Histogram::bin(took),
    };
    BucketLength::ALL.map(at).into()
}

impl MemoryStore {
    /// All jobs that match, each with its latest run, in order.
    fn matching_jobs(&self, filter: &JobFilter) -> Vec<(JobPlace, StoredJob, Option<RunState>)> {
        let kept = self.kept();
        let JobFilter { text, connection, latest, scope } = filter;
        let words = SearchWords::parse(text.as_deref().unwrap_or_default());
        let found = kept.jobs.values().filter_map(|stored| {
            let job = &stored.job;
            let runs = kept.runs.values().filter(|run| run.intent.job.as_ref() == Some(&job.name));
            let run = runs.max_by_key(|run| RunPlace::of(run));
            let matches = words.match_job(job)
                && connection.as_ref().is_none_or(|connection| job.connection == *connection)
                && (latest.is_empty() || run.is_some_and(|run| latest.contains(&run.state())))
                && scope.includes(&job.connection, Some(&job.name));
            let place = JobPlace::new(job.name.clone(), run.map(|run| (run.state(), run.intent.started_at)));
            matches.then(|| (place, stored.clone(), run.map(Run::state)))
        });
        let mut found: Vec<_> = found.collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }
}

#[async_trait]
impl RunHistory for MemoryStore {
    async fn chart(&self, request: &ChartRequest) -> Result<Vec<ChartBucket>, PortError> {
        let ChartRequest { job, connection, scope, since, until, bucket } = request;
        let mut found: BTreeMap<(Timestamp, usize), Histogram> = BTreeMap::new();
        for (counted, count) in &self.kept().counts.0 {
            let matches = counted.length == *bucket
                && *count > 0
                && (bucket.start(*since)..=*until).contains(&counted.start)
                && (job.is_none() || counted.job == *job)
                && connection.as_ref().is_none_or(|connection| counted.connection == *connection)
                && scope.includes(&counted.connection, counted.job.as_ref());
            if matches {
                found.entry((counted.start, counted.state)).or_default().add(counted.bin, *count);
            }
        }
        let bucket = |((start, state), durations): ((Timestamp, usize), Histogram)| {
            let state = *RunState::ALL.get(state)?;
            Some(ChartBucket { start, state, durations })
        };
        Ok(found.into_iter().filter_map(bucket).collect())
    }

    async fn jobs(
        &self,
        filter: &JobFilter,
        page: &PageRequest,
    ) -> Result<StoredPage<JobOverview>, PortError> {
        let after = page.marker.as_deref().map(JobPlace::from_marker).transpose()?;
        let mut found = self.matching_jobs(filter);
        found.retain(|(place, ..)| after.as_ref().is_none_or(|after| place > after));
        let more = found.len() > page.limit();
        found.truncate(page.limit());
        let next_marker = found.last().filter(|_| more).map(|(place, ..)| place.to_string());
        let kept = self.kept();
        let items = found.into_iter().map(|(_, stored, _)| {
            let of_job = |run: &&Run| run.intent.job.as_ref() == Some(&stored.job.name);
            let in_scope =
                |run: &&Run| filter.scope.includes(&run.intent.connection, run.intent.job.as_ref());
            let mut runs: Vec<&Run> = kept.runs.values().filter(of_job).filter(in_scope).collect();
            runs.sort_by_key(|run| std::cmp::Reverse(RunPlace::of(run)));
            let runs = runs.into_iter().take(JobOverview::RUNS).map(RunSummary::from).collect();
            JobOverview { stored, runs }
        });
        Ok(StoredPage { items: items.collect(), next_marker, ..StoredPage::default() })
    }

    async fn count_jobs(&self, filter: &JobFilter) -> Result<Vec<StateCount>, PortError> {
        let found = self.matching_jobs(filter);
        let counts = RunState::ALL.into_iter().map(|state| {
            let count = found.iter().filter(|(.., latest)| *latest == Some(state)).count() as u64;
            StateCount { state, count }
        });
        Ok(counts.filter(|found| found.count > 0).collect())
    }

    async fn last_change(&self) -> Result<ChangeNumber, PortError> {
        Ok(ChangeNumber(*self.kept().last_change.borrow()))
    }

    async fn changes(
        &self,
        after: ChangeNumber,
        most: u32,
    ) -> Result<Vec<(ChangeNumber, RunSummary)>, PortError> {
        let kept = self.kept();
        let later = kept.changes.iter().filter(|(_, number)| **number > after.0);
        let mut changes: Vec<_> = later
            .filter_map(|(key, number)| Some((ChangeNumber(*number), RunSummary::from(kept.runs.get(key)?))))
            .collect();
        changes.sort_by_key(|(number, _)| *number);
        changes.truncate(most as usize);
        Ok(changes)
    }

    async fn wait_for_change(&self, after: ChangeNumber) -> Result<(), PortError> {
        let mut last_change = self.kept().last_change.subscribe();
        let later = last_change.wait_for(|number| *number > after.0);
        // It has ended in either way.
        let _ = tokio::time::timeout(Duration::from_secs(1), later).await;
        Ok(())
    }

    async fn add_note(&self, key: &RunKey, note: &Note) -> Result<bool, PortError> {
        let mut kept = self.lock_for_writing()?;
        let exists = kept.runs.contains_key(key);
        if exists {
            kept.notes.entry(key.clone()).or_default().push(note.clone());
        }
        Ok(exists)
    }

    async fn notes(&self, key: &RunKey) -> Result<Vec<Note>, PortError> {
        Ok(self.kept().notes.get(key).cloned().unwrap_or_default())
    }
}
