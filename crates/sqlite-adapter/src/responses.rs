//! Responses, kept in parts beside their runs.

use crate::failure::Failure;
use rusqlite::{Transaction, params};

/// The size of a part in bytes: SQLite holds two copies of one while it writes it.
const PART: usize = 256 * 1024;

/// Puts `response` in the place of what was kept of the run.
pub(crate) fn replace(
    transaction: &Transaction<'_>,
    run: i64,
    response: Option<&[u8]>,
) -> Result<(), Failure> {
    transaction.execute("DELETE FROM response_part WHERE run = ?1", [run])?;
    append(transaction, run, response)
}

/// Keeps `response` of a run that has none.
pub(crate) fn append(
    transaction: &Transaction<'_>,
    run: i64,
    response: Option<&[u8]>,
) -> Result<(), Failure> {
    let Some(response) = response.filter(|response| !response.is_empty()) else { return Ok(()) };
    let mut insert =
        transaction.prepare("INSERT INTO response_part (run, part, bytes) VALUES (?1, ?2, ?3)")?;
    for (part, bytes) in (0_i64..).zip(response.chunks(PART)) {
        insert.execute(params![run, part, bytes])?;
    }
    Ok(())
}

/// Reads the response of `size` bytes that is kept of the run; `None` where parts are missing.
pub(crate) fn read(transaction: &Transaction<'_>, run: i64, size: usize) -> Result<Option<Vec<u8>>, Failure> {
    let mut response = Vec::with_capacity(size);
    let mut select = transaction.prepare("SELECT bytes FROM response_part WHERE run = ?1 ORDER BY part")?;
    let mut rows = select.query([run])?;
    while let Some(row) = rows.next()? {
        response.extend_from_slice(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?);
    }
    Ok((response.len() == size).then_some(response))
}
