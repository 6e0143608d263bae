//! A text and what it is without its encodings; every byte knows which part of the text it stands for.

use std::ops::Range;

/// The characters that begin an escape: of JSON, Python, JavaScript and shells, of URLs, and of HTML.
pub(super) const ESCAPES: [u8; 3] = *b"\\%&";

/// The bytes of a text, possibly decoded.
pub(super) struct Layer {
    pub(super) bytes: Vec<u8>,
    /// For each byte, the part of the original text that it stands for.
    origins: Vec<(u32, u32)>,
}

/// One decoded character.
enum Unit {
    Byte(u8),
    Char(char),
}

impl Layer {
    /// The text as it is; it must be smaller than 4 GiB.
    pub(super) fn of(text: &str) -> Self {
        let origins = (0_u32..).map(|at| (at, at + 1)).take(text.len()).collect();
        Self { bytes: text.as_bytes().to_vec(), origins }
    }

    /// The layer below: the escapes that begin with one of `starts` are decoded once. `None` if there are none.
    pub(super) fn decoded(&self, starts: &[u8]) -> Option<Self> {
        if !self.bytes.iter().any(|byte| starts.contains(byte)) {
            return None;
        }
        let mut below = Self { bytes: Vec::with_capacity(self.bytes.len()), origins: Vec::new() };
        let (mut at, mut has_changed) = (0, false);
        while at < self.bytes.len() {
            let encoded = starts.contains(&self.bytes[at]).then(|| unit(&self.bytes[at..])).flatten();
            let (length, unit) = encoded.unwrap_or((1, Unit::Byte(self.bytes[at])));
            has_changed |= length > 1;
            let origin = (self.origins[at].0, self.origins[at + length - 1].1);
            match unit {
                Unit::Byte(byte) => below.bytes.push(byte),
                Unit::Char(c) => below.bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
            below.origins.resize(below.bytes.len(), origin);
            at += length;
        }
        has_changed.then_some(below)
    }

    /// The same layer without white space.
    pub(super) fn without_spaces(&self) -> Self {
        let kept = || self.bytes.iter().zip(&self.origins).filter(|(byte, _)| !is_space(**byte));
        Self { bytes: kept().map(|(byte, _)| *byte).collect(), origins: kept().map(|(_, at)| *at).collect() }
    }

    /// The same layer without the escapes of quoted-printable; `None` if it does not look like that.
    pub(super) fn unprinted(&self) -> Option<Self> {
        let escape = |at: usize| {
            let rest = &self.bytes[at..];
            let (length, byte) = match rest.get(1..3)? {
                [b'\n', _] => (2, None),
                b"\r\n" => (3, None),
                _ => (3, Some(u8::try_from(hex(rest, 1, 2)?).ok()?)),
            };
            Some((length, byte))
        };
        // Only what a query rarely has says that it may be quoted-printable.
        let is_sign = |at: usize| {
            !self.bytes[at + 1..].iter().take(2).any(u8::is_ascii_lowercase)
                && escape(at)
                    .is_some_and(|(_, byte)| byte.is_none_or(|byte| byte == b'=' || !byte.is_ascii()))
        };
        let mut rest = 0;
        loop {
            rest += self.bytes[rest..].iter().position(|byte| *byte == b'=')?;
            if is_sign(rest) {
                break;
            }
            rest += 1;
        }
        let mut below = Self { bytes: Vec::with_capacity(self.bytes.len()), origins: Vec::new() };
        let mut at = 0;
        while at < self.bytes.len() {
            let escaped = (self.bytes[at] == b'=').then(|| escape(at)).flatten();
            let (length, byte) = escaped.unwrap_or((1, Some(self.bytes[at])));
            below.bytes.extend(byte);
            below.origins.resize(below.bytes.len(), (self.origins[at].0, self.origins[at + length - 1].1));
            at += length;
        }
        Some(below)
    }

    /// The same layer with its letters folded, see [`fold`]; `None` if all are ASCII. A byte that is no UTF-8 is read as
    /// Latin-1.
    pub(super) fn folded(&self) -> Option<Self> {
        if self.bytes.is_ascii() {
            return None;
        }
        let mut below = Self { bytes: Vec::with_capacity(self.bytes.len()), origins: Vec::new() };
        let mut at = 0;
        let mut take = |c: char, length: usize| {
            let origin = (self.origins[at].0, self.origins[at + length - 1].1);
            for c in fold(c) {
                below.bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            below.origins.resize(below.bytes.len(), origin);
            at += length;
        };
        for chunk in self.bytes.utf8_chunks() {
            chunk.valid().chars().for_each(|c| take(c, c.len_utf8()));
            chunk.invalid().iter().for_each(|byte| take(char::from(*byte), 1));
        }
        Some(below)
    }

    /// The part of the original text that these bytes, at least one, stand for.
    pub(super) fn origin(&self, bytes: Range<usize>) -> Range<usize> {
        self.origins[bytes.start].0 as usize..self.origins[bytes.end - 1].1 as usize
    }
}

/// The letter as every case of it folds to: `Ö` and `ö` to `ö`, `ß`, `ẞ` and `SS` to `ss`.
pub(super) fn fold(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

pub(super) fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'\x0b'
}

/// The encoded character at the start of `bytes` and the number of bytes that encode it.
fn unit(bytes: &[u8]) -> Option<(usize, Unit)> {
    match bytes[0] {
        b'\\' => backslash(bytes),
        b'%' if bytes.get(1) == Some(&b'u') => unicode(bytes),
        b'%' => Some((3, Unit::Byte(u8::try_from(hex(bytes, 1, 2)?).ok()?))),
        b'&' => entity(bytes),
        _ => None,
    }
}

fn backslash(bytes: &[u8]) -> Option<(usize, Unit)> {
    let byte = |byte| Some((2, Unit::Byte(byte)));
    match *bytes.get(1)? {
        b'u' if bytes.get(2) == Some(&b'{') => {
            let length = bytes.iter().take(10).skip(3).position(|byte| *byte == b'}')?;
            let code = hex(bytes, 3, length)?;
            Some((length + 4, Unit::Char(char::from_u32(code)?)))
        }
        b'u' => unicode(bytes),
        b'U' => Some((10, Unit::Char(char::from_u32(hex(bytes, 2, 8)?)?))),
        b'x' => Some((4, Unit::Byte(u8::try_from(hex(bytes, 2, 2)?).ok()?))),
        b'n' => byte(b'\n'),
        b'r' => byte(b'\r'),
        b't' => byte(b'\t'),
        b'b' => byte(b'\x08'),
        b'f' => byte(b'\x0c'),
        // Of a letter that is not ASCII, the other bytes follow.
        escaped if escaped == b' ' || escaped.is_ascii_punctuation() || !escaped.is_ascii() => byte(escaped),
        b'0'..=b'3' => Some((4, Unit::Byte(octal(bytes.get(1..4)?)?))),
        _ => None,
    }
}

/// The byte that octal digits write.
fn octal(digits: &[u8]) -> Option<u8> {
    digits.iter().try_fold(0_u8, |byte, digit| {
        let digit = char::from(*digit).to_digit(8)?;
        byte.checked_mul(8)?.checked_add(u8::try_from(digit).ok()?)
    })
}

/// `\uXXXX` or `%uXXXX`, or two of them for a character beyond the first plane.
fn unicode(bytes: &[u8]) -> Option<(usize, Unit)> {
    let code = hex(bytes, 2, 4)?;
    if (0xd800..0xdc00).contains(&code)
        && bytes.get(6..8) == bytes.get(..2)
        && let Some(low) = hex(bytes, 8, 4).filter(|low| (0xdc00..0xe000).contains(low))
    {
        let code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        return Some((12, Unit::Char(char::from_u32(code)?)));
    }
    // One half of such a pair cannot be a part of a secret, which is valid Unicode.
    Some((6, Unit::Char(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))))
}

/// The number that `length` hexadecimal digits at `start` write.
fn hex(bytes: &[u8], start: usize, length: usize) -> Option<u32> {
    let digits = bytes.get(start..start + length).filter(|digits| !digits.is_empty())?;
    digits.iter().try_fold(0_u32, |code, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        code.checked_mul(16)?.checked_add(digit)
    })
}

