//! Queues runs, and makes queued runs in this process: claims them, keeps its leases, and wakes who waits for an end.

use crate::{AppError, PreparedRun, ProgressObserver, begin_queued_run, begin_run::queued_run, follow_run};
use lamplight_domain::{
    ErrorCode, Evidence, EvidenceKind, Outcome, Run, RunError, RunKey, RunState, RunnerId, Timestamp,
};
use lamplight_ports::{
    ClaimRequest, ClaimedRun, Clock, Connector, Enqueued, OnceKey, Order, PortError, PortErrorKind,
    RunLimits, RunPorts, RunQueue, RunSelector, RunStore, Runners,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Notify, oneshot},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

/// The most runs that are claimed in one write.
const LARGEST_CLAIM: u32 = 64;

/// How long to wait before looking for runs that other processes have queued or no longer hold.
const POLL: Duration = Duration::from_secs(1);

/// How many prepared runs without secrets are kept in memory until they are made. The others are read from their orders.
const MOST_KEPT: usize = 1024;

/// How many queued runs whose holder has ended are concluded in one pass.
const LARGEST_PASS: u32 = 256;

/// The ports that a queue of runs needs.
#[derive(Debug, Clone)]
pub struct QueuePorts {
    /// The ports of every run.
    pub run: RunPorts,
    /// The queue.
    pub queue: Arc<dyn RunQueue>,
    /// Opens the connections of queued runs.
    pub connector: Arc<dyn Connector>,
}

/// How runs are made.
#[derive(Debug, Clone)]
pub struct QueueSettings {
    /// How many may be under way at once in all processes of the store.
    pub limits: RunLimits,
    /// How many may be under way at once in this process.
    pub concurrency: u32,
    /// How long a run stays claimed without a sign of life of this process.
    pub lease: Duration,
    /// How many bytes of events with secrets may wait in memory.
    pub most_held_bytes: usize,
}

/// A run that was submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    /// Its key.
    pub key: RunKey,
    /// Whether this request made it; otherwise an earlier one with the same key did.
    pub is_new: bool,
}

/// Queues runs and makes them. Clones share their state.
#[derive(Debug, Clone)]
pub struct QueueRunner(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    ports: QueuePorts,
    settings: QueueSettings,
    memory: Mutex<Memory>,
    /// Something was queued here, or a run has ended.
    wake: Notify,
}

#[derive(Debug, Default)]
struct Memory {
    /// Prepared runs that wait: with secrets they exist only here.
    waiting: HashMap<RunKey, PreparedRun>,
    held_bytes: usize,
    under_way: HashSet<RunKey>,
    listeners: HashMap<RunKey, Vec<oneshot::Sender<()>>>,
}

impl QueueRunner {
    /// Makes nothing before [`work`](Self::work).
    pub fn new(ports: QueuePorts, settings: QueueSettings) -> Self {
        Self(Arc::new(Shared { ports, settings, memory: Mutex::default(), wake: Notify::new() }))
    }

    /// Records a prepared run as queued.
    ///
    /// # Guarantees
    /// - Once it has returned, the run is recorded and survives a power failure. Its secrets do not: they stay in the
    ///   memory of this process, and if it ends before the run was sent, the run is Rejected.
    /// - With the same `once` key, one run is made, however often it is submitted.
    ///
    /// # Errors
    /// `throttled` if too many events with secrets wait in memory; nothing was recorded.
    pub async fn submit(&self, prepared: PreparedRun, once: Option<OnceKey>) -> Result<Submitted, AppError> {
        let shared = &self.0;
        let bytes = if prepared.has_secrets { prepared.payload().len() } else { 0 };
        self.reserve(bytes)?;
        let queued = self.enqueue(prepared, once, bytes).await;
        if !matches!(queued, Ok(Submitted { is_new: true, .. })) {
            shared.memory().held_bytes -= bytes;
        }
        queued
    }

    fn reserve(&self, bytes: usize) -> Result<(), AppError> {
        let mut memory = self.0.memory();
        if bytes > 0 && memory.held_bytes + bytes > self.0.settings.most_held_bytes {
            let message =
                "too many events with secrets wait in the memory of this process; nothing was recorded";
            return Err(PortError::new(PortErrorKind::Throttled, ErrorCode::Throttled, message).into());
        }
        memory.held_bytes += bytes;
        Ok(())
    }

    async fn enqueue(
        &self,
        prepared: PreparedRun,
        once: Option<OnceKey>,
        bytes: usize,
    ) -> Result<Submitted, AppError> {
        let shared = &self.0;
        let run = queued_run(&shared.ports.run, &prepared);
        let order = if prepared.has_secrets {
            let holder = shared.ports.run.runners.enlist().await?;
            Order { body: Vec::new().into(), held_by: Some(holder), once }
        } else {
            Order { body: prepared.to_order()?, held_by: None, once }
        };
        let key = run.key().clone();
        {
            // Before it is queued: another task may claim it at once.
            let mut memory = shared.memory();
            if prepared.has_secrets || memory.waiting.len() < MOST_KEPT {
                memory.waiting.insert(key.clone(), prepared);
            }
        }
        let queued = shared.ports.queue.enqueue(&run, &order).await;
        if !matches!(queued, Ok(Enqueued::Added)) {
            shared.memory().waiting.remove(&key);
        }
        match queued? {
            Enqueued::Added => {
                shared.wake.notify_one();
                tracing::debug!(run.key = %key, held_bytes = bytes, "queued a run");
                Ok(Submitted { key, is_new: true })
            }
            Enqueued::Found(key) => Ok(Submitted { key, is_new: false }),
        }
    }

