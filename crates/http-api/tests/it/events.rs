//! Streams of events.

use crate::world::{World, only_job, request};
use axum::{
    body::{Body, BodyDataStream},
    http::Method,
};
use futures_util::StreamExt;
use lamplight_domain::{Role, Run};
use lamplight_ports::RunSelector;
use serde_json::{Value, json};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tower::ServiceExt;

/// An event as a client sees it.
#[derive(Debug, Clone, Default, PartialEq)]
struct Event {
    id: Option<u64>,
    name: String,
    data: String,
}

impl Event {
    fn key(&self) -> String {
        let run: Value = serde_json::from_str(&self.data).unwrap();
        run["key"].as_str().unwrap().to_owned()
    }
}

/// An open stream.
struct Stream {
    body: BodyDataStream,
    text: String,
    events: VecDeque<Event>,
}

impl Stream {
    async fn open(world: &World, token: &str, of: &str, after: Option<u64>) -> Self {
        let mut request = request(Method::GET, &format!("/api/v1/events?of={of}"), Some(token));
        if let Some(after) = after {
            request = request.header("last-event-id", after.to_string());
        }
        let response = world.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body().into_data_stream(), text: String::new(), events: VecDeque::new() }
    }

    /// The next event; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            let chunk = tokio::time::timeout(Duration::from_secs(30), self.body.next()).await;
            let chunk = chunk.unwrap()?.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let mut parsed = Event::default();
                for line in event.lines() {
                    match line.split_once(": ") {
                        Some(("id", id)) => parsed.id = Some(id.parse().unwrap()),
                        Some(("event", name)) => name.clone_into(&mut parsed.name),
                        Some(("data", data)) => data.clone_into(&mut parsed.data),
                        Some(("retry", _)) => {}
                        other => panic!("{other:?}"),
                    }
                }
                self.events.push_back(parsed);
                self.text = String::from(rest);
            }
        }
    }
}

fn live(world: &World) {
    tokio::spawn(Arc::clone(&world.server).run_events());
}

#[tokio::test]
async fn a_stream_shows_runs_as_they_change() {
    let world = World::new();
    live(&world);
    let viewer = world.token(Role::Viewer).await;
    let mut stream = Stream::open(&world, &viewer, "runs", None).await;
    let first = stream.next().await.unwrap();
    assert_eq!((first.name.as_str(), first.data.as_str()), ("", ""), "only the position");
    let key = world.run_mirror(&json!({})).await;
    let mut last = first.id.unwrap();
    loop {
        let event = stream.next().await.unwrap();
        assert_eq!((event.name.as_str(), event.key()), ("run", key.clone()));
        assert!(event.id.unwrap() > last);
        last = event.id.unwrap();
        if event.data.contains("\"succeeded\"") {
            break;
        }
    }
}

#[tokio::test]
async fn a_stream_is_resumed_after_its_last_event() {
    let world = World::new();
    live(&world);
    let viewer = world.token(Role::Viewer).await;
    let position = Stream::open(&world, &viewer, "runs", None).await.next().await.unwrap().id.unwrap();
    let (a, b) = (world.run_mirror(&json!(1)).await, world.run_mirror(&json!(2)).await);
    let mut resumed = Stream::open(&world, &viewer, "runs", Some(position)).await;
    assert_eq!(resumed.next().await.unwrap().id, Some(position));
    let missed = [resumed.next().await.unwrap(), resumed.next().await.unwrap()];
    assert_eq!([missed[0].key(), missed[1].key()], [a, b.clone()]);
    let mut again = Stream::open(&world, &viewer, "runs", missed[0].id).await;
    again.next().await.unwrap();
    assert_eq!(again.next().await.unwrap().key(), b);
    // A number from the future is from another store.
    let mut future = Stream::open(&world, &viewer, "runs", Some(u64::MAX)).await;
    assert_eq!(future.next().await.unwrap().id, missed[1].id);
    let wrong = request(Method::GET, "/api/v1/events", Some(&viewer)).header("last-event-id", "x");
    world.send(wrong.body(Body::empty()).unwrap()).await.assert_problem(400, "invalid_request");
}

