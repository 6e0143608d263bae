//! Issuers of identity tokens, and the verification of tokens.

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
    jwk::{Jwk, JwkSet},
};
use rcgen::KeyPair;
use serde_json::{Value, json};
use std::sync::Mutex;

/// A key pair on the curve P-256, for ES256.
#[derive(Debug)]
pub struct SigningPair {
    kid: String,
    key: KeyPair,
}

impl SigningPair {
    /// Creates a key pair with this name.
    pub fn new(kid: &str) -> Self {
        Self { kid: kid.to_owned(), key: KeyPair::generate().unwrap() }
    }

    /// The private key as a file in the format of `openssl genpkey`.
    pub fn pem(&self) -> String {
        self.key.serialize_pem()
    }

    fn private(&self) -> EncodingKey {
        EncodingKey::from_ec_der(&self.key.serialize_der())
    }

    /// The public key as a JSON Web Key Set.
    pub fn jwks(&self) -> JwkSet {
        let mut key = Jwk::from_encoding_key(&self.private(), Algorithm::ES256).unwrap();
        key.common.key_id = Some(self.kid.clone());
        JwkSet { keys: vec![key] }
    }

    /// Signs a token with these claims.
    pub fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::ES256) };
        encode(&header, claims, &self.private()).unwrap()
    }
}

/// An issuer of tokens: its URL and its key.
#[derive(Debug)]
pub struct Issuer {
    /// The issuer URL, as in its tokens.
    pub url: String,
    /// The key that it signs with.
    pub pair: SigningPair,
    /// All tokens that it has issued.
    pub issued: Mutex<Vec<String>>,
}

impl Issuer {
    /// An issuer with its own key.
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned(), pair: SigningPair::new("stub-1"), issued: Mutex::default() }
    }

    /// A token that is valid for one hour from now.
    pub fn token(&self, subject: &str, audience: &str) -> String {
        self.token_until(subject, audience, now() + 3600)
    }

    /// A token that is valid for one hour and expires at this time, in seconds since 1970.
    pub fn token_until(&self, subject: &str, audience: &str, expiry: i64) -> String {
        let begin = expiry - 3600;
        let token = self.pair.sign(&json!({
            "iss": self.url, "sub": subject, "aud": audience, "iat": begin, "nbf": begin, "exp": expiry,
        }));
        self.issued.lock().unwrap().push(token.clone());
        token
    }
}

/// Seconds since 1970.
pub fn now() -> i64 {
    jsonwebtoken::get_current_timestamp().cast_signed()
}

/// Verifies that a token is signed by a key of `jwks`, from `issuer`, for `audience` and currently valid; returns its
/// claims.
pub fn verify(token: &str, jwks: &JwkSet, issuer: &str, audience: &str) -> Result<Value, String> {
    let words = |error: jsonwebtoken::errors::Error| format!("the token is refused: {error}");
    let kid = decode_header(token).map_err(words)?.kid.ok_or("the token names no key")?;
    let key = jwks.find(&kid).ok_or_else(|| format!("nobody knows the key {kid}"))?;
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&[audience]);
    rules.set_issuer(&[issuer]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.leeway = 0;
    let key = DecodingKey::from_jwk(key).map_err(words)?;
    decode::<Value>(token, &key, &rules).map(|token| token.claims).map_err(words)
}

/// The claims of a token, without verification.
pub fn claims(token: &str) -> Result<Value, String> {
    let unchecked = jsonwebtoken::dangerous::insecure_decode::<Value>(token);
    unchecked.map(|token| token.claims).map_err(|error| format!("the token is no JWT: {error}"))
}
