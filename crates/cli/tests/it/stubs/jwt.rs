//! Issuers of identity tokens, and the check of a token by whoever trusts one.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode, jwk::JwkSet,
};
use lamplight_ports::Clock;
use lamplight_system_adapter::SystemClock;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use std::sync::Mutex;

/// A key pair of the curve P-256, which ES256 signs with.
#[derive(Debug)]
pub struct SigningPair {
    pub kid: String,
    pkcs8: Vec<u8>,
    public: Vec<u8>,
}

impl SigningPair {
    pub fn new(kid: &str) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        Self {
            kid: kid.to_owned(),
            pkcs8: pkcs8.as_ref().to_vec(),
            public: pair.public_key().as_ref().to_vec(),
        }
    }

    /// The private half as a file that `openssl genpkey` would have written.
    pub fn pem(&self) -> String {
        let text = base64::engine::general_purpose::STANDARD.encode(&self.pkcs8);
        let lines: Vec<&str> =
            text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let kind = ["PRIVATE", "KEY"].join(" ");
        format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", lines.join("\n"))
    }

    /// The public half as a set of one.
    pub fn jwks(&self) -> Value {
        // An uncompressed point: 4, then both coordinates (SEC 1, 2.3.3).
        let (x, y) = self.public[1..].split_at(32);
        let [x, y] = [x, y].map(|half| URL_SAFE_NO_PAD.encode(half));
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid, "x": x, "y": y }] })
    }

    pub fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::ES256) };
        encode(&header, claims, &EncodingKey::from_ec_der(&self.pkcs8)).unwrap()
    }
}

/// An issuer of tokens: its URL and its key.
#[derive(Debug)]
pub struct Issuer {
    pub url: String,
    pub pair: SigningPair,
    /// All tokens that it has given out.
    pub issued: Mutex<Vec<String>>,
}

impl Issuer {
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned(), pair: SigningPair::new("stub-1"), issued: Mutex::default() }
    }

    /// A token that is good for an hour.
    pub fn token(&self, subject: &str, audience: &str) -> String {
        self.token_until(subject, audience, now() + 3600)
    }

    pub fn token_until(&self, subject: &str, audience: &str, expiry: i64) -> String {
        let token = self.pair.sign(&json!({
            "iss": self.url,
            "sub": subject,
            "aud": audience,
            "iat": expiry - 3600,
            "nbf": expiry - 3600,
            "exp": expiry,
        }));
        self.issued.lock().unwrap().push(token.clone());
        token
    }
}

/// Seconds since 1970.
pub fn now() -> i64 {
    SystemClock.now().as_second()
}

/// Whether a token is signed by a key of `jwks`, from `issuer`, for `audience` and of now; its claims.
pub fn verify(token: &str, jwks: &Value, issuer: &str, audience: &str) -> Result<Value, String> {
    let words = |error: jsonwebtoken::errors::Error| format!("the token is refused: {error}");
    let keys: JwkSet = serde_json::from_value(jwks.clone()).map_err(|error| error.to_string())?;
    let header = decode_header(token).map_err(words)?;
    let kid = header.kid.ok_or("the token names no key")?;
    let key = keys.find(&kid).ok_or_else(|| format!("nobody knows the key {kid}"))?;
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&[audience]);
    rules.set_issuer(&[issuer]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.leeway = 0;
    let key = DecodingKey::from_jwk(key).map_err(words)?;
    decode::<Value>(token, &key, &rules).map(|token| token.claims).map_err(words)
}

/// The claims of a token that nobody checked.
pub fn claims(token: &str) -> Result<Value, String> {
    let part = token.split('.').nth(1).ok_or("the token is no JWT")?;
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|error| error.to_string())?;
    serde_json::from_slice(&bytes).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_audience_from_its_issuer_and_in_its_time() {
        let issuer = Issuer::new("https://idp.example.com");
        let check = |token: &str, audience: &str| verify(token, &issuer.pair.jwks(), &issuer.url, audience);
        let token = issuer.token("ada", "aws");
        assert_eq!(check(&token, "aws").unwrap()["sub"], "ada");
        assert!(check(&token, "other").unwrap_err().contains("InvalidAudience"));
        assert!(check(&issuer.token_until("ada", "aws", now() - 1), "aws").unwrap_err().contains("Expired"));
        let forged = Issuer::new(&issuer.url).token("ada", "aws");
        assert!(check(&forged, "aws").unwrap_err().contains("InvalidSignature"));
        let stranger = Issuer::new("https://else.example.com");
        let jwks = stranger.pair.jwks();
        assert!(verify(&stranger.token("ada", "aws"), &jwks, &issuer.url, "aws").is_err());
    }
}
