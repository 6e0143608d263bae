//! Secrets of a run do not appear in anything that is recorded.

use crate::bench::{Bench, SECRET, arguments, function, job, parameter};
use lamplight_app::{EndedRun, EventSource, RunName, show_run};
use lamplight_domain::{
    Argument, Arguments, DataType, Direction, MASK, RawJson, RunState, Scrubber, Settings, Warning,
};
use lamplight_fake_adapter::{FakeFunction, FunctionFailure};
use lamplight_ports::record;

fn secret_job(name: &str, default: Option<&str>) -> lamplight_domain::Job {
    let mut key = parameter("key", DataType::String).secret();
    key.default = default.map(str::to_owned);
    job(name, vec![key, parameter("echoed", DataType::Json).with_direction(Direction::Output)])
}

#[tokio::test]
async fn a_secret_reaches_the_function_and_no_record() {
    let echoes = FakeFunction::call(function("echoes"), |event| {
        assert_eq!(event["key"], SECRET);
        Ok(serde_json::json!({ "echoed": event }))
    });
    let bench = Bench::new([echoes]);
    bench.keep(&secret_job("echoes", Some("env:THE_SECRET"))).await;
    for given in [vec![], vec![("key", SECRET)]] {
        let started = bench.run("echoes-job", &given).await;
        assert!(
            String::from_utf8(started.response.unwrap().to_vec()).unwrap().contains(SECRET),
            "the caller gets the response"
        );
        let found = show_run(&bench.store, &RunName::Latest).await.unwrap();
        assert_eq!(found.response, None);
        let kept = found.run.unwrap();
        let outcome = kept.outcome().unwrap();
        assert!(matches!(outcome.warnings[..], [Warning::NotRecorded { .. }]), "{:?}", outcome.warnings);
        assert_eq!(outcome.outputs[0].value.as_plain_text().as_deref(), Some(MASK));
        let written = record::write(&kept).unwrap();
        assert!(!written.contains(SECRET), "{written}");
    }
}

#[tokio::test]
async fn a_secret_in_an_error_and_in_the_log_is_scrubbed() {
    let mut leaks = FakeFunction::failing(
        function("leaks"),
        FunctionFailure {
            stack: vec![format!("login({SECRET})")],
            ..FunctionFailure::unhandled("E", format!("bad key {SECRET}"))
        },
    );
    leaks.log = vec![format!("using {SECRET}")];
    let bench = Bench::new([leaks]);
    bench.keep(&secret_job("leaks", None)).await;
    let run = bench.run("leaks-job", &[("key", SECRET)]).await.run;
    assert_eq!(run.outcome().unwrap().error.as_ref().unwrap().message, format!("bad key {MASK}"));
    let written = record::write(&run).unwrap();
    assert!(!written.contains(SECRET) && written.contains(MASK), "{written}");
}

/// Checks that nothing of the secret is in what is kept of a run.
fn check(run: &lamplight_domain::Run, secret: &str) {
    let written = record::write(run).unwrap();
    assert!(!Scrubber::new([secret]).finds(&written), "{written}");
}

/// A function that reports its event in every part of an error, and logs it.
fn tells_all(event_in: fn(&str) -> String) -> FakeFunction {
    let text = event_in(SECRET);
    let half = text.len() / 2;
    let failure = FunctionFailure {
        kind: format!("Unhandled {text}"),
        stack: vec!["at login".to_owned(), text[..half].to_owned(), text[half..].to_owned()],
        ..FunctionFailure::unhandled(&format!("E.{text}"), format!("{} {text}", "x".repeat(1990)))
    };
    let mut leaks = FakeFunction::failing(function("leaks"), failure);
    leaks.log = vec![format!("using {text}"), "y".repeat(3950), text];
    leaks
}

