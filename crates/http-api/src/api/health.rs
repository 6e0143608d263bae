//! Whether the server works, for what watches it.

use crate::{
    Caller, Problem, Server,
    metrics::Gauge,
    openapi::{Endpoint, Operation, text},
};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use lamplight_domain::{ErrorCode, RunState, Scope};
use lamplight_ports::{BucketLength, ChartRequest};
use std::{sync::Arc, time::Duration};

const TEXT: &str = "text/plain; charset=utf-8";

/// The content type that Prometheus expects.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The period whose ended runs are counted.
const HOUR: Duration = Duration::from_hours(1);

pub(super) fn alive() -> Endpoint {
    Operation::get("/healthz", "is_alive", "Whether the server is alive")
        .for_everybody()
        .answer_as(200, "It is", TEXT, text)
        .handled_by(async || "ok\n")
}

pub(super) fn ready() -> Endpoint {
    Operation::get(
        "/readyz",
        "is_ready",
        "Whether the server can answer: its store can be read, and it is not stopping",
    )
    .for_everybody()
    .answer_as(200, "It can", TEXT, text)
    .fails(503, "It cannot")
    .handled_by(is_ready)
}

async fn is_ready(State(server): State<Arc<Server>>) -> Result<&'static str, Problem> {
    let not_ready = |message: &str| {
        Problem::new(ErrorCode::ServiceUnavailable, message).with_status(StatusCode::SERVICE_UNAVAILABLE)
    };
    if server.stop.is_cancelled() {
        return Err(not_ready("the server is stopping"));
    }
    match server.ports.history.last_change().await {
        Ok(_) => Ok("ready\n"),
        Err(error) => {
            // Everybody may ask, so the answer does not say what the store is.
            tracing::error!(%error, "the server is not ready: the store cannot be read");
            Err(not_ready("the store cannot be read"))
        }
    }
}

pub(super) fn metrics() -> Endpoint {
    Operation::get("/metrics", "show_metrics", "Show metrics for Prometheus")
        .answer_as(200, "The metrics", PROMETHEUS, text)
        .handled_by(show_metrics)
}

async fn show_metrics(State(server): State<Arc<Server>>, caller: Caller) -> Result<Response, Problem> {
    caller.require_unlimited()?;
    let queued = server.ports.queue.queued().await?;
    let one = |count: usize| vec![(String::new(), u64::try_from(count).unwrap_or(u64::MAX))];
    let gauges = [
        Gauge { name: "runs_queued", help: "Runs that wait.", values: vec![(String::new(), queued)] },
        Gauge {
            name: "runs_under_way",
            help: "Runs that this process makes.",
            values: one(server.queue.under_way()),
        },
        Gauge {
            name: "runs_last_hour",
            help: "Runs that started in the last hour and have ended, by state.",
            values: last_hour(&server).await?,
        },
        Gauge { name: "event_streams", help: "Open event streams.", values: one(server.events.streams()) },
    ];
    Ok(([(header::CONTENT_TYPE, PROMETHEUS)], server.metrics.text(&gauges)).into_response())
}

/// The numbers of runs that started in the last hour, by state.
async fn last_hour(server: &Server) -> Result<Vec<(String, u64)>, Problem> {
    let now = server.ports.run.clock.now();
    let request = ChartRequest {
        job: None,
        connection: None,
        scope: Scope::default(),
        since: now.saturating_sub(HOUR).unwrap_or(now),
        until: now,
        bucket: BucketLength::FiveMinutes,
    };
    let buckets = server.ports.history.chart(&request).await?;
    let of = |state: RunState| {
        let mine = buckets.iter().filter(|bucket| bucket.state == state);
        (format!("state=\"{}\"", state.as_str()), mine.map(|bucket| bucket.durations.count()).sum())
    };
    let ended =
        RunState::ALL.into_iter().filter(|state| !matches!(state, RunState::Queued | RunState::Running));
    Ok(ended.map(of).collect())
}
