//! The simulator as an invoker.

use crate::{Call, FakeFunction, FakeProvider, call::event_of};
use async_trait::async_trait;
use lamplight_domain::{
    AnswerOutcome, ErrorCode, FunctionName, InvocationType, Qualifier, ReportedError, Start,
};
use lamplight_ports::{InvokeAnswer, InvokeError, InvokeRequest, Invoker, PortErrorKind};
use serde_json::json;
use std::{sync::Arc, time::Duration};

/// The duration of a cold start, in milliseconds.
const INIT_MS: f64 = 101.5;
/// The duration of every execution in addition to its delay, in milliseconds.
const OVERHEAD_MS: f64 = 1.5;
/// The size of a log tail in bytes, as at AWS.
const LOG_TAIL: usize = 4096;

#[async_trait]
impl Invoker for FakeProvider {
    async fn invoke(&self, request: InvokeRequest) -> Result<InvokeAnswer, InvokeError> {
        let name = &request.function.name;
        if self.take_refusal(name) {
            let message = format!("the connection for {name} was refused");
            let error =
                InvokeError::not_sent(PortErrorKind::Unavailable, ErrorCode::ConnectionFailed, message);
            return Err(InvokeError { transient: true, ..error });
        }
        let request_id = self.ids.run_key().to_string();
        let refused = |http_status, provider_code: &str, kind, code, message: String| InvokeError {
            transient: matches!(http_status, 409 | 429),
            http_status: Some(http_status),
            provider_code: Some(provider_code.to_owned()),
            request_id: Some(request_id.clone()),
            ..InvokeError::answered(Start::DidNotStart, kind, code, message)
        };
        let Some(Routed { function, version, unready, closed }) = self.route(&request) else {
            let qualifier = request.qualifier.as_ref().map(|q| format!(":{q}")).unwrap_or_default();
            let message = format!("function {name}{qualifier} does not exist");
            let (kind, code) = (PortErrorKind::NotFound, ErrorCode::FunctionNotFound);
            return Err(refused(404, "ResourceNotFoundException", kind, code, message));
        };
        if self.refusing || function.forbidden {
            let message =
                format!("the caller has no permission for lambda:InvokeFunction on {}", Self::arn(name));
            let (kind, code) = (PortErrorKind::Denied, ErrorCode::AccessDenied);
            return Err(refused(403, "AccessDeniedException", kind, code, message));
        }
        if unready {
            let message = format!("{name} is still being created");
            let (kind, code) = (PortErrorKind::Conflict, ErrorCode::Conflict);
            return Err(refused(409, "ResourceConflictException", kind, code, message));
        }
        let function = &*function;
        if closed || self.take_throttle(function) {
            let message = format!("{name} is throttled: ConcurrentInvocationLimitExceeded");
            let (kind, code) = (PortErrorKind::Throttled, ErrorCode::Throttled);
            return Err(refused(429, "TooManyRequestsException", kind, code, message));
        }
        let answered = |outcome, http_status| InvokeAnswer {
            http_status: Some(http_status),
            request_id: Some(request_id.clone()),
            ..InvokeAnswer::new(outcome)
        };
        if request.invocation_type == InvocationType::DryRun {
            return Ok(answered(AnswerOutcome::Validated, 204));
        }
        let cold = self.count_execution(&request) == 1;
        let execution = function.execute(&request.payload);
        if request.invocation_type == InvocationType::Event {
            if self.cancels {
                self.counters().accepted.insert(request_id.clone(), name.to_string());
            }
            return Ok(answered(AnswerOutcome::Accepted, 202));
        }
        self.sleeper
            .sleep(function.delay.min(Duration::from_secs(u64::from(function.timeout_seconds))))
            .await;
        let end = execution.end().await.filter(|_| !function.drop_answer);
        let Some(result) = end else {
            let message = format!("the connection was closed before a response from {name} arrived");
            return Err(InvokeError::unanswered(PortErrorKind::Unavailable, ErrorCode::NoAnswer, message));
        };
        let mut answer = answered(AnswerOutcome::Returned, 200);
        answer.executed_version = Some(version.clone());
        if request.log_tail && function.refuse_log_tail {
            answer.refused_feature = Some("the log tail".to_owned());
        } else if request.log_tail {
            answer.log_tail = Some(log_tail(function, &request_id, &version, cold));
        }
        match result {
            Ok(response) => answer.response = response,
            Err(failure) => {
                let body = json!({
                    "errorMessage": failure.message,
                    "errorType": failure.error_type,
                    "stackTrace": failure.stack,
                });
                answer.response = body.to_string().into_bytes();
                answer.outcome = AnswerOutcome::FunctionError(ReportedError {
                    kind: Some(failure.kind),
                    ..self.platform().read_function_error(&answer.response)
                });
            }
        }
        Ok(answer)
    }
}

