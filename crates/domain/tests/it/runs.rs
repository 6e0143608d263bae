//! A run is concluded once, only stronger evidence replaces an outcome, and a call is repeated only if it did not
//! start.

use lamplight_domain::{
    AnswerOutcome, Delivery, EffectiveSettings, Evidence, EvidenceKind, FunctionRef, Intent, InvocationType,
    Learned, Outcome, Passing, Provenance, ReportedError, RetryPolicy, Run, RunState, RunnerId, Settings,
    Start, Status, Strength, Timestamp, Warning, judge_answer, judge_failure,
};
use proptest::prelude::*;
use std::time::Duration;

fn run() -> Run {
    let nothing = Settings::default();
    let intent = Intent {
        key: "k".parse().unwrap(),
        job: None,
        connection: "c".parse().unwrap(),
        function: FunctionRef::by_name("f".parse().unwrap()),
        effective: EffectiveSettings::resolve(&nothing, &nothing, &nothing),
        arguments: vec![],
        payload_bytes: 2,
        durable_name: None,
        monitor_url: None,
        provenance: Provenance::default(),
        started_at: Timestamp::UNIX_EPOCH,
    };
    Run::begin(intent, RunnerId("r".into()))
}

fn outcome(state: RunState, kind: EvidenceKind) -> Outcome {
    Outcome::new(state, Evidence::of(kind), Timestamp::UNIX_EPOCH)
}

fn evidence() -> impl Strategy<Value = EvidenceKind> {
    prop::sample::select(EvidenceKind::ALL.to_vec())
}

/// How a call can end, with the evidence that goes with it.
fn ended() -> impl Strategy<Value = (RunState, EvidenceKind)> {
    prop::sample::select(vec![
        (RunState::Succeeded, EvidenceKind::Answered),
        (RunState::FunctionFailed, EvidenceKind::FunctionError),
        (RunState::Accepted, EvidenceKind::Accepted),
        (RunState::Validated, EvidenceKind::Validated),
        (RunState::Rejected, EvidenceKind::Refused),
        (RunState::Rejected, EvidenceKind::NotSent),
        (RunState::Succeeded, EvidenceKind::UnmarkedAnswer),
        (RunState::Unknown, EvidenceKind::UnprovenAnswer),
        (RunState::Unknown, EvidenceKind::UnidentifiedAnswer),
        (RunState::Unknown, EvidenceKind::NoAnswer),
        (RunState::Unknown, EvidenceKind::Interrupted),
        (RunState::Unknown, EvidenceKind::RunnerGone),
    ])
}

fn strength(run: &Run) -> Strength {
    run.evidence().unwrap().kind.strength()
}

fn state() -> impl Strategy<Value = RunState> {
    prop::sample::select(RunState::ALL.to_vec())
}

fn delivery() -> impl Strategy<Value = Delivery> {
    prop_oneof![Just(Delivery::NotSent), Just(Delivery::MaybeSent), Just(Delivery::Answered)]
}

fn passing() -> impl Strategy<Value = Passing> {
    prop_oneof![Just(Passing::Never), Just(Passing::Seconds), Just(Passing::Minutes)]
}

fn start() -> impl Strategy<Value = Start> {
    prop_oneof![Just(Start::DidNotStart), Just(Start::MayHaveStarted)]
}

fn invocation_type() -> impl Strategy<Value = InvocationType> {
    prop_oneof![
        Just(InvocationType::RequestResponse),
        Just(InvocationType::Event),
        Just(InvocationType::DryRun)
    ]
}

