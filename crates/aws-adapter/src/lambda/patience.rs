//! How long the answer of a call is waited for. The function's time limit may have been raised since it was recorded, so the
//! current one is asked for before a call is given up.

use crate::{error::invoke::Call, session::Session, timeouts::CallLimit};
use lamplight_aws_model::limits::MAX_TIMEOUT;
use lamplight_domain::{FunctionRef, InvocationType, Qualifier};
use lamplight_ports::{Departure, LongerWait};
use std::time::Duration;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

/// How far a call got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Credentials are being obtained. This has a time limit of its own.
    Preparing,
    /// The request is being sent, or waits for its answer, since then.
    Sent(Instant),
    /// The head of the answer has arrived then.
    Answering(Instant),
}

/// Returns when the answer of a call is no longer waited for: how long it was waited for, and where this limit comes from.
pub(crate) async fn give_up(
    session: &Session,
    call: &Call<'_>,
    mut phase: watch::Receiver<Phase>,
    departure: &Departure,
) -> String {
    // The sender lives as long as the call, which drops this future.
    let sent_at = loop {
        let reached = *phase.borrow_and_update();
        match reached {
            Phase::Sent(at) | Phase::Answering(at) => break at,
            Phase::Preparing => {}
        }
        if phase.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let mut limit = call.limit;
    loop {
        sleep_until(sent_at + limit.head()).await;
        let reached = *phase.borrow();
        if let Phase::Answering(at) = reached {
            sleep_until(at + session.config.timeouts.answer_body).await;
            return limit.explain(at + session.config.timeouts.answer_body - sent_at);
        }
        let longer = longer_limit(session, call, limit, departure).await;
        // The answer may have begun in the meantime.
        let reached = *phase.borrow();
        if longer.head() <= limit.head() && !matches!(reached, Phase::Answering(_)) {
            return limit.explain(limit.head());
        }
        limit = longer;
    }
}

/// The limit after the given one has passed; the same one if the function has no longer time limit.
async fn longer_limit(
    session: &Session,
    call: &Call<'_>,
    limit: CallLimit,
    departure: &Departure,
) -> CallLimit {
    if call.invocation_type != InvocationType::RequestResponse || limit.running() >= MAX_TIMEOUT {
        return limit;
    }
    let current = session.current_limit(call.function, call.qualifier).await;
    let running = current.unwrap_or(MAX_TIMEOUT);
    if running > limit.running() {
        departure.wait_longer(match current {
            Some(limit) => LongerWait::LimitRaised { limit },
            None => LongerWait::LimitUnknown { longest: MAX_TIMEOUT },
        });
        tracing::info!(
            function = %call.function.name,
            known_s = limit.running().as_secs(),
            current_s = current.map(|current| current.as_secs()),
            "the known time limit has passed; the call is waited for longer"
        );
        return limit.with_timeout(current);
    }
    limit
}

impl Session {
    /// The function's current time limit; `None` if it cannot be read.
    async fn current_limit(&self, function: &FunctionRef, qualifier: Option<&Qualifier>) -> Option<Duration> {
        let qualifier = qualifier.map(ToString::to_string);
        let asking = async {
            let client = self.reading();
            let configuration = client
                .get_function_configuration()
                .function_name(&function.reference)
                .set_qualifier(qualifier.clone())
                .send()
                .await;
            if let Ok(configuration) = configuration {
                return configuration.timeout;
            }
            let function = client.get_function().function_name(&function.reference).set_qualifier(qualifier);
            function.send().await.ok()?.configuration?.timeout
        };
        let seconds = timeout(self.config.timeouts.current_limit, asking).await.ok().flatten()?;
        u64::try_from(seconds).ok().map(Duration::from_secs)
    }
}
