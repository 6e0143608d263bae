//! Guarantees about lists of jobs.

use crate::{
    run_store::run_in,
    samples::{finish, parse_name, sample_intent, sample_job, sample_key},
    stores::{Stores, StoresHarness},
};
use lamplight_domain::{Job, Run, RunState, RunnerId, Scope, Timestamp};
use lamplight_ports::{
    JobFilter, JobOverview, PageRequest, PortErrorKind, Retention, RunSummary, StateCount,
};
use std::time::Duration;

/// A job with that name.
fn job(name: &str) -> Job {
    Job { name: parse_name(name), ..sample_job(1) }
}

/// Inserts a run of a job in that state, which started that many seconds after the first one.
async fn run_of(stores: &Stores, job: &str, n: u32, start: u64, state: RunState) -> Run {
    let mut intent = sample_intent(n);
    intent.job = Some(parse_name(job));
    intent.connection = parse_name("demo");
    intent.started_at = "2026-03-04T00:00:00Z".parse::<Timestamp>().unwrap() + Duration::from_secs(start);
    let mut run = match state {
        RunState::Queued => Run::queue(intent),
        _ => Run::begin(intent, RunnerId("r".to_owned())),
    };
    if state.is_final() {
        finish(&mut run, n, state);
    }
    stores.runs.insert(&run).await.unwrap();
    run
}

/// All jobs of a list, page by page.
async fn walk(stores: &Stores, filter: &JobFilter, size: u32) -> Vec<JobOverview> {
    let (mut found, mut page) = (Vec::new(), PageRequest::first(size));
    loop {
        let next = stores.history.jobs(filter, &page).await.unwrap();
        assert!(next.items.len() <= page.limit() && next.damaged.is_empty());
        found.extend(next.items);
        page.marker = next.next_marker;
        if page.marker.is_none() {
            return found;
        }
    }
}

/// The names of the jobs that a list returns.
async fn names(stores: &Stores, filter: &JobFilter) -> Vec<String> {
    let found = walk(stores, filter, 2).await;
    found.into_iter().map(|found| found.stored.job.name.to_string()).collect()
}

/// Jobs whose latest run needs a look come first, then the other ones, by their latest runs, then those that never ran,
/// by name; each with its latest runs.
pub async fn jobs_are_listed_by_their_latest_runs(harness: &dyn StoresHarness) {
    use RunState::{FunctionFailed, Queued, Rejected, Running, Succeeded, Unknown};
    let arranged = harness.arrange().await;
    let here = &arranged.here;
    assert_eq!(walk(here, &JobFilter::default(), 10).await, []);
    for name in ["z", "b.b", "a", "fine", "going", "bad", "odd", "refused", "same-1", "same-2"] {
        here.jobs.put(&job(name), None).await.unwrap();
    }
    for (n, (name, start, state)) in (0..).zip([
        ("odd", 30, Unknown),
        ("fine", 90, Succeeded),
        ("fine", 80, FunctionFailed),
        ("bad", 20, FunctionFailed),
        ("going", 100, Running),
        ("refused", 40, Rejected),
        ("same-2", 60, Queued),
        ("same-1", 60, Succeeded),
        ("no longer stored", 70, Succeeded),
    ]) {
        run_of(here, &name.replace(' ', "-"), n, start, state).await;
    }
    let mut latest = Vec::new();
    for n in 20..35 {
        latest.push(RunSummary::from(&run_of(here, "bad", n, u64::from(n) - 19, Succeeded).await));
    }
    let expected = ["refused", "odd", "bad", "going", "fine", "same-1", "same-2", "a", "b.b", "z"];
    for size in [1, 3, 10, 1000] {
        let found = walk(&arranged.elsewhere, &JobFilter::default(), size).await;
        let found: Vec<_> = found.iter().map(|found| found.stored.job.name.as_str()).collect();
        assert_eq!(found, expected, "{size}");
    }
    let found = walk(&arranged.elsewhere, &JobFilter::default(), 100).await;
    let bad = &found[2];
    assert_eq!(bad.stored, here.jobs.get(&parse_name("bad")).await.unwrap().unwrap());
    assert_eq!((bad.runs.len(), bad.runs[0].state), (JobOverview::RUNS, FunctionFailed));
    latest.reverse();
    assert_eq!(bad.runs[1..], latest[..JobOverview::RUNS - 1]);
    assert_eq!(found[9].runs, []);
}

