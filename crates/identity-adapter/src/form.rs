//! Encodes forms and queries as `application/x-www-form-urlencoded` (WHATWG URL standard).

use lamplight_domain::percent_encode;

/// Encodes the pairs. A space is encoded as `%20`, so that the result is valid in a query too.
pub(crate) fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let encoded = |(name, value)| format!("{}={}", percent_encode(name), percent_encode(value));
    pairs.into_iter().map(encoded).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_pair_is_read_back(name in any::<String>(), value in any::<String>()) {
            let text = encode([(name.as_str(), value.as_str()), ("b", "c")]);
            let (own, other) = text.rsplit_once('&').unwrap();
            prop_assert_eq!(other, "b=c");
            let (first, second) = own.split_once('=').unwrap();
            prop_assert_eq!(percent_decode_str(first).decode_utf8().unwrap(), name);
            prop_assert_eq!(percent_decode_str(second).decode_utf8().unwrap(), value);
        }
    }

    #[test]
    fn special_characters_in_form_values_are_encoded() {
        assert_eq!(encode([("scope", "api://a b/.default")]), "scope=api%3A%2F%2Fa%20b%2F.default");
    }
}
