//! Why credentials could not be obtained.

use super::{answers::has_request_id, origin::origin_by_headers};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sso::operation::get_role_credentials::GetRoleCredentialsError;
use aws_sdk_sts::{
    error::{ProvideErrorMetadata, SdkError},
    operation::{
        assume_role::AssumeRoleError, assume_role_with_web_identity::AssumeRoleWithWebIdentityError,
    },
};
use aws_smithy_runtime_api::client::{
    orchestrator::HttpResponse,
    result::{ConnectorError, ServiceError},
};
use lamplight_aws_model::{RoleRequest, StsRefusal, TwoProfiles, codes};
use lamplight_domain::{ErrorCode, Hint, SecretRef};
use lamplight_http_adapter::Cause;
use lamplight_ports::{PortError, PortErrorKind};
use std::{error::Error, fmt, io, sync::Arc, time::Duration};

/// Why credentials could not be obtained. Nothing was sent to the service that they were needed for.
#[derive(Debug, Clone)]
pub(crate) struct CredentialsFailure {
    pub(crate) kind: PortErrorKind,
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
    pub(crate) hint: Hint,
    /// Whether the cause may be temporary.
    pub(crate) transient: bool,
    pub(crate) cause: Option<Arc<Cause>>,
}

impl fmt::Display for CredentialsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for CredentialsFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_ref().map(|cause| &**cause as &(dyn Error + 'static))
    }
}

impl From<CredentialsFailure> for PortError {
    fn from(failure: CredentialsFailure) -> Self {
        let error = Self::new(failure.kind, failure.code, failure.message).with_hint(failure.hint);
        match failure.cause {
            Some(cause) => error.with_source(cause),
            None => error,
        }
    }
}

