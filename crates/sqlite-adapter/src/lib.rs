//! The embedded store: runs, jobs, runners and the users of a server in one folder, with one SQLite file.
//!
//! # Files
//! Beside `lamplight.db` are SQLite's own `-wal` and `-shm` files, and `runners/`, where each process that makes calls
//! holds a lock on a file, and reserves space in it for the ends of its runs. To copy the store, copy the three database files. The first write creates a store that does not exist;
//! reading creates nothing. Only the owner can access the files and folders, because records hold what functions
//! answered.
//!
//! # Decisions
//! - **Durability.** Every write survives the end of the process, even by `kill -9`: it is in the write-ahead log when
//!   the method returns. A run's intent, its start, and a job also survive a power loss: they are written with
//!   `synchronous=FULL`, which costs one `fdatasync`. A run's outcome is not worth that wait: if the power fails in the
//!   seconds before the system writes it to disk, the run shows as Unknown, which is true.
//! - **An end needs neither the lock nor the disk.** How a run ended is first written to the reserved space, without a
//!   sync. If the store is locked for long, the disk is full or the process is killed, the end stays there, and the next
//!   process that settles runs stores it.
//! - **No checkpoint when a process ends.** The log stays and the next process reads it, which is far cheaper than the
//!   syncs of SQLite's usual final checkpoint in every short command. SQLite still checkpoints whenever the log has
//!   grown to 250 pages.
//! - **One writer, many readers.** A writer thread puts all waiting writes into one transaction, so that any number of
//!   runs that begin at the same time wait for one sync. A write is moved to the thread without copying the response;
//!   once queued, it happens completely even if its caller is dropped. Readers have their own connections and wait for
//!   nobody. Reading takes microseconds and happens on the calling thread: a multi-threaded runtime moves its other
//!   tasks away with `block_in_place`; a single-threaded one is blocked, which is quicker than handing the work to
//!   another thread.
//! - **Claims and heartbeats change only columns.** The record of a run is written by the process that makes its calls;
//!   who holds the run, and until when, is stored in columns beside it.
//! - **A claim does not look at the queue.** A table holds the runs that have not ended, and triggers keep the oldest
//!   waiting run of each lane in another one. A claim reads the lanes that are under way and the first idle ones.
//! - **A list reads only its page.** Each index has the runs of one combination of values, such as a job and a state, in
//!   the order of lists; a list with several combinations takes the latest run of any of them, again and again. The text
//!   index returns what it finds in the same order, because its rows are numbered by the start.
//! - **Counts are written with outcomes.** A chart reads counts per bucket of time, state and duration, of all runs, of a
//!   connection or of a job. A better outcome moves its count. Removed runs stay counted.
//! - **What many runs share is written once per transaction**: counts, the number of the latest change, and the text
//!   index. While many writes wait, the log is checkpointed less often.
//! - **Newer stores are not touched.** A database with more migrations than this build knows is refused before anything
//!   is written. A record of a newer version is refused by itself.
//! - **A damaged record is named.** Lists say which records they cannot read, and go on with the others.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod backup;
mod columns;
mod database;
mod failure;
mod history;
mod job_row;
mod job_summary;
mod jobs;
mod listing;
mod migrations;
mod queue;
mod responses;
mod retention;
mod rollups;
mod run_query;
mod run_row;
mod run_text;
mod run_walk;
mod runner_lock;
mod runners;
mod runs;
mod slots;
mod store;
mod writer;
mod writing;

pub use store::{SqliteOptions, SqliteStore};
