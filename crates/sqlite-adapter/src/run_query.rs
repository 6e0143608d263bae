//! Lists of runs, one page at a time. The filter decides how the runs are found: by the text index, by prefixes of an
//! index, or in the order of all runs. No way reads more than its page, and what else the filter excludes there.

use crate::{columns::lossy_text, failure::Failure, listing::Listing, run_text, run_walk::Walk};
use lamplight_domain::{RunKey, RunState, Timestamp};
use lamplight_ports::{Damaged, RunPlace, RunSummary, StoredPage};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::{fmt::Display, str::FromStr};

/// The columns that [`summary`] reads, and others.
macro_rules! select_summary {
    ($rest:literal) => {
        concat!(
            "SELECT key, job, function, request_id, state, started_at, ended_at, connection, invocation_type",
            $rest
        )
    };
}

/// The index holds everything that is read here.
const ALL: &str = select_summary!(
    " FROM run WHERE (started_at, key) < (?1, ?2) AND started_at >= ?3 ORDER BY started_at DESC, key DESC"
);
const BY_ID: &str = select_summary!(", parent FROM run WHERE id = ?1");
const BY_PLACE: &str = select_summary!(", parent FROM run WHERE place = ?1");
const KEY_BY_PLACE: &str = "SELECT key FROM run WHERE place = ?1";
const CHANGED: &str = select_summary!(", change FROM run WHERE change > ?1 ORDER BY change LIMIT ?2");

/// A page that is being filled.
struct PageBuilder<'a> {
    listing: &'a Listing<'a>,
    page: StoredPage<RunSummary>,
    last: Option<RunPlace>,
}

impl<'a> PageBuilder<'a> {
    fn new(listing: &'a Listing<'a>) -> Self {
        Self { listing, page: StoredPage::default(), last: None }
    }

    /// Adds the next run, if it matches; `false` if the page was full already.
    fn add(&mut self, row: &Row<'_>, parent: Option<usize>) -> Result<bool, Failure> {
        match summary(row) {
            Ok(run) => {
                let parent: Option<String> = parent.map(|column| row.get(column)).transpose()?.flatten();
                if self.listing.matches(&run, parent.as_deref()) {
                    if self.page.items.len() == self.listing.limit {
                        self.page.next_marker = self.last.take().map(|place| place.to_string());
                        return Ok(false);
                    }
                    self.last = Some(RunPlace::new(run.started_at, run.key.clone()));
                    self.page.items.push(run);
                }
            }
            // Whether it is in a scope cannot be read.
            Err(reason) if self.listing.filter.scope.is_unlimited() => {
                if self.page.items.len() < self.listing.limit {
                    self.page.damaged.push(Damaged { name: lossy_text(row, 0)?, reason });
                }
            }
            Err(_) => {}
        }
        Ok(true)
    }
}

/// Reads a page.
pub(crate) fn list(
    transaction: &Transaction<'_>,
    listing: &Listing<'_>,
) -> Result<StoredPage<RunSummary>, Failure> {
    let mut page = PageBuilder::new(listing);
    if listing.has_no_condition() {
        let mut select = transaction.prepare_cached(ALL)?;
        let mut rows = select.query(params![listing.before.0, listing.before.1, listing.since])?;
        while let Some(row) = rows.next()? {
            if !page.add(row, None)? {
                break;
            }
        }
    } else if listing.words.words().is_empty() || listing.is_of_open_runs() {
        let mut select = transaction.prepare_cached(BY_ID)?;
        let mut walk = Walk::new(transaction, listing)?;
        while let Some(id) = walk.next(transaction)? {
            let mut rows = select.query([id])?;
            if let Some(row) = rows.next()?
                && !page.add(row, Some(9))?
            {
                break;
            }
        }
    } else {
        list_found(transaction, &mut page)?;
    }
    Ok(page.page)
}

