//! What becomes of the queued calls of simulated functions. It is kept and described; queued calls go nowhere.

use crate::{
    FakeProvider,
    change::{not_found, obey, rule},
    paging::page,
    preview::{self, Request},
    settings::text,
    state::{KeptFunction, KeptQueue, State},
};
use async_trait::async_trait;
use lamplight_aws_model::{
    ManageSubject, Operation,
    manage_rules::{check_async_page_size, check_queue},
};
use lamplight_domain::{DescribedQueue, FunctionRef, Qualifier, QueueSettings};
use lamplight_ports::{ChangeError, Changed, Effect, Page, PortError, QualifiedFunction, Queues};

/// The largest page (Lambda API, `ListFunctionEventInvokeConfigs`).
const LARGEST_PAGE: usize = 50;

/// Under which name the settings of a function itself are kept.
fn key(subject: &QualifiedFunction) -> &str {
    subject.qualifier.as_ref().map_or("$LATEST", Qualifier::as_str)
}

fn describe(subject: &FunctionRef, qualifier: &str, kept: &KeptQueue) -> DescribedQueue {
    DescribedQueue {
        reference: format!("{}:{qualifier}", FakeProvider::arn(&subject.name)),
        settings: kept.settings.clone(),
        last_modified: Some(kept.last_modified.clone()),
    }
}

fn function_of<'a>(
    state: &'a mut State,
    subject: &QualifiedFunction,
    asking: &ManageSubject,
) -> Result<&'a mut KeptFunction, PortError> {
    let qualifier = subject.qualifier.as_ref().map(Qualifier::as_str);
    let function = state.functions.get_mut(subject.function.name.as_str());
    function.filter(|function| function.number(qualifier).is_some()).ok_or_else(|| not_found(asking))
}

/// What is set after a change upon what was set.
fn changed(mut set: QueueSettings, asked: &QueueSettings) -> QueueSettings {
    set.max_retries = asked.max_retries.or(set.max_retries);
    set.max_age_seconds = asked.max_age_seconds.or(set.max_age_seconds);
    text(&mut set.on_success, asked.on_success.clone());
    text(&mut set.on_failure, asked.on_failure.clone());
    set
}

impl FakeProvider {
    fn set_queue(
        &self,
        operation: Operation,
        subject: &QualifiedFunction,
        settings: &QueueSettings,
        effect: Effect,
    ) -> Result<Changed<DescribedQueue>, ChangeError> {
        let asking = Self::asking(operation, &subject.function, subject.qualifier.as_ref());
        obey(&asking, [check_queue(settings)]).map_err(ChangeError::refused)?;
        let whole = operation == Operation::PutFunctionEventInvokeConfig;
        let method = if whole { "PUT" } else { "POST" };
        let request = Request::function(method, "2019-09-25", &subject.function, "/event-invoke-config")
            .with_query("Qualifier", subject.qualifier.as_ref().map(Qualifier::as_str))
            .with_body(preview::queue(settings));
        self.change(&asking, effect, &request, |state, stamp| {
            let queues = &mut function_of(state, subject, &asking)?.queues;
            let before = match queues.get(key(subject)) {
                _ if whole => QueueSettings::default(),
                Some(kept) => kept.settings.clone(),
                None => return Err(not_found(&asking)),
            };
            let kept = KeptQueue { settings: changed(before, settings), last_modified: stamp.time };
            let described = describe(&subject.function, key(subject), &kept);
            queues.insert(key(subject).to_owned(), kept);
            Ok(described)
        })
    }
}

#[async_trait]
impl Queues for FakeProvider {
    async fn get(&self, subject: &QualifiedFunction) -> Result<Option<DescribedQueue>, PortError> {
        self.admit(Operation::GetFunctionEventInvokeConfig)?;
        let state = self.state();
        let kept = state.functions.get(subject.function.name.as_str());
        let kept = kept.and_then(|function| function.queues.get(key(subject)));
        Ok(kept.map(|kept| describe(&subject.function, key(subject), kept)))
    }

    async fn list(
        &self,
        function: &FunctionRef,
        marker: Option<String>,
        page_size: Option<u32>,
    ) -> Result<Page<DescribedQueue>, PortError> {
        let asking = Self::asking(Operation::ListFunctionEventInvokeConfigs, function, None);
        obey(&asking, [rule(page_size.map_or(Ok(()), check_async_page_size))])?;
        self.admit(asking.operation)?;
        let state = self.state();
        let kept = state.functions.get(function.name.as_str()).ok_or_else(|| not_found(&asking))?;
        let queues = kept.queues.iter().map(|(qualifier, kept)| ((qualifier.as_str(), 0), (qualifier, kept)));
        page(queues, marker.as_deref(), self.page_of(page_size).min(LARGEST_PAGE), |(qualifier, kept)| {
            describe(function, qualifier, kept)
        })
    }

    async fn put(
        &self,
        subject: &QualifiedFunction,
        settings: &QueueSettings,
        effect: Effect,
    ) -> Result<Changed<DescribedQueue>, ChangeError> {
        self.set_queue(Operation::PutFunctionEventInvokeConfig, subject, settings, effect)
    }

    async fn update(
        &self,
        subject: &QualifiedFunction,
        settings: &QueueSettings,
        effect: Effect,
    ) -> Result<Changed<DescribedQueue>, ChangeError> {
        self.set_queue(Operation::UpdateFunctionEventInvokeConfig, subject, settings, effect)
    }

    async fn delete(&self, subject: &QualifiedFunction, effect: Effect) -> Result<Changed<()>, ChangeError> {
        let asking = Self::asking(
            Operation::DeleteFunctionEventInvokeConfig,
            &subject.function,
            subject.qualifier.as_ref(),
        );
        let request = Request::function("DELETE", "2019-09-25", &subject.function, "/event-invoke-config")
            .with_query("Qualifier", subject.qualifier.as_ref().map(Qualifier::as_str));
        self.change(&asking, effect, &request, |state, _| {
            let queues = &mut function_of(state, subject, &asking)?.queues;
            queues.remove(key(subject)).map(|_| ()).ok_or_else(|| not_found(&asking))
        })
    }
}
