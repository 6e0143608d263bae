//! The stable codes of every failure that this adapter reports; each has its section in `docs/errors.md`.

/// The file or the secret that is to hold a token does not exist.
pub const TOKEN_NOT_FOUND: &str = "token_not_found";
/// What was found or answered is no token that can be used.
pub const TOKEN_INVALID: &str = "token_invalid";
/// The issuer refused to give a token.
pub const TOKEN_REFUSED: &str = "token_refused";
/// The issuer could not be asked, or failed on its own side.
pub const TOKEN_UNAVAILABLE: &str = "token_unavailable";
/// The key that is to sign is no key of its algorithm.
pub const SIGNING_KEY_INVALID: &str = "signing_key_invalid";

/// All codes.
pub const ALL: &[&str] =
    &[TOKEN_NOT_FOUND, TOKEN_INVALID, TOKEN_REFUSED, TOKEN_UNAVAILABLE, SIGNING_KEY_INVALID];
