//! AWS: whoever calls must have signed with credentials that were issued here.

use crate::{
    http::{Answer, Request, hex},
    jwt::{Issuer, now},
    lambda,
    server::Site,
    sigv4::Signature,
    small_services, sts,
};
use aws_credential_types::Credentials;
use lamplight_domain::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

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
    pub roles: BTreeMap<String, Vec<sts::Trust>>,
    /// The functions by name.
    pub functions: BTreeMap<String, lambda::Function>,
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
    calls: Vec<Call>,
}

/// AWS.
#[derive(Debug, Default)]
pub struct Aws(Mutex<Account>);

impl Aws {
    /// The account, for this test to change; nobody else gets at it meanwhile.
    pub fn account(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap()
    }

    /// A key for as long as the test runs.
    pub fn user(&self, name: &str) -> AccessKey {
        self.account().issue(&user(name), None)
    }

    /// The same with the id that AWS's documentation uses.
    pub fn example_user(&self, name: &str) -> AccessKey {
        let mut account = self.account();
        let mut key = account.issue(&user(name), None);
        account.keys.remove(&key.id);
        EXAMPLE_KEY_ID.clone_into(&mut key.id);
        account.keys.insert(key.id.clone(), key.clone());
        key
    }

    /// A function that gives its event back.
    pub fn echo(&self) {
        self.account().functions.insert("echo".to_owned(), lambda::Function::default());
    }

    /// A temporary key of a role's session, as a machine is given.
    pub fn session(&self, role: &str, name: &str) -> AccessKey {
        self.account().issue(&session(role, name), Some(now() + 3600))
    }

    /// Makes a role.
    pub fn role(&self, name: &str, trust: impl IntoIterator<Item = sts::Trust>) {
        self.account().roles.insert(role(name), trust.into_iter().collect());
    }

    /// All calls that were let in, in their order.
    pub fn calls(&self) -> Vec<Call> {
        self.account().calls.clone()
    }

    /// The calls of one action.
    pub fn calls_of(&self, action: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.action == action).collect()
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

impl Site for Aws {
    fn answer(&self, host: &str, request: &Request) -> Result<Answer, String> {
        let endpoint = endpoint(host)?;
        let mut account = self.account();
        let Some(signature) = Signature::of(request)? else {
            let region = endpoint.map(|(_, region)| region.to_owned()).unwrap_or_default();
            let caller = Caller { key: None, region, host: host.to_owned() };
            return unsigned(&mut account, &caller, request);
        };
        if endpoint.is_some_and(|own| own != (&signature.service, &signature.region)) {
            return Err(format!("signed for {} in {}, sent to {host}", signature.service, signature.region));
        }
        let refuse =
            |code, message: &str| Ok(small_services::refusal(&signature.service, 403, code, message));
        let Some(key) = account.keys.get(&signature.access_key_id).cloned() else {
            return refuse(
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            );
        };
        let own = Credentials::new(&key.id, &key.secret, key.session_token.clone(), None, "stub");
        if let Err(why) = signature.verify(request, &own, Timestamp::from_second(now()).unwrap()) {
            return refuse("InvalidSignatureException", &why);
        }
        if key.expires_at.is_some_and(|end| end <= now()) {
            return refuse("ExpiredTokenException", "The security token included in the request is expired");
        }
        let caller = Caller { key: Some(key), region: signature.region.clone(), host: host.to_owned() };
        match signature.service.as_str() {
            "lambda" => lambda::answer(&mut account, &caller, request),
            "sts" => sts::answer(&mut account, &caller, request),
            "secretsmanager" => small_services::secrets_manager(&mut account, &caller, request),
            other => Err(format!("there is no service {other} here")),
        }
    }
}

fn unsigned(account: &mut Account, caller: &Caller, request: &Request) -> Result<Answer, String> {
    if request.is("GET", "/federation/credentials") {
        return small_services::sign_in_portal(account, caller, request);
    }
    if request.method == "POST" {
        return sts::answer(account, caller, request);
    }
    // What an address of AWS says to who just knocks.
    account.keep(caller, "", BTreeMap::new());
    Ok(Answer::json(403, &json!({ "message": "Missing Authentication Token" })))
}

/// The service and the region that the name of one of AWS's hosts holds; `None` for another address.
fn endpoint(host: &str) -> Result<Option<(&str, &str)>, String> {
    let own = host.strip_suffix(".amazonaws.com").or_else(|| host.strip_suffix(".api.aws"));
    let Some(name) = own else { return Ok(None) };
    let (service, region) = name.rsplit_once('.').ok_or_else(|| format!("{host} is no regional endpoint"))?;
    Ok(Some((service.strip_suffix("-fips").unwrap_or(service), region)))
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
