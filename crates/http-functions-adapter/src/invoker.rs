//! Calls a function once.

use crate::{
    CallTimeouts, Functions, HeaderValue, HttpFunction,
    failure::{not_declared, refusal, secret_error, send_error, unsupported, url_changed},
    rules::Meaning,
};
use async_trait::async_trait;
use lamplight_domain::{AnswerOrigin, AnswerOutcome, FunctionName, InvocationType, ReportedError, Scrubber};
use lamplight_http_adapter::{Answer, HttpClient, Request};
use lamplight_ports::{
    Bytes, ExposeSecret, HttpMethod, InvokeAnswer, InvokeError, InvokeRequest, Invoker, SecretResolver,
    SecretString,
};
use std::sync::Arc;

/// [`Invoker`] that sends the event as JSON in a `POST` request.
///
/// # Guarantees
/// - One call sends at most one request, to the declared URL; redirects are not followed.
/// - A failure is [`NotSent`](lamplight_domain::Delivery::NotSent) only if the request was never handed to a
///   connection.
/// - Secret headers are read for each call, and are masked in a response that repeats them.
#[derive(Debug)]
pub(crate) struct HttpInvoker {
    pub(crate) functions: Arc<Functions>,
    pub(crate) http: HttpClient,
    pub(crate) secrets: Arc<dyn SecretResolver>,
    pub(crate) timeouts: CallTimeouts,
    pub(crate) largest_answer: usize,
}

/// The headers of one call, and the scrubber that masks their secrets in the response.
struct Headers {
    headers: Vec<(String, SecretString)>,
    scrubber: Scrubber,
}

#[async_trait]
impl Invoker for HttpInvoker {
    async fn invoke(&self, request: InvokeRequest) -> Result<InvokeAnswer, InvokeError> {
        let InvokeRequest {
            function,
            qualifier,
            invocation_type,
            payload,
            client_context,
            fresh_connection,
            departure,
            ..
        } = request;
        // Nothing is sent while secrets are read; after that the client reports when the request may have left.
        departure.set_probe(|| false);
        let name = &function.name;
        let declared = self.functions.get(name).ok_or_else(|| not_declared(name))?;
        // A job that was imported with another URL must not call this one without anybody noticing.
        if function.reference != name.as_str() && function.reference != declared.url {
            return Err(url_changed(&function, declared));
        }
        if qualifier.is_some() || function.qualifier.is_some() {
            return Err(unsupported(name, "has no versions or aliases", "remove the qualifier"));
        }
        if client_context.is_some() {
            return Err(unsupported(name, "does not accept a client context", "put the data into the event"));
        }
        if let Some((what, hint)) = reason_not_callable(declared, invocation_type) {
            return Err(unsupported(name, what, hint));
        }
        let Headers { headers, scrubber } = self.read_headers(name, declared).await?;
        let waits = self.timeouts.waits(declared, invocation_type, payload.len());
        let request = Request {
            method: HttpMethod::Post,
            url: declared.url.clone(),
            headers,
            body: Some(Bytes::from(payload.into_bytes())),
            waits,
            largest_answer: self.largest_answer,
        };
        let fresh = fresh_connection.then(|| self.http.fresh());
        match fresh.as_ref().unwrap_or(&self.http).send(request, &departure).await {
            Ok(answer) => {
                // Interpret the answer before masking changes it.
                let meaning = declared.rules.judge(&answer, declared.is_async);
                tracing::debug!(function = %name, http_status = answer.status, response_bytes = answer.body.len(),
                    identified = meaning != Meaning::Outcome(AnswerOutcome::Unidentified), "received a response");
                match meaning {
                    Meaning::Outcome(outcome) => {
                        let outcome = mask_outcome(outcome, &scrubber);
                        Ok(to_invoke_answer(outcome, &mask_answer(answer, &scrubber)))
                    }
                    Meaning::Refused => Err(refusal(name, declared, &answer)),
                }
            }
            Err(failure) => {
                let error = send_error(name, declared, waits, self.largest_answer, failure);
                tracing::debug!(function = %name, delivery = ?error.delivery, code = error.code.as_str(),
                    http_status = error.http_status, "received no complete response");
                Err(error)
            }
        }
    }
}

