//! Forms and queries: `application/x-www-form-urlencoded` (WHATWG URL standard).

/// The pairs as one text. Everything but letters, digits and `-._~` is encoded, a space as `%20`, so that the
/// text serves as a query too.
pub(crate) fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        push(&mut text, name);
        text.push('=');
        push(&mut text, value);
    }
    text
}

/// One text encoded, such as a segment of a path.
pub(crate) fn encode_one(part: &str) -> String {
    let mut text = String::with_capacity(part.len());
    push(&mut text, part);
    text
}

/// An encoded text with the digits `a` to `f` small, as others write it.
pub(crate) fn with_small_digits(encoded: &str) -> String {
    let mut digits = 0;
    encoded
        .chars()
        .map(|c| {
            if c == '%' {
                digits = 2;
                return c;
            }
            if digits == 0 {
                return c;
            }
            digits -= 1;
            c.to_ascii_lowercase()
        })
        .collect()
}

fn push(text: &mut String, part: &str) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push(DIGITS[usize::from(byte >> 4)]);
            text.push(DIGITS[usize::from(byte & 15)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(text: &str) -> Option<String> {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'%' {
                let digits = [rest.next()?, rest.next()?];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).ok()
    }

    proptest! {
        #[test]
        fn any_pair_is_read_back(name in any::<String>(), value in any::<String>()) {
            let text = encode([(name.as_str(), value.as_str()), ("b", "c")]);
            let (own, other) = text.rsplit_once('&').unwrap();
            prop_assert_eq!(other, "b=c");
            let (first, second) = own.split_once('=').unwrap();
            prop_assert_eq!(decode(first).unwrap(), name);
            prop_assert_eq!(decode(second).unwrap(), value);
        }
    }

    #[test]
    fn a_url_within_a_value_keeps_no_sign_of_its_own() {
        assert_eq!(encode([("scope", "api://a b/.default")]), "scope=api%3A%2F%2Fa%20b%2F.default");
        assert_eq!(encode_one("a/b"), "a%2Fb");
        assert_eq!(with_small_digits("AB%2FCD%C3%9FEF"), "AB%2fCD%c3%9fEF");
    }
}
