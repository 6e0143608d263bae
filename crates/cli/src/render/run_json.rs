//! A run as one JSON object: the stable form for programs.

use crate::hints::worded;
use lamplight_domain::{
    ConnectionName, EffectiveSettings, ErrorCode, Evidence, ExecutionReport, InvocationType, JobName, MASK,
    Output, Qualifier, RawJson, RecordedArgument, Run, RunError, RunKey, RunState, Status, Timestamp,
    Warning,
};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// All that is known of a run.
#[derive(Debug, Serialize)]
pub struct RunJson<'a> {
    run_id: Option<String>,
    key: &'a RunKey,
    state: RunState,
    status: Status,
    evidence: Option<EvidenceJson<'a>>,
    job: Option<&'a JobName>,
    connection: &'a ConnectionName,
    function: &'a str,
    function_reference: &'a str,
    qualifier: Option<&'a Qualifier>,
    invocation_type: InvocationType,
    effective: &'a EffectiveSettings,
    arguments: &'a [RecordedArgument],
    payload_bytes: u64,
    request_id: Option<&'a str>,
    executed_version: Option<&'a str>,
    attempts: usize,
    outputs: Outputs<'a>,
    response: Option<Response<'a>>,
    warnings: Vec<WarningJson<'a>>,
    error: Option<RunErrorJson<'a>>,
    log_tail: Option<&'a str>,
    report: Option<&'a ExecutionReport>,
    cost_usd: Option<f64>,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
    monitor_url: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct EvidenceJson<'a> {
    #[serde(flatten)]
    evidence: &'a Evidence,
    message: String,
}

#[derive(Debug, Serialize)]
struct WarningJson<'a> {
    #[serde(flatten)]
    warning: &'a Warning,
    message: String,
}

/// The response as JSON where it is JSON, byte for byte, else as text.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Response<'a> {
    Json(&'a RawValue),
    Text(Cow<'a, str>),
}

#[derive(Debug)]
struct Outputs<'a>(&'a Run);

impl Serialize for Outputs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(outputs(self.0).len()))?;
        for output in outputs(self.0) {
            if output.secret {
                map.serialize_entry(output.name.as_str(), &RawJson::string(MASK))?;
            } else {
                map.serialize_entry(output.name.as_str(), &output.value)?;
            }
        }
        map.end()
    }
}

fn outputs(run: &Run) -> &[Output] {
    run.outcome().map(|outcome| outcome.outputs.as_slice()).unwrap_or_default()
}

impl<'a> RunJson<'a> {
    /// A run and its response.
    pub fn new(run: &'a Run, response: Option<&'a [u8]>) -> Self {
        let (intent, outcome) = (&run.intent, run.outcome());
        Self {
            run_id: run.id().ok().map(|id| id.to_string()),
            key: run.key(),
            state: run.state(),
            status: run.status(),
            evidence: run.evidence().map(|evidence| EvidenceJson { evidence, message: evidence.to_string() }),
            job: intent.job.as_ref(),
            connection: &intent.connection,
            function: intent.function.name.as_str(),
            function_reference: &intent.function.reference,
            qualifier: intent.effective.qualifier.value.as_ref(),
            invocation_type: intent.effective.invocation_type.value,
            effective: &intent.effective,
            arguments: &intent.arguments,
            payload_bytes: intent.payload_bytes,
            request_id: run.request_id(),
            executed_version: outcome.and_then(|outcome| outcome.executed_version.as_deref()),
            attempts: run.attempts.len(),
            outputs: Outputs(run),
            response: response.map(|bytes| match serde_json::from_slice(bytes) {
                Ok(raw) => Response::Json(raw),
                Err(_) => Response::Text(String::from_utf8_lossy(bytes)),
            }),
            warnings: outcome
                .iter()
                .flat_map(|outcome| &outcome.warnings)
                .map(|warning| WarningJson { warning, message: warning.to_string() })
                .collect(),
            error: outcome.and_then(|outcome| outcome.error.as_ref()).map(RunErrorJson::new),
            log_tail: outcome.and_then(|outcome| outcome.log_tail.as_deref()),
            report: outcome.and_then(|outcome| outcome.report.as_ref()),
            cost_usd: outcome.and_then(|outcome| outcome.cost_usd),
            started_at: intent.started_at,
            ended_at: run.ended_at(),
            monitor_url: intent.monitor_url.as_deref(),
        }
    }
}

/// What went wrong in a run.
#[derive(Debug, Serialize)]
struct RunErrorJson<'a> {
    code: &'a ErrorCode,
    message: &'a str,
    error_type: Option<&'a str>,
    stack: &'a [String],
    hint: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    causes: &'a [String],
}

impl<'a> RunErrorJson<'a> {
    fn new(error: &'a RunError) -> Self {
        Self {
            code: &error.code,
            message: &error.message,
            error_type: error.error_type.as_deref(),
            stack: &error.stack,
            hint: error.hint.as_ref().map(worded),
            causes: &error.causes,
        }
    }
}