proptest! {
    #[test]
    fn the_first_outcome_stands_whatever_comes_after(states in prop::collection::vec(state(), 1..8)) {
        let mut run = run();
        let first = states.iter().find(|state| state.is_final()).copied();
        for state in &states {
            let before = run.clone();
            if run.conclude(outcome(*state, EvidenceKind::Answered)).is_err() {
                prop_assert_eq!(&run, &before, "a refused outcome changes nothing");
            }
        }
        prop_assert_eq!(run.state(), first.unwrap_or(RunState::Running));
        prop_assert_eq!(run.evidence().is_some(), first.is_some());
        prop_assert_eq!(run.id().status(), run.status());
    }

    #[test]
    fn evidence_never_weakens_and_ties_keep_the_first(
        ended in ended(), learned in prop::collection::vec((state(), evidence()), 0..12)
    ) {
        let mut run = run();
        run.conclude(outcome(ended.0, ended.1)).unwrap();
        let (mut best, mut expected) = (ended.1.strength(), ended.0);
        for (state, kind) in learned {
            let before = run.clone();
            let result = run.learn(outcome(state, kind));
            prop_assert!(strength(&run) >= strength(&before));
            let is_end = matches!(state, RunState::Succeeded | RunState::FunctionFailed | RunState::Rejected);
            prop_assert_eq!(result.is_ok(), is_end);
            if is_end && kind.strength() > best {
                (best, expected) = (kind.strength(), state);
                prop_assert_eq!(result, Ok(Learned::Better));
            } else if result == Ok(Learned::Contradicted) {
                prop_assert!(kind.strength() == best && best > Strength::None && state != expected);
                let warning = Warning::Contradicted { state, evidence: kind };
                prop_assert!(run.outcome().unwrap().warnings.contains(&warning));
                let mut without = run.outcome().unwrap().clone();
                without.warnings.clone_from(&before.outcome().unwrap().warnings);
                prop_assert_eq!(Some(&without), before.outcome(), "nothing else changes");
            } else {
                prop_assert_eq!(&run, &before);
            }
            prop_assert_eq!((run.state(), strength(&run)), (expected, best));
        }
        if matches!(ended.0, RunState::Rejected | RunState::Validated) {
            prop_assert_eq!(run.state(), ended.0, "a proof is never overwritten");
        }
    }

    #[test]
    fn the_order_of_evidence_matters_only_for_equal_strength(
        ended in ended(), first in evidence(), second in evidence()
    ) {
        prop_assume!(first.strength() != second.strength());
        let either = [(RunState::Succeeded, first), (RunState::FunctionFailed, second)];
        let mut states = Vec::new();
        for order in [[0, 1], [1, 0]] {
            let mut run = run();
            run.conclude(outcome(ended.0, ended.1)).unwrap();
            for index in order {
                let (state, kind) = either[index];
                run.learn(outcome(state, kind)).unwrap();
            }
            states.push((run.state(), strength(&run)));
        }
        prop_assert_eq!(states[0], states[1]);
    }

    #[test]
    fn nothing_is_repeated_without_a_proof(
        made in 0_u32..20, attempts in 1_u32..=10, delivery in delivery(), start in start(), passing in passing(),
        asked in prop::option::of(0_u64..100_000), jitter in prop::num::f64::ANY
    ) {
        let policy = RetryPolicy::new(attempts).unwrap();
        let wait = policy.next_wait(made, delivery, start, passing, asked.map(Duration::from_millis), jitter);
        let proven = delivery == Delivery::NotSent || (delivery == Delivery::Answered && start == Start::DidNotStart);
        prop_assert_eq!(wait.is_some(), proven && passing != Passing::Never && made < attempts);
        let (least, most) = match passing {
            Passing::Never | Passing::Seconds => (RetryPolicy::FIRST_BACKOFF / 2, RetryPolicy::LONGEST_BACKOFF),
            Passing::Minutes => (RetryPolicy::FIRST_READY_WAIT / 2, RetryPolicy::LONGEST_READY_WAIT),
        };
        prop_assert!(wait.is_none_or(|wait| (least..=most).contains(&wait)), "{wait:?}");
    }

    #[test]
    fn a_failure_is_never_a_success_and_doubt_is_never_a_failure(
        delivery in delivery(), start in start(), http in prop::option::of(100_u16..600)
    ) {
        let (state, _) = judge_failure(delivery, start, http, None);
        prop_assert_ne!(state.status(), Status::Success);
        let may_have_run =
            delivery == Delivery::MaybeSent || (delivery == Delivery::Answered && start == Start::MayHaveStarted);
        if may_have_run {
            prop_assert_eq!(state, RunState::Unknown);
        }
    }

    #[test]
    fn an_answer_is_a_success_only_with_its_own_outcome(
        kind in invocation_type(),
        outcome in meaning(),
        http in prop::option::of(100_u16..600),
    ) {
        let (state, evidence) = judge_answer(kind, &outcome, http);
        let expected = match kind {
            InvocationType::RequestResponse => outcome == AnswerOutcome::Returned,
            InvocationType::Event => outcome == AnswerOutcome::Accepted,
            InvocationType::DryRun => outcome == AnswerOutcome::Validated,
        };
        prop_assert_eq!(state.status() == Status::Success, expected);
        prop_assert_eq!(evidence.http_status, http);
        prop_assert_ne!(state, RunState::Rejected, "no answer of this kind proves that nothing started");
    }
}

fn meaning() -> impl Strategy<Value = AnswerOutcome> {
    prop::sample::select(vec![
        AnswerOutcome::Returned,
        AnswerOutcome::FunctionError(ReportedError::of_text("no")),
        AnswerOutcome::Accepted,
        AnswerOutcome::Validated,
        AnswerOutcome::Unproven,
        AnswerOutcome::Unidentified,
    ])
}
