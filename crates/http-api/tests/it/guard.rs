//! What every request must pass.

use crate::world::{PEER, World, only_connection, post, request, with_json};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request, StatusCode, header},
};
use futures_util::StreamExt;
use lamplight_app::{create_login_link, sign_in_with_link, sign_in_with_token, sign_out};
use lamplight_domain::{Actor, Role};
use lamplight_fake_adapter::FakeWorld;
use lamplight_ports::{ExposeSecret, PageRequest};
use serde_json::json;
use std::{net::SocketAddr, time::Duration};

fn empty(request: axum::http::request::Builder) -> Request<Body> {
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_request_without_a_valid_token_is_refused() {
    let world = World::with(|settings| settings.logins_per_minute = 100.try_into().unwrap());
    let token = world.token(Role::Admin).await;
    let wrong = format!("{}{}", &token[..token.len() - 1], if token.ends_with('0') { '1' } else { '0' });
    for given in ["", "nonsense", "llt_aaaaaaaaaaaa_00", &wrong, &format!("{token} x")] {
        let refused = world.get(given, "/api/v1/runs").await;
        refused.assert_problem(401, "sign_in_required");
        assert!(refused.header("www-authenticate").starts_with("Bearer"));
        assert!(!refused.text().contains("nonsense"));
    }
    let basic =
        request(Method::GET, "/api/v1/runs", None).header(header::AUTHORIZATION, format!("Basic {token}"));
    world.send(empty(basic)).await.assert_problem(401, "sign_in_required");
    let twice = request(Method::GET, "/api/v1/runs", Some(&token)).header(header::AUTHORIZATION, "Bearer x");
    world.send(empty(twice)).await.assert_problem(401, "sign_in_required");
    world
        .send(empty(request(Method::GET, "/api/v1/runs", None)))
        .await
        .assert_problem(401, "sign_in_required");
    world.send(empty(request(Method::GET, "/metrics", None))).await.assert_problem(401, "sign_in_required");
    assert_eq!(world.get(&token, "/api/v1/runs").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_expired_or_revoked_token_is_refused() {
    let world = World::idle();
    let (admin, viewer) = (world.token(Role::Admin).await, world.token(Role::Viewer).await);
    let id = &viewer["llt_".len().."llt_".len() + 12];
    assert_eq!(world.delete(&admin, &format!("/api/v1/tokens/{id}")).await.status, StatusCode::NO_CONTENT);
    world.get(&viewer, "/api/v1/runs").await.assert_problem(401, "sign_in_required");
    let soon = world.server.ports.access.clock.now() + Duration::from_mins(1);
    let body = json!({ "name": "short", "role": "viewer", "expires_at": soon.to_string() });
    let created = world.post(&admin, "/api/v1/tokens", &body).await;
    let short = created.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(world.get(&short, "/api/v1/runs").await.status, StatusCode::OK);
    world.fake.clock.advance(Duration::from_secs(61));
    world.get(&short, "/api/v1/runs").await.assert_problem(401, "sign_in_required");
}

#[tokio::test]
async fn a_session_is_known_by_its_cookie_until_it_ends() {
    let world = World::idle();
    let access = &world.server.ports.access;
    let link = create_login_link(access, &Actor::local_admin("ann")).await.unwrap();
    let signed_in = sign_in_with_link(access, link.expose_secret()).await.unwrap().unwrap();
    let secret = signed_in.secret.expose_secret();
    let with =
        |cookie: String| empty(request(Method::GET, "/api/v1/tokens", None).header(header::COOKIE, cookie));
    let cookie = || format!("theme=dark; lamplight-session={secret}");
    assert_eq!(world.send(with(cookie())).await.status, StatusCode::OK);
    world.send(with(format!("lamplight-session={secret}0"))).await.assert_problem(401, "sign_in_required");
    world
        .send(with(format!("__Host-lamplight-session={secret}")))
        .await
        .assert_problem(401, "sign_in_required");
    world.fake.clock.advance(Duration::from_hours(13));
    world.send(with(cookie())).await.assert_problem(401, "sign_in_required");

    let token = world.token(Role::Admin).await;
    let signed_in = sign_in_with_token(access, &token).await.unwrap().unwrap();
    let cookie = format!("lamplight-session={}", signed_in.secret.expose_secret());
    assert_eq!(world.send(with(cookie.clone())).await.status, StatusCode::OK);
    sign_out(access, signed_in.secret.expose_secret()).await.unwrap();
    world.send(with(cookie)).await.assert_problem(401, "sign_in_required");
}

#[tokio::test]
async fn a_browser_without_a_session_is_led_to_the_page_to_sign_in() {
    let world = World::idle();
    let page = |path: &str| empty(request(Method::GET, path, None).header(header::ACCEPT, "text/html"));
    let led = world.send(page("/runs?q=a&state=unknown")).await;
    assert_eq!(
        (led.status, led.header("location")),
        (StatusCode::SEE_OTHER, "/login?next=%2Fruns%3Fq%3Da%26state%3Dunknown")
    );
    let elsewhere = world.send(page("//evil.example/")).await;
    assert_eq!(
        elsewhere.header("location"),
        "/login?next=%2F%2Fevil.example%2F",
        "the page to sign in checks it"
    );
    assert_eq!(world.send(page("/")).await.header("location"), "/login");
}

#[tokio::test]
async fn each_role_may_do_what_it_says() {
    let world = World::idle();
    let tag = world.add_job("j").await;
    let tokens =
        [world.token(Role::Viewer).await, world.token(Role::Runner).await, world.token(Role::Admin).await];
    let run = json!({ "job": "j" });
    let document = json!({ "name": "k", "connection": FakeWorld::CONNECTION, "function": "mirror" });
    let token = json!({ "name": "t", "role": "viewer" });
    let requests: [(Role, Method, &str, &serde_json::Value); 11] = [
        (Role::Viewer, Method::GET, "/api/v1/jobs", &json!(null)),
        (Role::Viewer, Method::GET, "/api/v1/openapi.json", &json!(null)),
        (Role::Runner, Method::POST, "/api/v1/runs", &run),
        (Role::Runner, Method::POST, "/api/v1/runs/latest/cancel", &json!(null)),
        (Role::Runner, Method::POST, "/api/v1/runs/latest/notes", &json!({ "text": "seen" })),
        (Role::Runner, Method::POST, "/api/v1/connections/simulated/test", &json!(null)),
        (Role::Admin, Method::POST, "/api/v1/jobs", &document),
        (Role::Admin, Method::POST, "/api/v1/jobs/import", &json!({ "dry_run": true })),
        (Role::Admin, Method::GET, "/api/v1/tokens", &json!(null)),
        (Role::Admin, Method::POST, "/api/v1/tokens", &token),
        (Role::Admin, Method::GET, "/api/v1/audit", &json!(null)),
    ];
    for (needed, method, path, body) in requests {
        for (role, token) in Role::ALL.into_iter().zip(&tokens) {
            let answer = world.send(with_json(request(method.clone(), path, Some(token)), body)).await;
            if role >= needed {
                assert!(answer.status.is_success(), "{role} {path}: {answer:?}");
            } else {
                answer.assert_problem(403, "role_missing");
            }
        }
    }
    let change = |token: &str, method: Method| {
        with_json(request(method, "/api/v1/jobs/j", Some(token)).header(header::IF_MATCH, &tag), &document)
    };
    for token in &tokens[..2] {
        world.send(change(token, Method::PUT)).await.assert_problem(403, "role_missing");
        world.send(change(token, Method::DELETE)).await.assert_problem(403, "role_missing");
        world.delete(token, "/api/v1/runs/latest").await.assert_problem(403, "role_missing");
    }
    let log = world.get(&tokens[2], "/api/v1/audit?refused=true&q=request.refused").await.json();
    let refused = log["entries"].as_array().unwrap();
    assert!(
        refused.iter().any(|entry| entry["subject"] == "create_token" && entry["who"] == "runner's token"),
        "{log}"
    );
    assert!(refused.iter().all(|entry| entry["from"] == "192.0.2.7"), "{log}");
}

#[tokio::test]
async fn only_the_server_s_own_hosts_are_served() {
    let world = World::idle();
    let token = world.token(Role::Admin).await;
    let get = |host: &str| {
        let mut request = empty(request(Method::GET, "/api/v1/runs", Some(&token)));
        request.headers_mut().insert(header::HOST, host.parse().unwrap());
        request
    };
    for own in ["localhost", "LOCALHOST:8080", "[::1]:80", "[::1]"] {
        assert_eq!(world.send(get(own)).await.status, StatusCode::OK, "{own}");
    }
    for foreign in
        ["evil.example", "localhost.evil.example", "localhost:80@evil.example", "", "localhost:80:80"]
    {
        let refused = world.send(get(foreign)).await;
        refused.assert_problem(421, "host_not_allowed");
        assert!(!refused.text().contains("evil"));
    }
    let mut none = get("localhost");
    none.headers_mut().remove(header::HOST);
    world.send(none).await.assert_problem(421, "host_not_allowed");
    let mut two = get("localhost");
    two.headers_mut().append(header::HOST, "evil.example".parse().unwrap());
    world.send(two).await.assert_problem(421, "host_not_allowed");
    let mut contradicting = get("localhost");
    *contradicting.uri_mut() = "http://evil.example/api/v1/runs".parse().unwrap();
    world.send(contradicting).await.assert_problem(421, "host_not_allowed");
    // Even what needs no token.
    let health = request(Method::GET, "/healthz", None);
    let mut health = empty(health);
    health.headers_mut().insert(header::HOST, "evil.example".parse().unwrap());
    world.send(health).await.assert_problem(421, "host_not_allowed");
}

#[tokio::test]
async fn a_change_that_a_page_of_another_site_requests_is_refused() {
    let world = World::idle();
    let token = world.token(Role::Admin).await;
    let attempt = |headers: &[(&str, &str)]| {
        let mut request = post(&token, "/api/v1/tokens", &json!({ "name": "t", "role": "viewer" }));
        for (name, value) in headers {
            request
                .headers_mut()
                .append(axum::http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        request
    };
    for forged in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", "http://localhost")],
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        &[("origin", "http://evil.example")],
        &[("origin", "http://localhost.evil.example")],
        &[("origin", "http://localhost:81")],
        &[("origin", "null")],
        &[("origin", "localhost")],
        &[("origin", "http://localhost"), ("origin", "http://evil.example")],
    ] {
        world.send(attempt(forged)).await.assert_problem(403, "cross_site_request");
    }
    let tokens = world.server.ports.access.access.tokens().await.unwrap();
    assert_eq!(tokens.len(), 1, "nothing was changed");
    for own in [
        &[][..],
        &[("sec-fetch-site", "same-origin"), ("origin", "http://localhost")],
        &[("sec-fetch-site", "none")],
        &[("origin", "http://localhost")],
        &[("origin", "https://LOCALHOST")],
    ] {
        assert_eq!(world.send(attempt(own)).await.status, StatusCode::CREATED, "{own:?}");
    }
    // Reading is safe: without a header that allows it, a page of another site does not get the answer.
    let read = request(Method::GET, "/api/v1/runs", Some(&token)).header("sec-fetch-site", "cross-site");
    let answer = world.send(empty(read)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let world = World::idle();
    let runner = world.token(Role::Runner).await;
    let large = json!({ "function": "mirror", "payload": "x".repeat(20_000) });
    world.post(&runner, "/api/v1/runs", &large).await.assert_problem(413, "body_too_large");
    let announced = post(&runner, "/api/v1/runs", &json!({ "function": "mirror" }));
    let (mut parts, body) = announced.into_parts();
    parts.headers.insert(header::CONTENT_LENGTH, "10001".parse().unwrap());
    world.send(Request::from_parts(parts, body)).await.assert_problem(413, "body_too_large");
    // Without a length it is noticed while it is read.
    let chunks = futures_util::stream::iter((0..20).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1000])));
    let streamed = request(Method::POST, "/api/v1/runs", Some(&runner))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from_stream(chunks));
    world.send(streamed.unwrap()).await.assert_problem(413, "body_too_large");
    assert_eq!(world.server.ports.queue.queued().await.unwrap(), 0);
}

#[tokio::test]
async fn a_body_that_is_not_the_documented_json_is_refused() {
    let world = World::idle();
    let runner = world.token(Role::Runner).await;
    let send = |content_type: &str, body: &[u8]| {
        request(Method::POST, "/api/v1/runs", Some(&runner))
            .header(header::CONTENT_TYPE, content_type)
            .body(Body::from(body.to_vec()))
            .unwrap()
    };
    for content_type in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/jsonx"]
    {
        let answer = world.send(send(content_type, b"{\"function\":\"mirror\"}")).await;
        answer.assert_problem(415, "unsupported_media_type");
    }
    let deep = [b"[".repeat(5000), b"]".repeat(4999)].concat();
    for body in [
        &b""[..],
        b"{",
        b"[]",
        b"null",
        b"{\"function\":\"mirror\"} x",
        b"{\"function\":\"mirror\",\"function\":\"mirror\"}",
        b"{\"functoin\":\"mirror\"}",
        b"{\"function\":7}",
        b"{\"function\":\"mirror\",\"job\":\"x\"}",
        b"{\"function\":\"\xff\"}",
        b"{\"function\":\"mirror\",\"parameters\":{\"a\":1,\"a\":2}}",
        b"{\"function\":\"mirror\",\"parameters\":[1]}",
        b"{\"function\":\"mirror\",\"settings\":{\"max_attempts\":\"many\"}}",
        b"{\"function\":\"mirror\",\"settings\":{\"unknown\":1}}",
        b"{\"function\":\"mirror\",\"wait_limit_seconds\":-1}",
        b"\xef\xbb\xbf{\"function\":\"mirror\"}",
        &deep,
    ] {
        let answer = world.send(send("application/json", body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}: {answer:?}", String::from_utf8_lossy(body));
        answer.assert_problem(400, "invalid_request");
    }
    assert_eq!(world.server.ports.queue.queued().await.unwrap(), 0);
    let fine = world.send(send("Application/JSON; charset=utf-8", b"{\"function\":\"mirror\"}")).await;
    assert_eq!(fine.status, StatusCode::ACCEPTED);
}

/// With a clock of tokio that moves by itself when everything waits.
#[tokio::test(start_paused = true)]
async fn a_body_that_is_sent_too_slowly_is_given_up() {
    let world = World::idle();
    let runner = world.token(Role::Runner).await;
    let parts = futures_util::stream::iter([Ok::<_, std::io::Error>("{\"function\":")]);
    let stalled = Body::from_stream(parts.chain(futures_util::stream::pending()));
    let request = request(Method::POST, "/api/v1/runs", Some(&runner))
        .header(header::CONTENT_TYPE, "application/json")
        .body(stalled);
    let begun = tokio::time::Instant::now();
    world.send(request.unwrap()).await.assert_problem(408, "invalid_request");
    assert_eq!(begun.elapsed().as_secs(), 60);
    assert_eq!(world.server.ports.queue.queued().await.unwrap(), 0);
}

#[tokio::test]
async fn guessing_tokens_and_starting_runs_are_limited() {
    let world = World::with(|settings| settings.runs_per_second = 2.try_into().unwrap());
    let (one, two) = (world.token(Role::Runner).await, world.token(Role::Runner).await);
    let body = json!({ "function": "mirror" });
    for _ in 0..2 {
        assert_eq!(world.post(&one, "/api/v1/runs", &body).await.status, StatusCode::ACCEPTED);
    }
    let limited = world.post(&one, "/api/v1/runs", &body).await;
    limited.assert_problem(429, "rate_limited");
    assert_eq!(limited.header("retry-after"), "1");
    assert_eq!(world.post(&two, "/api/v1/runs", &body).await.status, StatusCode::ACCEPTED, "another actor");
    world.fake.clock.advance(Duration::from_secs(1));
    assert_eq!(world.post(&one, "/api/v1/runs", &body).await.status, StatusCode::ACCEPTED);

    for _ in 0..3 {
        world.get("llt_guess", "/api/v1/runs").await.assert_problem(401, "sign_in_required");
    }
    let limited = world.get("llt_guess", "/api/v1/runs").await;
    limited.assert_problem(429, "rate_limited");
    assert_eq!(limited.header("retry-after"), "20");
    let form = || empty(request(Method::POST, "/login", None));
    world.send(form()).await.assert_problem(429, "rate_limited");
    world.send(empty(request(Method::GET, "/login/guess", None))).await.assert_problem(429, "rate_limited");
    assert_eq!(world.get(&one, "/api/v1/runs").await.status, StatusCode::OK, "a valid token is not");
    let mut elsewhere = form();
    elsewhere.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 8], 1))));
    assert_ne!(world.send(elsewhere).await.status, StatusCode::TOO_MANY_REQUESTS, "another address");
}

