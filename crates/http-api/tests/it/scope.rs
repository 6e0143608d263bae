//! What a caller may not see is answered exactly as what does not exist.

use crate::world::{Answer, World, only_connection, only_job, request, with_json};
use axum::http::{Method, StatusCode, header};
use lamplight_domain::Role;
use lamplight_fake_adapter::FakeWorld;
use serde_json::{Value, json};

/// A world with a job and a run on each connection, and the keys of the runs: here, elsewhere, and one without a job.
async fn world() -> (World, [String; 3]) {
    let world = World::new();
    let admin = world.token(Role::Admin).await;
    let mut keys = Vec::new();
    for (name, connection) in [("here", FakeWorld::CONNECTION), ("elsewhere", "other")] {
        let document = json!({ "name": name, "connection": connection, "function": "mirror", "open": true });
        assert_eq!(world.post(&admin, "/api/v1/jobs", &document).await.status, StatusCode::CREATED);
        let run = world.post(&admin, &format!("/api/v1/jobs/{name}/runs?wait=60"), &json!({})).await.json();
        keys.push(run["key"].as_str().unwrap().to_owned());
    }
    keys.push(world.run_mirror(&json!(1)).await);
    (world, keys.try_into().unwrap())
}

/// The answer without what differs between two equal requests.
fn blind(answer: &Answer, name: &str) -> (StatusCode, String) {
    let mut json = answer.json();
    json["request_id"] = Value::Null;
    (answer.status, json.to_string().replace(name, "X"))
}

#[tokio::test]
async fn jobs_and_runs_out_of_scope_do_not_exist() {
    let (world, [here, elsewhere, without_job]) = world().await;
    for (scope, hidden) in [
        (only_connection(FakeWorld::CONNECTION), vec![&elsewhere]),
        (only_job("here"), vec![&elsewhere, &without_job]),
    ] {
        let token = world.limited_token(Role::Admin, scope).await;
        assert_eq!(world.get(&token, &format!("/api/v1/runs/{here}")).await.status, StatusCode::OK);
        for key in hidden {
            let nothing = "00000000-0000-7000-8000-ffffffffffff";
            for path in ["", "/response", "/notes", "/status"] {
                let hidden = world.get(&token, &format!("/api/v1/runs/{key}{path}")).await;
                let absent = world.get(&token, &format!("/api/v1/runs/{nothing}{path}")).await;
                assert_eq!(blind(&hidden, key), blind(&absent, nothing), "{path}");
                hidden.assert_problem(404, "run_not_found");
            }
            for path in ["cancel", "notes"] {
                let post = async |key: &str| {
                    world.post(&token, &format!("/api/v1/runs/{key}/{path}"), &json!({ "text": "x" })).await
                };
                assert_eq!(blind(&post(key).await, key), blind(&post(nothing).await, nothing));
            }
            let delete = async |key: &str| world.delete(&token, &format!("/api/v1/runs/{key}")).await;
            assert_eq!(blind(&delete(key).await, key), blind(&delete(nothing).await, nothing));
            let events = async |key: &str| world.get(&token, &format!("/api/v1/events?of=run:{key}")).await;
            assert_eq!(blind(&events(key).await, key), blind(&events(nothing).await, nothing));
            let listed = world.get(&token, "/api/v1/runs").await;
            assert!(!listed.text().contains(key.as_str()) && listed.text().contains(here.as_str()));
            assert!(!world.get(&token, "/api/v1/runs/export").await.text().contains(key.as_str()));
            assert_ne!(world.get(&token, "/api/v1/runs/latest").await.json()["key"], **key);
        }
        let other = |method: Method, name: &str| {
            let document = json!({ "name": name, "connection": "other", "function": "mirror" });
            let path = format!("/api/v1/jobs/{name}");
            with_json(request(method, &path, Some(&token)).header(header::IF_MATCH, "*"), &document)
        };
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let hidden = world.send(other(method.clone(), "elsewhere")).await;
            let absent = world.send(other(method, "elsewherE")).await;
            assert_eq!(blind(&hidden, "elsewhere"), blind(&absent, "elsewherE"));
            hidden.assert_problem(404, "job_not_found");
        }
        for path in ["/api/v1/jobs/elsewhere/runs", "/api/v1/jobs/elsewherE/runs"] {
            world.post(&token, path, &json!({})).await.assert_problem(404, "job_not_found");
        }
        world.get(&token, "/api/v1/events?of=job:elsewhere").await.assert_problem(404, "job_not_found");
        world.get(&token, "/api/v1/charts?job=elsewhere").await.assert_problem(404, "job_not_found");
        let jobs = world.get(&token, "/api/v1/jobs").await;
        assert!(jobs.text().contains("\"here\"") && !jobs.text().contains("elsewhere"), "{}", jobs.text());
        let moved = json!({ "name": "here", "connection": "other", "function": "mirror" });
        let put = request(Method::PUT, "/api/v1/jobs/here", Some(&token)).header(header::IF_MATCH, "*");
        let answer = world.send(with_json(put, &moved)).await;
        if answer.status != StatusCode::OK {
            answer.assert_problem(404, "job_not_found");
        }
    }
    assert_eq!(world.fake.calls().len(), 3);
}

