//! Walks through the runs that have certain values, latest first.
//!
//! An index has a run for each combination of its first columns in the order of lists. So the walk takes the latest run
//! of any of the combinations that a filter allows, again and again: it reads no run of another combination, whatever
//! their number.

use crate::{columns::lossy_text, failure::Failure, listing::Listing};
use lamplight_domain::{ConnectionName, JobName, RunState};
use rusqlite::{OptionalExtension, Transaction, types::Value};
use std::collections::{BTreeSet, VecDeque};

/// An index of runs, by the columns before the start and the key.
#[derive(Debug, Clone, Copy)]
struct Index {
    name: &'static str,
    columns: &'static [&'static str],
}

const BY_REQUEST: Index = Index { name: "run_by_request", columns: &["request_id"] };
const BY_PARENT: Index = Index { name: "run_by_parent", columns: &["parent"] };
const BY_JOB: Index = Index { name: "run_by_job", columns: &["job", "connection", "state"] };
const BY_FUNCTION: Index = Index { name: "run_by_function", columns: &["function", "connection", "state"] };
const BY_CONNECTION: Index = Index { name: "run_by_connection", columns: &["connection", "state"] };
const BY_STATE: Index = Index { name: "run_by_state", columns: &["state"] };

impl Index {
    /// The condition that the first `count` columns have certain values. A connection may be missing.
    fn condition(self, count: usize) -> String {
        let equal = |(n, column): (usize, &&str)| {
            let operator = if *column == "connection" { "IS" } else { "=" };
            format!("{column} {operator} ?{}", n + 1)
        };
        self.columns.iter().enumerate().take(count).map(equal).collect::<Vec<_>>().join(" AND ")
    }

    /// The next value of a column, after the values of those before it.
    fn next_value(self, column: usize) -> String {
        let own = self.columns.get(column).copied().unwrap_or_default();
        let before = self.condition(column);
        let and = if before.is_empty() { "" } else { " AND " };
        let bound = column + 1;
        format!(
            "SELECT {own} FROM run INDEXED BY {} WHERE {before}{and}{own} > ?{bound} ORDER BY {own} LIMIT 1",
            self.name
        )
    }

    /// The next runs of one combination.
    fn next_runs(self) -> String {
        let count = self.columns.len();
        format!(
            "SELECT started_at, key, id FROM run INDEXED BY {} WHERE {} AND (started_at, key) < (?{}, ?{}) \
             AND started_at >= ?{} ORDER BY started_at DESC, key DESC LIMIT ?{}",
            self.name,
            self.condition(count),
            count + 1,
            count + 2,
            count + 3,
            count + 4
        )
    }
}

/// The place and the ID of a run.
type Found = (i64, String, i64);

/// The runs of one combination.
#[derive(Debug)]
struct Lane {
    values: Vec<Value>,
    next: VecDeque<Found>,
    /// Where to go on reading; `None` if everything was read.
    after: Option<(i64, String)>,
}

/// A walk through the runs that match the most selective conditions of a filter.
#[derive(Debug)]
pub(crate) struct Walk {
    sql: String,
    lanes: Vec<Lane>,
    since: i64,
    /// How many runs of a combination to read at once.
    chunk: usize,
}

/// Values that are allowed for a column; `None` for any.
type Allowed = Option<Vec<Value>>;

impl Walk {
    pub(crate) fn new(transaction: &Transaction<'_>, listing: &Listing<'_>) -> Result<Self, Failure> {
        let filter = listing.filter;
        let text = |text: &str| Value::Text(text.to_owned());
        let jobs = allowed(filter.job.as_ref(), filter.scope.jobs.as_ref());
        let jobs: Allowed =
            jobs.map(|names| names.into_iter().map(|name: &JobName| text(name.as_str())).collect());
        let connections = allowed(filter.connection.as_ref(), filter.scope.connections.as_ref());
        let connections: Allowed = connections
            .map(|names| names.into_iter().map(|name: &ConnectionName| text(name.as_str())).collect());
        let states: BTreeSet<&str> = filter.states.iter().map(|state: &RunState| state.as_str()).collect();
        let states: Allowed = (!states.is_empty()).then(|| states.into_iter().map(text).collect());
        let (index, values) = match (&filter.request_id, &filter.parent, &filter.function) {
            (Some(id), ..) => (BY_REQUEST, vec![Some(vec![text(id)])]),
            (_, Some(parent), _) => (BY_PARENT, vec![Some(vec![text(&parent.to_string())])]),
            _ if jobs.is_some() => (BY_JOB, vec![jobs, connections, states]),
            (_, _, Some(function)) => {
                (BY_FUNCTION, vec![Some(vec![text(function.as_str())]), connections, states])
            }
            _ if connections.is_some() => (BY_CONNECTION, vec![connections, states]),
            _ => (BY_STATE, vec![states]),
        };
        let mut combinations = vec![Vec::new()];
        for (column, allowed) in values.iter().enumerate() {
            let mut longer = Vec::new();
            for values in combinations {
                let own = match allowed {
                    Some(own) => own.clone(),
                    None => present(transaction, index, column, &values)?,
                };
                longer.extend(
                    own.into_iter().map(|own| values.iter().cloned().chain([own]).collect::<Vec<_>>()),
                );
            }
            combinations = longer;
        }
        // Enough for the whole page if all of its runs have the same values, and few if there are many combinations.
        let chunk = (2 * (listing.limit + 1)).div_ceil(combinations.len().max(1)).max(4);
        let lane = |values| Lane { values, next: VecDeque::new(), after: Some(listing.before.clone()) };
        let lanes = combinations.into_iter().map(lane).collect();
        Ok(Self { sql: index.next_runs(), lanes, since: listing.since, chunk })
    }

