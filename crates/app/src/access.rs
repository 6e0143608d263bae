//! Who may use a server: tokens, links to sign in once, and sessions of browsers.

use crate::AppError;
use lamplight_domain::{Actor, ApiToken, Role, Scope, SecretHash, Timestamp, TokenId};
use lamplight_ports::{AccessStore, Clock, ExposeSecret, IdSource, SecretString, Session};
use std::{fmt::Write, sync::Arc, time::Duration};

/// The beginning of every token, by which scanners of repositories find it.
const TOKEN_PREFIX: &str = "llt_";

/// How long a link to sign in can be used.
const LINK_LIFE: Duration = Duration::from_mins(10);

/// How long a session lasts.
const SESSION_LIFE: Duration = Duration::from_hours(12);

/// The last use of a token is noted this often.
const USE_NOTED_EVERY: Duration = Duration::from_mins(1);

/// The most characters of a token's name.
const LONGEST_NAME: usize = 64;

/// The ports for signing in.
#[derive(Debug, Clone)]
pub struct AccessPorts {
    /// Tokens and sessions.
    pub access: Arc<dyn AccessStore>,
    /// Random numbers.
    pub ids: Arc<dyn IdSource>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// A token to create.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Its name: 1-64 characters without control characters.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// What it may see and use.
    pub scope: Scope,
    /// When it expires; `None` if it does not.
    pub expires_at: Option<Timestamp>,
}

/// A new session.
#[derive(Debug)]
pub struct SignedIn {
    /// The secret by which the browser is known; only its hash is stored.
    pub secret: SecretString,
    /// The session.
    pub session: Session,
}

/// Creates a token. The text is returned once and cannot be read again.
///
/// # Errors
/// `invalid_setting` if the name is empty, too long or has control characters, or if the time of expiry has passed.
pub async fn create_token(
    ports: &AccessPorts,
    actor: &Actor,
    new: NewToken,
) -> Result<(ApiToken, SecretString), AppError> {
    let now = ports.clock.now();
    let length = new.name.chars().count();
    if length == 0 || length > LONGEST_NAME || new.name.chars().any(char::is_control) {
        let rule = format!("a token's name must be 1-{LONGEST_NAME} characters without control characters");
        return Err(AppError::Setting(rule));
    }
    if new.expires_at.is_some_and(|end| end <= now) {
        return Err(AppError::Setting("a token's time of expiry must be in the future".to_owned()));
    }
    let id: TokenId = hex(&ports.ids.secret())
        .get(..TokenId::LENGTH)
        .unwrap_or_default()
        .parse()
        .map_err(AppError::Name)?;
    let token = ApiToken {
        id,
        name: new.name,
        role: new.role,
        scope: new.scope,
        created_by: actor.name().to_owned(),
        created_at: now,
        expires_at: new.expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    let secret = hex(&ports.ids.secret());
    ports.access.add_token(&token, &SecretHash::of(secret.as_bytes())).await?;
    let text = format!("{TOKEN_PREFIX}{}_{secret}", token.id);
    Ok((token, text.into()))
}

/// Revokes a token and ends the sessions that were begun with it.
///
/// # Errors
/// `not_found` if it does not exist. Revoking a token twice is allowed.
pub async fn revoke_token(ports: &AccessPorts, id: &TokenId) -> Result<(), AppError> {
    if ports.access.revoke_token(id, ports.clock.now()).await? || ports.access.token(id).await?.is_some() {
        return Ok(());
    }
    Err(AppError::TokenNotFound { id: id.clone() })
}

/// The actor that a token's text stands for; `None` if it is unknown, expired or revoked.
pub async fn authenticate(ports: &AccessPorts, text: &str) -> Result<Option<Actor>, AppError> {
    Ok(valid_token(ports, text).await?.map(|token| token.actor()))
}

async fn valid_token(ports: &AccessPorts, text: &str) -> Result<Option<ApiToken>, AppError> {
    let halves = text.strip_prefix(TOKEN_PREFIX).and_then(|rest| rest.split_once('_'));
    let Some((id, secret)) = halves.and_then(|(id, secret)| Some((id.parse::<TokenId>().ok()?, secret)))
    else {
        return Ok(None);
    };
    let Some((token, hash)) = ports.access.token(&id).await? else { return Ok(None) };
    let now = ports.clock.now();
    // Hashes are compared, so the time of the comparison says nothing about the secret.
    if SecretHash::of(secret.as_bytes()) != hash || !token.is_valid(now) {
        return Ok(None);
    }
    let is_due = token
        .last_used_at
        .is_none_or(|last| last.saturating_add(USE_NOTED_EVERY).is_ok_and(|next| now >= next));
    if is_due {
        ports.access.use_token(&id, now).await?;
    }
    Ok(Some(token))
}

/// Begins a session with a token; `None` if the token is not valid.
pub async fn sign_in_with_token(ports: &AccessPorts, text: &str) -> Result<Option<SignedIn>, AppError> {
    match valid_token(ports, text).await? {
        Some(token) => begin_session(ports, token.actor(), token.expires_at).await.map(Some),
        None => Ok(None),
    }
}

/// Creates the secret of a link that signs an actor in once, within ten minutes.
pub async fn create_login_link(ports: &AccessPorts, actor: &Actor) -> Result<SecretString, AppError> {
    let secret = hex(&ports.ids.secret());
    let now = ports.clock.now();
    let expires_at = now.saturating_add(LINK_LIFE).unwrap_or(now);
    ports.access.add_login_link(&SecretHash::of(secret.as_bytes()), actor, expires_at).await?;
    Ok(secret.into())
}

/// Begins a session with a link; `None` if it is unknown, was used or has expired.
pub async fn sign_in_with_link(ports: &AccessPorts, secret: &str) -> Result<Option<SignedIn>, AppError> {
    let hash = SecretHash::of(secret.as_bytes());
    match ports.access.take_login_link(&hash, ports.clock.now()).await? {
        Some(actor) => begin_session(ports, actor, None).await.map(Some),
        None => Ok(None),
    }
}

async fn begin_session(
    ports: &AccessPorts,
    actor: Actor,
    latest_end: Option<Timestamp>,
) -> Result<SignedIn, AppError> {
    let now = ports.clock.now();
    let end = now.saturating_add(SESSION_LIFE).unwrap_or(now);
    let expires_at = latest_end.map_or(end, |latest| latest.min(end));
    let secret: SecretString = hex(&ports.ids.secret()).into();
    let session = Session { actor, created_at: now, expires_at };
    ports.access.add_session(&SecretHash::of(secret.expose_secret().as_bytes()), &session).await?;
    Ok(SignedIn { secret, session })
}

/// The actor of a session; `None` if it is unknown or has ended, or if its token is valid no longer.
pub async fn find_session(ports: &AccessPorts, secret: &str) -> Result<Option<Actor>, AppError> {
    let Some(session) = ports.access.session(&SecretHash::of(secret.as_bytes())).await? else {
        return Ok(None);
    };
    let now = ports.clock.now();
    if session.expires_at <= now {
        return Ok(None);
    }
    let Some(id) = &session.actor.token else { return Ok(Some(session.actor)) };
    let token = ports.access.token(id).await?;
    Ok(token.filter(|(token, _)| token.is_valid(now)).map(|(token, _)| token.actor()))
}

/// Ends a session. A session that has ended before stays ended.
pub async fn sign_out(ports: &AccessPorts, secret: &str) -> Result<(), AppError> {
    ports.access.remove_session(&SecretHash::of(secret.as_bytes())).await?;
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
