//! Compares any history of calls with a map.

use super::{at, order, runner};
use crate::{
    run_store::{expected_list, running, walk},
    samples::{
        finish, queued_run, sample_connection, sample_function, sample_job, sample_key, sample_parent,
        sample_request_id, sample_run, sample_runner,
    },
    stores::{ArrangedStores, Stores, StoresHarness},
};
use lamplight_domain::{
    Evidence, EvidenceKind, Histogram, Outcome, Revision, Run, RunKey, RunState, RunnerId, Scope, Timestamp,
};
use lamplight_ports::{
    BucketLength, Bytes, ChangeNumber, ChartRequest, ClaimRequest, ClaimedRun, Enqueued, JobFilter, JobPlace,
    Lane, OnceKey, Order, PageRequest, PortErrorKind, Retention, RunFilter, RunLimits, RunQueue, RunSelector,
    RunSummary,
};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};
use std::{cmp::Reverse, collections::BTreeMap, time::Duration};

/// Few different runs, so that calls affect the same ones.
const RUNS: u32 = 6;

/// One call.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "there are few of them")]
enum Call {
    Insert {
        n: u32,
        is_queued: bool,
    },
    /// The run, the number of the runner that holds it, and the key of the caller.
    Enqueue(u32, Option<u32>, Option<u8>),
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
    /// The most runs; the number of the runner; the time since the last claim and the length of the lease, in seconds;
    /// the limits.
    Claim(u32, u32, u64, u64, RunLimits),
    Heartbeat(u32, u32, u64),
    /// The most runs.
    Held(u32),
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
        option::weighted(0.2, select(vec!["add", "demo job", "value", "0199", "nothing"])),
        prop_oneof![
            6 => Just(Scope::default()),
            1 => n().prop_map(|n| Scope { connections: Some([sample_connection(n)].into()), jobs: None }),
            1 => n().prop_map(|n| Scope { connections: None, jobs: Some([sample_job(n).name].into()) }),
        ],
    )
        .prop_map(
            |(job, function, request, connection, parent, states, (since, before), text, scope)| RunFilter {
                job: job.map(|n| sample_job(n).name),
                function: function.map(sample_function),
                request_id: request.map(sample_request_id),
                connection: connection.map(sample_connection),
                parent: parent.and_then(sample_parent).map(|parent| parent.id()),
                states,
                text: text.map(str::to_owned),
                scope,
                since,
                before,
            },
        );
    let retention = (time(), option::of(0..u64::from(RUNS)))
        .prop_map(|(started_before, keep_at_most)| Retention { started_before, keep_at_most });
    let limit = || option::weighted(0.4, 0..3_u32);
    let limits =
        (limit(), limit(), limit(), limit()).prop_map(|(per_job, per_connection, job, connection)| {
            RunLimits {
                per_job,
                per_connection,
                jobs: job.map(|limit| (sample_job(0).name, limit)).into_iter().collect(),
                connections: connection.map(|limit| (sample_connection(4), limit)).into_iter().collect(),
            }
        });
    let call = prop_oneof![
        3 => (n(), any::<bool>()).prop_map(|(n, is_queued)| Call::Insert { n, is_queued }),
        4 => (n(), off_by, state(), response())
            .prop_map(|(n, off_by, state, response)| Call::Update { n, off_by, state, response }),
        3 => selector.prop_map(Call::Find),
        2 => (filter, 1..4_u32).prop_map(|(filter, size)| Call::List(filter, size)),
        4 => (n(), option::weighted(0.3, 0..3_u32), option::weighted(0.4, 0..2_u8))
            .prop_map(|(n, holder, once)| Call::Enqueue(n, holder, once)),
        4 => (0..4_u32, 0..3_u32, 0..3_u64, 1..5_u64, limits)
            .prop_map(|(most, runner, passed, lease, limits)| Call::Claim(most, runner, passed, lease, limits)),
        1 => (0..4_u32).prop_map(Call::Held),
        2 => (n(), 0..3_u32, 0..5_u64).prop_map(|(n, runner, lease)| Call::Heartbeat(n, runner, lease)),
        1 => retention.prop_map(Call::Prune),
        1 => n().prop_map(Call::Response),
        1 => Just(Call::Running),
        1 => n().prop_map(Call::Remove),
    ];
    vec(call, 1..24)
}

