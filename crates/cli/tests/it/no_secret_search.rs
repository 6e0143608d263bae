//! Finding a secret wherever it went, in whatever form.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use lamplight_testkit::{
    http::{Request, hex},
    server::Seen,
};
use std::{fs, path::Path};

/// The places of a request that the protocol puts a secret into, as they stand on the wire.
pub type Places = fn(&Request) -> Vec<String>;

/// A text that may be in no output, file or log, and on the wire in its place alone.
#[derive(Debug, Clone)]
pub struct Marker {
    pub what: &'static str,
    /// The part of it that no escaping changes: percent-encoded and JSON-escaped forms hold it as it is.
    core: String,
    forms: Vec<String>,
    pub places: Places,
}

pub fn nowhere(_: &Request) -> Vec<String> {
    Vec::new()
}

pub fn header(request: &Request, name: &str) -> Vec<String> {
    request.header(name).map(str::to_owned).into_iter().collect()
}

/// A field of a form, still encoded.
pub fn field(request: &Request, name: &str) -> Vec<String> {
    let text = request.text().unwrap_or_default();
    let fields = text.split('&').filter_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    fields.map(str::to_owned).collect()
}

/// The longest part of a text that no escaping changes.
pub fn core(text: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.split(|c| !plain(c)).max_by_key(|run| run.len()).unwrap_or_default()
}

/// The shortest such part that occurs by chance nowhere.
pub const SHORTEST: usize = 24;

impl Marker {
    pub fn new(what: &'static str, text: &str, places: Places) -> Self {
        let core = core(text).to_owned();
        assert!(core.len() >= SHORTEST, "{what} has too little that stays as it is");
        // Base64 of a text in which it stands at any place: three alignments, without the ends that depend on what is
        // around it.
        let encoded = (0..3).flat_map(|skip| {
            let bytes = &core.as_bytes()[skip..];
            let whole = &bytes[..bytes.len() / 3 * 3];
            [STANDARD_NO_PAD.encode(whole), URL_SAFE_NO_PAD.encode(whole)]
        });
        let digits = hex(core.as_bytes());
        let forms = encoded.chain([core.clone(), digits.to_uppercase(), digits]).collect();
        Self { what, core, forms, places }
    }

    fn is_in(&self, text: &str) -> bool {
        self.forms.iter().any(|form| text.contains(form.as_str()))
    }

    /// Whether the secret was on the wire in its place.
    pub fn was_sent(&self, seen: &[Seen]) -> bool {
        seen.iter().any(|one| (self.places)(&one.request).iter().any(|place| place.contains(&self.core)))
    }
}

/// Panics where a marker is in a text.
pub fn search(markers: &[Marker], place: &str, text: &str) {
    for marker in markers {
        // The line is looked for in a failure alone: searching line by line is most of the work of these tests.
        let line = || text.lines().find(|line| marker.is_in(line));
        assert!(!marker.is_in(text), "the {} is in {place}: {:?}", marker.what, line());
    }
}

/// Panics where a marker is in a file of the folder or below; tells how many files there are.
pub fn search_folder(markers: &[Marker], folder: &Path) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += search_folder(markers, &path);
        } else if let Ok(bytes) = fs::read(&path) {
            // A file of the store that goes away while it is looked for holds nothing.
            search(markers, &path.display().to_string(), &String::from_utf8_lossy(&bytes));
            files += 1;
        }
    }
    files
}

/// Panics where a marker is in a request beside the places that the protocol has for it.
pub fn search_wire(markers: &[Marker], seen: &[Seen]) {
    for one in seen {
        let whole = one.request.whole();
        for marker in markers {
            let mut rest = whole.clone();
            for place in (marker.places)(&one.request) {
                rest = rest.replacen(&place, "", 1);
            }
            let Request { method, path, .. } = &one.request;
            assert!(!marker.is_in(&rest), "the {} is in {method} {}{path}", marker.what, one.host);
        }
    }
}

#[test]
fn every_form_of_a_secret_is_found() {
    let secret = "a/+b0123456789abcdefghijklmnop\"c";
    let marker = Marker::new("test", secret, nowhere);
    let percent: String = secret
        .bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() { char::from(byte).into() } else { format!("%{byte:02X}") }
            },
        )
        .collect();
    let json = serde_json::to_string(secret).unwrap();
    let mut forms = vec![secret.to_owned(), percent, json];
    for before in ["", "x", "xy", "xyz"] {
        forms.push(STANDARD_NO_PAD.encode(format!("{before}{secret}{before}")));
        forms.push(URL_SAFE_NO_PAD.encode(format!("{before}{secret}")));
    }
    for form in forms {
        assert!(marker.is_in(&format!("…{form}…")), "{form}");
    }
    assert!(!marker.is_in("a/+b0123456789abcdefghijklmno"));
}
