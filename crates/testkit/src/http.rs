//! Requests and responses, as the stubs read and write them.

use http_body_util::{BodyExt, Full};
use hyper::{
    Response,
    body::{Bytes, Incoming},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// A request as received.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path as received, not decoded.
    pub path: String,
    /// The query as received, not decoded.
    pub query: String,
    /// The headers in the order received, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// The response of a stub.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    pub(crate) async fn read(request: hyper::Request<Incoming>) -> Result<Self, hyper::Error> {
        let (head, body) = request.into_parts();
        let text =
            |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Ok(Self {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            body: body.collect().await?.to_bytes().to_vec(),
        })
    }

    /// The whole request as one text, to search it.
    pub fn whole(&self) -> String {
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
        let Self { method, path, query, .. } = self;
        let head = format!("{method} {path}?{query}\n{}\n", headers.collect::<String>());
        head + &String::from_utf8_lossy(&self.body)
    }

    /// The first header with this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The header, or an error if it is missing.
    pub fn need(&self, name: &str) -> Result<&str, String> {
        self.header(name).ok_or_else(|| format!("the header {name} is missing"))
    }

    /// Fails if the header is missing or has another value.
    pub fn expect(&self, name: &str, value: &str) -> Result<(), String> {
        same(&format!("the header {name}"), self.need(name)?, value)
    }

    /// Whether the request has this method and path.
    pub fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path == path
    }

    /// The body as text.
    pub fn text(&self) -> Result<&str, String> {
        std::str::from_utf8(&self.body).map_err(|_| "the body is no text".to_owned())
    }

    /// The body as JSON; the content type must match.
    pub fn json(&self) -> Result<Value, String> {
        let kind = self.need("content-type")?;
        if !kind.starts_with("application/json") && !kind.starts_with("application/x-amz-json-") {
            return Err(format!("the body's type is {kind:?}"));
        }
        serde_json::from_slice(&self.body).map_err(|error| error.to_string())
    }

    /// The body as a form; the content type must match.
    pub fn form(&self) -> Result<Form, String> {
        let kind = self.need("content-type")?.split(';').next().unwrap_or_default();
        same("the body's type", kind, "application/x-www-form-urlencoded")?;
        Form::parse(self.text()?)
    }
}

fn same(what: &str, found: &str, expected: &str) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what} is {found:?}, not {expected:?}")) }
}

/// The fields of a form or query. Each may occur once, and each must be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form(BTreeMap<String, String>);

impl Form {
    /// Parses a form; fails if the encoding is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut fields = BTreeMap::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or_else(|| format!("field {pair:?} has no value"))?;
            let name = decode(&name.replace('+', " "))?;
            if fields.insert(name.clone(), decode(&value.replace('+', " "))?).is_some() {
                return Err(format!("the field {name} is there twice"));
            }
        }
        Ok(Self(fields))
    }

    /// An optional field.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// A required field.
    pub fn need(&mut self, name: &str) -> Result<String, String> {
        self.take(name).ok_or_else(|| format!("the field {name} is missing"))
    }

    /// Fails if the field is missing or has another value.
    pub fn expect(&mut self, name: &str, value: &str) -> Result<(), String> {
        same(&format!("the field {name}"), &self.need(name)?, value)
    }

    /// The remaining fields; each must have one of these names, or begin with one that ends in a dot.
    pub fn rest(self, allowed: &[&str]) -> Result<BTreeMap<String, String>, String> {
        let is = |name: &str, own: &str| name == own || own.ends_with('.') && name.starts_with(own);
        match self.0.keys().find(|name| !allowed.iter().any(|own| is(name, own))) {
            Some(name) => Err(format!("nobody asked for the field {name}")),
            None => Ok(self.0),
        }
    }

    /// The fields that were not read.
    pub fn fields(self) -> BTreeMap<String, String> {
        self.0
    }

    /// Fails if a field was not read.
    pub fn done(self) -> Result<(), String> {
        self.rest(&[]).map(drop)
    }
}

/// Decodes percent-encoding.
pub fn decode(text: &str) -> Result<String, String> {
    let malformed = || format!("{text:?} is not percent-encoded");
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).ok_or_else(malformed)?;
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| malformed())?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).map_err(|_| malformed())
}

/// Two lower-case hexadecimal digits per byte.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Answer {
    /// A response with a body of this type.
    pub fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", kind.to_owned())], body: body.into() }
    }

    /// A response with a JSON body.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// A response with a text body.
    pub fn text(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "text/plain", body)
    }

    /// The same response with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn response(self) -> Response<Full<Bytes>> {
        let builder = Response::builder().status(self.status);
        let builder =
            self.headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, value));
        builder.body(Full::from(self.body)).unwrap()
    }
}
