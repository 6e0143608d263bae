//! Tokens, sessions, links to sign in, and the audit log.

use crate::{
    SqliteStore,
    columns::to_integer,
    database::Survives,
    failure::{self, Failure},
    writer::Needs,
    writing::Writing,
};
use async_trait::async_trait;
use lamplight_domain::{Actor, ApiToken, Role, Scope, SecretHash, StartedBy, Timestamp, TokenId};
use lamplight_ports::{
    AccessStore, AuditEntry, AuditFilter, PageRequest, PortError, Session, StoredPage, invalid_marker,
};
use rusqlite::{OptionalExtension, Row, params, types::Type};
use std::{error::Error, str::FromStr};

const ADD_TOKEN: &str = "INSERT INTO token (id, hash, name, role, scope, created_by, created_at, expires_at, \
    last_used_at, revoked_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING";
const TOKEN: &str = "SELECT id, hash, name, role, scope, created_by, created_at, expires_at, last_used_at, \
    revoked_at FROM token WHERE id = ?1";
const TOKENS: &str = "SELECT id, hash, name, role, scope, created_by, created_at, expires_at, last_used_at, \
    revoked_at FROM token ORDER BY created_at DESC, id";
const REVOKE: &str = "UPDATE token SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
const USE: &str = "UPDATE token SET last_used_at = ?2 WHERE id = ?1 AND coalesce(last_used_at, ?2 - 1) < ?2";
const IS_USED: &str = "SELECT 1 FROM token WHERE id = ?1 AND last_used_at >= ?2";

const ADD_SESSION: &str = "INSERT OR REPLACE INTO session (hash, expires_at, who_kind, who, token, role, scope, \
    created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const EXPIRE_SESSIONS: &str = "DELETE FROM session WHERE expires_at <= ?1";
const SESSION: &str =
    "SELECT who_kind, who, token, role, scope, created_at, expires_at FROM session WHERE hash = ?1";
const REMOVE_SESSION: &str = "DELETE FROM session WHERE hash = ?1";

const ADD_LINK: &str = "INSERT OR REPLACE INTO login_link (hash, expires_at, who_kind, who, token, role, scope) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const EXPIRE_LINKS: &str = "DELETE FROM login_link WHERE expires_at <= ?1";
const TAKE_LINK: &str = "DELETE FROM login_link WHERE hash = ?1 RETURNING who_kind, who, token, role, scope";

const RECORD: &str =
    "INSERT INTO audit (at, who, action, subject, address, refused) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const AUDIT: &str =
    "SELECT at, who, action, subject, address, refused, id FROM audit WHERE id < ?1 ORDER BY id DESC";
const PRUNE_AUDIT: &str = "DELETE FROM audit WHERE at < ?1";

/// Who may use a server survives a power failure.
const DURABLE: Needs = Needs { survives: Survives::PowerLoss, creates: true };
/// What may be lost with the power: it is written often, and nothing depends on it.
const BRIEF: Needs = Needs { survives: Survives::ProcessEnd, creates: false };

