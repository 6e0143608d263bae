//! Microsoft Entra: the token endpoint for workload identities, and the endpoints that give tokens to managed
//! identities on virtual machines and in App Service. The formats are those of Microsoft's documentation ("Microsoft
//! identity platform and the OAuth 2.0 client credentials flow", third case; "How to use managed identities … to
//! acquire an access token").

use crate::{
    http::{Answer, Form, Request},
    jwt::{Issuer, now, verify},
    oidc::{ASSERTION, refusal},
    server::Site,
};
use serde_json::json;
use std::sync::Arc;

/// The tenant ID.
pub const TENANT: &str = "11111111-2222-3333-4444-555555555555";
/// The ID of the only client application.
pub const CLIENT: &str = "66666666-7777-8888-9999-000000000000";
/// The application that represents AWS; tokens are requested for it.
pub const APPLICATION: &str = "api://aws-lamplight";
/// The ID of the same application, which is the audience of its tokens ("Access token claims reference": `aud`).
pub const AUDIENCE: &str = "99999999-8888-7777-6666-555555555555";
/// The object ID that is the subject of the tokens.
pub const OBJECT: &str = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

/// The issuer of the tenant's tokens.
pub fn issuer() -> String {
    format!("https://login.microsoftonline.com/{TENANT}/v2.0")
}

/// `https://login.microsoftonline.com`; it trusts the tokens of one cluster.
#[derive(Debug)]
pub struct TokenEndpoint {
    /// The issuer of the tenant's tokens.
    pub issuer: Arc<Issuer>,
    /// The issuer that it federates with.
    pub cluster: Arc<Issuer>,
    /// The subject that the federated tokens must have.
    pub subject: &'static str,
}

impl Site for TokenEndpoint {
    fn answer(&self, _: &str, request: &Request) -> Result<Answer, String> {
        if !request.is("POST", &format!("/{TENANT}/oauth2/v2.0/token")) {
            return Err("there is no such tenant".to_owned());
        }
        let mut form = request.form()?;
        form.expect("grant_type", "client_credentials")?;
        form.expect("client_assertion_type", ASSERTION)?;
        form.expect("client_id", CLIENT)?;
        form.expect("scope", &format!("{APPLICATION}/.default"))?;
        let assertion = form.need("client_assertion")?;
        form.done()?;
        let cluster = &self.cluster;
        let told = |words: &str| refusal(401, "invalid_client", words);
        Ok(match verify(&assertion, &cluster.pair.jwks(), &cluster.url, "api://AzureADTokenExchange") {
            Ok(claims) if claims["sub"] == self.subject => issued(&self.issuer),
            Ok(_) => told("AADSTS70021: No matching federated identity record found."),
            Err(why) => told(&format!("AADSTS700027: {why}")),
        })
    }
}

fn issued(issuer: &Issuer) -> Answer {
    // The managed identity endpoint writes numbers as strings, the tenant as numbers; clients accept both.
    let body = json!({
        "access_token": issuer.token(OBJECT, AUDIENCE),
        "token_type": "Bearer",
        "expires_in": 3599,
        "expires_on": (now() + 3599).to_string(),
        "resource": APPLICATION,
    });
    Answer::json(200, &body)
}

/// The endpoints that give tokens to a managed identity.
#[derive(Debug)]
pub enum ManagedIdentity {
    /// On a virtual machine, without a secret.
    Machine(Arc<Issuer>),
    /// In App Service, with the secret of `IDENTITY_HEADER`.
    AppService(Arc<Issuer>, String),
}

impl Site for ManagedIdentity {
    fn answer(&self, _: &str, request: &Request) -> Result<Answer, String> {
        let (path, version, issuer) = match self {
            Self::Machine(issuer) => {
                request.expect("metadata", "true")?;
                ("/metadata/identity/oauth2/token", "2018-02-01", issuer)
            }
            Self::AppService(issuer, secret) => {
                request.expect("x-identity-header", secret)?;
                ("/msi/token", "2019-08-01", issuer)
            }
        };
        if !request.is("GET", path) || request.header("x-forwarded-for").is_some() {
            return Err(format!("the endpoint is {path}, for who asks it directly"));
        }
        let mut query = Form::parse(&request.query)?;
        query.expect("api-version", version)?;
        query.expect("resource", APPLICATION)?;
        if query.take("client_id").is_some_and(|client| client != CLIENT) {
            return Err("there is no such identity".to_owned());
        }
        query.done()?;
        Ok(issued(issuer))
    }
}
