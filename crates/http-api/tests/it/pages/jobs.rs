//! The form of a job, its parameters and its settings, without scripts.

use super::{
    browser::{Browser, hidden},
    markup::check_page,
    seed::{self, JOB},
};
use crate::world::World;
use axum::http::StatusCode;
use lamplight_domain::{Role, RunState};
use lamplight_ports::{JobStore, PageRequest, RunFilter, RunStore};
use serde_json::json;

async fn runs(world: &World) -> usize {
    RunStore::list(&world.fake.store, &RunFilter::default(), &PageRequest::default())
        .await
        .unwrap()
        .items
        .len()
}

#[tokio::test]
async fn a_form_that_is_sent_twice_makes_one_run() {
    let world = World::new();
    world.add_job("echo").await;
    let runner = Browser::sign_in(&world, Role::Runner).await;
    let page = runner.page("/jobs/echo").await;
    let key = hidden(&page, "key").to_owned();
    let fields = [("key", key.as_str()), ("more", "{\"n\": 12345678901234567890.10}"), ("type", "")];
    let (first, second) =
        tokio::join!(runner.submit("/jobs/echo/runs", &fields), runner.submit("/jobs/echo/runs", &fields));
    assert_eq!(first, second);
    assert_eq!(runs(&world).await, 1);
    let other = runner.post("/jobs/echo/runs", &[("key", key.as_str()), ("more", "{}"), ("type", "")]).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(other.text().contains("has already started a run with other inputs"), "{other:?}");
    assert_ne!(hidden(other.text(), "key"), key);
    let fresh = runner.page("/jobs/echo").await;
    assert_ne!(hidden(&fresh, "key"), key, "another load of the form has another key");
}

