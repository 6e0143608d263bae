//! A thousand calls through one connection pool to a server with random faults from a fixed seed.

use crate::{
    server::{
        End, MARK, Reaction, Received, Script, Server, WithLimit, closed_url, framed, refusal, success,
    },
    support::{call_with, config, short_waits},
};
use lamplight_aws_adapter::{AwsConnectionConfig, open};
use lamplight_domain::{AnswerOutcome, Delivery, Start};
use lamplight_ports::Invoker;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::{sync::Semaphore, task::JoinSet};

const CASES: u64 = 1_000;
const SEED: u64 = 0x1a3b_5c7d;

/// What happens to one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    None,
    Refused,
    EndsAtHead(bool),
    EndsAtBody(bool),
    CutAnswer(bool),
    AnswerThenEnd(bool),
    Late,
    TooLate,
    BodyStalls,
    Status(u16),
    GarbageWithStatus(u16),
    /// A proxy answers, after the function ran.
    Foreign(u16),
    GarbageJson,
    NoHttp,
    LengthTooLong,
    LengthTooShort,
}

/// The fault of a case and a number for its particulars. `SplitMix64`: every case is drawn by its own index,
/// so that one can be looked at alone.
fn draw(case: u64) -> (Fault, u64) {
    let mut z = (SEED ^ case).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    let (kind, particulars) = (z % 25, z / 25);
    let abrupt = particulars % 2 == 0;
    let status =
        [400, 403, 404, 408, 410, 429, 500, 502, 503, 504][usize::try_from(particulars % 10).unwrap()];
    let fault = match kind {
        0..=3 => Fault::None,
        4 => Fault::Refused,
        5..=6 => Fault::EndsAtHead(abrupt),
        7..=8 => Fault::EndsAtBody(abrupt),
        9..=11 => Fault::CutAnswer(abrupt),
        12..=14 => Fault::AnswerThenEnd(abrupt),
        15 => Fault::Late,
        16 => Fault::TooLate,
        17 => Fault::BodyStalls,
        18..=19 => Fault::Status(status),
        20 => Fault::GarbageWithStatus(status),
        21 => Fault::GarbageJson,
        22 if abrupt => Fault::NoHttp,
        22 => Fault::LengthTooLong,
        23 => Fault::Foreign(status),
        _ => Fault::LengthTooShort,
    };
    (fault, particulars)
}

fn case_of(request: &Received) -> u64 {
    request.function().strip_prefix("case-").unwrap().parse().unwrap()
}

fn end(abrupt: bool) -> End {
    if abrupt { End::Reset } else { End::Close }
}

struct Faulty;

impl Script for Faulty {
    fn on_head(&self, head: &Received) -> Option<End> {
        match draw(case_of(head)).0 {
            Fault::EndsAtHead(abrupt) => Some(end(abrupt)),
            _ => None,
        }
    }

    fn on_request(&self, request: &Received) -> Reaction {
        let (fault, particulars) = draw(case_of(request));
        let whole = success(&request.body);
        match fault {
            Fault::None | Fault::Refused | Fault::EndsAtHead(_) => Reaction::Answer(whole),
            Fault::EndsAtBody(abrupt) => Reaction::SendAndEnd(Vec::new(), end(abrupt)),
            Fault::CutAnswer(abrupt) => {
                let at = usize::try_from(particulars).unwrap_or_default() % (whole.len() - 1);
                Reaction::SendAndEnd(whole[..at].to_vec(), end(abrupt))
            }
            Fault::AnswerThenEnd(abrupt) => Reaction::SendAndEnd(whole, end(abrupt)),
            Fault::Late => Reaction::Late(Duration::from_millis(100), whole),
            Fault::TooLate => Reaction::Stall(Vec::new()),
            Fault::BodyStalls => Reaction::Stall(whole[..whole.len() - 1].to_vec()),
            Fault::Status(status) => Reaction::Answer(refusal(status, code(status), "seeded")),
            Fault::GarbageWithStatus(status) => Reaction::Answer(framed(status, &[MARK], b"{\"gar", 5)),
            Fault::Foreign(status) => Reaction::Answer(framed(status, &[], b"<html>", 6)),
            Fault::GarbageJson => Reaction::Answer(success(b"{\"gar")),
            Fault::NoHttp => Reaction::SendAndEnd(b"\x16\x03\x01 no http\r\n\r\n".to_vec(), End::Close),
            Fault::LengthTooLong => Reaction::SendAndEnd(framed(200, &[MARK], b"{}", 9), End::Close),
            Fault::LengthTooShort => Reaction::SendAndEnd(framed(200, &[MARK], b"{\"a\":1}", 2), End::Close),
        }
    }
}

