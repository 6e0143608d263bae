//! Secrets of a run do not appear in anything that is recorded.

use crate::bench::{Bench, SECRET, function, job, parameter};
use lamplight_app::{RunName, show_run};
use lamplight_domain::{DataType, Direction, MASK, Warning};
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
