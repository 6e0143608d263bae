//! Counts and durations of runs over time.

use super::{lookup, query::Query, reply::json};
use crate::{
    Caller, Problem, Server,
    openapi::{Endpoint, Operation, connection_name, job_name, time},
};
use axum::{extract::State, http::StatusCode, response::Response};
use lamplight_domain::Timestamp;
use lamplight_ports::{BucketLength, ChartRequest};
use lamplight_views::{ChartBucketView, ChartView};
use schemars::{Schema, SchemaGenerator, json_schema};
use std::{sync::Arc, time::Duration};

/// The period if the caller does not give one.
const PERIOD: Duration = Duration::from_hours(30 * 24);

/// The most buckets of one answer.
const MOST_BUCKETS: u64 = 2000;

pub(super) fn endpoint() -> Endpoint {
    Operation::get("/api/v1/charts", "show_charts", "Count runs by state over time")
        .query("job", "Only runs of this job", job_name)
        .query("connection", "Only runs on this connection", connection_name)
        .query("since", "From the bucket with this time; 30 days before `until` if left out", time)
        .query("until", "Up to the bucket with this time; now if left out", time)
        .query("bucket", "The length of a bucket; a day if left out", bucket_schema)
        .answer::<ChartView>(200, "The counts")
        .handled_by(charts)
}

fn bucket_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": BucketLength::ALL.map(word) })
}

fn word(bucket: BucketLength) -> &'static str {
    match bucket {
        BucketLength::FiveMinutes => "5m",
        BucketLength::Hour => "1h",
        BucketLength::Day => "1d",
    }
}

async fn charts(
    State(server): State<Arc<Server>>,
    caller: Caller,
    mut query: Query,
) -> Result<Response, Problem> {
    let bucket = match query.text("bucket")?.as_deref() {
        None => BucketLength::Day,
        Some(text) => BucketLength::ALL
            .into_iter()
            .find(|bucket| word(*bucket) == text)
            .ok_or_else(|| Problem::invalid("bucket must be 5m, 1h or 1d"))?,
    };
    let until = query.time("until")?.unwrap_or_else(|| server.ports.run.clock.now());
    let since = match query.time("since")? {
        Some(since) => since,
        None => until.saturating_sub(PERIOD).unwrap_or(Timestamp::MIN),
    };
    let request = ChartRequest {
        job: query.parse("job")?,
        connection: query.parse("connection")?,
        scope: caller.actor.scope.clone(),
        since,
        until,
        bucket,
    };
    query.finish()?;
    let length = until.duration_since(since);
    if length.is_negative() || length.as_secs().unsigned_abs() / bucket.duration().as_secs() > MOST_BUCKETS {
        return Err(Problem::invalid(format!(
            "since must be before until, by at most {MOST_BUCKETS} buckets"
        )));
    }
    if let Some(job) = &request.job {
        // Its runs are counted even after it was removed, so only what the caller may not see is refused.
        if !caller.actor.scope.is_unlimited() {
            lookup::job(&server, &caller, job.as_str()).await?;
        }
    }
    let found = server.ports.history.chart(&request).await?;
    Ok(json(StatusCode::OK, &ChartView { buckets: found.iter().map(ChartBucketView::from).collect() }))
}