impl CredentialsFailure {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>, hint: impl Into<Hint>) -> Self {
        Self {
            kind: PortErrorKind::Unauthenticated,
            code,
            message: message.into(),
            hint: hint.into(),
            transient: false,
            cause: None,
        }
    }

    fn caused_by(mut self, cause: Option<Cause>) -> Self {
        self.cause = cause.map(Arc::new);
        self
    }

    /// A secret or token that could not be obtained, with the message of its port.
    pub(crate) fn of_port(error: PortError) -> Self {
        // If the user has to fix a secret, the error keeps the kind that says so. Everything else means that no credentials
        // are available now.
        let is_secret = matches!(
            error.code,
            ErrorCode::SecretDenied
                | ErrorCode::SecretInvalid
                | ErrorCode::SecretNotFound
                | ErrorCode::SecretUnreadable
                | ErrorCode::SecretUnsupported
        );
        // Token sources have already retried by themselves.
        let transient = is_secret && error.kind == PortErrorKind::Unavailable;
        let kind = if is_secret { error.kind } else { PortErrorKind::Unauthenticated };
        let cause = Cause::chain(&error);
        let hint = error.hint.unwrap_or_else(|| "check the reference and the value that it points to".into());
        Self { kind, transient, ..Self::new(error.code, error.message, hint) }.caused_by(cause)
    }

    /// A setting of the environment or of a shared file that is wrong. Credentials cannot be obtained before it is fixed.
    pub(crate) fn of_settings(error: PortError) -> Self {
        let cause = Cause::chain(&error);
        let hint = error.hint.unwrap_or_else(|| "fix this setting".into());
        let message = format!("{}; nothing was sent", error.message);
        Self { kind: error.kind, ..Self::new(error.code, message, hint) }.caused_by(cause)
    }

    /// Two variables name different profiles.
    pub(crate) fn of_two_profiles(error: &TwoProfiles) -> Self {
        let error =
            PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidSetting, error.to_string());
        Self::of_settings(error.with_hint("unset one of the two variables"))
    }

    /// A part of an access key that cannot be valid, and the reference it was read from.
    pub(crate) fn key_part_unusable(what: &str, from: Option<&SecretRef>) -> Self {
        let place = from.map(|reference| format!(" from {reference}")).unwrap_or_default();
        let message =
            format!("the {what}{place} is empty or has spaces or other invalid characters; nothing was sent");
        Self::new(ErrorCode::CredentialsInvalid, message, "check that the value is only the key itself")
    }

    /// A source that did not answer in time. It has already retried by itself if that makes sense.
    pub(crate) fn too_late(name: &str, patience: Duration) -> Self {
        let message =
            format!("{name}: no credentials received within {} s; nothing was sent", patience.as_secs());
        Self::new(
            ErrorCode::CredentialsFailed,
            message,
            "test the source of the credentials by itself: a program may wait for a person, and a service may not answer at \
             all; check the network and the proxy settings",
        )
    }

    pub(crate) fn expired(origin: &str) -> Self {
        let message = format!("the credentials of {origin} have already expired; nothing was sent");
        Self::new(
            ErrorCode::CredentialsExpired,
            message,
            "renew them at their source, and check this machine's clock",
        )
    }

    /// A refusal from the server at `address`, which may not be STS.
    pub(crate) fn of_sts<E: ProvideErrorMetadata>(
        refused: &ServiceError<E, HttpResponse>,
        request: RoleRequest,
        role: &str,
        address: &str,
    ) -> Self {
        let (code, words) = (refused.err().code(), refused.err().message());
        let http = refused.raw().status().as_u16();
        let is_marked = has_request_id(refused.raw());
        let refusal = if is_marked { StsRefusal::of(code, http) } else { StsRefusal::of_unmarked(code) };
        if refusal == StsRefusal::Foreign {
            // The body may repeat the token of the request.
            let what = format!("HTTP {http} ({})", origin_by_headers(refused.raw()).describe(|_| false));
            return if is_marked {
                Self::not_of_sts(&what, request, role, address)
            } else {
                Self::unidentified(&what, request, role, address)
            };
        }
        let stable = match refusal {
            StsRefusal::Denied => codes::ROLE_DENIED,
            StsRefusal::InvalidToken => codes::IDENTITY_TOKEN_INVALID,
            StsRefusal::Expired => ErrorCode::CredentialsExpired,
            StsRefusal::ClaimRejected => codes::IDENTITY_CLAIM_REJECTED,
            StsRefusal::IssuerUnreachable => codes::IDENTITY_PROVIDER_UNREACHABLE,
            StsRefusal::MalformedPolicy => codes::SESSION_POLICY_MALFORMED,
            StsRefusal::PolicyTooLarge => codes::SESSION_POLICY_TOO_LARGE,
            StsRefusal::RegionDisabled | StsRefusal::NotEnabled => codes::STS_REGION_DISABLED,
            StsRefusal::NotAccepted => ErrorCode::NotAuthenticated,
            StsRefusal::InvalidRequest => codes::SESSION_INVALID,
            StsRefusal::Throttled => ErrorCode::Throttled,
            StsRefusal::Unavailable => ErrorCode::ServiceUnavailable,
            StsRefusal::Foreign => ErrorCode::UnexpectedAnswer,
        };
        let told = match (code, words) {
            (Some(code), Some(words)) => Some(Cause::of_words(&format!("{code}: {words}"))),
            (Some(text), None) | (None, Some(text)) => Some(Cause::of_words(text)),
            (None, None) => Some(Cause::of_words(&format!("HTTP {http}"))),
        };
        let failure = Self::new(stable, refusal.message(request, role), refusal.hint(request));
        Self { transient: refusal.passes(), ..failure }.caused_by(told)
    }

    /// An answer that STS never sends. A retry would get the same answer.
    pub(crate) fn not_of_sts(what: &str, request: RoleRequest, role: &str, address: &str) -> Self {
        let action = request.action();
        let message = format!(
            "the answer of {address} is not from STS: {what}; {action} of {role} gave no credentials, and nothing else was sent"
        );
        Self::new(ErrorCode::UnexpectedAnswer, message, StsRefusal::Foreign.hint(request))
    }

    /// An answer that nothing identifies as that of STS.
    pub(crate) fn unidentified(what: &str, request: RoleRequest, role: &str, address: &str) -> Self {
        Self { code: ErrorCode::UnidentifiedAnswer, ..Self::not_of_sts(what, request, role, address) }
    }

    /// The SDK's providers failed because `profile` requires an MFA code, which they cannot ask the user for.
    pub(crate) fn of_mfa(error: &CredentialsError, profile: &str) -> Self {
        let message = format!(
            "profile {profile} requires an MFA code (mfa_serial), and Lamplight cannot ask for codes; nothing was sent"
        );
        let hint = format!(
            "run `eval \"$(aws configure export-credentials --profile {profile} --format env)\"`, which asks for the code, \
             and use auth = \"default\" in the same shell"
        );
        Self::new(ErrorCode::CredentialsFailed, message, hint).caused_by(Cause::chain(error))
    }

    /// The sign-in of `profile` has expired, or the user has never signed in.
    pub(crate) fn of_sign_in(error: &CredentialsError, method: &str, profile: &str) -> Self {
        let hint = match profile {
            "default" => "sign in with `aws sso login`".to_owned(),
            name => format!("sign in with `aws sso login --profile {name}`"),
        };
        let message = format!("{method}: the sign-in has expired or does not exist; nothing was sent");
        Self::new(codes::SIGN_IN_EXPIRED, message, hint).caused_by(Cause::chain(error))
    }

    /// Maps the failure of the SDK's own providers. `missing` is the hint if they found no credentials, and `failed` is the
    /// hint if the credentials that they found did not work.
    pub(crate) fn of_sdk(error: &CredentialsError, method: &str, missing: &str, failed: &str) -> Self {
        if let Some(refused) = role_refusal(error) {
            return refused;
        }
        let program = failed_program(error);
        let failed = if program.is_some() { PROGRAM } else { failed };
        let cause = program.or_else(|| Cause::chain(error));
        if let CredentialsError::CredentialsNotLoaded(_) = error {
            let message = format!("{method}: no credentials were found; nothing was sent");
            return Self::new(ErrorCode::CredentialsMissing, message, missing).caused_by(cause);
        }
        let is_unreachable = matches!(error, CredentialsError::ProviderTimedOut(_)) || is_unreachable(error);
        let failed = if is_unreachable { UNREACHABLE } else { failed };
        let message = format!("{method}: could not get credentials; nothing was sent");
        // This is not transient, because the SDK has already retried by itself.
        Self::new(ErrorCode::CredentialsFailed, message, failed).caused_by(cause)
    }
}

