//! A server that is killed under load: nothing that it accepted is lost, and nothing is run twice.

use crate::{lambda::Lambda, process::Home};
use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

/// How often the server is killed.
const KILLS: u32 = 20;

#[test]
fn no_run_is_lost_or_made_twice_however_often_the_server_is_killed() {
    let lambda = Lambda::start(Duration::from_millis(3));
    let home = Home::new(&lambda.config());
    let token = home.token();
    // By key: the runs that the server said it has accepted.
    let mut accepted: HashMap<String, BTreeSet<String>> = HashMap::new();
    let mut pause = 7_u64;
    for round in 0..KILLS {
        let mut server = home.start(&[]);
        // A fixed sequence that looks random: each kill meets another moment.
        pause = pause * 1_103_515_245 % 65_537;
        let end = std::time::Instant::now() + Duration::from_millis(20 + pause % 120);
        let mut n = 0;
        while std::time::Instant::now() < end {
            // Every request is sent twice with the same key, as a client does that saw no answer.
            let id = format!("{round}-{n}");
            let body = format!(r#"{{"function":"f","connection":"null","payload":{{"id":"{id}"}}}}"#);
            let more = format!("idempotency-key: {id}\r\n");
            for _ in 0..2 {
                if let Ok(answer) = server.try_send(&token, "POST", "/api/v1/runs", &body, &more) {
                    assert_eq!(answer.status, 202, "{answer:?}");
                    let key = answer.json()["key"].as_str().unwrap().to_owned();
                    accepted.entry(id.clone()).or_default().insert(key);
                }
            }
            n += 1;
        }
        server.child.kill().unwrap();
        server.child.wait().unwrap();
    }
    let server = home.start(&[]);
    loop {
        let waiting = server.send(&token, "GET", "/api/v1/runs?state=queued,running&limit=1", "").json();
        if waiting["runs"].as_array().unwrap().is_empty() {
            break;
        }
        crate::process::pass(Duration::from_millis(200));
    }
    assert!(accepted.len() > 20, "only {} runs were accepted", accepted.len());
    for (id, keys) in &accepted {
        assert_eq!(keys.len(), 1, "request {id} made {keys:?}");
        let key = keys.first().unwrap();
        let run = server.send(&token, "GET", &format!("/api/v1/runs/{key}"), "").json();
        let executions = lambda.counts().get(&format!(r#"{{"id":"{id}"}}"#)).copied().unwrap_or(0);
        match run["state"].as_str().unwrap() {
            "succeeded" => assert_eq!(executions, 1, "{run}"),
            "unknown" => assert!(executions <= 1, "{executions} executions of {run}"),
            "rejected" => assert_eq!(executions, 0, "{run}"),
            other => panic!("{other}: {run}"),
        }
    }
    let twice: Vec<_> = lambda.counts().into_iter().filter(|(_, count)| *count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
