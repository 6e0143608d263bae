//! Three thousand whole runs against a server that fails in every way it can: use cases, adapter and store as the
//! command line wires them. The server counts executions; no run may have caused more than one, and what each run
//! says of itself must agree with what the server saw.

use lamplight_app::{CancellationToken, EventSource, NoProgress, RunRequest, Target, prepare_run, start_run};
use lamplight_aws_adapter::{AccessKey, AwsConnectionConfig, CredentialsSource, Timeouts, open};
use lamplight_aws_model::{AwsPlatform, PriceTable, Region};
use lamplight_domain::{EvidenceKind, FunctionRef, RunState, RunnerId};
use lamplight_fake_adapter::{ManualClock, SequentialIds};
use lamplight_ports::{Connection, NoSecrets, PageRequest, RunPorts, RunSelector, RunStore};
use lamplight_sqlite_adapter::{SqliteOptions, SqliteStore};
use lamplight_testkit::script::{End, Reaction, Received, Script, Server, answer, framed};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

const RUNS: u64 = 3000;
const ANSWER: &[u8] = br#"{"done":true}"#;
const PAGE: &[u8] = b"<html><title>Please sign in</title></html>";
const CONFIGURATION: &[u8] =
    br#"{"FunctionName":"f","FunctionArn":"arn:aws:lambda:us-east-1:1:function:f","Timeout":0}"#;
const JSON: (&str, &str) = ("content-type", "application/json");
const ID: (&str, &str) = ("x-amzn-requestid", "r");

/// What the server does with one request.
#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    FunctionError,
    Throttle,
    /// The connection is closed with the answer, so that the next attempt must not use it.
    ThrottleAndEnd,
    Status(u16),
    /// A proxy answers, after the function ran: no header says whose the answer is.
    Page(u16),
    /// The answer has neither length nor chunks and ends with the connection: here whole, or after so many tenths.
    Undelimited(usize),
    EndBeforeTheBody,
    EndAfterTheRequest,
    CutAfterTenths(usize),
    Garbage,
    TooLong,
    TooShort,
    Late,
}

impl Fault {
    /// One of them by chance; the common ones are as likely as all rare ones together.
    fn drawn(chance: u64) -> Self {
        let (kind, rest) = (chance % 25, chance / 25);
        let tenths = usize::try_from(rest % 10).unwrap();
        match kind {
            0..=3 => Self::None,
            4 => Self::FunctionError,
            5..=7 => Self::Throttle,
            8 => Self::Status(500),
            9 => Self::Status(502),
            10 => Self::Status(503),
            11 => Self::Status(504),
            12 => Self::EndBeforeTheBody,
            13 => Self::EndAfterTheRequest,
            14 | 15 => Self::CutAfterTenths(tenths),
            16 => Self::Garbage,
            17 => Self::TooLong,
            18 => Self::TooShort,
            19 => Self::ThrottleAndEnd,
            20 | 21 => Self::Page([200, 202, 204, 302, 403, 404, 407, 429, 502, 503][tenths]),
            22 => Self::Undelimited(10),
            23 => Self::Undelimited(tenths),
            _ if rest.is_multiple_of(32) => Self::Late,
            _ => Self::None,
        }
    }
}

