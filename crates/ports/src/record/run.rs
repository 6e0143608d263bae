//! The record format of runs.

use super::{
    form::Form,
    parts::{
        ArgumentForm, EffectiveForm, EvidenceForm, FunctionForm, OutputForm, ReportForm, WarningForm,
        convert_each, mirror, same_variants,
    },
};
use lamplight_domain::{
    Attempt, ConnectionName, DurableExecution, ErrorClass, ErrorCode, Hint, Intent, JobName, Origin, Outcome,
    Parent, Provenance, Run, RunEnd, RunError, RunKey, RunParts, RunState, RunnerId, StartedBy, Timestamp,
};
use serde::{Deserialize, Serialize, de::Error};

/// A limit that no run reaches, so that a damaged record does not allocate too much memory.
const MOST_ATTEMPTS: u32 = 1000;

/// The body of a run record in version 2.
#[derive(Serialize, Deserialize)]
pub struct RunRecordV2 {
    intent: IntentForm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    runner: Option<RunnerId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    running_since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attempts: Vec<AttemptForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<OutcomeForm>,
}

/// The body of the record of a run's end in version 2.
#[derive(Serialize, Deserialize)]
pub struct RunEndRecordV2 {
    key: RunKey,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attempts: Vec<AttemptForm>,
    outcome: OutcomeForm,
}

