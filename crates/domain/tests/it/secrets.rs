//! Secrets are found in any text and in every usual encoding, and looking for them never panics.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE},
};
use lamplight_domain::{MASK, Scrubber, infer_data_type, looks_secret, percent_encode, secrets_in_json};
use proptest::prelude::*;

type Encoder = fn(&str) -> String;

fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

fn each_char(text: &str, write: impl Fn(char) -> String) -> String {
    text.chars().map(write).collect()
}

fn each_byte(text: &str, write: impl Fn(u8) -> String) -> String {
    text.bytes().map(write).collect::<Vec<_>>().concat()
}

fn json_of_ascii(text: &str) -> String {
    text.encode_utf16().map(|half| format!("\\u{half:04x}")).collect::<Vec<_>>().concat()
}

fn hex_with(text: &str, sign: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(sign)
}

/// The text with its bytes in Latin-1 escaped, if it has no other letters.
fn latin(text: &str, escape: fn(u8) -> String) -> String {
    if text.chars().any(|c| u8::try_from(c).is_err()) {
        return text.to_owned();
    }
    each_char(text, |c| {
        u8::try_from(c)
            .ok()
            .filter(|_| !c.is_alphanumeric() || !c.is_ascii())
            .map_or_else(|| c.to_string(), escape)
    })
}

fn halves(text: &str) -> (&str, &str) {
    text.split_at(text.floor_char_boundary(text.len() / 2))
}

/// What a program does to a secret before it writes it anywhere.
const INNER: [(&str, Encoder); 37] = [
    ("as it is", str::to_owned),
    ("capitals", |text| text.to_ascii_uppercase()),
    ("small letters", |text| text.to_ascii_lowercase()),
    ("white space folded", |text| text.split_whitespace().collect::<Vec<_>>().join(" ")),
    ("split over lines", |text| format!("{}\n    {}", halves(text).0, halves(text).1)),
    ("form", |text| percent_encode(text).replace("%20", "+")),
    ("base64", |text| STANDARD.encode(text)),
    ("base64 without padding", |text| STANDARD_NO_PAD.encode(text)),
    ("base64 for URLs", |text| URL_SAFE.encode(text)),
    ("base64 after a byte", |text| STANDARD.encode(format!(":{text}:"))),
    ("base64 after two bytes", |text| URL_SAFE.encode(format!("u:{text}:"))),
    ("base64 in lines", |text| {
        format!("{}\n{}", halves(&STANDARD.encode(text)).0, halves(&STANDARD.encode(text)).1)
    }),
    ("base64 of JSON", |text| STANDARD.encode(format!("{{\"a\":\"{}\"}}", json(text)))),
    ("base64 of JSON in ASCII", |text| STANDARD.encode(format!("{{\"key\":\"{}\"}}", json(text)))),
    ("base64 of a URL", |text| STANDARD.encode(format!("?q={}", percent_encode(text)))),
    ("base64 of base64", |text| STANDARD.encode(STANDARD.encode(format!("xy{text}")))),
    ("hex", |text| each_byte(text, |byte| format!("{byte:02x}"))),
    ("HEX", |text| each_byte(text, |byte| format!("{byte:02X}"))),
    ("hex dump", |text| each_byte(text, |byte| format!("{byte:02x} "))),
    ("numbers", |text| text.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ")),
    ("quotes of shells", |text| format!("'{}'", text.replace('\'', r"'\''"))),
    ("quotes of Python's shlex", |text| format!("'{}'", text.replace('\'', "'\"'\"'"))),
    ("quotes doubled", |text| text.replace('\'', "''")),
    ("double quotes doubled", |text| text.replace('"', "\"\"")),
    ("circumflexes", |text| {
        each_char(text, |c| if "&|<>^".contains(c) { format!("^{c}") } else { c.to_string() })
    }),
    ("backslashes", |text| {
        each_char(text, |c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("\\{c}") })
    }),
    ("capitals of all languages", |text| text.to_uppercase()),
    ("small letters of all languages", |text| text.to_lowercase()),
    ("hex with colons", |text| hex_with(text, ":")),
    ("hex with dashes", |text| hex_with(text, "-")),
    ("hex of C", |text| format!("0x{}", hex_with(text, ", 0x"))),
    ("names of HTML", |text| {
        text.replace('&', "&amp;").replace('ä', "&auml;").replace('ö', "&ouml;").replace('ß', "&szlig;")
    }),
    ("percent of Latin-1", |text| latin(text, |byte| format!("%{byte:02X}"))),
    ("bytes of Latin-1", |text| latin(text, |byte| format!("\\x{byte:02x}"))),
    ("quoted-printable", |text| {
        let write = |byte: u8| match byte {
            b'=' | 128.. => format!("={byte:02X}"),
            ascii => char::from(ascii).to_string(),
        };
        let lines: Vec<String> =
            text.as_bytes().chunks(5).map(|line| line.iter().map(|byte| write(*byte)).collect()).collect();
        lines.join("=\r\n")
    }),
    ("octal", |text| each_byte(text, |byte| format!("\\{byte:03o}"))),
    ("hex of JSON", |text| each_byte(&json(text), |byte| format!("{byte:02x}"))),
];

