//! Asynchronous invocation settings of simulated functions. They are stored and described; events are not retried or
//! sent to destinations.

use crate::{
    FakeProvider,
    change::{check_range, not_found},
    paging::page,
    preview::{self, Request},
    settings::set_text,
    state::{KeptAsyncSettings, KeptFunction, State},
};
use async_trait::async_trait;
use lamplight_aws_model::{
    ManageSubject, Operation,
    manage_rules::{MAX_SHORT_PAGE, check_page_size, check_rules},
};
use lamplight_domain::{AsyncSettings, DescribedAsyncSettings, FunctionRef, Qualifier};
use lamplight_ports::{AsyncInvocations, ChangeError, Changed, Effect, Page, PortError, QualifiedFunction};

/// The largest page (Lambda API, `ListFunctionEventInvokeConfigs`).
const LARGEST_PAGE: usize = 50;

/// The key under which the settings are stored; `$LATEST` for the function itself.
fn key(subject: &QualifiedFunction) -> &str {
    subject.qualifier.as_ref().map_or("$LATEST", Qualifier::as_str)
}

fn describe(subject: &FunctionRef, qualifier: &str, kept: &KeptAsyncSettings) -> DescribedAsyncSettings {
    DescribedAsyncSettings {
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

/// The settings after a change: what the change leaves out stays as it was.
fn apply_change(mut set: AsyncSettings, asked: &AsyncSettings) -> AsyncSettings {
    set.max_retries = asked.max_retries.or(set.max_retries);
    set.max_age_seconds = asked.max_age_seconds.or(set.max_age_seconds);
    set_text(&mut set.on_success, asked.on_success.clone());
    set_text(&mut set.on_failure, asked.on_failure.clone());
    set
}

impl FakeProvider {
    fn set_async_settings(
        &self,
        operation: Operation,
        subject: &QualifiedFunction,
        settings: &AsyncSettings,
        effect: Effect,
    ) -> Result<Changed<DescribedAsyncSettings>, ChangeError> {
        let asking = Self::asking(operation, &subject.function, subject.qualifier.as_ref());
        let whole = operation == Operation::PutFunctionEventInvokeConfig;
        let method = if whole { "PUT" } else { "POST" };
        let request = Request::function(method, "2019-09-25", &subject.function, "/event-invoke-config")
            .with_query("Qualifier", subject.qualifier.as_ref().map(Qualifier::as_str))
            .with_body(preview::async_settings(settings));
        self.change(&asking, effect, &request, |state, stamp| {
            check_range(&asking, "maximumRetryAttempts", settings.max_retries, 0..=2)?;
            check_range(&asking, "maximumEventAgeInSeconds", settings.max_age_seconds, 60..=21_600)?;
            let async_invocations = &mut function_of(state, subject, &asking)?.async_invocations;
            let before = match async_invocations.get(key(subject)) {
                _ if whole => AsyncSettings::default(),
                Some(kept) => kept.settings.clone(),
                None => return Err(not_found(&asking)),
            };
            let kept =
                KeptAsyncSettings { settings: apply_change(before, settings), last_modified: stamp.time };
            let described = describe(&subject.function, key(subject), &kept);
            async_invocations.insert(key(subject).to_owned(), kept);
            Ok(described)
        })
    }
}

#[async_trait]
impl AsyncInvocations for FakeProvider {
    async fn get(&self, subject: &QualifiedFunction) -> Result<Option<DescribedAsyncSettings>, PortError> {
        self.admit(Operation::GetFunctionEventInvokeConfig)?;
        let state = self.state();
        let kept = state.functions.get(subject.function.name.as_str());
        let kept = kept.and_then(|function| function.async_invocations.get(key(subject)));
        Ok(kept.map(|kept| describe(&subject.function, key(subject), kept)))
    }

    async fn list(
        &self,
        function: &FunctionRef,
        marker: Option<String>,
        page_size: Option<u32>,
    ) -> Result<Page<DescribedAsyncSettings>, PortError> {
        let asking = Self::asking(Operation::ListFunctionEventInvokeConfigs, function, None);
        check_rules(&asking, check_page_size(page_size, MAX_SHORT_PAGE))?;
        self.admit(asking.operation)?;
        let state = self.state();
        let kept = state.functions.get(function.name.as_str()).ok_or_else(|| not_found(&asking))?;
        let async_invocations = kept
            .async_invocations
            .iter()
            .map(|(qualifier, kept)| ((qualifier.as_str(), 0), (qualifier, kept)));
        page(
            async_invocations,
            marker.as_deref(),
            self.page_of(page_size).min(LARGEST_PAGE),
            |(qualifier, kept)| describe(function, qualifier, kept),
        )
    }

    async fn put(
        &self,
        subject: &QualifiedFunction,
        settings: &AsyncSettings,
        effect: Effect,
    ) -> Result<Changed<DescribedAsyncSettings>, ChangeError> {
        self.set_async_settings(Operation::PutFunctionEventInvokeConfig, subject, settings, effect)
    }

    async fn update(
        &self,
        subject: &QualifiedFunction,
        settings: &AsyncSettings,
        effect: Effect,
    ) -> Result<Changed<DescribedAsyncSettings>, ChangeError> {
        self.set_async_settings(Operation::UpdateFunctionEventInvokeConfig, subject, settings, effect)
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
            let async_invocations = &mut function_of(state, subject, &asking)?.async_invocations;
            async_invocations.remove(key(subject)).map(|_| ()).ok_or_else(|| not_found(&asking))
        })
    }
}
