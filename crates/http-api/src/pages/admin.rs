//! API tokens and the audit log.

use super::{
    address, filters,
    frame::{Frame, Place},
    parts::{Markup, ago, badge, date, exact},
    visit::{Visit, lead_to, show, show_as},
};
use crate::Problem;
use askama::Template;
use axum::{
    extract::{Form, Path, Query},
    http::StatusCode,
    response::Response,
};
use lamplight_app::{AppError, NewToken, create_token, revoke_token};
use lamplight_domain::{ApiToken, ErrorClass, NameError, Role, Scope, Timestamp, TokenId};
use lamplight_ports::{AuditEntry, AuditFilter, ExposeSecret, PageRequest, SecretString, StoredPage};
use serde::Deserialize;
use std::{collections::BTreeSet, str::FromStr, time::Duration};

/// How many entries of the audit log a page lists.
const PAGE: u32 = 50;

/// The tokens.
#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    frame: Frame,
    tab: &'static str,
    rows: Vec<TokenRow>,
    form: TokenForm,
    refusal: Option<String>,
    /// The text of the token that was just created. It is shown once.
    created: Option<SecretString>,
}

struct TokenRow {
    id: String,
    name: String,
    role: Role,
    limits: String,
    created_by: String,
    created: Markup,
    used: Option<Markup>,
    ends: Option<Markup>,
    state: Markup,
    is_revoked: bool,
}

/// The form for a new token.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TokenForm {
    name: String,
    role: String,
    days: String,
    connections: String,
    jobs: String,
}

impl TokenRow {
    fn new(token: &ApiToken, now: Timestamp) -> Self {
        let soon = now.saturating_add(Duration::from_hours(24 * 7)).unwrap_or(now);
        let state = match token.expires_at {
            _ if token.revoked_at.is_some() => badge("off", "Revoked"),
            Some(end) if end <= now => badge("off", "Expired"),
            Some(end) if end <= soon => badge("acc", "Ends soon"),
            _ => badge("ok", "Valid"),
        };
        Self {
            id: token.id.to_string(),
            name: token.name.clone(),
            role: token.role,
            limits: limits(&token.scope),
            created_by: token.created_by.clone(),
            created: date(token.created_at),
            used: token.last_used_at.map(|at| ago(at, now)),
            ends: token.expires_at.map(date),
            state,
            is_revoked: token.revoked_at.is_some(),
        }
    }
}

/// What a token is limited to, in words.
fn limits(scope: &Scope) -> String {
    fn list<T: ToString>(thing: &str, names: Option<&BTreeSet<T>>) -> Option<String> {
        let names: Vec<String> = names?.iter().map(ToString::to_string).collect();
        Some(if names.is_empty() { format!("no {thing}") } else { format!("{thing}: {}", names.join(", ")) })
    }
    let both = [list("connections", scope.connections.as_ref()), list("jobs", scope.jobs.as_ref())];
    let both: Vec<String> = both.into_iter().flatten().collect();
    if both.is_empty() { "everything".to_owned() } else { both.join("; ") }
}

impl TokenForm {
    fn read(&self, now: Timestamp) -> Result<NewToken, AppError> {
        let role = Role::ALL.into_iter().find(|role| role.as_str() == self.role).unwrap_or(Role::Viewer);
        let days = match self.days.as_str() {
            "" | "never" => None,
            days => Some(
                days.parse::<u64>()
                    .map_err(|_| AppError::Setting(format!("{days:?} is not a number of days")))?,
            ),
        };
        let after = |days: u64| {
            now.saturating_add(Duration::from_secs(days.saturating_mul(24 * 60 * 60)))
                .map_err(|_| AppError::Setting("the token would never expire".to_owned()))
        };
        Ok(NewToken {
            name: self.name.trim().to_owned(),
            role,
            scope: Scope { connections: names(&self.connections)?, jobs: names(&self.jobs)? },
            expires_at: days.map(after).transpose()?,
        })
    }
}

/// Names that are separated by commas or white space; `None` if there are none, which means no limit.
fn names<T: FromStr<Err = NameError> + Ord>(text: &str) -> Result<Option<BTreeSet<T>>, AppError> {
    let names = text.split([',', ' ', '\n', '\r', '\t']).filter(|name| !name.is_empty());
    let names: BTreeSet<T> = names.map(str::parse).collect::<Result<_, NameError>>()?;
    Ok((!names.is_empty()).then_some(names))
}

