//! Functions behind URLs: real Python code in Google's functions-framework, which every test starts for itself.

use crate::peer::variable;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, ChildStdout, Command, Output, Stdio},
};
use tempfile::TempDir;

/// functions-framework with `xtask/peers/http_functions`, and a folder with a connection to it.
struct Functions {
    server: Child,
    lines: BufReader<ChildStdout>,
    folder: TempDir,
}

impl Functions {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../xtask/peers/http_functions");
        // Its log and what the functions print come through one pipe, and all its processes are one group.
        let mut server = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 2>&1"])
            .arg(variable("LAMPLIGHT_TEST_FUNCTIONS_FRAMEWORK"))
            .args(["--target", "main", "--host", "127.0.0.1", "--port", "0", "--source"])
            .arg(sources.join("main.py"))
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .env("GUNICORN_LOG_LEVEL", "info")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let lines = BufReader::new(server.stdout.take().unwrap());
        let mut functions = Self { server, lines, folder };
        let line = functions.wait_for("Listening at: ");
        let url = line.split("Listening at: ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        functions.wait_for("Booting worker");
        std::fs::write(functions.folder.path().join("lamplight.toml"), config(url)).unwrap();
        functions
    }

    /// The next line of its output that holds these words.
    fn wait_for(&mut self, words: &str) -> String {
        let mut seen = String::new();
        loop {
            let mut line = String::new();
            assert!(self.lines.read_line(&mut line).unwrap() > 0, "{words:?} never comes:\n{seen}");
            if line.contains(words) {
                return line;
            }
            seen += &line;
        }
    }

    fn kill(&mut self) {
        let group = format!("kill -s KILL -- -{}", self.server.id());
        let _killed = Command::new("sh").args(["-c", &group]).status().unwrap();
        self.server.wait().unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("lamplight"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("LAMPLIGHT_DATA_DIR", self.folder.path().join("data"))
            .env("KEY", "the-key-of-the-peer")
            .env("WRONG", "not-the-key");
        command
    }

    fn lamplight(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> (Value, Option<i32>) {
        let output = self.lamplight(&[arguments, &["-o", "json"]].concat());
        let said = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("{arguments:?}: {error}: {}", String::from_utf8_lossy(&output.stderr))
        });
        (said, output.status.code())
    }
}

impl Drop for Functions {
    fn drop(&mut self) {
        if self.server.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.kill();
        }
    }
}

/// functions-framework answers an unhandled exception with a page of HTTP 500 and a header of its own, which is what the
/// rule declares: the page itself could be anybody's.
fn config(url: &str) -> String {
    format!(
        "default_connection = 'local'
[connections.local]
provider = 'http'
[connections.local.functions]
adder = {{ url = '{url}/adder', description = 'Adds two numbers', timeout_seconds = 60 }}
raiser = {{ url = '{url}/raiser', error_header = 'x-google-status' }}
raiser-by-status = {{ url = '{url}/raiser', error_statuses = [500] }}
raiser-undeclared = {{ url = '{url}/raiser' }}
later = {{ url = '{url}/later', async = true }}
slow = {{ url = '{url}/slow', timeout_seconds = 60 }}
guarded = {{ url = '{url}/guarded', refused_statuses = [401], headers = {{ x-api-key = 'env:KEY' }} }}
stranger = {{ url = '{url}/guarded', refused_statuses = [401], headers = {{ x-api-key = 'env:WRONG' }} }}
text = {{ url = '{url}/text', mark_header = 'x-function' }}
text-undeclared = {{ url = '{url}/text' }}
moved = {{ url = '{url}/moved' }}
"
    )
}

