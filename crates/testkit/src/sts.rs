//! STS: roles are assumed with credentials that were issued here or with tokens of a trusted issuer. Formats and rules
//! are those of the STS API reference.

use crate::{
    account::{self, ACCOUNT, AccessKey, Account, Caller, Trust, request_id},
    http::{Answer, Request},
    jwt::{self, now},
};
use lamplight_domain::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// The beginning of the name of a role that STS refuses, whoever calls; the error code follows it.
pub const REFUSES: &str = "refuses-";

/// The fields of a request for a session; names of list fields end in a dot.
const FIELDS: [&str; 9] = [
    "RoleArn",
    "RoleSessionName",
    "DurationSeconds",
    "Policy",
    "ExternalId",
    "SourceIdentity",
    "PolicyArns.member.",
    "Tags.member.",
    "TransitiveTagKeys.member.",
];

type Fields = BTreeMap<String, String>;

/// The code and the message of an error.
type Refused = (String, String);

fn refuse<T>(code: &str, words: impl Into<String>) -> Result<T, Refused> {
    Err((code.to_owned(), words.into()))
}

pub(crate) fn answer(account: &mut Account, caller: &Caller, request: &Request) -> Result<Answer, String> {
    if !request.is("POST", "/") {
        return Err(format!("STS has no {} {}", request.method, request.path));
    }
    let mut form = request.form()?;
    form.expect("Version", "2011-06-15")?;
    let (action, token) = (form.need("Action")?, form.take("WebIdentityToken"));
    let fields = form.rest(&FIELDS)?;
    let asked = (action.as_str(), caller.key.as_ref(), token);
    let outcome = match asked {
        ("GetCallerIdentity", Some(key), None) if fields.is_empty() => {
            Ok(format!("<Arn>{}</Arn><UserId>AIDASTUB</UserId><Account>{ACCOUNT}</Account>", key.principal))
        }
        ("AssumeRole", Some(key), None) => {
            let chained = key.principal.contains(":assumed-role/");
            assume(account, &fields, chained, |trust| lets_in(trust, key, &fields))
        }
        ("AssumeRoleWithWebIdentity", None, Some(token)) => by_token(account, &fields, &token),
        (action, ..) => return Err(format!("{action} cannot be asked for like that")),
    };
    account.keep(caller, &format!("sts:{action}"), fields);
    Ok(match outcome {
        Ok(body) => good(&action, &body),
        Err((code, words)) => {
            let denied = ["AccessDenied", "IDPRejectedClaim", "RegionDisabledException"];
            error(if denied.contains(&code.as_str()) { 403 } else { 400 }, &code, &words)
        }
    })
}

/// The credentials of a session, if the role trusts the caller and can be assumed this way.
fn assume(
    account: &mut Account,
    fields: &Fields,
    chained: bool,
    trusted: impl Fn(&Trust) -> bool,
) -> Result<String, Refused> {
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let name = field("RoleArn").rsplit('/').next().unwrap_or_default();
    if let Some(code) = name.strip_prefix(REFUSES) {
        return refuse(code, format!("refused by the script with {code}"));
    }
    let seconds = fields.get("DurationSeconds").map_or(Ok(3600), |seconds| seconds.parse::<i64>());
    let longest = if chained { 3600 } else { 43_200 };
    let Some(seconds) = seconds.ok().filter(|seconds| (900..=longest).contains(seconds)) else {
        return refuse("ValidationError", "The requested DurationSeconds is out of range");
    };
    let policy = fields.get("Policy").map(|policy| serde_json::from_str::<Value>(policy));
    if policy.is_some_and(|policy| !policy.is_ok_and(|policy| policy["Statement"].is_array())) {
        return refuse("MalformedPolicyDocument", "Syntax errors in policy.");
    }
    if !account.roles.get(field("RoleArn")).is_some_and(|trusts| trusts.iter().any(trusted)) {
        let words = format!("Somebody is not authorized to perform: sts:AssumeRole on {}", field("RoleArn"));
        return refuse("AccessDenied", words);
    }
    if field("RoleSessionName").is_empty() {
        return refuse("ValidationError", "RoleSessionName is missing");
    }
    let key = account.issue(&account::session(name, field("RoleSessionName")), Some(now() + seconds));
    let expiry = Timestamp::from_second(key.expires_at.unwrap_or_default()).unwrap();
    Ok(format!(
        "<AssumedRoleUser><Arn>{}</Arn><AssumedRoleId>AROASTUB:x</AssumedRoleId></AssumedRoleUser><Credentials>\
         <AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey><SessionToken>{}</SessionToken>\
         <Expiration>{expiry}</Expiration></Credentials>",
        key.principal,
        key.id,
        key.secret,
        key.session_token.unwrap_or_default()
    ))
}