#[derive(Serialize, Deserialize)]
struct IntentForm {
    key: RunKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    job: Option<JobName>,
    connection: ConnectionName,
    function: FunctionForm,
    effective: EffectiveForm,
    arguments: Vec<ArgumentForm>,
    payload_bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    durable_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    monitor_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    started_by: Option<StartedByForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<ParentForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<OriginForm>,
    started_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StartedByForm {
    User(String),
    Token(String),
    Service(String),
}

impl From<StartedBy> for StartedByForm {
    fn from(value: StartedBy) -> Self {
        match value {
            StartedBy::User(name) => Self::User(name),
            StartedBy::Token(name) => Self::Token(name),
            StartedBy::Service(name) => Self::Service(name),
        }
    }
}

impl From<StartedByForm> for StartedBy {
    fn from(form: StartedByForm) -> Self {
        match form {
            StartedByForm::User(name) => Self::User(name),
            StartedByForm::Token(name) => Self::Token(name),
            StartedByForm::Service(name) => Self::Service(name),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ParentForm {
    Workflow { execution: String, state: String },
    MapRun { map_run: String, item: u64 },
}

same_variants! {
    ParentForm, Parent:
    Workflow { execution, state },
    MapRun { map_run, item },
}

mirror! {
    OriginForm of Origin { source: String, message_id: String, }
}

mirror! {
    DurableForm of DurableExecution { reference: String, joined: bool, }
}

#[derive(Serialize, Deserialize)]
struct AttemptForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evidence: Option<EvidenceForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<CodeForm>,
}

impl From<Attempt> for AttemptForm {
    fn from(attempt: Attempt) -> Self {
        let Attempt { sent_at, ended_at, evidence, error } = attempt;
        Self { sent_at, ended_at, evidence: evidence.map(Into::into), error: error.map(Into::into) }
    }
}

impl From<AttemptForm> for Attempt {
    fn from(form: AttemptForm) -> Self {
        let AttemptForm { sent_at, ended_at, evidence, error } = form;
        Self { sent_at, ended_at, evidence: evidence.map(Into::into), error: error.map(Into::into) }
    }
}

/// The class is stored with the code, so that a reader that does not know the code still knows what a caller can do.
#[derive(Serialize, Deserialize)]
struct CodeForm {
    code: String,
    #[serde(default)]
    class: Option<ErrorClass>,
}

impl From<ErrorCode> for CodeForm {
    fn from(code: ErrorCode) -> Self {
        Self { code: code.as_str().to_owned(), class: Some(code.class()) }
    }
}

impl From<CodeForm> for ErrorCode {
    fn from(form: CodeForm) -> Self {
        Self::from_text(&form.code, form.class)
    }
}

/// An error in version 2. In version 1 the class is missing and the hint is text.
#[derive(Serialize, Deserialize)]
struct ErrorForm {
    code: String,
    #[serde(default)]
    class: Option<ErrorClass>,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error_type: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    stack: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hint: Option<Hint>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
}

impl From<RunError> for ErrorForm {
    fn from(error: RunError) -> Self {
        let RunError { code, message, error_type, stack, hint, causes } = error;
        let CodeForm { code, class } = code.into();
        Self { code, class, message, error_type, stack, hint, causes }
    }
}

impl From<ErrorForm> for RunError {
    fn from(form: ErrorForm) -> Self {
        let ErrorForm { code, class, message, error_type, stack, hint, causes } = form;
        let code = ErrorCode::from_text(&code, class);
        Self { code, message, error_type, stack, hint, causes }
    }
}

#[derive(Serialize, Deserialize)]
struct OutcomeForm {
    state: RunState,
    evidence: EvidenceForm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    executed_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    durable: Option<DurableForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    outputs: Vec<OutputForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<WarningForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<ErrorForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    log_tail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    report: Option<ReportForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost_usd: Option<f64>,
    ended_at: Timestamp,
}

impl From<Outcome> for OutcomeForm {
    fn from(outcome: Outcome) -> Self {
        Self {
            state: outcome.state,
            evidence: outcome.evidence.into(),
            request_id: outcome.request_id,
            executed_version: outcome.executed_version,
            durable: outcome.durable.map(Into::into),
            outputs: convert_each(outcome.outputs),
            warnings: convert_each(outcome.warnings),
            error: outcome.error.map(Into::into),
            log_tail: outcome.log_tail,
            report: outcome.report.map(Into::into),
            cost_usd: outcome.cost_usd,
            ended_at: outcome.ended_at,
        }
    }
}

impl OutcomeForm {
    /// The outcome, whose state must be that of a run that has ended.
    fn into_final(self) -> Result<Outcome, serde_json::Error> {
        let outcome = Outcome::from(self);
        if outcome.state.is_final() {
            Ok(outcome)
        } else {
            Err(Error::custom("the state of its outcome is not final"))
        }
    }
}

impl From<OutcomeForm> for Outcome {
    fn from(form: OutcomeForm) -> Self {
        Self {
            state: form.state,
            evidence: form.evidence.into(),
            request_id: form.request_id,
            executed_version: form.executed_version,
            durable: form.durable.map(Into::into),
            outputs: convert_each(form.outputs),
            warnings: convert_each(form.warnings),
            error: form.error.map(Into::into),
            log_tail: form.log_tail,
            report: form.report.map(Into::into),
            cost_usd: form.cost_usd,
            ended_at: form.ended_at,
        }
    }
}

impl From<Intent> for IntentForm {
    fn from(intent: Intent) -> Self {
        let Provenance { started_by, parent, trace_id, origin } = intent.provenance;
        Self {
            key: intent.key,
            job: intent.job,
            connection: intent.connection,
            function: intent.function.into(),
            effective: intent.effective.into(),
            arguments: convert_each(intent.arguments),
            payload_bytes: intent.payload_bytes,
            durable_name: intent.durable_name,
            monitor_url: intent.monitor_url,
            started_by: started_by.map(Into::into),
            parent: parent.map(Into::into),
            trace_id,
            origin: origin.map(Into::into),
            started_at: intent.started_at,
        }
    }
}

impl From<IntentForm> for Intent {
    fn from(form: IntentForm) -> Self {
        Self {
            key: form.key,
            job: form.job,
            connection: form.connection,
            function: form.function.into(),
            effective: form.effective.into(),
            arguments: convert_each(form.arguments),
            payload_bytes: form.payload_bytes,
            durable_name: form.durable_name,
            monitor_url: form.monitor_url,
            provenance: Provenance {
                started_by: form.started_by.map(Into::into),
                parent: form.parent.map(Into::into),
                trace_id: form.trace_id,
                origin: form.origin.map(Into::into),
            },
            started_at: form.started_at,
        }
    }
}

/// The body of a run record in version 1, which has a flat structure and only counts attempts. It is never written.
#[derive(Deserialize)]
struct RunRecordV1 {
    key: RunKey,
    job: Option<JobName>,
    connection: ConnectionName,
    function: FunctionForm,
    effective: EffectiveForm,
    arguments: Vec<ArgumentForm>,
    payload_bytes: u64,
    state: RunState,
    evidence: Option<EvidenceForm>,
    request_id: Option<String>,
    executed_version: Option<String>,
    attempts: u32,
    outputs: Vec<OutputForm>,
    warnings: Vec<WarningForm>,
    error: Option<ErrorForm>,
    log_tail: Option<String>,
    report: Option<ReportForm>,
    cost_usd: Option<f64>,
    monitor_url: Option<String>,
    runner: RunnerId,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
}

impl RunRecordV1 {
    fn into_parts(self) -> Result<RunParts, serde_json::Error> {
        if self.attempts > MOST_ATTEMPTS {
            return Err(Error::custom("the record has more attempts than a run can make"));
        }
        let attempt = Attempt { sent_at: None, ended_at: None, evidence: None, error: None };
        let attempts = vec![attempt; self.attempts.try_into().map_err(Error::custom)?];
        let outcome = match (self.state, self.evidence, self.ended_at) {
            (RunState::Running, None, None) => None,
            (state, Some(evidence), Some(ended_at)) if state.is_final() => Some(Outcome {
                request_id: self.request_id,
                executed_version: self.executed_version,
                outputs: convert_each(self.outputs),
                warnings: convert_each(self.warnings),
                error: self.error.map(Into::into),
                log_tail: self.log_tail,
                report: self.report.map(Into::into),
                cost_usd: self.cost_usd,
                ..Outcome::new(state, evidence.into(), ended_at)
            }),
            _ => return Err(Error::custom("its state, evidence and end time contradict each other")),
        };
        let intent = Intent {
            key: self.key,
            job: self.job,
            connection: self.connection,
            function: self.function.into(),
            effective: self.effective.into(),
            arguments: convert_each(self.arguments),
            payload_bytes: self.payload_bytes,
            durable_name: None,
            monitor_url: self.monitor_url,
            provenance: Provenance::default(),
            started_at: self.started_at,
        };
        let running_since = Some(self.started_at);
        Ok(RunParts { intent, attempts, runner: Some(self.runner), running_since, outcome })
    }
}

impl Form for Run {
    type Body = RunRecordV2;

    fn to_body(&self) -> RunRecordV2 {
        RunRecordV2 {
            intent: self.intent.clone().into(),
            runner: self.runner().cloned(),
            running_since: self.running_since(),
            attempts: convert_each(self.attempts.clone()),
            outcome: self.outcome().cloned().map(Into::into),
        }
    }

    fn from_body(version: u32, body: &str) -> Result<Self, serde_json::Error> {
        if version < 2 {
            return Ok(serde_json::from_str::<RunRecordV1>(body)?.into_parts()?.into());
        }
        let body: RunRecordV2 = serde_json::from_str(body)?;
        let outcome: Option<Outcome> = body.outcome.map(OutcomeForm::into_final).transpose()?;
        Ok(Self::from(RunParts {
            intent: body.intent.into(),
            attempts: convert_each(body.attempts),
            runner: body.runner,
            running_since: body.running_since,
            outcome,
        }))
    }
}

impl Form for RunEnd {
    type Body = RunEndRecordV2;

    fn to_body(&self) -> RunEndRecordV2 {
        RunEndRecordV2 {
            key: self.key.clone(),
            attempts: convert_each(self.attempts.clone()),
            outcome: self.outcome.clone().into(),
        }
    }

    fn from_body(_version: u32, body: &str) -> Result<Self, serde_json::Error> {
        let RunEndRecordV2 { key, attempts, outcome } = serde_json::from_str(body)?;
        Ok(Self { key, attempts: convert_each(attempts), outcome: outcome.into_final()? })
    }
}
