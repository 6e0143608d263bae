//! What there is in the account of AWS, and who calls.

use crate::{
    function::Function,
    http::{Request, hex},
    jwt::Issuer,
};
use ring::rand::{SecureRandom, SystemRandom};
use std::{collections::BTreeMap, sync::Arc};

/// The account of everybody here.
pub const ACCOUNT: &str = "123456789012";

/// The access key id of AWS's documentation.
pub const EXAMPLE_KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";

/// The ARN of a user.
pub fn user(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/{name}")
}

/// The ARN of a role.
pub fn role(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

/// The ARN of a role's session.
pub fn session(role: &str, name: &str) -> String {
    format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}")
}

/// An access key as its holder has it.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// Its id.
    pub id: String,
    /// Its secret half.
    pub secret: String,
    /// What goes with a temporary key.
    pub session_token: Option<String>,
    /// Whose it is.
    pub principal: String,
    /// When it ends, in seconds since 1970.
    pub expires_at: Option<i64>,
}

/// One call that was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// As in IAM, `lambda:InvokeFunction`.
    pub action: String,
    /// Whose signature it bore; empty where it needed none.
    pub principal: String,
    /// The region that was asked.
    pub region: String,
    /// Where it was sent.
    pub host: String,
    /// The fields that it came with, those of STS by their names.
    pub fields: BTreeMap<String, String>,
}

/// What there is in the account.
#[derive(Debug, Default)]
pub struct Account {
    /// The keys by their ids.
    pub keys: BTreeMap<String, AccessKey>,
    /// The roles by their ARNs, with whom each lets in.
    pub roles: BTreeMap<String, Vec<Trust>>,
    /// The functions by name.
    pub functions: BTreeMap<String, Function>,
    /// How many of the next answers of Lambda about managing are lost, beginning with the next change.
    pub answers_to_lose: u32,
    losing: bool,
    /// The statements on the one layer that there is.
    pub(crate) layer_policy: Vec<serde_json::Value>,
    /// The texts of Secrets Manager.
    pub secrets: BTreeMap<String, String>,
    /// Access tokens of the sign-in portal, with the role that each may have.
    pub sign_ins: BTreeMap<String, String>,
    /// The issuers whose tokens are taken.
    pub providers: Vec<Arc<Issuer>>,
    pub(crate) calls: Vec<Call>,
}

/// Whom a role lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// A user or role.
    Caller {
        /// Its ARN.
        arn: String,
        /// What it must say beside.
        external_id: Option<String>,
        /// Whether its session may have tags.
        tags: bool,
    },
    /// Whoever holds a token.
    Token {
        /// Its `iss`.
        issuer: String,
        /// Its `aud`.
        audience: String,
        /// Its `sub`.
        subject: String,
    },
}

impl Trust {
    /// The user or role of this ARN.
    pub fn caller(arn: String) -> Self {
        Self::Caller { arn, external_id: None, tags: false }
    }
}

impl Account {
    /// Whether the answer is to be lost; what was asked for is done all the same.
    pub(crate) fn loses(&mut self, request: &Request) -> bool {
        let loses = self.answers_to_lose > 0 && (self.losing || request.method != "GET");
        if loses {
            self.answers_to_lose -= 1;
            self.losing = self.answers_to_lose > 0;
        }
        loses
    }

    /// Makes a key: temporary where it ends.
    pub fn issue(&mut self, principal: &str, expires_at: Option<i64>) -> AccessKey {
        let prefix = if expires_at.is_some() { "ASIA" } else { "AKIA" };
        let key = AccessKey {
            id: format!("{prefix}{}", hex(&random(8)).to_uppercase()),
            // As long as AWS's and with signs that have to be escaped here and there.
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

/// Who calls, and where.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) key: Option<AccessKey>,
    pub(crate) region: String,
    pub(crate) host: String,
}

/// As many bytes that nobody can guess.
pub fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SystemRandom::new().fill(&mut bytes).unwrap();
    bytes
}

/// A request id as AWS gives.
pub(crate) fn request_id() -> String {
    let text = hex(&random(16));
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}
