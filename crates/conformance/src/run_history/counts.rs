//! Guarantees about counts.

use crate::{
    run_store::run_in,
    samples::{finish, parse_name, sample_intent, sample_job, sample_key},
    stores::{Stores, StoresHarness},
};
use lamplight_domain::{
    ConnectionName, Evidence, EvidenceKind, Histogram, JobName, Outcome, Run, RunState, Scope, Timestamp,
};
use lamplight_ports::{BucketLength, ChartBucket, ChartRequest, Retention};
use std::{collections::BTreeMap, time::Duration};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Everything in buckets of that length.
fn all(bucket: BucketLength) -> ChartRequest {
    ChartRequest {
        job: None,
        connection: None,
        scope: Scope::default(),
        since: time("2020-01-01T00:00:00Z"),
        until: time("2030-01-01T00:00:00Z"),
        bucket,
    }
}

/// Inserts a running run that started at that time.
async fn begin(stores: &Stores, n: u32, started_at: Timestamp) -> Run {
    let runner = stores.runners.enlist().await.unwrap();
    let mut intent = sample_intent(n);
    intent.started_at = started_at;
    let run = Run::begin(intent, runner);
    stores.runs.insert(&run).await.unwrap();
    run
}

/// Ends a run after that many milliseconds, without storing it.
fn end(run: &mut Run, state: RunState, after: u64) {
    let ended_at = run.intent.started_at + Duration::from_millis(after);
    run.conclude(Outcome::new(state, Evidence::of(EvidenceKind::NoAnswer), ended_at)).unwrap();
}

/// The counts of a chart by start and state.
async fn counts(stores: &Stores, request: &ChartRequest) -> Vec<(Timestamp, RunState, u64)> {
    let found = stores.history.chart(request).await.unwrap();
    found.into_iter().map(|bucket| (bucket.start, bucket.state, bucket.durations.count())).collect()
}

/// A run counts from when it has an outcome, in the buckets that contain its start, with its state and duration.
pub async fn outcomes_are_counted_by_start_state_and_duration(harness: &dyn StoresHarness) {
    use RunState::{FunctionFailed, Rejected, Succeeded, Unknown};
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
    let day = "2026-03-04T";
    for (n, (start, state, took)) in (0..).zip([
        ("00:00:00Z", Succeeded, 0),
        ("00:04:59.999999Z", Succeeded, 100),
        ("00:05:00Z", Unknown, 1500),
        ("10:59:59Z", FunctionFailed, 90),
        ("10:59:58Z", Succeeded, 90),
        ("23:59:59.999999Z", Rejected, 7_000_000),
    ]) {
        let mut run = begin(here, n, time(&format!("{day}{start}"))).await;
        end(&mut run, state, took);
        elsewhere.runs.update(&run, None).await.unwrap();
    }
    begin(here, 90, time("2026-03-04T00:00:00Z")).await;
    // A run that is inserted with its outcome.
    here.runs.insert(&run_in(91, RunState::Accepted)).await.unwrap();
    let at = |start: &str| time(&format!("{day}{start}"));
    let accepted = |start: &str| (time(start), RunState::Accepted, 1);
    for (length, expected) in [
        (
            BucketLength::FiveMinutes,
            vec![
                accepted("2026-01-02T03:05:00Z"),
                (at("00:00:00Z"), Succeeded, 2),
                (at("00:05:00Z"), Unknown, 1),
                (at("10:55:00Z"), Succeeded, 1),
                (at("10:55:00Z"), FunctionFailed, 1),
                (at("23:55:00Z"), Rejected, 1),
            ],
        ),
        (
            BucketLength::Hour,
            vec![
                accepted("2026-01-02T03:00:00Z"),
                (at("00:00:00Z"), Succeeded, 2),
                (at("00:00:00Z"), Unknown, 1),
                (at("10:00:00Z"), Succeeded, 1),
                (at("10:00:00Z"), FunctionFailed, 1),
                (at("23:00:00Z"), Rejected, 1),
            ],
        ),
        (
            BucketLength::Day,
            vec![
                accepted("2026-01-02T00:00:00Z"),
                (at("00:00:00Z"), Succeeded, 3),
                (at("00:00:00Z"), FunctionFailed, 1),
                (at("00:00:00Z"), Rejected, 1),
                (at("00:00:00Z"), Unknown, 1),
            ],
        ),
    ] {
        assert_eq!(counts(elsewhere, &all(length)).await, expected, "{length:?}");
    }
    let found = here.history.chart(&all(BucketLength::Day)).await.unwrap();
    let durations = found.into_iter().find(|found| found.state == Succeeded).unwrap().durations;
    let mut expected = Histogram::default();
    for took in [0, 100, 90] {
        expected.add(Histogram::bin(Duration::from_millis(took)), 1);
    }
    assert_eq!(durations, expected);
}