/// The named entities of HTML for ASCII characters and white space.
const ENTITIES: [(&str, u8); 38] = [
    ("amp", b'&'),
    ("lt", b'<'),
    ("gt", b'>'),
    ("quot", b'"'),
    ("apos", b'\''),
    ("excl", b'!'),
    ("num", b'#'),
    ("dollar", b'$'),
    ("percnt", b'%'),
    ("lpar", b'('),
    ("rpar", b')'),
    ("ast", b'*'),
    ("plus", b'+'),
    ("comma", b','),
    ("period", b'.'),
    ("sol", b'/'),
    ("colon", b':'),
    ("semi", b';'),
    ("equals", b'='),
    ("quest", b'?'),
    ("commat", b'@'),
    ("lsqb", b'['),
    ("lbrack", b'['),
    ("bsol", b'\\'),
    ("rsqb", b']'),
    ("rbrack", b']'),
    ("Hat", b'^'),
    ("lowbar", b'_'),
    ("grave", b'`'),
    ("lcub", b'{'),
    ("lbrace", b'{'),
    ("verbar", b'|'),
    ("vert", b'|'),
    ("rcub", b'}'),
    ("rbrace", b'}'),
    ("Tab", b'\t'),
    ("NewLine", b'\n'),
    ("nbsp", b' '),
];