#[tokio::test]
async fn a_stream_of_one_run_begins_with_its_state() {
    let world = World::new();
    live(&world);
    let viewer = world.token(Role::Viewer).await;
    let (key, other) = (world.run_mirror(&json!(1)).await, world.run_mirror(&json!(2)).await);
    let mut stream = Stream::open(&world, &viewer, &format!("run:{key}"), None).await;
    stream.next().await.unwrap();
    let state = stream.next().await.unwrap();
    assert!(state.key() == key && state.data.contains("\"succeeded\""), "{state:?}");
    world.stop.cancel();
    assert_eq!(stream.next().await, None, "it ends when the server stops, and never shows {other}");
}

#[tokio::test]
async fn a_stream_shows_only_what_is_in_scope_and_of_its_topic() {
    let world = World::new();
    live(&world);
    world.add_job("seen").await;
    world.add_job("hidden").await;
    let runner = world.token(Role::Runner).await;
    let limited = world.limited_token(Role::Viewer, only_job("seen")).await;
    let mut of_scope = Stream::open(&world, &limited, "runs", None).await;
    let mut of_job = Stream::open(&world, &runner, "job:seen", None).await;
    for job in ["hidden", "seen"] {
        world.post(&runner, &format!("/api/v1/jobs/{job}/runs?wait=60"), &json!({})).await;
    }
    for stream in [&mut of_scope, &mut of_job] {
        stream.next().await.unwrap();
        let event = stream.next().await.unwrap();
        assert!(event.data.contains("\"job\":\"seen\""), "{event:?}");
    }
}

/// Stores copies of a queued run, with keys that begin with `prefix`.
async fn store_copies(world: &World, prefix: &str, count: usize) {
    let runs = &world.server.ports.run.runs;
    let one = runs.find(&RunSelector::Latest).await.unwrap().unwrap();
    for n in 0..count {
        let mut intent = one.intent.clone();
        intent.key = format!("{prefix}-{n}").parse().unwrap();
        runs.insert(&Run::queue(intent)).await.unwrap();
    }
}

#[tokio::test]
async fn a_slow_stream_reads_what_it_has_missed() {
    let world = World::idle();
    live(&world);
    let runner = world.token(Role::Runner).await;
    world.post(&runner, "/api/v1/runs", &json!({ "function": "mirror" })).await;
    let mut stream = Stream::open(&world, &runner, "runs", None).await;
    stream.next().await.unwrap();
    // Nothing is read in between, and each step is a read of its own.
    for n in 0..20 {
        store_copies(&world, &format!("step{n}"), 1).await;
        let now = world.server.ports.history.last_change().await.unwrap();
        let mut other = Stream::open(&world, &runner, "runs", None).await;
        assert_eq!(other.next().await.unwrap().id, Some(now.0));
    }
    let mut keys = Vec::new();
    while keys.len() < 20 {
        keys.push(stream.next().await.unwrap().key());
    }
    assert_eq!(keys, (0..20).map(|n| format!("step{n}-0")).collect::<Vec<_>>());
}

#[tokio::test]
async fn too_many_changes_at_once_are_one_event() {
    let world = World::idle();
    let runner = world.token(Role::Runner).await;
    world.post(&runner, "/api/v1/runs", &json!({ "function": "mirror" })).await;
    let mut stream = Stream::open(&world, &runner, "runs", None).await;
    let begin = stream.next().await.unwrap().id;
    store_copies(&world, "many", 300).await;
    live(&world);
    let reload = stream.next().await.unwrap();
    assert_eq!(reload.name, "reload");
    let now = world.server.ports.history.last_change().await.unwrap().0;
    assert_eq!(reload.id, Some(now));
    let mut resumed = Stream::open(&world, &runner, "runs", begin).await;
    resumed.next().await.unwrap();
    assert_eq!(resumed.next().await.unwrap().name, "reload");
    store_copies(&world, "most", 2500).await;
    let mut late = Stream::open(&world, &runner, "runs", begin).await;
    let position = late.next().await.unwrap();
    assert!(position.id > Some(now + 2000), "what is far behind is not read at all: {position:?}");
    assert_eq!(late.next().await.unwrap().name, "reload");
}

#[tokio::test]
async fn closed_streams_are_not_counted() {
    let world = World::idle();
    live(&world);
    let viewer = world.token(Role::Viewer).await;
    let mut open = Vec::new();
    for _ in 0..50 {
        let mut stream = Stream::open(&world, &viewer, "runs", None).await;
        stream.next().await.unwrap();
        open.push(stream);
    }
    assert_eq!(world.server.events.streams(), 50);
    drop(open);
    assert_eq!(world.server.events.streams(), 0);
}
