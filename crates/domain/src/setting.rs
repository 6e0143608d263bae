//! Settings, and which level decides them: the run, then the job, then the connection, then the default.

use crate::{Qualifier, did_you_mean};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How a function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum InvocationType {
    /// Wait for the response.
    #[default]
    RequestResponse,
    /// Send the event and do not wait: the provider runs the function later.
    Event,
    /// Check the permission and the parameters without running the function.
    DryRun,
}

/// A text that is not the name of an [`InvocationType`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not an invocation type; use RequestResponse, Event or DryRun{}",
    did_you_mean(.0, InvocationType::ALL.map(InvocationType::as_str)),
    text = .0
)]
pub struct UnknownInvocationType(pub String);

impl InvocationType {
    /// All types, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::RequestResponse, Self::Event, Self::DryRun];

    /// The name used in files and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RequestResponse => "RequestResponse",
            Self::Event => "Event",
            Self::DryRun => "DryRun",
        }
    }
}

impl fmt::Display for InvocationType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for InvocationType {
    type Err = UnknownInvocationType;

    fn from_str(text: &str) -> Result<Self, UnknownInvocationType> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownInvocationType(text.to_owned()))
    }
}

/// The level that an effective value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Given for this run only.
    Run,
    /// The job's override.
    Job,
    /// The connection's default.
    Connection,
    /// The built-in default.
    Default,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Run => "run",
            Self::Job => "job",
            Self::Connection => "connection",
            Self::Default => "default",
        })
    }
}

/// A value and the level that it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effective<T> {
    /// The value.
    pub value: T,
    /// The level.
    pub level: Level,
}

impl<T> Effective<T> {
    /// The first value that is set: the run's, the job's, the connection's, or else the default.
    pub fn resolve(run: Option<T>, job: Option<T>, connection: Option<T>, default: T) -> Self {
        let from = |level| move |value| Self { value, level };
        run.map(from(Level::Run))
            .or_else(|| job.map(from(Level::Job)))
            .or_else(|| connection.map(from(Level::Connection)))
            .unwrap_or_else(|| from(Level::Default)(default))
    }
}

/// The settings of one level. `None` leaves a setting to the next level.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How the function is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invocation_type: Option<InvocationType>,
    /// The version or alias to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qualifier: Option<Qualifier>,
    /// The maximum number of attempts of one run, 1–10. A further attempt is made only if the one before provably did
    /// not start the function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// Whether to request the end of the function's log; `RequestResponse` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_tail: Option<bool>,
    /// The client context: JSON about the caller that the provider passes to the function in addition to the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_context: Option<String>,
}

/// The default maximum number of attempts of a run.
pub const DEFAULT_MAX_ATTEMPTS: u32 = 3;

/// The settings of one run, each with the level that it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectiveSettings {
    /// How the function is called.
    pub invocation_type: Effective<InvocationType>,
    /// The version or alias to call; `None` is the unpublished version.
    pub qualifier: Effective<Option<Qualifier>>,
    /// The maximum number of attempts.
    pub max_attempts: Effective<u32>,
    /// Whether to request the end of the function's log.
    pub log_tail: Effective<bool>,
    /// The client context, as JSON.
    pub client_context: Effective<Option<String>>,
}

impl EffectiveSettings {
    /// Resolves every setting with the same precedence.
    ///
    /// ```
    /// use lamplight_domain::{EffectiveSettings, InvocationType, Level, Settings};
    /// let job = Settings { invocation_type: Some(InvocationType::Event), ..Settings::default() };
    /// let effective = EffectiveSettings::resolve(&Settings::default(), &job, &Settings::default());
    /// assert_eq!(effective.invocation_type.level, Level::Job);
    /// assert_eq!(effective.qualifier.level, Level::Default);
    /// ```
    pub fn resolve(run: &Settings, job: &Settings, connection: &Settings) -> Self {
        fn optional<T>(run: Option<&T>, job: Option<&T>, connection: Option<&T>) -> Effective<Option<T>>
        where
            T: Clone,
        {
            let some = |value: Option<&T>| value.cloned().map(Some);
            Effective::resolve(some(run), some(job), some(connection), None)
        }
        Self {
            invocation_type: Effective::resolve(
                run.invocation_type,
                job.invocation_type,
                connection.invocation_type,
                InvocationType::default(),
            ),
            qualifier: optional(
                run.qualifier.as_ref(),
                job.qualifier.as_ref(),
                connection.qualifier.as_ref(),
            ),
            max_attempts: Effective::resolve(
                run.max_attempts,
                job.max_attempts,
                connection.max_attempts,
                DEFAULT_MAX_ATTEMPTS,
            ),
            log_tail: Effective::resolve(run.log_tail, job.log_tail, connection.log_tail, true),
            client_context: optional(
                run.client_context.as_ref(),
                job.client_context.as_ref(),
                connection.client_context.as_ref(),
            ),
        }
    }
}