#[tokio::test]
async fn the_address_behind_a_trusted_proxy_counts() {
    let world = World::with(|settings| settings.proxies = vec![PEER.into(), [192, 0, 2, 9].into()]);
    let from =
        |forwarded: &str| empty(request(Method::POST, "/login", None).header("x-forwarded-for", forwarded));
    for _ in 0..3 {
        // Whatever the client claims before the entry of the proxy.
        world.send(from("10.9.9.9, 203.0.113.5, 192.0.2.9")).await;
    }
    world.send(from("203.0.113.5")).await.assert_problem(429, "rate_limited");
    assert_ne!(world.send(from("203.0.113.6")).await.status, StatusCode::TOO_MANY_REQUESTS);
    let plain = World::idle();
    for claimed in ["1.1.1.1", "2.2.2.2", "3.3.3.3"] {
        plain.send(from(claimed)).await;
    }
    plain.send(from("4.4.4.4")).await.assert_problem(429, "rate_limited");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let world = World::idle();
    let token = world.token(Role::Viewer).await;
    for path in ["/api/v1/runs", "/api/v1/nothing", "/api", "/healthz", "/api/v1/runs/none"] {
        let answer = world.get(&token, path).await;
        let csp = answer.header("content-security-policy");
        assert!(
            csp.starts_with("default-src 'none'; script-src 'self';") && !csp.contains("unsafe"),
            "{path}: {csp}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        assert!(!answer.headers.contains_key("server"));
    }
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_problems() {
    let world = World::idle();
    let token = world.token(Role::Admin).await;
    for path in [
        "/api/v1/nothing",
        "/api/v2/runs",
        "/api/v1/runs/../tokens",
        "/api/v1//runs",
        "/API/v1/runs",
        "/etc/passwd",
    ] {
        world.get(&token, path).await.assert_problem(404, "not_found");
    }
    let wrong = world.send(empty(request(Method::PATCH, "/api/v1/jobs/j", Some(&token)))).await;
    wrong.assert_problem(405, "method_not_allowed");
    assert_eq!(wrong.header("allow"), "GET,HEAD,PUT,DELETE");
    let head = world.send(empty(request(Method::HEAD, "/api/v1/jobs", Some(&token)))).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    for query in [
        "?limit=0",
        "?limit=1001",
        "?limit=x",
        "?limit=1&limit=2",
        "?stat=unknown",
        "?state=lost",
        "?since=today",
        "?marker=zzz",
        "?job=%00",
    ] {
        let refused = world.get(&token, &format!("/api/v1/runs{query}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}: {refused:?}");
    }
}

#[tokio::test]
async fn health_is_for_everybody_and_metrics_are_not() {
    let world = World::new();
    let anybody = |path: &str| empty(request(Method::GET, path, None));
    assert_eq!(world.send(anybody("/healthz")).await.text(), "ok\n");
    assert_eq!(world.send(anybody("/readyz")).await.text(), "ready\n");
    let key = world.run_mirror(&json!({ "a": 1 })).await;
    let viewer = world.token(Role::Viewer).await;
    world.get(&viewer, &format!("/api/v1/runs/{key}")).await;
    let metrics = world.get(&viewer, "/metrics").await;
    assert!(metrics.header("content-type").starts_with("text/plain; version=0.0.4"));
    for line in [
        "lamplight_runs_queued 0",
        "lamplight_runs_last_hour{state=\"succeeded\"} 1",
        "lamplight_http_requests_total{method=\"GET\",route=\"/api/v1/runs/{name}\",status=\"200\"} 1",
    ] {
        assert!(metrics.text().lines().any(|own| own == line), "{line}\n{}", metrics.text());
    }
    assert!(!metrics.text().contains(&key), "no run is a label");
    let limited = world.limited_token(Role::Viewer, only_connection(FakeWorld::CONNECTION)).await;
    world.get(&limited, "/metrics").await.assert_problem(403, "role_missing");
    world.stop.cancel();
    let stopping = world.send(anybody("/readyz")).await;
    stopping.assert_problem(503, "service_unavailable");
}

#[tokio::test]
async fn a_wrong_token_is_in_the_audit_log_without_itself() {
    let world = World::idle();
    let admin = world.token(Role::Admin).await;
    let _ = world.get("llt_bad", "/api/v1/runs").await;
    let entries = world
        .server
        .ports
        .access
        .access
        .audit(&lamplight_ports::AuditFilter::default(), &PageRequest::default())
        .await
        .unwrap()
        .items;
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].who.as_str(), entries[0].action.as_str()), ("unknown", "token.refused"));
    assert!(!format!("{entries:?}").contains("llt_bad"), "a wrong token may be nearly right");
    assert_eq!(world.get(&admin, "/api/v1/audit").await.json()["entries"][0]["action"], "token.refused");
}
