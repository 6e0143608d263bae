//! What a start shows, and when the server refuses to start.

use crate::process::Home;
use std::collections::BTreeSet;

#[test]
fn a_newcomer_finds_jobs_and_a_run_in_every_state() {
    let home = Home::new("");
    let server = home.start(&[]);
    let token = home.token();
    let jobs = server.send(&token, "GET", "/api/v1/jobs", "").json();
    assert!(jobs["jobs"].as_array().unwrap().len() >= 8, "{jobs}");
    let ended = loop {
        let runs = server.send(&token, "GET", "/api/v1/runs?limit=100", "").json();
        let states: BTreeSet<String> = runs["runs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|run| run["state"].as_str().unwrap().to_owned())
            .collect();
        if !states.contains("queued") && !states.contains("running") && !states.is_empty() {
            break states;
        }
        crate::process::pass(std::time::Duration::from_millis(50));
    };
    for state in ["succeeded", "function_failed", "accepted", "validated", "rejected", "unknown"] {
        assert!(ended.contains(state), "{state}: {ended:?}");
    }
}

#[test]
fn a_link_signs_in_once_and_the_next_start_adds_nothing() {
    let home = Home::new("");
    let server = home.start(&[]);
    let path = server.link.split(&server.address).nth(1).unwrap().to_owned();
    let first = server.send("", "GET", &path, "");
    assert!(first.status == 401 || first.status == 303, "{first:?}");
    let token = home.token();
    let count = |server: &crate::process::Server| {
        server.send(&token, "GET", "/api/v1/jobs?limit=100", "").json()["jobs"].as_array().unwrap().len()
    };
    let before = count(&server);
    drop(server);
    assert_eq!(count(&home.start(&[])), before);
}

#[test]
fn other_machines_need_tls_or_a_proxy_and_a_token() {
    let home = Home::new("");
    let refused = |arguments: &[&str]| {
        let done = home.run(arguments);
        assert_eq!(done.status.code(), Some(1), "{done:?}");
        String::from_utf8(done.stderr).unwrap()
    };
    assert!(refused(&["--listen", "0.0.0.0:0", "--host", "a.example"]).contains("in clear"));
    let behind = ["--listen", "0.0.0.0:0", "--host", "a.example", "--proxy", "10.0.0.1"];
    assert!(refused(&behind).contains("there is no token"));
    assert!(refused(&["--listen", "nonsense"]).contains("not an address"));
    let cert = ["--tls-certificate", "absent.pem", "--tls-key", "absent.pem"];
    assert!(refused(&cert).contains("absent.pem"));
}

#[test]
fn a_copy_of_the_store_is_made_while_it_is_in_use() {
    let home = Home::new("");
    let server = home.start(&[]);
    let token = home.token();
    server.send(
        &token,
        "POST",
        "/api/v1/runs?wait=20",
        r#"{"function":"mirror","connection":"demo","payload":{}}"#,
    );
    let made = home.run(&["backup", "copy.db"]);
    assert!(made.status.success(), "{made:?}");
    assert!(home.path().join("copy.db").is_file());
    let again = home.run(&["backup", "copy.db"]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("exists already"), "{again:?}");
}

#[test]
fn a_request_for_another_host_is_refused() {
    let home = Home::new("");
    let server = home.start(&[]);
    let mut stream = std::net::TcpStream::connect(&server.address).unwrap();
    std::io::Write::write_all(
        &mut stream,
        b"GET /healthz HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n",
    )
    .unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
}
