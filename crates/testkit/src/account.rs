//! The contents of the simulated AWS account, and its callers.

use crate::{
    function::Function,
    http::{Request, hex},
    jwt::Issuer,
};
use ring::rand::{SecureRandom, SystemRandom};
use std::{collections::BTreeMap, sync::Arc};

/// The ID of the account.
pub const ACCOUNT: &str = "123456789012";

/// The access key ID from AWS's documentation.
pub const EXAMPLE_KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";

/// The ARN of a user.
pub fn user(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/{name}")
}

/// The ARN of a role.
pub fn role(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

/// The ARN of a role session.
pub fn session(role: &str, name: &str) -> String {
    format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}")
}

/// An access key, as its holder knows it.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// The access key ID.
    pub id: String,
    /// The secret access key.
    pub secret: String,
    /// The session token of a temporary key.
    pub session_token: Option<String>,
    /// The ARN of its owner.
    pub principal: String,
    /// When it expires, in seconds since 1970.
    pub expires_at: Option<i64>,
}

/// A call that was authorised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The action as IAM names it, such as `lambda:InvokeFunction`.
    pub action: String,
    /// The owner of the signing key; empty if the action needs no signature.
    pub principal: String,
    /// The region that was called.
    pub region: String,
    /// The host that the call was sent to.
    pub host: String,
    /// The fields of the request; those of STS by name.
    pub fields: BTreeMap<String, String>,
}

/// The contents of the account.
#[derive(Debug, Default)]
pub struct Account {
    /// The keys, by ID.
    pub keys: BTreeMap<String, AccessKey>,
    /// The roles by ARN, with who may assume each.
    pub roles: BTreeMap<String, Vec<Trust>>,
    /// The functions by name.
    pub functions: BTreeMap<String, Function>,
    /// How many of the next answers to Lambda management requests are lost, starting with the next change.
    pub answers_to_lose: u32,
    losing: bool,
    /// The statements on the only layer.
    pub(crate) layer_policy: Vec<serde_json::Value>,
    /// The secrets of Secrets Manager.
    pub secrets: BTreeMap<String, String>,
    /// Access tokens of the sign-in portal, with the role that each gives.
    pub sign_ins: BTreeMap<String, String>,
    /// The trusted issuers.
    pub providers: Vec<Arc<Issuer>>,
    pub(crate) calls: Vec<Call>,
}

/// Who may assume a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// A user or role.
    Caller {
        /// Its ARN.
        arn: String,
        /// The external ID that it must send.
        external_id: Option<String>,
        /// Whether its session may have tags.
        tags: bool,
    },
    /// Whoever presents a token with these claims.
    Token {
        /// The claim `iss`.
        issuer: String,
        /// The claim `aud`.
        audience: String,
        /// The claim `sub`.
        subject: String,
    },
}

impl Trust {
    /// The user or role with this ARN.
    pub fn caller(arn: String) -> Self {
        Self::Caller { arn, external_id: None, tags: false }
    }
}

impl Account {
    /// Whether to lose this answer; the request is carried out all the same.
    pub(crate) fn loses(&mut self, request: &Request) -> bool {
        let loses = self.answers_to_lose > 0 && (self.losing || request.method != "GET");
        if loses {
            self.answers_to_lose -= 1;
            self.losing = self.answers_to_lose > 0;
        }
        loses
    }

    /// Creates a key; it is temporary if it has an end.
    pub fn issue(&mut self, principal: &str, expires_at: Option<i64>) -> AccessKey {
        let prefix = if expires_at.is_some() { "ASIA" } else { "AKIA" };
        let key = AccessKey {
            id: format!("{prefix}{}", hex(&random(8)).to_uppercase()),
            // As long as AWS's, and with characters that need escaping in some places.
            secret: format!("/+{}", hex(&random(19))),
            session_token: expires_at.map(|_| format!("IQoJ/+{}==", hex(&random(150)))),
            principal: principal.to_owned(),
            expires_at,
        };
        self.keys.insert(key.id.clone(), key.clone());
        key
    }

    pub(crate) fn keep(&mut self, caller: &Caller, action: &str, fields: BTreeMap<String, String>) {
        self.calls.push(Call {
            action: action.to_owned(),
            principal: caller.key.as_ref().map(|key| key.principal.clone()).unwrap_or_default(),
            region: caller.region.clone(),
            host: caller.host.clone(),
            fields,
        });
    }
}

/// The caller, and where it calls.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) key: Option<AccessKey>,
    pub(crate) region: String,
    pub(crate) host: String,
}

/// Random bytes.
pub fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SystemRandom::new().fill(&mut bytes).unwrap();
    bytes
}

/// A request ID in AWS's format.
pub(crate) fn request_id() -> String {
    let text = hex(&random(16));
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}
