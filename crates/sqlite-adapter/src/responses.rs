//! Responses, stored in parts beside their runs.

use crate::failure::{self, Failure};
use lamplight_domain::RunKey;
use rusqlite::{OptionalExtension, Transaction, params};

/// The size of a part in bytes. SQLite holds two copies of a part while it writes it.
const PART: usize = 256 * 1024;

/// Replaces the stored response of the run.
pub(crate) fn replace(transaction: &Transaction<'_>, run: i64, response: &[u8]) -> Result<(), Failure> {
    transaction.prepare_cached("DELETE FROM response_part WHERE run = ?1")?.execute([run])?;
    let size = i64::try_from(response.len()).unwrap_or(i64::MAX);
    transaction.prepare_cached("UPDATE run SET response_bytes = ?2 WHERE id = ?1")?.execute([run, size])?;
    let mut insert =
        transaction.prepare_cached("INSERT INTO response_part (run, part, bytes) VALUES (?1, ?2, ?3)")?;
    for (part, bytes) in (0_i64..).zip(response.chunks(PART)) {
        insert.execute(params![run, part, bytes])?;
    }
    Ok(())
}

/// Reads the response of the run; `None` if none is stored.
pub(crate) fn read(transaction: &Transaction<'_>, key: &RunKey) -> Result<Option<Vec<u8>>, Failure> {
    let sql = "SELECT id, response_bytes FROM run WHERE key = ?1 AND response_bytes IS NOT NULL";
    let kept: Option<(i64, i64)> =
        transaction.query_row(sql, [key.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((run, size)) = kept else { return Ok(None) };
    let size = usize::try_from(size).unwrap_or_default();
    let mut response = Vec::with_capacity(size);
    let mut select = transaction.prepare("SELECT bytes FROM response_part WHERE run = ?1 ORDER BY part")?;
    let mut rows = select.query([run])?;
    while let Some(row) = rows.next()? {
        response.extend_from_slice(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?);
    }
    if response.len() == size { Ok(Some(response)) } else { Err(failure::incomplete_response(key).into()) }
}
