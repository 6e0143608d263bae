//! What the router works with: ports and settings.

use crate::{
    events::{self, Hub},
    guard::RateLimit,
    metrics::Metrics,
};
use lamplight_app::{AccessPorts, CancellationToken, QueueRunner};
use lamplight_ports::{
    ConnectionDirectory, Connector, JobStore, RunHistory, RunPorts, RunQueue, SecretResolver,
};
use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

/// The ports of a server.
#[derive(Debug, Clone)]
pub struct Ports {
    /// Opens connections.
    pub connector: Arc<dyn Connector>,
    /// Lists connections.
    pub directory: Arc<dyn ConnectionDirectory>,
    /// Reads the secrets that jobs refer to.
    pub secrets: Arc<dyn SecretResolver>,
    /// The store of jobs.
    pub jobs: Arc<dyn JobStore>,
    /// What runs need, with the store of runs.
    pub run: RunPorts,
    /// The queue of runs.
    pub queue: Arc<dyn RunQueue>,
    /// Counts, changes and notes.
    pub history: Arc<dyn RunHistory>,
    /// Tokens, sessions and the audit log.
    pub access: AccessPorts,
}

/// The settings of a server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The hosts that requests may name, without ports. A request for another host is refused, so that a page of another
    /// site cannot reach the server by a name that it points at this machine.
    pub hosts: Vec<String>,
    /// Whether browsers may send cookies only over TLS: true if the server or a proxy in front of it speaks TLS.
    pub secure_cookies: bool,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
    /// How many attempts to sign in one address may make in a minute.
    pub logins_per_minute: NonZeroU32,
    /// How many runs one actor may start in a second.
    pub runs_per_second: NonZeroU32,
    /// The largest body of a request in bytes.
    pub largest_body: usize,
}

/// What the router works with.
#[derive(Debug)]
pub struct Server {
    /// The ports.
    pub ports: Ports,
    /// The settings.
    pub settings: Settings,
    /// Queues runs, and makes them.
    pub queue: QueueRunner,
    /// Passes changes on to event streams.
    pub events: Hub,
    /// Fires when the server stops: streams and long waits end.
    pub stop: CancellationToken,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
}

/// How often callers may do what is expensive or invites guessing.
#[derive(Debug)]
pub(crate) struct Limits {
    /// Attempts to sign in, by address.
    pub(crate) logins: RateLimit,
    /// Runs, by actor.
    pub(crate) runs: RateLimit,
}

impl Server {
    /// A server that is ready to answer.
    pub fn new(ports: Ports, settings: Settings, queue: QueueRunner, stop: CancellationToken) -> Arc<Self> {
        let limits = Limits {
            logins: RateLimit::new(settings.logins_per_minute, Duration::from_mins(1)),
            runs: RateLimit::new(settings.runs_per_second, Duration::from_secs(1)),
        };
        let (events, metrics) = (Hub::default(), Metrics::default());
        Arc::new(Self { ports, settings, queue, events, stop, limits, metrics })
    }

    /// Reads changes for event streams until the server stops. It must run once for each server.
    pub async fn run_events(self: Arc<Self>) {
        events::follow_changes(&self).await;
    }
}