    /// How many runs this process makes at the moment.
    pub fn under_way(&self) -> usize {
        self.0.memory().under_way.len()
    }

    /// Waits until a run has ended, at most for `limit`, and returns it as it is then; `None` if it does not exist.
    pub async fn wait_for(&self, key: &RunKey, limit: Duration) -> Result<Option<Run>, AppError> {
        let shared = &self.0;
        let RunPorts { runs, sleeper, .. } = &shared.ports.run;
        let mut limit = std::pin::pin!(sleeper.sleep(limit));
        loop {
            let (tell, told) = oneshot::channel();
            shared.memory().listeners.entry(key.clone()).or_default().push(tell);
            let found = runs.find(&RunSelector::Key(key.clone())).await?;
            if found.as_ref().is_none_or(|run| run.outcome().is_some()) {
                drop(told);
                shared.forget_listeners(key);
                return Ok(found);
            }
            tokio::select! {
                _ = told => {}
                // Another process may make the run.
                () = sleeper.sleep(POLL) => {}
                () = &mut limit => {
                    shared.forget_listeners(key);
                    return Ok(runs.find(&RunSelector::Key(key.clone())).await?);
                }
            }
        }
    }

    /// Claims and makes runs until `stop` fires. Then it waits for those that are under way, and rejects those that wait
    /// with secrets in this process. When `abort` fires, the calls are given up: their runs are recorded as Unknown.
    ///
    /// # Guarantees
    /// - A run is started only by the process that has claimed it, and never again after it was recorded as running.
    pub async fn work(
        &self,
        observer: Arc<dyn ProgressObserver>,
        stop: &CancellationToken,
        abort: &CancellationToken,
    ) {
        let shared = &self.0;
        let mut tasks = JoinSet::new();
        let beat = CancellationToken::new();
        let heart = tokio::spawn(keep_leases(Arc::clone(shared), beat.clone()));
        while !stop.is_cancelled() {
            while tasks.try_join_next().is_some() {}
            let free =
                shared.settings.concurrency.saturating_sub(u32::try_from(tasks.len()).unwrap_or(u32::MAX));
            let claimed = match free.min(LARGEST_CLAIM) {
                0 => Vec::new(),
                most => shared.claim(most).await.unwrap_or_else(|error| {
                    tracing::error!(%error, "could not claim queued runs");
                    Vec::new()
                }),
            };
            let is_busy = !claimed.is_empty();
            for claimed in claimed {
                let (shared, observer, abort) = (Arc::clone(shared), Arc::clone(&observer), abort.clone());
                shared.memory().under_way.insert(claimed.run.key().clone());
                tasks.spawn(async move { shared.make(claimed, &*observer, &abort).await });
            }
            if is_busy {
                continue;
            }
            tokio::select! {
                () = shared.wake.notified() => {}
                () = shared.ports.run.sleeper.sleep(POLL) => {}
                () = stop.cancelled() => {}
            }
        }
        while tasks.join_next().await.is_some() {}
        shared.reject_waiting().await;
        beat.cancel();
        let _ = heart.await;
    }
}

impl Shared {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        // Nothing panics while it holds the lock.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes the listeners of a run that nobody listens to any more.
    fn forget_listeners(&self, key: &RunKey) {
        let mut memory = self.memory();
        if let Some(listeners) = memory.listeners.get_mut(key) {
            listeners.retain(|listener| !listener.is_closed());
            if listeners.is_empty() {
                memory.listeners.remove(key);
            }
        }
    }

    /// Takes a prepared run out of the memory.
    fn take(&self, key: &RunKey) -> Option<PreparedRun> {
        let mut memory = self.memory();
        let prepared = memory.waiting.remove(key)?;
        if prepared.has_secrets {
            memory.held_bytes = memory.held_bytes.saturating_sub(prepared.payload().len());
        }
        Some(prepared)
    }

    async fn claim(&self, most: u32) -> Result<Vec<ClaimedRun>, PortError> {
        let RunPorts { runners, clock, .. } = &self.ports.run;
        let (runner, now) = (runners.enlist().await?, clock.now());
        let until = now.saturating_add(self.settings.lease).unwrap_or(now);
        let limits = self.settings.limits.clone();
        self.ports.queue.claim(&ClaimRequest { runner, now, until, most, limits }).await
    }

