//! The server under load, with a client of its own: runs per second through the API on a function that does nothing, memory
//! with a thousand open event streams, the time to be ready, and how long lists and pages take with a million runs stored.
//!
//! `cargo bench -p lamplight-benches --bench server` measures the binary in `LAMPLIGHT_SERVER_BIN`, by default the one of
//! the `dist` profile. `LAMPLIGHT_BENCH_RUNS` and `LAMPLIGHT_BENCH_SECONDS` make it shorter.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a bench measures the real clock, reads its settings from the environment and talks to its reader"
)]

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, StatusCode};
use hyper_util::{client::legacy::Client, client::legacy::connect::HttpConnector, rt::TokioExecutor};
use lamplight_benches::endpoint;
use lamplight_domain::{
    Evidence, EvidenceKind, FunctionRef, Job, Outcome, Run, RunKey, RunState, RunnerId, Timestamp,
};
use lamplight_ports::{JobStore, RunStore, Runners, Sleeper};
use lamplight_sqlite_adapter::{SqliteOptions, SqliteStore};
use lamplight_system_adapter::TokioSleeper;
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{runtime::Runtime, task::JoinSet};

const JOBS: u32 = 10_000;
const CLIENTS: u32 = 64;
const STREAMS: usize = 1000;

fn main() {
    let binary = std::env::var_os("LAMPLIGHT_SERVER_BIN").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).join("../dist/lamplight-server"),
        PathBuf::from,
    );
    if !binary.is_file() {
        println!(
            "not measured: {} does not exist; build it with `cargo build --profile dist -p lamplight-server`",
            binary.display()
        );
        return;
    }
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let null = endpoint::serve(Bytes::from_static(b"{}"));
    let config = format!(
        "[connections.null]\nregion = \"us-east-1\"\nendpoint_url = \"http://{null}\"\n[connections.null.auth.access-key]\n\
         access_key_id = \"env:KEY\"\nsecret_access_key = \"env:KEY\"\n"
    );
    std::fs::write(folder.path().join("lamplight.toml"), config).unwrap();
    let server = Server::start(&binary, folder.path());
    judge("start to ready", server.ready_ms, "ms", 200.0);
    load(&runtime, &server);
    drop(server);
    fill(&runtime, folder.path());
    let server = Server::start(&binary, folder.path());
    judge("start to ready with a full store", server.ready_ms, "ms", 200.0);
    reads(&runtime, &server);
}

fn judge(what: &str, found: f64, unit: &str, most: f64) {
    let verdict = if found <= most { "met" } else { "MISSED" };
    println!("server {what}: {found:.1} {unit} (target at most {most}, {verdict})");
}

fn setting(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

struct Server {
    child: Child,
    address: String,
    token: String,
    ready_ms: f64,
}

impl Server {
    fn start(binary: &Path, folder: &Path) -> Self {
        let command = || {
            let mut command = Command::new(binary);
            command.env("KEY", "test").env("NO_PROXY", "127.0.0.1").env("LAMPLIGHT_LOG", "warn");
            command.args(["--config"]).arg(folder.join("lamplight.toml"));
            command.args(["--data-dir"]).arg(folder);
            command
        };
        let created = command().args(["token", "bench", "--role", "admin"]).output().unwrap();
        assert!(created.status.success(), "{created:?}");
        let token = String::from_utf8(created.stdout).unwrap().trim().to_owned();
        let begun = Instant::now();
        let mut child = command().args(["--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("serving on http://").map(str::to_owned))
            .expect("the server says where it listens");
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| eprintln!("{line}")));
        while Command::new("curl")
            .args(["-sf", "-o", "/dev/null", &format!("http://{address}/readyz")])
            .status()
            .is_ok_and(|status| !status.success())
        {}
        Self { child, address, token, ready_ms: begun.elapsed().as_secs_f64() * 1e3 }
    }

    fn request(&self, method: Method, path: &str, body: &str) -> Request<Full<Bytes>> {
        Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body.to_owned())))
            .unwrap()
    }

    /// The largest memory of the process so far, in MB.
    fn peak_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

type Http = Client<HttpConnector, Full<Bytes>>;

fn client() -> Http {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new()).build(connector)
}

async fn get(http: &Http, server: &Server, path: &str) -> (StatusCode, Bytes) {
    let answer = http.request(server.request(Method::GET, path, "")).await.unwrap();
    let status = answer.status();
    (status, answer.into_body().collect().await.unwrap().to_bytes())
}

