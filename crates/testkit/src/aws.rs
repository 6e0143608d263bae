//! AWS: callers must sign with credentials that were issued here.

use crate::{
    function::Function,
    http::{Answer, Request},
    jwt::now,
    lambda,
    server::Site,
    sigv4::Signature,
    small_services, sts,
};
use aws_credential_types::Credentials;
use lamplight_domain::Timestamp;
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
};

pub use crate::account::{
    ACCOUNT, AccessKey, Account, Call, EXAMPLE_KEY_ID, Trust, random, role, session, user,
};
use crate::account::{Caller, request_id};

/// AWS.
#[derive(Debug, Default)]
pub struct Aws(Mutex<Account>);

impl Aws {
    /// The account, locked for this test to change.
    pub fn account(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap()
    }

    /// A key that is valid for the whole test.
    pub fn user(&self, name: &str) -> AccessKey {
        self.account().issue(&user(name), None)
    }

    /// The same, with the key ID from AWS's documentation.
    pub fn example_user(&self, name: &str) -> AccessKey {
        let mut account = self.account();
        let mut key = account.issue(&user(name), None);
        account.keys.remove(&key.id);
        EXAMPLE_KEY_ID.clone_into(&mut key.id);
        account.keys.insert(key.id.clone(), key.clone());
        key
    }

    /// A function that returns its event.
    pub fn echo(&self) {
        self.account().functions.insert("echo".to_owned(), Function::default());
    }

    /// A temporary key of a role session, as a machine receives it.
    pub fn session(&self, role: &str, name: &str) -> AccessKey {
        self.account().issue(&session(role, name), Some(now() + 3600))
    }

    /// Creates a role.
    pub fn role(&self, name: &str, trust: impl IntoIterator<Item = Trust>) {
        self.account().roles.insert(role(name), trust.into_iter().collect());
    }

    /// All authorised calls, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.account().calls.clone()
    }

    /// The calls of one action.
    pub fn calls_of(&self, action: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.action == action).collect()
    }
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
    // What an AWS endpoint answers to a plain connection check.
    account.keep(caller, "", BTreeMap::new());
    let answer = Answer::json(403, &json!({ "message": "Missing Authentication Token" }));
    Ok(answer.with("x-amzn-requestid", request_id()))
}

/// The service and the region in an AWS host name; `None` for any other host.
fn endpoint(host: &str) -> Result<Option<(&str, &str)>, String> {
    let own = host.strip_suffix(".amazonaws.com").or_else(|| host.strip_suffix(".api.aws"));
    let Some(name) = own else { return Ok(None) };
    let (service, region) = name.rsplit_once('.').ok_or_else(|| format!("{host} is no regional endpoint"))?;
    Ok(Some((service.strip_suffix("-fips").unwrap_or(service), region)))
}