fn lets_in(trust: &Trust, key: &AccessKey, fields: &Fields) -> bool {
    let Trust::Caller { arn, external_id, tags } = trust else { return false };
    // A session has access wherever its role has.
    let role = key.principal.strip_prefix(&format!("arn:aws:sts::{ACCOUNT}:assumed-role/"));
    let role = role.and_then(|rest| rest.split('/').next()).map(account::role);
    (key.principal == *arn || role.as_ref() == Some(arn))
        && (external_id.is_none() || fields.get("ExternalId") == external_id.as_ref())
        && (*tags || !fields.keys().any(|name| name.starts_with("Tags.")))
}

/// The same, with a token that a trusted issuer has signed.
fn by_token(account: &mut Account, fields: &Fields, token: &str) -> Result<String, Refused> {
    let invalid = |words: String| ("InvalidIdentityToken".to_owned(), words);
    let unchecked = jwt::claims(token).map_err(invalid)?;
    let issuer = account.providers.iter().find(|issuer| unchecked["iss"] == issuer.url.as_str());
    let issuer = issuer.ok_or_else(|| invalid("No OpenIDConnect provider found".to_owned()))?;
    let trusts = fields.get("RoleArn").and_then(|role| account.roles.get(role)).into_iter().flatten();
    let mut audiences = trusts.filter_map(|trust| match trust {
        Trust::Token { issuer: own, audience, .. } if *own == issuer.url => Some(audience.as_str()),
        _ => None,
    });
    let audience = audiences.next_back().or_else(|| unchecked["aud"].as_str()).unwrap_or_default().to_owned();
    let claims = jwt::verify(token, &issuer.pair.jwks(), &issuer.url, &audience).map_err(|words| {
        let code = if words.contains("Expired") { "ExpiredTokenException" } else { "InvalidIdentityToken" };
        (code.to_owned(), words)
    })?;
    let subject = claims["sub"].as_str().unwrap_or_default().to_owned();
    let told = format!(
        "<SubjectFromWebIdentityToken>{subject}</SubjectFromWebIdentityToken><Audience>{audience}</Audience>"
    );
    let found = Trust::Token { issuer: issuer.url.clone(), audience, subject };
    assume(account, fields, false, |trust| *trust == found).map(|credentials| told + &credentials)
}

fn good(action: &str, body: &str) -> Answer {
    whole(200, action, &format!("<{action}Result>{body}</{action}Result>"))
}

/// An error in the format of query-protocol services.
pub(crate) fn error(status: u16, code: &str, message: &str) -> Answer {
    let message = message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let error = format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>");
    whole(status, "Error", &error)
}

fn whole(status: u16, what: &str, body: &str) -> Answer {
    let id = format!("<RequestId>{}</RequestId>", request_id());
    let id = if what == "Error" { id } else { format!("<ResponseMetadata>{id}</ResponseMetadata>") };
    let namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
    let text = format!("<{what}Response xmlns=\"{namespace}\">{body}{id}</{what}Response>");
    Answer::new(status, "text/xml", text).with("x-amzn-requestid", request_id())
}
