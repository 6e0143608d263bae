//! One transaction of the writer, with what is written at its end.
//!
//! Counts, the text index and the number of the latest change are the same for many runs of a transaction: written once
//! at its end, they cost a fraction. The text index is also written to disk with each savepoint, and SQLite sets one for
//! each statement that has a trigger.

use crate::{
    failure::Failure,
    rollups::{self, Move},
    run_text,
};
use lamplight_domain::RunState;
use lamplight_ports::RunText;
use rusqlite::Transaction;
use std::{cell::RefCell, ops::Deref};

/// The number of the latest change.
pub(crate) const LAST_CHANGE: &str = "SELECT number FROM last_change";
const SET_LAST_CHANGE: &str = "UPDATE last_change SET number = ?1";

/// A transaction that writes. The other writers wait until it ends, so what it has read stays true.
#[derive(Debug)]
pub(crate) struct Writing<'a> {
    transaction: &'a Transaction<'a>,
    later: RefCell<Later>,
}

/// What is written at the end of the transaction.
#[derive(Debug, Default)]
struct Later {
    last_change: Option<i64>,
    moves: Vec<Move>,
    texts: Vec<RowText>,
}

/// The text of a run at a place.
#[derive(Debug)]
struct RowText {
    place: i64,
    text: RunText,
    state: RunState,
    replaces: bool,
}

/// A point in a transaction to which it can return, if the database has not changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    changes: u64,
    last_change: Option<i64>,
    moves: usize,
    texts: usize,
}

impl<'a> Deref for Writing<'a> {
    type Target = Transaction<'a>;

    fn deref(&self) -> &Transaction<'a> {
        self.transaction
    }
}

impl<'a> Writing<'a> {
    pub(crate) fn new(transaction: &'a Transaction<'a>) -> Self {
        Self { transaction, later: RefCell::default() }
    }

    /// The number of the next change.
    pub(crate) fn next_change(&self) -> Result<i64, Failure> {
        let known = self.later.borrow().last_change;
        let last: i64 = match known {
            Some(last) => last,
            None => self.prepare_cached(LAST_CHANGE)?.query_row([], |row| row.get(0))?,
        };
        self.later.borrow_mut().last_change = Some(last + 1);
        Ok(last + 1)
    }

    /// Counts the outcome of a run.
    pub(crate) fn count(&self, outcome: Move) {
        self.later.borrow_mut().moves.push(outcome);
    }

    /// Adds or replaces the text of a run.
    pub(crate) fn index(&self, place: i64, text: &RunText, state: RunState, replaces: bool) {
        self.later.borrow_mut().texts.push(RowText { place, text: text.clone(), state, replaces });
    }

    /// Writes what was left for the end.
    pub(crate) fn finish(&self) -> Result<(), Failure> {
        let Later { last_change, moves, texts } = self.later.take();
        rollups::write(self, &moves)?;
        run_text::add_words(self, &texts.iter().flat_map(|text| text.text.parts()).collect())?;
        for RowText { place, text, state, replaces } in &texts {
            if *replaces {
                run_text::remove(self, *place)?;
            }
            run_text::insert(self, *place, text, *state)?;
        }
        if let Some(last) = last_change {
            self.prepare_cached(SET_LAST_CHANGE)?.execute([last])?;
        }
        Ok(())
    }

    pub(crate) fn mark(&self) -> Mark {
        let later = self.later.borrow();
        Mark {
            changes: self.total_changes(),
            last_change: later.last_change,
            moves: later.moves.len(),
            texts: later.texts.len(),
        }
    }

    /// Returns to a mark; `false` if the database has changed since, so that only a rollback can do it.
    pub(crate) fn return_to(&self, mark: Mark) -> bool {
        let later = &mut *self.later.borrow_mut();
        later.last_change = mark.last_change;
        later.moves.truncate(mark.moves);
        later.texts.truncate(mark.texts);
        // A severe error has rolled back the whole transaction.
        !self.is_autocommit() && self.total_changes() == mark.changes
    }
}