/// A repeatable number for a run's attempt: splitmix64.
fn chance(run: u64, attempt: u64) -> u64 {
    let mut z = (run * 31 + attempt + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// What the server saw of one run.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    requests: u64,
    executions: u32,
    answered_well: bool,
    /// Whether the last answer was a proxy's.
    foreign: bool,
}

type Ledger = Arc<Mutex<BTreeMap<u64, Seen>>>;

struct Faulty(Ledger);

impl Faulty {
    fn seen<T>(&self, request: &Received, of: impl Fn(u64, &mut Seen) -> T) -> T {
        let run = request.function().strip_prefix("case-").unwrap().parse().unwrap();
        of(run, self.0.lock().unwrap().entry(run).or_default())
    }
}

impl Script for Faulty {
    fn on_head(&self, head: &Received) -> Option<End> {
        if head.is_configuration() {
            return None;
        }
        let fault = self.seen(head, |run, seen| {
            seen.requests += 1;
            Fault::drawn(chance(run, seen.requests))
        });
        matches!(fault, Fault::EndBeforeTheBody).then_some(End::Close)
    }

    fn on_request(&self, request: &Received) -> Reaction {
        // The current time limit, which is asked for before a late answer is given up.
        if request.is_configuration() {
            return Reaction::Answer(answer(200, &[JSON, ID], CONFIGURATION));
        }
        let fault = self.seen(request, |run, seen| {
            let fault = Fault::drawn(chance(run, seen.requests));
            // Nobody can say whether a function ran behind a status or a broken answer; here it did.
            let proves = matches!(fault, Fault::Throttle | Fault::ThrottleAndEnd | Fault::EndBeforeTheBody);
            seen.executions += u32::from(!proves);
            seen.answered_well = matches!(
                fault,
                Fault::None | Fault::FunctionError | Fault::TooShort | Fault::Undelimited(10)
            );
            seen.foreign = matches!(fault, Fault::Page(_));
            fault
        });
        let whole = || answer(200, &[JSON, ID], ANSWER);
        match fault {
            Fault::None | Fault::EndBeforeTheBody => Reaction::Answer(whole()),
            Fault::FunctionError => Reaction::Answer(answer(
                200,
                &[JSON, ID, ("x-amz-function-error", "Unhandled")],
                br#"{"errorMessage":"no","errorType":"E"}"#,
            )),
            Fault::Throttle => Reaction::Answer(throttled()),
            Fault::ThrottleAndEnd => Reaction::SendAndEnd(throttled(), End::Close),
            Fault::Page(status) => Reaction::Answer(answer(
                status,
                &[("server", "squid")],
                if status == 204 { b"" } else { PAGE },
            )),
            Fault::Undelimited(tenths) => {
                let head = "HTTP/1.1 200 OK\r\nx-amzn-requestid: r\r\nconnection: close\r\n\r\n";
                let body = &ANSWER[..ANSWER.len() * tenths / 10];
                Reaction::SendAndEnd([head.as_bytes(), body].concat(), End::Close)
            }
            Fault::Status(status) => {
                Reaction::Answer(answer(status, &[JSON, ID], br#"{"message":"broken"}"#))
            }
            Fault::EndAfterTheRequest => Reaction::SendAndEnd(Vec::new(), End::Close),
            Fault::CutAfterTenths(tenths) => {
                let whole = whole();
                Reaction::SendAndEnd(whole[..whole.len() * tenths / 10].to_vec(), End::Close)
            }
            Fault::Garbage => Reaction::Answer(answer(
                400,
                &[JSON, ID, ("x-amzn-errortype", "ServiceException")],
                b"{\"mess",
            )),
            Fault::TooLong => Reaction::SendAndEnd(framed(200, &[JSON, ID], ANSWER, 99), End::Close),
            Fault::TooShort => Reaction::Answer(framed(200, &[JSON, ID], ANSWER, 4)),
            Fault::Late => Reaction::Stall(Vec::new()),
        }
    }
}

fn throttled() -> Vec<u8> {
    answer(
        429,
        &[JSON, ID, ("x-amzn-errortype", "TooManyRequestsException")],
        br#"{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}"#,
    )
}

#[tokio::test]
async fn no_run_executes_twice_and_every_run_tells_the_truth() {
    let ledger = Ledger::default();
    let server = Server::start(Faulty(ledger.clone())).await;
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions { runner_id: RunnerId("faults".into()) };
    let store = Arc::new(SqliteStore::open(&folder.path().join("lamplight.db"), options).await.unwrap());
    let clock = Arc::new(ManualClock::default());
    let ports = RunPorts {
        runs: store.clone(),
        runners: store.clone(),
        clock: clock.clone(),
        sleeper: clock,
        ids: Arc::new(SequentialIds::default()),
    };
    let key = AccessKey { id: "AKIDEXAMPLE".into(), secret: "test".into(), session_token: None };
    let aws = open(AwsConnectionConfig {
        endpoint_url: Some(server.url()),
        credentials: CredentialsSource::AccessKey(key),
        timeouts: Timeouts { answer_margin: Duration::from_secs(2), ..Timeouts::default() },
        ..AwsConnectionConfig::new(Region::us_east_1())
    })
    .unwrap();
    let platform = Arc::new(AwsPlatform::new(Region::us_east_1(), PriceTable::default()));
    let connection = Connection::new("faulty".parse().unwrap(), aws.catalogue, aws.invoker, platform);
    let mut states = BTreeMap::<&str, u32>::new();
    for number in 0..RUNS {
        let mut function = FunctionRef::by_name(format!("case-{number}").parse().unwrap());
        function.timeout_seconds = Some(0);
        let target = Target { job: None, function, connection: connection.clone(), secret_names: Vec::new() };
        let event = EventSource::Raw(format!("{{\"number\":{number},\"text\":\"{}\"}}", "x".repeat(300)));
        let prepared = prepare_run(&NoSecrets, RunRequest::new(target, event)).await.unwrap();
        let run = start_run(&ports, prepared, &NoProgress, &CancellationToken::new()).await.unwrap().run;

        let seen = ledger.lock().unwrap().get(&number).copied().unwrap_or_default();
        let told = format!(
            "run {number}: {seen:?}, {}, {:?}, {:?}",
            run.state(),
            run.evidence(),
            run.outcome().map(|outcome| &outcome.error)
        );
        assert!(seen.executions <= 1, "executed twice: {told}");
        match run.state() {
            RunState::Succeeded | RunState::FunctionFailed => assert!(seen.answered_well, "{told}"),
            RunState::Rejected => assert_eq!(seen.executions, 0, "{told}"),
            RunState::Unknown => assert!(!seen.answered_well, "an answer was lost on our side: {told}"),
            other => panic!("{other} is no end of a waiting call: {told}"),
        }
        // A connection that was kept from another run may have been closed; its request is lost.
        let lost = u64::from(run.state() == RunState::Unknown && run.attempts.len() as u64 != seen.requests);
        assert_eq!(run.attempts.len() as u64, seen.requests + lost, "{told}");
        let unidentified = run.evidence().is_some_and(|e| e.kind == EvidenceKind::UnidentifiedAnswer);
        assert_eq!(unidentified, seen.foreign, "{told}");
        let kept = store.find(&RunSelector::Key(run.key().clone())).await.unwrap().unwrap();
        assert_eq!((kept.state(), kept.evidence()), (run.state(), run.evidence()), "{told}");
        *states.entry(run.state().as_str()).or_default() += 1;
    }
    assert!(store.running(&PageRequest::default()).await.unwrap().items.is_empty());
    for state in ["succeeded", "function_failed", "rejected", "unknown"] {
        assert!(states.contains_key(state), "the seeds no longer reach {state}: {states:?}");
    }
}
