//! The stable error codes, and what a caller can do about each.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{borrow::Cow, fmt, hash};

/// What a caller can do about an error. Fronts map every class to an exit code or an HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// The call is wrong: change it.
    Usage,
    /// Credentials or permission are missing.
    Access,
    /// The call was throttled or is over a limit.
    Limit,
    /// What the call names does not exist.
    NotFound,
    /// Somebody else changed it in the meantime, or its state does not allow the call.
    Conflict,
    /// The function ran and failed.
    Function,
    /// It is not known whether the call took effect.
    Unknown,
    /// The caller stopped the call before anything was sent.
    Interrupted,
    /// Anything else.
    Unexpected,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $class:ident;)*) => {
        /// The stable code of an error. `docs/errors.md` has a section for each.
        ///
        /// Two codes are equal if their texts are equal.
        ///
        /// ```
        /// use lamplight_domain::{ErrorClass, ErrorCode};
        ///
        /// assert_eq!(ErrorCode::Throttled.as_str(), "throttled");
        /// assert_eq!(ErrorCode::Throttled.class(), ErrorClass::Limit);
        /// assert_eq!(ErrorCode::from_text("throttled", None), ErrorCode::Throttled);
        /// const FULL: ErrorCode = ErrorCode::provider("shelf_full", ErrorClass::Limit);
        /// assert_eq!(ErrorCode::from_text("shelf_full", Some(ErrorClass::Limit)), FULL);
        /// ```
        #[derive(Debug, Clone)]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
            /// A code of one provider only.
            Provider {
                /// The code, in snake case.
                code: Cow<'static, str>,
                /// What a caller can do about it.
                class: ErrorClass,
            },
        }

        impl ErrorCode {
            /// Every code that is not specific to a provider, in alphabetical order.
            pub const NEUTRAL: &[Self] = &[$(Self::$name),*];

            /// The code as text.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Provider { code, .. } => code,
                }
            }

            /// What a caller can do about it.
            pub fn class(&self) -> ErrorClass {
                match self {
                    $(Self::$name => ErrorClass::$class,)*
                    Self::Provider { class, .. } => *class,
                }
            }
        }
    };
}

