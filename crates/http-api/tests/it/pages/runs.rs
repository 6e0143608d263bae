//! The pages of runs, and their buttons.

use super::{
    browser::{Browser, hidden},
    seed::{self, JOB},
};
use crate::world::World;
use axum::http::StatusCode;
use lamplight_domain::{Role, RunState};
use lamplight_ports::{PageRequest, RunFilter, RunStore};

#[tokio::test]
async fn the_heading_says_how_a_run_ended_and_why() {
    let world = seed::world("x").await;
    let viewer = Browser::sign_in(&world, Role::Viewer).await;
    for (state, heading, why) in [
        (RunState::Queued, "is <span class=\"word\">queued</span></h1>", "was not sent yet"),
        (
            RunState::Running,
            "is <span class=\"word\">running</span></h1>",
            "no answer yet. The function's time limit is 30 s.",
        ),
        (
            RunState::Succeeded,
            "<span class=\"word\">succeeded</span></h1>",
            "It ran once: attempt 1 provably did not start.",
        ),
        (
            RunState::FunctionFailed,
            "<span class=\"word\">failed</span></h1>",
            "The function answered with an error (x).",
        ),
        (
            RunState::Accepted,
            "was <span class=\"word\">accepted</span></h1>",
            "How it ends is not known here.",
        ),
        (RunState::Validated, "was <span class=\"word\">validated</span></h1>", "The function was not run."),
        (
            RunState::Rejected,
            "<span class=\"word\">rejected</span>: the function did not start</h1>",
            "safe to run it again",
        ),
        (
            RunState::Unknown,
            "has an <span class=\"word\">unknown outcome</span></h1>",
            "The function may have run. Nothing was repeated.",
        ),
    ] {
        let page = viewer.page(&format!("/runs/{}", seed::key(state))).await.replace("&#39;", "'");
        assert!(page.contains(heading), "{state}: {page}");
        assert!(page.contains(why), "{state}: {page}");
        let is_under_way = matches!(state, RunState::Queued | RunState::Running);
        assert_eq!(page.contains("sse-connect"), is_under_way, "{state}");
        assert_eq!(
            page.contains("<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>"),
            is_under_way,
            "{state}"
        );
    }
}