/// A chart has the buckets from the one that contains its beginning to the one that contains its end, of the job, the
/// connection and the scope asked for.
pub async fn charts_are_limited_to_what_is_asked(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let here = &arranged.here;
    let hour = |n: u64| time("2026-03-04T00:00:00Z") + Duration::from_hours(n);
    let mut runs = Vec::new();
    for n in 0..40 {
        let mut run = begin(here, n, hour(u64::from(n % 5)) + Duration::from_mins(30)).await;
        end(&mut run, [RunState::Succeeded, RunState::Unknown][n as usize % 2], 50);
        run.revision = here.runs.update(&run, None).await.unwrap();
        runs.push(run);
    }
    let jobs: [Option<JobName>; 4] =
        [None, Some(sample_job(0).name), Some(sample_job(1).name), Some(parse_name("absent"))];
    let connections: [Option<ConnectionName>; 4] =
        [None, Some(parse_name("demo")), Some(parse_name("other")), Some(parse_name("absent"))];
    let some = |job: bool, connection: bool| Scope {
        jobs: job.then(|| [sample_job(1).name, parse_name("absent")].into()),
        connections: connection.then(|| [parse_name("other"), parse_name("absent")].into()),
    };
    let scopes = [some(false, false), some(true, false), some(false, true), some(true, true)];
    for (since, until) in
        [(hour(0), hour(9)), (hour(1) + Duration::from_mins(59), hour(3)), (hour(3), hour(2))]
    {
        for job in &jobs {
            for connection in &connections {
                for scope in &scopes {
                    let request = ChartRequest {
                        job: job.clone(),
                        connection: connection.clone(),
                        scope: scope.clone(),
                        since,
                        until,
                        bucket: BucketLength::Hour,
                    };
                    let first = BucketLength::Hour.start(since);
                    let mut expected: BTreeMap<(Timestamp, bool), u64> = BTreeMap::new();
                    for run in &runs {
                        let start = BucketLength::Hour.start(run.intent.started_at);
                        let counts = (first..=until).contains(&start)
                            && (job.is_none() || run.intent.job == *job)
                            && connection.as_ref().is_none_or(|name| run.intent.connection == *name)
                            && scope.includes(&run.intent.connection, run.intent.job.as_ref());
                        if counts {
                            *expected.entry((start, run.state() == RunState::Unknown)).or_default() += 1;
                        }
                    }
                    let state = |unknown| if unknown { RunState::Unknown } else { RunState::Succeeded };
                    let expected: Vec<_> = expected
                        .into_iter()
                        .map(|((start, unknown), count)| (start, state(unknown), count))
                        .collect();
                    assert_eq!(counts(&arranged.elsewhere, &request).await, expected, "{request:?}");
                }
            }
        }
    }
}

/// An outcome counts once, however it is stored and whatever replaces it: as the better one.
pub async fn an_outcome_that_is_replaced_is_counted_once(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
    let start = time("2026-03-04T00:00:00Z");
    let total = async |expected: &[(RunState, u64)]| {
        for bucket in BucketLength::ALL {
            let found = counts(elsewhere, &all(bucket)).await;
            let found: Vec<_> = found.into_iter().map(|(_, state, count)| (state, count)).collect();
            assert_eq!(found, expected, "{bucket:?}");
        }
    };
    // Learned by an update.
    let mut accepted = begin(here, 1, start).await;
    end(&mut accepted, RunState::Accepted, 10);
    accepted.revision = here.runs.update(&accepted, None).await.unwrap();
    total(&[(RunState::Accepted, 1)]).await;
    let later = Outcome::new(
        RunState::FunctionFailed,
        Evidence::of(EvidenceKind::Destination),
        start + Duration::from_secs(90),
    );
    accepted.learn(later).unwrap();
    accepted.revision = elsewhere.runs.update(&accepted, None).await.unwrap();
    total(&[(RunState::FunctionFailed, 1)]).await;
    let mut expected = Histogram::default();
    expected.add(Histogram::bin(Duration::from_secs(90)), 1);
    let found = here.history.chart(&all(BucketLength::Day)).await.unwrap();
    let [ChartBucket { durations, .. }] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(*durations, expected, "its duration is that of the better outcome");
    // Stored again without a change of its outcome, and refused.
    accepted.revision = here.runs.update(&accepted, Some("{}".into())).await.unwrap();
    let mut stale = accepted.clone();
    stale.revision = lamplight_domain::Revision::FIRST;
    assert!(here.runs.update(&stale, None).await.is_err());
    assert_eq!(here.runs.update_all(&[stale]).await.unwrap(), [None]);
    // Several at once, one of which is stored twice, as two processes settle it.
    let mut gone = Vec::new();
    for n in 2..5 {
        let mut run = begin(here, n, start).await;
        end(&mut run, RunState::Unknown, 500);
        gone.push(run);
    }
    assert_eq!(here.runs.update_all(&gone).await.unwrap().iter().flatten().count(), 3);
    assert_eq!(elsewhere.runs.update_all(&gone).await.unwrap(), [None; 3]);
    total(&[(RunState::FunctionFailed, 1), (RunState::Unknown, 3)]).await;
    // An end that was set aside, taken in twice, and then found stored.
    let mut aside = begin(here, 6, start).await;
    let mut lost = aside.clone();
    finish(&mut aside, 6, RunState::Succeeded);
    here.runs.set_aside(&aside).await.unwrap();
    let gone = Evidence::of(EvidenceKind::RunnerGone);
    lost.conclude(Outcome::new(RunState::Unknown, gone, start + Duration::from_secs(5))).unwrap();
    elsewhere.runs.update(&lost, None).await.unwrap();
    total(&[(RunState::FunctionFailed, 1), (RunState::Unknown, 4)]).await;
    assert_eq!(here.runs.take_in().await.unwrap(), [sample_key(6)]);
    assert_eq!(here.runs.take_in().await.unwrap(), []);
    total(&[(RunState::Succeeded, 1), (RunState::FunctionFailed, 1), (RunState::Unknown, 3)]).await;
}

/// Removing runs changes no count.
pub async fn removed_runs_stay_counted(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let here = &arranged.here;
    for n in 0..6 {
        here.runs.insert(&run_in(n, RunState::Succeeded)).await.unwrap();
    }
    let before = counts(here, &all(BucketLength::Hour)).await;
    assert!(here.runs.remove_run(&sample_key(1)).await.unwrap());
    let everything = Retention { keep_at_most: Some(0), ..Retention::default() };
    assert_eq!(here.runs.prune(&everything).await.unwrap(), 5);
    assert_eq!(counts(&arranged.elsewhere, &all(BucketLength::Hour)).await, before);
}
