//! What STS's refusals to give credentials mean, and what to do about each. The codes are those of the STS API
//! model (`AssumeRole`, `AssumeRoleWithWebIdentity`) and those that every AWS service shares.

use lamplight_domain::{Action, Hint};

/// How a role was to be assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoleRequest {
    /// `AssumeRole`, signed with other credentials.
    Credentials {
        /// Whether an external id went with it.
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

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StsRefusal {
    /// The role may not be assumed by who asks.
    Denied,
    /// The identity token is not accepted at all.
    InvalidToken,
    /// The token, or the session that signed the request, has expired.
    Expired,
    /// The issuer does not stand by the token.
    ClaimRejected,
    /// STS could not ask the issuer; this may pass.
    IssuerUnreachable,
    /// The session policy is malformed.
    MalformedPolicy,
    /// Session policy and tags together are too large.
    PolicyTooLarge,
    /// STS is not active for the account in the region.
    RegionDisabled,
    /// The account is not signed up for the service, or has not enabled the region.
    NotEnabled,
    /// The credentials that signed the request are not accepted.
    NotAccepted,
    /// A value of the request is outside what the role or STS allows.
    InvalidRequest,
    /// Too many requests; this passes.
    Throttled,
    /// STS failed; this may pass.
    Unavailable,
    /// What answered is not STS: each refusal of STS has a status from 400 on.
    Foreign,
}

impl StsRefusal {
    /// The meaning of an error code, or of the HTTP status where the code is not known.
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

    /// Whether the same request may succeed a little later with nothing changed.
    pub fn passes(self) -> bool {
        matches!(self, Self::IssuerUnreachable | Self::Throttled | Self::Unavailable)
    }

    /// One fragment for people: what happened.
    pub fn message(self, request: RoleRequest, role: &str) -> String {
        let what = match self {
            Self::Denied => "is denied",
            Self::InvalidToken => "failed: AWS does not accept the identity token",
            Self::Expired => match request {
                RoleRequest::Token => "failed: the identity token has expired",
                RoleRequest::Credentials { .. } => "failed: the session that asks for it has expired",
            },
            Self::ClaimRejected => "failed: the identity provider rejected the token's claim",
            Self::IssuerUnreachable => "failed: AWS could not reach the identity provider",
            Self::MalformedPolicy => "failed: the session policy is malformed",
            Self::PolicyTooLarge => "failed: session policy and tags are too large once packed",
            Self::RegionDisabled => "failed: STS is not active for the account in this region",
            Self::NotEnabled => "failed: the account, or the region for it, is not enabled",
            Self::NotAccepted => "failed: AWS does not accept the credentials that ask for it",
            Self::InvalidRequest => "was refused",
            Self::Throttled => "was throttled",
            Self::Unavailable => "failed on the side of STS",
            Self::Foreign => "failed: the answer is not STS's",
        };
        format!("{} of {role} {what}; nothing else was sent", request.action())
    }

    /// One line for people: what to do about it.
    pub fn hint(self, request: RoleRequest) -> Hint {
        let words = match (self, request) {
            (Self::Denied, RoleRequest::Token) => {
                "the role's trust policy must allow sts:AssumeRoleWithWebIdentity from the token's identity provider \
                 with conditions that the token's aud and sub (or oid) meet; "
            }
            (Self::Denied, RoleRequest::Credentials { external_id: true }) => {
                "check that external_id equals the sts:ExternalId of the role's trust policy, that the trust policy \
                 names who asks, and that who asks is allowed sts:AssumeRole on the role"
            }
            (Self::Denied, RoleRequest::Credentials { external_id: false }) => {
                "the role's trust policy must name who asks, and who asks must be allowed sts:AssumeRole on the role; \
                 where the trust policy has a condition on sts:ExternalId, set external_id; "
            }
            (Self::InvalidToken, _) => {
                "check the IAM identity provider: its URL is the token's issuer (login.microsoftonline.com/TENANT/v2.0 \
                 for Entra v2 tokens) and its thumbprint that host's; its audience is the token's aud, such as \
                 sts.amazonaws.com; and the role's trust policy allows the token's sub or oid"
            }
            (Self::Expired, RoleRequest::Token) => {
                "the source must give a fresh token: check what renews the token file or variable, and this machine's \
                 clock"
            }
            (Self::Expired, RoleRequest::Credentials { .. }) => {
                "renew the session that asks: sign in again, or replace the session token; check this machine's clock"
            }
            (Self::ClaimRejected, _) => {
                "the issuer says that the token is revoked or not for this use: get a new token, and compare its aud and \
                 sub with the IAM identity provider's audiences"
            }
            (Self::IssuerUnreachable, _) => {
                "AWS fetches the issuer's keys: its /.well-known/openid-configuration and jwks_uri must answer from the \
                 internet, over TLS; trying again may be enough"
            }
            (Self::MalformedPolicy, _) => {
                "check `policy`: it must be an IAM policy document with Version and Statement, and policy_arns must exist"
            }
            (Self::PolicyTooLarge, _) => {
                "shorten `policy`, name a managed policy in policy_arns instead, or use fewer or shorter tags"
            }
            (Self::RegionDisabled, _) => {
                "activate STS for the region in the account settings of IAM, or set sts_region to one that is active, such \
                 as us-east-1"
            }
            (Self::NotEnabled, _) => {
                "enable the region in the account's settings (AWS Regions), finish the account's sign-up, or set sts_region \
                 to a region that is enabled, such as us-east-1"
            }
            (Self::NotAccepted, _) => {
                "check the source of the role: the access key exists and is active, the secret belongs to it, a temporary \
                 key has its session token, and this machine's clock is right"
            }
            (Self::InvalidRequest, _) => {
                "check duration_seconds (at most the role's maximum session duration, and 3600 for a role assumed by \
                 another role), session_name, tags and policy_arns"
            }
            (Self::Throttled, _) => {
                "wait a moment; credentials are kept until they expire, so this should be rare"
            }
            (Self::Unavailable, _) => "try again later, or set sts_region to another region",
            (Self::Foreign, _) => "check sts_endpoint_url and whether a proxy answers in its place",
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
    fn a_denial_is_told_by_what_was_sent() {
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
