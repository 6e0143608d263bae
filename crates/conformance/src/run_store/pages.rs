//! Guarantees about lists and their pages.

use super::{RunStoreHarness, expected_list, run_in, walk};
use crate::samples::{
    parse_name, sample_connection, sample_function, sample_job, sample_key, sample_parent, sample_request_id,
    sample_run,
};
use lamplight_domain::{Evidence, EvidenceKind, Outcome, Parent, ParentId, Run, RunState, Scope};
use lamplight_ports::{PageRequest, PortErrorKind, RunFilter, RunStore, RunSummary, RunText, SearchWords};

/// A list is ordered by start time, latest first; every filter, alone and combined, narrows it, whatever the page size.
pub async fn lists_are_latest_first_and_filtered(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let mut runs = Vec::new();
    for (n, state) in (0..48).zip(RunState::ALL.into_iter().cycle()) {
        // Neither the order of insertion nor that of the keys is the order in which the runs began.
        let n = n * 5 % 48;
        let mut run = run_in(n, state);
        run.intent.key = sample_key(n * 11 % 48);
        arranged.store.insert(&run).await.unwrap();
        runs.push(run);
    }
    runs.sort_by_key(|run| std::cmp::Reverse(run.intent.started_at));
    let jobs = [None, Some(sample_job(0).name), Some(parse_name("absent"))];
    let functions = [None, Some(sample_function(0)), Some(parse_name("absent"))];
    let connections = [None, Some(sample_connection(4))];
    let parents = [None, sample_parent(0), sample_parent(1)].map(|parent| parent.as_ref().map(Parent::id));
    let states = [
        vec![],
        vec![RunState::Queued],
        vec![RunState::Unknown, RunState::Rejected, RunState::FunctionFailed],
        RunState::ALL.to_vec(),
    ];
    let began = |index: usize| runs.get(index).map(|run: &Run| run.intent.started_at);
    let times = [(None, None), (began(40), None), (None, began(5)), (began(30), began(10))];
    for job in &jobs {
        for function in &functions {
            for connection in &connections {
                for parent in &parents {
                    for states in &states {
                        for (since, before) in times {
                            let filter = RunFilter {
                                job: job.clone(),
                                function: function.clone(),
                                request_id: None,
                                connection: connection.clone(),
                                parent: parent.clone(),
                                states: states.clone(),
                                since,
                                before,
                                ..RunFilter::default()
                            };
                            let expected = expected_list(&runs, &filter);
                            // A size out of range counts as the nearest allowed size.
                            let size = [0, 1, 7, 1000, u32::MAX][expected.len() % 5];
                            let found = walk(&*arranged.elsewhere, &filter, size).await;
                            assert_eq!(found, expected, "{filter:?}");
                        }
                    }
                }
            }
        }
    }
    let same = RunFilter { request_id: Some(sample_request_id(7)), ..RunFilter::default() };
    let found = walk(&*arranged.store, &same, 10).await;
    assert_eq!((found.len(), &found), (1, &expected_list(&runs, &same)));
    let absent =
        RunFilter { parent: Some(ParentId::MapRun("execution-1".to_owned())), ..RunFilter::default() };
    assert_eq!(
        walk(&*arranged.store, &absent, 10).await,
        [],
        "a map run differs from a workflow with the same key"
    );
}

/// The runs with the numbers from 0, in all states, with errors in those that have ended. Latest first.
async fn runs_in_all_states(store: &dyn RunStore, count: u32) -> Vec<Run> {
    let mut runs = Vec::new();
    for (n, state) in (0..count).zip(RunState::ALL.into_iter().cycle()) {
        // Neither the order of insertion nor that of the keys is the order in which the runs began.
        let n = n * 5 % count;
        let mut run = run_in(n, state);
        run.intent.key = sample_key(n * 11 % count);
        store.insert(&run).await.unwrap();
        runs.push(run);
    }
    runs.sort_by_key(|run| std::cmp::Reverse(run.intent.started_at));
    runs
}