#[tokio::test]
async fn connections_out_of_scope_do_not_exist() {
    let (world, _) = world().await;
    let token = world.limited_token(Role::Admin, only_connection(FakeWorld::CONNECTION)).await;
    let pairs = [
        (Method::GET, "/api/v1/connections/NAME"),
        (Method::POST, "/api/v1/connections/NAME/test"),
        (Method::GET, "/api/v1/functions?connection=NAME"),
        (Method::GET, "/api/v1/functions/mirror?connection=NAME"),
        (Method::GET, "/api/v1/functions/mirror/versions?connection=NAME"),
        (Method::GET, "/api/v1/functions/mirror/aliases?connection=NAME"),
        (Method::GET, "/api/v1/discover?connection=NAME"),
    ];
    for (method, path) in pairs {
        let send = async |name: &str| {
            let path = path.replace("NAME", name);
            world.send(with_json(request(method.clone(), &path, Some(&token)), &json!({}))).await
        };
        let (hidden, absent) = (send("other").await, send("nowhere").await);
        assert_eq!(blind(&hidden, "other"), blind(&absent, "nowhere"), "{path}");
        hidden.assert_problem(404, "connection_not_found");
    }
    for (path, key) in [("/api/v1/runs", "function"), ("/api/v1/jobs/import", "dry_run")] {
        let body = |name: &str| {
            let value = if key == "function" { json!("mirror") } else { json!(true) };
            json!({ "connection": name, key: value })
        };
        let hidden = world.post(&token, path, &body("other")).await;
        let absent = world.post(&token, path, &body("nowhere")).await;
        assert_eq!(blind(&hidden, "other"), blind(&absent, "nowhere"), "{path}");
    }
    let names = world.get(&token, "/api/v1/connections").await;
    assert!(names.text().contains("simulated") && !names.text().contains("\"other\""));
    // A token for one job sees no connection, and calls no function without its job.
    let of_job = world.limited_token(Role::Runner, only_job("here")).await;
    assert_eq!(world.get(&of_job, "/api/v1/connections").await.json()["connections"], json!([]));
    world.get(&of_job, "/api/v1/functions").await.assert_problem(404, "connection_not_found");
    world
        .post(&of_job, "/api/v1/runs", &json!({ "function": "mirror" }))
        .await
        .assert_problem(404, "connection_not_found");
    let run = world.post(&of_job, "/api/v1/jobs/here/runs?wait=60", &json!({})).await;
    assert_eq!(run.status, StatusCode::OK);
}

#[tokio::test]
async fn charts_count_only_what_is_in_scope() {
    let (world, _) = world().await;
    let count = async |token: &str| {
        let charts = world.get(token, "/api/v1/charts").await.json();
        let buckets = charts["buckets"].as_array().unwrap();
        buckets.iter().map(|bucket| bucket["count"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!(count(&world.token(Role::Viewer).await).await, 3);
    assert_eq!(count(&world.limited_token(Role::Viewer, only_connection("other")).await).await, 1);
    assert_eq!(count(&world.limited_token(Role::Viewer, only_job("here")).await).await, 1);
}
