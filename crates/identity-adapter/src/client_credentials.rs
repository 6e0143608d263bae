//! Gets tokens with the client credentials grant of any OpenID provider.

use crate::{
    SigningAlgorithm, SigningKey,
    assertion::Claims,
    entra_workload::JWT_BEARER,
    oauth::{self, Ask},
    transport,
};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use lamplight_domain::{SecretRef, percent_encode};
use lamplight_ports::{
    Clock, ExposeSecret, HttpExchange, IdSource, PortError, SecretResolver, SecretString, TokenSource,
};
use std::sync::Arc;

/// What to request, and for which client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The provider's token endpoint.
    pub token_url: String,
    /// The client ID.
    pub client_id: String,
    /// The requested scope.
    pub scope: Option<String>,
    /// The requested audience, if the provider supports one.
    pub audience: Option<String>,
    /// Whether to use the response's `id_token` instead of its `access_token`.
    pub use_id_token: bool,
}

/// How the client authenticates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientAuth {
    /// With a secret in the form (`client_secret_post`).
    Secret(SecretRef),
    /// With a secret in the Authorization header (`client_secret_basic`).
    BasicSecret(SecretRef),
    /// With a signed assertion (`private_key_jwt`).
    Assertion {
        /// The private key in PEM format.
        private_key: SecretRef,
        /// The signing algorithm.
        algorithm: SigningAlgorithm,
        /// The key ID (`kid`) at the provider.
        key_id: Option<String>,
        /// The assertion's audience; the token endpoint unless set.
        audience: Option<String>,
    },
}

/// Gets tokens with the client credentials grant (RFC 6749, section 4.4).
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    /// Sends the requests to the provider.
    pub http: Arc<dyn HttpExchange>,
    /// Reads the secret or the key.
    pub secrets: Arc<dyn SecretResolver>,
    /// Provides the issue time of assertions.
    pub clock: Arc<dyn Clock>,
    /// Generates the IDs of assertions.
    pub ids: Arc<dyn IdSource>,
    /// What to request.
    pub grant: Grant,
    /// How the client authenticates.
    pub auth: ClientAuth,
}

impl ClientCredentials {
    async fn ask(
        &self,
        proof: &[&SecretString],
        headers: Vec<(&'static str, SecretString)>,
        fields: Vec<(&str, &str)>,
    ) -> Result<SecretString, PortError> {
        let grant = &self.grant;
        let mut all = vec![("grant_type", "client_credentials")];
        all.extend(fields);
        all.extend(grant.scope.as_deref().map(|scope| ("scope", scope)));
        all.extend(grant.audience.as_deref().map(|audience| ("audience", audience)));
        let ask = Ask {
            url: &grant.token_url,
            origin: format!("{} (client {})", transport::redact(&grant.token_url), grant.client_id),
            headers,
            fields: all,
            secrets: proof.iter().map(|secret| secret.expose_secret()).collect(),
            id_token: grant.use_id_token,
        };
        oauth::ask(&self.http, ask).await
    }
}

#[async_trait]
impl TokenSource for ClientCredentials {
    async fn token(&self) -> Result<SecretString, PortError> {
        match &self.auth {
            ClientAuth::Secret(reference) => {
                let secret = self.secrets.resolve(reference).await?;
                let fields = vec![
                    ("client_id", self.grant.client_id.as_str()),
                    ("client_secret", secret.expose_secret()),
                ];
                self.ask(&[&secret], Vec::new(), fields).await
            }
            ClientAuth::BasicSecret(reference) => {
                let secret = self.secrets.resolve(reference).await?;
                // Both parts are form-encoded first (RFC 6749, section 2.3.1). The form does not contain the client ID,
                // because the header does and some providers reject requests with both.
                let id = percent_encode(&self.grant.client_id);
                let pair = format!("{id}:{}", percent_encode(secret.expose_secret()));
                let pair = SecretString::from(STANDARD.encode(pair));
                let header = SecretString::from(format!("Basic {}", pair.expose_secret()));
                self.ask(&[&secret, &pair], vec![("authorization", header)], Vec::new()).await
            }
            ClientAuth::Assertion { private_key, algorithm, key_id, audience } => {
                let pem = self.secrets.resolve(private_key).await?;
                let key = SigningKey::from_pem(pem.expose_secret(), *algorithm)?;
                let id = self.ids.run_key().to_string();
                let claims = Claims {
                    client_id: &self.grant.client_id,
                    audience: audience.as_deref().unwrap_or(&self.grant.token_url),
                    id: &id,
                    now: self.clock.now(),
                    key_id: key_id.as_deref(),
                };
                let assertion = SecretString::from(key.assertion(claims)?);
                let fields = vec![
                    ("client_id", self.grant.client_id.as_str()),
                    ("client_assertion_type", JWT_BEARER),
                    ("client_assertion", assertion.expose_secret()),
                ];
                self.ask(&[&assertion], Vec::new(), fields).await
            }
        }
    }
}
