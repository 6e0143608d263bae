//! Changes of runs as they happen: one task reads them from the store for all streams.
//!
//! A stream never buffers: it knows the number of the last change that it has sent, and reads from the store what it has
//! missed. So it may be slow, and it may be resumed.

use crate::{Problem, Server};
use futures_util::{Stream, stream};
use lamplight_app::CancellationToken;
use lamplight_domain::{JobName, RunKey, Scope};
use lamplight_ports::{ChangeNumber, PortError, RunHistory, RunSelector, RunSummary};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::sync::{Notify, broadcast};

/// How long the changes of a busy store are collected before they are read again.
const PAUSE: Duration = Duration::from_millis(250);

/// The wait after the store has failed.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(2);

/// How many changes are read at once.
const MOST_AT_ONCE: u32 = 500;

/// How many runs a stream shows of one read. If there are more, it says that the list has to be read again: nobody reads
/// a thousand events in a second, and to send them to every stream would cost more than the runs.
const MOST_SHOWN: usize = 100;

/// How many changes a resumed stream reads at most.
const MOST_REPLAYED: u64 = 2000;

/// Passes changes on to streams.
#[derive(Debug)]
pub struct Hub {
    sender: broadcast::Sender<Arc<Batch>>,
    /// Notified when a stream begins.
    begun: Notify,
}

/// The changes of one read.
#[derive(Debug)]
struct Batch {
    /// The last change before this batch.
    after: ChangeNumber,
    /// The changes in order.
    changes: Vec<(ChangeNumber, RunSummary)>,
}

impl Default for Hub {
    fn default() -> Self {
        // A stream that falls further behind reads from the store.
        Self { sender: broadcast::Sender::new(16), begun: Notify::new() }
    }
}

impl Hub {
    /// How many streams are open.
    pub fn streams(&self) -> usize {
        self.sender.receiver_count()
    }

    fn subscribe(&self) -> broadcast::Receiver<Arc<Batch>> {
        let receiver = self.sender.subscribe();
        self.begun.notify_one();
        receiver
    }
}

/// Reads changes and passes them on until the server stops. It must run once for each server.
pub async fn follow_changes(server: &Server) {
    let until_stop = server.stop.cancelled();
    tokio::select! {
        () = until_stop => {}
        () = follow(server) => {}
    }
}

async fn follow(server: &Server) {
    let (hub, sleeper) = (&server.events, &server.ports.run.sleeper);
    let mut at = None;
    loop {
        if hub.streams() == 0 {
            hub.begun.notified().await;
            at = None;
        }
        match read(hub, &*server.ports.history, at).await {
            Ok(batch) => {
                let is_full = batch.changes.len() >= MOST_AT_ONCE as usize;
                at = Some(batch.changes.last().map_or(batch.after, |(number, _)| *number));
                // An error means that the last stream has just ended.
                let _ = hub.sender.send(Arc::new(batch));
                if !is_full {
                    sleeper.sleep(PAUSE).await;
                }
            }
            Err(error) => {
                tracing::error!(%error, "could not read changes for event streams");
                sleeper.sleep(PAUSE_AFTER_FAILURE).await;
            }
        }
    }
}

/// Waits for changes after `at` and reads them. Without `at`, it says at once what the latest change is: streams compare
/// it with their own position.
async fn read(hub: &Hub, history: &dyn RunHistory, at: Option<ChangeNumber>) -> Result<Batch, PortError> {
    let Some(after) = at else {
        return Ok(Batch { after: history.last_change().await?, changes: Vec::new() });
    };
    loop {
        history.wait_for_change(after).await?;
        let changes = history.changes(after, MOST_AT_ONCE).await?;
        // Without a stream nobody has to look for changes.
        if !changes.is_empty() || hub.streams() == 0 {
            return Ok(Batch { after, changes });
        }
    }
}

/// Which changes a stream shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic {
    /// Those of all runs.
    Runs,
    /// Those of one run.
    Run(RunKey),
    /// Those of the runs of one job.
    Job(JobName),
}

impl Topic {
    /// Parses `runs`, `run:KEY` or `job:NAME`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let wrong =
            || Problem::invalid("`of` must be `runs`, `run:` with a run key, or `job:` with a job name");
        match text.split_once(':') {
            None if text == "runs" => Ok(Self::Runs),
            Some(("run", key)) => Ok(Self::Run(key.parse().map_err(|_| wrong())?)),
            Some(("job", name)) => Ok(Self::Job(name.parse().map_err(|_| wrong())?)),
            _ => Err(wrong()),
        }
    }

    fn includes(&self, run: &RunSummary) -> bool {
        match self {
            Self::Runs => true,
            Self::Run(key) => run.key == *key,
            Self::Job(name) => run.job.as_ref() == Some(name),
        }
    }
}

