//! A thousand whole runs against a server that fails in every way it can: use cases, adapter and store as the
//! command line wires them. The server counts executions; no run may have caused more than one, and what each run
//! says of itself must agree with what the server saw.

use lamplight_app::{CancellationToken, EventSource, NoProgress, RunRequest, Target, prepare_run, start_run};
use lamplight_aws_adapter::{AccessKey, AwsConnectionConfig, CredentialsSource, Timeouts, open};
use lamplight_aws_model::{AwsPlatform, PriceTable, Region};
use lamplight_domain::{FunctionRef, RunState, RunnerId};
use lamplight_fake_adapter::{ManualClock, SequentialIds};
use lamplight_ports::{Connection, NoSecrets, RunPorts, RunSelector, RunStore};
use lamplight_sqlite_adapter::{SqliteOptions, SqliteStore};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};

const RUNS: u64 = 1000;
const ANSWER: &str = r#"{"done":true}"#;

/// What the server does with one request.
#[derive(Debug, Clone, Copy)]
enum Reaction {
    Answer,
    FunctionError,
    Throttle,
    Status(u16),
    ResetBeforeTheBody,
    DropAfterTheRequest,
    CutAfterTenths(usize),
    Garbage,
    TooLong,
    TooShort,
    Late,
}

impl Reaction {
    /// One of them by chance; the common ones are as likely as all rare ones together.
    fn drawn(chance: u64) -> Self {
        match chance % 20 {
            0..=3 => Self::Answer,
            4 => Self::FunctionError,
            5..=7 => Self::Throttle,
            8 => Self::Status(500),
            9 => Self::Status(502),
            10 => Self::Status(503),
            11 => Self::Status(504),
            12 => Self::ResetBeforeTheBody,
            13 => Self::DropAfterTheRequest,
            14 | 15 => Self::CutAfterTenths(usize::try_from(chance / 20 % 10).unwrap()),
            16 => Self::Garbage,
            17 => Self::TooLong,
            18 => Self::TooShort,
            _ if (chance / 20).is_multiple_of(16) => Self::Late,
            _ => Self::Answer,
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
}

type Ledger = Arc<Mutex<BTreeMap<u64, Seen>>>;

fn serve(ledger: Ledger) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let ledger = ledger.clone();
            // A client that is gone is one of the faults; its thread just ends.
            std::thread::spawn(move || stream.and_then(|stream| react(stream, &ledger)));
        }
    });
    url
}

/// The number of the run and the length of the body; `None` where the client has hung up.
fn read_head(reader: &mut impl BufRead) -> std::io::Result<Option<(u64, usize)>> {
    let (mut line, mut length, mut run) = (String::new(), 0, 0);
    while line != "\r\n" {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if let Some(path) = line.strip_prefix("POST ") {
            let number = path.split("case-").nth(1).and_then(|rest| rest.split('/').next());
            run = number.unwrap().parse().unwrap();
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    Ok(Some((run, length)))
}

fn react(stream: TcpStream, ledger: &Ledger) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    loop {
        let Some((run, length)) = read_head(&mut reader)? else { return Ok(()) };
        let reaction = {
            let mut ledger = ledger.lock().unwrap();
            let seen = ledger.entry(run).or_default();
            seen.requests += 1;
            Reaction::drawn(chance(run, seen.requests))
        };
        if !matches!(reaction, Reaction::ResetBeforeTheBody) {
            reader.read_exact(&mut vec![0; length])?;
        }
        let executes = |well: bool| {
            let mut ledger = ledger.lock().unwrap();
            let seen = ledger.entry(run).or_default();
            seen.executions += 1;
            seen.answered_well = well;
        };
        let whole = |status: &str, more: &str, body: &str| {
            format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nx-amzn-requestid: r-{run}\r\n{more}\
                 content-length: {}\r\n\r\n{body}",
                body.len()
            )
        };
        let answer = match reaction {
            Reaction::Answer => {
                executes(true);
                whole("200 OK", "", ANSWER)
            }
            Reaction::FunctionError => {
                executes(true);
                whole(
                    "200 OK",
                    "x-amz-function-error: Unhandled\r\n",
                    r#"{"errorMessage":"no","errorType":"E"}"#,
                )
            }
            Reaction::Throttle => whole(
                "429 Too Many Requests",
                "x-amzn-errortype: TooManyRequestsException\r\n",
                r#"{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}"#,
            ),
            // Nobody can say whether a function ran behind one of these; here it did.
            Reaction::Status(status) => {
                executes(false);
                whole(&format!("{status} Broken"), "", r#"{"message":"broken"}"#)
            }
            Reaction::ResetBeforeTheBody => return writer.shutdown(Shutdown::Both),
            Reaction::DropAfterTheRequest => {
                executes(false);
                return writer.shutdown(Shutdown::Both);
            }
            Reaction::CutAfterTenths(tenths) => {
                executes(false);
                let text = whole("200 OK", "", ANSWER);
                writer.write_all(&text.as_bytes()[..text.len() * tenths / 10])?;
                return writer.shutdown(Shutdown::Both);
            }
            Reaction::Garbage => {
                executes(false);
                whole("400 Bad Request", "x-amzn-errortype: ServiceException\r\n", "{\"mess")
            }
            Reaction::TooLong => {
                executes(false);
                let text = whole("200 OK", "", ANSWER).replace("content-length: 13", "content-length: 99");
                writer.write_all(text.as_bytes())?;
                return writer.shutdown(Shutdown::Both);
            }
            Reaction::TooShort => {
                executes(true);
                writer.write_all(
                    whole("200 OK", "", ANSWER).replace("content-length: 13", "content-length: 4").as_bytes(),
                )?;
                return writer.shutdown(Shutdown::Both);
            }
            Reaction::Late => {
                executes(false);
                // The client gives up first and hangs up, which ends this read.
                reader.read_line(&mut String::new())?;
                return Ok(());
            }
        };
        writer.write_all(answer.as_bytes())?;
    }
}

#[tokio::test]
async fn no_run_executes_twice_and_every_run_tells_the_truth() {
    let ledger = Ledger::default();
    let url = serve(ledger.clone());
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
        endpoint_url: Some(url),
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
        let target = Target { job: None, function, connection: connection.clone() };
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
        assert_eq!(run.attempts.len() as u64, seen.requests, "{told}");
        let kept = store.find(&RunSelector::Key(run.key().clone())).await.unwrap().unwrap();
        assert_eq!((kept.state(), kept.evidence()), (run.state(), run.evidence()), "{told}");
        *states.entry(run.state().as_str()).or_default() += 1;
    }
    assert!(store.running().await.unwrap().is_empty());
    for state in ["succeeded", "function_failed", "rejected", "unknown"] {
        assert!(states.contains_key(state), "the seeds no longer reach {state}: {states:?}");
    }
}
