//! The stable codes of every failure that this adapter reports; each has its section in `docs/errors.md`.

/// The store refuses to give the secret, or to let us in.
pub const SECRET_DENIED: &str = "secret_denied";
/// What is stored is no text, or the reference does not fit what is stored.
pub const SECRET_INVALID: &str = "secret_invalid";
/// The reference leads nowhere.
pub const SECRET_NOT_FOUND: &str = "secret_not_found";
/// The store cannot be reached, or failed.
pub const SECRET_UNREADABLE: &str = "secret_unreadable";
/// Nothing is set up to read secrets of this kind.
pub const SECRET_UNSUPPORTED: &str = "secret_unsupported";

/// All codes.
pub const ALL: &[&str] =
    &[SECRET_DENIED, SECRET_INVALID, SECRET_NOT_FOUND, SECRET_UNREADABLE, SECRET_UNSUPPORTED];
