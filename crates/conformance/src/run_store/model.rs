//! Compares any history of calls with a map.

use super::{ArrangedRunStore, RunStoreHarness, expected_list, walk};
use crate::samples::{
    finish, queued_run, sample_connection, sample_function, sample_job, sample_key, sample_parent,
    sample_request_id, sample_run, sample_runner,
};
use lamplight_domain::{
    Evidence, EvidenceKind, Outcome, Revision, Run, RunKey, RunState, RunnerId, Timestamp,
};
use lamplight_ports::{Bytes, PortErrorKind, Retention, RunFilter, RunSelector, RunStore};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};
use std::{cmp::Reverse, collections::BTreeMap};

/// Few different runs, so that calls affect the same ones.
const RUNS: u32 = 6;

/// One call.
#[derive(Debug, Clone)]
enum Call {
    Insert {
        n: u32,
        is_queued: bool,
    },
    Update {
        n: u32,
        off_by: u64,
        state: RunState,
        response: Option<Bytes>,
    },
    Find(RunSelector),
    Response(u32),
    List(RunFilter, u32),
    Running,
    /// The number of the runner, then the current time and the length of the lease, in seconds.
    Claim(u32, u64, u64),
    Heartbeat(u32, u32, u64),
    Prune(Retention),
    Remove(u32),
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let n = || 0..RUNS;
    let state = || select(RunState::ALL.to_vec());
    let response = || option::of(vec(any::<u8>(), 0..40).prop_map(Bytes::from));
    let off_by = prop_oneof![4 => Just(0_u64), 1 => 1..3_u64];
    let selector = prop_oneof![
        n().prop_map(|n| RunSelector::Key(sample_key(n))),
        (n(), 0..=36_usize).prop_map(|(n, length)| {
            let key = sample_key(n);
            RunSelector::KeyPrefix(key.as_str().chars().take(length).collect())
        }),
        (n(), n()).prop_map(|(f, n)| RunSelector::RequestId(sample_function(f), sample_request_id(n))),
        Just(RunSelector::Latest),
    ];
    let time = || option::weighted(0.3, n().prop_map(|n| sample_run(n).intent.started_at));
    let filter = (
        option::weighted(0.3, 0..3_u32),
        option::weighted(0.3, n()),
        option::weighted(0.2, n()),
        option::weighted(0.3, n()),
        option::weighted(0.3, n()),
        prop_oneof![7 => Just(Vec::new()), 3 => vec(state(), 1..3)],
        (time(), time()),
    )
        .prop_map(|(job, function, request, connection, parent, states, (since, before))| RunFilter {
            job: job.map(|n| sample_job(n).name),
            function: function.map(sample_function),
            request_id: request.map(sample_request_id),
            connection: connection.map(sample_connection),
            parent: parent.and_then(sample_parent).map(|parent| parent.id()),
            states,
            since,
            before,
        });
    let retention = (time(), option::of(0..u64::from(RUNS)))
        .prop_map(|(started_before, keep_at_most)| Retention { started_before, keep_at_most });
    let call = prop_oneof![
        3 => (n(), any::<bool>()).prop_map(|(n, is_queued)| Call::Insert { n, is_queued }),
        4 => (n(), off_by, state(), response())
            .prop_map(|(n, off_by, state, response)| Call::Update { n, off_by, state, response }),
        3 => selector.prop_map(Call::Find),
        2 => (filter, 1..4_u32).prop_map(|(filter, size)| Call::List(filter, size)),
        3 => (0..3_u32, 0..9_u64, 0..5_u64).prop_map(|(runner, now, lease)| Call::Claim(runner, now, lease)),
        2 => (n(), 0..3_u32, 0..9_u64).prop_map(|(n, runner, until)| Call::Heartbeat(n, runner, until)),
        1 => retention.prop_map(Call::Prune),
        1 => n().prop_map(Call::Response),
        1 => Just(Call::Running),
        1 => n().prop_map(Call::Remove),
    ];
    vec(call, 1..24)
}