/// A search finds the runs that have all words, each by its beginning and in any case; characters with a meaning in
/// queries are taken literally. An error is found once it is recorded, and a run that was removed no longer.
pub async fn a_text_finds_runs_by_the_beginning_of_words(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let mut runs = runs_in_all_states(&*arranged.store, 48).await;
    let found = async |text: &str, states: &[RunState]| {
        let filter =
            RunFilter { text: Some(text.to_owned()), states: states.to_vec(), ..RunFilter::default() };
        (walk(&*arranged.elsewhere, &filter, 5).await, filter)
    };
    let some = [RunState::Unknown, RunState::Succeeded, RunState::Queued];
    let mut hits = 0;
    for text in [
        "add",
        "ADDER demo",
        "job-00",
        "job 001",
        "valueerror",
        "Value said",
        "function_error",
        "oth ech",
        "said-no",
        "0199c0de-0000-7000-8000-00000000001",
        "0199c0de0000",
        "0199",
        "0",
        "",
        "   ",
        "!?",
        "nothing",
        "dder",
        "add OR echo",
        "add NOT demo",
        "\"add",
        "add*",
        "(",
        "{error}:said",
        "key:0199",
        "a\0b",
        "'; DROP TABLE run; --",
        "^add",
        "\u{202e}add",
        "NEAR(add demo)",
    ] {
        for states in [&[][..], &some, &[RunState::Succeeded], &[RunState::Rejected, RunState::Running]] {
            let (found, filter) = found(text, states).await;
            hits += found.len();
            assert_eq!(found, expected_list(&runs, &filter), "{filter:?}");
        }
    }
    assert!(hits > 100);
    // A run is found by its error as soon as it has one, and by a better one instead.
    let running = runs.iter_mut().find(|run| run.state() == RunState::Running).unwrap();
    let Outcome { error: Some(mut error), .. } = run_in(3, RunState::Unknown).outcome().unwrap().clone()
    else {
        panic!("the sample has an error")
    };
    for (state, kind) in
        [(RunState::Unknown, EvidenceKind::NoAnswer), (RunState::FunctionFailed, EvidenceKind::Destination)]
    {
        error.message = format!("marker {state}");
        let mut outcome = Outcome::new(state, Evidence::of(kind), running.intent.started_at);
        outcome.error = Some(error.clone());
        if running.outcome().is_none() {
            running.conclude(outcome).unwrap();
        } else {
            running.learn(outcome).unwrap();
        }
        running.revision = arranged.store.update(running, None).await.unwrap();
        for text in ["marker", "marker unknown", "marker function"] {
            let (found, _) = found(text, &[]).await;
            let words = SearchWords::parse(text);
            assert_eq!(found.len(), usize::from(words.match_run(&RunText::of(running))), "{state}: {text}");
        }
        assert_eq!(found("marker", &[state]).await.0.len(), 1);
    }
    let key = running.key().clone();
    assert!(arranged.store.remove_run(&key).await.unwrap());
    assert_eq!(found("marker", &[]).await.0, []);
}

/// A list has only what the scope includes, whatever else the filter says.
pub async fn a_scope_limits_lists(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let runs = runs_in_all_states(&*arranged.store, 48).await;
    let connections = [None, Some(vec![]), Some(vec!["other"]), Some(vec!["demo", "other", "absent"])];
    let jobs = [None, Some(vec![]), Some(vec![1]), Some(vec![0, 1, 7])];
    for connections in &connections {
        for jobs in &jobs {
            let connections =
                connections.as_ref().map(|all| all.iter().map(|name| parse_name(name)).collect());
            let jobs = jobs.as_ref().map(|all| all.iter().map(|n| sample_job(*n).name).collect());
            let scope = Scope { connections, jobs };
            let all = RunFilter { scope, ..RunFilter::default() };
            for filter in [
                all.clone(),
                RunFilter { states: vec![RunState::Unknown, RunState::Succeeded], ..all.clone() },
                RunFilter { job: Some(sample_job(1).name), ..all.clone() },
                RunFilter { connection: Some(sample_connection(4)), ..all.clone() },
                RunFilter { function: Some(sample_function(1)), ..all.clone() },
                RunFilter { request_id: Some(sample_request_id(2)), ..all.clone() },
                RunFilter { parent: sample_parent(0).map(|parent| parent.id()), ..all.clone() },
                RunFilter { text: Some("add".to_owned()), ..all.clone() },
            ] {
                let expected = expected_list(&runs, &filter);
                assert_eq!(walk(&*arranged.elsewhere, &filter, 3).await, expected, "{filter:?}");
            }
        }
    }
}

/// Runs that began at the same moment are ordered by key and listed once each, wherever pages end.
pub async fn runs_of_one_moment_are_listed_once_each(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let mut expected = Vec::new();
    for n in 0..10 {
        let mut run = sample_run(n);
        run.intent.started_at = sample_run(n / 5).intent.started_at;
        arranged.store.insert(&run).await.unwrap();
        expected.push(RunSummary::from(&run));
    }
    expected.reverse();
    for size in 1..=11 {
        assert_eq!(walk(&*arranged.elsewhere, &RunFilter::default(), size).await, expected, "{size}");
    }
}

/// Runs begin, end and are removed between two pages: every run that existed all the time is listed once.
pub async fn pages_are_stable_under_changes(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    for n in 10..30 {
        arranged.store.insert(&sample_run(n)).await.unwrap();
    }
    let (mut page, mut listed, mut later) = (PageRequest::first(4), Vec::new(), 100);
    loop {
        let next = arranged.elsewhere.list(&RunFilter::default(), &page).await.unwrap();
        listed.extend(next.items.into_iter().map(|run| run.key));
        page.marker = next.next_marker;
        if page.marker.is_none() {
            break;
        }
        // One run begins later than all others, one began earlier than all others, and the run of the marker ends.
        arranged.store.insert(&sample_run(later)).await.unwrap();
        arranged.store.insert(&run_in(later - 100, RunState::Succeeded)).await.unwrap();
        later += 1;
    }
    let known: Vec<_> = (10..30).rev().map(sample_key).collect();
    let (there, added): (Vec<_>, Vec<_>) = listed.into_iter().partition(|key| known.contains(key));
    assert_eq!(there, known);
    assert!(
        added.iter().all(|key| *key < sample_key(10)),
        "a run that begins later is not in the list: {added:?}"
    );
}

/// Text that the store did not return is not a marker.
pub async fn a_foreign_marker_is_refused(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    arranged.store.insert(&sample_run(1)).await.unwrap();
    for marker in ["", "mine", "1", "1.", ".a", "x.a", "1.A", "1.a b", "99999999999999999999.a"] {
        let page = PageRequest { marker: Some(marker.to_owned()), size: 10 };
        let error = arranged.store.list(&RunFilter::default(), &page).await.unwrap_err();
        assert_eq!(error.kind, PortErrorKind::InvalidRequest, "{marker:?}");
    }
}