/// Lists what a search finds. It finds runs in the order of their starts; those of one microsecond are sorted here.
fn list_found(transaction: &Transaction<'_>, page: &mut PageBuilder<'_>) -> Result<(), Failure> {
    let listing = page.listing;
    let mut same: Vec<(String, i64)> = Vec::new();
    let mut start = None;
    run_text::search(transaction, listing, |place| {
        let own = run_text::start_of(place);
        if start.replace(own) != Some(own) && !add_sorted(transaction, page, &mut same)? {
            return Ok(false);
        }
        let key = transaction.prepare_cached(KEY_BY_PLACE)?.query_row([place], |row| lossy_text(row, 0));
        let key = key.optional()?.unwrap_or_default();
        if (own, key.as_str()) < (listing.before.0, listing.before.1.as_str()) {
            same.push((key, place));
        }
        Ok(true)
    })?;
    add_sorted(transaction, page, &mut same)?;
    Ok(())
}

/// Adds the runs with these keys and places, the last key first; `false` if the page was full already.
fn add_sorted(
    transaction: &Transaction<'_>,
    page: &mut PageBuilder<'_>,
    runs: &mut Vec<(String, i64)>,
) -> Result<bool, Failure> {
    runs.sort_by(|a, b| b.cmp(a));
    for (_, place) in runs.drain(..) {
        let mut select = transaction.prepare_cached(BY_PLACE)?;
        let mut rows = select.query([place])?;
        if let Some(row) = rows.next()?
            && !page.add(row, Some(9))?
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The runs that were changed after a change, in the order of their latest changes. Those that cannot be read are left
/// out.
pub(crate) fn changes(
    transaction: &Transaction<'_>,
    after: i64,
    most: u32,
) -> Result<Vec<(i64, RunSummary)>, Failure> {
    let mut select = transaction.prepare_cached(CHANGED)?;
    let mut rows = select.query(params![after, most])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if let Ok(run) = summary(row) {
            found.push((row.get(9)?, run));
        }
    }
    Ok(found)
}

/// The row as a list shows it, or why it cannot be read: it is damaged, or a newer build has written a value that this
/// build does not know.
fn summary(row: &Row<'_>) -> Result<RunSummary, String> {
    let time = |column: usize| -> Result<Option<Timestamp>, String> {
        let micros: Option<i64> = row.get(column).map_err(|error| error.to_string())?;
        let time =
            micros.map(|micros| Timestamp::from_microsecond(micros).map_err(|error| error.to_string()));
        time.transpose()
    };
    let missing = |what: &str| format!("it has no {what}");
    let state: String = row.get(4).map_err(|error| error.to_string())?;
    let state = RunState::ALL.into_iter().find(|known| known.as_str() == state);
    Ok(RunSummary {
        key: parse::<RunKey>(row, 0)?.ok_or_else(|| missing("key"))?,
        job: parse(row, 1)?,
        function: parse(row, 2)?.ok_or_else(|| missing("function"))?,
        request_id: row.get(3).map_err(|error| error.to_string())?,
        state: state.ok_or("its state is not known to this build")?,
        started_at: time(5)?.ok_or_else(|| missing("start time"))?,
        ended_at: time(6)?,
        connection: parse(row, 7)?,
        invocation_type: parse(row, 8)?,
    })
}

/// The value of a column that may be empty.
fn parse<T>(row: &Row<'_>, column: usize) -> Result<Option<T>, String>
where
    T: FromStr,
    T::Err: Display,
{
    let text: Option<String> = row.get(column).map_err(|error| error.to_string())?;
    text.map(|text| text.parse().map_err(|error: T::Err| error.to_string())).transpose()
}

/// SQLite's query plan, one step per line.
#[cfg(test)]
pub(crate) fn plan(sql: &str) -> String {
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    crate::migrations::fill(&mut connection).unwrap();
    let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let none = vec![rusqlite::types::Null; explain.parameter_count()];
    let steps = explain.query_map(rusqlite::params_from_iter(none), |row| row.get::<_, String>(3)).unwrap();
    steps.map(Result::unwrap).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_walks_an_index_in_its_order_and_sorts_nothing() {
        for (sql, expected) in [
            (ALL, "SEARCH run USING COVERING INDEX run_by_start (started_at>? AND (started_at,key)<(?,?))"),
            (BY_ID, "SEARCH run USING INTEGER PRIMARY KEY (rowid=?)"),
            (BY_PLACE, "SEARCH run USING INDEX run_by_place (place=?)"),
            (CHANGED, "SEARCH run USING INDEX run_by_change (change>?)"),
        ] {
            assert_eq!(plan(sql), expected, "{sql}");
        }
    }
}
