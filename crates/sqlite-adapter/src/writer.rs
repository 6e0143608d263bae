//! The one writer of a store: a thread that takes all writes that wait into one transaction.
//!
//! A sync takes longer than all else, and one sync keeps any number of writes. Nothing waits for others to come: what
//! has arrived while the last transaction was synced makes the next one.

use crate::{
    database::{Database, Survives},
    failure::{self, Failure},
};
use lamplight_ports::PortError;
use rusqlite::Transaction;
use std::{
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, JoinHandle},
};
use tokio::sync::oneshot;

/// The most writes of one transaction, so that the first of many does not wait for all.
const LARGEST_BATCH: usize = 256;

/// Starts its thread with the first write, and ends it when it is dropped.
#[derive(Debug)]
pub(crate) struct Writer {
    path: PathBuf,
    started: Mutex<Option<Started>>,
}

#[derive(Debug)]
struct Started {
    queue: Sender<Box<dyn Write>>,
    thread: JoinHandle<()>,
}

/// What a write needs of the store besides its work.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Needs {
    /// What it must survive when it has returned.
    pub(crate) survives: Survives,
    /// Whether the store is made where there is none.
    pub(crate) creates: bool,
}

impl Writer {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, started: Mutex::new(None) }
    }

    /// Does `work` in a transaction; `None` where there is no store and none was made.
    ///
    /// # Guarantees
    /// - When it returns, the transaction is committed and survives what is needed. Of work that fails nothing is kept.
    /// - A caller that is dropped leaves the whole of it, or nothing.
    ///
    /// Where it shares a transaction that fails, `work` is done once more in one of its own.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        needs: Needs,
        work: impl FnMut(&Transaction<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<Option<T>, PortError> {
        let (reply, answer) = oneshot::channel();
        self.queue(Box::new(Waiting { needs, work, result: None, reply }))?;
        answer.await.unwrap_or_else(|_| Err(failure::writer_ended(&self.path)))
    }

    fn queue(&self, write: Box<dyn Write>) -> Result<(), PortError> {
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        let write = match &*started {
            Some(running) => match running.queue.send(write) {
                Ok(()) => return Ok(()),
                // The thread has ended, which only a fault of ours can do; another one goes on.
                Err(refused) => refused.0,
            },
            None => write,
        };
        let (queue, writes) = mpsc::channel();
        let path = self.path.clone();
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || serve(&path, &writes))
            .map_err(|error| failure::writer_ended(&self.path).with_source(error))?;
        // The thread holds the other end, so this one arrives.
        let _ = queue.send(write);
        *started = Some(Started { queue, thread });
        Ok(())
    }
}

impl Drop for Writer {
    /// What callers that were dropped have left to do is done before the store is closed.
    fn drop(&mut self) {
        let started = self.started.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(Started { queue, thread }) = started.take() {
            drop(queue);
            let _ = thread.join();
        }
    }
}

/// One write of the queue.
trait Write: Send {
    fn needs(&self) -> Needs;

