//! Lock files: created when needed, removed when no longer needed, never shared.

use crate::support::Place;
use lamplight_domain::{ErrorCode, RunnerId};
use lamplight_ports::{PortErrorKind, Runners};
use std::{collections::BTreeSet, fs, sync::Arc};

fn files(place: &Place) -> BTreeSet<String> {
    let folder = place.path().parent().unwrap().join("runners");
    let Ok(entries) = fs::read_dir(folder) else { return BTreeSet::new() };
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn id(text: &str) -> RunnerId {
    RunnerId(text.to_owned())
}

#[tokio::test]
async fn a_runner_has_a_file_while_it_lives_and_no_database() {
    let place = Place::new();
    let store = place.open("a").await;
    assert_eq!(files(&place), BTreeSet::new());
    store.enlist().await.unwrap();
    assert_eq!(files(&place), BTreeSet::from(["a.lock".to_owned()]));
    assert!(!place.path().exists());
    drop(store);
    assert_eq!(files(&place), BTreeSet::new());
}

#[tokio::test]
async fn only_files_of_killed_processes_are_removed() {
    let place = Place::new();
    let living = place.open("living").await;
    living.enlist().await.unwrap();
    let folder = place.path().parent().unwrap().join("runners");
    for name in ["killed.lock", "killed-early.new", "notes.txt"] {
        fs::write(folder.join(name), "").unwrap();
    }
    assert!(!living.is_alive(&id("killed")).await.unwrap());
    assert!(files(&place).contains("killed.lock"), "checking removes nothing");
    place.open("next").await.enlist().await.unwrap();
    assert_eq!(files(&place), BTreeSet::from(["living.lock".to_owned(), "notes.txt".to_owned()]));
    assert!(living.is_alive(&id("living")).await.unwrap());
    assert!(!living.is_alive(&id("killed")).await.unwrap());
}

#[tokio::test]
async fn an_id_in_use_is_refused() {
    let place = Place::new();
    let (first, second) = (place.open("same").await, place.open("same").await);
    first.enlist().await.unwrap();
    let error = second.enlist().await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Conflict, ErrorCode::RunnerInUse));
    drop(second);
    assert!(place.open("b").await.is_alive(&id("same")).await.unwrap());
}

#[tokio::test]
async fn an_id_that_is_not_a_file_name_is_refused() {
    let place = Place::new();
    for bad in ["", "../up", "a/b", ".hidden", "ä", &"x".repeat(129)] {
        let error = place.open(bad).await.enlist().await.unwrap_err();
        assert_eq!(error.kind, PortErrorKind::InvalidRequest, "{bad:?}");
    }
}

/// Runners that start and end, and clean up after others, never take a living runner for an ended one.
#[test]
fn concurrent_clean_up_ends_no_living_runner() {
    let place = Arc::new(Place::new());
    std::thread::scope(|scope| {
        for thread in 0..6 {
            let place = Arc::clone(&place);
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(async {
                    for n in 0..40 {
                        let name = format!("r-{thread}-{n}");
                        let runner = place.open(&name).await;
                        let enlisted = runner.enlist().await.unwrap();
                        for _ in 0..3 {
                            assert!(runner.is_alive(&enlisted).await.unwrap(), "{name}");
                        }
                    }
                });
            });
        }
    });
    assert_eq!(files(&place), BTreeSet::new());
}
