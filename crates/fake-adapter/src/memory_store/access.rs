//! Tokens, sessions, links to sign in, and the audit log.

use super::{MemoryStore, conflict};
use async_trait::async_trait;
use lamplight_domain::{Actor, ApiToken, SecretHash, Timestamp, TokenId};
use lamplight_ports::{
    AccessStore, AuditEntry, AuditFilter, PageRequest, PortError, Session, StoredPage, invalid_marker,
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

#[derive(Debug, Default)]
pub(super) struct Access {
    tokens: BTreeMap<TokenId, (ApiToken, SecretHash)>,
    sessions: HashMap<SecretHash, Session>,
    links: HashMap<SecretHash, (Actor, Timestamp)>,
    /// Each entry with its number.
    audit: Vec<(u64, AuditEntry)>,
    recorded: u64,
}

#[async_trait]
impl AccessStore for MemoryStore {
    async fn add_token(&self, token: &ApiToken, hash: &SecretHash) -> Result<(), PortError> {
        let tokens = &mut self.lock_for_writing()?.access.tokens;
        if tokens.contains_key(&token.id) {
            return Err(conflict(format!("token {} already exists", token.id)));
        }
        tokens.insert(token.id.clone(), (token.clone(), *hash));
        Ok(())
    }

    async fn token(&self, id: &TokenId) -> Result<Option<(ApiToken, SecretHash)>, PortError> {
        Ok(self.kept().access.tokens.get(id).cloned())
    }

    async fn tokens(&self) -> Result<Vec<ApiToken>, PortError> {
        let mut tokens: Vec<ApiToken> =
            self.kept().access.tokens.values().map(|(token, _)| token.clone()).collect();
        tokens.sort_by(|a, b| (Reverse(a.created_at), &a.id).cmp(&(Reverse(b.created_at), &b.id)));
        Ok(tokens)
    }

    async fn revoke_token(&self, id: &TokenId, at: Timestamp) -> Result<bool, PortError> {
        let access = &mut self.lock_for_writing()?.access;
        let Some((token, _)) = access.tokens.get_mut(id).filter(|(token, _)| token.revoked_at.is_none())
        else {
            return Ok(false);
        };
        token.revoked_at = Some(at);
        access.sessions.retain(|_, session| session.actor.token.as_ref() != Some(id));
        access.links.retain(|_, (actor, _)| actor.token.as_ref() != Some(id));
        Ok(true)
    }

    async fn use_token(&self, id: &TokenId, at: Timestamp) -> Result<(), PortError> {
        if let Some((token, _)) = self.lock_for_writing()?.access.tokens.get_mut(id) {
            let minute = Timestamp::from_second(at.as_second().div_euclid(60) * 60).unwrap_or(at);
            token.last_used_at = token.last_used_at.max(Some(minute));
        }
        Ok(())
    }

    async fn add_session(&self, hash: &SecretHash, session: &Session) -> Result<(), PortError> {
        let sessions = &mut self.lock_for_writing()?.access.sessions;
        sessions.retain(|_, other| other.expires_at > session.created_at);
        sessions.insert(*hash, session.clone());
        Ok(())
    }

    async fn session(&self, hash: &SecretHash) -> Result<Option<Session>, PortError> {
        Ok(self.kept().access.sessions.get(hash).cloned())
    }

    async fn remove_session(&self, hash: &SecretHash) -> Result<bool, PortError> {
        Ok(self.lock_for_writing()?.access.sessions.remove(hash).is_some())
    }

    async fn add_login_link(
        &self,
        hash: &SecretHash,
        actor: &Actor,
        expires_at: Timestamp,
    ) -> Result<(), PortError> {
        self.lock_for_writing()?.access.links.insert(*hash, (actor.clone(), expires_at));
        Ok(())
    }

    async fn take_login_link(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<Actor>, PortError> {
        let links = &mut self.lock_for_writing()?.access.links;
        links.retain(|_, (_, expires_at)| *expires_at > now);
        Ok(links.remove(hash).map(|(actor, _)| actor))
    }

    async fn record(&self, entry: &AuditEntry) -> Result<(), PortError> {
        let access = &mut self.lock_for_writing()?.access;
        access.recorded += 1;
        access.audit.push((access.recorded, entry.clone()));
        Ok(())
    }

    async fn audit(
        &self,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Result<StoredPage<AuditEntry>, PortError> {
        let before: Option<u64> = match page.marker.as_deref() {
            Some(marker) => Some(marker.parse().map_err(|_| invalid_marker(marker))?),
            None => None,
        };
        let kept = self.kept();
        let earlier = kept.access.audit.iter().rev();
        let earlier = earlier.filter(|(number, _)| before.is_none_or(|before| *number < before));
        let mut found = earlier.filter(|(_, entry)| filter.matches(entry));
        let items: Vec<_> = found.by_ref().take(page.limit()).collect();
        let next_marker =
            items.last().filter(|_| found.next().is_some()).map(|(number, _)| number.to_string());
        let items = items.into_iter().map(|(_, entry)| entry.clone()).collect();
        Ok(StoredPage { items, next_marker, ..StoredPage::default() })
    }

    async fn prune_audit(&self, before: Timestamp) -> Result<u64, PortError> {
        let audit = &mut self.lock_for_writing()?.access.audit;
        let all = audit.len();
        audit.retain(|(_, entry)| entry.at >= before);
        Ok((all - audit.len()) as u64)
    }
}