#[tokio::test]
async fn every_text_of_a_failure_is_scrubbed_whatever_its_encoding() {
    let encodings: [fn(&str) -> String; 6] = [
        str::to_owned,
        |text| format!("\\\"{}\\\"", text.replace('-', "\\\\u002d")),
        |text| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat(),
        |text| text.chars().map(|c| format!("&#{};", u32::from(c))).collect::<Vec<_>>().concat(),
        |text| text.to_uppercase(),
        |text| text.bytes().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().concat(),
    ];
    for encode in encodings {
        let bench = Bench::new([tells_all(encode)]);
        bench.keep(&secret_job("leaks", None)).await;
        let EndedRun { run, .. } = bench.run("leaks-job", &[("key", SECRET)]).await;
        assert_eq!(run.state(), RunState::FunctionFailed);
        check(&run, SECRET);
        let error = run.outcome().unwrap().error.as_ref().unwrap();
        assert!(error.message.contains("****") && error.stack[0] == "at login", "{error:?}");
        assert_eq!(show_run(&bench.store, &RunName::Latest).await.unwrap().response, None);
    }
}

#[tokio::test]
async fn what_is_masked_is_judged_before() {
    for secret in ["Unhandled", "FunctionError", "errorType", "succeeded"] {
        let fails = FakeFunction::failing(function("fails"), FunctionFailure::unhandled("E", secret));
        let bench = Bench::new([fails, FakeFunction::echo(function("echo"))]);
        for (name, state) in [("fails", RunState::FunctionFailed), ("echo", RunState::Succeeded)] {
            bench.keep(&secret_job(name, None)).await;
            let EndedRun { run, .. } = bench.run(&format!("{name}-job"), &[("key", secret)]).await;
            assert_eq!(run.state(), state, "{secret}");
        }
    }
}

#[tokio::test]
async fn a_raw_event_has_the_secrets_of_the_job_and_those_that_look_like_one() {
    let bench = Bench::new([tells_all(str::to_owned)]);
    bench.keep(&secret_job("leaks", None)).await;
    for (target, event) in [
        ("leaks-job", format!("{{\"key\":\"{SECRET}\"}}")),
        ("leaks-job", format!("{{\"KEY\":{{\"a\":[\"{SECRET}\"]}}}}")),
        ("leaks-job", format!("[{{\"Records\":{{\"key\":\"{SECRET}\"}}}}]")),
        ("leaks", format!("{{\"login\":{{\"db_password\":\"{SECRET}\"}}}}")),
        ("leaks", format!("{{\"key\":\"{SECRET}\"}}")),
        ("leaks", format!("{{\"body\":\"{{\\\"KEY\\\":\\\"{SECRET}\\\"}}\"}}")),
        ("leaks", format!("[{{\"name\":\"key\",\"value\":\"{SECRET}\"}}]")),
        ("leaks", format!("{{\"url\":\"amqp://me:x@host/\",\"apiKey\":\"{SECRET}\"}}")),
    ] {
        let started =
            bench.start(target, EventSource::Raw(event.clone()), Settings::default()).await.unwrap();
        assert_eq!(started.run.state(), RunState::FunctionFailed, "{event}");
        check(&started.run, SECRET);
    }
}

#[tokio::test]
async fn without_a_job_names_are_judged_and_jobs_of_the_function_know_theirs() {
    let mut echoes = FakeFunction::echo(function("echoes"));
    echoes.aliases.insert("live".to_owned(), "1".to_owned());
    let bench = Bench::new([echoes]);
    bench.keep(&secret_job("echoes", None)).await;
    for target in ["echoes", "echoes:live"] {
        for name in ["DB_PASSWORD", "PGPASSWORD", "apiKey", "key", "KEY"] {
            let started = bench.run(target, &[(name, SECRET), ("note", "paid")]).await;
            let response = String::from_utf8(started.response.unwrap().to_vec()).unwrap();
            assert!(response.contains(SECRET), "the function and the caller get it");
            let kept: Vec<_> =
                started.run.intent.arguments.iter().map(|argument| argument.value.as_str()).collect();
            assert_eq!(kept, [MASK, "paid"], "{name}");
            assert_eq!(show_run(&bench.store, &RunName::Latest).await.unwrap().response, None);
        }
    }
    let url = format!("postgres://app:{SECRET}@db/app");
    check(&bench.run("echoes", &[("database", url.as_str())]).await.run, SECRET);
}

