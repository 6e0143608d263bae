//! A function, or whoever answers in its place, repeats a secret of the run in every text of its answer, in one encoding
//! after the other: nothing of it is shown, logged or recorded. The response alone goes to the caller as it came.

use crate::{
    lamplight::{Done, done},
    no_secret_bench::Bench,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use lamplight_testkit::http::{Answer, Request};
use serde_json::json;
use std::{fs, path::Path, process::Stdio, sync::Arc};

const LAMBDA: &str = "lambda.eu-west-1.amazonaws.com";

type Encoder = fn(&str) -> String;

fn quoted(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

fn bytes(text: &str, write: fn(u8) -> String) -> String {
    text.bytes().map(write).collect()
}

const ENCODINGS: [Encoder; 15] = [
    str::to_owned,
    quoted,
    |text| quoted(&json!({ "event": quoted(text) }).to_string()),
    |text| text.encode_utf16().map(|half| format!("\\u{half:04x}")).collect::<Vec<_>>().concat(),
    |text| text.split_at(14).0.to_owned() + "\n      " + text.split_at(14).1,
    |text| text.to_uppercase(),
    |text| bytes(text, |byte| format!("%{byte:02X}")),
    |text| bytes(text, |byte| format!("%{byte:02x}")).replace("%20", "+"),
    |text| text.chars().map(|c| format!("&#{};", u32::from(c))).collect::<Vec<_>>().concat(),
    |text| text.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect::<Vec<_>>().concat(),
    |text| STANDARD.encode(text),
    |text| STANDARD.encode(format!("x{}", json!({ "token": text }))),
    |text| STANDARD.encode(STANDARD.encode(format!("me:{text}"))),
    |text| bytes(text, |byte| format!("{byte:02X}")),
    |text| bytes(text, |byte| format!("{byte:02x} ")),
];

/// Where a text is repeated.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// The function fails: error type, message, stack, log, version, request ID, kind of error.
    FunctionError,
    /// The function succeeds: output, log, version, request ID.
    Response,
    /// Lambda refuses the call with an unknown code, which proves nothing: code and message.
    Refusal,
    /// Lambda throttles the call: reason and message, and a second attempt.
    Throttle,
    /// Something else answers.
    Page,
}

const PLACES: [(Place, i32); 5] = [
    (Place::FunctionError, 3),
    (Place::Response, 0),
    (Place::Refusal, 7),
    (Place::Throttle, 5),
    (Place::Page, 7),
];

/// The answer that repeats `text`.
fn answer(place: Place, text: &str) -> Answer {
    // What a header can hold.
    let line = text.replace('\n', " ");
    let (first, second) = text.split_at(text.len() / 2);
    let log = STANDARD.encode(format!("{}\n{text}\nEND", text.split_at(text.len() / 3).1));
    let of_lambda = |answer: Answer| answer.with("x-amzn-requestid", &*line);
    let of_function =
        |answer| of_lambda(answer).with("x-amz-executed-version", &*line).with("x-amz-log-result", &*log);
    // The text is where a message is cut.
    let message = format!("{} {text}  {text}", "x ".repeat(985));
    match place {
        Place::FunctionError => {
            let body = json!({ "errorType": text, "errorMessage": message, "stackTrace": ["at login", first, second, text] });
            of_function(Answer::json(200, &body)).with("x-amz-function-error", format!("Unhandled {line}"))
        }
        Place::Response => of_function(Answer::json(200, &json!({ "echoed": text, "in": { "it": [text] } }))),
        Place::Refusal => of_lambda(Answer::json(400, &json!({ "Type": text, "message": message })))
            .with("x-amzn-errortype", format!("InvalidParameterValueException{line}")),
        Place::Throttle => {
            let body =
                json!({ "Reason": text, "Type": "User", "message": message, "retryAfterSeconds": text });
            of_lambda(Answer::json(429, &body)).with("x-amzn-errortype", "TooManyRequestsException")
        }
        Place::Page => Answer::new(200, "text/html", format!("<html>{text} {message}</html>"))
            .with("server", &*line)
            .with("via", &*line),
    }
}

/// Panics if a part of `encoded` is in a text. Backslashes are ignored: JSON adds some.
fn search(encoded: &str, place: &str, text: &str) {
    let bare = |text: &str| text.replace('\\', "").to_lowercase();
    let (encoded, text) = (bare(encoded), bare(text));
    for start in 0..encoded.len().saturating_sub(15) {
        let part = &encoded[start..start + 16];
        let found = !part.contains([' ', '\n']) && text.contains(part);
        assert!(!found, "{part:?} is in {place}: {:?}", text.lines().find(|line| line.contains(part)));
    }
}

fn search_files(encoded: &str, folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search_files(encoded, &path);
        } else if let Ok(bytes) = fs::read(&path) {
            search(encoded, &path.display().to_string(), &String::from_utf8_lossy(&bytes));
        }
    }
}

fn run(bench: &Bench, arguments: &[&str]) -> Done {
    done(bench.command(arguments).stdin(Stdio::null()).output().unwrap())
}