fn code(status: u16) -> &'static str {
    match status {
        400 => "InvalidParameterValueException",
        403 => "AccessDeniedException",
        404 => "ResourceNotFoundException",
        408 => "RequestTimeoutException",
        410 => "EFSIOException",
        429 => "TooManyRequestsException",
        500 => "ServiceException",
        _ => "ServiceUnavailableException",
    }
}

/// Whether the function may have run if the server reacted like this to a complete request.
fn may_run(fault: Fault) -> bool {
    match fault {
        Fault::Status(status) => status >= 500 || matches!(status, 408 | 410),
        _ => true,
    }
}

#[tokio::test]
async fn no_call_starts_twice_or_hides_a_possible_start() {
    let server = Arc::new(Server::start(WithLimit(0, Faulty)).await);
    let connect =
        |url: &str| open(AwsConnectionConfig { timeouts: short_waits(), ..config(url) }).unwrap().invoker;
    let (through, nowhere) = (connect(&server.url()), connect(&closed_url().await));
    let at_once = Arc::new(Semaphore::new(40));
    let mut calls = JoinSet::new();
    for case in 0..CASES {
        let fault = draw(case).0;
        let invoker = Arc::clone(if fault == Fault::Refused { &nowhere } else { &through });
        let (at_once, server) = (Arc::clone(&at_once), Arc::clone(&server));
        calls.spawn(async move {
            let _turn = at_once.acquire_owned().await.unwrap();
            let name = format!("case-{case}");
            let event = format!("{{\"case\":{case}}}");
            let outcome = invoker.invoke(call_with(&name, &event)).await;
            (fault, event, outcome, server.heads(&name), server.executions(&name))
        });
    }
    let mut outcomes: BTreeMap<(Fault, &str), usize> = BTreeMap::new();
    for (fault, event, outcome, heads, executions) in calls.join_all().await {
        assert!(heads <= 1 && executions <= 1, "{fault:?}: {heads} heads, {executions} executions");
        let word = match &outcome {
            Ok(answer) if answer.outcome == AnswerOutcome::Unidentified => {
                assert!(matches!(fault, Fault::Foreign(_)), "{fault:?}: {answer:?}");
                "foreign"
            }
            Ok(answer) => {
                assert_eq!(executions, 1, "{fault:?}");
                let echoes = matches!(fault, Fault::None | Fault::Late | Fault::AnswerThenEnd(_));
                assert!(!echoes || answer.response == event.as_bytes(), "{fault:?}: {answer:?}");
                "answered"
            }
            Err(error) => match (error.delivery, error.start) {
                (Delivery::NotSent, start) => {
                    assert_eq!((start, heads), (Start::DidNotStart, 0), "{fault:?}: {error:?}");
                    "not sent"
                }
                (Delivery::Answered, Start::DidNotStart) => {
                    assert!(!may_run(fault), "{fault:?}: {error:?}");
                    "refused"
                }
                (Delivery::Answered, Start::MayHaveStarted) => "unproven",
                (Delivery::MaybeSent, start) => {
                    assert_eq!(start, Start::MayHaveStarted, "{fault:?}: {error:?}");
                    "in doubt"
                }
            },
        };
        *outcomes.entry((fault, word)).or_default() += 1;
    }
    // The expected result of each fault, if no other fault interferes.
    for (fault, word) in [
        (Fault::None, "answered"),
        (Fault::Refused, "not sent"),
        (Fault::EndsAtHead(true), "in doubt"),
        (Fault::EndsAtBody(false), "in doubt"),
        (Fault::CutAnswer(true), "in doubt"),
        (Fault::Late, "answered"),
        (Fault::TooLate, "in doubt"),
        (Fault::BodyStalls, "in doubt"),
        (Fault::Status(429), "refused"),
        (Fault::Status(404), "refused"),
        (Fault::Status(500), "unproven"),
        (Fault::GarbageWithStatus(502), "unproven"),
        (Fault::GarbageWithStatus(404), "unproven"),
        (Fault::Foreign(429), "foreign"),
        (Fault::Foreign(503), "foreign"),
        (Fault::NoHttp, "in doubt"),
        (Fault::LengthTooLong, "in doubt"),
    ] {
        assert!(outcomes.contains_key(&(fault, word)), "{fault:?} never ended {word}: {outcomes:?}");
    }
}
