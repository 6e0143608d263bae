//! Who answered: the built program against servers that are not AWS, and against emulators that send no marks.

use crate::lamplight::{Done, Lamplight, done};
use lamplight_testkit::script::{Reaction, Received, Script, Server, answer};
use serde_json::Value;

const PAGE: &[u8] = b"<html><head><title>Access blocked</title></head><body>by policy 7</body></html>";
const HTML: [(&str, &str); 3] = [("content-type", "text/html"), ("server", "squid/6"), ("via", "1.1 gate")];
const TYPES: [&str; 3] = ["RequestResponse", "Event", "DryRun"];
const STATUSES: [u16; 14] = [200, 201, 202, 204, 302, 400, 401, 403, 404, 407, 429, 500, 502, 503];

/// A home with connection `c` to the server; `more` is added to its table.
fn connected(server: &Server, more: &str) -> Lamplight {
    let lamplight = Lamplight::new();
    lamplight.file("lamplight.toml", &format!(
        "[connections.c]\nregion = \"eu-west-1\"\nendpoint_url = \"{}\"\n{more}\n[connections.c.auth.access-key]\n\
         access_key_id = \"AKIAIOSFODNN7EXAMPLE\"\nsecret_access_key = \"env:KEY\"\n",
        server.url()
    ));
    lamplight
}

/// Runs a command while the server serves.
async fn run(lamplight: &Lamplight, arguments: &[&str]) -> Done {
    let mut command = lamplight.command(arguments);
    command.env("KEY", "example-key");
    done(tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap())
}

