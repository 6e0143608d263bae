//! Lists of runs, one page at a time; the filter decides which index is used.

use crate::failure::Failure;
use lamplight_domain::{RunKey, RunState, Timestamp};
use lamplight_ports::{Damaged, PageRequest, PortError, RunFilter, RunPlace, RunSummary, StoredPage};
use rusqlite::{
    Row, Transaction,
    types::{Value, ValueRef},
};
use std::{
    fmt::{Display, Write},
    str::FromStr,
};

/// The query for one page.
pub(crate) struct Listing {
    sql: String,
    values: Vec<Value>,
    limit: usize,
}

impl Listing {
    /// Builds a query with only the conditions of the filter, so that SQLite can choose the index for them.
    pub(crate) fn new(filter: &RunFilter, page: &PageRequest) -> Result<Self, PortError> {
        let RunFilter { job, function, request_id, connection, parent, states, since, before } = filter;
        let text = |text: &str| Value::Text(text.to_owned());
        let any_state = format!("state IN ({})", vec!["?"; states.len()].join(", "));
        let mut conditions: Vec<(&str, Vec<Value>)> = Vec::new();
        conditions.extend(job.as_ref().map(|job| ("job = ?", vec![text(job.as_str())])));
        conditions.extend(function.as_ref().map(|name| ("function = ?", vec![text(name.as_str())])));
        conditions.extend(request_id.as_ref().map(|id| ("request_id = ?", vec![text(id)])));
        conditions.extend(connection.as_ref().map(|name| ("connection = ?", vec![text(name.as_str())])));
        conditions.extend(parent.as_ref().map(|parent| ("parent = ?", vec![text(&parent.to_string())])));
        match states.as_slice() {
            [] => {}
            // With one state, the index also gives the order.
            [state] => conditions.push(("state = ?", vec![text(state.as_str())])),
            several => {
                conditions.push((&any_state, several.iter().map(|state| text(state.as_str())).collect()));
            }
        }
        let micros = |time: Timestamp| vec![Value::Integer(time.as_microsecond())];
        conditions.extend(since.map(|time| ("started_at >= ?", micros(time))));
        conditions.extend(before.map(|time| ("started_at < ?", micros(time))));
        if let Some(marker) = &page.marker {
            let place = RunPlace::from_marker(marker)?;
            let values = vec![Value::Integer(place.started_at), text(place.key.as_str())];
            conditions.push(("(started_at, key) < (?, ?)", values));
        }
        let mut sql = "SELECT key, job, function, request_id, state, started_at, ended_at, connection, \
            invocation_type FROM run"
            .to_owned();
        for (index, (condition, _)) in conditions.iter().enumerate() {
            // Writing into a string cannot fail.
            let _ = write!(sql, " {} {condition}", if index == 0 { "WHERE" } else { "AND" });
        }
        // The rows are read one by one in the order of an index, so a limit would save nothing.
        sql.push_str(" ORDER BY started_at DESC, key DESC");
        let values: Vec<Value> = conditions.into_iter().flat_map(|(_, values)| values).collect();
        Ok(Self { sql, values, limit: page.limit() })
    }
}

/// Runs the query.
pub(crate) fn list(
    transaction: &Transaction<'_>,
    listing: &Listing,
) -> Result<StoredPage<RunSummary>, Failure> {
    let mut select = transaction.prepare(&listing.sql)?;
    let mut rows = select.query(rusqlite::params_from_iter(&listing.values))?;
    let mut page = StoredPage::default();
    let mut last: Option<RunPlace> = None;
    while let Some(row) = rows.next()? {
        if page.items.len() == listing.limit {
            page.next_marker = last.map(|place| place.to_string());
            break;
        }
        match summary(row) {
            Ok(run) => {
                last = Some(RunPlace::new(run.started_at, run.key.clone()));
                page.items.push(run);
            }
            Err(reason) => page.damaged.push(Damaged { name: lossy_text(row, 0)?, reason }),
        }
    }
    Ok(page)
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

/// The text of a column, with a substitute for what is not valid text.
pub(crate) fn lossy_text(row: &Row<'_>, column: usize) -> Result<String, rusqlite::Error> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => String::new(),
    })
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
    use lamplight_domain::ParentId;

    #[test]
    fn every_list_walks_an_index_in_its_order_and_sorts_nothing() {
        let all = RunFilter::default;
        let time = Some(Timestamp::UNIX_EPOCH);
        let parent = Some(ParentId::MapRun("m".to_owned()));
        for (filter, index) in [
            (all(), "COVERING INDEX run_by_start"),
            (RunFilter { since: time, before: time, ..all() }, "COVERING INDEX run_by_start"),
            (RunFilter { connection: Some("c".parse().unwrap()), ..all() }, "COVERING INDEX run_by_start"),
            (RunFilter { job: Some("j".parse().unwrap()), ..all() }, "INDEX run_by_job (job=?"),
            (
                RunFilter { function: Some("f".parse().unwrap()), ..all() },
                "INDEX run_by_function (function=?",
            ),
            (RunFilter { states: vec![RunState::Unknown], ..all() }, "INDEX run_by_state (state=?"),
            (RunFilter { parent, since: time, ..all() }, "INDEX run_by_parent (parent=?"),
        ] {
            for marker in [None, Some("7.abc".to_owned())] {
                let listing = Listing::new(&filter, &PageRequest { marker, size: 10 }).unwrap();
                let plan = plan(&listing.sql);
                assert!(plan.contains(index), "{}: {plan}", listing.sql);
                assert!(!plan.contains("TEMP B-TREE"), "{}: {plan}", listing.sql);
            }
        }
    }
}