impl HttpInvoker {
    /// Reads the headers of a call.
    async fn read_headers(
        &self,
        name: &FunctionName,
        function: &HttpFunction,
    ) -> Result<Headers, InvokeError> {
        let json = || SecretString::from("application/json");
        let mut headers = vec![("content-type".to_owned(), json()), ("accept".to_owned(), json())];
        let mut secrets = Vec::new();
        for (header, value) in &function.headers {
            let value = match value {
                HeaderValue::Plain(text) => SecretString::from(text.as_str()),
                HeaderValue::Secret { prefix, reference } => {
                    let read = self.secrets.resolve(reference).await;
                    let secret = read.map_err(|error| secret_error(name, header, error))?;
                    let value = SecretString::from(format!("{prefix}{}", secret.expose_secret()));
                    // The scheme before a credential, such as `Bearer`, is not secret, but the credential must be
                    // masked without it too.
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

/// Turns a response that is an outcome of the call into the port's answer.
fn to_invoke_answer(outcome: AnswerOutcome, answer: &Answer) -> InvokeAnswer {
    let response = match outcome {
        AnswerOutcome::Returned | AnswerOutcome::FunctionError(_) | AnswerOutcome::Unproven => {
            answer.body.to_vec()
        }
        // An acknowledgement is not a result, and a response from another server may repeat what was sent to it.
        AnswerOutcome::Accepted | AnswerOutcome::Validated | AnswerOutcome::Unidentified => Vec::new(),
    };
    let origin = (outcome == AnswerOutcome::Unidentified).then(|| Box::new(origin_of(answer)));
    InvokeAnswer { http_status: Some(answer.status), response, origin, ..InvokeAnswer::new(outcome) }
}

/// What an answer says about its sender.
fn origin_of(answer: &Answer) -> AnswerOrigin {
    let header = |name| answer.header(name).map(str::to_owned);
    let is_text = header("content-encoding").is_none() && !answer.body.contains(&0);
    AnswerOrigin {
        content_type: header("content-type"),
        server: header("server"),
        via: header("via"),
        text: if is_text { String::from_utf8_lossy(&answer.body).into_owned() } else { String::new() },
        hint: None,
    }
}

/// Why the function cannot be called this way, and what to do instead. A function either returns its result or accepts
/// events; a call of the other kind would always end as unknown.
fn reason_not_callable(
    function: &HttpFunction,
    invocation_type: InvocationType,
) -> Option<(&'static str, &'static str)> {
    match (invocation_type, function.is_async) {
        (InvocationType::RequestResponse, false) | (InvocationType::Event, true) => None,
        (InvocationType::RequestResponse, true) => {
            Some(("is declared asynchronous and does not return a result", "use the invocation type Event"))
        }
        (InvocationType::Event, false) => Some((
            "is not declared asynchronous, so it may not accept events",
            "use the invocation type RequestResponse, or declare async = true if it answers 202",
        )),
        (InvocationType::DryRun, _) => {
            Some(("does not support dry runs", "use the invocation type RequestResponse or Event"))
        }
    }
}

/// The outcome with the secrets of the call masked.
fn mask_outcome(outcome: AnswerOutcome, scrubber: &Scrubber) -> AnswerOutcome {
    let AnswerOutcome::FunctionError(error) = outcome else { return outcome };
    let scrub = |text| scrubber.scrub(text);
    AnswerOutcome::FunctionError(ReportedError {
        kind: error.kind.map(scrub),
        error_type: error.error_type.map(scrub),
        message: scrub(error.message),
        stack: scrubber.scrub_lines(error.stack),
        causes: scrubber.scrub_lines(error.causes),
    })
}

/// The response with the secrets of the call masked in its body. The headers are never shown, so they are not masked.
fn mask_answer(answer: Answer, scrubber: &Scrubber) -> Answer {
    if scrubber.is_empty() {
        return answer;
    }
    let Answer { status, headers, body } = answer;
    let text = String::from_utf8_lossy(&body);
    let body = if scrubber.finds(&text) { Bytes::from(scrubber.scrub(text.into_owned())) } else { body };
    Answer { status, headers, body }
}