    /// Makes one run that this process has claimed.
    async fn make(&self, claimed: ClaimedRun, observer: &dyn ProgressObserver, abort: &CancellationToken) {
        let ClaimedRun { run, order } = claimed;
        let key = run.key().clone();
        match self.prepare(&run, &order).await {
            Ok(prepared) => match begin_queued_run(&self.ports.run, prepared, run).await {
                Ok(begun) => {
                    follow_run(&self.ports.run, begun, observer, abort).await;
                }
                // Nothing was sent. If the run still belongs to this process, it is claimed again after its lease.
                Err(error) => tracing::warn!(run.key = %key, %error, "could not start a queued run"),
            },
            Err(error) => {
                let now = self.ports.run.clock.now();
                let rejection = RunError {
                    hint: error.hint(),
                    ..RunError::new(error.code(), format!("the run could not be prepared: {error}"))
                };
                self.reject(run, rejection, now).await;
            }
        }
        let listeners = {
            let mut memory = self.memory();
            memory.under_way.remove(&key);
            memory.listeners.remove(&key)
        };
        for listener in listeners.into_iter().flatten() {
            let _ = listener.send(());
        }
        self.wake.notify_one();
    }

    async fn prepare(&self, run: &Run, order: &[u8]) -> Result<PreparedRun, AppError> {
        if let Some(prepared) = self.take(run.key()) {
            return Ok(prepared);
        }
        let connection = self.ports.connector.open(Some(&run.intent.connection)).await?;
        PreparedRun::from_order(run, connection, order)
    }

    /// Concludes a run that was not sent. If another process has taken it meanwhile, nothing changes.
    async fn reject(&self, run: Run, error: RunError, now: Timestamp) {
        reject_queued(&*self.ports.run.runs, run, error, now).await;
    }

    /// Concludes the runs that only this process could have made.
    async fn reject_waiting(&self) {
        let waiting: Vec<RunKey> = self.memory().waiting.keys().cloned().collect();
        for key in waiting {
            let is_held = self.take(&key).is_some_and(|prepared| prepared.has_secrets);
            let found =
                if is_held { self.ports.run.runs.find(&RunSelector::Key(key)).await } else { Ok(None) };
            match found {
                Ok(Some(run)) => self.reject(run, secrets_lost(), self.ports.run.clock.now()).await,
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "could not reject a run that was not sent"),
            }
        }
    }
}

/// Extends the leases of all runs that are under way, often enough for one write to fail.
async fn keep_leases(shared: Arc<Shared>, stop: CancellationToken) {
    let pause = shared.settings.lease / 3;
    let RunPorts { runners, clock, sleeper, .. } = shared.ports.run.clone();
    loop {
        tokio::select! {
            () = sleeper.sleep(pause) => {}
            () = stop.cancelled() => return,
        }
        let keys: Vec<RunKey> = shared.memory().under_way.iter().cloned().collect();
        if keys.is_empty() {
            continue;
        }
        let now = clock.now();
        let until = now.saturating_add(shared.settings.lease).unwrap_or(now);
        let kept = match runners.enlist().await {
            Ok(runner) => shared.ports.queue.heartbeat(&runner, &keys, until).await,
            Err(error) => Err(error),
        };
        if let Err(error) = kept {
            tracing::warn!(%error, "could not extend the leases of runs");
        }
    }
}

/// Concludes the queued runs whose secrets were lost with the process that held them, and returns their keys.
///
/// # Guarantees
/// - A run whose holder is alive is not changed.
pub async fn settle_queue(
    queue: &dyn RunQueue,
    runs: &dyn RunStore,
    runners: &dyn Runners,
    clock: &dyn Clock,
) -> Result<Vec<RunKey>, AppError> {
    let mut settled = Vec::new();
    let mut alive: HashMap<RunnerId, bool> = HashMap::new();
    for (run, holder) in queue.held(LARGEST_PASS).await? {
        let is_alive = match alive.get(&holder) {
            Some(is_alive) => *is_alive,
            None => runners.is_alive(&holder).await?,
        };
        alive.insert(holder, is_alive);
        let key = run.key().clone();
        if !is_alive && reject_queued(runs, run, secrets_lost(), clock.now()).await {
            settled.push(key);
        }
    }
    Ok(settled)
}

/// Concludes a queued run as Rejected. Returns whether it was.
pub(crate) async fn reject_queued(
    runs: &dyn RunStore,
    mut run: Run,
    error: RunError,
    now: Timestamp,
) -> bool {
    if run.state() != RunState::Queued {
        return false;
    }
    let evidence = Evidence::of(EvidenceKind::NotSent);
    let outcome = Outcome { error: Some(error), ..Outcome::new(RunState::Rejected, evidence, now) };
    if run.conclude(outcome).is_err() {
        return false;
    }
    match runs.update(&run, None).await {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!(run.key = %run.key(), %error, "could not record that a queued run was not sent");
            false
        }
    }
}

fn secrets_lost() -> RunError {
    let message =
        "the process that held the secrets of the run ended before it was sent; the function did not start";
    RunError { hint: Some("start it again".into()), ..RunError::new(ErrorCode::QueuedSecretsLost, message) }
}