/// Any sequence of calls, made alternately by this and another process, is answered as a map would answer it, and is
/// counted once.
///
/// # Panics
/// If an answer differs; the message has the shortest such sequence that was found.
pub fn any_sequence_of_calls_behaves_like_a_map(harness: &dyn StoresHarness) {
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
    /// The current time, in seconds after the first run began.
    now: u64,
    orders: BTreeMap<RunKey, Order>,
    once: BTreeMap<u8, RunKey>,
    /// The runs in the order of their latest changes.
    changed: Vec<RunKey>,
    /// How many runs of each start and state have ended in that time.
    counts: BTreeMap<(Timestamp, StatePosition, Duration), u64>,
}

/// The position of a state among all states, which is their order in charts.
type StatePosition = usize;

impl Model {
    fn put(&mut self, run: Run) {
        if let Some(before) = self.runs.get(run.key()).and_then(counted) {
            *self.counts.get_mut(&before).expect("it was counted") -= 1;
        }
        if let Some(after) = counted(&run) {
            *self.counts.entry(after).or_default() += 1;
        }
        if run.outcome().is_some() {
            self.orders.remove(run.key());
        }
        self.changed.retain(|key| key != run.key());
        self.changed.push(run.key().clone());
        self.runs.insert(run.key().clone(), run);
    }

    fn remove(&mut self, key: &RunKey) -> bool {
        self.responses.remove(key);
        self.orders.remove(key);
        self.once.retain(|_, run| run != key);
        self.changed.retain(|run| run != key);
        self.runs.remove(key).is_some()
    }

    /// The next run that a claim gives, if those in `claimed` were given before.
    fn next(&self, request: &ClaimRequest, claimed: &[ClaimedRun]) -> Option<RunKey> {
        let is_under_way = |run: &&Run| match run.state() {
            RunState::Running => true,
            RunState::Queued => {
                claimed.iter().any(|claimed| claimed.run.key() == run.key())
                    || run.lease_until.is_some_and(|end| end > request.now)
            }
            _ => false,
        };
        let count = |same: &dyn Fn(&Run) -> bool| -> u32 {
            let under_way = self.runs.values().filter(is_under_way).filter(|run| same(run));
            u32::try_from(under_way.count()).unwrap()
        };
        let in_lane = |run: &Run| count(&|other| Lane::of(other) == Lane::of(run));
        let on_connection = |run: &Run| count(&|other| other.intent.connection == run.intent.connection);
        let is_free = |run: &&Run| {
            let holder = self.orders.get(run.key()).and_then(|order| order.held_by.as_ref());
            run.state() == RunState::Queued
                && !is_under_way(run)
                && holder.is_none_or(|holder| *holder == request.runner)
                && request.limits.of_lane(&Lane::of(run)).is_none_or(|limit| in_lane(run) < limit)
                && request
                    .limits
                    .of_connection(&run.intent.connection)
                    .is_none_or(|limit| on_connection(run) < limit)
        };
        let free = self.runs.values().filter(is_free);
        free.min_by_key(|run| (in_lane(run), run.intent.started_at)).map(|run| run.key().clone())
    }
}

/// Where a run is counted: its bucket, its state, and how long it took.
fn counted(run: &Run) -> Option<(Timestamp, StatePosition, Duration)> {
    let started_at = run.intent.started_at;
    let took = run.ended_at()?.duration_since(started_at);
    Some((BucketLength::Hour.start(started_at), position(run.state()), took.try_into().unwrap_or_default()))
}

fn position(state: RunState) -> StatePosition {
    RunState::ALL.iter().position(|known| *known == state).unwrap()
}