#[async_trait]
impl AccessStore for SqliteStore {
    async fn add_token(&self, token: &ApiToken, hash: &SecretHash) -> Result<(), PortError> {
        let (token, hash) = (token.clone(), *hash);
        let write = move |transaction: &Writing<'_>| {
            let added = transaction.prepare_cached(ADD_TOKEN)?.execute(params![
                token.id.as_str(),
                hash.0,
                token.name,
                token.role.as_str(),
                scope_text(&token.scope)?,
                token.created_by,
                token.created_at.as_microsecond(),
                token.expires_at.map(Timestamp::as_microsecond),
                token.last_used_at.map(Timestamp::as_microsecond),
                token.revoked_at.map(Timestamp::as_microsecond),
            ])?;
            match added {
                0 => Err(failure::conflict(format!("token {} already exists", token.id)).into()),
                _ => Ok(()),
            }
        };
        self.write_or_create(write).await
    }

    async fn token(&self, id: &TokenId) -> Result<Option<(ApiToken, SecretHash)>, PortError> {
        let found = self.read(|transaction| {
            Ok(transaction.prepare_cached(TOKEN)?.query_row([id.as_str()], read_token).optional()?)
        })?;
        Ok(found.flatten())
    }

    async fn tokens(&self) -> Result<Vec<ApiToken>, PortError> {
        let found = self.read(|transaction| {
            let mut select = transaction.prepare_cached(TOKENS)?;
            let tokens = select.query_map([], |row| Ok(read_token(row)?.0))?;
            Ok(tokens.collect::<Result<Vec<_>, _>>()?)
        })?;
        Ok(found.unwrap_or_default())
    }

    async fn revoke_token(&self, id: &TokenId, at: Timestamp) -> Result<bool, PortError> {
        let (id, at) = (id.clone(), at.as_microsecond());
        let write = move |transaction: &Writing<'_>| {
            let revoked = transaction.prepare_cached(REVOKE)?.execute(params![id.as_str(), at])? > 0;
            if revoked {
                transaction.execute("DELETE FROM session WHERE token = ?1", [id.as_str()])?;
                transaction.execute("DELETE FROM login_link WHERE token = ?1", [id.as_str()])?;
            }
            Ok(revoked)
        };
        let needs = Needs { creates: false, ..DURABLE };
        Ok(self.writer.write(needs, write).await?.unwrap_or(false))
    }

    async fn use_token(&self, id: &TokenId, at: Timestamp) -> Result<(), PortError> {
        let id = id.clone();
        let minute = at.as_second().div_euclid(60).saturating_mul(60 * 1_000_000);
        // Most uses are in the minute of the last one.
        let is_known = self.read(|transaction| {
            Ok(transaction.prepare_cached(IS_USED)?.exists(params![id.as_str(), minute])?)
        })?;
        if is_known != Some(false) {
            return Ok(());
        }
        let write = move |transaction: &Writing<'_>| {
            Ok(transaction.prepare_cached(USE)?.execute(params![id.as_str(), minute])?)
        };
        self.writer.write(BRIEF, write).await.map(drop)
    }

    async fn add_session(&self, hash: &SecretHash, session: &Session) -> Result<(), PortError> {
        let (hash, session) = (*hash, session.clone());
        let write = move |transaction: &Writing<'_>| {
            let created_at = session.created_at.as_microsecond();
            transaction.prepare_cached(EXPIRE_SESSIONS)?.execute([created_at])?;
            let (kind, who) = who(&session.actor.who);
            transaction.prepare_cached(ADD_SESSION)?.execute(params![
                hash.0,
                session.expires_at.as_microsecond(),
                kind,
                who,
                session.actor.token.as_ref().map(TokenId::as_str),
                session.actor.role.as_str(),
                scope_text(&session.actor.scope)?,
                created_at,
            ])?;
            Ok(())
        };
        self.write_or_create(write).await
    }

    async fn session(&self, hash: &SecretHash) -> Result<Option<Session>, PortError> {
        let read = |row: &Row<'_>| {
            Ok(Session { actor: read_actor(row)?, created_at: time(row, 5)?, expires_at: time(row, 6)? })
        };
        let found = self.read(|transaction| {
            Ok(transaction.prepare_cached(SESSION)?.query_row([hash.0], read).optional()?)
        })?;
        Ok(found.flatten())
    }

    async fn remove_session(&self, hash: &SecretHash) -> Result<bool, PortError> {
        let hash = *hash;
        let write = move |transaction: &Writing<'_>| {
            Ok(transaction.prepare_cached(REMOVE_SESSION)?.execute([hash.0])? > 0)
        };
        let needs = Needs { creates: false, ..DURABLE };
        Ok(self.writer.write(needs, write).await?.unwrap_or(false))
    }

    async fn add_login_link(
        &self,
        hash: &SecretHash,
        actor: &Actor,
        expires_at: Timestamp,
    ) -> Result<(), PortError> {
        let (hash, actor) = (*hash, actor.clone());
        let write = move |transaction: &Writing<'_>| {
            let (kind, who) = who(&actor.who);
            transaction.prepare_cached(ADD_LINK)?.execute(params![
                hash.0,
                expires_at.as_microsecond(),
                kind,
                who,
                actor.token.as_ref().map(TokenId::as_str),
                actor.role.as_str(),
                scope_text(&actor.scope)?,
            ])?;
            Ok(())
        };
        self.write_or_create(write).await
    }

    async fn take_login_link(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<Actor>, PortError> {
        let (hash, now) = (*hash, now.as_microsecond());
        let write = move |transaction: &Writing<'_>| {
            transaction.prepare_cached(EXPIRE_LINKS)?.execute([now])?;
            Ok(transaction.prepare_cached(TAKE_LINK)?.query_row([hash.0], read_actor).optional()?)
        };
        let needs = Needs { creates: false, ..DURABLE };
        Ok(self.writer.write(needs, write).await?.flatten())
    }

    async fn record(&self, entry: &AuditEntry) -> Result<(), PortError> {
        let AuditEntry { at, who, action, subject, from, refused } = entry.clone();
        let write = move |transaction: &Writing<'_>| {
            let values = params![at.as_microsecond(), who, action, subject, from, refused];
            transaction.prepare_cached(RECORD)?.execute(values)?;
            Ok(())
        };
        self.write_or_create(write).await
    }

    async fn audit(
        &self,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Result<StoredPage<AuditEntry>, PortError> {
        let before: i64 = match page.marker.as_deref() {
            Some(marker) => marker.parse().map_err(|_| invalid_marker(marker))?,
            None => i64::MAX,
        };
        let found = self.read(|transaction| {
            let mut select = transaction.prepare_cached(AUDIT)?;
            let mut rows = select.query([before])?;
            let (mut found, mut last) = (StoredPage::default(), 0);
            while let Some(row) = rows.next()? {
                let entry = read_entry(row)?;
                if !filter.matches(&entry) {
                    continue;
                }
                if found.items.len() == page.limit() {
                    found.next_marker = Some(to_integer(last).to_string());
                    break;
                }
                last = row.get::<_, i64>(6)?.unsigned_abs();
                found.items.push(entry);
            }
            Ok(found)
        })?;
        Ok(found.unwrap_or_default())
    }

    async fn prune_audit(&self, before: Timestamp) -> Result<u64, PortError> {
        let before = before.as_microsecond();
        let write = move |transaction: &Writing<'_>| {
            Ok(transaction.prepare_cached(PRUNE_AUDIT)?.execute([before])? as u64)
        };
        Ok(self.writer.write(BRIEF, write).await?.unwrap_or(0))
    }
}