codes! {
    /// The caller is authenticated but lacks a permission, which the message names.
    AccessDenied = "access_denied", Access;
    /// The resource to create already exists.
    AlreadyExists = "already_exists", Conflict;
    /// A job and a connection were given, and another job on that connection may be meant.
    AmbiguousJob = "ambiguous_job", Usage;
    /// Parameters and a raw event were both given.
    ArgumentsBesidePayload = "arguments_beside_payload", Usage;
    /// The body of a request is larger than the server allows.
    BodyTooLarge = "body_too_large", Limit;
    /// The answer to a change was lost, and reading the resource did not show whether the change was made.
    ChangeUnknown = "change_unknown", Unknown;
    /// The client context is larger than the provider allows.
    ClientContextTooLarge = "client_context_too_large", Limit;
    /// The signature of the code is missing, or is not by an allowed signer.
    CodeNotTrusted = "code_not_trusted", Usage;
    /// Another operation on the function is in progress, or the resource already exists.
    Conflict = "conflict", Conflict;
    /// A connection with this name already exists.
    ConnectionExists = "connection_exists", Usage;
    /// Connecting failed, or the connection was closed, before a byte of the request was sent.
    ConnectionFailed = "connection_failed", Unexpected;
    /// The connection does not exist.
    ConnectionNotFound = "connection_not_found", NotFound;
    /// The credentials have expired.
    CredentialsExpired = "credentials_expired", Access;
    /// A source of credentials was found, but did not provide any.
    CredentialsFailed = "credentials_failed", Access;
    /// The credentials are malformed.
    CredentialsInvalid = "credentials_invalid", Access;
    /// No source of credentials was found.
    CredentialsMissing = "credentials_missing", Access;
    /// A browser sent the request for a page of another site.
    CrossSiteRequest = "cross_site_request", Access;
    /// The resource to create already exists and differs from the request.
    ExistsOtherwise = "exists_otherwise", Conflict;
    /// The function ran and reported an error.
    FunctionError = "function_error", Function;
    /// The function, version or alias does not exist.
    FunctionNotFound = "function_not_found", NotFound;
    /// The function did not become ready.
    FunctionNotReady = "function_not_ready", Unexpected;
    /// The request names a host that the server does not serve.
    HostNotAllowed = "host_not_allowed", Access;
    /// The answer was cut off.
    IncompleteAnswer = "incomplete_answer", Unexpected;
    /// The program has made a mistake.
    InternalError = "internal_error", Unexpected;
    /// The caller stopped the call before anything was sent.
    Interrupted = "interrupted", Interrupted;
    /// The arguments do not fit the parameters.
    InvalidArguments = "invalid_arguments", Usage;
    /// The client context is not a JSON object.
    InvalidClientContext = "invalid_client_context", Usage;
    /// The configuration is not valid.
    InvalidConfig = "invalid_config", Usage;
    /// The endpoint is not a valid URL.
    InvalidEndpoint = "invalid_endpoint", Usage;
    /// A file or stream is not text, is too large, or gave nothing for too long.
    InvalidInput = "invalid_input", Usage;
    /// A job document is not valid.
    InvalidJobDocument = "invalid_job_document", Usage;
    /// A text is not a valid name.
    InvalidName = "invalid_name", Usage;
    /// A code package cannot be read or built.
    InvalidPackage = "invalid_package", Usage;
    /// A parameter list is not valid.
    InvalidParameters = "invalid_parameters", Usage;
    /// A raw event is not JSON.
    InvalidPayload = "invalid_payload", Usage;
    /// A text is not a valid function or qualifier.
    InvalidReference = "invalid_reference", Usage;
    /// The provider rejects the request as not valid.
    InvalidRequest = "invalid_request", Usage;
    /// A text is not a run ID.
    InvalidRunId = "invalid_run_id", Usage;
    /// A text is not a reference to a secret.
    InvalidSecretReference = "invalid_secret_reference", Usage;
    /// A setting is outside its range.
    InvalidSetting = "invalid_setting", Usage;
    /// A YAML text is not valid.
    InvalidYaml = "invalid_yaml", Usage;
    /// A file or stream cannot be read or written.
    Io = "io", Unexpected;
    /// The job does not exist.
    JobNotFound = "job_not_found", NotFound;
    /// The address does not support the method of the request.
    MethodNotAllowed = "method_not_allowed", Usage;
    /// The function's configuration prevents it from starting.
    MisconfiguredFunction = "misconfigured_function", Unexpected;
    /// The connection was closed after the request may have been sent and before an answer arrived.
    NoAnswer = "no_answer", Unexpected;
    /// No folder for data was found.
    NoDataDir = "no_data_dir", Usage;
    /// The function has no monitor page.
    NoMonitorPage = "no_monitor_page", NotFound;
    /// The provider rejects the credentials.
    NotAuthenticated = "not_authenticated", Access;
    /// An action that needs confirmation was not confirmed.
    NotConfirmed = "not_confirmed", Usage;
    /// The resource does not exist.
    NotFound = "not_found", NotFound;
    /// The function is not ready yet.
    NotReady = "not_ready", Unexpected;
    /// The event is larger than the provider allows.
    PayloadTooLarge = "payload_too_large", Limit;
    /// A change must say which revision it is for.
    PreconditionRequired = "precondition_required", Usage;
    /// The process that held the secrets of a queued run ended before the run was sent.
    QueuedSecretsLost = "queued_secrets_lost", Unexpected;
    /// The account has reached a quota; waiting does not help.
    QuotaExceeded = "quota_exceeded", Limit;
    /// The caller makes more requests of one kind than the server allows.
    RateLimited = "rate_limited", Limit;
    /// A record is damaged.
    RecordDamaged = "record_damaged", Unexpected;
    /// A record was written by a newer version.
    RecordNewer = "record_newer", Unexpected;
    /// A request has a reference to a secret, which only the configuration and the command line may have.
    ReferenceRefused = "reference_refused", Usage;
    /// A connection has no region.
    RegionMissing = "region_missing", Usage;
    /// The same key of a request was used for another request.
    RequestDiffers = "request_differs", Conflict;
    /// The request is larger than the provider allows.
    RequestTooLarge = "request_too_large", Limit;
    /// The resource no longer has the revision that the change expects.
    RevisionChanged = "revision_changed", Conflict;
    /// The role of the caller does not allow the request.
    RoleMissing = "role_missing", Access;
    /// Several runs match the given beginning of a run key.
    RunAmbiguous = "run_ambiguous", Usage;
    /// The run does not exist.
    RunNotFound = "run_not_found", NotFound;
    /// The process that made the call ended before it recorded an outcome.
    RunnerGone = "runner_gone", Unknown;
    /// A runner ID cannot be used as the name of a lock file.
    RunnerId = "runner_id", Usage;
    /// Another process uses the runner ID.
    RunnerInUse = "runner_in_use", Unexpected;
    /// The lock of a runner cannot be read or acquired.
    RunnerLock = "runner_lock", Unexpected;
    /// Access to the secret is denied.
    SecretDenied = "secret_denied", Access;
    /// The secret is not text, or the reference does not fit the stored value.
    SecretInvalid = "secret_invalid", Usage;
    /// The secret does not exist.
    SecretNotFound = "secret_not_found", NotFound;
    /// The secret store cannot be reached, or failed.
    SecretUnreadable = "secret_unreadable", Unexpected;
    /// Secrets of this kind are not supported here.
    SecretUnsupported = "secret_unsupported", Usage;
    /// The provider had an internal error.
    ServiceUnavailable = "service_unavailable", Unexpected;
    /// The request needs a valid token or session.
    SignInRequired = "sign_in_required", Access;
    /// The signing key is not valid for its algorithm.
    SigningKeyInvalid = "signing_key_invalid", Access;
    /// The store stayed locked for too long.
    StoreBusy = "store_busy", Unexpected;
    /// The record was changed in the meantime.
    StoreConflict = "store_conflict", Conflict;
    /// The file is not a Lamplight store, or is damaged.
    StoreCorrupt = "store_corrupt", Unexpected;
    /// The store failed.
    StoreFailed = "store_failed", Unexpected;
    /// The disk is full.
    StoreFull = "store_full", Unexpected;
    /// The store was written by a newer version.
    StoreNewer = "store_newer", Unexpected;
    /// The store is read-only.
    StoreReadOnly = "store_read_only", Access;
    /// The file of the store was replaced or removed while it was open.
    StoreReplaced = "store_replaced", Unexpected;
    /// The store cannot be opened.
    StoreUnreadable = "store_unreadable", Unexpected;
    /// Too many calls.
    Throttled = "throttled", Limit;
    /// No answer arrived in time.
    Timeout = "timeout", Unexpected;
    /// What was found or received is not a usable token.
    TokenInvalid = "token_invalid", Access;
    /// The token file does not exist or cannot be read.
    TokenNotFound = "token_not_found", Access;
    /// The issuer refused to issue a token.
    TokenRefused = "token_refused", Access;
    /// The issuer or the token file cannot be reached, failed, or throttles requests.
    TokenUnavailable = "token_unavailable", Access;
    /// The answer is not one that the provider gives.
    UnexpectedAnswer = "unexpected_answer", Unexpected;
    /// The answer lacks the provider's identifying header, so it may come from a proxy or another program.
    UnidentifiedAnswer = "unidentified_answer", Unexpected;
    /// The region is unknown.
    UnknownRegion = "unknown_region", Usage;
    /// The provider does not support this.
    Unsupported = "unsupported", Usage;
    /// The body of a request is not of the type that the address takes.
    UnsupportedMediaType = "unsupported_media_type", Usage;
    /// The configuration file was found in a folder that other users can change.
    UntrustedConfig = "untrusted_config", Usage;
}