async fn replay(arranged: &ArrangedStores, calls: &[Call]) -> Result<(), TestCaseError> {
    let mut model = Model::default();
    for n in 0..2 {
        arranged.here.jobs.put(&sample_job(n), None).await.unwrap();
    }
    for (call, stores) in calls.iter().zip([&arranged.here, &arranged.elsewhere].into_iter().cycle()) {
        make(stores, &mut model, call).await?;
    }
    for run in model.runs.values() {
        let found = arranged.here.runs.find(&RunSelector::Key(run.key().clone())).await;
        prop_assert_eq!(found.ok().flatten(), Some(run.clone()));
    }
    compare_history(&arranged.elsewhere, &model).await
}

/// Compares counts, changes and the latest runs of jobs.
async fn compare_history(stores: &Stores, model: &Model) -> Result<(), TestCaseError> {
    let queued = model.runs.values().filter(|run| run.state() == RunState::Queued).count() as u64;
    prop_assert_eq!(stores.queue.queued().await.unwrap(), queued);
    let request = ChartRequest {
        job: None,
        connection: None,
        scope: Scope::default(),
        since: at(0),
        until: at(10_000),
        bucket: BucketLength::Hour,
    };
    let mut expected: BTreeMap<(Timestamp, usize), Histogram> = BTreeMap::new();
    for ((start, state, took), count) in model.counts.iter().filter(|(_, count)| **count > 0) {
        expected.entry((*start, *state)).or_default().add(Histogram::bin(*took), *count);
    }
    let found = stores.history.chart(&request).await.unwrap();
    let found: Vec<_> =
        found.into_iter().map(|found| ((found.start, position(found.state)), found.durations)).collect();
    prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
    let changes = stores.history.changes(ChangeNumber(0), 100).await.unwrap();
    let expected: Vec<_> = model.changed.iter().map(|key| RunSummary::from(&model.runs[key])).collect();
    prop_assert_eq!(changes.into_iter().map(|(_, run)| run).collect::<Vec<_>>(), expected);
    let mut expected = Vec::new();
    for n in 0..2 {
        let name = sample_job(n).name;
        let runs = latest_first(&model.runs).into_iter().filter(|run| run.intent.job.as_ref() == Some(&name));
        let runs: Vec<_> = runs.map(RunSummary::from).collect();
        let latest = runs.first().map(|run| (run.state, run.started_at));
        expected.push((JobPlace::new(name, latest), runs));
    }
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    let found = stores.history.jobs(&JobFilter::default(), &PageRequest::default()).await.unwrap();
    let found: Vec<_> = found.items.into_iter().map(|job| (job.stored.job.name, job.runs)).collect();
    let expected: Vec<_> = expected.into_iter().map(|(place, runs)| (place.name, runs)).collect();
    prop_assert_eq!(found, expected);
    Ok(())
}

async fn make(stores: &Stores, model: &mut Model, call: &Call) -> Result<(), TestCaseError> {
    let store = &*stores.runs;
    match call {
        Call::Insert { n, is_queued } => {
            let run = if *is_queued { queued_run(*n) } else { sample_run(*n) };
            let inserted = store.insert(&run).await.map_err(|error| error.kind);
            let taken = model.runs.contains_key(run.key());
            prop_assert_eq!(inserted, if taken { Err(PortErrorKind::Conflict) } else { Ok(()) });
            if !taken {
                model.put(run);
            }
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
                model.put(run);
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
                model.remove(&key);
            }
        }
        Call::Remove(n) => {
            let removed = store.remove_run(&sample_key(*n)).await.map_err(|error| error.kind);
            prop_assert_eq!(removed, Ok(model.remove(&sample_key(*n))));
        }
        Call::Running => {
            let expected = model.runs.values().filter(|run| run.state() == RunState::Running);
            prop_assert_eq!(running(store).await, expected.cloned().collect::<Vec<_>>());
        }
        Call::Enqueue(..) | Call::Claim(..) | Call::Heartbeat(..) | Call::Held(_) => {
            make_of_queue(&*stores.queue, model, call).await?;
        }
    }
    Ok(())
}

