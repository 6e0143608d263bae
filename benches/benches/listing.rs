//! `lamplight functions list` with 10,000 functions, compared with a minimal client that reads the same pages: total time,
//! time to the first row, and peak memory.
//!
//! `cargo bench -p lamplight-benches --bench listing` measures the binary in `LAMPLIGHT_BIN`, by default the one of the
//! `dist` profile.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures the real clock, reads its settings from the environment and talks to its reader"
)]

use lamplight_benches::{median, pages};
use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const FUNCTIONS: usize = 10_000;
/// The latency of one page, less than Lambda's latency from any place.
const LATENCY: Duration = Duration::from_millis(20);
const ROUNDS: usize = 5;

fn main() {
    let binary = std::env::var_os("LAMPLIGHT_BIN")
        .map_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("../dist/lamplight"), PathBuf::from);
    if !binary.is_file() {
        println!(
            "not measured: {} does not exist; build it with `cargo build --profile dist -p lamplight-cli`",
            binary.display()
        );
        return;
    }
    let address = pages::serve(FUNCTIONS, LATENCY);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for format in ["table", "json", "yaml"] {
        let (mut own, mut first, mut bare) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let (whole, row) = list(&binary, address, format);
            own.push(whole);
            first.push(row);
            let begun = Instant::now();
            assert!(runtime.block_on(pages::walk(address)) > FUNCTIONS * 1000);
            bare.push(begun.elapsed().as_secs_f64());
        }
        let (own, first, bare) = (median(&mut own), median(&mut first), median(&mut bare));
        let verdict = |met: bool| if met { "met" } else { "MISSED" };
        let ratio = own / bare;
        println!(
            "ratio listing as {format}: {FUNCTIONS} functions in {own:.2} s, the pages alone {bare:.2} s: {ratio:.3} of it \
             (target at most 1.200, {}); the first row after {:.0} ms (before the third page, {})",
            verdict(ratio <= 1.2),
            first * 1e3,
            verdict(first < 3.0 * LATENCY.as_secs_f64()),
        );
    }
    memory(&binary, address);
}

/// The time for the whole list and the time to its first row, in seconds.
fn list(binary: &Path, address: SocketAddr, format: &str) -> (f64, f64) {
    let begun = Instant::now();
    let mut child = signed(Command::new(binary), address)
        .args(["functions", "list", "--output", format])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut rows, mut first) = (0, None);
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        if line.unwrap().contains("payments-service-worker-") {
            rows += 1;
            first.get_or_insert_with(|| begun.elapsed().as_secs_f64());
        }
    }
    assert!(child.wait().unwrap().success());
    assert!(rows >= FUNCTIONS, "{rows} rows");
    (begun.elapsed().as_secs_f64(), first.unwrap())
}

fn memory(binary: &Path, address: SocketAddr) {
    let folder = tempfile::tempdir().unwrap();
    let peak = folder.path().join("peak");
    let mut command = Command::new("/usr/bin/time");
    command.args(["--format", "%M", "--output"]).arg(&peak).arg(binary).args(["functions", "list"]);
    match signed(command, address).stdout(Stdio::null()).status() {
        Err(_) => println!("not measured: peak memory; /usr/bin/time does not exist"),
        Ok(status) => {
            assert!(status.success());
            let kilobytes: f64 = std::fs::read_to_string(peak).unwrap().trim().parse().unwrap();
            let megabytes = kilobytes / 1024.0;
            let verdict = if megabytes <= 30.0 { "met" } else { "MISSED" };
            println!(
                "peak memory of listing {FUNCTIONS} functions: {megabytes:.1} MB (target at most 30 MB, {verdict})"
            );
        }
    }
}

fn signed(mut command: Command, address: SocketAddr) -> Command {
    command
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL_LAMBDA", format!("http://{address}"))
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    command
}
