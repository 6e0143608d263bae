//! The conformance suite of the invoker on a server that behaves like Lambda and its network.

use crate::{
    server::{End, Reaction, Received, Server, answer, closed_url, refusal},
    support::{config, function},
};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use lamplight_aws_adapter::{Timeouts, open};
use lamplight_conformance::invoker::{ArrangedFunction, Behaviour, InvokerHarness, LOG_LINE};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// A simulated Lambda function.
struct Lambda {
    behaviour: Behaviour,
    starts: Arc<AtomicUsize>,
}

impl Lambda {
    fn run(&self, request: &Received) -> Vec<u8> {
        self.starts.fetch_add(1, Ordering::SeqCst);
        let log = STANDARD.encode(format!("START\n{LOG_LINE}\nEND\n"));
        let mut headers = vec![
            ("x-amzn-requestid", "0199c0de-0000-4000-8000-000000000001"),
            ("x-amz-executed-version", "1"),
        ];
        if request.headers.get("x-amz-log-type").is_some_and(|log_type| log_type == "Tail") {
            headers.push(("x-amz-log-result", &log));
        }
        if self.behaviour == Behaviour::ReportsAnError {
            headers.push(("x-amz-function-error", "Unhandled"));
            return answer(200, &headers, b"{\"errorMessage\":\"no\",\"errorType\":\"ValueError\"}");
        }
        answer(200, &headers, &request.body)
    }
}

impl crate::server::Script for Lambda {
    fn on_request(&self, request: &Received) -> Reaction {
        let id = [("x-amzn-requestid", "0199c0de-0000-4000-8000-000000000001")];
        let wants_log = request.headers.contains_key("x-amz-log-type");
        match (self.behaviour, request.headers.get("x-amz-invocation-type").map(String::as_str)) {
            (Behaviour::IsThrottled, _) => {
                Reaction::Answer(refusal(429, "TooManyRequestsException", "Rate Exceeded."))
            }
            (Behaviour::IsAbsent, _) => {
                Reaction::Answer(refusal(404, "ResourceNotFoundException", "Function not found"))
            }
            (Behaviour::IsForbidden, _) => {
                Reaction::Answer(refusal(403, "AccessDeniedException", "not authorized"))
            }
            (Behaviour::AnsweredBySomebodyElse, _) => {
                Reaction::Answer(answer(200, &[("content-type", "text/html")], &request.body))
            }
            (_, Some("Event")) => Reaction::Answer(answer(202, &id, b"")),
            (_, Some("DryRun")) => {
                let [(name, value)] = id;
                Reaction::Answer(format!("HTTP/1.1 204 No Content\r\n{name}: {value}\r\n\r\n").into_bytes())
            }
            (Behaviour::RefusesLogTail, _) if wants_log => Reaction::Answer(refusal(
                400,
                "InvalidParameterValueException",
                "LogType Tail is not supported for this function",
            )),
            (Behaviour::DropsTheAnswer, _) => {
                self.run(request);
                Reaction::SendAndEnd(Vec::new(), End::Close)
            }
            (Behaviour::CutsTheAnswer, _) => {
                let mut bytes = self.run(request);
                bytes.truncate(bytes.len() - 5);
                Reaction::SendAndEnd(bytes, End::Close)
            }
            (Behaviour::AnswersAtItsLimit, _) => {
                Reaction::Late(Duration::from_millis(950), self.run(request))
            }
            _ => Reaction::Answer(self.run(request)),
        }
    }
}

struct Harness;

#[async_trait]
impl InvokerHarness for Harness {
    async fn arrange(&self, behaviour: Behaviour) -> ArrangedFunction {
        let starts = Arc::new(AtomicUsize::new(0));
        let server = Server::start(Lambda { behaviour, starts: Arc::clone(&starts) }).await;
        let url = match behaviour {
            Behaviour::CannotBeReached => closed_url().await,
            _ => server.url(),
        };
        // Without a margin an answer at the time limit would be too late.
        let timeouts = Timeouts { answer_margin: Duration::from_secs(1), ..Timeouts::default() };
        let mut function = function("conformance");
        function.timeout_seconds = Some(1);
        ArrangedFunction {
            invoker: open(lamplight_aws_adapter::AwsConnectionConfig { timeouts, ..config(&url) })
                .unwrap()
                .invoker,
            function,
            starts: Box::new(move || starts.load(Ordering::SeqCst)),
            keep: Box::new(server),
        }
    }
}

lamplight_conformance::invoker!(Harness);
