//! Runs have one outcome, and only what did not start is repeated.

use lamplight_domain::{
    Conclusion, Delivery, EffectiveSettings, Evidence, EvidenceKind, FunctionRef, InvocationType, NewRun,
    RetryPolicy, Run, RunState, RunnerId, Settings, Start, Status, Timestamp, judge_answer, judge_failure,
};
use proptest::prelude::*;
use std::time::Duration;

fn run() -> Run {
    let nothing = Settings::default();
    Run::begin(NewRun {
        key: "k".parse().unwrap(),
        job: None,
        connection: "c".parse().unwrap(),
        function: FunctionRef::by_name("f".parse().unwrap()),
        effective: EffectiveSettings::resolve(&nothing, &nothing, &nothing),
        arguments: vec![],
        payload_bytes: 2,
        monitor_url: None,
        runner: RunnerId("r".into()),
        started_at: Timestamp::UNIX_EPOCH,
    })
}

fn state() -> impl Strategy<Value = RunState> {
    prop::sample::select(RunState::ALL.to_vec())
}

fn delivery() -> impl Strategy<Value = Delivery> {
    prop_oneof![Just(Delivery::NotSent), Just(Delivery::MaybeSent), Just(Delivery::Answered)]
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
            let conclusion = Conclusion::new(*state, Evidence::of(EvidenceKind::Answered));
            if run.conclude(conclusion, Timestamp::UNIX_EPOCH).is_err() {
                prop_assert_eq!(&run, &before, "a refused outcome changes nothing");
            }
        }
        prop_assert_eq!(run.state(), first.unwrap_or(RunState::Running));
        prop_assert_eq!(run.evidence().is_some(), first.is_some());
        prop_assert_eq!(run.id().unwrap().status(), run.status());
    }

    #[test]
    fn nothing_is_repeated_without_a_proof(
        made in 0_u32..20, attempts in 1_u32..=10, delivery in delivery(), start in start(), transient in any::<bool>(),
        asked in prop::option::of(0_u64..100_000), jitter in prop::num::f64::ANY
    ) {
        let policy = RetryPolicy::new(attempts).unwrap();
        let wait = policy.next_wait(made, delivery, start, transient, asked.map(Duration::from_millis), jitter);
        let proven = delivery == Delivery::NotSent || (delivery == Delivery::Answered && start == Start::DidNotStart);
        prop_assert_eq!(wait.is_some(), proven && transient && made < attempts);
        prop_assert!(wait.is_none_or(|wait| wait <= RetryPolicy::LONGEST_BACKOFF));
    }

    #[test]
    fn a_failure_is_never_a_success_and_doubt_is_never_a_failure(
        kind in invocation_type(), delivery in delivery(), start in start(), http in prop::option::of(100_u16..600)
    ) {
        let (state, _) = judge_failure(kind, delivery, start, http, None);
        prop_assert_ne!(state.status(), Status::Success);
        let may_have_run = kind != InvocationType::DryRun
            && (delivery == Delivery::MaybeSent || (delivery == Delivery::Answered && start == Start::MayHaveStarted));
        if may_have_run {
            prop_assert_eq!(state, RunState::Unknown);
        }
    }

    #[test]
    fn an_answer_is_a_success_only_with_its_own_status(kind in invocation_type(), http in 100_u16..600, error in any::<bool>()) {
        let (state, evidence) = judge_answer(kind, http, error.then_some("Unhandled"));
        let expected = match kind {
            InvocationType::RequestResponse => http == 200 && !error,
            InvocationType::Event => http == 202,
            InvocationType::DryRun => http == 204,
        };
        prop_assert_eq!(state.status() == Status::Success, expected);
        prop_assert_eq!(evidence.http_status, Some(http));
    }
}