/// A job `echo` with a secret parameter and an output.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.runs(0, &["discover", "--import"]);
    bench.runs(0, &["jobs", "edit", "quiet", "--add-param", "token", "--secret", "token"]);
    bench.runs(0, &["jobs", "edit", "quiet", "--set-default", "token=env:PARAMETER", "--max-attempts", "2"]);
    bench.runs(
        0,
        &["jobs", "edit", "quiet", "--add-param", "echoed:json", "--set-direction", "echoed=Output"],
    );
    bench
}

/// Repeats the secret in this place, and looks at all that the run leaves.
fn repeat(bench: &Bench, place: Place, code: i32, encode: Encoder, arguments: &[&str]) {
    let encoded = encode(&bench.value("PARAMETER"));
    let text = encoded.clone();
    bench.world.https(LAMBDA, Arc::new(move |_: &str, _: &Request| Ok(answer(place, &text))));
    let ran = run(bench, arguments);
    let what = format!("{place:?} with {encoded:?}");
    assert_eq!(ran.code, code, "{what}: {}\n{}", ran.stdout, ran.stderr);
    search(&encoded, &format!("stderr of {what}"), &ran.stderr);
    // The response is the caller's; the rest of the output is not.
    if !matches!(place, Place::Response | Place::FunctionError) {
        search(&encoded, &format!("stdout of {what}"), &ran.stdout);
    }
    search_files(&encoded, bench.home.path());
}

#[test]
fn no_answer_leaves_a_secret_that_it_repeats() {
    let bench = bench();
    for (number, encode) in ENCODINGS.into_iter().enumerate() {
        for (place, code) in PLACES {
            let form = if number % 2 == 0 { "text" } else { "json" };
            repeat(&bench, place, code, encode, &["run", "quiet", "--output", form]);
        }
    }
    for encode in ENCODINGS {
        let encoded = encode(&bench.value("PARAMETER"));
        for verb in [
            &["runs", "list"][..],
            &["runs", "show", "latest"],
            &["status", "latest"],
            &["jobs", "show", "quiet"],
        ] {
            for form in ["text", "json", "yaml"] {
                let shown = run(&bench, &[verb, &["--output", form]].concat());
                search(&encoded, "stdout", &shown.stdout);
                search(&encoded, "stderr", &shown.stderr);
            }
        }
    }
}

/// JSON has the response as it came, and nothing else that repeats the secret.
#[test]
fn the_response_alone_has_the_secret() {
    let bench = bench();
    for (number, encode) in ENCODINGS.into_iter().enumerate() {
        let encoded = encode(&bench.value("PARAMETER"));
        let (place, _) = PLACES[number % 2];
        let text = encoded.clone();
        bench.world.https(LAMBDA, Arc::new(move |_: &str, _: &Request| Ok(answer(place, &text))));
        let ran = run(&bench, &["run", "quiet", "--output", "json"]);
        let mut shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let response = shown["response"].take().to_string();
        assert!(response.contains(&quoted(&encoded)), "{response}");
        search(&encoded, "stdout", &shown.to_string());
    }
}

#[test]
fn no_other_way_to_give_a_secret_leaves_it() {
    let bench = bench();
    let secret = bench.value("PARAMETER");
    let event = bench.keep("event.json", &json!({ "Token": { "of": [secret] } }).to_string());
    let other = bench.keep("other.json", &json!({ "login": { "password": secret } }).to_string());
    let context = json!({ "custom": { "a": secret, "session_token": secret } }).to_string();
    let ways: [&[&str]; 8] = [
        &["run", "quiet", "--payload", &format!("@{event}")],
        &["run", "quiet:live", "--payload", &format!("@{event}")],
        &["run", "denied", "--payload", &format!("@{other}")],
        &["run", "quiet:live", "-p", &format!("token={secret}")],
        &["run", "quiet:live", "-p", "token=env:PARAMETER"],
        &["run", "quiet", "-p", "token=env:PARAMETER", "--client-context", &context],
        &["run", "quiet:live", "-p", &format!("DB_PASSWORD={secret}")],
        &["run", "quiet:live", "-p", "PGPASSWORD=env:PARAMETER"],
    ];
    for arguments in ways {
        for (place, code) in PLACES {
            repeat(&bench, place, code, str::to_owned, &[arguments, &["--max-attempts", "2"]].concat());
        }
    }
}

/// A program of `credential_process` may write anything to its stderr.
#[cfg(unix)]
#[test]
fn no_program_that_gives_credentials_leaves_a_secret() {
    let bench = Bench::new();
    bench.home.file(
        ".aws/config",
        "[profile program]\ncredential_process = /bin/sh -c 'printenv PARAMETER >&2; printenv PARAMETER; exit 3'\n",
    );
    let config =
        "[connections.program]\nregion = \"eu-west-1\"\nauth = { profile = { name = \"program\" } }\n";
    let config = bench.keep("program.toml", config);
    for verb in [&["run", "quiet"][..], &["run", "quiet", "-o", "json"], &["discover"], &["doctor"]] {
        let ran = bench.runs(4, &[verb, &["-c", "program", "--config", &config]].concat());
        assert!(ran.stderr.contains("exit status: 3") || ran.stdout.contains("exit status: 3"), "{ran:#?}");
    }
}