/// The version that a call goes to.
struct Routed {
    function: Arc<FakeFunction>,
    version: String,
    /// Whether it is still being created.
    unready: bool,
    /// Whether its reserved concurrency is 0, which throttles every call.
    closed: bool,
}

impl FakeProvider {
    /// Finds the version for a call. Dry runs are not counted for alias routing.
    fn route(&self, request: &InvokeRequest) -> Option<Routed> {
        let mut state = self.state();
        let kept = state.functions.get_mut(request.function.name.as_str())?;
        let closed = kept.reserved == Some(0);
        let qualifier = request.qualifier.as_ref().map(Qualifier::as_str);
        let version = if request.invocation_type == InvocationType::DryRun {
            kept.number(qualifier).and_then(|number| kept.version(number))?
        } else {
            kept.route_next_call(qualifier)?
        };
        Some(Routed {
            function: Arc::clone(&version.behaviour),
            version: version.name(),
            unready: version.fresh && version.pending > 0,
            closed,
        })
    }

    /// Counts a connection; returns whether it is refused.
    fn take_refusal(&self, name: &FunctionName) -> bool {
        let refuse = match self.state().functions.get(name.as_str()) {
            Some(function) => function.latest.behaviour.refuse,
            None => return false,
        };
        let mut counters = self.counters();
        let refused = counters.refused.entry(name.to_string()).or_default();
        *refused += 1;
        *refused <= refuse
    }

    /// Counts a call; returns whether it is throttled.
    fn take_throttle(&self, function: &FakeFunction) -> bool {
        let mut counters = self.counters();
        let throttled = counters.throttled.entry(function.name.to_string()).or_default();
        *throttled += 1;
        *throttled <= function.throttle
    }

    fn count_execution(&self, request: &InvokeRequest) -> u64 {
        let counters = &mut *self.counters();
        if let Some(calls) = &mut counters.calls {
            calls.push(Call {
                function: request.function.name.clone(),
                invocation_type: request.invocation_type,
                event: event_of(&request.payload),
            });
        }
        let executions = counters.executions.entry(request.function.name.to_string()).or_default();
        *executions += 1;
        *executions
    }
}

fn log_tail(function: &FakeFunction, request_id: &str, version: &str, cold: bool) -> String {
    let limit = f64::from(function.timeout_seconds) * 1000.0;
    let duration = (function.delay.as_secs_f64() * 1000.0 + OVERHEAD_MS).min(limit);
    let init = if cold { INIT_MS } else { 0.0 };
    let own = function.log.iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>();
    let (billed, memory, used) = ((duration + init).ceil(), function.memory_mb, function.memory_mb / 3);
    let cold_start = if cold { format!("Init Duration: {init:.2} ms\t") } else { String::new() };
    let mut log = format!(
        "START RequestId: {request_id} Version: {version}\n{own}END RequestId: {request_id}\nREPORT RequestId: \
         {request_id}\tDuration: {duration:.2} ms\tBilled Duration: {billed:.0} ms\tMemory Size: {memory} MB\tMax \
         Memory Used: {used} MB\t{cold_start}\n"
    );
    let begin = log.ceil_char_boundary(log.len().saturating_sub(LOG_TAIL));
    log.split_off(begin)
}
