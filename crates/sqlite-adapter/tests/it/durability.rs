//! What survives the end of a process. The tests start themselves again as the process that ends.

use crate::support::{Place, list, running};
use lamplight_conformance::samples::{finish, sample_job, sample_key, sample_run, sample_runner};
use lamplight_domain::{RunState, RunnerId};
use lamplight_ports::{JobStore, RunSelector, RunStore, Runners};
use lamplight_sqlite_adapter::{SqliteOptions, SqliteStore};
use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// The folder of a child of these tests: libtest treats the argument as the name of a test that does not exist.
pub(crate) fn place_argument() -> Option<PathBuf> {
    std::env::args().find_map(|argument| argument.strip_prefix("place=").map(PathBuf::from))
}

/// Starts the test `name` of this binary in another process, for the store at `path`.
pub(crate) fn itself(program: &std::path::Path, name: &str, path: &std::path::Path) -> Command {
    let mut command = Command::new(program);
    command.args(["--exact", name, "--nocapture", &format!("place={}", path.display())]);
    command
}

/// Waits until the child reports that it has finished its work.
fn wait_until_done(child: &mut Child) {
    let output = BufReader::new(child.stdout.take().unwrap());
    assert!(
        output.lines().map_while(Result::ok).any(|line| line.contains(DONE)),
        "the child did not report that it has finished"
    );
}

const DONE: &str = "all is written";

async fn write_and_hang(path: PathBuf) {
    let options = SqliteOptions { runner_id: RunnerId("runner-1".to_owned()) };
    let store = SqliteStore::open(&path, options).await.unwrap();
    let runner = store.enlist().await.unwrap();
    let intent = sample_run(1);
    assert_eq!(intent.runner(), Some(&runner));
    store.insert(&intent).await.unwrap();
    let mut outcome = sample_run(2);
    store.insert(&outcome).await.unwrap();
    finish(&mut outcome, 2, RunState::Succeeded);
    store.update(&outcome, Some(vec![b'x'; 3_000_000].into())).await.unwrap();
    store.put(&sample_job(1), None).await.unwrap();
    println!("{DONE}");
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn what_was_written_survives_kill_9_and_its_runner_does_not() {
    if let Some(path) = place_argument() {
        return write_and_hang(path).await;
    }
    let place = Place::new();
    let store = place.open("witness").await;
    let name = "durability::what_was_written_survives_kill_9_and_its_runner_does_not";
    let program = std::env::current_exe().unwrap();
    let mut child = itself(&program, name, &place.path()).stdout(Stdio::piped()).spawn().unwrap();
    wait_until_done(&mut child);
    let runner = sample_runner();
    assert!(store.is_alive(&runner).await.unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!store.is_alive(&runner).await.unwrap());
    assert_eq!(running(&store).await, [sample_run(1)]);
    let outcome = store.find(&RunSelector::Key(sample_key(2))).await.unwrap().unwrap();
    assert_eq!(outcome.state(), RunState::Succeeded);
    assert_eq!(store.response(&sample_key(2)).await.unwrap().unwrap().len(), 3_000_000);
    assert!(store.get(&sample_job(1).name).await.unwrap().is_some());
}

#[tokio::test]
async fn two_processes_write_to_one_store_at_once() {
    const EACH: u32 = 25;
    if let Some(path) = place_argument() {
        let options = SqliteOptions { runner_id: RunnerId("child".to_owned()) };
        let store = SqliteStore::open(&path, options).await.unwrap();
        for n in EACH..2 * EACH {
            store.insert(&sample_run(n)).await.unwrap();
        }
        return;
    }
    let place = Place::new();
    let name = "durability::two_processes_write_to_one_store_at_once";
    let program = std::env::current_exe().unwrap();
    let mut child = itself(&program, name, &place.path()).stdout(Stdio::null()).spawn().unwrap();
    let store = place.open("parent").await;
    for n in 0..EACH {
        store.insert(&sample_run(n)).await.unwrap();
    }
    assert!(child.wait().unwrap().success());
    for n in 0..2 * EACH {
        assert_eq!(store.find(&RunSelector::Key(sample_key(n))).await.unwrap(), Some(sample_run(n)));
    }
}

/// Inserts and concludes runs forever, and reports each call that returned.
async fn write_without_end(path: PathBuf) {
    let runner_id = RunnerId("writer".to_owned());
    let store = SqliteStore::open(&path, SqliteOptions { runner_id }).await.unwrap();
    let begun = list(&store).await.len();
    for n in u32::try_from(begun).unwrap().. {
        let mut run = sample_run(n);
        store.insert(&run).await.unwrap();
        println!("begun {n}");
        finish(&mut run, n, RunState::Succeeded);
        store.update(&run, Some(vec![b'x'; 300_000].into())).await.unwrap();
        println!("ended {n}");
    }
}

#[tokio::test]
async fn whenever_a_writer_is_killed_nothing_that_returned_is_lost() {
    if let Some(path) = place_argument() {
        return write_without_end(path).await;
    }
    let place = Place::new();
    let name = "durability::whenever_a_writer_is_killed_nothing_that_returned_is_lost";
    let program = std::env::current_exe().unwrap();
    for lines in [1, 2, 7, 20, 33] {
        let mut child = itself(&program, name, &place.path()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let said = |line: &String| line.starts_with("begun ") || line.starts_with("ended ");
        let returned: Vec<String> = output.lines().map_while(Result::ok).filter(said).take(lines).collect();
        // The child is in the middle of its next call now.
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(returned.len(), lines);
        let store = place.open("witness").await;
        for line in returned {
            let (what, n) = line.split_once(' ').unwrap();
            let n = n.parse().unwrap();
            let run = store.find(&RunSelector::Key(sample_key(n))).await.unwrap().unwrap();
            assert!(run.state() == RunState::Succeeded || what == "begun", "{line}: {}", run.state());
        }
        let sound: String =
            place.raw().pragma_query_value(None, "integrity_check", |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
    }
}
