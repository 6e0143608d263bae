//! Microsoft Entra workload identity: a federated token exchanged for one of Entra's.

use crate::{FileToken, oauth, transport};
use async_trait::async_trait;
use lamplight_domain::percent_encode;
use lamplight_ports::{ExposeSecret, HttpExchange, PortError, SecretString, TokenSource};
use std::sync::Arc;

/// The form of a client's assertion (RFC 7523, section 2.2).
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A workload's identity in Entra, proven by a token of the platform that it runs on (Microsoft identity platform,
/// "Access token request with a federated credential").
#[derive(Debug, Clone)]
pub struct EntraWorkloadIdentity {
    /// Asks Entra.
    pub http: Arc<dyn HttpExchange>,
    /// Entra's address, such as `https://login.microsoftonline.com`.
    pub authority_host: String,
    /// The tenant.
    pub tenant_id: String,
    /// The application's client id.
    pub client_id: String,
    /// The file with the federated token, read anew at each call.
    pub token_file: FileToken,
    /// The scope asked for: the application's ID URI and `/.default`.
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
                "client {} of Entra tenant {} at {}",
                self.client_id,
                self.tenant_id,
                transport::shown(host)
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