/// Whether a profile with a sign-in failed because there is no valid sign-in: none is stored, or the portal refuses it.
/// Failures of the network and of later requests, such as that of a role, are excluded.
pub(crate) fn is_sign_in_missing(error: &CredentialsError) -> bool {
    if !matches!(error, CredentialsError::ProviderError(_)) || is_unreachable(error) {
        return false;
    }
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<SdkError<GetRoleCredentialsError, HttpResponse>>() {
            return matches!(refused, SdkError::ServiceError(refused) if refused.raw().status().as_u16() == 401);
        }
        if error.is::<SdkError<AssumeRoleError, HttpResponse>>() {
            return false;
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return error.kind() == io::ErrorKind::NotFound;
        }
        cause = error.source();
    }
    true
}

const UNREACHABLE: &str = "the service that gives the credentials could not be reached: check the network and the proxy \
                           settings, then retry";

const PROGRAM: &str = "the program of credential_process failed: run it by itself to see what it says";

/// The failure of a program of `credential_process`. What it wrote to its stderr is left out: nobody knows what is secret in
/// it.
fn failed_program(error: &CredentialsError) -> Option<Cause> {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some((told, _)) = error.to_string().split_once(" Stderr: ") {
            return Some(Cause::of_words(&format!(
                "{told} Its stderr is not shown, because it may contain secrets"
            )));
        }
        cause = error.source();
    }
    None
}

/// Whether the connection to the service that gives the credentials failed.
fn is_unreachable(error: &CredentialsError) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<ConnectorError>().is_some_and(|found| found.is_io() || found.is_timeout()) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// A refusal of STS among the causes of a failure of the SDK's own chain, if a profile or the environment names a role.
fn role_refusal(error: &CredentialsError) -> Option<CredentialsFailure> {
    // The SDK's error contains neither the role nor the address.
    const ROLE: &str = "the role";
    const STS: &str = "the STS endpoint";
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(SdkError::ServiceError(refused)) =
            error.downcast_ref::<SdkError<AssumeRoleError, HttpResponse>>()
        {
            let request = RoleRequest::Credentials { external_id: false };
            return Some(CredentialsFailure::of_sts(refused, request, ROLE, STS));
        }
        if let Some(SdkError::ServiceError(refused)) =
            error.downcast_ref::<SdkError<AssumeRoleWithWebIdentityError, HttpResponse>>()
        {
            return Some(CredentialsFailure::of_sts(refused, RoleRequest::Token, ROLE, STS));
        }
        cause = error.source();
    }
    None
}
