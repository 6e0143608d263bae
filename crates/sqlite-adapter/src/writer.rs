//! The single writer of a store: a thread that puts all waiting writes into one transaction.
//!
//! A sync takes longer than everything else, and one sync is enough for any number of writes. No write is delayed to
//! collect others: what arrived during the last sync makes the next transaction.

use crate::{
    database::{Database, Survives},
    failure::{self, Failure},
    writing::Writing,
};
use lamplight_ports::PortError;
use std::{
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, JoinHandle},
};
use tokio::sync::{oneshot, watch};

/// The most writes in one transaction, so that the first write does not wait for too many others.
const LARGEST_BATCH: usize = 256;

/// The first write starts the thread; dropping the writer ends it.
#[derive(Debug)]
pub(crate) struct Writer {
    path: PathBuf,
    started: Mutex<Option<Started>>,
    commits: watch::Sender<()>,
}

#[derive(Debug)]
struct Started {
    queue: Sender<Box<dyn Write>>,
    thread: JoinHandle<()>,
}

/// What a write needs, besides its work.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Needs {
    /// What the write must survive once it has returned.
    pub(crate) survives: Survives,
    /// Whether to create the store if it does not exist.
    pub(crate) creates: bool,
}

impl Writer {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, started: Mutex::new(None), commits: watch::Sender::new(()) }
    }

    /// Changes with each commit.
    pub(crate) fn commits(&self) -> watch::Receiver<()> {
        self.commits.subscribe()
    }

    /// Runs `work` in a transaction; `None` if the store does not exist and `needs` does not create it.
    ///
    /// # Guarantees
    /// - When it returns, the transaction is committed and survives what is needed. Work that fails leaves nothing.
    /// - If the caller is dropped, the write happens completely or not at all.
    ///
    /// If `work` shares a transaction that fails, it is run once more in its own transaction.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        needs: Needs,
        work: impl FnMut(&Writing<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<Option<T>, PortError> {
        let (reply, answer) = oneshot::channel();
        self.queue(Box::new(Waiting { needs, work, result: None, reply }))?;
        answer.await.unwrap_or_else(|_| Err(failure::no_writer(&self.path)))
    }

    fn queue(&self, write: Box<dyn Write>) -> Result<(), PortError> {
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        let write = match &*started {
            Some(running) => match running.queue.send(write) {
                Ok(()) => return Ok(()),
                // The thread has ended, which only a bug can cause; start another one.
                Err(refused) => refused.0,
            },
            None => write,
        };
        let (queue, writes) = mpsc::channel();
        let (path, commits) = (self.path.clone(), self.commits.clone());
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run_writer(&path, &writes, &commits))
            .map_err(|error| failure::no_writer(&self.path).with_source(error))?;
        // The new thread holds the receiver, so this cannot fail.
        let _ = queue.send(write);
        *started = Some(Started { queue, thread });
        Ok(())
    }
}

impl Drop for Writer {
    /// Finishes the writes of callers that were dropped before the store is closed.
    fn drop(&mut self) {
        let started = self.started.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(Started { queue, thread }) = started.take() {
            drop(queue);
            let _ = thread.join();
        }
    }
}

/// One write in the queue.
trait Write: Send {
    fn needs(&self) -> Needs;

