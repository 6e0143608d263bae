//! STS: roles are assumed with credentials that were issued here or with tokens of a trusted issuer. The shapes and
//! rules are those of the STS API reference.

use crate::{
    aws::{self, ACCOUNT, AccessKey, Account, Caller, request_id},
    http::{Answer, Form, Request},
    jwt::{self, now},
};
use lamplight_domain::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// Whom a role lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// The user or role of this ARN, with the external id where there is one, and with session tags or without.
    Caller {
        /// The ARN.
        arn: String,
        /// What the role asks for beside.
        external_id: Option<String>,
        /// Whether a session may have tags.
        tags: bool,
    },
    /// Whoever holds a token of this issuer for this audience whose `sub` is this.
    Token {
        /// `iss` of the token.
        issuer: String,
        /// `aud`.
        audience: String,
        /// `sub`.
        subject: String,
    },
}

impl Trust {
    /// The user or role of this ARN.
    pub fn caller(arn: String) -> Self {
        Self::Caller { arn, external_id: None, tags: false }
    }
}

/// The name of a role that STS refuses with the code after it, whoever asks.
pub const REFUSES: &str = "refuses-";

const ACCESS_DENIED: &str = "is not authorized to perform";

/// A refusal in STS's words.
struct Refused(&'static str, String);

pub(crate) fn signed(account: &mut Account, caller: &Caller, request: &Request) -> Result<Answer, String> {
    let key = caller.key.clone().ok_or("nobody signed")?;
    let mut form = read(request)?;
    match form.need("Action")?.as_str() {
        "GetCallerIdentity" => {
            form.done()?;
            account.keep(caller, "sts:GetCallerIdentity", BTreeMap::new());
            let principal = &key.principal;
            let body = format!("<Arn>{principal}</Arn><UserId>AIDASTUB</UserId><Account>{ACCOUNT}</Account>");
            Ok(good("GetCallerIdentity", &body))
        }
        "AssumeRole" => {
            let asked = Asked::read(form)?;
            account.keep(caller, "sts:AssumeRole", asked.fields.clone());
            let chained = key.principal.contains(":assumed-role/");
            match assume(account, &asked, chained, |trust| lets_in(trust, &key, &asked)) {
                Ok(key) => Ok(good("AssumeRole", &credentials(&key))),
                Err(refused) => Ok(bad(&refused)),
            }
        }
        other => Err(format!("there is no signed action {other} here")),
    }
}

pub(crate) fn unsigned(account: &mut Account, caller: &Caller, request: &Request) -> Result<Answer, String> {
    let mut form = read(request)?;
    form.expect("Action", "AssumeRoleWithWebIdentity")?;
    let token = form.need("WebIdentityToken")?;
    let asked = Asked::read(form)?;
    account.keep(caller, "sts:AssumeRoleWithWebIdentity", asked.fields.clone());
    let checked = check_token(account, &asked.role, &token);
    let token = match checked {
        Ok(token) => token,
        Err(refused) => return Ok(bad(&refused)),
    };
    match assume(account, &asked, false, |trust| *trust == token) {
        Ok(key) => {
            let Trust::Token { subject, audience, .. } = token else { return Err("no token".to_owned()) };
            let subject = format!("<SubjectFromWebIdentityToken>{subject}</SubjectFromWebIdentityToken>");
            let body = format!("{subject}<Audience>{audience}</Audience>{}", credentials(&key));
            Ok(good("AssumeRoleWithWebIdentity", &body))
        }
        Err(refused) => Ok(bad(&refused)),
    }
}

fn read(request: &Request) -> Result<Form, String> {
    if !request.is("POST", "/") {
        return Err(format!("STS has no {} {}", request.method, request.path));
    }
    let mut form = request.form()?;
    form.expect("Version", "2011-06-15")?;
    Ok(form)
}

/// What was asked for a session.
struct Asked {
    role: String,
    session: String,
    fields: BTreeMap<String, String>,
}

impl Asked {
    fn read(mut form: Form) -> Result<Self, String> {
        let (role, session) = (form.need("RoleArn")?, form.need("RoleSessionName")?);
        let mut fields = BTreeMap::new();
        for name in ["DurationSeconds", "Policy", "ExternalId", "SourceIdentity"] {
            fields.extend(form.take(name).map(|value| (name.to_owned(), value)));
        }
        for list in ["PolicyArns.member.", "Tags.member.", "TransitiveTagKeys.member."] {
            fields.extend(form.take_all(list));
        }
        form.done()?;
        fields.insert("RoleArn".to_owned(), role.clone());
        fields.insert("RoleSessionName".to_owned(), session.clone());
        Ok(Self { role, session, fields })
    }

    fn name(&self) -> &str {
        self.role.rsplit('/').next().unwrap_or_default()
    }

    fn duration(&self) -> Result<i64, Refused> {
        let Some(text) = self.fields.get("DurationSeconds") else { return Ok(3600) };
        let seconds = text.parse().ok().filter(|seconds| (900..=43_200).contains(seconds));
        seconds.ok_or_else(|| Refused("ValidationError", format!("DurationSeconds {text} is out of range")))
    }
}

fn assume(
    account: &mut Account,
    asked: &Asked,
    chained: bool,
    trusted: impl Fn(&Trust) -> bool,
) -> Result<AccessKey, Refused> {
    if let Some(code) = asked.name().strip_prefix(REFUSES) {
        return Err(scripted(code));
    }
    let duration = asked.duration()?;
    if chained && duration > 3600 {
        let words = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining";
        return Err(Refused("ValidationError", words.to_owned()));
    }
    if let Some(policy) = asked.fields.get("Policy")
        && !serde_json::from_str::<Value>(policy).is_ok_and(|policy| policy["Statement"].is_array())
    {
        return Err(Refused("MalformedPolicyDocument", "Syntax errors in policy.".to_owned()));
    }
    let role = account.roles.get(&asked.role);
    if !role.is_some_and(|trusts| trusts.iter().any(trusted)) {
        return Err(Refused(
            "AccessDenied",
            format!("Somebody {ACCESS_DENIED}: sts:AssumeRole on {}", asked.role),
        ));
    }
    let principal = aws::session(asked.name(), &asked.session);
    Ok(account.issue(&principal, Some(now() + duration)))
}

fn scripted(code: &str) -> Refused {
    const CODES: [&str; 9] = [
        "InvalidIdentityToken",
        "ExpiredTokenException",
        "IDPRejectedClaim",
        "IDPCommunicationError",
        "AccessDenied",
        "MalformedPolicyDocument",
        "PackedPolicyTooLarge",
        "RegionDisabledException",
        "Throttling",
    ];
    let known = CODES.into_iter().find(|known| *known == code).unwrap_or("ValidationError");
    Refused(known, format!("refused by the script with {code}"))
}

fn lets_in(trust: &Trust, key: &AccessKey, asked: &Asked) -> bool {
    let Trust::Caller { arn, external_id, tags } = trust else { return false };
    // A session is let in where its role is.
    let role = key.principal.strip_prefix(&format!("arn:aws:sts::{ACCOUNT}:assumed-role/"));
    let role = role.and_then(|rest| rest.split('/').next()).map(aws::role);
    (key.principal == *arn || role.as_ref() == Some(arn))
        && (external_id.is_none() || asked.fields.get("ExternalId") == external_id.as_ref())
        && (*tags || !asked.fields.keys().any(|name| name.starts_with("Tags.")))
}

/// What a token that an issuer trusted in this account has signed stands for.
fn check_token(account: &Account, role: &str, token: &str) -> Result<Trust, Refused> {
    let invalid = |words: String| Refused("InvalidIdentityToken", words);
    let unchecked = jwt::claims(token).map_err(invalid)?;
    let issuer = account.providers.iter().find(|issuer| unchecked["iss"] == issuer.url.as_str());
    let issuer =
        issuer.ok_or_else(|| invalid(format!("No OpenIDConnect provider found for {}", unchecked["iss"])))?;
    let mut audiences = account.roles.get(role).into_iter().flatten().filter_map(|trust| match trust {
        Trust::Token { issuer: own, audience, .. } if *own == issuer.url => Some(audience.as_str()),
        _ => None,
    });
    let audience = audiences.next_back().or_else(|| unchecked["aud"].as_str()).unwrap_or_default();
    let claims = jwt::verify(token, &issuer.pair.jwks(), &issuer.url, audience).map_err(|words| {
        let expired = words.contains("Expired");
        if expired { Refused("ExpiredTokenException", words) } else { invalid(words) }
    })?;
    let subject = claims["sub"].as_str().unwrap_or_default().to_owned();
    Ok(Trust::Token { issuer: issuer.url.clone(), audience: audience.to_owned(), subject })
}

fn credentials(key: &AccessKey) -> String {
    let expiry = Timestamp::from_second(key.expires_at.unwrap_or_default()).unwrap();
    let token = key.session_token.as_deref().unwrap_or_default();
    format!(
        "<AssumedRoleUser><Arn>{}</Arn><AssumedRoleId>AROASTUB:x</AssumedRoleId></AssumedRoleUser><Credentials>\
         <AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey><SessionToken>{token}</SessionToken>\
         <Expiration>{expiry}</Expiration></Credentials>",
        key.principal, key.id, key.secret
    )
}

fn good(action: &str, body: &str) -> Answer {
    let text = format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result>{body}</{action}Result>\
         <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{action}Response>",
        request_id()
    );
    Answer::new(200, "text/xml", text)
}

fn bad(Refused(code, message): &Refused) -> Answer {
    let status = match *code {
        "AccessDenied" | "IDPRejectedClaim" | "RegionDisabledException" => 403,
        _ => 400,
    };
    error(status, code, message)
}

/// An error as services of the query protocol tell it.
pub(crate) fn error(status: u16, code: &str, message: &str) -> Answer {
    let message = message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let text = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>{}</RequestId></ErrorResponse>",
        request_id()
    );
    Answer::new(status, "text/xml", text)
}