/// The named entities of HTML for the characters from U+00A1 on.
const LATIN: [&str; 95] = [
    "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo", "not",
    "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot", "cedil",
    "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc", "Atilde",
    "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc",
    "Iuml", "ETH", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave",
    "Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig", "agrave", "aacute", "acirc", "atilde", "auml",
    "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml",
    "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute",
    "ucirc", "uuml", "yacute", "thorn", "yuml",
];

fn entity(bytes: &[u8]) -> Option<(usize, Unit)> {
    let length = bytes.iter().take(12).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(&bytes[1..length]).ok()?;
    let unit = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            Unit::Char(char::from_u32(code)?)
        }
        None => match ENTITIES.iter().find(|(own, _)| *own == name) {
            Some((_, byte)) => Unit::Byte(*byte),
            None if name == "euro" => Unit::Char('€'),
            None => Unit::Char(
                (0xa1..='\u{ff}' as u32)
                    .zip(LATIN)
                    .find(|(_, own)| *own == name)
                    .and_then(|(code, _)| char::from_u32(code))?,
            ),
        },
    };
    Some((length + 1, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str) -> Option<String> {
        Layer::of(text).decoded(&ESCAPES).map(|layer| String::from_utf8(layer.bytes).unwrap())
    }

    #[test]
    fn every_escape_is_decoded_once() {
        for (text, plain) in [
            (r#"\"\\\/\n\u00e4\ud83d\ude00"#, "\"\\/\nä😀"),
            (r"\x41\u{1F600}\U0001F600\'\$\ ", "A😀😀'$ "),
            (r"\303\274\101\ü\😀", "üAü😀"),
            ("%41%c3%A4%u00e4%25", "Aää%"),
            ("&amp;&#39;&#x27;&#X41;&lbrace;&#128512;", "&''A{😀"),
            (r"\\n", r"\n"),
            ("&amp;lt;", "&lt;"),
            (r"\ud800x", "\u{fffd}x"),
            ("&Ouml;&ouml;&szlig;&yuml;&iexcl;&euro;&NewLine;", "Ööß\u{ff}¡€\n"),
        ] {
            assert_eq!(decode(text).as_deref(), Some(plain), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_escape_is_kept() {
        for text in [
            "plain",
            "100%",
            "%zz",
            "a & b; c",
            "&nothing;",
            "&#xzz;",
            r"C:\windows",
            r"\12",
            r"\u12",
            r"\",
            "&",
        ] {
            let kept = decode(text);
            assert!(kept.is_none() || kept.as_deref() == Some(text), "{text}: {kept:?}");
        }
    }

    #[test]
    fn letters_are_folded_and_latin_bytes_are_read() {
        let folded = |bytes: &[u8]| {
            let origins = (0_u32..).map(|at| (at, at + 1)).take(bytes.len()).collect();
            Layer { bytes: bytes.to_vec(), origins }
                .folded()
                .map(|layer| String::from_utf8(layer.bytes).unwrap())
        };
        assert_eq!(folded("ÖöẞßΣς".as_bytes()).unwrap(), "öössssσσ");
        assert_eq!(folded(b"a\xf6\xd6\xdf").unwrap(), "aööss");
        assert_eq!(folded(b"plain"), None);
    }

    #[test]
    fn quoted_printable_is_decoded_where_it_looks_like_that() {
        let plain =
            |text: &str| Layer::of(text).unprinted().map(|layer| String::from_utf8(layer.bytes).unwrap());
        assert_eq!(plain("p=C3=B6=\r\nq =3D=20=zz").as_deref(), Some("pöq = =zz"));
        for text in ["a=12&b=ab", "a=", "a==", "x"] {
            assert_eq!(plain(text), None, "{text}");
        }
        let layer = Layer::of("a=C3=B6b").unprinted().unwrap();
        assert_eq!(layer.origin(1..3), 1..7);
    }

    #[test]
    fn a_byte_knows_its_place() {
        let layer = Layer::of(r"a\u00e4 %41").decoded(&ESCAPES).unwrap();
        assert_eq!(layer.bytes, "aä A".as_bytes());
        assert_eq!(layer.origin(1..3), 1..7);
        let layer = layer.without_spaces();
        assert_eq!((layer.bytes.as_slice(), layer.origin(1..4)), ("aäA".as_bytes(), 1..11));
    }
}
