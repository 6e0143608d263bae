//! Why STS refuses credentials, and what to do about each reason. The codes are from the STS API model (`AssumeRole`,
//! `AssumeRoleWithWebIdentity`) and from the errors that all AWS services share.

use lamplight_domain::{Action, Hint};

/// How a role is assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoleRequest {
    /// `AssumeRole`, signed with other credentials.
    Credentials {
        /// Whether the request has an external ID.
        external_id: bool,
    },
    /// `AssumeRoleWithWebIdentity`, with a token.
    Token,
}

impl RoleRequest {
    /// The IAM action.
    pub fn action(self) -> &'static str {
        match self {
            Self::Credentials { .. } => "sts:AssumeRole",
            Self::Token => "sts:AssumeRoleWithWebIdentity",
        }
    }
}

/// Why STS refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StsRefusal {
    /// The caller is not allowed to assume the role.
    Denied,
    /// AWS does not accept the identity token.
    InvalidToken,
    /// The token, or the session that signed the request, has expired.
    Expired,
    /// The identity provider rejected the token.
    ClaimRejected,
    /// STS could not reach the identity provider; this may be temporary.
    IssuerUnreachable,
    /// The session policy is malformed.
    MalformedPolicy,
    /// The session policy and the tags together are too large.
    PolicyTooLarge,
    /// STS is not active for the account in the region.
    RegionDisabled,
    /// The account is not signed up for the service, or has not enabled the region.
    NotEnabled,
    /// The credentials that signed the request are not accepted.
    NotAccepted,
    /// A value of the request is outside what the role or STS allows.
    InvalidRequest,
    /// Too many requests; this is temporary.
    Throttled,
    /// STS failed; this may be temporary.
    Unavailable,
    /// The answer is not from STS: STS refuses only with a status of 400 or more.
    Foreign,
}

impl StsRefusal {
    /// The meaning of an error code, or of the HTTP status if the code is not known.
    pub fn of(code: Option<&str>, http: u16) -> Self {
        match code.unwrap_or_default() {
            "AccessDenied" | "AccessDeniedException" => Self::Denied,
            "InvalidIdentityToken" | "InvalidIdentityTokenException" => Self::InvalidToken,
            "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => Self::Expired,
            "IDPRejectedClaim" | "IDPRejectedClaimException" => Self::ClaimRejected,
            "IDPCommunicationError" | "IDPCommunicationErrorException" => Self::IssuerUnreachable,
            "MalformedPolicyDocument" | "MalformedPolicyDocumentException" => Self::MalformedPolicy,
            "PackedPolicyTooLarge" | "PackedPolicyTooLargeException" => Self::PolicyTooLarge,
            "RegionDisabledException" | "RegionDisabled" => Self::RegionDisabled,
            "OptInRequired" => Self::NotEnabled,
            "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "SignatureDoesNotMatch"
            | "IncompleteSignature"
            | "InvalidSignatureException"
            | "MissingAuthenticationToken"
            | "RequestExpired" => Self::NotAccepted,
            "Throttling" | "ThrottlingException" | "RequestLimitExceeded" | "TooManyRequestsException" => {
                Self::Throttled
            }
            "ValidationError" | "ValidationException" | "InvalidParameterValue" => Self::InvalidRequest,
            _ => match http {
                403 => Self::Denied,
                401 => Self::NotAccepted,
                429 => Self::Throttled,
                400..=499 => Self::InvalidRequest,
                500.. => Self::Unavailable,
                _ => Self::Foreign,
            },
        }
    }

    /// The meaning of an answer that nothing identifies as that of STS: its status means nothing, only a code of STS does.
    pub fn of_unmarked(code: Option<&str>) -> Self {
        Self::of(code, 0)
    }

    /// Whether the same request may succeed later without any change.
    pub fn passes(self) -> bool {
        matches!(self, Self::IssuerUnreachable | Self::Throttled | Self::Unavailable)
    }

    /// What happened, as a fragment for users.
    pub fn message(self, request: RoleRequest, role: &str) -> String {
        let what = match self {
            Self::Denied => "is denied",
            Self::InvalidToken => "failed: AWS does not accept the identity token",
            Self::Expired => match request {
                RoleRequest::Token => "failed: the identity token has expired",
                RoleRequest::Credentials { .. } => "failed: the session that requests it has expired",
            },
            Self::ClaimRejected => "failed: the identity provider rejected a claim of the token",
            Self::IssuerUnreachable => "failed: AWS could not reach the identity provider",
            Self::MalformedPolicy => "failed: the session policy is malformed",
            Self::PolicyTooLarge => "failed: the session policy and the tags together are too large",
            Self::RegionDisabled => "failed: STS is not active for the account in this region",
            Self::NotEnabled => "failed: the account or the region is not enabled",
            Self::NotAccepted => "failed: AWS does not accept the credentials that request it",
            Self::InvalidRequest => "was refused",
            Self::Throttled => "was throttled",
            Self::Unavailable => "failed: STS had an internal error",
            Self::Foreign => "failed: the answer is not from STS",
        };
        format!("{} of {role} {what}; nothing else was sent", request.action())
    }

