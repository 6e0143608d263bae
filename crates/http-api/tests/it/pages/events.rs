//! Fragments of pages as events.

use super::{
    browser::Browser,
    markup::{check_inert, elements},
    seed::{self, HOSTILE, JOB},
};
use crate::world::World;
use axum::http::StatusCode;
use futures_util::StreamExt;
use lamplight_domain::{Role, RunState};
use lamplight_ports::{Bytes, RunSelector, RunStore};
use std::{collections::BTreeMap, time::Duration};

/// The events of an open page.
struct Live {
    body: axum::body::BodyDataStream,
    text: String,
}

impl Live {
    async fn open(browser: &Browser<'_>, of: &str) -> Self {
        let body = browser.open(&format!("/events?of={of}")).await.into_data_stream();
        Self { body, text: String::new() }
    }

    /// Reads until all of these events have come, and returns the last data of each.
    async fn read(&mut self, names: &[&str]) -> BTreeMap<String, String> {
        loop {
            let events = self.events();
            if names.iter().all(|name| events.contains_key(*name)) {
                return events;
            }
            let next = tokio::time::timeout(Duration::from_secs(20), self.body.next());
            let chunk: Bytes =
                next.await.unwrap_or_else(|_| panic!("{names:?}: {}", self.text)).unwrap().unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    fn events(&self) -> BTreeMap<String, String> {
        let (whole, _) = self.text.rsplit_once("\n\n").unwrap_or_default();
        let event = |block: &str| {
            let field = |name: &str| {
                let lines = block.lines().filter_map(|line| line.strip_prefix(name));
                lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
            };
            (field("event:"), field("data:"))
        };
        whole.split("\n\n").map(event).collect()
    }
}

/// A server that follows its changes.
async fn world(text: &str) -> World {
    let world = seed::world(text).await;
    tokio::spawn(world.server.clone().run_events());
    world
}

async fn end_running(world: &World, text: &str) {
    let key = seed::key(RunState::Running);
    let run = world.fake.store.find(&RunSelector::Key(key.parse().unwrap())).await.unwrap().unwrap();
    let mut ended = run.clone();
    let source = RunSelector::Key(seed::key(RunState::FunctionFailed).parse().unwrap());
    let source = world.fake.store.find(&source).await.unwrap().unwrap();
    ended.conclude(source.outcome().unwrap().clone()).unwrap();
    assert_eq!(ended.outcome().unwrap().error.as_ref().unwrap().message, text);
    world.fake.store.update(&ended, None).await.unwrap();
}

#[tokio::test]
async fn the_verdict_of_a_run_is_replaced_when_it_ends() {
    let world = world(HOSTILE).await;
    let runner = Browser::sign_in(&world, Role::Runner).await;
    let key = seed::key(RunState::Running);
    let mut live = Live::open(&runner, &format!("run:{key}")).await;
    let begun = live.read(&["run.state"]).await;
    assert!(begun["run.state"].contains("is <span class=\"word\">running"), "{begun:?}");
    end_running(&world, HOSTILE).await;
    let ended = live.read(&["run.state", "say"]).await;
    let verdict = elements(&ended["run.state"]);
    check_inert("run.state", &verdict);
    assert_eq!((verdict[0].get("id"), verdict[0].get("class")), (Some("verdict"), Some("verdict bad")));
    let cards = verdict.iter().find_map(|element| element.get("hx-get")).unwrap();
    assert_eq!(ended["say"], format!("{JOB} failed."));
    let page = runner.page(cards).await;
    let cards = elements(&page);
    check_inert("cards", &cards);
    assert_eq!(cards[0].get("id"), Some("cards"));
}

#[tokio::test]
async fn rows_of_jobs_and_what_needs_attention_are_replaced() {
    let world = world(HOSTILE).await;
    let viewer = Browser::sign_in(&world, Role::Viewer).await;
    let page = viewer.page("/").await;
    let mut live = Live::open(&viewer, "jobs").await;
    end_running(&world, HOSTILE).await;
    let name = format!("job.{JOB}");
    let events = live.read(&[&name, "attention", "say"]).await;
    let on_page = elements(&page);
    for cell in elements(&events[&name]).iter().filter(|element| element.tag == "td") {
        let id = cell.get("id").unwrap();
        let own =
            on_page.iter().find(|element| element.get("id") == Some(id)).unwrap_or_else(|| panic!("{id}"));
        // The cell that listens replaces itself; the others are found by their IDs.
        assert_eq!(own.get("sse-swap").is_some(), cell.get("hx-swap-oob").is_none(), "{id}");
    }
    check_inert("attention", &elements(&events["attention"]));
    assert!(events["attention"].contains(JOB), "{events:?}");
}

#[tokio::test]
async fn new_runs_wait_behind_a_button() {
    let world = world("x").await;
    let viewer = Browser::sign_in(&world, Role::Viewer).await;
    let mut live = Live::open(&viewer, "runs").await;
    end_running(&world, "x").await;
    let events = live.read(&["runs.new"]).await;
    assert_eq!(events["runs.new"], "<a class=\"btn\" href=\"\">1 run new or changed: load them</a>");
}

#[tokio::test]
async fn only_pages_have_events() {
    let world = world("x").await;
    let viewer = Browser::sign_in(&world, Role::Viewer).await;
    for of in ["", "job:x", "run:", "nothing"] {
        assert_eq!(viewer.get(&format!("/events?of={of}")).await.status, StatusCode::BAD_REQUEST, "{of}");
    }
}
