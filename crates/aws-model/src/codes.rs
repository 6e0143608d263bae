//! The error codes that AWS alone has; each has its section in `docs/errors.md`, as the neutral ones have.

use lamplight_domain::{ErrorClass, ErrorCode};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $class:ident;)*) => {
        $($(#[$doc])* pub const $name: ErrorCode = ErrorCode::provider($code, ErrorClass::$class);)*

        /// All of them, in the order of the alphabet.
        pub const ALL: &[ErrorCode] = &[$($name),*];
    };
}

codes! {
    /// The account's room for code is used up.
    CODE_STORAGE_EXCEEDED = "code_storage_exceeded", Limit;
    /// The identity provider rejects a claim of the identity token.
    IDENTITY_CLAIM_REJECTED = "identity_claim_rejected", Access;
    /// AWS could not reach the identity provider.
    IDENTITY_PROVIDER_UNREACHABLE = "identity_provider_unreachable", Access;
    /// AWS does not accept the identity token.
    IDENTITY_TOKEN_INVALID = "identity_token_invalid", Access;
    /// Neither container nor instance gave credentials.
    INSTANCE_CREDENTIALS_FAILED = "instance_credentials_failed", Access;
    /// The policy has no room left.
    POLICY_TOO_LONG = "policy_too_long", Limit;
    /// The policy would let anyone in, and that is blocked.
    PUBLIC_ACCESS_BLOCKED = "public_access_blocked", Access;
    /// The role may not be assumed by who asks.
    ROLE_DENIED = "role_denied", Access;
    /// The role's session cannot be had as it was asked for.
    SESSION_INVALID = "session_invalid", Access;
    /// The session policy is not a policy document.
    SESSION_POLICY_MALFORMED = "session_policy_malformed", Access;
    /// Session policy and tags are too large.
    SESSION_POLICY_TOO_LARGE = "session_policy_too_large", Access;
    /// The sign-in that a profile uses has expired or was never made.
    SIGN_IN_EXPIRED = "sign_in_expired", Access;
    /// STS is not active in the region, or the region or account is not enabled.
    STS_REGION_DISABLED = "sts_region_disabled", Access;
}

#[cfg(test)]
mod tests {
    use super::ALL;
    use lamplight_domain::ErrorCode;

    #[test]
    fn they_are_distinct_words_that_no_neutral_code_has() {
        let texts: Vec<&str> = ALL.iter().map(ErrorCode::as_str).collect();
        assert!(texts.is_sorted_by(|a, b| a < b), "{texts:?}");
        for code in ALL {
            assert!(!ErrorCode::NEUTRAL.contains(code), "{code}");
            assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{code}");
        }
    }
}