    /// The ID of the next run.
    pub(crate) fn next(&mut self, transaction: &Transaction<'_>) -> Result<Option<i64>, Failure> {
        for lane in &mut self.lanes {
            if lane.next.is_empty() {
                lane.read(transaction, &self.sql, self.since, self.chunk)?;
            }
        }
        self.lanes.retain(|lane| !lane.next.is_empty());
        let latest = self.lanes.iter_mut().max_by(|a, b| a.next.front().cmp(&b.next.front()));
        Ok(latest.and_then(|lane| lane.next.pop_front()).map(|(_, _, id)| id))
    }
}

impl Lane {
    /// Reads the next runs, if there are more.
    fn read(
        &mut self,
        transaction: &Transaction<'_>,
        sql: &str,
        since: i64,
        most: usize,
    ) -> Result<(), Failure> {
        let Some((started_at, key)) = self.after.take() else { return Ok(()) };
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let bounds =
            [Value::Integer(started_at), Value::Text(key), Value::Integer(since), Value::Integer(most)];
        let mut select = transaction.prepare_cached(sql)?;
        let mut rows = select.query(rusqlite::params_from_iter(self.values.iter().chain(&bounds)))?;
        while let Some(row) = rows.next()? {
            self.next.push_back((row.get(0)?, lossy_text(row, 1)?, row.get(2)?));
        }
        if i64::try_from(self.next.len()) == Ok(most) {
            self.after = self.next.back().map(|(started_at, key, _)| (*started_at, key.clone()));
        }
        Ok(())
    }
}

/// What a filter and a scope allow together; `None` for anything.
fn allowed<'a, T: Ord>(filter: Option<&'a T>, scope: Option<&'a BTreeSet<T>>) -> Option<Vec<&'a T>> {
    match (filter, scope) {
        (None, None) => None,
        (Some(own), scope) => {
            Some(if scope.is_none_or(|all| all.contains(own)) { vec![own] } else { Vec::new() })
        }
        (None, Some(all)) => Some(all.iter().collect()),
    }
}

/// The values that a column has in runs with these values in the columns before it.
fn present(
    transaction: &Transaction<'_>,
    index: Index,
    column: usize,
    before: &[Value],
) -> Result<Vec<Value>, Failure> {
    let is_connection = index.columns.get(column) == Some(&"connection");
    // Runs of old stores whose records cannot be read have no connection.
    let mut found = if is_connection { vec![Value::Null] } else { Vec::new() };
    let mut last = Value::Text(String::new());
    let mut select = transaction.prepare_cached(&index.next_value(column))?;
    loop {
        let values = rusqlite::params_from_iter(before.iter().chain([&last]));
        let Some(next) = select.query_row(values, |row| row.get::<_, Value>(0)).optional()? else { break };
        found.push(next.clone());
        last = next;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_query::plan;

    #[test]
    fn every_combination_is_a_range_of_an_index_in_the_order_of_lists() {
        for index in [BY_REQUEST, BY_PARENT, BY_JOB, BY_FUNCTION, BY_CONNECTION, BY_STATE] {
            let equal: Vec<_> = index.columns.iter().map(|column| format!("{column}=?")).collect();
            let found = plan(&index.next_runs());
            let covering = if index.name == "run_by_request" { "" } else { "COVERING " };
            let range = "started_at>? AND (started_at,key)<(?,?)";
            let expected = format!(
                "SEARCH run USING {covering}INDEX {} ({} AND {range})",
                index.name,
                equal.join(" AND ")
            );
            // Request IDs are unique except by accident, so there is almost nothing to sort.
            if index.name == "run_by_request" {
                assert!(found.starts_with("SEARCH run USING INDEX run_by_request (request_id=?)"), "{found}");
            } else {
                assert_eq!(found, expected);
            }
            for (column, name) in index.columns.iter().enumerate() {
                let found = plan(&index.next_value(column));
                assert!(found.contains(&format!("COVERING INDEX {}", index.name)), "{found}");
                assert!(found.contains(&format!("{name}>?")) && !found.contains("TEMP B-TREE"), "{found}");
            }
        }
    }
}
