//! Reads text from bytes as programs on every system write it.

/// Why bytes are not a text that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    /// It looks like UTF-16, but does not begin with the mark that says in which order its bytes are.
    #[error("is UTF-16 without a byte order mark")]
    Utf16WithoutMark,
    /// It begins like UTF-16, but is not.
    #[error("begins with the byte order mark of UTF-16 but is not valid UTF-16")]
    InvalidUtf16,
    /// It is UTF-32.
    #[error("is UTF-32")]
    Utf32,
    /// It is in another encoding, or no text.
    #[error("is not valid UTF-8 at byte {at}")]
    Other {
        /// How many bytes are valid.
        at: usize,
    },
}

/// Decodes UTF-8, or UTF-16 with a byte order mark. A byte order mark is removed.
///
/// ```
/// use lamplight_domain::decode_text;
/// assert_eq!(decode_text(b"\xef\xbb\xbfhi".to_vec()).as_deref(), Ok("hi"));
/// assert_eq!(decode_text(b"\xff\xfeh\0i\0".to_vec()).as_deref(), Ok("hi"));
/// ```
pub fn decode_text(mut bytes: Vec<u8>) -> Result<String, NotText> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    if bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff") {
        return Err(NotText::Utf32);
    }
    let utf16 = |unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.get(2..).unwrap_or_default().as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16(&units).ok().filter(|_| rest.is_empty()).ok_or(NotText::InvalidUtf16)
    };
    if bytes.starts_with(b"\xff\xfe") {
        return utf16(u16::from_le_bytes);
    }
    if bytes.starts_with(b"\xfe\xff") {
        return utf16(u16::from_be_bytes);
    }
    // Text does not begin with NUL, and in UTF-16 every other byte of most texts is one.
    if let [first, second, ..] = bytes.as_slice()
        && (*first == 0) != (*second == 0)
        && bytes.len().is_multiple_of(2)
    {
        return Err(NotText::Utf16WithoutMark);
    }
    String::from_utf8(bytes).map_err(|error| NotText::Other { at: error.utf8_error().valid_up_to() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_removed_and_other_encodings_are_named() {
        let utf16 = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(order).collect()
        };
        for text in ["", "{\"a\": \"ä\u{1f600}\"}", "\u{feff}"] {
            assert_eq!(decode_text([b"\xef\xbb\xbf", text.as_bytes()].concat()).as_deref(), Ok(text));
            let marked = format!("\u{feff}{text}");
            assert_eq!(decode_text(utf16(&marked, u16::to_le_bytes)).as_deref(), Ok(text));
            assert_eq!(decode_text(utf16(&marked, u16::to_be_bytes)).as_deref(), Ok(text));
        }
        assert_eq!(decode_text(b"plain".to_vec()).as_deref(), Ok("plain"));
        for (bytes, error) in [
            (utf16("{}", u16::to_le_bytes), NotText::Utf16WithoutMark),
            (utf16("{}", u16::to_be_bytes), NotText::Utf16WithoutMark),
            (b"\xff\xfe{".to_vec(), NotText::InvalidUtf16),
            (b"\xff\xfe\x00\xd8".to_vec(), NotText::InvalidUtf16),
            (b"\xff\xfe\0\0{\0\0\0".to_vec(), NotText::Utf32),
            (b"caf\xe9".to_vec(), NotText::Other { at: 3 }),
            (b"\x80".to_vec(), NotText::Other { at: 0 }),
        ] {
            assert_eq!(decode_text(bytes), Err(error));
        }
    }
}