async fn json(lamplight: &Lamplight, arguments: &[&str]) -> (Value, i32) {
    let done = run(lamplight, &[arguments, &["--output", "json"]].concat()).await;
    (serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:#?}")), done.code)
}

async fn paged(status: u16) -> Server {
    let body: &[u8] = if status == 204 { b"" } else { PAGE };
    Server::start(move |_: &Received| Reaction::Answer(answer(status, &HTML, body))).await
}

#[tokio::test]
async fn a_page_in_place_of_lambda_proves_nothing_whatever_its_status() {
    for status in STATUSES {
        let server = paged(status).await;
        let lamplight = connected(&server, "");
        for (number, kind) in TYPES.into_iter().enumerate() {
            let (view, code) = json(&lamplight, &["run", "f", "-c", "c", "--invocation-type", kind]).await;
            assert_eq!((code, &view["state"]), (7, &"unknown".into()), "{status} {kind}: {view}");
            assert_eq!(view["evidence"]["kind"], "unidentified_answer", "{status} {kind}");
            assert_eq!(view["evidence"]["http_status"], status, "{kind}");
            let message = view["error"]["message"].as_str().unwrap();
            let words = if status == 204 { "" } else { ", text \"Access blocked by policy 7\"" };
            let sender = format!("HTTP {status} cannot be identified as the provider's");
            assert!(message.contains(&sender) && message.ends_with("; nothing is proven"), "{message}");
            let told = format!("(content type text/html, server squid/6, via 1.1 gate{words})");
            assert!(message.contains(&told), "{message}");
            assert!(view["error"]["hint"].as_str().unwrap().contains("unmarked_answers = true"), "{view}");
            assert_eq!(server.executions("f"), number + 1, "{status} {kind}: one request each");
        }
    }
}

#[tokio::test]
async fn a_page_is_no_missing_permission_for_the_commands_that_read() {
    for status in [200, 403, 404, 429] {
        let server = paged(status).await;
        let lamplight = connected(&server, "");
        for arguments in [["discover", "-c", "c"].as_slice(), &["functions", "get", "f", "-c", "c"]] {
            let done = run(&lamplight, arguments).await;
            assert_eq!(done.code, 1, "{status} {arguments:?}: {done:#?}");
            assert!(done.stderr.contains("is not from Lambda: HTTP"), "{done:#?}");
        }
        let done = run(&lamplight, &["doctor", "f", "-c", "c"]).await;
        assert_eq!(done.code, 1, "{status}: {done:#?}");
        for wrong in ["not authorized", "allow the caller", "did not start"] {
            assert!(!done.stdout.contains(wrong), "{wrong}: {done:#?}");
        }
        assert!(done.stdout.contains("server squid/6"), "{done:#?}");
    }
}

/// Another program at the endpoint: it gives the answers of Lambda, without a mark.
fn unmarked(request: &Received) -> Reaction {
    let described = "\"FunctionName\":\"f\",\"FunctionArn\":\"arn:aws:lambda:eu-west-1:123456789012:function:f\",\"Version\":\"7\",\
        \"RevisionId\":\"r\",\"CodeSha256\":\"x\",\"MemorySize\":256";
    let body = format!(
        "{{{described},\"Functions\":[],\"Versions\":[],\"Aliases\":[],\"Configuration\":{{{described}}}}}"
    );
    let status = if request.method == "POST" { 201 } else { 200 };
    Reaction::Answer(answer(
        status,
        &[("content-type", "application/json"), ("server", "stub/1")],
        body.as_bytes(),
    ))
}

#[tokio::test]
async fn an_answer_without_a_mark_is_believed_by_no_command() {
    let server = Server::start(unmarked).await;
    let lamplight = connected(&server, "");
    for (line, code, error) in [
        ("discover -c c", 1, "unidentified_answer"),
        ("functions list -c c", 1, "unidentified_answer"),
        ("functions get f -c c", 1, "unidentified_answer"),
        ("aliases list f -c c", 1, "unidentified_answer"),
        ("functions delete f -c c --yes", 1, "unidentified_answer"),
    ] {
        let arguments: Vec<&str> = line.split(' ').collect();
        let (view, got) = json(&lamplight, &arguments).await;
        assert_eq!((got, &view["error"]["code"]), (code, &error.into()), "{line}: {view}");
        let told = view.to_string();
        assert!(
            told.contains("is not from Lambda: HTTP 20") && told.contains("server stub/1"),
            "{line}: {told}"
        );
    }
    // These changes read the state first.
    for line in
        ["functions publish-version f -c c", "functions update-configuration f -c c --memory-size 128"]
    {
        let arguments: Vec<&str> = line.split(' ').collect();
        let done = run(&lamplight, &arguments).await;
        assert!(done.code != 0 && done.stderr.contains("is not from Lambda"), "{line}: {done:#?}");
    }
    let accepting = connected(&server, "unmarked_answers = true");
    for line in ["discover -c c", "functions get f -c c", "functions publish-version f -c c"] {
        let arguments: Vec<&str> = line.split(' ').collect();
        let done = run(&accepting, &arguments).await;
        assert_eq!(done.code, 0, "{line}: {done:#?}");
    }
}

/// Lambda contradicts itself: whatever else an answer says, a function that reported an error has run.
#[tokio::test]
async fn a_refusal_of_a_function_that_ran_is_never_repeated() {
    let marks = [("x-amzn-requestid", "8f5f"), ("x-amzn-errortype", "TooManyRequestsException")];
    for (status, more, code, state, kind) in [
        (429, ("x-amz-function-error", "Unhandled"), 3, "function_failed", "function_error"),
        (429, ("x-amz-executed-version", "$LATEST"), 7, "unknown", "unproven_answer"),
        (200, ("x-other", "1"), 7, "unknown", "unproven_answer"),
    ] {
        let server = Server::start(move |_: &Received| {
            Reaction::Answer(answer(status, &[marks[0], marks[1], more], b"{\"errorMessage\":\"x\"}"))
        })
        .await;
        let lamplight = connected(&server, "");
        for (number, invocation_type) in TYPES.into_iter().enumerate() {
            let line = ["run", "f", "-c", "c", "--invocation-type", invocation_type];
            let (view, got) = json(&lamplight, &line).await;
            assert_eq!((got, &view["state"]), (code, &state.into()), "{status} {more:?}: {view}");
            assert_eq!(view["evidence"]["kind"], kind, "{view}");
            if code == 7 {
                assert!(view["error"]["message"].as_str().unwrap().contains("contradicts itself"), "{view}");
            }
            assert_eq!(server.executions("f"), number + 1, "one request each");
        }
    }
}

#[tokio::test]
async fn a_page_in_place_of_sts_is_one_exit_code() {
    let sts = paged(403).await;
    let lambda = Server::start(|_: &Received| Reaction::Answer(answer(200, &[], b""))).await;
    let lamplight = Lamplight::new();
    lamplight.file(
        "lamplight.toml",
        &format!(
            "[connections.c]\nregion = \"eu-west-1\"\nendpoint_url = \"{}\"\nsts_endpoint_url = \"{}\"\n\
         [connections.c.auth.assume-role]\nrole_arn = \"arn:aws:iam::123456789012:role/deploy\"\n\
         [connections.c.auth.assume-role.source.access-key]\naccess_key_id = \"AKIAIOSFODNN7EXAMPLE\"\n\
         secret_access_key = \"env:KEY\"\n",
            lambda.url(),
            sts.url()
        ),
    );
    for arguments in [["run", "f", "-c", "c"].as_slice(), &["discover", "-c", "c"], &["doctor", "-c", "c"]] {
        let done = run(&lamplight, arguments).await;
        assert_eq!(done.code, 4, "{arguments:?}: {done:#?}");
        let told = format!("{}{}", done.stdout, done.stderr);
        assert!(told.contains("is not from STS: HTTP 403 (content type text/html, server squid/6"), "{told}");
        assert!(!told.contains("denied"), "{told}");
    }
    assert!(lambda.requests().iter().all(|request| !request.target.contains("invocations")));
}

/// AWS's runtime interface emulator: it answers 200 to everything and sends no mark.
fn rie(request: &Received) -> Reaction {
    let body: &[u8] = match request.function() {
        "broken" => b"{\"errorType\":\"ValueError\",\"errorMessage\":\"no such colour\",\"stackTrace\":[]}",
        _ => &request.body,
    };
    Reaction::Answer(answer(200, &[("content-type", "text/plain; charset=utf-8")], body))
}

#[tokio::test]
async fn an_emulator_without_marks_works_with_the_setting() {
    let server = Server::start(rie).await;
    let lamplight = connected(&server, "unmarked_answers = true");
    let done = run(&lamplight, &["run", "echo", "-c", "c", "-p", "name=Ada"]).await;
    assert_eq!((done.code, done.stdout.as_str()), (0, "{\"name\":\"Ada\"}"), "{done:#?}");
    assert!(done.stderr.contains("warning: the answer has no identifying header"), "{done:#?}");
    let (view, _) = json(&lamplight, &["run", "echo", "-c", "c"]).await;
    assert_eq!((&view["state"], &view["evidence"]["kind"]), (&"succeeded".into(), &"unmarked_answer".into()));
    assert_eq!(view["warnings"][0]["code"], "unmarked_answer");
    let (view, code) = json(&lamplight, &["run", "broken", "-c", "c"]).await;
    assert_eq!((code, &view["state"]), (3, &"function_failed".into()));
    assert_eq!(view["evidence"]["kind"], "unmarked_answer");
    assert_eq!(view["error"]["error_type"], "ValueError");
    assert_eq!(view["error"]["message"], "no such colour");
    let (shown, _) = json(&lamplight, &["runs", "show", "latest"]).await;
    assert_eq!(shown["evidence"]["kind"], "unmarked_answer", "a record is read back");
    // The emulator runs the function for a dry run too, so its answer is no proof that nothing started.
    let (view, code) = json(&lamplight, &["run", "echo", "-c", "c", "--invocation-type", "DryRun"]).await;
    assert_eq!((code, &view["evidence"]["kind"]), (7, &"unproven_answer".into()), "{view}");

    // The setting vouches for the address in the file only.
    let other = Server::start(rie).await;
    let url = other.url();
    let done = run(&lamplight, &["run", "echo", "-c", "c", "--endpoint-url", &url]).await;
    assert_eq!(done.code, 7, "{done:#?}");
}

#[test]
fn the_setting_needs_an_endpoint_of_its_own() {
    let lamplight = Lamplight::new();
    lamplight.file("lamplight.toml", "[connections.c]\nregion = \"eu-west-1\"\nunmarked_answers = true\n");
    let done = lamplight.run(&["run", "f", "-c", "c"]);
    assert_eq!(done.code, 2, "{done:#?}");
    assert!(done.stderr.contains("lamplight.toml:3:1") && done.stderr.contains("endpoint_url"), "{done:#?}");
}

/// A list of functions whose marker is new each time, or always the same.
struct Endless {
    same: bool,
}

impl Script for Endless {
    fn on_request(&self, request: &Received) -> Reaction {
        let before = request.target.split("Marker=").nth(1).unwrap_or("0").split('&').next().unwrap();
        let next = if self.same { "1".to_owned() } else { (before.parse::<u32>().unwrap() + 1).to_string() };
        let body = format!("{{\"Functions\":[],\"Layers\":[],\"NextMarker\":\"{next}\"}}");
        Reaction::Answer(answer(200, &[("x-amzn-requestid", "1")], body.as_bytes()))
    }
}

#[tokio::test]
async fn a_list_without_end_is_an_error() {
    for same in [true, false] {
        let server = Server::start(Endless { same }).await;
        let lamplight = connected(&server, "");
        for arguments in [
            ["discover", "-c", "c"].as_slice(),
            &["functions", "list", "-c", "c"],
            &["layers", "list", "-c", "c"],
        ] {
            let done = run(&lamplight, arguments).await;
            assert_eq!(done.code, 1, "{arguments:?}: {done:#?}");
            assert!(done.stderr.contains("the provider's list does not end"), "{done:#?}");
        }
    }
}

#[tokio::test]
async fn a_wait_limit_ends_the_wait_and_the_run_is_unknown() {
    let server = Server::start(|_: &Received| Reaction::Stall(Vec::new())).await;
    let lamplight = connected(&server, "");
    let (view, code) = json(&lamplight, &["run", "f", "-c", "c", "--wait-limit", "1s"]).await;
    assert_eq!(
        (code, &view["state"], &view["error"]["code"]),
        (7, &"unknown".into(), &"timeout".into()),
        "{view}"
    );
    assert!(view["error"]["hint"].as_str().unwrap().contains("--wait-limit"), "{view}");
    assert_eq!(server.executions("f"), 1);
}

#[test]
fn a_new_time_limit_reaches_the_jobs_of_the_function() {
    let lamplight = Lamplight::new();
    lamplight.good(&["discover", "--import", "-c", "demo"]);
    let update = ["functions", "update-configuration", "adder", "-c", "demo", "--timeout", "77"];
    let dry = lamplight.good(&[update.as_slice(), &["--dry-run"]].concat());
    assert!(!dry.stderr.contains("recorded"), "{dry:#?}");
    let done = lamplight.good(&update);
    assert!(done.stderr.contains("recorded the new time limit in job adder"), "{done:#?}");
    assert!(!lamplight.good(&update).stderr.contains("recorded"), "it is recorded already");
}
