//! The outcome of a run is never lost, and never believed lost: locked and full stores, removed locks, killed processes,
//! signals, and an output that cannot be written.

use crate::{
    cases::each,
    lamplight::{Done, Lamplight},
};
use serde_json::Value;
use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStderr, ChildStdin, Command, Stdio},
};

/// A Lambda endpoint that answers when the test wants it to.
struct Endpoint(TcpListener);

impl Endpoint {
    /// An endpoint, and a home whose connection `here` leads to it.
    fn new() -> (Self, Lamplight) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let lamplight = Lamplight::new();
        let address = listener.local_addr().unwrap();
        let config =
            format!("[connections.here]\nregion = \"eu-west-1\"\nendpoint_url = \"http://{address}\"\n");
        lamplight.file("lamplight.toml", &config);
        (Self(listener), lamplight)
    }

    /// Waits for a call.
    fn call(&self) -> Call {
        let (stream, _) = self.0.accept().unwrap();
        let mut reader = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        while line != "\r\n" {
            line.clear();
            assert_ne!(reader.read_line(&mut line).unwrap(), 0, "the request was cut");
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
        }
        reader.read_exact(&mut vec![0; length]).unwrap();
        Call(reader.into_inner())
    }
}

/// A call that waits for its answer.
struct Call(TcpStream);

impl Call {
    fn answer(mut self, status: u16, headers: &[(&str, &str)], body: &str) {
        let mut text =
            format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
        for (name, value) in headers {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        // The process may be gone.
        let _ = self.0.write_all(format!("{text}\r\n{body}").as_bytes());
    }

    fn succeed(self) {
        self.answer(200, &[("x-amzn-RequestId", "8f5f")], "{\"sum\":42}");
    }

    fn fail(self) {
        let headers = [("x-amzn-RequestId", "8f5f"), ("X-Amz-Function-Error", "Unhandled")];
        self.answer(200, &headers, "{\"errorType\":\"ValueError\",\"errorMessage\":\"no\"}");
    }
}

fn command(lamplight: &Lamplight, arguments: &[&str]) -> Command {
    let mut command = lamplight.command(&[&["run", "f", "-c", "here"], arguments].concat());
    command.env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").env("AWS_SECRET_ACCESS_KEY", "made-up");
    command
}

/// A run whose call has arrived.
struct Running {
    child: Child,
    stderr: BufReader<ChildStderr>,
    said: String,
}

impl Running {
    fn start(lamplight: &Lamplight, arguments: &[&str]) -> Self {
        Self::of(command(lamplight, arguments))
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self { child, stderr, said: String::new() }
    }

    /// Waits until it has said this on stderr.
    fn wait_for(&mut self, words: &str) {
        while !self.said.contains(words) {
            assert_ne!(
                self.stderr.read_line(&mut self.said).unwrap(),
                0,
                "it did not say {words:?}: {}",
                self.said
            );
        }
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
    }

    /// Its files cannot grow beyond this many bytes, as on a full disk.
    fn limit_file_size(&self, bytes: u64) {
        let (pid, limit) = (self.child.id().to_string(), format!("--fsize={bytes}:{bytes}"));
        assert!(Command::new("prlimit").args(["--pid", &pid, &limit]).status().unwrap().success());
    }

