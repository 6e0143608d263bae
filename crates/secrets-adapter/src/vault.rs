//! Reads secrets from HashiCorp Vault: `vault:MOUNT/PATH#FIELD`, from a KV secrets engine, version 2.

use crate::vault_answer::{self, Login};
use async_trait::async_trait;
use lamplight_domain::{
    ErrorCode, HostScope, SecretRef, StoreRef, Timestamp, check_secret_endpoint, percent_encode,
};
use lamplight_ports::{
    Clock, ExposeSecret, HttpAnswer, HttpExchange, HttpMethod, HttpRequest, PortError, PortErrorKind,
    SecretResolver, SecretString,
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// The timeout of a request to Vault.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long before it expires a token from a login is replaced.
const MARGIN: Duration = Duration::from_secs(10);

/// The address of Vault and how to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultOptions {
    /// The address: scheme, host and port.
    pub address: String,
    /// The namespace (Vault Enterprise).
    pub namespace: Option<String>,
    /// The mount path of the secrets engine if it has more than one segment; otherwise the first segment of a reference
    /// is the mount path.
    pub mount: Option<String>,
    /// How to log in.
    pub login: VaultLogin,
}

/// How to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultLogin {
    /// With an existing token.
    Token(SecretRef),
    /// With an AppRole.
    AppRole {
        /// The mount path of the auth method, usually `approle`.
        mount: String,
        /// The role ID.
        role_id: String,
        /// The secret ID.
        secret_id: SecretRef,
    },
    /// With a JWT, such as that of a Kubernetes service account.
    Jwt {
        /// The mount path of the auth method, such as `kubernetes`.
        mount: String,
        /// The role in Vault.
        role: String,
        /// The JWT.
        token: SecretRef,
    },
}

/// A [`SecretResolver`] that reads from Vault's KV secrets engine, version 2.
///
/// A secret is read again each time. A token from a login is kept until shortly before it expires, and concurrent callers
/// share one login.
#[derive(Debug)]
pub struct VaultSecrets {
    options: VaultOptions,
    http: Arc<dyn HttpExchange>,
    clock: Arc<dyn Clock>,
    /// Reads the secrets that the login needs.
    secrets: Arc<dyn SecretResolver>,
    session: Mutex<Option<Session>>,
    logging_in: tokio::sync::Mutex<()>,
}

#[derive(Debug, Clone)]
struct Session {
    token: SecretString,
    usable_until: Option<Timestamp>,
}

impl VaultSecrets {
    /// Creates a resolver with these options. Nothing is sent before the first secret is read.
    pub fn new(
        options: VaultOptions,
        http: Arc<dyn HttpExchange>,
        clock: Arc<dyn Clock>,
        secrets: Arc<dyn SecretResolver>,
    ) -> Self {
        Self {
            options,
            http,
            clock,
            secrets,
            session: Mutex::default(),
            logging_in: tokio::sync::Mutex::default(),
        }
    }

    /// The URL of a secret, and its path as Vault policies name it.
    fn entry(&self, reference: &StoreRef) -> Result<(String, String), PortError> {
        let name = reference.name().trim_matches('/');
        let split = match &self.options.mount {
            Some(mount) => name
                .strip_prefix(mount.as_str())
                .and_then(|rest| rest.strip_prefix('/'))
                .map(|path| (mount.as_str(), path)),
            None => name.split_once('/'),
        };
        // `.` and `..` could change the path to one outside of the mount that the token may read too.
        let is_plain = |segment: &str| !matches!(segment, "" | "." | "..");
        let Some((mount, path)) =
            split.filter(|(mount, path)| mount.split('/').chain(path.split('/')).all(is_plain))
        else {
            let message = format!("secret {reference} is not a valid path of a KV secrets engine");
            let form = match &self.options.mount {
                Some(mount) => format!("vault:{mount}/PATH#FIELD"),
                None => "vault:MOUNT/PATH#FIELD".to_owned(),
            };
            return Err(PortError::new(PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid, message)
                .with_hint(format!("the reference must have the form {form}")));
        };
        let path_shown = format!("{mount}/data/{path}");
        let encoded: Vec<String> = path_shown.split('/').map(percent_encode).collect();
        Ok((self.url(&encoded.join("/")), path_shown))
    }

    fn url(&self, rest: &str) -> String {
        format!("{}/v1/{rest}", self.options.address.trim_end_matches('/'))
    }

    fn headers(&self, token: Option<&SecretString>) -> Vec<(&'static str, SecretString)> {
        let mut headers = vec![("x-vault-request", SecretString::from("true"))];
        if let Some(namespace) = &self.options.namespace {
            headers.push(("x-vault-namespace", namespace.as_str().into()));
        }
        if let Some(token) = token {
            headers.push(("x-vault-token", token.clone()));
        }
        headers
    }

