//! The text of runs and jobs, to search.
//!
//! The row of a run in the index is its place: the start in microseconds, times [`SLOTS`], plus a number that
//! distinguishes runs of the same microsecond. So the index returns what it finds in the order of lists, and a page needs
//! no more than its own runs. Conditions on names and on states that need a look are words of the search, too: nothing
//! else is read.

use crate::{columns::to_integer, failure::Failure, listing::Listing};
use lamplight_domain::{ConnectionName, FunctionName, Job, JobName, RunState, Status};
use lamplight_ports::{RunText, SearchWords};
use rusqlite::{Transaction, params};
use std::collections::BTreeSet;

/// How many runs of one microsecond can be searched.
const SLOTS: i64 = 1024;

/// How many words a beginning may stand for. If there are more, the index looks for the beginning.
const MOST_WORDS: usize = 64;

/// How many names a scope may have to become a part of the search. More of them are compared afterwards.
const MOST_NAMES: usize = 100;

const LAST_PLACE: &str = "SELECT max(place) FROM run WHERE place >= ?1 AND place < ?1 + 1024";
const INSERT: &str = "INSERT INTO run_text (rowid, key, job, function, connection, error, state) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const DELETE: &str = "DELETE FROM run_text WHERE rowid = ?1";
const SEARCH: &str =
    "SELECT rowid FROM run_text WHERE run_text MATCH ?1 AND rowid < ?2 AND rowid >= ?3 ORDER BY rowid DESC";
const ADD_WORD: &str = "INSERT INTO word (word) VALUES (?1) ON CONFLICT DO NOTHING";
const WORDS: &str =
    "SELECT word FROM word WHERE word >= ?1 AND word < ?1 || char(0x10FFFF) ORDER BY word LIMIT ?2";
const INSERT_JOB: &str = "INSERT INTO job_text (rowid, name, function, description) VALUES (?1, ?2, ?3, ?4)";
const DELETE_JOB: &str = "DELETE FROM job_text WHERE rowid = ?1";

/// A free place for a run that started at this time; `None` in the far future, or if the places of the microsecond are
/// taken. Such a run is not found by its text.
pub(crate) fn free_place(transaction: &Transaction<'_>, started_at: i64) -> Result<Option<i64>, Failure> {
    let Some(first) = started_at.checked_mul(SLOTS).filter(|first| first.checked_add(SLOTS).is_some()) else {
        return Ok(None);
    };
    let last: Option<i64> = transaction.prepare_cached(LAST_PLACE)?.query_row([first], |row| row.get(0))?;
    Ok(match last {
        None => Some(first),
        Some(last) => Some(last + 1).filter(|next| *next < first + SLOTS),
    })
}

/// Adds the text of a run.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    place: i64,
    text: &RunText,
    state: RunState,
) -> Result<(), Failure> {
    let RunText { key, job, function, connection, error } = text;
    let values = params![place, key, job, function, connection, error, trouble(state)];
    transaction.prepare_cached(INSERT)?.execute(values)?;
    Ok(())
}

/// Adds words that can be searched.
pub(crate) fn add_words(transaction: &Transaction<'_>, words: &BTreeSet<String>) -> Result<(), Failure> {
    let mut insert = transaction.prepare_cached(ADD_WORD)?;
    for word in words {
        insert.execute([word])?;
    }
    Ok(())
}

/// Removes the text of a run.
pub(crate) fn remove(transaction: &Transaction<'_>, place: i64) -> Result<(), Failure> {
    transaction.prepare_cached(DELETE)?.execute([place])?;
    Ok(())
}

/// The word for a state that needs a look; empty for all others, whose runs are not indexed again when they end.
pub(crate) fn trouble(state: RunState) -> &'static str {
    match (state.is_final(), state.status()) {
        (true, Status::Failed | Status::Unknown) => match state {
            RunState::FunctionFailed => "failed",
            other => other.as_str(),
        },
        _ => "",
    }
}

/// Replaces the text of a job.
pub(crate) fn replace_job(transaction: &Transaction<'_>, id: i64, job: &Job) -> Result<(), Failure> {
    transaction.prepare_cached(DELETE_JOB)?.execute([id])?;
    let values = params![id, job.name.as_str(), job.function.name.as_str(), job.description];
    transaction.prepare_cached(INSERT_JOB)?.execute(values)?;
    Ok(())
}

/// The search for jobs with these words.
pub(crate) fn job_query(words: &SearchWords) -> String {
    all(words.words().iter().map(|word| format!("{} *", phrase(word))))
}

