//! Every page: its markup, its budget, and what it looks like to each role.

use super::{
    browser::Browser,
    markup::{check_inert, check_page, elements},
    seed::{self, JOB},
};
use crate::world::World;
use axum::http::StatusCode;
use lamplight_domain::{Role, RunState};
use lamplight_fake_adapter::FakeWorld;

/// The pages that every role may see.
pub fn paths() -> Vec<String> {
    let mut paths: Vec<String> = [
        "/",
        "/jobs?q=nightly&latest=trouble",
        "/jobs?q=nothing-has-this-name",
        "/runs",
        "/runs?state=trouble&period=day&q=report",
        "/runs?state=succeeded&period=month",
        "/runs?from=1970-01-01&to=1970-01-03",
        "/functions",
        "/functions?q=broken&shown=new",
        "/connections",
        "/api",
        "/api/schemas/RunView",
        "/errors/role_missing",
    ]
    .map(str::to_owned)
    .into();
    let connection = FakeWorld::CONNECTION;
    paths.extend(["", "/parameters", "/settings"].map(|part| format!("/jobs/{JOB}{part}")));
    paths.extend(RunState::ALL.map(|state| format!("/jobs/{JOB}?from={}", seed::key(state))));
    paths.extend(RunState::ALL.map(|state| format!("/runs/{}", seed::key(state))));
    paths.extend([format!("/functions/{connection}/mirror"), format!("/connections/{connection}")]);
    paths
}

/// The pages of an admin.
pub const ADMIN_PATHS: [&str; 3] = ["/new-job", "/admin/tokens", "/admin/audit"];

#[tokio::test]
async fn every_page_is_valid_small_and_needs_nothing_from_elsewhere() {
    let world = seed::world("Builds the report of one day and mails it").await;
    for role in Role::ALL {
        let browser = Browser::sign_in(&world, role).await;
        let admin = ADMIN_PATHS.map(str::to_owned);
        let paths = paths().into_iter().chain(admin.into_iter().filter(|_| role == Role::Admin));
        for path in paths {
            let page = browser.page(&path).await;
            check_page(&path, &page);
            let limit = if path.starts_with("/runs?") || path == "/runs" { 10 } else { 8 };
            let size = browser.compressed(&path).await;
            assert!(size <= limit * 1024, "{path} has {size} bytes");
        }
    }
}

#[tokio::test]
async fn what_a_role_may_not_do_is_not_offered() {
    let world = seed::world("x").await;
    let viewer = Browser::sign_in(&world, Role::Viewer).await;
    for path in paths() {
        let page = viewer.page(&path).await;
        let forms: Vec<String> = elements(&page)
            .into_iter()
            .filter(|element| element.tag == "form" && element.get("method") == Some("post"))
            .map(|form| form.get("action").unwrap().to_owned())
            .collect();
        let offered = |action: &String| {
            // A form without a button that sends it offers nothing.
            !matches!(action.as_str(), "/theme" | "/logout" | "/functions/import")
                && !action.starts_with(&format!("/jobs/{JOB}/"))
        };
        assert!(!forms.iter().any(offered), "{path}: {forms:?}");
        assert!(!page.contains("/again\"") && !page.contains("data-key=\"e\""), "{path}");
    }
    let runner = Browser::sign_in(&world, Role::Runner).await;
    for path in ADMIN_PATHS {
        let answer = runner.get(path).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        check_page(path, answer.text());
    }
}

#[tokio::test]
async fn pages_without_a_session_are_whole() {
    let world = World::idle();
    let admin = Browser::sign_in(&world, Role::Admin).await;
    check_page("/", &admin.page("/").await);
    assert!(admin.page("/").await.contains("No jobs yet"));
    check_page("/runs", &admin.page("/runs").await);
    let missing = admin.get("/no/such/page").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    check_page("/no/such/page", missing.text());
    assert!(missing.text().contains("Not found") && missing.text().contains("sign out"));
    let refused = admin.get("/runs?from=yesterday").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    check_page("an error", refused.text());
    assert!(refused.text().contains("Problem details"));
}

#[tokio::test]
async fn assets_are_small_and_kept_forever() {
    let world = World::idle();
    let admin = Browser::sign_in(&world, Role::Admin).await;
    let page = admin.page("/").await;
    let mut sizes = std::collections::BTreeMap::new();
    for element in elements(&page) {
        let Some(path) = element.get("src").or_else(|| element.get("href").filter(|_| element.tag == "link"))
        else {
            continue;
        };
        let answer = admin.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.header("cache-control").contains("immutable"), "{path}: {answer:?}");
        let stem = path.trim_start_matches("/assets/").split('.').next().unwrap().to_owned();
        sizes.insert(format!("{stem}.{}", path.rsplit('.').next().unwrap()), admin.compressed(path).await);
    }
    assert_eq!(sizes.len(), 5, "{sizes:?}");
    assert!(sizes["app.css"] <= 8 * 1024 && sizes["app.js"] <= 4 * 1024, "{sizes:?}");
    assert!(sizes["htmx.js"] + sizes["htmx-sse.js"] <= 20 * 1024, "{sizes:?}");
    assert_eq!(admin.get("/assets/app.0000000000000000.css").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_theme_is_that_of_the_cookie() {
    let world = World::idle();
    let admin = Browser::sign_in(&world, Role::Admin).await;
    assert!(!admin.page("/").await.contains("data-theme"));
    let answer = admin.post("/theme", &[("theme", "dark")]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"));
    assert!(answer.header("set-cookie").starts_with("theme=dark;"), "{answer:?}");
    let admin = admin.with_cookie("theme=dark");
    assert!(admin.page("/").await.contains(" data-theme=\"dark\""));
    assert!(admin.get("/no/such/page").await.text().contains(" data-theme=\"dark\""));
    let admin = Browser::sign_in(&world, Role::Admin).await.with_cookie("theme=\"><script>");
    check_inert("/", &elements(&admin.page("/").await));
}