    fn end(mut self) -> Done {
        self.stderr.read_to_string(&mut self.said).unwrap();
        let output = self.child.wait_with_output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        Done { code: output.status.code().unwrap_or(-1), stdout, stderr: self.said }
    }
}

/// Another program that has locked the store.
struct Locked {
    child: Child,
    stdin: Option<ChildStdin>,
}

impl Locked {
    fn by_another(lamplight: &Lamplight) -> Self {
        let script = "import sqlite3, sys\n\
            store = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
            store.execute('BEGIN IMMEDIATE')\n\
            print('locked', flush=True)\n\
            sys.stdin.read()\n";
        let mut child = Command::new("python3")
            .args(["-c", script])
            .arg(lamplight.data().join("lamplight.db"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "locked\n");
        Self { stdin: child.stdin.take(), child }
    }

    fn unlock(mut self) {
        drop(self.stdin.take());
        self.child.wait().unwrap();
    }
}

/// Runs an SQL statement on the store.
fn sql(lamplight: &Lamplight, statement: &str) {
    let script = "import sqlite3, sys\n\
        store = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
        assert store.execute(sys.argv[2]).rowcount > 0\n";
    let path = lamplight.data().join("lamplight.db");
    let done = Command::new("python3").args(["-c", script]).arg(path).arg(statement).status().unwrap();
    assert!(done.success(), "{statement}");
}

fn latest(lamplight: &Lamplight) -> Value {
    lamplight.json(&["runs", "show", "latest"])
}

#[test]
fn a_store_that_is_locked_when_the_answer_comes_is_waited_for() {
    let (endpoint, lamplight) = Endpoint::new();
    let mut run = Running::start(&lamplight, &[]);
    let call = endpoint.call();
    let lock = Locked::by_another(&lamplight);
    call.succeed();
    run.wait_for("another process has locked the store");
    lock.unlock();
    let done = run.end();
    assert_eq!((done.code, done.stdout.as_str()), (0, "{\"sum\":42}"), "{done:#?}");
    let run = latest(&lamplight);
    assert_eq!((&run["state"], &run["response"]["sum"]), (&"succeeded".into(), &42.into()));
    assert_eq!(run["warnings"], Value::Array(vec![]));
}

#[test]
fn a_process_that_is_killed_while_it_waits_for_the_store_has_recorded_its_outcome() {
    let (endpoint, lamplight) = Endpoint::new();
    let mut run = Running::start(&lamplight, &[]);
    let call = endpoint.call();
    let lock = Locked::by_another(&lamplight);
    call.fail();
    run.wait_for("another process has locked the store");
    run.signal("KILL");
    run.end();
    lock.unlock();
    let run = latest(&lamplight);
    assert_eq!((&run["state"], &run["run_id"]), (&"function_failed".into(), &"f/8f5f#Failed".into()));
    assert_eq!((&run["attempts"], &run["error"]["error_type"]), (&1.into(), &"ValueError".into()));
}

#[test]
fn an_interrupt_while_waiting_for_the_store_leaves_the_outcome_to_the_next_command() {
    let (endpoint, lamplight) = Endpoint::new();
    let mut run = Running::start(&lamplight, &[]);
    let call = endpoint.call();
    let lock = Locked::by_another(&lamplight);
    call.succeed();
    run.wait_for("another process has locked the store");
    run.signal("INT");
    let done = run.end();
    assert_eq!((done.code, done.stdout.as_str()), (0, "{\"sum\":42}"), "{done:#?}");
    assert!(done.stderr.contains("kept in a file beside the store"), "{}", done.stderr);
    lock.unlock();
    assert_eq!(latest(&lamplight)["state"], "succeeded");
}

fn a_run_on_a_full_disk_keeps_its_outcome(answer: fn(Call), code: i32, state: &str) {
    let (endpoint, lamplight) = Endpoint::new();
    // The log of the store is longer than the space that is reserved.
    for _ in 0..3 {
        lamplight.good(&["run", "adder", "-c", "demo", "-p", "a:=1", "-p", "b:=1"]);
    }
    let run = Running::start(&lamplight, &[]);
    let call = endpoint.call();
    run.limit_file_size(fs::metadata(lamplight.data().join("lamplight.db-wal")).unwrap().len());
    answer(call);
    let done = run.end();
    assert_eq!(done.code, code, "{done:#?}");
    assert!(done.stderr.contains("kept in a file beside the store"), "{}", done.stderr);
    assert_eq!(latest(&lamplight)["state"], state);
}

#[cfg(target_os = "linux")]
each! { a_run_on_a_full_disk_keeps_its_outcome;
    full_disk_after_success: Call::succeed, 0, "succeeded";
    full_disk_after_function_error: Call::fail, 3, "function_failed";
    full_disk_after_lost_answer: drop, 7, "unknown";
}

/// Not even the reserved space can be written, which no full disk does.
fn an_outcome_that_is_lost_is_said_even_if_quiet(answer: fn(Call), code: i32) {
    let (endpoint, lamplight) = Endpoint::new();
    let run = Running::start(&lamplight, &["--quiet"]);
    let call = endpoint.call();
    run.limit_file_size(0);
    answer(call);
    let done = run.end();
    assert_eq!(done.code, code, "{done:#?}");
    assert!(done.stderr.contains("error: could not record that run "), "{}", done.stderr);
    assert_eq!(latest(&lamplight)["evidence"]["kind"], "runner_gone");
}

#[cfg(target_os = "linux")]
each! { an_outcome_that_is_lost_is_said_even_if_quiet;
    lost_success: Call::succeed, 0;
    lost_function_error: Call::fail, 3;
    lost_unknown: drop, 7;
}

fn a_store_that_is_gone_at_the_end_is_said_even_if_quiet(answer: fn(Call), code: i32) {
    for replaced in [false, true] {
        let (endpoint, lamplight) = Endpoint::new();
        let run = Running::start(&lamplight, &["--quiet"]);
        let call = endpoint.call();
        let store = lamplight.data().join("lamplight.db");
        let copy = store.with_extension("copy");
        fs::copy(&store, &copy).unwrap();
        if replaced { fs::rename(&copy, &store) } else { fs::remove_file(&store) }.unwrap();
        answer(call);
        let done = run.end();
        assert_eq!(done.code, code, "{done:#?}");
        assert!(done.stderr.contains("error: could not record that run "), "{}", done.stderr);
        assert!(done.stderr.contains("was replaced or removed while it was open"), "{}", done.stderr);
    }
}

each! { a_store_that_is_gone_at_the_end_is_said_even_if_quiet;
    gone_store_success: Call::succeed, 0;
    gone_store_function_error: Call::fail, 3;
    gone_store_unknown: drop, 7;
}

#[test]
fn a_removed_lock_file_does_not_change_how_the_run_ends() {
    let (endpoint, lamplight) = Endpoint::new();
    let run = Running::start(&lamplight, &[]);
    let call = endpoint.call();
    fs::remove_dir_all(lamplight.data().join("runners")).unwrap();
    assert_eq!(latest(&lamplight)["evidence"]["kind"], "runner_gone");
    call.succeed();
    assert_eq!(run.end().code, 0);
    let run = latest(&lamplight);
    assert_eq!((&run["state"], &run["response"]["sum"]), (&"succeeded".into(), &42.into()));
}

#[test]
fn a_hangup_is_ignored_under_nohup() {
    let (endpoint, lamplight) = Endpoint::new();
    let run = command(&lamplight, &[]);
    let mut nohup = Command::new("/bin/sh");
    nohup.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(run.get_program()).args(run.get_args());
    nohup.current_dir(lamplight.path()).env_clear();
    nohup.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
    nohup.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let run = Running::of(nohup);
    let call = endpoint.call();
    run.signal("HUP");
    call.succeed();
    assert_eq!(run.end().code, 0);
}

fn a_run_stopped_while_it_waits_after_a_throttle_is_rejected(signal: &str) {
    let (endpoint, lamplight) = Endpoint::new();
    let mut run = Running::start(&lamplight, &[]);
    let headers = [
        ("x-amzn-RequestId", "8f5f"),
        ("x-amzn-ErrorType", "TooManyRequestsException"),
        ("Retry-After", "20"),
    ];
    endpoint.call().answer(429, &headers, "{\"Reason\":\"ConcurrentInvocationLimitExceeded\"}");
    run.wait_for("the next attempt is in");
    run.signal(signal);
    let done = run.end();
    assert_eq!(done.code, 130, "{done:#?}");
    let run = latest(&lamplight);
    assert_eq!((&run["state"], &run["error"]["code"]), (&"rejected".into(), &"interrupted".into()));
    assert_eq!((&run["evidence"]["kind"], &run["attempts"]), (&"refused".into(), &1.into()));
}

each! { a_run_stopped_while_it_waits_after_a_throttle_is_rejected;
    stopped_after_throttle_by_interrupt: "INT";
    stopped_after_throttle_by_termination: "TERM";
    stopped_after_throttle_by_hangup: "HUP";
}

#[test]
fn a_run_killed_during_its_second_attempt_knows_both() {
    let (endpoint, lamplight) = Endpoint::new();
    let run = Running::start(&lamplight, &[]);
    let headers = [("x-amzn-RequestId", "8f5f"), ("x-amzn-ErrorType", "TooManyRequestsException")];
    endpoint.call().answer(429, &headers, "{\"Reason\":\"ConcurrentInvocationLimitExceeded\"}");
    let _second = endpoint.call();
    run.signal("KILL");
    run.end();
    let run = latest(&lamplight);
    assert_eq!((&run["evidence"]["kind"], &run["attempts"]), (&"runner_gone".into(), &2.into()));
}

fn an_output_that_cannot_be_written_does_not_change_the_exit_code(
    function: &str,
    options: &[&str],
    code: i32,
) {
    let lamplight = Lamplight::new();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let arguments = [&["run", function, "-c", "demo"], options].concat();
    let output = lamplight.command(&arguments).stdout(full).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    let says_so = stderr.contains("error: could not write the output");
    // Without a response there is no output.
    assert_eq!(says_so, function != "lost" || options.contains(&"json"), "{stderr}");
    assert_eq!(stderr.contains("`lamplight runs show"), says_so, "{stderr}");
}

#[cfg(target_os = "linux")]
each! { an_output_that_cannot_be_written_does_not_change_the_exit_code;
    full_output_of_success: "mirror", &[], 0;
    full_output_of_success_quiet: "mirror", &["--quiet"], 0;
    full_output_of_success_as_json: "mirror", &["-o", "json"], 0;
    full_output_of_success_as_yaml: "mirror", &["-o", "yaml"], 0;
    full_output_of_function_error: "broken", &[], 3;
    full_output_of_function_error_as_json: "broken", &["-o", "json"], 3;
    full_output_of_lost_answer: "lost", &[], 7;
    full_output_of_lost_answer_as_json: "lost", &["-o", "json"], 7;
}

#[test]
fn a_run_whose_output_nobody_reads_can_be_stopped_and_keeps_its_exit_code() {
    let (endpoint, lamplight) = Endpoint::new();
    let mut run = Running::start(&lamplight, &[]);
    // More than a pipe holds, and nobody reads it.
    let large = format!("\"{}\"", "x".repeat(1_000_000));
    endpoint.call().answer(200, &[("x-amzn-RequestId", "8f5f")], &large);
    while latest(&lamplight)["response"].is_null() {
        assert!(run.child.try_wait().unwrap().is_none(), "it did not wait for its reader");
    }
    run.signal("INT");
    run.wait_for("stopped before the whole output was written");
    // Its stdout is still open here, but not read.
    let status = run.child.wait().unwrap();
    assert_eq!(status.code(), Some(0), "the function succeeded");
}

#[test]
fn fifty_processes_with_large_responses_lose_nothing() {
    const PROCESSES: usize = 50;
    let lamplight = Lamplight::new();
    let payload = format!("{{\"text\":\"{}\"}}", "x".repeat(5_000_000));
    lamplight.file("event.json", &payload);
    let start = |_| {
        let arguments = ["run", "mirror", "-c", "demo", "--payload", "@event.json", "--quiet"];
        lamplight.command(&arguments).stdout(Stdio::null()).spawn().unwrap()
    };
    let children: Vec<Child> = (0..PROCESSES).map(start).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
    }
    let listed = lamplight.json(&["runs", "list", "--state", "succeeded", "--limit", "1000"]);
    let keys: Vec<&str> =
        listed["runs"].as_array().unwrap().iter().map(|run| run["key"].as_str().unwrap()).collect();
    assert_eq!(keys.len(), PROCESSES);
    for key in keys {
        let run = lamplight.json(&["runs", "show", key]);
        assert_eq!(run["response"]["text"].as_str().map(str::len), Some(5_000_000));
    }
}

/// Makes this many runs and returns their keys, latest first.
fn make_runs(lamplight: &Lamplight, count: usize) -> Vec<String> {
    let mut keys: Vec<String> = (0..count)
        .map(|_| lamplight.json(&["run", "mirror", "-c", "demo"])["key"].as_str().unwrap().to_owned())
        .collect();
    keys.reverse();
    keys
}

#[test]
fn runs_that_cannot_be_read_are_named() {
    let lamplight = Lamplight::new();
    let keys = make_runs(&lamplight, 3);
    sql(&lamplight, &format!("UPDATE run SET state = 'dreaming' WHERE key = '{}'", keys[1]));
    for output in ["table", "json", "yaml"] {
        let done = lamplight.good(&["runs", "list", "--quiet", "--output", output]);
        assert!(done.stdout.contains(&keys[0]) && done.stdout.contains(&keys[2]), "{done:#?}");
        assert!(done.stderr.contains(&format!("error: cannot read run {}", keys[1])), "{done:#?}");
    }
    let listed = lamplight.json(&["runs", "list"]);
    assert_eq!(
        (&listed["damaged"][0]["name"], listed["runs"].as_array().unwrap().len()),
        (&keys[1].as_str().into(), 2)
    );
    sql(&lamplight, &format!("UPDATE run SET state = 'running', record = '{{' WHERE key = '{}'", keys[1]));
    let done = lamplight.good(&["status", &keys[0]]);
    assert!(done.stderr.contains(&format!("cannot tell how run {} ended", keys[1])), "{}", done.stderr);
    lamplight.good(&["runs", "rm", &keys[1], "--yes"]);
    assert_eq!(lamplight.good(&["status", &keys[0]]).stderr, "");
}

#[test]
fn jobs_that_cannot_be_read_are_named() {
    let lamplight = Lamplight::new();
    lamplight.good(&["discover", "-c", "demo", "--import"]);
    sql(&lamplight, "UPDATE job SET record = '{' WHERE name = 'greeter'");
    let done = lamplight.good(&["jobs", "list", "--quiet"]);
    assert!(done.stderr.contains("error: cannot read job greeter"), "{done:#?}");
    assert_eq!(lamplight.json(&["jobs", "list"])["damaged"][0]["name"], "greeter");
    let exported = lamplight.run(&["jobs", "export"]);
    assert_eq!(exported.code, 8, "an incomplete export is not a success: {exported:#?}");
    assert!(exported.stdout.contains("adder") && exported.stderr.contains("greeter"));
}

fn an_odd_request_id_is_not_a_part_of_the_run_id(request_id: &str) {
    let (endpoint, lamplight) = Endpoint::new();
    let run = Running::start(&lamplight, &["-o", "json"]);
    let headers = [("x-amzn-RequestId", request_id), ("X-Amz-Executed-Version", "$LATEST")];
    endpoint.call().answer(200, &headers, "{}");
    let done = run.end();
    assert_eq!(done.code, 0, "{done:#?}");
    let run: Value = serde_json::from_str(&done.stdout).unwrap();
    let id = format!("f/local-{}#Success", run["key"].as_str().unwrap());
    assert_eq!(run["run_id"], id.as_str());
    assert_eq!(lamplight.json(&["runs", "list"])["runs"][0]["run_id"], id.as_str());
    assert_eq!(lamplight.json(&["status", &id])["run"]["key"], run["key"]);
}

each! { an_odd_request_id_is_not_a_part_of_the_run_id;
    request_id_with_slash: "a/b";
    request_id_with_hash: "a#b";
    request_id_with_space: "a b";
    request_id_absent: "";
    request_id_too_long: &"x".repeat(129);
    request_id_that_looks_local: "local-0199";
}

#[test]
fn a_request_id_of_two_runs_is_said_to_be_not_unique() {
    let (endpoint, lamplight) = Endpoint::new();
    for _ in 0..2 {
        let run = Running::start(&lamplight, &[]);
        endpoint.call().succeed();
        assert_eq!(run.end().code, 0);
    }
    let listed = lamplight.json(&["runs", "list"]);
    let key = |index: usize| listed["runs"][index]["key"].as_str().unwrap().to_owned();
    let done = lamplight.good(&["status", "f/8f5f#Success"]);
    assert!(done.stderr.contains("not unique") && done.stderr.contains(&key(1)), "{}", done.stderr);
    let status = lamplight.json(&["status", "f/8f5f#Success"]);
    assert_eq!((&status["run"]["key"], &status["others"][0]), (&key(0).into(), &key(1).into()));
}

#[test]
fn too_few_open_files_are_an_error() {
    let lamplight = Lamplight::new();
    let program = lamplight.command(&[]).get_program().to_owned();
    for limit in [3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 27, 28, 30, 40] {
        for arguments in ["run adder -c demo -p a:=1 -p b:=1", "runs list", "connections list"] {
            let script = format!("ulimit -n {limit}; exec \"$0\" {arguments}");
            let mut shell = lamplight.command(&[]);
            let mut limited = Command::new("/bin/sh");
            limited.args(["-c", &script]).arg(&program).env_clear();
            limited.envs(shell.get_envs().filter_map(|(name, value)| Some((name, value?))));
            let output = limited.stdin(Stdio::null()).current_dir(lamplight.path()).output().unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(!stderr.contains("panicked"), "{limit} {arguments}: {stderr}");
            assert!(output.status.code().is_some_and(|code| code != 101), "{limit} {arguments}: {stderr}");
            shell.env_clear();
        }
    }
}