    /// Runs the work and stores its result; `false` if it failed and its changes must be undone.
    fn work(&mut self, writing: &Writing<'_>) -> bool;

    /// Sends the caller the result of work that was committed, or its failure.
    fn finish(self: Box<Self>, path: &Path);

    /// Tells the caller that the store does not exist, or why nothing was written.
    fn fail(self: Box<Self>, reason: Option<PortError>);
}

struct Waiting<T, W> {
    needs: Needs,
    work: W,
    result: Option<Result<T, Failure>>,
    reply: oneshot::Sender<Result<Option<T>, PortError>>,
}

impl<T: Send, W: FnMut(&Writing<'_>) -> Result<T, Failure> + Send> Write for Waiting<T, W> {
    fn needs(&self) -> Needs {
        self.needs
    }

    fn work(&mut self, writing: &Writing<'_>) -> bool {
        self.result.insert((self.work)(writing)).is_ok()
    }

    fn finish(self: Box<Self>, path: &Path) {
        let Self { work, result, reply, .. } = *self;
        // Drop what the work holds, such as a response, before the caller continues.
        drop(work);
        let result = result.unwrap_or_else(|| Err(failure::no_writer(path).into()));
        // The caller may have been dropped.
        let _ = reply.send(result.map(Some).map_err(|failure| failure.into_port_error(path)));
    }

    fn fail(self: Box<Self>, reason: Option<PortError>) {
        let _ = self.reply.send(reason.map_or(Ok(None), Err));
    }
}

fn run_writer(path: &Path, writes: &Receiver<Box<dyn Write>>, commits: &watch::Sender<()>) {
    let (mut database, mut next) = (None, writes.recv().ok());
    while let Some(first) = next.take() {
        let others = writes.try_iter().take(LARGEST_BATCH - 1);
        process_batch(path, &mut database, std::iter::once(first).chain(others).collect());
        commits.send_replace(());
        next = writes.try_recv().ok();
        if let Some(database) = &mut database {
            database.truncate_large_log(next.is_some());
        }
        next = next.or_else(|| writes.recv().ok());
    }
}

fn process_batch(path: &Path, database: &mut Option<Database>, batch: Vec<Box<dyn Write>>) {
    if database.is_none() {
        let creates = batch.iter().any(|write| write.needs().creates);
        let opened = if creates { Database::create(path).map(Some) } else { Database::open(path) };
        match opened {
            Ok(opened) => *database = opened,
            Err(error) => {
                for write in batch {
                    write.fail(Some(failure::copy_without_source(&error)));
                }
                return;
            }
        }
    }
    let Some(open) = database else {
        for write in batch {
            write.fail(None);
        }
        return;
    };
    commit(path, open, batch);
    if !open.is_in_place(path) {
        *database = None;
    }
}

/// Commits the batch in one transaction. If that fails, commits each write in its own transaction, so that only the
/// write that caused the failure fails.
fn commit(path: &Path, database: &mut Database, mut batch: Vec<Box<dyn Write>>) {
    let result = run_batch(database, &mut batch);
    match result {
        Ok(true) if database.is_in_place(path) => batch.into_iter().for_each(|write| write.finish(path)),
        Ok(true) => batch.into_iter().for_each(|write| write.fail(Some(failure::replaced(path)))),
        Ok(false) | Err(_) if batch.len() > 1 => {
            for write in batch {
                commit(path, database, vec![write]);
            }
        }
        // A single write that failed has its own reason.
        Ok(false) => batch.into_iter().for_each(|write| write.finish(path)),
        Err(failure) => {
            if let Some(only) = batch.pop() {
                only.fail(Some(failure.into_port_error(path)));
            }
        }
    }
}

/// Runs the batch in one transaction; `false` if it was rolled back because a write failed after it had changed
/// something. Almost all writes that fail have found a conflict before that, and leave nothing to undo.
fn run_batch(database: &mut Database, batch: &mut [Box<dyn Write>]) -> Result<bool, Failure> {
    let is_durable = batch.iter().any(|write| write.needs().survives == Survives::PowerLoss);
    let survives = if is_durable { Survives::PowerLoss } else { Survives::ProcessEnd };
    database.expect_writes(batch.len())?;
    let transaction = database.write(survives)?;
    let writing = Writing::new(&transaction);
    for write in batch {
        let mark = writing.mark();
        if !write.work(&writing) && !writing.return_to(mark) {
            return Ok(false);
        }
    }
    writing.finish()?;
    drop(writing);
    transaction.commit()?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::params;

    type Answer = oneshot::Receiver<Result<Option<i64>, PortError>>;

    fn write(
        work: impl FnMut(&Writing<'_>) -> Result<i64, Failure> + Send + 'static,
    ) -> (Box<dyn Write>, Answer) {
        let (reply, answer) = oneshot::channel();
        let needs = Needs { survives: Survives::ProcessEnd, creates: false };
        (Box::new(Waiting { needs, work, result: None, reply }), answer)
    }

    /// Adds a job and returns the number of jobs after that.
    fn add(name: &'static str) -> (Box<dyn Write>, Answer) {
        write(move |transaction| {
            transaction.execute("INSERT INTO job VALUES (?1, 1, 1, '')", params![name])?;
            Ok(count(transaction))
        })
    }

    fn count(connection: &rusqlite::Connection) -> i64 {
        connection.query_row("SELECT count(*) FROM job", [], |row| row.get(0)).unwrap()
    }

    /// Commits these writes to a new store; returns their answers and the number of jobs stored.
    fn commit_all(writes: Vec<(Box<dyn Write>, Answer)>) -> (Vec<Option<i64>>, i64) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut database = Database::create(&path).unwrap();
        let (batch, answers): (Vec<_>, Vec<_>) = writes.into_iter().unzip();
        commit(&path, &mut database, batch);
        let answers =
            answers.into_iter().map(|mut answer| answer.try_recv().unwrap().ok().flatten()).collect();
        (answers, count(&rusqlite::Connection::open(&path).unwrap()))
    }

    #[test]
    fn writes_that_wait_share_a_transaction() {
        let folder = tempfile::tempdir().unwrap();
        let outside = folder.path().join("a.db");
        let mut database = Database::create(&outside).unwrap();
        let path = outside.clone();
        let (look, mut seen) = write(move |transaction| {
            // Another connection does not see the earlier writes, so they are in the same transaction.
            assert_eq!(count(&rusqlite::Connection::open(&path).unwrap()), 0);
            Ok(count(transaction))
        });
        let (batch, _answers): (Vec<_>, Vec<_>) = [add("a"), add("b")].into_iter().unzip();
        commit(&outside, &mut database, batch.into_iter().chain([look]).collect());
        assert_eq!(seen.try_recv().unwrap().unwrap(), Some(2));
    }

    #[test]
    fn a_write_that_fails_leaves_nothing_and_does_not_affect_the_others() {
        let refused = write(|transaction| {
            transaction.execute("INSERT INTO job VALUES ('half', 1, 1, '')", [])?;
            Err(failure::conflict("it was changed".to_owned()).into())
        });
        let (answers, kept) = commit_all(vec![add("a"), refused, add("a"), add("b")]);
        assert_eq!((answers, kept), (vec![Some(1), None, None, Some(2)], 2));
        let (answers, kept) = commit_all(vec![write(|_| Err(failure::conflict("alone".to_owned()).into()))]);
        assert_eq!((answers, kept), (vec![None], 0));
    }

    #[test]
    fn if_one_write_rolls_back_the_transaction_the_others_get_their_own() {
        // SQLite does this when the disk is full.
        let grave = write(|transaction| {
            transaction.execute_batch("ROLLBACK")?;
            Err(failure::conflict("grave".to_owned()).into())
        });
        let (answers, kept) = commit_all(vec![add("a"), grave, add("b")]);
        assert_eq!((answers, kept), (vec![Some(1), None, Some(2)], 2));
    }

    #[tokio::test]
    async fn the_write_of_a_dropped_caller_is_finished_before_the_store_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let writer = Writer::new(path.clone());
        let needs = Needs { survives: Survives::ProcessEnd, creates: true };
        {
            let insert = |transaction: &Writing<'_>| {
                Ok(transaction.execute("INSERT INTO job VALUES ('a', 1, 1, '')", [])?)
            };
            let mut dropped = std::pin::pin!(writer.write(needs, insert));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            let _ = dropped.as_mut().poll(&mut context);
        }
        drop(writer);
        assert_eq!(count(&rusqlite::Connection::open(&path).unwrap()), 1);
    }
}