/// Jobs are filtered by words, connection, state of the latest run and scope, and counted by that state.
pub async fn jobs_are_filtered_and_counted(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
    for (name, n) in [("nightly-load", 1), ("report", 4), ("nightly-check", 0), ("never", 2)] {
        let description = (name == "report").then(|| "Sums up the \"night\"; nightly".to_owned());
        let job = Job { name: parse_name(name), description, ..sample_job(n) };
        here.jobs.put(&job, None).await.unwrap();
    }
    run_of(here, "nightly-load", 1, 1, RunState::Unknown).await;
    run_of(here, "report", 2, 2, RunState::Succeeded).await;
    run_of(here, "nightly-check", 3, 3, RunState::Succeeded).await;
    let all = JobFilter::default;
    let text = |text: &str| JobFilter { text: Some(text.to_owned()), ..all() };
    let scope = |connections: Option<&str>, jobs: Option<&str>| Scope {
        connections: connections.map(|name| [parse_name(name)].into()),
        jobs: jobs.map(|name| [parse_name(name), parse_name("never")].into()),
    };
    let in_scope = |connections, jobs| JobFilter { scope: scope(connections, jobs), ..all() };
    let latest = |states: &[RunState]| JobFilter { latest: states.to_vec(), ..all() };
    for (filter, expected) in [
        (all(), vec!["nightly-load", "nightly-check", "report", "never"]),
        (text("night"), vec!["nightly-load", "nightly-check", "report"]),
        (text("NIGHT sum"), vec!["report"]),
        (text("nightly-c"), vec!["nightly-check"]),
        (text("echo"), vec!["nightly-load", "report"]),
        (text("add nightly"), vec!["nightly-check"]),
        (text("\" OR 1"), vec![]),
        (text("?"), vec!["nightly-load", "nightly-check", "report", "never"]),
        (JobFilter { connection: Some(parse_name("other")), ..all() }, vec!["report"]),
        (JobFilter { connection: Some(parse_name("absent")), ..all() }, vec![]),
        (latest(&[RunState::Succeeded]), vec!["nightly-check", "report"]),
        (latest(&[RunState::Unknown, RunState::Queued]), vec!["nightly-load"]),
        (in_scope(Some("demo"), None), vec!["nightly-load", "nightly-check", "never"]),
        (in_scope(None, Some("report")), vec!["report", "never"]),
        (in_scope(Some("demo"), Some("report")), vec!["never"]),
        (
            JobFilter { scope: scope(Some("demo"), None), ..text("night") },
            vec!["nightly-load", "nightly-check"],
        ),
        (JobFilter { scope: Scope { jobs: Some([].into()), connections: None }, ..all() }, vec![]),
    ] {
        assert_eq!(names(elsewhere, &filter).await, expected, "{filter:?}");
        let counts = elsewhere.history.count_jobs(&filter).await.unwrap();
        let count = |name: &str, state| StateCount {
            state,
            count: expected.iter().filter(|found| **found != "never" && found.contains(name)).count() as u64,
        };
        let mut succeeded = count("nightly-check", RunState::Succeeded);
        succeeded.count += count("report", RunState::Succeeded).count;
        let states = [succeeded, count("nightly-load", RunState::Unknown)];
        let states: Vec<_> = states.into_iter().filter(|found| found.count > 0).collect();
        assert_eq!(counts, states, "{filter:?}");
    }
    // A changed job is found by its new words only.
    let stored = here.jobs.get(&parse_name("report")).await.unwrap().unwrap();
    let changed =
        Job { description: Some("sends letters".to_owned()), connection: parse_name("demo"), ..stored.job };
    here.jobs.put(&changed, Some(stored.revision)).await.unwrap();
    assert_eq!(names(elsewhere, &text("letters")).await, ["report"]);
    assert_eq!(names(elsewhere, &text("sum")).await, Vec::<String>::new());
    assert_eq!(
        names(elsewhere, &JobFilter { connection: Some(parse_name("demo")), ..text("letters") }).await,
        ["report"]
    );
    assert!(here.jobs.remove(&parse_name("report")).await.unwrap());
    assert_eq!(names(elsewhere, &text("letters")).await, Vec::<String>::new());
}

