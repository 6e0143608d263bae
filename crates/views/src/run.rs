//! A run with everything that is known about it.

use crate::{
    EvidenceView, InvocationTypeWord, LevelWord, StateWord, StatusWord, WarningView,
    raw::{self, Outputs, ResponseKind},
};
use lamplight_domain::{
    Effective, EffectiveSettings, ExecutionReport, Hint, RecordedArgument, Run, RunError, Timestamp,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Everything that is known about a run. Values that are not known are null.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunView<'a> {
    /// The ID of the run for other systems: `function/request id#status`, with `local-` and the key if the provider gave no
    /// usable request ID.
    pub run_id: String,
    /// The key of the run: 1-64 lower-case letters, digits and dashes.
    pub key: &'a str,
    /// The state of the run.
    pub state: StateWord,
    /// The status that follows from the state.
    pub status: StatusWord,
    /// The evidence for the state; null until the run has ended.
    pub evidence: Option<EvidenceView<'a>>,
    /// The job, if the run belongs to one.
    pub job: Option<&'a str>,
    /// The connection used.
    pub connection: &'a str,
    /// The bare name of the function called.
    pub function: &'a str,
    /// The reference that the provider was called with: the name itself or a full reference, without a qualifier.
    pub function_reference: &'a str,
    /// The version or alias called; null for the unpublished version.
    pub qualifier: Option<&'a str>,
    /// How the function was called.
    pub invocation_type: InvocationTypeWord,
    /// The settings, each with the level that set it.
    pub effective: EffectiveView<'a>,
    /// The values given for the parameters.
    pub arguments: Vec<ArgumentView<'a>>,
    /// The size of the event in bytes.
    pub payload_bytes: u64,
    /// The provider's request ID.
    pub request_id: Option<&'a str>,
    /// The version that ran, if the provider said so.
    pub executed_version: Option<&'a str>,
    /// The number of attempts.
    pub attempts: usize,
    /// The outputs by parameter, as the response writes them; secret ones are masked.
    #[schemars(with = "BTreeMap<String, Value>")]
    pub outputs: Outputs<'a>,
    /// Whether the response is JSON, text or binary, or whether there is none.
    pub response_kind: ResponseKind,
    /// The response: byte for byte if it is JSON, otherwise a string, as `response_kind` says; null if there is none.
    #[schemars(with = "Value")]
    pub response: Option<raw::Response<'a>>,
    /// The warnings, which do not change the status.
    pub warnings: Vec<WarningView<'a>>,
    /// The error, if the run failed.
    pub error: Option<RunErrorView<'a>>,
    /// The end of the function's log.
    pub log_tail: Option<&'a str>,
    /// The provider's measurements.
    pub report: Option<ReportView>,
    /// The cost of the execution at list price, in US dollars.
    #[schemars(range(min = 0))]
    pub cost_usd: Option<f64>,
    /// When the intent was recorded.
    pub started_at: Timestamp,
    /// When the outcome was known; null until the run has ended.
    pub ended_at: Option<Timestamp>,
    /// The URL of a page where a person can watch the function.
    pub monitor_url: Option<&'a str>,
}

impl<'a> RunView<'a> {
    /// A run and its response; `word` puts hints into the words of the front that shows the view.
    pub fn new(run: &'a Run, response: Option<&'a [u8]>, word: impl Fn(&Hint) -> String) -> Self {
        let (intent, outcome) = (&run.intent, run.outcome());
        let response = response.map(raw::Response::new);
        Self {
            run_id: run.id().to_string(),
            key: run.key().as_str(),
            state: run.state().into(),
            status: run.status().into(),
            evidence: run.evidence().map(EvidenceView::new),
            job: intent.job.as_ref().map(lamplight_domain::JobName::as_str),
            connection: intent.connection.as_str(),
            function: intent.function.name.as_str(),
            function_reference: &intent.function.reference,
            qualifier: intent.effective.qualifier.value.as_ref().map(lamplight_domain::Qualifier::as_str),
            invocation_type: intent.effective.invocation_type.value.into(),
            effective: EffectiveView::new(&intent.effective),
            arguments: intent.arguments.iter().map(ArgumentView::new).collect(),
            payload_bytes: intent.payload_bytes,
            request_id: run.request_id(),
            executed_version: outcome.and_then(|outcome| outcome.executed_version.as_deref()),
            attempts: run.attempts.len(),
            outputs: Outputs(outcome.map(|outcome| outcome.outputs.as_slice()).unwrap_or_default()),
            response_kind: response.as_ref().map_or(ResponseKind::None, raw::Response::kind),
            response,
            warnings: outcome.iter().flat_map(|outcome| &outcome.warnings).map(WarningView::new).collect(),
            error: outcome
                .and_then(|outcome| outcome.error.as_ref())
                .map(|error| RunErrorView::new(error, word)),
            log_tail: outcome.and_then(|outcome| outcome.log_tail.as_deref()),
            report: outcome.and_then(|outcome| outcome.report.as_ref()).map(ReportView::new),
            cost_usd: outcome.and_then(|outcome| outcome.cost_usd),
            started_at: intent.started_at,
            ended_at: run.ended_at(),
            monitor_url: intent.monitor_url.as_deref(),
        }
    }
}

