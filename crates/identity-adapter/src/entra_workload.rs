//! Microsoft Entra workload identity: exchanges a federated token for an Entra token.

use crate::{FileToken, oauth, transport};
use async_trait::async_trait;
use lamplight_domain::percent_encode;
use lamplight_ports::{ExposeSecret, HttpExchange, PortError, SecretString, TokenSource};
use std::sync::Arc;

/// The type of a client assertion (RFC 7523, section 2.2).
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Gets Entra tokens for a workload, which proves its identity with a token of its platform (Microsoft identity platform,
/// "Access token request with a federated credential").
#[derive(Debug, Clone)]
pub struct EntraWorkloadIdentity {
    /// Sends the requests to Entra.
    pub http: Arc<dyn HttpExchange>,
    /// The address of Entra, such as `https://login.microsoftonline.com`.
    pub authority_host: String,
    /// The tenant ID.
    pub tenant_id: String,
    /// The application's client ID.
    pub client_id: String,
    /// The file with the federated token, read again at each call.
    pub token_file: FileToken,
    /// The requested scope: the application ID URI followed by `/.default`.
    pub scope: String,
}

#[async_trait]
impl TokenSource for EntraWorkloadIdentity {
    async fn token(&self) -> Result<SecretString, PortError> {
        let federated = self.token_file.token().await?;
        let host = self.authority_host.trim_end_matches('/');
        let url = format!("{host}/{}/oauth2/v2.0/token", percent_encode(&self.tenant_id));
        let ask = oauth::Ask {
            url: &url,
            origin: format!(
                "Entra at {} (tenant {}, client {})",
                transport::redact(host),
                self.tenant_id,
                self.client_id
            ),
            headers: Vec::new(),
            fields: vec![
                ("grant_type", "client_credentials"),
                ("client_id", &self.client_id),
                ("client_assertion_type", JWT_BEARER),
                ("client_assertion", federated.expose_secret()),
                ("scope", &self.scope),
            ],
            secrets: vec![federated.expose_secret()],
            id_token: false,
        };
        oauth::ask(&self.http, ask).await
    }
}
