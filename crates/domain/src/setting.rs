//! Settings and which level decides them: this run, then the job, then the connection, then the default.

use crate::Qualifier;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How a function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum InvocationType {
    /// Wait for the response.
    #[default]
    RequestResponse,
    /// Queue the event and do not wait.
    Event,
    /// Check permission and parameters; the function does not run.
    DryRun,
}

/// A text that names no [`InvocationType`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no invocation type; use RequestResponse, Event or DryRun")]
pub struct UnknownInvocationType(pub String);

impl InvocationType {
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
        [Self::RequestResponse, Self::Event, Self::DryRun]
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownInvocationType(text.to_owned()))
    }
}

/// Where an effective value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Given for this run alone.
    Run,
    /// The job's override.
    Job,
    /// The connection's default.
    Connection,
    /// Nobody said anything.
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

/// A value and the level that decided it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effective<T> {
    /// The value.
    pub value: T,
    /// The level it came from.
    pub level: Level,
}

impl<T> Effective<T> {
    /// The first value that is there, from the nearest level to the farthest.
    pub fn resolve(run: Option<T>, job: Option<T>, connection: Option<T>, default: T) -> Self {
        let from = |level| move |value| Self { value, level };
        run.map(from(Level::Run))
            .or_else(|| job.map(from(Level::Job)))
            .or_else(|| connection.map(from(Level::Connection)))
            .unwrap_or_else(|| from(Level::Default)(default))
    }
}

/// What one level says; every setting may be left to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How the function is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invocation_type: Option<InvocationType>,
    /// The version or alias to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qualifier: Option<Qualifier>,
    /// How many attempts one run may make, 1–10; a further one is made only where the one before provably
    /// did not start the function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// Whether the end of the function's log is asked for; `RequestResponse` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_tail: Option<bool>,
    /// JSON about the caller that the provider hands to the function beside the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_context: Option<String>,
}

/// How many attempts a run may make where nobody says otherwise.
pub const DEFAULT_MAX_ATTEMPTS: u32 = 3;

/// The settings of one run, each with its level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectiveSettings {
    /// How the function is called.
    pub invocation_type: Effective<InvocationType>,
    /// The version or alias called; none is the unpublished version.
    pub qualifier: Effective<Option<Qualifier>>,
    /// How many attempts the run may make.
    pub max_attempts: Effective<u32>,
    /// Whether the end of the function's log is asked for.
    pub log_tail: Effective<bool>,
    /// JSON about the caller.
    pub client_context: Effective<Option<String>>,
}

impl EffectiveSettings {
    /// Resolves every setting by the same precedence.
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