/// The settings of a run, each with the level that set it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EffectiveView<'a> {
    /// How the function is called.
    pub invocation_type: EffectiveValue<InvocationTypeWord>,
    /// The version or alias called; null for the unpublished version.
    pub qualifier: EffectiveValue<Option<&'a str>>,
    /// How many attempts the run may make, 1-10.
    pub max_attempts: EffectiveValue<u32>,
    /// Whether to request the end of the function's log.
    pub log_tail: EffectiveValue<bool>,
    /// JSON about the caller that the function receives beside the event, as text.
    pub client_context: EffectiveValue<Option<&'a str>>,
}

impl<'a> EffectiveView<'a> {
    fn new(effective: &'a EffectiveSettings) -> Self {
        // Destructured, so that a new field cannot be forgotten here.
        let EffectiveSettings { invocation_type, qualifier, max_attempts, log_tail, client_context } =
            effective;
        Self {
            invocation_type: EffectiveValue::new(invocation_type, |value| (*value).into()),
            qualifier: EffectiveValue::new(qualifier, |value| {
                value.as_ref().map(lamplight_domain::Qualifier::as_str)
            }),
            max_attempts: EffectiveValue::new(max_attempts, |value| *value),
            log_tail: EffectiveValue::new(log_tail, |value| *value),
            client_context: EffectiveValue::new(client_context, Option::as_deref),
        }
    }
}

/// The value of a setting and where it comes from.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EffectiveValue<T> {
    /// The value.
    pub value: T,
    /// The level that set it.
    pub level: LevelWord,
}

impl<T> EffectiveValue<T> {
    fn new<'a, V>(effective: &'a Effective<V>, shown: impl FnOnce(&'a V) -> T) -> Self {
        Self { value: shown(&effective.value), level: effective.level.into() }
    }
}

/// The value given for one parameter.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ArgumentView<'a> {
    /// The parameter.
    pub name: &'a str,
    /// The text as given: masked if the parameter is secret, cut after 4096 bytes.
    pub value: &'a str,
    /// The length of the whole text in bytes, if `value` is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_from_bytes: Option<u64>,
}

impl<'a> ArgumentView<'a> {
    fn new(argument: &'a RecordedArgument) -> Self {
        let RecordedArgument { name, value, cut_from_bytes } = argument;
        Self { name: name.as_str(), value, cut_from_bytes: *cut_from_bytes }
    }
}

/// The error of a run.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunErrorView<'a> {
    /// A stable code, documented in `docs/errors.md`.
    pub code: &'a str,
    /// What happened.
    pub message: &'a str,
    /// The type of the error that the function reported, in the terms of its language.
    pub error_type: Option<&'a str>,
    /// The stack trace that the function reported, one frame per item.
    pub stack: &'a [String],
    /// What to do about it.
    pub hint: Option<String>,
    /// The causes, outermost first.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub causes: &'a [String],
}

impl<'a> RunErrorView<'a> {
    fn new(error: &'a RunError, word: impl Fn(&Hint) -> String) -> Self {
        let RunError { code, message, error_type, stack, hint, causes } = error;
        Self {
            code: code.as_str(),
            message,
            error_type: error_type.as_deref(),
            stack,
            hint: hint.as_ref().map(word),
            causes,
        }
    }
}

/// The provider's measurements of one execution; null if the provider does not report a value.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReportView {
    /// How long the function ran, in milliseconds.
    #[schemars(range(min = 0))]
    pub duration_ms: Option<f64>,
    /// The billed duration, in milliseconds.
    pub billed_ms: Option<u64>,
    /// The memory of the function, in MiB.
    pub memory_mb: Option<u64>,
    /// The peak memory use, in MiB.
    pub max_memory_mb: Option<u64>,
    /// The duration of a cold start, in milliseconds; null for a warm start.
    #[schemars(range(min = 0))]
    pub init_ms: Option<f64>,
}

impl ReportView {
    fn new(report: &ExecutionReport) -> Self {
        let ExecutionReport { duration_ms, billed_ms, memory_mb, max_memory_mb, init_ms } = report.clone();
        Self { duration_ms, billed_ms, memory_mb, max_memory_mb, init_ms }
    }
}