#[tokio::test]
async fn an_unknown_run_is_repeated_only_with_the_ticked_box() {
    let world = seed::world("x").await;
    let runner = Browser::sign_in(&world, Role::Runner).await;
    let path = format!("/runs/{}", seed::key(RunState::Unknown));
    let page = runner.page(&path).await;
    assert!(!page.to_lowercase().contains("failed"), "{page}");
    assert!(page.contains("name=\"checked\" value=\"yes\" required"), "{page}");
    assert_eq!(page.matches("/again\"").count(), 1, "nothing else repeats it: {page}");
    let (verdict, _) = page.split_once("id=\"cards\"").unwrap();
    assert!(!verdict.contains("Run again"));
    let key = hidden(page.split_once("<summary class=\"small\">Run again").unwrap().1, "key").to_owned();
    let refused = runner.post(&format!("{path}/again"), &[("key", &key)]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{refused:?}");
    assert!(refused.text().contains("unknown"), "{refused:?}");
}

#[tokio::test]
async fn a_run_is_made_again_with_its_inputs_once() {
    let world = World::new();
    world.add_job("echo").await;
    let runner = Browser::sign_in(&world, Role::Runner).await;
    let form = runner.page("/jobs/echo").await;
    let fields = [("key", hidden(&form, "key")), ("more", "{\"a\": {\"b\": 1.10}}"), ("attempts", "2")];
    let first = runner.submit("/jobs/echo/runs", &fields).await;
    let key = first.trim_start_matches("/runs/").parse().unwrap();
    world.server.queue.wait_for(&key, std::time::Duration::from_mins(1)).await.unwrap();
    let page = runner.page(&first).await;
    assert!(page.contains("succeeded") && page.contains("1.10"), "{page}");
    let once = hidden(page.split_once("/again\"").unwrap().1, "key").to_owned();
    let again = format!("{first}/again");
    let second = runner.submit(&again, &[("key", &once)]).await;
    assert_eq!(runner.submit(&again, &[("key", &once)]).await, second, "the same form makes one run");
    assert_ne!(second, first);
    let key = second.trim_start_matches("/runs/").parse().unwrap();
    let run = world.server.queue.wait_for(&key, std::time::Duration::from_mins(1)).await.unwrap().unwrap();
    assert_eq!(run.state(), RunState::Succeeded);
    assert_eq!(run.intent.effective.max_attempts.value, 2);
    assert_eq!(world.fake.calls().len(), 2);
    assert_eq!(world.fake.store.response(&key).await.unwrap().unwrap().as_ref(), b"{\"a\":{\"b\": 1.10}}");
}

#[tokio::test]
async fn a_run_that_may_still_run_the_function_is_not_repeated() {
    let world = seed::world("x").await;
    let runner = Browser::sign_in(&world, Role::Runner).await;
    for state in [RunState::Queued, RunState::Running, RunState::Accepted] {
        let path = format!("/runs/{}", seed::key(state));
        assert!(!runner.page(&path).await.contains("/again\""), "{state}");
        let refused = runner.post(&format!("{path}/again"), &[("key", "k"), ("checked", "yes")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{state}");
    }
    let all = world.fake.store.list(&RunFilter::default(), &PageRequest::default()).await.unwrap();
    assert_eq!(all.items.len(), RunState::ALL.len());
}

#[tokio::test]
async fn a_note_is_kept_and_changes_no_state() {
    let world = seed::world("x").await;
    let runner = Browser::sign_in(&world, Role::Runner).await;
    let path = format!("/runs/{}", seed::key(RunState::Unknown));
    let text = "the log shows that it ended at 02:41:38; the object is there";
    assert_eq!(runner.submit(&format!("{path}/notes"), &[("text", text)]).await, path);
    let page = runner.page(&path).await;
    assert!(page.contains(text) && page.contains("unknown outcome"), "{page}");
    let empty = runner.post(&format!("{path}/notes"), &[("text", "  ")]).await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_run_is_found_by_what_it_is_called() {
    let world = seed::world("x").await;
    let viewer = Browser::sign_in(&world, Role::Viewer).await;
    let key = seed::key(RunState::Succeeded);
    for path in [
        "/runs/mirror%2F8f507cfc-succeeded%23Success",
        "/runs/mirror/8f507cfc-succeeded",
        "/runs?q=mirror/8f507cfc-succeeded%23Success",
    ] {
        let answer = viewer.get(path).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, format!("/runs/{key}").as_str()),
            "{path}"
        );
    }
    assert_eq!(viewer.get("/runs/mirror%2Fnothing%23Success").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn filters_are_in_the_address_and_stay_in_its_links() {
    let world = seed::world("x").await;
    let viewer = Browser::sign_in(&world, Role::Viewer).await;
    let page = viewer.page(&format!("/runs?state=trouble&job={JOB}&period=month")).await;
    assert!(page.contains("3 filters are set."), "{page}");
    for state in [RunState::FunctionFailed, RunState::Rejected, RunState::Unknown] {
        assert!(page.contains(&format!("/runs/{}", seed::key(state))), "{state}");
    }
    assert!(!page.contains(&format!("/runs/{}\"", seed::key(RunState::Succeeded))), "{page}");
    assert!(page.contains(&format!("job={JOB}&#38;state=trouble")), "{page}");
    let (_, export) = page.split_once("href=\"/api/v1/runs/export").unwrap();
    let export = format!("/api/v1/runs/export{}", export.split_once('"').unwrap().0.replace("&#38;", "&"));
    assert!(export.contains(&format!("job={JOB}")) && export.contains("since="), "{export}");
    let lines = viewer.get(&export).await;
    assert_eq!((lines.status, lines.text().lines().count()), (StatusCode::OK, 3), "{lines:?}");
}

#[tokio::test]
async fn a_filter_that_means_nothing_is_refused_and_not_ignored() {
    let world = seed::world("x").await;
    let viewer = Browser::sign_in(&world, Role::Viewer).await;
    for path in [
        "/runs?state=lost",
        "/runs?connection=%22%3E",
        "/runs?job=a/b",
        "/?latest=lost",
        "/?connection=%22%3E",
    ] {
        assert_eq!(viewer.get(path).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
}
