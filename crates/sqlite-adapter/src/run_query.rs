//! Lists of runs, one page at a time; the filter decides which index is used.

use crate::failure::Failure;
use lamplight_domain::{RunKey, RunState, Timestamp};
use lamplight_ports::{Page, PageRequest, PortError, RunFilter, RunPlace, RunSummary};
use rusqlite::{Row, Transaction, types::Value};
use std::{fmt::Write, str::FromStr};

/// The query for one page.
pub(crate) struct Listing {
    sql: String,
    values: Vec<Value>,
    limit: usize,
}

impl Listing {
    /// Builds a query with only the conditions of the filter, so that SQLite can choose the index for them.
    pub(crate) fn new(filter: &RunFilter, page: &PageRequest) -> Result<Self, PortError> {
        let RunFilter { job, function, connection, parent, state, since, before } = filter;
        let text = |text: &str| Value::Text(text.to_owned());
        let mut conditions: Vec<(&str, Vec<Value>)> = Vec::new();
        conditions.extend(job.as_ref().map(|job| ("job = ?", vec![text(job.as_str())])));
        conditions.extend(function.as_ref().map(|name| ("function = ?", vec![text(name.as_str())])));
        conditions.extend(connection.as_ref().map(|name| ("connection = ?", vec![text(name.as_str())])));
        conditions.extend(parent.as_ref().map(|parent| ("parent = ?", vec![text(&parent.to_string())])));
        conditions.extend(state.map(|state| ("state = ?", vec![text(state.as_str())])));
        let micros = |time: Timestamp| vec![Value::Integer(time.as_microsecond())];
        conditions.extend(since.map(|time| ("started_at >= ?", micros(time))));
        conditions.extend(before.map(|time| ("started_at < ?", micros(time))));
        if let Some(marker) = &page.marker {
            let place = RunPlace::from_marker(marker)?;
            let values = vec![Value::Integer(place.started_at), text(place.key.as_str())];
            conditions.push(("(started_at, key) < (?, ?)", values));
        }
        let mut sql =
            "SELECT key, job, function, request_id, state, started_at, ended_at FROM run".to_owned();
        for (index, (condition, _)) in conditions.iter().enumerate() {
            // Writing into a string cannot fail.
            let _ = write!(sql, " {} {condition}", if index == 0 { "WHERE" } else { "AND" });
        }
        sql.push_str(" ORDER BY started_at DESC, key DESC LIMIT ?");
        let mut values: Vec<Value> = conditions.into_iter().flat_map(|(_, values)| values).collect();
        let limit = page.limit();
        // One extra row shows whether there is a next page.
        values.push(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)));
        Ok(Self { sql, values, limit })
    }
}

/// Runs the query.
pub(crate) fn list(transaction: &Transaction<'_>, listing: &Listing) -> Result<Page<RunSummary>, Failure> {
    let mut select = transaction.prepare(&listing.sql)?;
    let mut rows = select.query(rusqlite::params_from_iter(&listing.values))?;
    let mut page = Page { items: Vec::new(), next_marker: None };
    let (mut seen, mut last) = (0, None);
    while let Some(row) = rows.next()? {
        if seen == listing.limit {
            page.next_marker = last;
            break;
        }
        seen += 1;
        // The marker is made from the columns, so a run that cannot be read does not end the list.
        last = Some(format!("{}.{}", row.get::<_, i64>(5)?, row.get_ref(0)?.as_str().unwrap_or_default()));
        match summary(row)? {
            Some(run) => page.items.push(run),
            None => warn_left_out(row.get_ref(0)?.as_str().unwrap_or_default(), "cannot be read"),
        }
    }
    Ok(page)
}

/// The row as a list shows it; `None` if a newer build has written a value that this build does not know.
fn summary(row: &Row<'_>) -> Result<Option<RunSummary>, rusqlite::Error> {
    fn name<T: FromStr>(row: &Row<'_>, column: usize) -> Result<Option<T>, rusqlite::Error> {
        Ok(row.get_ref(column)?.as_str_or_null()?.and_then(|text| text.parse().ok()))
    }
    let time = |micros: i64| Timestamp::from_microsecond(micros).ok();
    let state: String = row.get(4)?;
    let state = RunState::ALL.into_iter().find(|known| known.as_str() == state);
    let (Some(key), Some(function), Some(state), Some(started_at)) =
        (name::<RunKey>(row, 0)?, name(row, 2)?, state, time(row.get(5)?))
    else {
        return Ok(None);
    };
    Ok(Some(RunSummary {
        key,
        job: name(row, 1)?,
        function,
        request_id: row.get(3)?,
        state,
        started_at,
        ended_at: row.get::<_, Option<i64>>(6)?.and_then(time),
    }))
}

pub(crate) fn warn_left_out(key: &str, reason: &str) {
    tracing::warn!(run.key = key, reason, "skipped a run that cannot be read");
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
            (RunFilter { state: Some(RunState::Unknown), ..all() }, "INDEX run_by_state (state=?"),
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
