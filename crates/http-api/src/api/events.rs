//! Changes of runs as server-sent events.

use super::{lookup, query::Query};
use crate::{
    Caller, Problem, Server,
    events::{Shown, Topic, stream},
    openapi::{Endpoint, Operation, text},
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::StreamExt;
use lamplight_ports::ChangeNumber;
use lamplight_views::RunSummaryView;
use std::{convert::Infallible, sync::Arc, time::Duration};

/// How long nothing is sent before a comment is, so that nobody between both ends takes the connection for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a client waits before it connects again.
const RETRY: Duration = Duration::from_secs(2);

pub(super) fn endpoint() -> Endpoint {
    Operation::get("/api/v1/events", "stream_events", "Stream changes of runs as server-sent events")
        .about(
            "`run` has a run as in the list, as it is now; changes of a run that follow each other quickly are one event. \
             `reload` says that more runs have changed than are shown, so the list has to be read again. The ID of an \
             event is a position; with it in `Last-Event-ID`, the stream continues there.",
        )
        .query("of", "`runs` (the default), `run:KEY` or `job:NAME`", text)
        .header("Last-Event-ID", "Continue after this event", false)
        .answer_as(200, "A stream of events", "text/event-stream", text)
        .fails(404, "The run or job does not exist")
        .handled_by(events)
}

async fn events(
    State(server): State<Arc<Server>>,
    caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let topic = query.text("of")?.map_or(Ok(Topic::Runs), |text| Topic::parse(&text))?;
    query.finish()?;
    match &topic {
        Topic::Runs => {}
        Topic::Run(key) => drop(lookup::run(&server, &caller, key.as_str()).await?),
        Topic::Job(name) => drop(lookup::job(&server, &caller, name.as_str()).await?),
    }
    let shown = stream(server, caller.actor.scope, topic, last_event(&headers)?).await?;
    let events = shown.map(|shown| Ok::<_, Infallible>(event(&shown)));
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

/// The position in `Last-Event-ID`.
pub(crate) fn last_event(headers: &HeaderMap) -> Result<Option<ChangeNumber>, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    match value.to_str().unwrap_or("?") {
        "" => Ok(None),
        text => {
            let wrong = |_| Problem::invalid("Last-Event-ID is not the ID of an event of this server");
            text.parse().map(|number| Some(ChangeNumber(number))).map_err(wrong)
        }
    }
}

fn event(shown: &Shown) -> Event {
    match shown {
        // Without data it sets the position, and nothing else happens.
        Shown::At(at) => Event::default().id(at.0.to_string()).retry(RETRY),
        Shown::Run(at, run) => {
            let json = serde_json::to_string(&RunSummaryView::from(&**run)).unwrap_or_default();
            Event::default().id(at.0.to_string()).event("run").data(json)
        }
        Shown::Reload(at) => Event::default().id(at.0.to_string()).event("reload").data("{}"),
    }
}
