//! The stable codes of failures, and what a caller can do about each.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{borrow::Cow, fmt, hash};

/// What a caller can do about a failure. Fronts match it exhaustively: to exit codes, to HTTP statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// The call was wrong: change it.
    Usage,
    /// Credentials or permission are missing.
    Access,
    /// Throttled, or over a limit.
    Limit,
    /// The thing named does not exist.
    NotFound,
    /// It was changed by another meanwhile, or is not in a state that allows the call.
    Conflict,
    /// The function ran and failed.
    Function,
    /// It is not known whether it was done.
    Unknown,
    /// The caller stopped it before anything was sent.
    Interrupted,
    /// Anything else.
    Unexpected,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $class:ident;)*) => {
        /// The stable code of a failure. `docs/errors.md` has a section for each.
        ///
        /// Two codes are equal where their texts are.
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
            /// A code that only one provider has.
            Provider {
                /// The code: lower-case words joined by `_`.
                code: Cow<'static, str>,
                /// What a caller can do about it.
                class: ErrorClass,
            },
        }

        impl ErrorCode {
            /// Every code that is not a provider's own, in the order of the alphabet.
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
    /// The caller is known and lacks a permission, which the message names.
    AccessDenied = "access_denied", Access;
    /// What was to be created exists.
    AlreadyExists = "already_exists", Conflict;
    /// Parameters and a raw event were both given.
    ArgumentsBesidePayload = "arguments_beside_payload", Usage;
    /// The answer to a change was lost, and reading did not show whether it was made.
    ChangeUnknown = "change_unknown", Unknown;
    /// The JSON about the caller is larger than the provider takes.
    ClientContextTooLarge = "client_context_too_large", Limit;
    /// The code's signature is missing, or not by who must sign it.
    CodeNotTrusted = "code_not_trusted", Usage;
    /// Something else is in progress on the function, or exists already.
    Conflict = "conflict", Conflict;
    /// There is a connection of that name.
    ConnectionExists = "connection_exists", Usage;
    /// The connection ended, or could not be made, before a byte of the request was sent.
    ConnectionFailed = "connection_failed", Unexpected;
    /// There is no connection of that name.
    ConnectionNotFound = "connection_not_found", NotFound;
    /// The credentials have expired.
    CredentialsExpired = "credentials_expired", Access;
    /// A source of credentials was found and gave none.
    CredentialsFailed = "credentials_failed", Access;
    /// A part of the credentials cannot be one.
    CredentialsInvalid = "credentials_invalid", Access;
    /// There is no source of credentials.
    CredentialsMissing = "credentials_missing", Access;
    /// What was to be created exists, and is not as it was asked for.
    ExistsOtherwise = "exists_otherwise", Conflict;
    /// The function ran and reported an error.
    FunctionError = "function_error", Function;
    /// There is no such function, version or alias.
    FunctionNotFound = "function_not_found", NotFound;
    /// The function is not ready, or will not be.
    FunctionNotReady = "function_not_ready", Unexpected;
    /// An answer began and did not come whole.
    IncompleteAnswer = "incomplete_answer", Unexpected;
    /// The caller stopped it before anything was sent.
    Interrupted = "interrupted", Interrupted;
    /// Arguments do not fit the parameters.
    InvalidArguments = "invalid_arguments", Usage;
    /// The client context is not JSON.
    InvalidClientContext = "invalid_client_context", Usage;
    /// The configuration is wrong.
    InvalidConfig = "invalid_config", Usage;
    /// The endpoint is not a URL that requests can be sent to.
    InvalidEndpoint = "invalid_endpoint", Usage;
    /// A job document is wrong.
    InvalidJobDocument = "invalid_job_document", Usage;
    /// A text is not a name of its kind.
    InvalidName = "invalid_name", Usage;
    /// A package of code cannot be read or packed.
    InvalidPackage = "invalid_package", Usage;
    /// A parameter list is wrong.
    InvalidParameters = "invalid_parameters", Usage;
    /// A raw event is not JSON.
    InvalidPayload = "invalid_payload", Usage;
    /// A text names no function or qualifier.
    InvalidReference = "invalid_reference", Usage;
    /// The provider refuses the request as it stands.
    InvalidRequest = "invalid_request", Usage;
    /// A text is not a run id.
    InvalidRunId = "invalid_run_id", Usage;
    /// A text is not a reference to a secret.
    InvalidSecretReference = "invalid_secret_reference", Usage;
    /// A setting is outside its range.
    InvalidSetting = "invalid_setting", Usage;
    /// A YAML text is wrong.
    InvalidYaml = "invalid_yaml", Usage;
    /// A file or stream cannot be read or written.
    Io = "io", Unexpected;
    /// There is no job of that name.
    JobNotFound = "job_not_found", NotFound;
    /// The function's configuration keeps it from starting.
    MisconfiguredFunction = "misconfigured_function", Unexpected;
    /// The connection ended after the request may have been sent and before an answer.
    NoAnswer = "no_answer", Unexpected;
    /// There is no folder for data.
    NoDataDir = "no_data_dir", Unexpected;
    /// There is no page to open.
    NoMonitorPage = "no_monitor_page", NotFound;
    /// The provider does not accept the credentials.
    NotAuthenticated = "not_authenticated", Access;
    /// What has to be confirmed was not.
    NotConfirmed = "not_confirmed", Usage;
    /// There is no such thing.
    NotFound = "not_found", NotFound;
    /// The function is not ready to start yet.
    NotReady = "not_ready", Unexpected;
    /// The event is larger than the provider takes.
    PayloadTooLarge = "payload_too_large", Limit;
    /// The account has reached a quota that waiting does not lift.
    QuotaExceeded = "quota_exceeded", Limit;
    /// A record is damaged.
    RecordDamaged = "record_damaged", Unexpected;
    /// A newer version wrote a record.
    RecordNewer = "record_newer", Unexpected;
    /// A connection has no region.
    RegionMissing = "region_missing", Usage;
    /// The request is larger than the provider takes.
    RequestTooLarge = "request_too_large", Limit;
    /// It was changed since the revision that the change was meant for.
    RevisionChanged = "revision_changed", Conflict;
    /// Several runs have a key that begins so.
    RunAmbiguous = "run_ambiguous", Usage;
    /// There is no such run.
    RunNotFound = "run_not_found", NotFound;
    /// The process that made the call ended before it recorded an outcome.
    RunnerGone = "runner_gone", Unknown;
    /// A runner's id cannot name its lock.
    RunnerId = "runner_id", Unexpected;
    /// Another process has a runner's id.
    RunnerInUse = "runner_in_use", Unexpected;
    /// A runner's lock cannot be read or taken.
    RunnerLock = "runner_lock", Unexpected;
    /// The secret may not be read.
    SecretDenied = "secret_denied", Access;
    /// The secret is not a text, or the reference does not fit what is stored.
    SecretInvalid = "secret_invalid", Usage;
    /// The reference to a secret leads nowhere.
    SecretNotFound = "secret_not_found", NotFound;
    /// The store of secrets cannot be reached, or failed.
    SecretUnreadable = "secret_unreadable", Unexpected;
    /// Nothing is set up to read secrets of this kind.
    SecretUnsupported = "secret_unsupported", Usage;
    /// The service failed on its own side.
    ServiceUnavailable = "service_unavailable", Unexpected;
    /// The key that is to sign is not a key of its algorithm.
    SigningKeyInvalid = "signing_key_invalid", Access;
    /// The store is in use for too long.
    StoreBusy = "store_busy", Unexpected;
    /// What the store holds was changed meanwhile.
    StoreConflict = "store_conflict", Conflict;
    /// The store is not a store of ours, or is damaged.
    StoreCorrupt = "store_corrupt", Unexpected;
    /// The store failed.
    StoreFailed = "store_failed", Unexpected;
    /// There is no room for the store.
    StoreFull = "store_full", Unexpected;
    /// A newer version wrote the store.
    StoreNewer = "store_newer", Unexpected;
    /// The store may only be read.
    StoreReadOnly = "store_read_only", Unexpected;
    /// The store cannot be opened.
    StoreUnreadable = "store_unreadable", Unexpected;
    /// Too many calls at once.
    Throttled = "throttled", Limit;
    /// No answer came in the time given.
    Timeout = "timeout", Unexpected;
    /// What was found or answered is not a token that can be used.
    TokenInvalid = "token_invalid", Access;
    /// The file that is to hold a token does not exist or may not be read.
    TokenNotFound = "token_not_found", Access;
    /// The issuer refused to give a token.
    TokenRefused = "token_refused", Access;
    /// The issuer or the file could not be asked, failed on its own side, or is asked too often.
    TokenUnavailable = "token_unavailable", Access;
    /// An answer came that the service never gives.
    UnexpectedAnswer = "unexpected_answer", Unexpected;
    /// The region is not known.
    UnknownRegion = "unknown_region", Usage;
    /// The provider has nothing like it.
    Unsupported = "unsupported", Usage;
}

impl ErrorCode {
    /// A provider's own code: lower-case words joined by `_`, not one of the [neutral](Self::NEUTRAL) ones.
    pub const fn provider(code: &'static str, class: ErrorClass) -> Self {
        Self::Provider { code: Cow::Borrowed(code), class }
    }

    /// The code of a text that was stored or sent. One that is not neutral is a provider's, of the class stored beside it,
    /// or [`Unexpected`](ErrorClass::Unexpected) where none was.
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
    fn a_code_is_read_back_also_one_that_nobody_knows() {
        for code in ErrorCode::NEUTRAL {
            let read: ErrorCode = serde_json::from_str(&serde_json::to_string(code).unwrap()).unwrap();
            assert_eq!((&read, read.class()), (code, code.class()));
        }
        let foreign: ErrorCode = serde_json::from_str("\"of_the_future\"").unwrap();
        assert_eq!((foreign.as_str(), foreign.class()), ("of_the_future", ErrorClass::Unexpected));
    }
}