async fn tokens_page(visit: &Visit, form: TokenForm) -> Result<TokensPage, Problem> {
    let tokens = visit.server.ports.access.access.tokens().await?;
    let now = visit.now();
    Ok(TokensPage {
        frame: visit.frame().of(Place::Admin, "Tokens"),
        tab: "tokens",
        rows: tokens.iter().map(|token| TokenRow::new(token, now)).collect(),
        form,
        refusal: None,
        created: None,
    })
}

/// Shows the tokens.
pub async fn tokens(visit: Visit) -> Result<Response, Problem> {
    visit.require(Role::Admin)?;
    show(&tokens_page(&visit, TokenForm::default()).await?)
}

/// Creates a token and shows it once.
pub async fn create(visit: Visit, Form(form): Form<TokenForm>) -> Result<Response, Problem> {
    visit.require(Role::Admin)?;
    let access = &visit.server.ports.access;
    let created = match form.read(visit.now()) {
        Ok(new) => create_token(access, visit.actor(), new).await,
        Err(error) => Err(error),
    };
    match created {
        Ok((token, text)) => {
            visit
                .caller
                .audit(&visit.server, "token.created", format!("{} {}", token.id, token.name), None)
                .await;
            let mut page = tokens_page(&visit, TokenForm::default()).await?;
            page.created = Some(text);
            show(&page)
        }
        Err(error) if error.class() == ErrorClass::Usage => {
            let mut page = tokens_page(&visit, form).await?;
            page.refusal = Some(format!("The token was not created: {error}."));
            show_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// Revokes a token.
pub async fn revoke(visit: Visit, Path(id): Path<String>) -> Result<Response, Problem> {
    visit.require(Role::Admin)?;
    let id: TokenId = id.parse().map_err(|_| Problem::not_found())?;
    revoke_token(&visit.server.ports.access, &id).await?;
    visit.caller.audit(&visit.server, "token.revoked", id.as_str(), None).await;
    Ok(lead_to("/admin/tokens"))
}

/// The audit log.
#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    tab: &'static str,
    query: AuditQuery,
    rows: Vec<AuditRow>,
    next: Option<String>,
}

struct AuditRow {
    at: Markup,
    who: String,
    action: String,
    subject: String,
    from: String,
    result: Markup,
}

/// The query of the audit log.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    q: String,
    result: String,
    days: String,
    after: String,
}

impl AuditRow {
    fn new(entry: &AuditEntry, now: Timestamp) -> Self {
        Self {
            at: exact(entry.at, now),
            who: entry.who.clone(),
            action: entry.action.clone(),
            subject: entry.subject.clone(),
            from: entry.from.clone().unwrap_or_else(|| "not known".to_owned()),
            result: match &entry.refused {
                Some(reason) => badge("rej", &format!("refused: {reason}")),
                None => badge("ok", "done"),
            },
        }
    }
}

/// Shows the audit log.
pub async fn audit(visit: Visit, Query(query): Query<AuditQuery>) -> Result<Response, Problem> {
    visit.require(Role::Admin)?;
    let now = visit.now();
    let days = query.days.parse::<u64>().ok();
    let filter = AuditFilter {
        text: Some(query.q.trim().to_owned()).filter(|text| !text.is_empty()),
        refused_only: query.result == "refused",
        since: days.and_then(|days| now.saturating_sub(Duration::from_hours(days.saturating_mul(24))).ok()),
    };
    let marker = Some(query.after.clone()).filter(|marker| !marker.is_empty());
    let found: StoredPage<AuditEntry> =
        visit.server.ports.access.access.audit(&filter, &PageRequest { marker, size: PAGE }).await?;
    let next = found.next_marker.as_ref().map(|marker| {
        let pairs =
            [("q", query.q.as_str()), ("result", &query.result), ("days", &query.days), ("after", marker)];
        address::with_query("/admin/audit", pairs)
    });
    show(&AuditPage {
        frame: visit.frame().of(Place::Admin, "Audit log"),
        tab: "audit",
        rows: found.items.iter().map(|entry| AuditRow::new(entry, now)).collect(),
        next,
        query,
    })
}
