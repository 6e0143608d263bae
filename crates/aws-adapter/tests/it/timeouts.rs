//! The time limits of calls.

use crate::{
    server::{Reaction, Received, Server, WithLimit, framed, refusal, success},
    support::{call, config, short_waits},
};
use lamplight_aws_adapter::{
    AssumeRole, AwsConnectionConfig, CredentialsSource, RoleSession, Timeouts, open,
};
use lamplight_domain::{Delivery, ErrorCode, InvocationType, Start};
use lamplight_ports::{Departure, InvokeAnswer, InvokeError, InvokeRequest, Invoker, LongerWait};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// Whether the request may have been sent when a call is cancelled.
async fn given_up(config: AwsConnectionConfig, until: impl Fn() -> bool) -> bool {
    let ports = open(config).unwrap();
    let departure = Departure::default();
    let request = InvokeRequest { departure: departure.clone(), ..call("f") };
    assert!(departure.may_have_left(), "nobody has said otherwise");
    {
        let mut waiting = std::pin::pin!(ports.invoker.invoke(request));
        while !until() {
            tokio::select! {
                biased;
                answered = &mut waiting => panic!("{answered:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
    }
    departure.may_have_left()
}

#[tokio::test]
async fn a_caller_that_stops_waiting_knows_whether_the_request_left() {
    let server = Server::start(|_: &Received| Reaction::Stall(Vec::new())).await;
    assert!(given_up(config(&server.url()), || server.executions("f") == 1).await);

    let role = AssumeRole {
        source: config(&server.url()).credentials,
        session: RoleSession::of("arn:aws:iam::123456789012:role/deploy".parse().unwrap()),
        external_id: None,
        tags: Vec::new(),
        transitive_tag_keys: Vec::new(),
        source_identity: None,
    };
    let sts = Server::start(|_: &Received| Reaction::Stall(Vec::new())).await;
    let slow_credentials = AwsConnectionConfig {
        credentials: CredentialsSource::AssumeRole(Box::new(role)),
        sts_endpoint_url: Some(sts.url()),
        ..config(&server.url())
    };
    assert!(!given_up(slow_credentials, || sts.requests().len() == 1).await);
    assert_eq!(server.executions("f"), 1);
}

#[tokio::test]
async fn an_answer_within_the_margin_after_the_timeout_is_accepted() {
    let server = Server::start(|_: &_| Reaction::Late(Duration::from_millis(1300), success(b"1"))).await;
    let timeouts = Timeouts { answer_margin: Duration::from_secs(2), ..Timeouts::default() };
    let invoker = open(AwsConnectionConfig { timeouts, ..config(&server.url()) }).unwrap().invoker;
    let mut request = call("slow");
    request.function.timeout_seconds = Some(1);
    assert_eq!(invoker.invoke(request).await.unwrap().response, b"1");
    assert_eq!(server.executions("slow"), 1);
}

#[tokio::test]
async fn an_answer_after_the_margin_is_given_up() {
    let server = Server::start(WithLimit(0, |_: &Received| Reaction::Stall(Vec::new()))).await;
    let invoker =
        open(AwsConnectionConfig { timeouts: short_waits(), ..config(&server.url()) }).unwrap().invoker;
    let error = invoker.invoke(call("never")).await.unwrap_err();
    assert_eq!((error.delivery, error.start), (Delivery::MaybeSent, Start::MayHaveStarted));
    assert_eq!((error.code.clone(), error.transient), (ErrorCode::Timeout, true));
    assert_eq!(server.executions("never"), 1);
    assert_eq!(server.requests().len(), 2, "the current time limit is asked for once");
}

#[tokio::test]
async fn an_answer_that_begins_and_stalls_is_given_up() {
    let begun = framed(200, &[], b"{\"begun\":", 100);
    let server = Server::start(move |_: &_| Reaction::Stall(begun.clone())).await;
    let invoker =
        open(AwsConnectionConfig { timeouts: short_waits(), ..config(&server.url()) }).unwrap().invoker;
    let error = invoker.invoke(call("stalls")).await.unwrap_err();
    assert_eq!((error.delivery, error.start), (Delivery::MaybeSent, Start::MayHaveStarted));
    assert_eq!(error.code, ErrorCode::Timeout);
    assert_eq!((server.executions("stalls"), server.connections()), (1, 1));
}

#[tokio::test]
async fn a_dropped_call_sends_nothing_more() {
    let server = Server::start(|_: &_| Reaction::Stall(Vec::new())).await;
    let invoker = open(config(&server.url())).unwrap().invoker;
    let given_up = tokio::time::timeout(Duration::from_millis(300), invoker.invoke(call("dropped"))).await;
    assert!(given_up.is_err());
    let request = InvokeRequest { function: crate::support::function("next"), ..call("next") };
    let next = tokio::time::timeout(Duration::from_millis(300), invoker.invoke(request)).await;
    assert!(next.is_err());
    assert_eq!((server.executions("dropped"), server.executions("next")), (1, 1));
}

/// A call with a known time limit of one second, of which what happens after that is kept.
async fn long_call(
    server: &Server,
    timeouts: Timeouts,
) -> (Result<InvokeAnswer, InvokeError>, Vec<LongerWait>) {
    let invoker = open(AwsConnectionConfig { timeouts, ..config(&server.url()) }).unwrap().invoker;
    let reasons = Arc::new(Mutex::new(Vec::new()));
    let request = call("long");
    let heard = Arc::clone(&reasons);
    request.departure.set_listener(move |why| heard.lock().unwrap().push(why));
    let outcome = invoker.invoke(request).await;
    let reasons = reasons.lock().unwrap().clone();
    (outcome, reasons)
}

#[tokio::test]
async fn a_raised_time_limit_is_waited_for() {
    let late = |_: &Received| Reaction::Late(Duration::from_millis(1500), success(b"1"));
    let server = Server::start(WithLimit(60, late)).await;
    let (outcome, reasons) = long_call(&server, short_waits()).await;
    assert_eq!(outcome.unwrap().response, b"1");
    assert_eq!(reasons, [LongerWait::LimitRaised { limit: Duration::from_mins(1) }]);
    assert_eq!(server.executions("long"), 1);
}

#[tokio::test]
async fn where_the_time_limit_cannot_be_read_the_longest_one_counts() {
    let server = Server::start(|request: &Received| {
        if request.target.ends_with("/invocations") {
            Reaction::Late(Duration::from_millis(1500), success(b"1"))
        } else {
            Reaction::Answer(refusal(403, "AccessDeniedException", "no"))
        }
    })
    .await;
    let (outcome, reasons) = long_call(&server, short_waits()).await;
    assert_eq!(outcome.unwrap().response, b"1");
    assert_eq!(reasons, [LongerWait::LimitUnknown { longest: Duration::from_mins(15) }]);
    let asked: Vec<String> = server.requests().iter().skip(1).map(|request| request.target.clone()).collect();
    assert!(
        asked[0].ends_with("/functions/long/configuration") && asked[1].ends_with("/functions/long"),
        "{asked:?}"
    );
}

#[tokio::test]
async fn an_event_is_not_waited_for_longer() {
    let server = Server::start(WithLimit(60, |_: &Received| Reaction::Stall(Vec::new()))).await;
    let timeouts = short_waits();
    let invoker = open(AwsConnectionConfig { timeouts, ..config(&server.url()) }).unwrap().invoker;
    let request = InvokeRequest { invocation_type: InvocationType::Event, ..call("event") };
    assert_eq!(invoker.invoke(request).await.unwrap_err().code, ErrorCode::Timeout);
    assert_eq!(server.requests().len(), 1);
}