/// Makes a call of the queue.
async fn make_of_queue(queue: &dyn RunQueue, model: &mut Model, call: &Call) -> Result<(), TestCaseError> {
    match call {
        Call::Enqueue(n, holder, once) => {
            let run = queued_run(*n);
            let order = Order {
                held_by: holder.map(numbered_runner),
                once: once.map(|key| OnceKey {
                    owner: "me".to_owned(),
                    key: key.to_string(),
                    digest: [key; 32],
                }),
                ..order(&format!("order {n}"))
            };
            let enqueued = queue.enqueue(&run, &order).await.map_err(|error| error.kind);
            let earlier = once.and_then(|once| model.once.get(&once));
            let expected = match earlier {
                Some(earlier) => Ok(Enqueued::Found(earlier.clone())),
                None if model.runs.contains_key(run.key()) => Err(PortErrorKind::Conflict),
                None => Ok(Enqueued::Added),
            };
            prop_assert_eq!(&enqueued, &expected);
            if expected == Ok(Enqueued::Added) {
                model.once.extend(once.map(|once| (once, run.key().clone())));
                model.orders.insert(run.key().clone(), order);
                model.put(run);
            }
        }
        Call::Claim(most, who, passed, lease, limits) => {
            model.now += passed;
            let request = ClaimRequest {
                runner: numbered_runner(*who),
                now: at(model.now),
                until: at(model.now + lease),
                most: *most,
                limits: limits.clone(),
            };
            let found = queue.claim(&request).await.map_err(|error| error.kind);
            let mut claimed = Vec::new();
            while claimed.len() < *most as usize
                && let Some(key) = model.next(&request, &claimed)
            {
                let run = model.runs.get_mut(&key).unwrap();
                run.claim(request.runner.clone()).unwrap();
                run.lease_until = Some(request.until);
                run.revision = run.revision.next();
                let order = model.orders.get(&key).map(|order| order.body.clone()).unwrap_or_default();
                claimed.push(ClaimedRun { run: run.clone(), order });
            }
            prop_assert_eq!(found, Ok(claimed));
        }
        Call::Heartbeat(n, who, lease) => {
            let (key, who, until) = (sample_key(*n), numbered_runner(*who), at(model.now + lease));
            let lost = queue.heartbeat(&who, std::slice::from_ref(&key), until).await;
            let own = |run: &&mut Run| run.outcome().is_none() && run.runner() == Some(&who);
            let run = model.runs.get_mut(&key).filter(own);
            let expected = if run.is_none() { vec![key] } else { vec![] };
            prop_assert_eq!(lost.map_err(|error| error.kind), Ok(expected));
            if let Some(run) = run {
                run.lease_until = Some(until);
            }
        }
        Call::Held(most) => {
            let holder = |run: &Run| model.orders.get(run.key()).and_then(|order| order.held_by.clone());
            let queued = model.runs.values().filter(|run| run.state() == RunState::Queued);
            let held = queued.filter_map(|run| Some((run.clone(), holder(run)?)));
            let expected: Vec<_> = held.take(*most as usize).collect();
            prop_assert_eq!(queue.held(*most).await.map_err(|error| error.kind), Ok(expected));
        }
        _ => {}
    }
    Ok(())
}

/// One of few runners, so that they compete. The first is that of sample runs that were never queued.
fn numbered_runner(n: u32) -> RunnerId {
    if n == 0 { sample_runner() } else { runner(&format!("runner-{}", n + 1)) }
}

/// Takes a run one step further: it starts, ends in that state, or receives later evidence.
fn change(run: &mut Run, n: u32, state: RunState) {
    let now = run.intent.started_at;
    match run.state() {
        RunState::Queued if state == RunState::Rejected => {
            run.conclude(Outcome::new(state, Evidence::of(EvidenceKind::NotSent), now)).unwrap();
        }
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
