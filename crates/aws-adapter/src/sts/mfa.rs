//! Detects profiles that require an MFA code, which the SDK does not support and ignores silently.

use lamplight_aws_model::SharedSection;

/// The first profile of the chain that requires an MFA code.
pub(super) fn find_mfa_profile<'a>(chain: &[(&'a str, Option<&SharedSection>)]) -> Option<&'a str> {
    let requires_code =
        |profile: &SharedSection| profile.get("role_arn").is_some() && profile.get("mfa_serial").is_some();
    chain.iter().find(|(_, profile)| profile.is_some_and(requires_code)).map(|(name, _)| *name)
}