    /// What to do about it, in one line for users.
    pub fn hint(self, request: RoleRequest) -> Hint {
        let words = match (self, request) {
            (Self::Denied, RoleRequest::Token) => {
                "the role's trust policy must allow sts:AssumeRoleWithWebIdentity for the token's identity provider, \
                 and its conditions must match the token's aud and sub (or oid); "
            }
            (Self::Denied, RoleRequest::Credentials { external_id: true }) => {
                "check that external_id equals the sts:ExternalId of the role's trust policy, that the trust policy \
                 names the caller, and that the caller is allowed sts:AssumeRole on the role"
            }
            (Self::Denied, RoleRequest::Credentials { external_id: false }) => {
                "the role's trust policy must name the caller, and the caller must be allowed sts:AssumeRole on the role; \
                 if the trust policy has a condition on sts:ExternalId, set external_id; "
            }
            (Self::InvalidToken, _) => {
                "check the IAM identity provider: its URL must be the token's issuer \
                 (login.microsoftonline.com/TENANT/v2.0 for Entra v2 tokens), its thumbprint must be that of the issuer's \
                 host, and its audience must be the token's aud, such as sts.amazonaws.com; the role's trust policy must \
                 allow the token's sub or oid"
            }
            (Self::Expired, RoleRequest::Token) => {
                "get a new token: check what renews the token file or variable, and check this machine's clock"
            }
            (Self::Expired, RoleRequest::Credentials { .. }) => {
                "renew the session of the caller: sign in again, or replace the session token; check this machine's clock"
            }
            (Self::ClaimRejected, _) => {
                "the identity provider says that the token is revoked or not for this use: get a new token, and compare its \
                 aud and sub with the audiences of the IAM identity provider"
            }
            (Self::IssuerUnreachable, _) => {
                "AWS fetches the issuer's keys: its /.well-known/openid-configuration and jwks_uri must be reachable from \
                 the internet over TLS; a retry may be enough"
            }
            (Self::MalformedPolicy, _) => {
                "check `policy`: it must be an IAM policy document with Version and Statement, and policy_arns must exist"
            }
            (Self::PolicyTooLarge, _) => {
                "shorten `policy`, use a managed policy in policy_arns instead, or use fewer or shorter tags"
            }
            (Self::RegionDisabled, _) => {
                "activate STS for the region in the account settings of IAM, or set sts_region to an active region, such as \
                 us-east-1"
            }
            (Self::NotEnabled, _) => {
                "enable the region in the account's settings (AWS Regions), complete the account's sign-up, or set \
                 sts_region to an enabled region, such as us-east-1"
            }
            (Self::NotAccepted, _) => {
                "check the role's source credentials: the access key must exist and be active, the secret key must belong \
                 to it, and a temporary key needs its session token; check this machine's clock"
            }
            (Self::InvalidRequest, _) => {
                "check duration_seconds (at most the role's maximum session duration, and 3600 for a role assumed by \
                 another role), session_name, tags and policy_arns"
            }
            (Self::Throttled, _) => {
                "retry in a moment; credentials are cached until they expire, so this should be rare"
            }
            (Self::Unavailable, _) => "retry later, or set sts_region to another region",
            (Self::Foreign, _) => "check sts_endpoint_url, and whether a proxy answers instead of STS",
        };
        let policy = match (self, request) {
            (Self::Denied, RoleRequest::Token) => Action::PrintTrustPolicy,
            (Self::Denied, RoleRequest::Credentials { external_id: false }) => Action::PrintRoleTrustPolicy,
            _ => return Hint::new(words),
        };
        Hint::new(words).action(policy).text(" prints one")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const ALL: [(&str, u16, StsRefusal); 13] = [
        ("AccessDenied", 403, StsRefusal::Denied),
        ("InvalidIdentityToken", 400, StsRefusal::InvalidToken),
        ("ExpiredTokenException", 400, StsRefusal::Expired),
        ("IDPRejectedClaim", 403, StsRefusal::ClaimRejected),
        ("IDPCommunicationError", 400, StsRefusal::IssuerUnreachable),
        ("MalformedPolicyDocument", 400, StsRefusal::MalformedPolicy),
        ("PackedPolicyTooLarge", 400, StsRefusal::PolicyTooLarge),
        ("RegionDisabledException", 403, StsRefusal::RegionDisabled),
        ("OptInRequired", 403, StsRefusal::NotEnabled),
        ("InvalidClientTokenId", 403, StsRefusal::NotAccepted),
        ("ValidationError", 400, StsRefusal::InvalidRequest),
        ("Throttling", 400, StsRefusal::Throttled),
        ("InternalFailure", 500, StsRefusal::Unavailable),
    ];

    #[test]
    fn each_code_has_its_own_meaning_message_and_hint() {
        let role = "arn:aws:iam::123456789012:role/deploy";
        for request in [RoleRequest::Token, RoleRequest::Credentials { external_id: true }] {
            let mut hints = BTreeSet::new();
            for (code, http, refusal) in ALL {
                assert_eq!(StsRefusal::of(Some(code), http), refusal, "{code}");
                let message = refusal.message(request, role);
                assert!(message.contains("role/deploy") && message.contains(request.action()), "{message}");
                assert!(hints.insert(refusal.hint(request).to_string()), "{code}");
            }
        }
    }

    #[test]
    fn the_hint_for_a_denial_depends_on_what_was_sent() {
        let hint = |request| StsRefusal::Denied.hint(request).to_string();
        assert!(hint(RoleRequest::Credentials { external_id: true }).starts_with("check that external_id"));
        assert!(hint(RoleRequest::Credentials { external_id: false }).contains("set external_id"));
        assert!(hint(RoleRequest::Token).contains("aud and sub"));
    }

    #[test]
    fn without_a_code_the_status_decides() {
        for (http, refusal) in [
            (400, StsRefusal::InvalidRequest),
            (401, StsRefusal::NotAccepted),
            (403, StsRefusal::Denied),
            (429, StsRefusal::Throttled),
            (503, StsRefusal::Unavailable),
            (200, StsRefusal::Foreign),
            (302, StsRefusal::Foreign),
        ] {
            assert_eq!(StsRefusal::of(None, http), refusal);
            assert_eq!(StsRefusal::of(Some("SomethingNew"), http), refusal);
        }
    }
}