/// Calls `visit` with the places of the runs that a search finds, latest first, until it returns `false`. It looks at all
/// words of the filter, and at its other conditions as far as they are words.
pub(crate) fn search(
    transaction: &Transaction<'_>,
    listing: &Listing<'_>,
    mut visit: impl FnMut(i64) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    // The runs of the marker's microsecond that come after it in the list have places beside its own.
    let end = listing.before.0.saturating_add(1).saturating_mul(SLOTS);
    let since = listing.since.saturating_mul(SLOTS);
    let Some(query) = query(transaction, listing)? else { return Ok(()) };
    let mut select = transaction.prepare_cached(SEARCH)?;
    let mut rows = select.query(params![query, end, since])?;
    while let Some(row) = rows.next()? {
        if !visit(row.get(0)?)? {
            break;
        }
    }
    Ok(())
}

/// The start of a run at this place, in microseconds.
pub(crate) fn start_of(place: i64) -> i64 {
    place.div_euclid(SLOTS)
}

/// The search for the words; `None` if there is no run with one of them.
fn word_query(transaction: &Transaction<'_>, word: &[String]) -> Result<Option<String>, Failure> {
    let Some((last, before)) = word.split_last() else { return Ok(None) };
    let mut select = transaction.prepare_cached(WORDS)?;
    let found =
        select.query_map(params![last, to_integer(MOST_WORDS as u64 + 1)], |row| row.get::<_, String>(0))?;
    let found = found.collect::<Result<Vec<_>, _>>()?;
    let mut either: Vec<String> = if found.len() > MOST_WORDS {
        vec![format!("{} *", phrase(word))]
    } else {
        found.into_iter().map(|end| phrase(&[before, &[end]].concat())).collect()
    };
    either = either.into_iter().map(|text| format!("{{job function connection error}} : {text}")).collect();
    either.extend(SearchWords::key_prefix(word).map(|prefix| format!("key : {} *", phrase(&[prefix]))));
    Ok((!either.is_empty()).then(|| format!("({})", either.join(" OR "))))
}

/// The search for the runs of a list; `None` if there are none.
fn query(transaction: &Transaction<'_>, listing: &Listing<'_>) -> Result<Option<String>, Failure> {
    let filter = listing.filter;
    let mut conditions = Vec::new();
    for word in listing.words.words() {
        let Some(condition) = word_query(transaction, word)? else { return Ok(None) };
        conditions.push(condition);
    }
    let mut add = |column: &str, names: Vec<&str>| {
        let parts: Vec<Vec<String>> =
            names.iter().filter_map(|name| SearchWords::parse(name).words().first().cloned()).collect();
        // A name without letters and digits has no words.
        if parts.len() == names.len() && (1..=MOST_NAMES).contains(&names.len()) {
            let names: Vec<_> = parts.iter().map(|parts| format!("{column} : {}", phrase(parts))).collect();
            conditions.push(format!("({})", names.join(" OR ")));
        }
    };
    add("function", filter.function.iter().map(FunctionName::as_str).collect());
    match (&filter.job, &filter.scope.jobs) {
        (Some(job), _) => add("job", vec![job.as_str()]),
        (None, jobs) => add("job", jobs.iter().flatten().map(JobName::as_str).collect()),
    }
    match (&filter.connection, &filter.scope.connections) {
        (Some(name), _) => add("connection", vec![name.as_str()]),
        (None, names) => add("connection", names.iter().flatten().map(ConnectionName::as_str).collect()),
    }
    let states: Vec<&str> = filter.states.iter().map(|state| trouble(*state)).collect();
    if !states.is_empty() && states.iter().all(|word| !word.is_empty()) {
        add("state", states);
    } else if !states.is_empty() && states.iter().all(|word| word.is_empty()) {
        let troubles = RunState::ALL.map(trouble).into_iter().filter(|word| !word.is_empty());
        let troubles: Vec<_> =
            troubles.map(|word| format!("state : {}", phrase(&[word.to_owned()]))).collect();
        return Ok(Some(format!("({}) NOT ({})", all(conditions), troubles.join(" OR "))));
    }
    Ok(Some(all(conditions)))
}

fn all(conditions: impl IntoIterator<Item = String>) -> String {
    conditions.into_iter().collect::<Vec<_>>().join(" AND ")
}

/// Parts that follow each other. They consist of letters and digits, so nothing has to be escaped.
fn phrase(parts: &[String]) -> String {
    format!("\"{}\"", parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_query::plan;

    #[test]
    fn a_search_returns_runs_in_the_order_of_lists_without_sorting() {
        let plan = plan(SEARCH);
        assert!(
            plan.starts_with("SCAN run_text VIRTUAL TABLE INDEX") && !plan.contains("TEMP B-TREE"),
            "{plan}"
        );
    }

    #[test]
    fn finding_a_place_reads_one_entry_of_the_index() {
        assert_eq!(plan(LAST_PLACE), "SEARCH run USING COVERING INDEX run_by_place (place>? AND place<?)");
        assert_eq!(SLOTS, 1024, "as the query says");
    }

    #[test]
    fn the_words_that_begin_with_a_text_are_a_range() {
        assert_eq!(plan(WORDS), "SEARCH word USING PRIMARY KEY (word>? AND word<?)");
    }
}
