//! The error codes that only AWS has. Each has a section in `docs/errors.md`, like the codes that all providers share.

use lamplight_domain::{ErrorClass, ErrorCode};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $class:ident;)*) => {
        $($(#[$doc])* pub const $name: ErrorCode = ErrorCode::provider($code, ErrorClass::$class);)*

        /// All codes, in alphabetical order.
        pub const ALL: &[ErrorCode] = &[$($name),*];
    };
}

codes! {
    /// The account's code storage is full.
    CODE_STORAGE_EXCEEDED = "code_storage_exceeded", Limit;
    /// The identity provider rejected a claim of the identity token.
    IDENTITY_CLAIM_REJECTED = "identity_claim_rejected", Access;
    /// AWS could not reach the identity provider.
    IDENTITY_PROVIDER_UNREACHABLE = "identity_provider_unreachable", Access;
    /// AWS does not accept the identity token.
    IDENTITY_TOKEN_INVALID = "identity_token_invalid", Access;
    /// Neither the container endpoint nor the instance metadata service gave credentials.
    INSTANCE_CREDENTIALS_FAILED = "instance_credentials_failed", Access;
    /// An AWS configuration file that all AWS tools share cannot be read.
    INVALID_AWS_FILE = "invalid_aws_file", Usage;
    /// The policy would exceed its maximum length.
    POLICY_TOO_LONG = "policy_too_long", Limit;
    /// The policy would allow public access, which is blocked.
    PUBLIC_ACCESS_BLOCKED = "public_access_blocked", Access;
    /// The caller is not allowed to assume the role.
    ROLE_DENIED = "role_denied", Access;
    /// STS refused a parameter of the role's session.
    SESSION_INVALID = "session_invalid", Access;
    /// The session policy is not a policy document.
    SESSION_POLICY_MALFORMED = "session_policy_malformed", Access;
    /// The session policy and the tags together are too large.
    SESSION_POLICY_TOO_LARGE = "session_policy_too_large", Access;
    /// The sign-in of a profile has expired, or the user has never signed in.
    SIGN_IN_EXPIRED = "sign_in_expired", Access;
    /// STS is not active in the region, or the region or account is not enabled.
    STS_REGION_DISABLED = "sts_region_disabled", Access;
}

#[cfg(test)]
mod tests {
    use super::ALL;
    use lamplight_domain::ErrorCode;

    #[test]
    fn aws_codes_are_snake_case_and_distinct_from_neutral_ones() {
        let texts: Vec<&str> = ALL.iter().map(ErrorCode::as_str).collect();
        assert!(texts.is_sorted_by(|a, b| a < b), "{texts:?}");
        for code in ALL {
            assert!(!ErrorCode::NEUTRAL.contains(code), "{code}");
            assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{code}");
        }
    }
}