#[tokio::test]
async fn what_other_arguments_repeat_is_masked_in_them() {
    let bench = Bench::new([FakeFunction::echo(function("echo"))]);
    let mut own = secret_job("echo", None);
    own.parameters = own.parameters.with(parameter("text", DataType::String)).unwrap();
    own.parameters = own.parameters.with(parameter("data", DataType::Json)).unwrap();
    bench.keep(&own).await;
    let mut given = Arguments::default();
    given.insert_text("key", SECRET).unwrap();
    given.insert_text("text", &format!("{} {SECRET} end", "x".repeat(4090))).unwrap();
    let data = RawJson::parse("{\"password\":\"other-secret\",\"a\":\"b\"}").unwrap();
    given.insert("data".parse().unwrap(), Argument::Json(data)).unwrap();
    let run = bench.start("echo-job", EventSource::Arguments(given), Settings::default()).await.unwrap().run;
    let kept: Vec<_> = run.intent.arguments.iter().map(|argument| argument.value.as_str()).collect();
    assert!(kept[1].ends_with(&MASK[..5]), "{}", kept[1]);
    assert_eq!(kept[2], "{\"password\":\"********\",\"a\":\"b\"}");
    check(&run, SECRET);
    check(&run, "other-secret");
}

#[tokio::test]
async fn a_reference_given_for_a_secret_is_resolved() {
    let echoes = FakeFunction::call(function("echoes"), |event| {
        Ok(
            serde_json::json!({ "got": event["key"] == SECRET || event["DB_PASSWORD"] == SECRET, "note": event["note"] }),
        )
    });
    let bench = Bench::new([echoes]);
    bench.keep(&secret_job("echoes", None)).await;
    for (target, name) in [("echoes-job", "key"), ("echoes", "DB_PASSWORD"), ("echoes", "key")] {
        let note = if target == "echoes" { vec![("note", "env:THE_SECRET")] } else { vec![] };
        let given = [&[(name, "env:THE_SECRET")], &note[..]].concat();
        let started = bench.run(target, &given).await;
        let response: serde_json::Value = serde_json::from_slice(&started.response.unwrap()).unwrap();
        assert_eq!(response["got"], true, "{target} {name}");
        assert!(
            response["note"].is_null() || response["note"] == "env:THE_SECRET",
            "only secrets are references"
        );
        check(&started.run, SECRET);
        let absent = bench.start(target, arguments(&[(name, "env:ABSENT")]), Settings::default()).await;
        assert_eq!(absent.unwrap_err().code().as_str(), "secret_not_found");
    }
    let mut literal = Arguments::default();
    literal.insert("key".parse().unwrap(), Argument::Json(RawJson::string("env:THE_SECRET"))).unwrap();
    let sent = bench.start("echoes-job", EventSource::Arguments(literal), Settings::default()).await.unwrap();
    assert_eq!(&sent.response.unwrap()[..], br#"{"got":false,"note":null}"#, "JSON is sent as it is");
}

#[tokio::test]
async fn the_client_context_is_recorded_without_secrets() {
    let bench = Bench::new([FakeFunction::echo(function("echo"))]);
    bench.keep(&secret_job("echo", None)).await;
    let context = format!("{{\"custom\":{{\"run\":\"7\",\"a\":\"{SECRET}\",\"token\":\"other-secret\"}}}}");
    let settings = Settings { client_context: Some(context), ..Settings::default() };
    let run = bench.start("echo-job", arguments(&[("key", SECRET)]), settings).await.unwrap().run;
    let kept = run.intent.effective.client_context.value.unwrap();
    assert_eq!(kept, "{\"custom\":{\"run\":\"7\",\"a\":\"********\",\"token\":\"********\"}}");
}

#[tokio::test]
async fn a_secret_output_is_masked_wherever_it_is_repeated() {
    let mut returns = FakeFunction::new(
        function("returns"),
        lamplight_fake_adapter::Answer::Return(format!("{{\"echoed\":{{\"session\":\"{SECRET}\"}}}}")),
    );
    returns.log = vec![format!("issued {SECRET}")];
    let bench = Bench::new([returns]);
    let output = parameter("echoed", DataType::Json).with_direction(Direction::Output).secret();
    bench.keep(&job("returns", vec![output])).await;
    check(&bench.run("returns-job", &[]).await.run, SECRET);
}
