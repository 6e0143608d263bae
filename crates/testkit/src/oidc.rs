//! An identity provider: discovery, keys, and tokens for clients that prove who they are by a secret or by a signed
//! assertion (RFC 6749, 4.4; RFC 7523; OpenID Connect Core, 9).

use crate::{
    http::{Answer, Form, Request},
    jwt::{Issuer, SigningPair, verify},
    server::Site,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How a client proves who it is.
#[derive(Debug)]
pub enum Proof {
    /// By this text, in the body or by Basic authentication.
    Secret(String),
    /// Signed with this pair, of which the provider holds the public half.
    Assertion(SigningPair),
}

/// The provider, with one client.
#[derive(Debug)]
pub struct Provider {
    issuer: Arc<Issuer>,
    client_id: &'static str,
    proof: Proof,
    /// What must be asked for.
    pub scope: Option<&'static str>,
    /// What its tokens are for.
    audience: &'static str,
    /// The assertions that were used: each is good once.
    used: Mutex<Vec<Value>>,
}

const TOKEN_PATH: &str = "/oauth2/token";

impl Provider {
    /// A provider that asks for no scope.
    pub fn new(issuer: Arc<Issuer>, client_id: &'static str, audience: &'static str, proof: Proof) -> Self {
        Self { issuer, client_id, proof, scope: None, audience, used: Mutex::default() }
    }

    fn token(&self, request: &Request) -> Result<Answer, String> {
        let mut form = request.form()?;
        form.expect("grant_type", "client_credentials")?;
        if let Some(scope) = self.scope {
            form.expect("scope", scope)?;
        }
        if form.take("audience").is_some_and(|audience| audience != self.audience) {
            return Ok(refusal(400, "invalid_target", "there is no such audience"));
        }
        let proven = match &self.proof {
            Proof::Secret(secret) => self.check_secret(secret, request, &mut form)?,
            Proof::Assertion(pair) => self.check_assertion(pair, &mut form)?,
        };
        form.done()?;
        if let Err(why) = proven {
            return Ok(refusal(401, "invalid_client", &why));
        }
        let token = self.issuer.token(self.client_id, self.audience);
        Ok(Answer::json(200, &json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 })))
    }

    /// In the body or by Basic authentication; never both (RFC 6749, 2.3).
    fn check_secret(
        &self,
        secret: &str,
        request: &Request,
        form: &mut Form,
    ) -> Result<Result<(), String>, String> {
        let (id, given) = match request.header("authorization") {
            Some(header) => {
                let text = header.strip_prefix("Basic ").ok_or("the Authorization header is not Basic")?;
                let text = STANDARD.decode(text).map_err(|error| error.to_string())?;
                let text = String::from_utf8(text).map_err(|error| error.to_string())?;
                let (id, given) = text.split_once(':').ok_or("no colon in the Basic credentials")?;
                (crate::http::decode(id)?, crate::http::decode(given)?)
            }
            None => (form.need("client_id")?, form.need("client_secret")?),
        };
        let good = id == self.client_id && given == secret;
        Ok(if good { Ok(()) } else { Err("the client or its secret is unknown".to_owned()) })
    }

    fn check_assertion(&self, pair: &SigningPair, form: &mut Form) -> Result<Result<(), String>, String> {
        form.expect("client_assertion_type", ASSERTION)?;
        let assertion = form.need("client_assertion")?;
        if form.take("client_id").is_some_and(|id| id != self.client_id) {
            return Err("the client is another than the assertion's".to_owned());
        }
        let audience = format!("{}{TOKEN_PATH}", self.issuer.url);
        let claims = match verify(&assertion, &pair.jwks(), self.client_id, &audience) {
            Ok(claims) => claims,
            Err(why) => return Ok(Err(why)),
        };
        if claims["sub"] != self.client_id {
            return Err("the assertion's subject is not the client".to_owned());
        }
        let lifetime =
            claims["exp"].as_i64().unwrap_or_default() - claims["iat"].as_i64().unwrap_or_default();
        if !(1..=600).contains(&lifetime) {
            return Err(format!("the assertion lives {lifetime} s"));
        }
        let mut used = self.used.lock().unwrap();
        if claims["jti"].as_str().is_none_or(str::is_empty) || used.contains(&claims["jti"]) {
            return Err("the assertion has no id of its own".to_owned());
        }
        used.push(claims["jti"].clone());
        Ok(Ok(()))
    }
}

impl Site for Provider {
    fn answer(&self, _: &str, request: &Request) -> Result<Answer, String> {
        let url = &self.issuer.url;
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/.well-known/openid-configuration") => Ok(Answer::json(
                200,
                &json!({
                    "issuer": url,
                    "jwks_uri": format!("{url}/keys"),
                    "token_endpoint": format!("{url}{TOKEN_PATH}"),
                }),
            )),
            ("GET", "/keys") => Ok(Answer::json(200, &json!(self.issuer.pair.jwks()))),
            ("POST", TOKEN_PATH) => self.token(request),
            _ => Ok(Answer::text(404, "not found")),
        }
    }
}

/// An error as a token endpoint tells it (RFC 6749, 5.2).
pub(crate) fn refusal(status: u16, error: &str, description: &str) -> Answer {
    Answer::json(status, &json!({ "error": error, "error_description": description }))
}
