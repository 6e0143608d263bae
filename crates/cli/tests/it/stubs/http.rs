//! As much of HTTP/1.1 as the stubs need: whole requests in, whole answers out.

use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{self, BufRead, Write},
};

/// A request as it came.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    /// As it stood on the request line, undecoded.
    pub path: String,
    /// What followed the `?`, undecoded.
    pub query: String,
    /// Names in small letters, in the order of the wire.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Every byte of it.
    pub raw: Vec<u8>,
}

/// What a stub answers.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// The next request; `None` where the client has hung up.
    pub fn read(reader: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut raw = Vec::new();
        while !raw.ends_with(b"\r\n\r\n") {
            if reader.read_until(b'\n', &mut raw)? == 0 {
                return Ok(None);
            }
        }
        let mut request = Self::head(&raw).map_err(io::Error::other)?;
        let length = match request.header("content-length") {
            Some(length) => length.parse().map_err(io::Error::other)?,
            None if request.header("transfer-encoding").is_some() => {
                return Err(io::Error::other("the stubs read no chunked bodies"));
            }
            None => 0,
        };
        request.body = vec![0; length];
        reader.read_exact(&mut request.body)?;
        raw.extend_from_slice(&request.body);
        request.raw = raw;
        Ok(Some(request))
    }

    fn head(raw: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(raw).map_err(|_| "a head that is no text")?;
        let mut lines = text.trim_end_matches("\r\n").split("\r\n");
        let first: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
        let [method, target, "HTTP/1.1"] = first[..] else { return Err(format!("request line {first:?}")) };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = Vec::new();
        for line in lines {
            let (name, value) = line.split_once(':').ok_or_else(|| format!("header line {line:?}"))?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let (method, path, query) = (method.to_owned(), path.to_owned(), query.to_owned());
        Ok(Self { method, path, query, headers, ..Self::default() })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn need(&self, name: &str) -> Result<&str, String> {
        self.header(name).ok_or_else(|| format!("the header {name} is missing"))
    }

    /// Refuses a header that is missing or another than this.
    pub fn expect(&self, name: &str, value: &str) -> Result<(), String> {
        let found = self.need(name)?;
        if found == value { Ok(()) } else { Err(format!("the header {name} is {found:?}, not {value:?}")) }
    }

    pub fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path == path
    }

    pub fn text(&self) -> Result<&str, String> {
        std::str::from_utf8(&self.body).map_err(|_| "the body is no text".to_owned())
    }

    /// The body as JSON, which its type must say.
    pub fn json(&self) -> Result<Value, String> {
        let kind = self.need("content-type")?;
        if !kind.starts_with("application/json") && !kind.starts_with("application/x-amz-json-") {
            return Err(format!("the body's type is {kind:?}"));
        }
        serde_json::from_slice(&self.body).map_err(|error| error.to_string())
    }

    /// The body as a form, which its type must say.
    pub fn form(&self) -> Result<Form, String> {
        match self.need("content-type")?.split(';').next() {
            Some("application/x-www-form-urlencoded") => Form::parse(self.text()?),
            other => Err(format!("the body's type is {other:?}")),
        }
    }
}

/// The fields of a form or query: each at most once, and each must be taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form(BTreeMap<String, String>);

impl Form {
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

    pub fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    pub fn need(&mut self, name: &str) -> Result<String, String> {
        self.take(name).ok_or_else(|| format!("the field {name} is missing"))
    }

    /// Refuses a field that is missing or another than this.
    pub fn expect(&mut self, name: &str, value: &str) -> Result<(), String> {
        let found = self.need(name)?;
        if found == value { Ok(()) } else { Err(format!("the field {name} is {found:?}, not {value:?}")) }
    }

    /// The fields whose names begin so, by what follows.
    pub fn take_all(&mut self, prefix: &str) -> BTreeMap<String, String> {
        let (taken, left) =
            std::mem::take(&mut self.0).into_iter().partition(|(name, _)| name.starts_with(prefix));
        self.0 = left;
        let taken: BTreeMap<String, String> = taken;
        taken.into_iter().map(|(name, value)| (name[prefix.len()..].to_owned(), value)).collect()
    }

    /// Refuses fields that nobody took.
    pub fn done(self) -> Result<(), String> {
        let names: Vec<&String> = self.0.keys().collect();
        if names.is_empty() { Ok(()) } else { Err(format!("nobody asked for the fields {names:?}")) }
    }
}

/// Undoes percent-encoding.
pub fn decode(text: &str) -> Result<String, String> {
    let malformed = || format!("{text:?} is not percent-encoded");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'%' {
            let digits =
                after.get(..2).and_then(|two| std::str::from_utf8(two).ok()).ok_or_else(malformed)?;
            bytes.push(u8::from_str_radix(digits, 16).map_err(|_| malformed())?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).map_err(|_| malformed())
}

/// Two small digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(*byte));
            }
            other => {
                text.push('%');
                text.push_str(&hex(&[*other]).to_uppercase());
            }
        }
    }
    text
}

impl Answer {
    pub fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", kind.to_owned())], body: body.into() }
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    pub fn text(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "text/plain", body)
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn write(&self, writer: &mut impl Write) -> io::Result<()> {
        let mut bytes = format!("HTTP/1.1 {} Stub\r\n", self.status).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        if self.status != 204 {
            bytes.extend_from_slice(format!("content-length: {}\r\n", self.body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        writer.write_all(&bytes)?;
        writer.flush()
    }
}
