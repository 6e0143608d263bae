//! AWS Signature Version 4, checked from the receiving side. Written from AWS's documentation ("Create a signed AWS
//! API request", IAM user guide) and from nothing that Lamplight signs with.

use super::http::{Request, decode, encode, hex};
use lamplight_domain::Timestamp;
use ring::{digest, hmac};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// How far a request's time may be from ours, in seconds.
const LARGEST_SKEW: i64 = 15 * 60;

/// What a request says of its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub access_key_id: String,
    pub date: String,
    pub region: String,
    pub service: String,
    signed_headers: Vec<String>,
    value: String,
}

/// What the holder of an access key signs with.
#[derive(Debug, Clone)]
pub struct SigningKey {
    pub secret: String,
    pub session_token: Option<String>,
}

impl Signature {
    /// Reads the `Authorization` header; `None` where there is none.
    pub fn of(request: &Request) -> Result<Option<Self>, String> {
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

    /// Refuses a request that the key's holder did not sign as it is.
    pub fn verify(&self, request: &Request, key: &SigningKey, now: Timestamp) -> Result<(), String> {
        let time = request.need("x-amz-date")?;
        check_time(time, now)?;
        if !time.starts_with(&self.date) {
            return Err(format!("the credential's date {} is not that of {time}", self.date));
        }
        match (&key.session_token, request.header("x-amz-security-token")) {
            (None, None) => {}
            (Some(expected), Some(found)) if expected == found => {}
            (None, Some(_)) => return Err("this key has no session token".to_owned()),
            (Some(_), _) => return Err("the session token is missing or another".to_owned()),
        }
        self.check_headers(request)?;
        let canonical = self.canonical_request(request)?;
        let scope = format!("{}/{}/{}/aws4_request", self.date, self.region, self.service);
        let text = format!("{ALGORITHM}\n{time}\n{scope}\n{}", sha256(canonical.as_bytes()));
        let mut derived = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, format!("AWS4{}", key.secret).as_bytes()),
            self.date.as_bytes(),
        );
        for part in [self.region.as_str(), self.service.as_str(), "aws4_request", text.as_str()] {
            derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()), part.as_bytes());
        }
        if hex(derived.as_ref()) == self.value {
            Ok(())
        } else {
            Err(format!("the signature does not match; the canonical request here is\n{canonical}"))
        }
    }

    fn check_headers(&self, request: &Request) -> Result<(), String> {
        if !self.signed_headers.is_sorted() || !self.signed_headers.iter().any(|name| name == "host") {
            return Err("the signed headers are not sorted or leave out the host".to_owned());
        }
        for (name, _) in &request.headers {
            if name.starts_with("x-amz-") && !self.signed_headers.contains(name) {
                return Err(format!("the header {name} is not signed"));
            }
        }
        Ok(())
    }

    fn canonical_request(&self, request: &Request) -> Result<String, String> {
        let hash = sha256(&request.body);
        if request.header("x-amz-content-sha256").is_some_and(|told| told != hash) {
            return Err("the body is not the one whose hash was signed".to_owned());
        }
        let mut headers = String::new();
        for name in &self.signed_headers {
            let own = request.headers.iter().filter(|(own, _)| own == name);
            let values: Vec<String> = own
                .map(|(_, value)| {
                    value.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
                })
                .collect();
            if values.is_empty() {
                return Err(format!("the signed header {name} is not there"));
            }
            headers.extend([name, ":", &values.join(","), "\n"]);
        }
        let (path, query) = (canonical_path(&request.path), canonical_query(&request.query)?);
        let signed = self.signed_headers.join(";");
        Ok(format!("{}\n{path}\n{query}\n{headers}\n{signed}\n{hash}", request.method))
    }
}

fn check_time(time: &str, now: Timestamp) -> Result<(), String> {
    let malformed = || format!("{time:?} is no time");
    let part = |range| time.get(range).ok_or_else(malformed);
    let text = format!(
        "{}-{}-{}:{}:{}",
        part(0..4)?,
        part(4..6)?,
        part(6..11)?,
        part(11..13)?,
        time.get(13..).ok_or_else(malformed)?
    );
    let then: Timestamp = text.parse().map_err(|_| malformed())?;
    let apart = (now.as_second() - then.as_second()).abs();
    if apart <= LARGEST_SKEW { Ok(()) } else { Err(format!("the request is {apart} s away from now")) }
}

/// Without `.`, `..` and empty segments (RFC 3986), each segment encoded once more: what is on the wire is encoded
/// already. S3 alone does otherwise.
fn canonical_path(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            other => segments.push(encode(other.as_bytes())),
        }
    }
    let slash = if path.ends_with('/') && !segments.is_empty() { "/" } else { "" };
    format!("/{}{slash}", segments.join("/"))
}

fn canonical_query(query: &str) -> Result<String, String> {
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        pairs.push((encode(decode(name)?.as_bytes()), encode(decode(value)?.as_bytes())));
    }
    pairs.sort();
    let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    Ok(pairs.join("&"))
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}