#[tokio::test]
async fn a_refused_form_keeps_its_input_and_names_each_field() {
    let world = seed::world("x").await;
    let runner = Browser::sign_in(&world, Role::Runner).await;
    let before = runs(&world).await;
    let fields = [
        ("key", "k1"),
        ("p.limit", "12.5"),
        ("p.a json", "{"),
        ("p.api_token", "hunter2"),
        ("p.dry", "true"),
        ("attempts", "2"),
    ];
    let refused = runner.post(&format!("/jobs/{JOB}/runs"), &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
    let page = refused.text();
    check_page("the refused form", page);
    assert!(page.contains("3 parameters are not valid; nothing was sent."), "{page}");
    assert_eq!(page.matches("aria-invalid=\"true\"").count(), 3);
    for kept in
        ["value=\"12.5\"", ">\n{</textarea>", "value=\"true\" checked", "name=\"attempts\" value=\"2\""]
    {
        assert!(page.contains(kept), "{kept}: {page}");
    }
    assert!(!page.contains("hunter2"), "a secret is not repeated");
    assert_eq!(hidden(page, "key"), "k1", "the form is still the same one");
    assert_eq!(runs(&world).await, before);
}

#[tokio::test]
async fn a_field_beside_the_parameters_is_named_as_the_reason_too() {
    let world = World::new();
    world.add_job("echo").await;
    let runner = Browser::sign_in(&world, Role::Runner).await;
    for (field, value, id) in
        [("more", "{\"a\":", "more"), ("payload", "{", "s-payload"), ("context", "[]", "s-context")]
    {
        let refused = runner.post("/jobs/echo/runs", &[("key", "k"), (field, value)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
        let page = refused.text();
        check_page("the refused form", page);
        assert_eq!(page.matches("aria-invalid=\"true\"").count(), 1, "{field}: {page}");
        assert!(page.contains(&format!("<a href=\"#{id}\">")), "{field}: {page}");
    }
}

#[tokio::test]
async fn references_are_not_resolved_for_a_form() {
    let world = seed::world("x").await;
    let runner = Browser::sign_in(&world, Role::Runner).await;
    let fields = [("key", "k1"), ("p.day", "x"), ("p.api_token", "env:HOME")];
    let refused = runner.post(&format!("/jobs/{JOB}/runs"), &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
    assert!(refused.text().contains("is a reference to a secret"), "{refused:?}");
}

#[tokio::test]
async fn edit_and_run_says_where_its_inputs_come_from() {
    let world = seed::world("x").await;
    let runner = Browser::sign_in(&world, Role::Runner).await;
    let key = seed::key(RunState::FunctionFailed);
    let page = runner.page(&format!("/jobs/{JOB}?from={key}")).await;
    assert!(page.contains(&format!("Filled with the inputs of <a href=\"/runs/{key}\">")), "{page}");
    assert!(page.contains("api_token is secret: it is read from env:REPORT_TOKEN again."), "{page}");
    assert!(page.contains("name=\"p.day\" value=\"2026-01-13\""), "{page}");
    assert!(
        page.contains("<h2>The event</h2>") && page.contains("2026-01-13") && page.contains("********"),
        "{page}"
    );
    assert!(page.contains("-p day=2026-01-13"), "{page}");
    let gone = runner.get(&format!("/jobs/{JOB}?from=no-such-run")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn parameters_are_edited_by_rows_and_saved_once() {
    let world = World::new();
    world.add_job("echo").await;
    let admin = Browser::sign_in(&world, Role::Admin).await;
    let path = "/jobs/echo/parameters";
    let added = admin.post(path, &[("revision", "1"), ("do", "add")]).await;
    assert_eq!(added.status, StatusCode::OK);
    check_page(path, added.text());
    assert!(added.text().contains("name=\"name.0\""));
    let row = [
        ("revision", "1"),
        ("do", "save"),
        ("name.0", "n"),
        ("type.0", "integer"),
        ("direction.0", "InputOutput"),
        ("default.0", "3"),
        ("required.0", "yes"),
        ("description.0", "a number"),
    ];
    assert_eq!(admin.submit(path, &row).await, path);
    let name = "echo".parse().unwrap();
    let stored = world.fake.store.get(&name).await.unwrap().unwrap();
    let parameter = stored.job.parameters.iter().next().unwrap();
    assert_eq!(stored.revision.0, 2);
    assert_eq!(
        serde_json::to_value(parameter).unwrap(),
        json!({
            "name": "n", "type": "integer", "direction": "InputOutput", "default": "3", "required": true, "description": "a number"
        })
    );
    let late = admin
        .post(
            path,
            &[
                ("revision", "1"),
                ("do", "save"),
                ("name.0", "mine"),
                ("type.0", "string"),
                ("direction.0", "Input"),
            ],
        )
        .await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{late:?}");
    check_page(path, late.text());
    assert!(
        late.text().contains("value=\"mine\"") && late.text().contains("The saved list, revision 2"),
        "{late:?}"
    );
    assert_eq!(world.fake.store.get(&name).await.unwrap().unwrap().revision.0, 2, "nothing was overwritten");
    let again = [
        ("revision", "2"),
        ("do", "save"),
        ("name.0", "mine"),
        ("type.0", "string"),
        ("direction.0", "Input"),
    ];
    admin.submit(path, &again).await;
    let wrong = admin
        .post(
            path,
            &[
                ("revision", "3"),
                ("do", "save"),
                ("name.0", "x"),
                ("type.0", "string"),
                ("direction.0", "Input"),
                ("default.0", "plain"),
                ("secret.0", "yes"),
            ],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("must be a reference such as env:NAME"), "{wrong:?}");
}

#[tokio::test]
async fn settings_are_saved_and_a_job_is_removed_by_its_name() {
    let world = World::new();
    world.add_job("echo").await;
    let admin = Browser::sign_in(&world, Role::Admin).await;
    let path = "/jobs/echo/settings";
    let fields = [
        ("revision", "1"),
        ("description", "Echoes"),
        ("type", "Event"),
        ("attempts", "2"),
        ("log_tail", "no"),
        ("open", "yes"),
    ];
    admin.submit(path, &fields).await;
    let page = admin.page(path).await;
    for text in [
        "value=\"Echoes\"",
        "<option selected>Event</option>",
        "name=\"attempts\" value=\"2\"",
        "Revision 2.",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let refused = admin.post(path, &[("revision", "2"), ("attempts", "99")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
    assert_eq!(admin.post("/jobs/echo/remove", &[("name", "other")]).await.status, StatusCode::BAD_REQUEST);
    admin.page(path).await;
    assert_eq!(admin.submit("/jobs/echo/remove", &[("name", "echo")]).await, "/");
    assert_eq!(admin.get(path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn functions_are_imported_as_jobs() {
    let world = World::idle();
    let admin = Browser::sign_in(&world, Role::Admin).await;
    let page = admin.page("/functions").await;
    assert!(page.contains("aria-label=\"import mirror\""), "{page}");
    let led = admin.submit("/functions/import", &[("connection", "simulated"), ("function", "mirror")]).await;
    assert_eq!(led, "/jobs/mirror/parameters");
    check_page(&led, &admin.page(&led).await);
    let page = admin.page("/functions/simulated/mirror").await;
    assert!(page.contains("Nothing has changed since the last import."), "{page}");
    let both = admin
        .submit(
            "/functions/import",
            &[("connection", "simulated"), ("function", "mirror"), ("function", "broken")],
        )
        .await;
    assert_eq!(both, "/functions?connection=simulated");
    admin.page("/jobs/broken").await;
}

#[tokio::test]
async fn a_new_job_leads_to_its_parameters() {
    let world = World::idle();
    let admin = Browser::sign_in(&world, Role::Admin).await;
    let fields = [("name", "mine"), ("connection", "simulated"), ("function", "mirror")];
    assert_eq!(admin.submit("/new-job", &fields).await, "/jobs/mine/parameters");
    let twice = admin.post("/new-job", &fields).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.text().contains("already exists"), "{twice:?}");
}