    async fn send(
        &self,
        method: HttpMethod,
        url: String,
        token: Option<&SecretString>,
        body: Option<SecretString>,
        about: &StoreRef,
    ) -> Result<HttpAnswer, PortError> {
        let mut headers = self.headers(token);
        if body.is_some() {
            headers.push(("content-type", "application/json".into()));
        }
        let request = HttpRequest { method, url, headers, body, timeout: PATIENCE };
        self.http.exchange(request).await.map_err(|error| {
            let message = format!("could not read secret {about} from Vault at {}", self.options.address);
            let hint = error.hint.clone().unwrap_or_else(|| "check the address of Vault".into());
            PortError::new(PortErrorKind::Unavailable, ErrorCode::SecretUnreadable, message)
                .with_hint(hint)
                .with_source(error)
        })
    }

    /// The token for reading, and whether a new login could replace it.
    async fn token(&self, about: &StoreRef) -> Result<(SecretString, bool), PortError> {
        if let VaultLogin::Token(reference) = &self.options.login {
            let token = self.secrets.resolve(reference).await?;
            return Ok((SecretString::from(token.expose_secret().trim()), false));
        }
        let _alone = self.logging_in.lock().await;
        if let Some(token) = self.cached_token() {
            return Ok((token, true));
        }
        let login = self.log_in(about).await?;
        let usable_until = login.lease.map(|lease| {
            let margin = MARGIN.min(lease / 4);
            self.clock.now().saturating_add(lease.saturating_sub(margin)).unwrap_or(Timestamp::MAX)
        });
        *self.session() = Some(Session { token: login.token.clone(), usable_until });
        Ok((login.token, true))
    }

    fn session(&self) -> std::sync::MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cached_token(&self) -> Option<SecretString> {
        let now = self.clock.now();
        let session = self.session();
        session
            .as_ref()
            .filter(|held| held.usable_until.is_none_or(|end| now < end))
            .map(|held| held.token.clone())
    }

    /// Forgets this token, unless another caller has already replaced it with a new one.
    fn forget(&self, token: &SecretString) {
        let mut session = self.session();
        if session.as_ref().is_some_and(|held| held.token.expose_secret() == token.expose_secret()) {
            *session = None;
        }
    }

    async fn log_in(&self, about: &StoreRef) -> Result<Login, PortError> {
        let (mount, secret, body) = match &self.options.login {
            VaultLogin::Token(_) => return Err(vault_answer::unexpected(&self.options.address, about)),
            VaultLogin::AppRole { mount, role_id, secret_id } => {
                let secret = self.secrets.resolve(secret_id).await?;
                let body =
                    serde_json::json!({ "role_id": role_id, "secret_id": secret.expose_secret().trim() });
                (mount, secret, body)
            }
            VaultLogin::Jwt { mount, role, token } => {
                let secret = self.secrets.resolve(token).await?;
                let body = serde_json::json!({ "role": role, "jwt": secret.expose_secret().trim() });
                (mount, secret, body)
            }
        };
        let mount: Vec<String> = mount.trim_matches('/').split('/').map(percent_encode).collect();
        let url = self.url(&format!("auth/{}/login", mount.join("/")));
        let answer = self.send(HttpMethod::Post, url, None, Some(body.to_string().into()), about).await?;
        vault_answer::login(&answer, &self.options.address, about, &secret)
    }

    async fn read(&self, reference: &StoreRef) -> Result<SecretString, PortError> {
        check_transport(&self.options.address)?;
        let (url, path) = self.entry(reference)?;
        let (token, renewable) = self.token(reference).await?;
        let answer = self.send(HttpMethod::Get, url.clone(), Some(&token), None, reference).await?;
        if answer.status == 403 && renewable {
            // The token may have been revoked. Reading changes nothing, so it is safe to retry once with a new token.
            self.forget(&token);
            let (token, _) = self.token(reference).await?;
            let answer = self.send(HttpMethod::Get, url, Some(&token), None, reference).await?;
            return vault_answer::secret(&answer, &self.options.address, reference, &path, &token);
        }
        vault_answer::secret(&answer, &self.options.address, reference, &path, &token)
    }
}

#[async_trait]
impl SecretResolver for VaultSecrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        match reference {
            SecretRef::Store(store) if store.scheme() == "vault" => self.read(store).await,
            other => {
                let message = format!("secret {other} is not a reference to Vault");
                Err(PortError::new(PortErrorKind::Unsupported, ErrorCode::SecretUnsupported, message))
            }
        }
    }
}

/// Rejects an address to which a token would be sent unencrypted: plain HTTP is only allowed to this machine.
fn check_transport(address: &str) -> Result<(), PortError> {
    check_secret_endpoint(address, HostScope::Machine).map_err(|error| {
        let message = format!("the address of Vault {error}");
        PortError::new(PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid, message)
            .with_hint("use an https address, as in https://vault.example.com:8200")
    })
}
