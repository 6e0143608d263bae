//! Jobs as documents; the same form can be read back.

use crate::{DamagedView, DataTypeWord, DirectionWord, InvocationTypeWord};
use lamplight_domain::{Job, Overrides, Parameter};
use schemars::JsonSchema;
use serde::{Serialize, Serializer, ser::Error};

/// Several jobs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JobsView<'a> {
    /// The jobs.
    #[serde(serialize_with = "by_key")]
    pub jobs: Vec<JobView<'a>>,
    /// The jobs whose record cannot be read.
    pub damaged: Vec<DamagedView<'a>>,
}

/// Writes each job with its keys in alphabetical order; lists of jobs have always had that order.
fn by_key<S: Serializer>(jobs: &[JobView<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    serde_json::to_value(jobs).map_err(S::Error::custom)?.serialize(serializer)
}

/// A job as a document.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JobView<'a> {
    /// The job's name.
    pub name: &'a str,
    /// The connection it runs on.
    pub connection: &'a str,
    /// The function it calls, in the form that the connection's provider accepts, with its qualifier.
    pub function: String,
    /// The function's own time limit in seconds, if discovery has recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    /// The function's processor architecture, if discovery has recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<&'a str>,
    /// The purpose of the job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// Whether running the job twice has the same effect as running it once; workflow retries depend on it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub idempotent: bool,
    /// Whether a run may also have arguments that the parameters do not declare.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
    /// The settings that override the connection's defaults.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overrides: Option<OverridesView<'a>>,
    /// The typed parameters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<ParameterView<'a>>,
}

impl<'a> From<&'a Job> for JobView<'a> {
    fn from(job: &'a Job) -> Self {
        // Destructured, so that a new field cannot be forgotten here.
        let Job {
            name,
            connection,
            function,
            description,
            parameters,
            open,
            imported: _,
            overrides,
            idempotent,
        } = job;
        Self {
            name: name.as_str(),
            connection: connection.as_str(),
            function: match &function.qualifier {
                Some(qualifier) => format!("{}:{qualifier}", function.reference),
                None => function.reference.clone(),
            },
            timeout_seconds: function.timeout_seconds,
            architecture: function.architecture.as_deref(),
            description: description.as_deref(),
            idempotent: *idempotent,
            open: *open,
            overrides: (*overrides != Overrides::default()).then(|| overrides.into()),
            parameters: parameters.iter().map(ParameterView::from).collect(),
        }
    }
}

/// The settings of a job that override its connection's defaults.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OverridesView<'a> {
    /// How the function is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invocation_type: Option<InvocationTypeWord>,
    /// The version or alias to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qualifier: Option<&'a str>,
    /// How many attempts one run may make, 1-10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// Whether to request the end of the function's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_tail: Option<bool>,
    /// JSON about the caller that the function receives beside the event, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_context: Option<&'a str>,
}

impl<'a> From<&'a Overrides> for OverridesView<'a> {
    fn from(overrides: &'a Overrides) -> Self {
        let Overrides { invocation_type, qualifier, max_attempts, log_tail, client_context } = overrides;
        Self {
            invocation_type: invocation_type.map(Into::into),
            qualifier: qualifier.as_ref().map(lamplight_domain::Qualifier::as_str),
            max_attempts: *max_attempts,
            log_tail: *log_tail,
            client_context: client_context.as_deref(),
        }
    }
}

/// One parameter of a job.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ParameterView<'a> {
    /// The name of the property.
    pub name: &'a str,
    /// The declared type.
    #[serde(rename = "type")]
    pub data_type: DataTypeWord,
    /// The direction of the value.
    pub direction: DirectionWord,
    /// The value used if none is given, as text of the declared type; for a secret parameter a reference, never the
    /// secret itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<&'a str>,
    /// Whether a run without a value is refused.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// Whether the value is masked wherever it would be shown or stored.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
    /// What the parameter means, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
}

impl<'a> From<&'a Parameter> for ParameterView<'a> {
    fn from(parameter: &'a Parameter) -> Self {
        let Parameter { name, data_type, direction, default, required, secret, description } = parameter;
        Self {
            name: name.as_str(),
            data_type: (*data_type).into(),
            direction: (*direction).into(),
            default: default.as_deref(),
            required: *required,
            secret: *secret,
            description: description.as_deref(),
        }
    }
}

/// The result of applying job documents.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AppliedJobsView<'a> {
    /// The jobs, in the order of the documents.
    pub jobs: Vec<AppliedJobView<'a>>,
}

/// The result of applying one document.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AppliedJobView<'a> {
    /// What was done.
    pub applied: AppliedWord,
    /// The job's name.
    pub name: &'a str,
}

/// What was done to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AppliedWord {
    /// The job was created.
    Created,
    /// The job was changed.
    Configured,
    /// The job already matched the document.
    Unchanged,
}

impl AppliedWord {
    /// The word as it is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Configured => "configured",
            Self::Unchanged => "unchanged",
        }
    }
}