/// The latest run of a job is that of now: after each change of state, each removal, and if the job is stored after its
/// runs.
pub async fn the_latest_run_of_a_job_follows_its_runs(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
    let counts = async || -> Vec<(RunState, u64)> {
        let found = elsewhere.history.count_jobs(&JobFilter::default()).await.unwrap();
        found.into_iter().map(|found| (found.state, found.count)).collect()
    };
    run_of(here, "a", 1, 1, RunState::Rejected).await;
    let mut second = run_of(here, "a", 2, 2, RunState::Queued).await;
    assert_eq!(counts().await, []);
    let revision = here.jobs.put(&job("a"), None).await.unwrap();
    assert_eq!(counts().await, [(RunState::Queued, 1)]);
    second.start(RunnerId("r".to_owned()), second.intent.started_at).unwrap();
    second.revision = here.runs.update(&second, None).await.unwrap();
    assert_eq!(counts().await, [(RunState::Running, 1)]);
    finish(&mut second, 2, RunState::Succeeded);
    here.runs.update_all(&[second]).await.unwrap();
    assert_eq!(counts().await, [(RunState::Succeeded, 1)]);
    // An older run changes nothing, and neither does a change of the job.
    run_of(here, "a", 0, 0, RunState::Unknown).await;
    here.jobs.put(&job("a"), Some(revision)).await.unwrap();
    assert_eq!(counts().await, [(RunState::Succeeded, 1)]);
    run_of(here, "a", 3, 3, RunState::FunctionFailed).await;
    assert_eq!(counts().await, [(RunState::FunctionFailed, 1)]);
    assert!(here.runs.remove_run(&sample_key(3)).await.unwrap());
    assert_eq!(counts().await, [(RunState::Succeeded, 1)]);
    let keep_none = Retention { keep_at_most: Some(0), ..Retention::default() };
    let going = run_in(4, RunState::Running);
    here.runs.insert(&going).await.unwrap();
    here.runs.prune(&keep_none).await.unwrap();
    assert_eq!(counts().await, []);
    assert_eq!(names(elsewhere, &JobFilter::default()).await, ["a"]);
    // A job that is stored again has its runs again.
    run_of(here, "a", 5, 5, RunState::Unknown).await;
    assert!(here.jobs.remove(&parse_name("a")).await.unwrap());
    assert_eq!(counts().await, []);
    here.jobs.put(&job("a"), None).await.unwrap();
    assert_eq!(counts().await, [(RunState::Unknown, 1)]);
}

/// Text that the store did not return is not a marker of a list of jobs.
pub async fn a_foreign_job_marker_is_refused(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    arranged.here.jobs.put(&job("a"), None).await.unwrap();
    for marker in ["", "mine", "1", "1.2", "1.2.", "x.2.a", "1.x.a", "1.2..a", "99999.0.a"] {
        let page = PageRequest { marker: Some(marker.to_owned()), size: 10 };
        let error = arranged.here.history.jobs(&JobFilter::default(), &page).await.unwrap_err();
        assert_eq!(error.kind, PortErrorKind::InvalidRequest, "{marker:?}");
    }
}
