//! Signing in and out, and what a limited visitor sees.

use super::{
    browser::Browser,
    markup::check_page,
    seed::{self, JOB},
};
use crate::world::{World, only_connection, only_job, request};
use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use lamplight_app::create_login_link;
use lamplight_domain::{Actor, Role, RunState};
use lamplight_ports::ExposeSecret;

#[tokio::test]
async fn a_link_signs_in_once() {
    let world = World::idle();
    let secret = create_login_link(&world.server.ports.access, &Actor::local_admin("me")).await.unwrap();
    let path = format!("/login/{}", secret.expose_secret());
    let ask = || {
        world.send(
            request(Method::GET, &path, None)
                .header(header::ACCEPT, "text/html")
                .body(Body::empty())
                .unwrap(),
        )
    };
    let first = ask().await;
    assert_eq!((first.status, first.header("location")), (StatusCode::SEE_OTHER, "/"));
    assert!(!first.header("set-cookie").is_empty());
    let second = ask().await;
    assert_eq!(second.status, StatusCode::UNAUTHORIZED);
    assert!(second.header("set-cookie").is_empty() && second.text().contains("was used before"));
    check_page(&path, second.text());
}

#[tokio::test]
async fn a_wrong_token_is_refused_and_the_page_asked_for_comes_back() {
    let world = World::idle();
    let asked = request(Method::GET, "/runs?state=unknown", None).header(header::ACCEPT, "text/html");
    let led = world.send(asked.body(Body::empty()).unwrap()).await;
    let login = led.header("location").to_owned();
    assert_eq!(
        (led.status, login.as_str()),
        (StatusCode::SEE_OTHER, "/login?next=%2Fruns%3Fstate%3Dunknown")
    );
    let page = world.send(request(Method::GET, &login, None).body(Body::empty()).unwrap()).await;
    check_page(&login, page.text());
    assert!(page.text().contains("name=\"next\" value=\"/runs?state=unknown\""));
    let form = |token: &str, next: &str| {
        let body = format!("token={token}&next={next}");
        let request = request(Method::POST, "/login", None)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        world.send(request.body(Body::from(body)).unwrap())
    };
    let refused = form("llt_nothing", "/runs").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    check_page("/login", refused.text());
    let token = world.token(Role::Viewer).await;
    assert_eq!(form(&token, "/runs").await.header("location"), "/runs");
    assert_eq!(form(&token, "//evil.example").await.header("location"), "/", "no open redirect");
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let world = World::idle();
    let viewer = Browser::sign_in(&world, Role::Viewer).await;
    viewer.page("/").await;
    assert_eq!(viewer.submit("/logout", &[]).await, "/login");
    assert_eq!(viewer.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_a_visitor_may_not_see_looks_like_what_does_not_exist() {
    let world = seed::world("x").await;
    for scope in [only_connection("other"), only_job("another")] {
        let limited = Browser::sign_in_limited(&world, Role::Admin, scope).await;
        let run = seed::key(RunState::Unknown);
        for path in [
            format!("/jobs/{JOB}"),
            format!("/jobs/{JOB}/parameters"),
            format!("/jobs/{JOB}/settings"),
            format!("/runs/{run}"),
            format!("/runs/{run}/cards"),
            format!("/events?of=run:{run}"),
        ] {
            let answer = limited.get(&path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            let missing = limited.get(&path.replace(JOB, "no-such-job").replace(&run, "no-such-run")).await;
            assert_eq!(missing.status, StatusCode::NOT_FOUND, "{path}");
            assert!(!answer.text().contains("nightly"), "{path}: {answer:?}");
        }
        for path in ["/", "/runs", "/jobs?q=nightly", "/runs?q=nightly"] {
            let page = limited.page(path).await;
            assert!(!page.contains(&format!("/jobs/{JOB}")) && !page.contains(&run), "{path}: {page}");
        }
        for (path, fields) in [
            (format!("/runs/{run}/again"), vec![("key", "k"), ("checked", "yes")]),
            (format!("/runs/{run}/notes"), vec![("text", "x")]),
            (format!("/jobs/{JOB}/runs"), vec![("key", "k"), ("p.day", "x")]),
            (format!("/jobs/{JOB}/remove"), vec![("name", JOB)]),
        ] {
            assert_eq!(limited.post(&path, &fields).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    assert_eq!(world.fake.calls(), []);
}

#[tokio::test]
async fn tokens_are_created_shown_once_and_revoked() {
    let world = World::idle();
    let admin = Browser::sign_in(&world, Role::Admin).await;
    let fields =
        [("name", "deploy"), ("role", "runner"), ("days", "30"), ("connections", "simulated"), ("jobs", "")];
    let created = admin.post("/admin/tokens", &fields).await;
    assert_eq!(created.status, StatusCode::OK, "{created:?}");
    check_page("/admin/tokens", created.text());
    let (_, rest) = created.text().split_once("<code class=\"wrap\" id=\"token\">").unwrap();
    let token = rest.split_once('<').unwrap().0.to_owned();
    assert_eq!(world.get(&token, "/api/v1/runs").await.status, StatusCode::OK);
    let page = admin.page("/admin/tokens").await;
    assert!(!page.contains(&token) && page.contains("connections: simulated"), "{page}");
    let id = token.split('_').nth(1).unwrap();
    admin.submit(&format!("/admin/tokens/{id}/revoke"), &[]).await;
    assert_eq!(world.get(&token, "/api/v1/runs").await.status, StatusCode::UNAUTHORIZED);
    let log = admin.page("/admin/audit?q=token").await;
    assert!(log.contains("token.created") && log.contains("token.revoked") && !log.contains(&token), "{log}");
}
