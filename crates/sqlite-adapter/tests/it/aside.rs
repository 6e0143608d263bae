//! The end of a run that cannot be stored is kept beside the lock of its process, and stored by the next one.

use crate::{
    durability::{itself, place_argument},
    support::{Place, running},
};
use lamplight_conformance::samples::{finish, sample_key, sample_run};
use lamplight_domain::{ErrorCode, EvidenceKind, Outcome, Run, RunState, RunnerId, Timestamp};
use lamplight_ports::{RunSelector, RunStore, Runners};
use lamplight_sqlite_adapter::{SqliteOptions, SqliteStore};
use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// Inserts the run as one that `store` makes.
async fn begin(store: &SqliteStore, n: u32) -> Run {
    let runner = store.enlist().await.unwrap();
    let run = Run::begin(sample_run(n).intent, runner);
    store.insert(&run).await.unwrap();
    run
}

fn ended(mut run: Run, n: u32, state: RunState) -> Run {
    finish(&mut run, n, state);
    run
}

async fn found(store: &SqliteStore, n: u32) -> Run {
    store.find(&RunSelector::Key(sample_key(n))).await.unwrap().unwrap()
}

/// The names of the files of runners.
fn files(place: &Place) -> Vec<String> {
    let entries = fs::read_dir(place.path().parent().unwrap().join("runners")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn an_end_is_taken_in_once_its_process_has_ended() {
    let place = Place::new();
    let (ending, next) = (place.open("ending").await, place.open("next").await);
    let run = ended(begin(&ending, 1).await, 1, RunState::Succeeded);
    ending.set_aside(&run).await.unwrap();
    assert_eq!(next.take_in().await.unwrap(), [], "its process is alive and may still store it");
    drop(ending);
    assert_eq!(files(&place), ["ending.lock"], "the file stays");
    place.open("another").await.enlist().await.unwrap();
    assert_eq!(files(&place), ["ending.lock"], "whoever cleans up leaves it");
    assert_eq!(next.take_in().await.unwrap(), [sample_key(1)]);
    let stored = found(&next, 1).await;
    assert_eq!((stored.outcome(), &stored.attempts), (run.outcome(), &run.attempts));
    assert_eq!((next.take_in().await.unwrap(), files(&place)), (vec![], vec![]));
}

#[tokio::test]
async fn an_end_replaces_that_the_runner_is_gone_and_no_end_replaces_it() {
    let place = Place::new();
    let (ending, next) = (place.open("ending").await, place.open("next").await);
    let (first, second) = (begin(&ending, 1).await, begin(&ending, 2).await);
    ending.set_aside(&ended(first.clone(), 1, RunState::FunctionFailed)).await.unwrap();
    ending.set_aside(&ended(second.clone(), 2, RunState::FunctionFailed)).await.unwrap();
    let mut gone = first;
    gone.conclude(Outcome::unknown(EvidenceKind::RunnerGone, Timestamp::UNIX_EPOCH)).unwrap();
    next.update(&gone, None).await.unwrap();
    next.update(&ended(second, 2, RunState::Succeeded), None).await.unwrap();
    drop(ending);
    let taken = next.take_in().await.unwrap();
    assert!(taken.contains(&sample_key(1)), "{taken:?}");
    assert_eq!(found(&next, 1).await.state(), RunState::FunctionFailed);
    assert_eq!(found(&next, 2).await.state(), RunState::Succeeded);
}

#[tokio::test]
async fn what_is_stored_is_not_left_in_the_file() {
    let place = Place::new();
    let store = place.open("a").await;
    for n in [1, 2] {
        let run = ended(begin(&store, n).await, n, RunState::Succeeded);
        store.set_aside(&run).await.unwrap();
        store.update(&run, None).await.unwrap();
    }
    assert_eq!(store.take_in().await.unwrap(), []);
    drop(store);
    assert_eq!(files(&place), Vec::<String>::new());
}

#[tokio::test]
async fn a_process_takes_in_its_own_ends() {
    let place = Place::new();
    let store = place.open("a").await;
    let run = ended(begin(&store, 1).await, 1, RunState::Succeeded);
    store.set_aside(&run).await.unwrap();
    assert_eq!(store.take_in().await.unwrap(), [sample_key(1)]);
    assert_eq!(found(&store, 1).await.state(), RunState::Succeeded);
    drop(store);
    assert_eq!(files(&place), Vec::<String>::new());
}

#[tokio::test]
async fn the_end_of_a_run_that_was_removed_is_dropped() {
    let place = Place::new();
    let (ending, next) = (place.open("ending").await, place.open("next").await);
    let run = ended(begin(&ending, 1).await, 1, RunState::Succeeded);
    ending.set_aside(&run).await.unwrap();
    drop(ending);
    assert!(next.remove_run(&sample_key(1)).await.unwrap());
    assert_eq!((next.take_in().await.unwrap(), files(&place)), (vec![], vec![]));
}

#[tokio::test]
async fn a_file_that_a_cleaner_removed_is_made_again() {
    let place = Place::new();
    let (ending, next) = (place.open("ending").await, place.open("next").await);
    let run = ended(begin(&ending, 1).await, 1, RunState::Succeeded);
    fs::remove_dir_all(place.path().parent().unwrap().join("runners")).unwrap();
    assert!(!next.is_alive(&RunnerId("ending".to_owned())).await.unwrap());
    ending.set_aside(&run).await.unwrap();
    assert!(next.is_alive(&RunnerId("ending".to_owned())).await.unwrap());
    drop(ending);
    assert_eq!(next.take_in().await.unwrap(), [sample_key(1)]);
}

#[tokio::test]
async fn an_end_can_be_set_aside_while_the_store_is_locked() {
    let place = Place::new();
    let store = place.open("a").await;
    let run = ended(begin(&store, 1).await, 1, RunState::Succeeded);
    let raw = place.raw();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    store.set_aside(&run).await.unwrap();
    let error = store.update(&run, None).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::StoreBusy, "{error:?}");
    raw.execute_batch("COMMIT").unwrap();
    store.update(&run, None).await.unwrap();
    assert_eq!(running(&store).await, []);
}

/// Records the end of run 1 as well as it can, and says what could be done.
#[expect(clippy::exit, reason = "the disk is full, so nothing more can be written when the store is closed")]
async fn end_on_a_full_disk(path: PathBuf) {
    let store =
        SqliteStore::open(&path, SqliteOptions { runner_id: RunnerId("full".to_owned()) }).await.unwrap();
    let run = begin(&store, 1).await;
    // Tells the parent to fill the disk.
    println!("begun");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    let run = ended(run, 1, RunState::Succeeded);
    let aside = store.set_aside(&run).await;
    let updated = store.update(&run, None).await;
    println!("aside {} stored {}", aside.is_ok(), updated.is_ok());
    std::process::exit(0);
}

/// Files of this process cannot grow beyond this many bytes.
fn limit_file_size(child: &Child, bytes: u64) {
    let pid = child.id().to_string();
    let limit = format!("--fsize={bytes}:{bytes}");
    assert!(Command::new("prlimit").args(["--pid", &pid, &limit]).status().unwrap().success());
}

/// A limit on the size of files stands in for a full disk: what must grow cannot be written.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_end_can_be_set_aside_on_a_full_disk() {
    use std::io::{BufRead, BufReader, Write};
    if let Some(path) = place_argument() {
        return end_on_a_full_disk(path).await;
    }
    let place = Place::new();
    // A log that is longer than the file of slots.
    let store = place.open("first").await;
    for n in 10..20 {
        store.insert(&sample_run(n)).await.unwrap();
    }
    let name = "aside::an_end_can_be_set_aside_on_a_full_disk";
    let program = std::env::current_exe().unwrap();
    // Python ignores the signal of the limit, and so do the programs that it starts.
    let mut python = Command::new("python3");
    python.args(["-c", "import os, sys; os.execv(sys.argv[1], sys.argv[1:])"]).arg(&program);
    let itself = itself(&program, name, &place.path());
    let mut child =
        python.args(itself.get_args()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.by_ref().any(|line| line.contains("begun")));
    let log = fs::metadata(place.path().with_extension("db-wal")).unwrap().len();
    limit_file_size(&child, log);
    child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    assert!(lines.by_ref().any(|line| line.contains("aside true stored false")));
    child.wait().unwrap();
    assert_eq!(store.take_in().await.unwrap(), [sample_key(1)]);
    assert_eq!(found(&store, 1).await.state(), RunState::Succeeded);
}
