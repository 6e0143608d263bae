//! The queue of runs that wait for a runner.

use crate::PortError;
use async_trait::async_trait;
use bytes::Bytes;
use lamplight_domain::{ConnectionName, FunctionName, JobName, Run, RunKey, RunnerId, Timestamp};
use std::{collections::BTreeMap, fmt::Debug};

/// A key by which a caller makes sure that a request which it sends twice makes one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnceKey {
    /// Whose key it is; other owners may use the same one.
    pub owner: String,
    /// The key, as the caller chose it.
    pub key: String,
    /// The hash of the request.
    pub digest: [u8; 32],
}

/// What is stored with a queued run until it has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What the run is prepared from again, in a format of the use case. Without secrets.
    pub body: Bytes,
    /// The only runner that can make the run, because it has a part of the order, such as secrets, in its memory; `None`
    /// if any runner can.
    pub held_by: Option<RunnerId>,
    /// The caller's key, if it has one.
    pub once: Option<OnceKey>,
}

/// What became of a run that was to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enqueued {
    /// It is in the queue.
    Added,
    /// An earlier request with the same key made this run; nothing was added.
    Found(RunKey),
}

/// How many runs may be under way at once, over all runners of the store: claimed with a valid lease, or running.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunLimits {
    /// For each job that is not in `jobs`; `None` for any number. Calls of one function without a job count as a job.
    pub per_job: Option<u32>,
    /// For each connection that is not in `connections`; `None` for any number.
    pub per_connection: Option<u32>,
    /// For these jobs.
    pub jobs: BTreeMap<JobName, u32>,
    /// For these connections.
    pub connections: BTreeMap<ConnectionName, u32>,
}

impl RunLimits {
    /// How many runs of a lane may be under way; `None` for any number.
    pub fn of_lane(&self, lane: &Lane) -> Option<u32> {
        match lane {
            Lane::Job(job) => self.jobs.get(job).copied().or(self.per_job),
            Lane::Function(..) => self.per_job,
        }
    }

    /// How many runs on a connection may be under way; `None` for any number.
    pub fn of_connection(&self, connection: &ConnectionName) -> Option<u32> {
        self.connections.get(connection).copied().or(self.per_connection)
    }
}

/// The runs that share a limit and their turn in the queue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// The runs of a job.
    Job(JobName),
    /// The calls of a function on a connection, without a job.
    Function(ConnectionName, FunctionName),
}

impl Lane {
    /// The lane of a run.
    pub fn of(run: &Run) -> Self {
        match &run.intent.job {
            Some(job) => Self::Job(job.clone()),
            None => Self::Function(run.intent.connection.clone(), run.function_name().clone()),
        }
    }
}

/// A request for runs to make.
#[derive(Debug, Clone)]
pub struct ClaimRequest {
    /// Who asks.
    pub runner: RunnerId,
    /// The current time.
    pub now: Timestamp,
    /// When the leases expire.
    pub until: Timestamp,
    /// The most runs to claim.
    pub most: u32,
    /// The limits.
    pub limits: RunLimits,
}

/// A claimed run, and the body of its order.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedRun {
    /// The run, still queued.
    pub run: Run,
    /// The body of its order; empty if the run was queued without one.
    pub order: Bytes,
}

/// The queue of a store.
///
/// # Guarantees
/// - Every method is atomic, and its effect is visible to every later call, as for [`RunStore`](crate::RunStore).
#[async_trait]
pub trait RunQueue: Debug + Send + Sync + 'static {
    /// Stores a queued run with its order.
    ///
    /// # Guarantees
    /// - Once it has returned, run and order survive a power failure.
    /// - The key of the order is kept in the same transaction, as long as the run exists: a later request of the same
    ///   owner with the same key and digest finds the run, and one with another digest is a
    ///   [`Conflict`](crate::PortErrorKind::Conflict) with the code `request_differs`. Then nothing is stored.
    async fn enqueue(&self, run: &Run, order: &Order) -> Result<Enqueued, PortError>;

    /// Assigns queued runs without a valid lease to a runner.
    ///
    /// # Guarantees
    /// - Runners that claim at the same time get different runs.
    /// - A run that has started, or whose lease has not expired, is never assigned. If a runner claims a run and does
    ///   not start it before the lease expires, the run can be claimed again, and a later write of the earlier runner
    ///   is a [`Conflict`](crate::PortErrorKind::Conflict).
    /// - A run whose order is held by another runner is not assigned.
    /// - The limits are kept. Among jobs that have room, the one with the fewest runs under way comes first, and within
    ///   a job the oldest run: a job with a long queue does not delay the others.
    /// - The time that it takes does not depend on the length of the queue.
    async fn claim(&self, request: &ClaimRequest) -> Result<Vec<ClaimedRun>, PortError>;

    /// Extends the leases of `runner` on these runs, as far as they have no outcome, until `until`. Returns those that
    /// belong to it no longer.
    ///
    /// # Guarantees
    /// - The revision of a run does not change, so the runner's next write is not a conflict.
    async fn heartbeat(
        &self,
        runner: &RunnerId,
        keys: &[RunKey],
        until: Timestamp,
    ) -> Result<Vec<RunKey>, PortError>;

    /// The queued runs whose orders are held by runners, at most `most`, oldest first, each with its holder.
    async fn held(&self, most: u32) -> Result<Vec<(Run, RunnerId)>, PortError>;

    /// How many runs are queued.
    async fn queued(&self) -> Result<u64, PortError>;
}