#[test]
fn every_function_ends_as_its_rules_say() {
    let functions = Functions::start();
    for (function, event, state, evidence, code) in [
        ("adder", r#"{"a":2,"b":40}"#, "succeeded", "answered", 0),
        ("slow", r#"{"seconds":1}"#, "succeeded", "answered", 0),
        ("text", "{}", "succeeded", "answered", 0),
        ("guarded", "{}", "succeeded", "answered", 0),
        ("raiser", "{}", "function_failed", "function_error", 3),
        ("raiser-by-status", "{}", "function_failed", "function_error", 3),
        ("raiser-undeclared", "{}", "unknown", "unidentified_answer", 7),
        ("text-undeclared", "{}", "unknown", "unidentified_answer", 7),
        ("moved", "{}", "unknown", "unidentified_answer", 7),
        ("stranger", "{}", "rejected", "refused", 4),
        ("later", "{}", "rejected", "not_sent", 2),
        ("absent", "{}", "rejected", "not_sent", 6),
    ] {
        let (run, exit) = functions.json(&["run", function, "--payload", event]);
        assert_eq!((&run["state"], exit), (&state.into(), Some(code)), "{function}: {run}");
        assert_eq!(run["evidence"]["kind"], evidence, "{function}: {run}");
        assert_eq!(run["attempts"], 1, "{function}: {run}");
        let (status, _) = functions.json(&["status", run["run_id"].as_str().unwrap()]);
        assert_eq!((&status["state"], &status["status"]), (&run["state"], &run["status"]), "{function}");
    }
    let (run, _) = functions.json(&["run", "later", "--invocation-type", "Event"]);
    assert_eq!((&run["state"], &run["status"]), (&"accepted".into(), &"Success".into()), "{run}");
    let (run, _) = functions.json(&["run", "guarded"]);
    assert_eq!(run["response"], json!({ "key": "********" }), "its key is given back to nobody");
    let story = functions.lamplight(&["run", "raiser"]);
    assert!(String::from_utf8_lossy(&story.stderr).contains("500 Internal Server Error"));
    let (runs, _) = functions.json(&["runs", "list"]);
    assert_eq!(runs["runs"].as_array().unwrap().len(), 15);
    assert!(!runs.to_string().contains("the-key-of-the-peer"));
}

#[test]
fn functions_are_found_imported_and_looked_after() {
    let functions = Functions::start();
    let (found, _) = functions.json(&["discover", "--import"]);
    let names: Vec<&str> =
        found["functions"].as_array().unwrap().iter().map(|own| own["name"].as_str().unwrap()).collect();
    assert!(names.is_sorted() && names.len() == 11 && names.contains(&"adder"), "{found}");
    let (job, _) = functions.json(&["jobs", "show", "adder"]);
    assert_eq!(job["description"], "Adds two numbers", "{job}");
    let parameters = ["--add-param", "a:integer", "--add-param", "b:integer", "--add-param", "sum:integer"];
    let directed = [&["jobs", "edit", "adder"], &parameters[..], &["--set-direction", "sum=Output"]].concat();
    let edited = functions.lamplight(&directed);
    assert!(edited.status.success(), "{}", String::from_utf8_lossy(&edited.stderr));
    let (run, _) = functions.json(&["run", "adder", "-p", "a=2", "-p", "b=40"]);
    assert_eq!((&run["outputs"], &run["job"]), (&json!({ "sum": 42 }), &"adder".into()), "{run}");

    let checks = functions.lamplight(&["doctor", "adder"]);
    let told = String::from_utf8_lossy(&checks.stdout);
    assert!(checks.status.success() && told.contains("pass     endpoint"), "{told}");
    assert!(told.contains("skipped  dry-run"), "{told}");
}

#[test]
fn a_server_that_is_killed_in_a_call_leaves_the_run_unknown() {
    let mut functions = Functions::start();
    let mut command = functions.command(&["run", "slow", "--payload", r#"{"seconds":600}"#, "-o", "json"]);
    let running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    functions.wait_for("slow began");
    functions.kill();
    let output = running.wait_with_output().unwrap();
    let run: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&run["state"], output.status.code()), (&"unknown".into(), Some(7)), "{run}");
    assert_eq!((&run["evidence"]["kind"], &run["attempts"]), (&"no_answer".into(), &1.into()), "{run}");
    // Now nothing can have left, and it says so.
    let (run, exit) = functions.json(&["run", "adder", "--payload", "{}", "--max-attempts", "1"]);
    assert_eq!((&run["state"], &run["evidence"]["kind"]), (&"rejected".into(), &"not_sent".into()), "{run}");
    assert_eq!(exit, Some(1), "{run}");
    let checks = functions.lamplight(&["doctor"]);
    let told = String::from_utf8_lossy(&checks.stdout);
    assert!(!checks.status.success() && told.contains("fail     endpoint"), "{told}");
}
