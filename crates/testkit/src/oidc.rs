//! An identity provider: tokens for clients that authenticate with a secret or a signed assertion (RFC 6749, 4.4; RFC
//! 7523; OpenID Connect Core, 9).

use crate::{
    http::{Answer, Form, Request},
    jwt::{Issuer, SigningPair, verify},
    server::Site,
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// The kind of an assertion (RFC 7523, 2.2).
pub(crate) const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How a client authenticates.
#[derive(Debug)]
pub enum Proof {
    /// With this secret, in the body.
    Secret(String),
    /// With an assertion signed by this pair; the provider has the public key.
    Assertion(Box<SigningPair>),
}

/// The provider, with one client.
#[derive(Debug)]
pub struct Provider {
    issuer: Arc<Issuer>,
    client_id: &'static str,
    proof: Proof,
    /// The audience of its tokens.
    audience: &'static str,
    /// The IDs of the assertions that were used; each is valid once.
    used: Mutex<Vec<Value>>,
}

const TOKEN_PATH: &str = "/oauth2/token";

impl Provider {
    /// A provider with this client.
    pub fn new(issuer: Arc<Issuer>, client_id: &'static str, audience: &'static str, proof: Proof) -> Self {
        Self { issuer, client_id, proof, audience, used: Mutex::default() }
    }

    fn has_secret(&self, secret: &str, form: &mut Form) -> Result<bool, String> {
        Ok(form.need("client_id")? == self.client_id && form.need("client_secret")? == secret)
    }

    fn has_signed(&self, pair: &SigningPair, form: &mut Form) -> Result<bool, String> {
        form.expect("client_assertion_type", ASSERTION)?;
        let assertion = form.need("client_assertion")?;
        let client = form.take("client_id").unwrap_or_else(|| self.client_id.to_owned());
        let audience = format!("{}{TOKEN_PATH}", self.issuer.url);
        let Ok(claims) = verify(&assertion, &pair.jwks(), self.client_id, &audience) else {
            return Ok(false);
        };
        let [begin, end] = ["iat", "exp"].map(|name| claims[name].as_i64().unwrap_or_default());
        if !(1..=600).contains(&(end - begin)) || claims["jti"].as_str().is_none_or(str::is_empty) {
            return Err(format!("the assertion lives {} s or has no id", end - begin));
        }
        let mut used = self.used.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if used.contains(&claims["jti"]) {
            return Err("the assertion was used before".to_owned());
        }
        used.push(claims["jti"].clone());
        Ok(claims["sub"] == self.client_id && client == self.client_id)
    }
}

impl Site for Provider {
    fn answer(&self, _: &str, request: &Request) -> Result<Answer, String> {
        if !request.is("POST", TOKEN_PATH) {
            return Err(format!("the token endpoint is {TOKEN_PATH}"));
        }
        let mut form = request.form()?;
        form.expect("grant_type", "client_credentials")?;
        if form.take("audience").is_some_and(|audience| audience != self.audience) {
            return Err("there is no such audience".to_owned());
        }
        let proven = match &self.proof {
            Proof::Secret(secret) => self.has_secret(secret, &mut form)?,
            Proof::Assertion(pair) => self.has_signed(pair, &mut form)?,
        };
        form.done()?;
        if !proven {
            return Ok(refusal(401, "invalid_client", "the client or what it proves is unknown"));
        }
        let token = self.issuer.token(self.client_id, self.audience);
        Ok(Answer::json(200, &json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 })))
    }
}

/// An error in the format of a token endpoint (RFC 6749, 5.2).
pub(crate) fn refusal(status: u16, error: &str, description: &str) -> Answer {
    Answer::json(status, &json!({ "error": error, "error_description": description }))
}
