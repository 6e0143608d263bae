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
    /// The caller is known and lacks a permission, which the message names.
    ACCESS_DENIED = "access_denied";
    /// What was to be made is there already.
    ALREADY_EXISTS = "already_exists";
    /// The code's signature is missing, or not by who must sign it.
    CODE_NOT_TRUSTED = "code_not_trusted";
    /// The account's room for code is used up.
    CODE_STORAGE_EXCEEDED = "code_storage_exceeded";
    /// The connection ended, or could not be made, before a byte of the request was sent.
    CONNECTION_FAILED = "connection_failed";
    /// The JSON about the caller is larger than Lambda takes.
    CLIENT_CONTEXT_TOO_LARGE = "client_context_too_large";
    /// Something else is in progress on the function, or exists already.
    CONFLICT = "conflict";
    /// A source of credentials was found and gave none.
    CREDENTIALS_FAILED = "credentials_failed";
    /// There is no source of credentials.
    CREDENTIALS_MISSING = "credentials_missing";
    /// Lambda says there is no such function, version or alias in the region.
    FUNCTION_NOT_FOUND = "function_not_found";
    /// An answer began and did not come whole.
    INCOMPLETE_ANSWER = "incomplete_answer";
    /// The endpoint is no URL that requests can be sent to.
    INVALID_ENDPOINT = "invalid_endpoint";
    /// The request is refused as it stands.
    INVALID_REQUEST = "invalid_request";
    /// The function's configuration keeps it from starting.
    MISCONFIGURED_FUNCTION = "misconfigured_function";
    /// The connection ended after the request may have been sent and before an answer.
    NO_ANSWER = "no_answer";
    /// AWS does not accept the credentials.
    NOT_AUTHENTICATED = "not_authenticated";
    /// There is no such alias, layer, policy, statement or other thing beside functions.
    NOT_FOUND = "not_found";
    /// The function is not ready to start yet.
    NOT_READY = "not_ready";
    /// The event is larger than Lambda takes.
    PAYLOAD_TOO_LARGE = "payload_too_large";
    /// The policy has no room left.
    POLICY_TOO_LONG = "policy_too_long";
    /// The policy would let anyone in, and that is blocked.
    PUBLIC_ACCESS_BLOCKED = "public_access_blocked";
    /// The account has reached a quota that waiting does not lift.
    QUOTA_EXCEEDED = "quota_exceeded";
    /// The request is larger than Lambda takes.
    REQUEST_TOO_LARGE = "request_too_large";
    /// It was changed since the revision that the change was meant for.
    REVISION_CHANGED = "revision_changed";
    /// The service failed on its own side.
    SERVICE_UNAVAILABLE = "service_unavailable";
    /// Too many calls at once.
    THROTTLED = "throttled";
    /// No answer came in the time given.
    TIMEOUT = "timeout";
    /// The credentials have expired.
    CREDENTIALS_EXPIRED = "credentials_expired";
    /// A part of an access key cannot be one.
    CREDENTIALS_INVALID = "credentials_invalid";
    /// The identity provider rejects a claim of the identity token.
    IDENTITY_CLAIM_REJECTED = "identity_claim_rejected";
    /// AWS could not reach the identity provider.
    IDENTITY_PROVIDER_UNREACHABLE = "identity_provider_unreachable";
    /// AWS does not accept the identity token.
    IDENTITY_TOKEN_INVALID = "identity_token_invalid";
    /// Neither container nor instance gave credentials.
    INSTANCE_CREDENTIALS_FAILED = "instance_credentials_failed";
    /// The role may not be assumed by who asks.
    ROLE_DENIED = "role_denied";
    /// The role's session cannot be had as it was asked for.
    SESSION_INVALID = "session_invalid";
    /// The session policy is no policy document.
    SESSION_POLICY_MALFORMED = "session_policy_malformed";
    /// Session policy and tags are too large.
    SESSION_POLICY_TOO_LARGE = "session_policy_too_large";
    /// The sign-in that a profile uses has expired or was never made.
    SIGN_IN_EXPIRED = "sign_in_expired";
    /// STS is not active in the region, or the region or account is not enabled.
    STS_REGION_DISABLED = "sts_region_disabled";
    /// The secret store holds no such secret, or not in that form.
    SECRET_INVALID = "secret_invalid";
    /// The reference to a secret leads nowhere.
    SECRET_NOT_FOUND = "secret_not_found";
    /// The secret may not be read.
    SECRET_DENIED = "secret_denied";
    /// The secret store failed.
    SECRET_UNREADABLE = "secret_unreadable";
    /// An answer came that the service never gives.
    UNEXPECTED_ANSWER = "unexpected_answer";
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