/// How texts are put into other texts.
const OUTER: [(&str, Encoder); 14] = [
    ("nothing", str::to_owned),
    ("JSON", json),
    ("JSON in ASCII", json_of_ascii),
    ("JSON with slashes", |text| json(text).replace('/', "\\/")),
    ("percent", |text| percent_encode(text)),
    ("percent of all", |text| each_byte(text, |byte| format!("%{byte:02x}"))),
    ("escape()", |text| text.encode_utf16().map(|half| format!("%u{half:04X}")).collect::<Vec<_>>().concat()),
    ("HTML", |text| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&#x27;")
    }),
    ("HTML in numbers", |text| each_char(text, |c| format!("&#{};", u32::from(c)))),
    ("HTML in hex", |text| each_char(text, |c| format!("&#X{:x};", u32::from(c)))),
    ("bytes of Python", |text| each_byte(text, |byte| format!("\\x{byte:02x}"))),
    ("Rust", |text| text.escape_unicode().to_string()),
    ("long escapes", |text| each_char(text, |c| format!("\\U{:08x}", u32::from(c)))),
    ("shell", |text| {
        each_char(text, |c| if c.is_ascii_punctuation() { format!("\\{c}") } else { c.to_string() })
    }),
];

/// A secret without asterisks, which would look like a mask.
fn secrets() -> impl Strategy<Value = String> {
    prop_oneof![
        "[!-)+-~]{6,30}",
        "[!-)+-~][ -)+-~]{6,30}[!-)+-~]",
        "[a-zäß😀%&\\\\/\"]{6,20}",
        "[a-z0-9]{6,12}"
    ]
    .prop_filter("no JSON, whose leaves are looked for", |text| !text.starts_with(['{', '[', '"']))
}

fn check(scrubber: &Scrubber, name: &str, encoded: &str) {
    let text = format!("before {encoded}, after");
    assert!(scrubber.finds(&text), "{name} is not found in {text:?}");
    let clean = scrubber.scrub(text);
    assert!(clean.contains(MASK) && !clean.contains(encoded), "{name}: {clean}");
    assert!(!scrubber.finds(&clean), "{name} is left in {clean:?}");
}