/// Whether a run is in a scope. Of a run whose connection is not known, nobody with limits may know.
pub(crate) fn is_in_scope(scope: &Scope, run: &RunSummary) -> bool {
    match &run.connection {
        Some(connection) => scope.includes(connection, run.job.as_ref()),
        None => scope.is_unlimited(),
    }
}

/// What a stream shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// The position of the stream, from which it can be resumed.
    At(ChangeNumber),
    /// A run that was stored or has changed, as it is now.
    Run(ChangeNumber, Box<RunSummary>),
    /// So many runs have changed that they are not shown one by one: the list has to be read again.
    Reload(ChangeNumber),
}

/// The changes from now on, or after the change `after`. First comes the position, and for a single run its state.
///
/// # Guarantees
/// - Each change that is in scope and belongs to the topic is shown, as the state of its run at that time or later, or
///   is covered by a [`Shown::Reload`] after it.
/// - The numbers never become smaller.
/// - It ends when the server stops.
pub async fn stream(
    server: Arc<Server>,
    scope: Scope,
    topic: Topic,
    after: Option<ChangeNumber>,
) -> Result<impl Stream<Item = Shown> + Send + 'static, Problem> {
    let history = server.ports.history.clone();
    let receiver = server.events.subscribe();
    let now = history.last_change().await?;
    let mut ready = VecDeque::new();
    let at = match (&topic, after) {
        (Topic::Run(key), _) => {
            let run = server.ports.run.runs.find(&RunSelector::Key(key.clone())).await?;
            let run = run.as_ref().map(RunSummary::from).filter(|run| is_in_scope(&scope, run));
            ready.extend(run.map(|run| Shown::Run(now, Box::new(run))));
            now
        }
        (_, None) => now,
        (_, Some(after)) if now.0.saturating_sub(after.0) > MOST_REPLAYED => {
            ready.push_back(Shown::Reload(now));
            now
        }
        // A number from the future is from another store.
        (_, Some(after)) => after.min(now),
    };
    ready.push_front(Shown::At(at));
    let subscription = Subscription {
        history,
        receiver,
        scope,
        topic,
        at,
        is_behind: at < now,
        ready,
        stop: server.stop.clone(),
    };
    Ok(stream::unfold(subscription, |mut own| async move { own.next().await.map(|shown| (shown, own)) }))
}

struct Subscription {
    history: Arc<dyn RunHistory>,
    receiver: broadcast::Receiver<Arc<Batch>>,
    scope: Scope,
    topic: Topic,
    /// The last change that was read.
    at: ChangeNumber,
    /// Whether changes after `at` may have been missed.
    is_behind: bool,
    /// What is to be shown before anything else is read.
    ready: VecDeque<Shown>,
    stop: CancellationToken,
}

impl Subscription {
    async fn next(&mut self) -> Option<Shown> {
        loop {
            if let Some(shown) = self.ready.pop_front() {
                return Some(shown);
            }
            if self.is_behind {
                self.catch_up().await?;
                continue;
            }
            let received = tokio::select! {
                () = self.stop.cancelled() => return None,
                received = self.receiver.recv() => received,
            };
            match received {
                Ok(batch) if batch.after > self.at => self.is_behind = true,
                Ok(batch) => self.take(&batch.changes),
                Err(broadcast::error::RecvError::Lagged(_)) => self.is_behind = true,
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    /// Reads what was missed. The stream ends if that fails: its client resumes it.
    async fn catch_up(&mut self) -> Option<()> {
        let read = self.history.changes(self.at, MOST_AT_ONCE).await;
        let changes = read.inspect_err(|error| tracing::error!(%error, "an event stream has ended")).ok()?;
        self.is_behind = changes.len() >= MOST_AT_ONCE as usize;
        self.take(&changes);
        Some(())
    }

    fn take(&mut self, changes: &[(ChangeNumber, RunSummary)]) {
        let new = changes.iter().filter(|(number, _)| *number > self.at);
        let mine = new.filter(|(_, run)| self.topic.includes(run) && is_in_scope(&self.scope, run));
        let mine: Vec<_> = mine.take(MOST_SHOWN + 1).collect();
        let last = changes.last().map_or(self.at, |(number, _)| (*number).max(self.at));
        if mine.len() > MOST_SHOWN {
            self.ready.push_back(Shown::Reload(last));
        } else {
            self.ready
                .extend(mine.into_iter().map(|(number, run)| Shown::Run(*number, Box::new(run.clone()))));
        }
        self.at = last;
    }
}
