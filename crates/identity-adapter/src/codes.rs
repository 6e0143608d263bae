//! The stable codes of every failure that this adapter reports; each has its section in `docs/errors.md`.

/// Defines each code once, and the list of all.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $code;)*

        /// All codes.
        pub const ALL: &[&str] = &[$($name),*];
    };
}

codes! {
    /// The file that is to hold a token does not exist or may not be read.
    TOKEN_NOT_FOUND = "token_not_found";
    /// What was found or answered is no token that can be used.
    TOKEN_INVALID = "token_invalid";
    /// The issuer refused to give a token.
    TOKEN_REFUSED = "token_refused";
    /// The issuer or the file could not be asked, failed on its own side, or is asked too often.
    TOKEN_UNAVAILABLE = "token_unavailable";
    /// The issuer's URL is one that no secret is sent to.
    INVALID_ENDPOINT = "invalid_endpoint";
    /// The key that is to sign is no key of its algorithm.
    SIGNING_KEY_INVALID = "signing_key_invalid";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn codes_are_distinct_snake_case_words() {
        let distinct: std::collections::BTreeSet<_> = ALL.iter().collect();
        assert_eq!(distinct.len(), ALL.len());
        for code in ALL {
            assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{code}");
        }
    }
}
