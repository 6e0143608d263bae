//! Calling functions, once.

use crate::{
    Functions, HeaderValue, HttpFunction, Patience,
    failure::{moved, no_secret, refused, unanswered, unknown, unsupported},
    rules::Meaning,
};
use async_trait::async_trait;
use lamplight_domain::{AnswerOutcome, FunctionName, InvocationType, ReportedError, Scrubber};
use lamplight_http_adapter::{Answer, HttpClient, Request};
use lamplight_ports::{
    Bytes, ExposeSecret, HttpMethod, InvokeAnswer, InvokeError, InvokeRequest, Invoker, SecretResolver,
    SecretString,
};
use std::sync::Arc;

/// [`Invoker`] by `POST` with the event as JSON.
///
/// # Guarantees
/// - One call sends at most one request, to the URL that is declared now; no redirect is followed.
/// - A failure is [`NotSent`](lamplight_domain::Delivery::NotSent) only where no connection had been handed the request.
/// - Secret headers are read for each call, and are masked where a response repeats them.
#[derive(Debug)]
pub(crate) struct HttpInvoker {
    pub(crate) functions: Arc<Functions>,
    pub(crate) http: HttpClient,
    pub(crate) secrets: Arc<dyn SecretResolver>,
    pub(crate) patience: Patience,
    pub(crate) largest_answer: usize,
}

/// The headers of one call, and what takes their secrets out of its answer.
struct Headers {
    headers: Vec<(String, SecretString)>,
    scrubber: Scrubber,
}

#[async_trait]
impl Invoker for HttpInvoker {
    async fn invoke(&self, request: InvokeRequest) -> Result<InvokeAnswer, InvokeError> {
        let InvokeRequest {
            function, qualifier, invocation_type, payload, client_context, departure, ..
        } = request;
        // While secrets are read nothing has left; the client says from when on it may have.
        departure.is_told_by(|| false);
        let name = &function.name;
        let declared = self.functions.get(name).ok_or_else(|| unknown(name))?;
        // A job that was imported with another URL is not led to this one unasked.
        if function.reference != name.as_str() && function.reference != declared.url {
            return Err(moved(&function, declared));
        }
        if qualifier.is_some() || function.qualifier.is_some() {
            return Err(unsupported(name, "has no versions or aliases", "give no qualifier"));
        }
        if client_context.is_some() {
            return Err(unsupported(name, "takes no client context", "put it into the event"));
        }
        if let Some((what, hint)) = why_not(declared, invocation_type) {
            return Err(unsupported(name, what, hint));
        }
        let Headers { headers, scrubber } = self.headers(name, declared).await?;
        let waits = self.patience.waits(declared, invocation_type, payload.len());
        let request = Request {
            method: HttpMethod::Post,
            url: declared.url.clone(),
            headers,
            body: Some(Bytes::from(payload.into_bytes())),
            waits,
            largest_answer: self.largest_answer,
        };
        match self.http.send(request, &departure).await {
            Ok(answer) => {
                // What is masked is no longer what was answered, so it is judged before.
                let meaning = declared.rules.judge(&answer, declared.is_async);
                tracing::debug!(function = %name, http_status = answer.status, response_bytes = answer.body.len(),
                    identified = meaning != Meaning::Outcome(AnswerOutcome::Unidentified), "the call was answered");
                match meaning {
                    Meaning::Outcome(outcome) => {
                        let outcome = outcome_without_secrets(outcome, &scrubber);
                        Ok(answered(outcome, without_secrets(answer, &scrubber)))
                    }
                    Meaning::Refused => Err(refused(name, declared, &answer)),
                }
            }
            Err(failure) => {
                let error = unanswered(name, declared, waits, self.largest_answer, failure);
                tracing::debug!(function = %name, delivery = ?error.delivery, code = error.code.as_str(),
                    http_status = error.http_status, "the call brought no whole answer");
                Err(error)
            }
        }
    }
}

impl HttpInvoker {
    /// Reads the headers of a call.
    async fn headers(&self, name: &FunctionName, function: &HttpFunction) -> Result<Headers, InvokeError> {
        let json = || SecretString::from("application/json");
        let mut headers = vec![("content-type".to_owned(), json()), ("accept".to_owned(), json())];
        let mut secrets = Vec::new();
        for (header, value) in &function.headers {
            let value = match value {
                HeaderValue::Plain(text) => SecretString::from(text.as_str()),
                HeaderValue::Secret { prefix, reference } => {
                    let read = self.secrets.resolve(reference).await;
                    let secret = read.map_err(|error| no_secret(name, header, error))?;
                    let value = SecretString::from(format!("{prefix}{}", secret.expose_secret()));
                    // A scheme before a credential is no part of what an answer may repeat.
                    secrets.extend(secret.expose_secret().split_once(' ').map(|(_, rest)| rest.into()));
                    secrets.push(secret);
                    value
                }
            };
            headers.retain(|(own, _)| own != header);
            headers.push((header.clone(), value));
        }
        let scrubber = Scrubber::new(secrets.iter().map(ExposeSecret::expose_secret));
        Ok(Headers { headers, scrubber })
    }
}

/// What is told about an answer that is an outcome of the call.
fn answered(outcome: AnswerOutcome, answer: Answer) -> InvokeAnswer {
    let response = match outcome {
        AnswerOutcome::Returned | AnswerOutcome::FunctionError(_) | AnswerOutcome::Unproven => {
            answer.body.into()
        }
        // An acknowledgement is no result, and what is somebody else's may repeat what was sent to it.
        AnswerOutcome::Accepted | AnswerOutcome::Validated | AnswerOutcome::Unidentified => Vec::new(),
    };
    InvokeAnswer { http_status: Some(answer.status), response, ..InvokeAnswer::new(outcome) }
}

/// Why a function is not called this way, and what to do: it either answers with its result or takes events, and a call of
/// the other kind would end unknown whatever it did.
fn why_not(function: &HttpFunction, invocation_type: InvocationType) -> Option<(&'static str, &'static str)> {
    match (invocation_type, function.is_async) {
        (InvocationType::RequestResponse, false) | (InvocationType::Event, true) => None,
        (InvocationType::RequestResponse, true) => Some((
            "is declared asynchronous and gives no result to wait for",
            "use the invocation type Event",
        )),
        (InvocationType::Event, false) => Some((
            "is not declared asynchronous, so that nothing says that it would take an event",
            "use the invocation type RequestResponse, or declare async = true if it answers 202",
        )),
        (InvocationType::DryRun, _) => Some((
            "cannot be tried without being called: a URL has no dry run",
            "use the invocation type RequestResponse or Event",
        )),
    }
}

/// What the answer means with the secrets of its call masked.
fn outcome_without_secrets(outcome: AnswerOutcome, scrubber: &Scrubber) -> AnswerOutcome {
    let AnswerOutcome::FunctionError(error) = outcome else { return outcome };
    let scrub = |text| scrubber.scrub(text);
    AnswerOutcome::FunctionError(ReportedError {
        kind: error.kind.map(scrub),
        error_type: error.error_type.map(scrub),
        message: scrub(error.message),
        stack: error.stack.into_iter().map(scrub).collect(),
    })
}

/// The answer with the secrets of its call masked in its body; the headers are judged and not shown.
fn without_secrets(answer: Answer, scrubber: &Scrubber) -> Answer {
    if scrubber.is_empty() {
        return answer;
    }
    let Answer { status, headers, body } = answer;
    let text = String::from_utf8_lossy(&body);
    let body = if scrubber.finds(&text) { Bytes::from(scrubber.scrub(text.into_owned())) } else { body };
    Answer { status, headers, body }
}