impl ErrorCode {
    /// A code specific to one provider, in snake case. It must not be one of the [neutral](Self::NEUTRAL) codes.
    pub const fn provider(code: &'static str, class: ErrorClass) -> Self {
        Self::Provider { code: Cow::Borrowed(code), class }
    }

    /// The code for a stored or received text. If it is not neutral, it is a provider's code with the given class, or
    /// [`Unexpected`](ErrorClass::Unexpected) without one.
    pub fn from_text(text: &str, class: Option<ErrorClass>) -> Self {
        Self::NEUTRAL.iter().find(|code| code.as_str() == text).cloned().unwrap_or_else(|| Self::Provider {
            code: Cow::Owned(text.to_owned()),
            class: class.unwrap_or(ErrorClass::Unexpected),
        })
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq for ErrorCode {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for ErrorCode {}

impl hash::Hash for ErrorCode {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from_text(&String::deserialize(deserializer)?, None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_snake_case_words_in_order() {
        let texts: Vec<&str> = ErrorCode::NEUTRAL.iter().map(ErrorCode::as_str).collect();
        assert!(texts.is_sorted_by(|a, b| a < b), "{texts:?}");
        for text in texts {
            assert!(text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{text}");
        }
    }

    #[test]
    fn known_and_unknown_codes_are_read_back() {
        for code in ErrorCode::NEUTRAL {
            let read: ErrorCode = serde_json::from_str(&serde_json::to_string(code).unwrap()).unwrap();
            assert_eq!((&read, read.class()), (code, code.class()));
        }
        let foreign: ErrorCode = serde_json::from_str("\"of_the_future\"").unwrap();
        assert_eq!((foreign.as_str(), foreign.class()), ("of_the_future", ErrorClass::Unexpected));
    }
}
