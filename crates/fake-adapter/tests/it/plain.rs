//! A provider that only calls and lists functions: it passes the suites with its gaps declared.

use crate::provider::Simulated;
use async_trait::async_trait;
use lamplight_conformance::{
    catalogue::{self, ArrangedCatalogue, CatalogueHarness, Shelf},
    invoker::{self, ArrangedFunction, Behaviour, InvokerHarness},
};
use lamplight_domain::{ErrorCode, Function, FunctionRef, FunctionSettings, InvocationType, Qualifier};
use lamplight_ports::{
    FunctionCatalogue, InvokeAnswer, InvokeError, InvokeRequest, Invoker, ListFunctions, Page, PortError,
    PortErrorKind,
};
use std::sync::Arc;

/// The simulator without everything that a provider may lack.
#[derive(Debug)]
struct Plain<T: ?Sized>(Arc<T>);

#[async_trait]
impl Invoker for Plain<dyn Invoker> {
    async fn invoke(&self, request: InvokeRequest) -> Result<InvokeAnswer, InvokeError> {
        if request.invocation_type != InvocationType::RequestResponse {
            let message = format!("this provider has no calls of type {}", request.invocation_type);
            return Err(InvokeError::not_sent(PortErrorKind::Unsupported, ErrorCode::Unsupported, message));
        }
        match self.0.invoke(InvokeRequest { log_tail: false, ..request }).await {
            Ok(InvokeAnswer { outcome, response, .. }) => {
                Ok(InvokeAnswer { response, ..InvokeAnswer::new(outcome) })
            }
            Err(error) => {
                Err(InvokeError { provider_code: None, http_status: None, request_id: None, ..error })
            }
        }
    }
}

#[async_trait]
impl FunctionCatalogue for Plain<dyn FunctionCatalogue> {
    async fn list(&self, request: ListFunctions) -> Result<Page<Function>, PortError> {
        let page = self.0.list(request).await?;
        Ok(Page { items: page.items.into_iter().map(plain).collect(), ..page })
    }

    async fn get(
        &self,
        function: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> Result<Option<Function>, PortError> {
        match qualifier {
            Some(_) => Ok(None),
            None => Ok(self.0.get(function, None).await?.map(plain)),
        }
    }
}

fn plain(function: Function) -> Function {
    Function { settings: FunctionSettings::default(), ..function }
}

struct Harness;

#[async_trait]
impl InvokerHarness for Harness {
    async fn arrange(&self, behaviour: Behaviour) -> ArrangedFunction {
        let arranged = InvokerHarness::arrange(&Simulated, behaviour).await;
        ArrangedFunction { invoker: Arc::new(Plain(arranged.invoker)), ..arranged }
    }

    fn lacks(&self) -> &'static [invoker::Gap] {
        use invoker::Gap;
        &[
            Gap::Behaviour(Behaviour::AnsweredBySomebodyElse),
            Gap::Behaviour(Behaviour::RefusesLogTail),
            Gap::QueuedCalls,
            Gap::DryRuns,
            Gap::LogTail,
            Gap::RequestId,
            Gap::ExecutedVersion,
            Gap::ProviderCode,
            Gap::HttpStatus,
        ]
    }
}

#[async_trait]
impl CatalogueHarness for Harness {
    async fn arrange(&self, stocked: Shelf) -> ArrangedCatalogue {
        let inner = CatalogueHarness::arrange(&Simulated, stocked).await;
        ArrangedCatalogue { catalogue: Arc::new(Plain(inner.catalogue)), ..inner }
    }

    async fn arrange_refusal(&self) -> ArrangedCatalogue {
        unreachable!("nobody is refused")
    }

    fn lacks(&self) -> &'static [catalogue::Gap] {
        use catalogue::Gap;
        &[Gap::Qualifiers, Gap::Environment, Gap::Runtime, Gap::TimeLimit, Gap::Memory, Gap::Refusals]
    }
}

mod catalogue_suite {
    lamplight_conformance::function_catalogue!(super::Harness);
}

mod invoker_suite {
    lamplight_conformance::invoker!(super::Harness);
}
