//! A whole `lamplight run` process, including the store, compared with `curl --aws-sigv4` and `aws lambda invoke` on the
//! same local endpoint; and the peak memory of a run with an event and a response of 6 MB each.
//!
//! `cargo bench -p lamplight-benches --bench process` measures the binary in `LAMPLIGHT_BIN`, by default the one of the
//! `dist` profile. `AWS_CLI` is the path of the `aws` command to compare with.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures the real clock, reads its settings from the environment and talks to its reader"
)]

use bytes::Bytes;
use lamplight_benches::{endpoint, median};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

const EVENT: &str = r#"{"a":2,"b":40}"#;

const CONNECTION: &str = "[connections.keyed.auth.access-key]\naccess_key_id = \"env:AWS_ACCESS_KEY_ID\"\n\
                          secret_access_key = \"env:AWS_SECRET_ACCESS_KEY\"\n";

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
    let folder = tempfile::tempdir().unwrap();
    let address = endpoint::serve(Bytes::from_static(br#"{"sum":42}"#));
    // The connection has its key by reference, as in production, so that reading the configuration file is measured too.
    let config = folder.path().join("lamplight.toml");
    std::fs::write(&config, CONNECTION).unwrap();
    let lamplight = || {
        let mut command = Command::new(&binary);
        command.args(["run", "adder", "--payload", EVENT, "-c", "keyed", "--config"]).arg(&config);
        command.env("LAMPLIGHT_DATA_DIR", folder.path());
        signed(command, &address.to_string())
    };
    let curl = || {
        let mut command = Command::new("curl");
        let uri = format!("http://{address}/2015-03-31/functions/adder/invocations");
        command.args([
            "-s",
            "--aws-sigv4",
            "aws:amz:us-east-1:lambda",
            "--user",
            "test:test",
            "-d",
            EVENT,
            &uri,
        ]);
        signed(command, &address.to_string())
    };
    race("curl --aws-sigv4", 25, lamplight, curl, |own, other| (own / other, 2.0));
    match std::env::var_os("AWS_CLI") {
        None => println!("not measured: aws lambda invoke; set AWS_CLI to the path of `aws`"),
        Some(program) => {
            let response = folder.path().join("response");
            let aws = || {
                let mut command = Command::new(&program);
                let url = format!("http://{address}");
                command.args([
                    "--endpoint-url",
                    &url,
                    "lambda",
                    "invoke",
                    "--function-name",
                    "adder",
                    "--payload",
                    EVENT,
                ]);
                command.arg(&response);
                signed(command, &address.to_string())
            };
            race("aws lambda invoke", 7, lamplight, aws, |own, other| (own / other, 1.0 / 15.0));
        }
    }
    memory(&binary, folder.path());
}

fn signed(mut command: Command, address: &str) -> Command {
    command
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL_LAMBDA", format!("http://{address}"))
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Runs both alternately and prints the ratio of the medians.
fn race(
    name: &str,
    rounds: usize,
    ours: impl Fn() -> Command,
    other: impl Fn() -> Command,
    judge: impl Fn(f64, f64) -> (f64, f64),
) {
    let once = |mut command: Command| {
        let begun = Instant::now();
        assert!(command.status().unwrap().success(), "{command:?}");
        begun.elapsed().as_secs_f64()
    };
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        own.push(once(ours()));
        others.push(once(other()));
    }
    let (own, others) = (median(&mut own), median(&mut others));
    let (ratio, target) = judge(own, others);
    let verdict = if ratio <= target { "met" } else { "MISSED" };
    println!(
        "ratio process: lamplight run {:.1} ms, {name} {:.1} ms: {ratio:.3} of it (target at most {target:.3}, {verdict})",
        own * 1e3,
        others * 1e3
    );
}

/// Measures the peak memory of a run with an event and a response of 6 MB each, as reported by the kernel.
fn memory(binary: &Path, folder: &Path) {
    let text = |letter: &str| format!(r#"{{"text":"{}"}}"#, letter.repeat(6_000_000));
    let event = folder.join("event.json");
    std::fs::write(&event, text("e")).unwrap();
    let address = endpoint::serve(Bytes::from(text("r")));
    let mut command = Command::new("/usr/bin/time");
    command
        .args(["--format", "%M", "--output"])
        .arg(folder.join("peak"))
        .arg(binary)
        .args(["run", "big", "--payload"])
        .arg(format!("@{}", event.display()))
        .env("LAMPLIGHT_DATA_DIR", folder);
    match signed(command, &address.to_string()).status() {
        Err(_) => println!("not measured: peak memory; /usr/bin/time does not exist"),
        Ok(status) => {
            assert!(status.success());
            let kilobytes: f64 =
                std::fs::read_to_string(folder.join("peak")).unwrap().trim().parse().unwrap();
            let megabytes = kilobytes / 1024.0;
            let verdict = if megabytes <= 40.0 { "met" } else { "MISSED" };
            println!(
                "peak memory of a run with 6 MB each way: {megabytes:.1} MB (target at most 40 MB, {verdict})"
            );
        }
    }
}
