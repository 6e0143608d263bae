//! The embedded store: runs, jobs and runners in one folder, with one SQLite file.
//!
//! # Files
//! Beside `lamplight.db` stand SQLite's `-wal` and `-shm` files, which belong to it, and `runners/`, where
//! each process that makes calls holds a lock. A copy of the store is a copy of the three database files. A
//! store that does not exist is made by the first write; reading creates nothing. Files and folders are made
//! for their owner alone, because records hold what functions answered.
//!
//! # Decisions
//! - **What survives what.** Every write survives the end of the process, by `kill -9` too, for it is in the
//!   write-ahead log when the method returns. A run's intent, its start, and a job also survive a loss of power: they
//!   are written with `synchronous=FULL`, which costs one `fdatasync`. A run's outcome is not worth the wait: if
//!   power is lost in the seconds before the system writes it out, the run shows as Unknown, which is true.
//! - **No checkpoint when a process ends.** The log stays and the next process reads it: cheaper by far than
//!   the syncs that SQLite's usual last checkpoint needs in every short command. SQLite still checkpoints
//!   whenever the log has grown to 250 pages.
//! - **One writer, many readers.** A thread takes all writes that wait into one transaction, so that any number of runs
//!   that begin at once wait for one sync. A write travels to it whole, a response without being copied; once it is queued
//!   it happens wholly, also when its caller is dropped. Readers have connections of their own and wait for nobody. Reading
//!   takes microseconds and is done in place: in a runtime of several threads the others go on by `block_in_place`, in
//!   one of a single thread the call blocks it, which is quicker than handing the work to another thread.
//! - **Claims and heartbeats change columns alone.** The record of a run is written by who makes its calls; who holds it,
//!   and until when, stands beside it.
//! - **Newer stores are left alone.** A database with more migrations than this build knows is refused before
//!   anything is written. A record of a newer version is refused by itself; lists go on without it.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod database;
mod failure;
mod jobs;
mod migrations;
mod responses;
mod retention;
mod run_query;
mod runner_lock;
mod runners;
mod runs;
mod store;
mod writer;

pub use store::{SqliteOptions, SqliteStore};
