//! Signs client assertions: a JWT (RFC 7519) that replaces the client secret (RFC 7523).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lamplight_domain::{ErrorCode, Timestamp};
use lamplight_ports::{PortError, PortErrorKind};
use ring::{
    rand::SystemRandom,
    rsa,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256,
        RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    },
};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject};
use std::fmt;

/// How long an assertion is valid, in seconds: long enough for clocks that are not in sync.
const VALID_SECONDS: i64 = 300;

/// A signing algorithm (RFC 7518, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SigningAlgorithm {
    /// RSA with SHA-256.
    Rs256,
    /// RSA with SHA-384.
    Rs384,
    /// RSA with SHA-512.
    Rs512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
}

impl SigningAlgorithm {
    /// The algorithm's name in a JWT header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }
}

/// A private key for one algorithm. `Debug` shows only the algorithm.
pub struct SigningKey {
    algorithm: SigningAlgorithm,
    key: Key,
}

enum Key {
    Rsa(Box<rsa::KeyPair>),
    Ecdsa(Box<EcdsaKeyPair>),
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// The content of an assertion.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claims<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) audience: &'a str,
    pub(crate) id: &'a str,
    pub(crate) now: Timestamp,
    pub(crate) key_id: Option<&'a str>,
}

impl SigningKey {
    /// Reads a key from PEM: PKCS#8, or PKCS#1 for RSA. RSA keys have 2048-8192 bits.
    ///
    /// # Errors
    /// [`InvalidRequest`](PortErrorKind::InvalidRequest) with [`ErrorCode::SigningKeyInvalid`]; the key is not shown.
    pub fn from_pem(pem: &str, algorithm: SigningAlgorithm) -> Result<Self, PortError> {
        let invalid = |what: String, hint: &str| {
            PortError::new(PortErrorKind::InvalidRequest, ErrorCode::SigningKeyInvalid, what).with_hint(hint)
        };
        let name = algorithm.as_str();
        let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| {
            invalid(
                "the signing key is not a private key in PEM format".to_owned(),
                "use a key without a password that begins with -----BEGIN PRIVATE KEY-----",
            )
        })?;
        let unfit = |reason: &dyn fmt::Display| {
            invalid(
                format!("the signing key cannot be used with {name} ({reason})"),
                "RS256, RS384 and RS512 need an RSA key of at least 2048 bits, ES256 a P-256 key, ES384 a P-384 key",
            )
        };
        let key = match algorithm {
            SigningAlgorithm::Rs256 | SigningAlgorithm::Rs384 | SigningAlgorithm::Rs512 => match &der {
                PrivateKeyDer::Pkcs8(der) => rsa::KeyPair::from_pkcs8(der.secret_pkcs8_der()),
                PrivateKeyDer::Pkcs1(der) => rsa::KeyPair::from_der(der.secret_pkcs1_der()),
                _ => return Err(unfit(&"it is not an RSA key")),
            }
            .map(|key| Key::Rsa(Box::new(key))),
            SigningAlgorithm::Es256 | SigningAlgorithm::Es384 => {
                let PrivateKeyDer::Pkcs8(der) = &der else {
                    if matches!(der, PrivateKeyDer::Pkcs1(_)) {
                        return Err(unfit(&"it is an RSA key"));
                    }
                    return Err(invalid(
                        format!("the signing key is not in PKCS#8 format, which {name} needs"),
                        "convert it: openssl pkcs8 -topk8 -nocrypt -in key.pem -out key8.pem",
                    ));
                };
                let kind = if algorithm == SigningAlgorithm::Es256 {
                    &ECDSA_P256_SHA256_FIXED_SIGNING
                } else {
                    &ECDSA_P384_SHA384_FIXED_SIGNING
                };
                EcdsaKeyPair::from_pkcs8(kind, der.secret_pkcs8_der(), &SystemRandom::new())
                    .map(|key| Key::Ecdsa(Box::new(key)))
            }
        };
        key.map(|key| Self { algorithm, key }).map_err(|rejected| unfit(&rejected))
    }

    /// The assertion as a signed JWT.
    pub(crate) fn assertion(&self, claims: Claims<'_>) -> Result<String, PortError> {
        let mut header = serde_json::json!({ "alg": self.algorithm.as_str(), "typ": "JWT" });
        if let Some(key_id) = claims.key_id {
            header["kid"] = key_id.into();
        }
        let issued = claims.now.as_second();
        let said = serde_json::json!({
            "iss": claims.client_id,
            "sub": claims.client_id,
            "aud": claims.audience,
            "jti": claims.id,
            "iat": issued,
            "exp": issued + VALID_SECONDS,
        });
        let input = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(said.to_string())
        );
        let signature = self.sign(input.as_bytes())?;
        Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn sign(&self, input: &[u8]) -> Result<Vec<u8>, PortError> {
        let random = SystemRandom::new();
        let failed = |_| {
            let message = "could not sign the client assertion".to_owned();
            PortError::new(PortErrorKind::Unavailable, ErrorCode::SigningKeyInvalid, message)
        };
        match &self.key {
            Key::Ecdsa(key) => Ok(key.sign(&random, input).map_err(failed)?.as_ref().to_vec()),
            Key::Rsa(key) => {
                let padding: &'static dyn ring::signature::RsaEncoding = match self.algorithm {
                    SigningAlgorithm::Rs384 => &RSA_PKCS1_SHA384,
                    SigningAlgorithm::Rs512 => &RSA_PKCS1_SHA512,
                    SigningAlgorithm::Rs256 | SigningAlgorithm::Es256 | SigningAlgorithm::Es384 => {
                        &RSA_PKCS1_SHA256
                    }
                };
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(padding, &random, input, &mut signature).map_err(failed)?;
                Ok(signature)
            }
        }
    }
}