/// Starts runs from many clients at once, and waits until every one of them has ended.
fn load(runtime: &Runtime, server: &Server) {
    let seconds = u64::from(setting("LAMPLIGHT_BENCH_SECONDS", 20));
    runtime.block_on(async {
        let http = client();
        let mut streams = JoinSet::new();
        for _ in 0..STREAMS {
            let (http, request) = (http.clone(), server.request(Method::GET, "/api/v1/events?of=runs", ""));
            streams.spawn(async move {
                let mut body = http.request(request).await.unwrap().into_body();
                while let Some(Ok(_)) = body.frame().await {}
            });
        }
        let stop = Arc::new(AtomicBool::new(false));
        let accepted = Arc::new(AtomicU64::new(0));
        let begun = Instant::now();
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            let (http, stop, accepted) = (http.clone(), Arc::clone(&stop), Arc::clone(&accepted));
            let body = r#"{"function":"adder","connection":"null","payload":{"a":1}}"#;
            let request = server.request(Method::POST, "/api/v1/runs", body);
            clients.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let answer = http.request(request.clone()).await.unwrap();
                    let status = answer.status();
                    let body = answer.into_body().collect().await.unwrap().to_bytes();
                    assert_eq!(status, StatusCode::ACCEPTED, "{body:?}");
                    accepted.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        TokioSleeper.sleep(Duration::from_secs(seconds)).await;
        stop.store(true, Ordering::Relaxed);
        clients.join_all().await;
        loop {
            let (status, body) = get(&http, server, "/api/v1/runs?state=queued,running&limit=1").await;
            assert_eq!(status, StatusCode::OK);
            let found: serde_json::Value = serde_json::from_slice(&body).unwrap();
            if found["runs"].as_array().unwrap().is_empty() {
                break;
            }
            TokioSleeper.sleep(Duration::from_millis(20)).await;
        }
        let elapsed = begun.elapsed().as_secs_f64();
        let count = accepted.load(Ordering::Relaxed);
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let rate = count as f64 / elapsed;
        let verdict = if rate >= 1500.0 { "met" } else { "MISSED" };
        println!("server load: {count} runs recorded, made and ended in {elapsed:.1} s: {rate:.0} runs/s (target at least 1500, {verdict})");
        judge("memory under load with 1000 event streams", server.peak_mb(), "MB", 150.0);
    });
}

/// Stores jobs, and runs of them over thirty days. One in a hundred has failed, one in a thousand is unknown.
fn fill(runtime: &Runtime, folder: &Path) {
    let runs = setting("LAMPLIGHT_BENCH_RUNS", 1_000_000);
    runtime.block_on(async {
        let options = SqliteOptions { runner_id: RunnerId("bench".to_owned()) };
        let store = Arc::new(SqliteStore::open(&folder.join("lamplight.db"), options).await.unwrap());
        let runner = store.enlist().await.unwrap();
        let connection: lamplight_domain::ConnectionName = "null".parse().unwrap();
        for n in 0..JOBS {
            let function = FunctionRef::by_name(format!("function-{n}").parse().unwrap());
            let job = Job::new(format!("job-{n:05}").parse().unwrap(), connection.clone(), function);
            store.put(&job, None).await.unwrap();
        }
        let now: Timestamp = Timestamp::now();
        let pause = Duration::from_hours(30 * 24) / runs;
        let mut writers = JoinSet::new();
        for first in 0..256 {
            let (store, runner, connection) = (Arc::clone(&store), runner.clone(), connection.clone());
            writers.spawn(async move {
                for n in (first..runs).step_by(256) {
                    let mut intent = lamplight_conformance::samples::sample_intent(2);
                    let key: RunKey = format!("0199c0de-0000-7000-9000-{n:012x}").parse().unwrap();
                    let job = n % JOBS;
                    intent.key = key;
                    intent.job = Some(format!("job-{job:05}").parse().unwrap());
                    intent.connection = connection.clone();
                    intent.function = FunctionRef::by_name(format!("function-{job}").parse().unwrap());
                    intent.arguments.clear();
                    intent.provenance.parent = None;
                    intent.started_at = now - pause * (runs - n);
                    let started_at = intent.started_at;
                    let mut run = Run::begin(intent, runner.clone());
                    let state = match n {
                        n if n % 1000 == 7 => RunState::Unknown,
                        n if n % 100 == 3 => RunState::FunctionFailed,
                        _ => RunState::Succeeded,
                    };
                    store.insert(&run).await.unwrap();
                    let took = Duration::from_millis(u64::from(n % 997) + 1);
                    let evidence = Evidence::of(EvidenceKind::Answered);
                    run.conclude(Outcome::new(state, evidence, started_at + took)).unwrap();
                    store.update(&run, None).await.unwrap();
                }
            });
        }
        writers.join_all().await;
    });
}

/// The 99th percentile of lists and pages.
fn reads(runtime: &Runtime, server: &Server) {
    runtime.block_on(async {
        let http = client();
        for (path, most) in [
            ("/api/v1/runs", 20.0),
            ("/api/v1/runs?job=job-00042", 20.0),
            ("/api/v1/runs?state=unknown", 20.0),
            ("/api/v1/runs?state=unknown,function_failed&connection=null", 20.0),
            ("/api/v1/runs?q=job-00042", 20.0),
            ("/api/v1/runs?since=7d&connection=null&limit=100", 20.0),
            ("/", 50.0),
            ("/jobs?q=job-004&connection=null", 50.0),
            ("/jobs?latest=unknown", 50.0),
            ("/runs?from=30d", 50.0),
            ("/jobs/job-00042", 50.0),
        ] {
            let mut times = Vec::new();
            for _ in 0..300 {
                let begun = Instant::now();
                let (status, body) = get(&http, server, path).await;
                assert_eq!(status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&body));
                times.push(begun.elapsed().as_secs_f64() * 1e3);
            }
            times.sort_by(f64::total_cmp);
            judge(&format!("p99 of GET {path}"), times[times.len() * 99 / 100], "ms", most);
        }
    });
}