impl SqliteStore {
    async fn write_or_create(
        &self,
        work: impl FnMut(&Writing<'_>) -> Result<(), Failure> + Send + 'static,
    ) -> Result<(), PortError> {
        self.writer.write(DURABLE, work).await?.ok_or_else(|| failure::missing_store(self.path()))
    }
}

fn who(who: &StartedBy) -> (&'static str, &str) {
    match who {
        StartedBy::User(name) => ("user", name),
        StartedBy::Token(name) => ("token", name),
        StartedBy::Service(name) => ("service", name),
    }
}

/// The first five columns are kind, name, token, role and scope.
fn read_actor(row: &Row<'_>) -> Result<Actor, rusqlite::Error> {
    let name = row.get(1)?;
    let who = match row.get::<_, String>(0)?.as_str() {
        "user" => StartedBy::User(name),
        "token" => StartedBy::Token(name),
        "service" => StartedBy::Service(name),
        other => return Err(unreadable(0, format!("{other:?} is not a kind of actor"))),
    };
    let token: Option<String> = row.get(2)?;
    let token = token.map(|token| token.parse().map_err(|error| unreadable(2, error))).transpose()?;
    Ok(Actor { who, token, role: parse(row, 3)?, scope: read_scope(row, 4)? })
}

fn read_token(row: &Row<'_>) -> Result<(ApiToken, SecretHash), rusqlite::Error> {
    let token = ApiToken {
        id: parse(row, 0)?,
        name: row.get(2)?,
        role: parse::<Role>(row, 3)?,
        scope: read_scope(row, 4)?,
        created_by: row.get(5)?,
        created_at: time(row, 6)?,
        expires_at: optional_time(row, 7)?,
        last_used_at: optional_time(row, 8)?,
        revoked_at: optional_time(row, 9)?,
    };
    Ok((token, SecretHash(row.get(1)?)))
}

fn read_entry(row: &Row<'_>) -> Result<AuditEntry, rusqlite::Error> {
    Ok(AuditEntry {
        at: time(row, 0)?,
        who: row.get(1)?,
        action: row.get(2)?,
        subject: row.get(3)?,
        from: row.get(4)?,
        refused: row.get(5)?,
    })
}

fn scope_text(scope: &Scope) -> Result<String, rusqlite::Error> {
    serde_json::to_string(scope).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn read_scope(row: &Row<'_>, column: usize) -> Result<Scope, rusqlite::Error> {
    serde_json::from_str(&row.get::<_, String>(column)?).map_err(|error| unreadable(column, error))
}

fn parse<T>(row: &Row<'_>, column: usize) -> Result<T, rusqlite::Error>
where
    T: FromStr,
    T::Err: Into<Box<dyn Error + Send + Sync>>,
{
    row.get::<_, String>(column)?.parse().map_err(|error| unreadable(column, error))
}

fn time(row: &Row<'_>, column: usize) -> Result<Timestamp, rusqlite::Error> {
    Timestamp::from_microsecond(row.get(column)?).map_err(|error| unreadable(column, error.to_string()))
}

fn optional_time(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>, rusqlite::Error> {
    let micros: Option<i64> = row.get(column)?;
    micros.map(|_| time(row, column)).transpose()
}

fn unreadable(column: usize, error: impl Into<Box<dyn Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_query::plan;

    #[test]
    fn what_each_request_reads_is_found_by_its_key() {
        for (sql, expected) in [
            (TOKEN, "SEARCH token USING PRIMARY KEY (id=?)"),
            (IS_USED, "SEARCH token USING PRIMARY KEY (id=?)"),
            (SESSION, "SEARCH session USING PRIMARY KEY (hash=?)"),
            (TAKE_LINK, "SEARCH login_link USING PRIMARY KEY (hash=?)"),
            (EXPIRE_SESSIONS, "SEARCH session USING INDEX session_by_end (expires_at<?)"),
            (AUDIT, "SEARCH audit USING INTEGER PRIMARY KEY (rowid<?)"),
            (PRUNE_AUDIT, "SEARCH audit USING INDEX audit_by_time (at<?)"),
        ] {
            assert!(plan(sql).starts_with(expected), "{}", plan(sql));
        }
    }
}
