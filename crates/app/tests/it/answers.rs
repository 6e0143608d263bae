//! Outcomes of runs by the meaning of the answer.

use crate::{
    bench::{SECRET, arguments, job, parameter},
    invoker::{MockInvoker, bench},
};
use lamplight_domain::{
    AnswerOrigin, AnswerOutcome, DataType, ErrorCode, EvidenceKind, ExecutionReport, Hint, HintPart,
    InvocationType, Outcome, ReportedError, RunState, SettingName, Settings, Warning,
};
use lamplight_ports::InvokeAnswer;

/// The outcome of a run with this answer.
async fn answered(answer: InvokeAnswer, invocation_type: InvocationType) -> Outcome {
    let bench = bench(MockInvoker::times(1, move || Ok(answer.clone())));
    let settings = Settings {
        invocation_type: Some(invocation_type),
        max_attempts: Some(5),
        log_tail: Some(true),
        ..Settings::default()
    };
    let run = bench.start("f", arguments(&[]), settings).await.unwrap().run;
    assert_eq!(run.attempts.len(), 1, "an answer ends the run");
    run.outcome().unwrap().clone()
}

#[tokio::test]
async fn an_answer_that_is_not_from_the_provider_leaves_the_run_unknown() {
    for invocation_type in [InvocationType::RequestResponse, InvocationType::Event, InvocationType::DryRun] {
        for http_status in [200, 202, 204, 404, 429, 503] {
            let answer = InvokeAnswer {
                http_status: Some(http_status),
                ..InvokeAnswer::new(AnswerOutcome::Unidentified)
            };
            let outcome = answered(answer, invocation_type).await;
            let evidence = &outcome.evidence;
            assert_eq!((outcome.state, evidence.kind), (RunState::Unknown, EvidenceKind::UnidentifiedAnswer));
            let expected = format!("the answer cannot be identified as the provider's (HTTP {http_status})");
            assert_eq!(evidence.to_string(), expected);
            assert_eq!(
                serde_json::to_string(evidence).unwrap(),
                format!("{{\"kind\":\"unidentified_answer\",\"http_status\":{http_status}}}")
            );
            let error = outcome.error.unwrap();
            assert_eq!(error.code, ErrorCode::UnexpectedAnswer);
            assert!(error.message.contains("a proxy or another program"), "{}", error.message);
            assert!(error.message.ends_with("; nothing is proven"), "{}", error.message);
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_not_from_the_provider_is_told_by_its_sender_and_repeats_nothing() {
    let origin = AnswerOrigin {
        content_type: Some("text/html".into()),
        server: Some("squid".into()),
        via: None,
        text: format!("<h1>Blocked</h1> {SECRET} was sent by\n\"{{number-4711}}\" to adder"),
        hint: Some(Hint::new("see ").setting(SettingName::UnmarkedAnswers)),
    };
    let answer = InvokeAnswer {
        http_status: Some(403),
        origin: Some(Box::new(origin)),
        ..InvokeAnswer::new(AnswerOutcome::Unidentified)
    };
    let bench = bench(MockInvoker::times(1, move || Ok(answer.clone())));
    let mut key = parameter("key", DataType::String).secret();
    key.default = Some("env:THE_SECRET".to_owned());
    bench.keep(&job("f", vec![key, parameter("id", DataType::String)])).await;
    let run = bench.run("f-job", &[("id", "number-4711")]).await.run;
    let error = run.outcome().unwrap().error.clone().unwrap();
    assert_eq!(
        error.message,
        "the answer with HTTP 403 cannot be identified as the provider's: a proxy or another program seems to have answered \
         (content type text/html, server squid, text \"Blocked ******** was sent by ******** to adder\"); nothing is proven"
    );
    let hint = error.hint.unwrap();
    assert!(hint.to_string().starts_with("the function may have run"), "{hint}");
    assert!(hint.parts().contains(&HintPart::Setting(SettingName::UnmarkedAnswers)), "{hint}");
}

#[tokio::test]
async fn an_unmarked_answer_counts_with_a_warning_and_weak_evidence() {
    let error = AnswerOutcome::FunctionError(ReportedError::of_text("no"));
    for (meaning, invocation_type, state) in [
        (AnswerOutcome::Returned, InvocationType::RequestResponse, RunState::Succeeded),
        (error, InvocationType::RequestResponse, RunState::FunctionFailed),
        (AnswerOutcome::Accepted, InvocationType::Event, RunState::Accepted),
        (AnswerOutcome::Validated, InvocationType::DryRun, RunState::Validated),
    ] {
        let answer = InvokeAnswer { unmarked: true, ..InvokeAnswer::new(meaning) };
        let outcome = answered(answer, invocation_type).await;
        assert_eq!((outcome.state, outcome.evidence.kind), (state, EvidenceKind::UnmarkedAnswer));
        assert_eq!(outcome.warnings, [Warning::UnmarkedAnswer]);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_fit_the_call_proves_nothing() {
    for (meaning, invocation_type) in [
        (AnswerOutcome::Accepted, InvocationType::RequestResponse),
        (AnswerOutcome::Unproven, InvocationType::RequestResponse),
        (AnswerOutcome::Returned, InvocationType::Event),
        (AnswerOutcome::Returned, InvocationType::DryRun),
        (AnswerOutcome::Unproven, InvocationType::DryRun),
    ] {
        let outcome = answered(InvokeAnswer::new(meaning), invocation_type).await;
        assert_eq!(outcome.state, RunState::Unknown);
        assert_eq!(outcome.evidence.kind, EvidenceKind::UnprovenAnswer);
        let message = outcome.error.unwrap().message;
        assert_eq!(message, "the provider gave an answer that is not expected for this invocation type");
    }
}

#[tokio::test]
async fn a_function_error_is_reported_as_the_adapter_parses_it() {
    let error = ReportedError {
        kind: Some("crash".into()),
        error_type: Some("Panic".into()),
        message: "x".repeat(3000),
        stack: vec!["main".into()],
        causes: vec!["Overflow: 1 + 1".into()],
    };
    let answer = InvokeAnswer {
        response: b"{\"errorMessage\": \"another reading\"}".to_vec(),
        ..InvokeAnswer::new(AnswerOutcome::FunctionError(error))
    };
    let outcome = answered(answer, InvocationType::RequestResponse).await;
    assert_eq!(outcome.evidence.to_string(), "the function answered with an error (crash)");
    let told = outcome.error.unwrap();
    assert_eq!((told.error_type.as_deref(), told.stack), (Some("Panic"), vec!["main".to_owned()]));
    assert_eq!(told.causes, ["Overflow: 1 + 1"]);
    assert_eq!(told.message, format!("{} … (truncated)", "x".repeat(2000)));

    let silent = InvokeAnswer::new(AnswerOutcome::FunctionError(ReportedError::default()));
    let outcome = answered(silent, InvocationType::RequestResponse).await;
    assert_eq!(outcome.error.unwrap().message, "the function gave no error message");
}

#[tokio::test]
async fn the_report_of_the_answer_takes_precedence_over_the_log() {
    let log = "REPORT RequestId: r\tDuration: 1000.00 ms\tBilled Duration: 1000 ms\tMemory Size: 1024 MB\tMax Memory Used: 9 MB\t\n";
    let of_log = InvokeAnswer {
        request_id: Some("r".into()),
        log_tail: Some(log.into()),
        ..InvokeAnswer::new(AnswerOutcome::Returned)
    };
    let outcome = answered(of_log.clone(), InvocationType::RequestResponse).await;
    assert_eq!(outcome.report.unwrap().billed_ms, Some(1000));
    assert!(outcome.cost_usd.is_some());

    // A provider may report only some of the figures; the cost is then not known.
    let report = ExecutionReport { duration_ms: Some(7.5), ..ExecutionReport::default() };
    let outcome =
        answered(InvokeAnswer { report: Some(report.clone()), ..of_log }, InvocationType::RequestResponse)
            .await;
    assert_eq!((outcome.report, outcome.cost_usd), (Some(report), None));
}
