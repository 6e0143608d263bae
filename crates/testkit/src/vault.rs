//! HashiCorp Vault: entries of a KV v2 engine, for callers that have the token or sign in (Vault API documentation, "KV
//! secrets engine - version 2", "`AppRole` auth method", "JWT/OIDC auth method").

use crate::{
    http::{Answer, Request},
    server::Site,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A vault with one mount, `secret`.
#[derive(Debug, Default)]
pub struct Vault {
    /// The tokens that may read.
    pub tokens: Vec<String>,
    /// The required namespace; `None` requires that none is sent.
    pub namespace: Option<&'static str>,
    /// The role ID and secret ID of an `AppRole`, and the token that it gives.
    pub approle: Option<(&'static str, String, String)>,
    /// The entries, by path below the mount.
    pub entries: BTreeMap<&'static str, Map<String, Value>>,
    /// Paths that no token may read.
    pub forbidden: Vec<&'static str>,
}

fn errors(status: u16, words: &[&str]) -> Answer {
    Answer::json(status, &json!({ "errors": words }))
}

impl Vault {
    fn sign_in(&self, request: &Request) -> Result<Answer, String> {
        let body = request.json()?;
        let Some((role, secret, token)) = &self.approle else {
            return Ok(errors(404, &["no handler for route \"auth/approle/login\""]));
        };
        if body != json!({ "role_id": role, "secret_id": secret }) {
            return Ok(errors(400, &["invalid role or secret ID"]));
        }
        Ok(Answer::json(
            200,
            &json!({ "auth": { "client_token": token, "lease_duration": 1200, "renewable": true } }),
        ))
    }
}

impl Site for Vault {
    fn answer(&self, _: &str, request: &Request) -> Result<Answer, String> {
        request.expect("x-vault-request", "true")?;
        if request.header("x-vault-namespace") != self.namespace {
            return Ok(errors(403, &["permission denied"]));
        }
        if request.is("POST", "/v1/auth/approle/login") || request.is("PUT", "/v1/auth/approle/login") {
            return self.sign_in(request);
        }
        let token = request.need("x-vault-token")?;
        let Some(path) = request.path.strip_prefix("/v1/secret/data/").filter(|_| request.method == "GET")
        else {
            return Ok(errors(404, &[]));
        };
        let known = self.tokens.iter().any(|own| own == token)
            || self.approle.as_ref().is_some_and(|(_, _, own)| own == token);
        if !known || self.forbidden.contains(&path) {
            return Ok(errors(403, &["1 error occurred:\n\t* permission denied\n\n"]));
        }
        match self.entries.get(path) {
            Some(entry) => {
                let metadata = json!({ "version": 1, "destroyed": false, "deletion_time": "" });
                Ok(Answer::json(200, &json!({ "data": { "data": entry, "metadata": metadata } })))
            }
            None => Ok(errors(404, &[])),
        }
    }
}