#[test]
fn every_encoding_is_found() {
    let secrets = [
        "s3cr3t-Tok/en+%41&amp;\\n x",
        "hunter2",
        "pässwörd \"😀\" 100%",
        "C:\\temp\\new",
        "a<b>'c'&d=e;f",
        "it's \"so\" $HOME",
        "0123456789",
        "Straße-Öl=4 größer",
    ];
    for secret in secrets {
        let scrubber = Scrubber::new([secret]);
        for (inner, encode) in INNER {
            for (outer, wrap) in OUTER {
                // All pairs for the secret itself, and JSON around its other encodings.
                for (outmost, wrap_again) in &OUTER[..if inner == "as it is" { OUTER.len() } else { 2 }] {
                    let name = format!("{secret:?} {inner} in {outer} in {outmost}");
                    check(&scrubber, &name, &wrap_again(&wrap(&encode(secret))));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_secret_is_found_in_any_encoding(
        secret in secrets(),
        inner in 0..INNER.len(),
        outer in 0..OUTER.len(),
        outmost in 0..OUTER.len(),
    ) {
        let name = format!("{} in {} in {}", INNER[inner].0, OUTER[outer].0, OUTER[outmost].0);
        check(&Scrubber::new([secret.as_str()]), &name, &OUTER[outmost].1(&OUTER[outer].1(&INNER[inner].1(&secret))));
    }

    #[test]
    fn scrubbing_removes_every_secret(secret in "[!-~]{4,20}", before in "\\PC{0,20}", after in "\\PC{0,20}") {
        let scrubber = Scrubber::new([secret.as_str()]);
        let clean = scrubber.scrub(format!("{before}{secret}{after}"));
        prop_assert!(!clean.contains(&secret) || "********".contains(&secret), "{clean}");
        let quoted = serde_json::to_string(&format!("{before}{secret}{after}")).unwrap();
        let clean: String = serde_json::from_str(&scrubber.scrub(quoted)).unwrap_or_default();
        prop_assert!(!clean.contains(&secret) || "********".contains(&secret), "{clean}");
    }

    #[test]
    fn texts_without_the_secret_are_kept(text in "\\PC{0,60}") {
        let scrubber = Scrubber::new(["a-secret-that-is-nowhere"]);
        prop_assert_eq!(scrubber.scrub(text.clone()), text.clone());
        prop_assert_eq!(scrubber.scrub_lines(vec![text.clone(), text.clone()]), vec![text.clone(), text]);
    }

    #[test]
    fn any_variable_can_be_classified(name in any::<String>(), value in any::<String>()) {
        let _ = looks_secret(&name, &value);
        let _ = infer_data_type(&value);
        let _ = secrets_in_json(&value, |_| true);
        let secret_name = format!("{name}_password");
        prop_assert!(looks_secret(&secret_name, &value));
        let address = format!("https://user:s3cret@host/{name}");
        prop_assert!(looks_secret("anything", &address));
    }
}

#[test]
fn an_object_is_found_however_it_is_written_again() {
    let secret = r#"{"user": "admin-1", "key": {"pin": 12345.50, "path": "a\/b\/c\/d"}, "list": ["x-y-z-1", "\u00e4\u00e4\u00e4"]}"#;
    let scrubber = Scrubber::new([secret]);
    for text in [
        r#"{"list":["x-y-z-1","äää"],"key":{"path":"a/b/c/d","pin":12345.5},"user":"admin-1"}"#,
        "{'user': 'admin-1'}",
        "pin is 12345.5!",
        "path a/b/c/d",
        "user=admin%2D1",
        r#""{\"list\": [\"\\u00e4\\u00e4\\u00e4\"]}""#,
        "eC15LXotMQ==",
    ] {
        assert!(scrubber.finds(text), "{text}");
        let clean = scrubber.scrub(text.to_owned());
        assert!(!scrubber.finds(&clean), "{clean}");
    }
    assert_eq!(scrubber.scrub(secret.to_owned()), MASK, "the whole value");
    assert_eq!(
        Scrubber::new(["1e30"]).scrub("1e+30, 1000000000000000019884624838656".to_owned()),
        "********, 1000000000000000019884624838656"
    );
}

#[test]
fn a_secret_of_several_lines_is_found_line_by_line() {
    let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhki\nG9w0BAQEFAASCBKcwgg\n-----END KEY-----\n";
    let scrubber = Scrubber::new([key]);
    let log = "1 -----BEGIN KEY-----\n2 MIIEvQIBADANBgkqhki\n3 G9w0BAQEFAASCBKcwgg\n";
    assert_eq!(scrubber.scrub(log.to_owned()), "1 -----BEGIN KEY-----\n2 ********\n3 ********\n");
    assert_eq!(scrubber.scrub(key.trim().replace('\n', "\\n")), MASK);
}
