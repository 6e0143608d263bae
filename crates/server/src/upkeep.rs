//! What the server does from time to time: settles runs, removes old ones, and looks for new certificates.

use crate::tls::Tls;
use lamplight_app::{CancellationToken, prune_runs, settle_queue, settle_runs};
use lamplight_ports::{AccessStore, RunPorts};
use lamplight_wiring::{Connections, SqliteStore};
use std::{sync::Arc, time::Duration};

/// How often it looks.
const PAUSE: Duration = Duration::from_secs(10);

/// What it looks after.
#[derive(Debug)]
pub struct Upkeep {
    pub connections: Connections,
    pub store: Arc<SqliteStore>,
    pub run: RunPorts,
    pub tls: Option<Arc<Tls>>,
    pub audit_days: u32,
}

impl Upkeep {
    /// Concludes runs whose process has ended.
    pub async fn settle(&self) {
        let RunPorts { runs, runners, clock, .. } = &self.run;
        match settle_runs(&**runs, &**runners, &**clock).await {
            Ok(settled) if settled.runs.is_empty() => {}
            Ok(settled) => tracing::warn!(count = settled.runs.len(), "settled runs whose process had ended"),
            Err(error) => tracing::error!(%error, "could not settle runs"),
        }
        if let Err(error) = settle_queue(&*self.store, &**runs, &**runners, &**clock).await {
            tracing::error!(%error, "could not settle queued runs");
        }
    }

    /// Looks after everything until `stop` fires.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = self.run.sleeper.sleep(PAUSE) => {}
                () = stop.cancelled() => return,
            }
            self.settle().await;
            self.remove_old().await;
            if let Some(tls) = &self.tls {
                tls.reload();
            }
        }
    }

    async fn remove_old(&self) {
        let now = self.run.clock.now();
        let retention = self.connections.config().ok().and_then(|config| config.runs.retention(now));
        if let Some(retention) = retention
            && let Err(error) = prune_runs(&*self.run.runs, &retention).await
        {
            tracing::error!(%error, "could not remove old runs");
        }
        let age = Duration::from_hours(24 * u64::from(self.audit_days));
        let Ok(before) = now.saturating_sub(age) else { return };
        if let Err(error) = self.store.prune_audit(before).await {
            tracing::error!(%error, "could not remove old entries of the audit log");
        }
    }
}