    /// Does the work and holds its result; `false` where it failed and must leave nothing.
    fn work(&mut self, transaction: &Transaction<'_>) -> bool;

    /// Gives the caller the result of work that is committed, or that failed.
    fn done(self: Box<Self>, path: &Path);

    /// Tells the caller that there is no store, or why nothing was written.
    fn refused(self: Box<Self>, reason: Option<PortError>);
}

struct Waiting<T, W> {
    needs: Needs,
    work: W,
    result: Option<Result<T, Failure>>,
    reply: oneshot::Sender<Result<Option<T>, PortError>>,
}

impl<T: Send, W: FnMut(&Transaction<'_>) -> Result<T, Failure> + Send> Write for Waiting<T, W> {
    fn needs(&self) -> Needs {
        self.needs
    }

    fn work(&mut self, transaction: &Transaction<'_>) -> bool {
        self.result.insert((self.work)(transaction)).is_ok()
    }

    fn done(self: Box<Self>, path: &Path) {
        let Self { work, result, reply, .. } = *self;
        // What the work holds, such as a response, is the caller's alone again.
        drop(work);
        let result = result.unwrap_or_else(|| Err(failure::writer_ended(path).into()));
        // A caller that was dropped wants no answer.
        let _ = reply.send(result.map(Some).map_err(|failure| failure.at(path)));
    }

    fn refused(self: Box<Self>, reason: Option<PortError>) {
        let _ = self.reply.send(reason.map_or(Ok(None), Err));
    }
}

fn serve(path: &Path, writes: &Receiver<Box<dyn Write>>) {
    let mut database = None;
    while let Ok(first) = writes.recv() {
        let others = writes.try_iter().take(LARGEST_BATCH - 1);
        perform(path, &mut database, std::iter::once(first).chain(others).collect());
    }
}

fn perform(path: &Path, database: &mut Option<Database>, batch: Vec<Box<dyn Write>>) {
    if database.is_none() {
        let creates = batch.iter().any(|write| write.needs().creates);
        let opened = if creates { Database::create(path).map(Some) } else { Database::open(path) };
        match opened {
            Ok(opened) => *database = opened,
            Err(error) => {
                for write in batch {
                    write.refused(Some(failure::again(&error)));
                }
                return;
            }
        }
    }
    let Some(database) = database else {
        for write in batch {
            write.refused(None);
        }
        return;
    };
    commit(path, database, batch);
    database.tidy();
}

/// Commits all of a batch, or each by itself where that fails: then one of them is the cause, and the others are not to
/// fail with it.
fn commit(path: &Path, database: &mut Database, mut batch: Vec<Box<dyn Write>>) {
    let result = together(database, &mut batch);
    match result {
        Ok(()) => batch.into_iter().for_each(|write| write.done(path)),
        Err(_) if batch.len() > 1 => batch.into_iter().for_each(|write| commit(path, database, vec![write])),
        Err(failure) => {
            if let Some(only) = batch.pop() {
                only.refused(Some(failure.at(path)));
            }
        }
    }
}

fn together(database: &mut Database, batch: &mut [Box<dyn Write>]) -> Result<(), Failure> {
    let is_durable = batch.iter().any(|write| write.needs().survives == Survives::PowerLoss);
    let survives = if is_durable { Survives::PowerLoss } else { Survives::ProcessEnd };
    let transaction = database.write(survives)?;
    if let [only] = batch {
        // Work that failed is undone with its transaction.
        return if only.work(&transaction) { Ok(transaction.commit()?) } else { Ok(()) };
    }
    for write in batch {
        transaction.execute_batch("SAVEPOINT one")?;
        if !write.work(&transaction) {
            transaction.execute_batch("ROLLBACK TO one")?;
        }
        // Fails where a grave error has undone the whole transaction.
        transaction.execute_batch("RELEASE one")?;
    }
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::params;

    type Answer = oneshot::Receiver<Result<Option<i64>, PortError>>;

    fn write(
        work: impl FnMut(&Transaction<'_>) -> Result<i64, Failure> + Send + 'static,
    ) -> (Box<dyn Write>, Answer) {
        let (reply, answer) = oneshot::channel();
        let needs = Needs { survives: Survives::ProcessEnd, creates: false };
        (Box::new(Waiting { needs, work, result: None, reply }), answer)
    }

    /// Adds a job and tells how many there are then.
    fn add(name: &'static str) -> (Box<dyn Write>, Answer) {
        write(move |transaction| {
            transaction.execute("INSERT INTO job VALUES (?1, 1, 1, '')", params![name])?;
            Ok(count(transaction))
        })
    }

    fn count(connection: &rusqlite::Connection) -> i64 {
        connection.query_row("SELECT count(*) FROM job", [], |row| row.get(0)).unwrap()
    }

    /// Commits these writes in a store of their own and gives their answers, with the number of jobs that are kept.
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
            // Nobody else sees what the writes before this one did, so they are in its transaction.
            assert_eq!(count(&rusqlite::Connection::open(&path).unwrap()), 0);
            Ok(count(transaction))
        });
        let (batch, _answers): (Vec<_>, Vec<_>) = [add("a"), add("b")].into_iter().unzip();
        commit(&outside, &mut database, batch.into_iter().chain([look]).collect());
        assert_eq!(seen.try_recv().unwrap().unwrap(), Some(2));
    }

    #[test]
    fn of_writes_that_fail_nothing_is_kept_and_the_others_are() {
        let refused = write(|transaction| {
            transaction.execute("INSERT INTO job VALUES ('half', 1, 1, '')", [])?;
            Err(failure::conflict("it is changed".to_owned()).into())
        });
        let (answers, kept) = commit_all(vec![add("a"), refused, add("a"), add("b")]);
        assert_eq!((answers, kept), (vec![Some(1), None, None, Some(2)], 2));
        let (answers, kept) = commit_all(vec![write(|_| Err(failure::conflict("alone".to_owned()).into()))]);
        assert_eq!((answers, kept), (vec![None], 0));
    }

    #[test]
    fn where_one_write_undoes_the_transaction_the_others_are_done_by_themselves() {
        // As SQLite does when the disk is full.
        let grave = write(|transaction| {
            transaction.execute_batch("ROLLBACK")?;
            Err(failure::conflict("grave".to_owned()).into())
        });
        let (answers, kept) = commit_all(vec![add("a"), grave, add("b")]);
        assert_eq!((answers, kept), (vec![Some(1), None, Some(2)], 2));
    }

    #[tokio::test]
    async fn what_a_dropped_caller_asked_for_is_done_before_the_store_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let writer = Writer::new(path.clone());
        let needs = Needs { survives: Survives::ProcessEnd, creates: true };
        {
            let insert = |transaction: &Transaction<'_>| {
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
