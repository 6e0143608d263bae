//! Texts of functions and people in every field: they are shown as texts.

use super::{
    browser::Browser,
    every_page::{ADMIN_PATHS, paths},
    markup::check_page,
    seed::{self, HOSTILE, JOB},
};
use axum::http::StatusCode;
use lamplight_domain::{
    Attempt, Evidence, EvidenceKind, Outcome, RecordedArgument, Role, Run, RunState, RunnerId,
};
use lamplight_ports::RunStore;
use lamplight_views::is_harmful;

/// What of a page is not the value of a control of a form, which only the control shows.
fn outside_of_controls(page: &str) -> String {
    let mut rest = page;
    let mut outside = String::new();
    while let Some(at) = rest.find("<textarea").into_iter().chain(rest.find(" value=\"")).min() {
        let (before, control) = rest.split_at(at);
        outside.push_str(before);
        rest = if control.starts_with("<textarea") {
            control.split_once("</textarea>").unwrap().1
        } else {
            control[" value=\"".len()..].split_once('"').unwrap().1
        };
    }
    outside + rest
}

#[tokio::test]
async fn hostile_texts_are_inert_on_every_page() {
    let world = seed::world(HOSTILE).await;
    let admin = Browser::sign_in(&world, Role::Admin).await;
    let note = format!("/runs/{}/notes", seed::key(RunState::Unknown));
    admin.submit(&note, &[("text", HOSTILE)]).await;
    let pages = paths().into_iter().chain(ADMIN_PATHS.map(str::to_owned));
    let queries = [
        "/jobs?q=%3Cscript%3E%E2%80%AE&connection=a",
        "/runs?q=%3Cscript%3E%E2%80%AE&job=a",
        "/functions?q=%3Cscript%3E%E2%80%AE",
    ];
    for path in pages.chain(queries.map(str::to_owned)) {
        let page = admin.page(&path).await;
        check_page(&path, &page);
        let outside = outside_of_controls(&page);
        let harmful = outside.chars().find(|c| is_harmful(*c) && !matches!(c, '\n' | '\t'));
        assert_eq!(harmful, None, "{path}");
        assert!(!page.contains("<img") && !page.contains("alert(1)>"), "{path}");
    }
    let shown = admin.page(&format!("/runs/{}", seed::key(RunState::FunctionFailed))).await;
    assert!(shown.matches("&#60;script&#62;alert(").count() >= 5, "the texts are shown: {shown}");
}

#[tokio::test]
async fn a_refused_form_repeats_its_input_as_text() {
    let world = seed::world("x").await;
    let admin = Browser::sign_in(&world, Role::Admin).await;
    let runs = format!("/jobs/{JOB}/runs");
    let fields = [
        ("key", HOSTILE),
        ("p.day", HOSTILE),
        ("p.limit", HOSTILE),
        ("p.a json", HOSTILE),
        ("qualifier", HOSTILE),
        ("payload", ""),
    ];
    let refused = admin.post(&runs, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
    check_page(&runs, refused.text());
    for (path, fields) in [
        ("/new-job", vec![("name", HOSTILE), ("connection", HOSTILE), ("function", HOSTILE)]),
        (
            "/admin/tokens",
            vec![("name", HOSTILE), ("role", HOSTILE), ("connections", HOSTILE), ("jobs", HOSTILE)],
        ),
        (
            "/jobs/nightly-report/settings",
            vec![("revision", "1"), ("attempts", HOSTILE), ("context", HOSTILE)],
        ),
        (
            "/jobs/nightly-report/parameters",
            vec![
                ("revision", "1"),
                ("name.0", HOSTILE),
                ("type.0", HOSTILE),
                ("direction.0", HOSTILE),
                ("default.0", HOSTILE),
            ],
        ),
    ] {
        let refused = admin.post(path, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {refused:?}");
        check_page(path, refused.text());
    }
}

#[tokio::test]
async fn a_huge_response_and_log_are_cut_and_can_be_downloaded() {
    let world = seed::world("x").await;
    let store = &world.fake.store;
    let mut intent = seed::intent(&world, "huge");
    intent.arguments = (0..1000)
        .map(|number| RecordedArgument {
            name: format!("argument {number}").parse().unwrap(),
            value: "x".repeat(RecordedArgument::LONGEST),
            cut_from_bytes: Some(1_000_000),
        })
        .collect();
    let mut run = Run::begin(intent, RunnerId("r".to_owned()));
    store.insert(&run).await.unwrap();
    run.attempts = vec![Attempt::sent(run.intent.started_at)];
    let mut outcome =
        Outcome::new(RunState::Succeeded, Evidence::of(EvidenceKind::Answered), run.intent.started_at);
    outcome.log_tail = Some("a line of the log\n".repeat(10_000));
    run.conclude(outcome).unwrap();
    let response = format!("[{}\"\u{202e}\"]", "\"<b>12345678901234567890.10</b>\",".repeat(200_000));
    store.update(&run, Some(response.clone().into())).await.unwrap();
    let viewer = Browser::sign_in(&world, Role::Viewer).await;
    let page = viewer.page("/runs/huge").await;
    check_page("/runs/huge", &page);
    assert!(page.len() < 64 * 1024 * 8, "{}", page.len());
    assert!(page.contains("cut after 64 KiB") && page.contains("download the whole record"));
    let download = viewer.get("/api/v1/runs/huge/response").await;
    assert_eq!(download.body.len(), response.len());
}