/// Any sequence of calls, made alternately by this and another process, is answered as a map would answer it.
///
/// # Panics
/// If an answer differs; the message has the shortest such sequence that was found.
pub fn any_sequence_of_calls_behaves_like_a_map(harness: &dyn RunStoreHarness) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&calls(), |calls| {
            runtime.block_on(async {
                let arranged = harness.arrange().await;
                replay(&arranged, &calls).await
            })
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

#[derive(Default)]
struct Model {
    runs: BTreeMap<RunKey, Run>,
    responses: BTreeMap<RunKey, Bytes>,
}

async fn replay(arranged: &ArrangedRunStore, calls: &[Call]) -> Result<(), TestCaseError> {
    let mut model = Model::default();
    for (call, store) in calls.iter().zip([&arranged.store, &arranged.elsewhere].into_iter().cycle()) {
        make(&**store, &mut model, call).await?;
    }
    for run in model.runs.values() {
        let found = arranged.store.find(&RunSelector::Key(run.key().clone())).await;
        prop_assert_eq!(found.ok().flatten(), Some(run.clone()));
    }
    Ok(())
}

async fn make(store: &dyn RunStore, model: &mut Model, call: &Call) -> Result<(), TestCaseError> {
    match call {
        Call::Insert { n, is_queued } => {
            let run = if *is_queued { queued_run(*n) } else { sample_run(*n) };
            let inserted = store.insert(&run).await.map_err(|error| error.kind);
            let taken = model.runs.contains_key(run.key());
            prop_assert_eq!(inserted, if taken { Err(PortErrorKind::Conflict) } else { Ok(()) });
            model.runs.entry(run.key().clone()).or_insert(run);
        }
        Call::Update { n, off_by, state, response } => {
            let kept = model.runs.get(&sample_key(*n)).cloned();
            let mut run = kept.clone().unwrap_or_else(|| sample_run(*n));
            run.revision = Revision(run.revision.0 + off_by);
            change(&mut run, *n, *state);
            let updated = store.update(&run, response.clone()).await.map_err(|error| error.kind);
            let expected = match kept.map(|kept| kept.revision) {
                None => Err(PortErrorKind::NotFound),
                Some(revision) if revision != run.revision => Err(PortErrorKind::Conflict),
                Some(revision) => Ok(revision.next()),
            };
            prop_assert_eq!(updated, expected);
            if let Ok(revision) = expected {
                run.revision = revision;
                if run.outcome().is_some() {
                    run.lease_until = None;
                }
                model.responses.extend(response.clone().map(|response| (run.key().clone(), response)));
                model.runs.insert(run.key().clone(), run);
            }
        }
        Call::Find(selector) => {
            let found = store.find(selector).await.map_err(|error| error.kind);
            prop_assert_eq!(found, expected_run(&model.runs, selector), "{:?}", selector);
        }
        Call::Response(n) => {
            let found = store.response(&sample_key(*n)).await.map_err(|error| error.kind);
            prop_assert_eq!(found, Ok(model.responses.get(&sample_key(*n)).cloned()));
        }
        Call::List(filter, size) => {
            let found = walk(store, filter, *size).await;
            prop_assert_eq!(found, expected_list(latest_first(&model.runs), filter), "{:?}", filter);
        }
        Call::Claim(who, now, lease) => {
            let (now, until) = (at(*now), at(now + lease));
            let found = store.claim(&runner(*who), now, until).await.map_err(|error| error.kind);
            let free = |run: &&mut Run| {
                run.state() == RunState::Queued && run.lease_until.is_none_or(|end| end <= now)
            };
            let claimed = model.runs.values_mut().filter(free).min_by_key(|run| run.intent.started_at);
            let claimed = claimed.map(|run| {
                run.claim(runner(*who)).unwrap();
                run.lease_until = Some(until);
                run.revision = run.revision.next();
                run.clone()
            });
            prop_assert_eq!(found, Ok(claimed));
        }
        Call::Heartbeat(n, who, until) => {
            let renewed = store.heartbeat(&sample_key(*n), &runner(*who), at(*until)).await;
            let own = |run: &&mut Run| run.outcome().is_none() && run.runner() == Some(&runner(*who));
            let run = model.runs.get_mut(&sample_key(*n)).filter(own);
            prop_assert_eq!(renewed.map_err(|error| error.kind), Ok(run.is_some()));
            if let Some(run) = run {
                run.lease_until = Some(at(*until));
            }
        }
        Call::Prune(retention) => {
            let removed = store.prune(retention).await.map_err(|error| error.kind);
            let most = retention.keep_at_most.map_or(usize::MAX, |most| usize::try_from(most).unwrap());
            let goes = |(index, run): &(usize, &Run)| {
                let is_old = retention.started_before.is_some_and(|time| run.intent.started_at < time);
                run.outcome().is_some() && (is_old || *index >= most)
            };
            let gone: Vec<RunKey> = latest_first(&model.runs)
                .into_iter()
                .enumerate()
                .filter(goes)
                .map(|(_, run)| run.key().clone())
                .collect();
            prop_assert_eq!(removed, Ok(gone.len() as u64));
            for key in gone {
                model.runs.remove(&key);
                model.responses.remove(&key);
            }
        }
        Call::Remove(n) => {
            let removed = store.remove_run(&sample_key(*n)).await.map_err(|error| error.kind);
            prop_assert_eq!(removed, Ok(model.runs.remove(&sample_key(*n)).is_some()));
            model.responses.remove(&sample_key(*n));
        }
        Call::Running => {
            let running = model.runs.values().filter(|run| run.state() == RunState::Running);
            prop_assert_eq!(super::running(store).await, running.cloned().collect::<Vec<_>>());
        }
    }
    Ok(())
}

/// One of few runners, so that they compete. The first is that of sample runs that were never queued.
fn runner(n: u32) -> RunnerId {
    if n == 0 { sample_runner() } else { RunnerId(format!("runner-{}", n + 1)) }
}

/// The time this many seconds after the first run began.
fn at(seconds: u64) -> Timestamp {
    sample_run(0).intent.started_at + std::time::Duration::from_secs(seconds)
}

/// Takes a run one step further: it starts, ends in that state, or receives later evidence.
fn change(run: &mut Run, n: u32, state: RunState) {
    let now = run.intent.started_at;
    match run.state() {
        RunState::Queued => run.start(sample_runner(), now).unwrap(),
        RunState::Running if state.is_final() => finish(run, n, state),
        RunState::Running => {}
        _ => drop(run.learn(Outcome::new(state, Evidence::of(EvidenceKind::Destination), now))),
    }
}

fn latest_first(model: &BTreeMap<RunKey, Run>) -> Vec<&Run> {
    let mut runs: Vec<&Run> = model.values().collect();
    runs.sort_by_key(|run| Reverse(run.intent.started_at));
    runs
}

fn expected_run(model: &BTreeMap<RunKey, Run>, selector: &RunSelector) -> Result<Option<Run>, PortErrorKind> {
    let runs = latest_first(model).into_iter();
    let found: Vec<&Run> = match selector {
        RunSelector::Key(key) => runs.filter(|run| run.key() == key).collect(),
        RunSelector::KeyPrefix(prefix) => {
            let found: Vec<&Run> = runs.filter(|run| run.key().as_str().starts_with(prefix)).collect();
            if found.len() > 1 {
                return Err(PortErrorKind::InvalidRequest);
            }
            found
        }
        RunSelector::RequestId(function, id) => runs
            .filter(|run| run.function_name() == function && run.request_id() == Some(id.as_str()))
            .collect(),
        RunSelector::Latest => runs.collect(),
    };
    Ok(found.first().map(|run| (*run).clone()))
}
