//! Any history of calls, held against a map.

use super::{ArrangedRunStore, RunStoreHarness, expected_list};
use crate::samples::{
    finish, queued_run, sample_function, sample_job, sample_key, sample_request_id, sample_run, sample_runner,
};
use lamplight_domain::{Evidence, EvidenceKind, Outcome, Revision, Run, RunKey, RunState};
use lamplight_ports::{Bytes, PortErrorKind, RunFilter, RunSelector, RunStore};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};
use std::{cmp::Reverse, collections::BTreeMap};

/// So few different runs that calls meet.
const RUNS: u32 = 6;

/// One call.
#[derive(Debug, Clone)]
enum Call {
    Insert { n: u32, is_queued: bool },
    Update { n: u32, off_by: u64, state: RunState, response: Option<Bytes> },
    Find(RunSelector),
    Response(u32),
    List(RunFilter),
    Running,
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
    let filter = (option::of(0..3_u32), option::of(n()), option::of(state()), option::of(0..4_u32)).prop_map(
        |(job, function, state, limit)| RunFilter {
            job: job.map(|n| sample_job(n).name),
            function: function.map(sample_function),
            state,
            limit,
        },
    );
    let call = prop_oneof![
        3 => (n(), any::<bool>()).prop_map(|(n, is_queued)| Call::Insert { n, is_queued }),
        4 => (n(), off_by, state(), response())
            .prop_map(|(n, off_by, state, response)| Call::Update { n, off_by, state, response }),
        3 => selector.prop_map(Call::Find),
        2 => filter.prop_map(Call::List),
        1 => n().prop_map(Call::Response),
        1 => Just(Call::Running),
    ];
    vec(call, 1..24)
}

/// Any sequence of calls, made here and elsewhere in turn, is answered as a map would.
///
/// # Panics
/// Where the store does not, with the shortest such sequence that was found.
pub fn any_history_is_kept_as_a_map_would(harness: &dyn RunStoreHarness) {
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
        Call::List(filter) => {
            let found = store.list(filter).await.map_err(|error| error.kind);
            prop_assert_eq!(found, Ok(expected_list(latest_first(&model.runs), filter)), "{:?}", filter);
        }
        Call::Running => {
            let mut found = store.running().await.map_err(|error| error.kind);
            if let Ok(runs) = &mut found {
                runs.sort_by(|a, b| a.key().cmp(b.key()));
            }
            let running = model.runs.values().filter(|run| run.state() == RunState::Running);
            prop_assert_eq!(found, Ok(running.cloned().collect()));
        }
    }
    Ok(())
}

/// Takes a run a step further: it is started, ended in that state, or learns of it.
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
