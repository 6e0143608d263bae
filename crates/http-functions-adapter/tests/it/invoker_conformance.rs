//! The invoker's conformance suite: with rules that recognise responses by their content, and with a mark.

use crate::support::{name, open, open_impatient};
use async_trait::async_trait;
use lamplight_conformance::invoker::{ArrangedFunction, Behaviour, Gap, InvokerHarness};
use lamplight_http_functions_adapter::{AnswerRules, HttpFunction};
use lamplight_testkit::script::{End, Reaction, Received, Script, Server, answer, closed_url};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

const MARK: &str = "x-own-mark";

/// A function as a server would run it.
struct Function {
    behaviour: Behaviour,
    starts: Arc<AtomicUsize>,
}

impl Function {
    fn run(&self, request: &Received) -> Vec<u8> {
        self.starts.fetch_add(1, Ordering::SeqCst);
        let headers = [("content-type", "application/json"), (MARK, "1")];
        match self.behaviour {
            Behaviour::ReportsAnError => answer(500, &headers, b"{\"error\":\"no\"}"),
            _ => answer(200, &headers, &request.body),
        }
    }
}

impl Script for Function {
    fn on_request(&self, request: &Received) -> Reaction {
        match self.behaviour {
            Behaviour::IsThrottled => Reaction::Answer(answer(429, &[(MARK, "1")], b"")),
            Behaviour::IsAbsent => Reaction::Answer(answer(404, &[(MARK, "1")], b"")),
            Behaviour::IsForbidden => Reaction::Answer(answer(403, &[(MARK, "1")], b"")),
            Behaviour::AnsweredBySomebodyElse => {
                Reaction::Answer(answer(200, &[("content-type", "text/html")], &request.body))
            }
            Behaviour::DropsTheAnswer => {
                self.run(request);
                Reaction::SendAndEnd(Vec::new(), End::Close)
            }
            Behaviour::CutsTheAnswer => {
                let mut bytes = self.run(request);
                bytes.truncate(bytes.len() - 5);
                Reaction::SendAndEnd(bytes, End::Close)
            }
            Behaviour::AnswersAtItsLimit => Reaction::Late(Duration::from_millis(950), self.run(request)),
            _ => Reaction::Answer(self.run(request)),
        }
    }
}

struct Harness {
    mark: Option<&'static str>,
}

#[async_trait]
impl InvokerHarness for Harness {
    async fn arrange(&self, behaviour: Behaviour) -> ArrangedFunction {
        let starts = Arc::new(AtomicUsize::new(0));
        let server = Server::start(Function { behaviour, starts: Arc::clone(&starts) }).await;
        let url = match behaviour {
            Behaviour::CannotBeReached => closed_url().await,
            _ => server.url(),
        };
        let rules = AnswerRules {
            error_statuses: vec![500],
            refused_statuses: vec![403, 404, 429],
            mark_header: self.mark.map(str::to_owned),
            ..AnswerRules::default()
        };
        let function = HttpFunction { timeout_seconds: Some(1), rules, ..HttpFunction::new(url) };
        let connection = match behaviour {
            // Only the function's own time limit makes the adapter wait long enough.
            Behaviour::AnswersAtItsLimit => open_impatient(function),
            _ => open(function),
        };
        ArrangedFunction {
            function: connection.platform.parse_function(name().as_str()).unwrap(),
            invoker: connection.invoker,
            starts: Box::new(move || starts.load(Ordering::SeqCst)),
            keep: Box::new(server),
        }
    }

    fn lacks(&self) -> &'static [Gap] {
        &[
            Gap::Behaviour(Behaviour::RefusesLogTail),
            // A function that is declared asynchronous accepts nothing else.
            Gap::QueuedCalls,
            Gap::DryRuns,
            Gap::LogTail,
            Gap::RequestId,
            Gap::ExecutedVersion,
            Gap::ProviderCode,
        ]
    }
}

mod by_what_answers_are {
    use super::Harness;
    lamplight_conformance::invoker!(Harness { mark: None });
}

mod by_a_mark {
    use super::{Harness, MARK};
    lamplight_conformance::invoker!(Harness { mark: Some(MARK) });
}
