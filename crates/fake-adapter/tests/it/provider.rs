//! The conformance suites of the provider's ports.

use async_trait::async_trait;
use lamplight_conformance::{
    catalogue::{
        ArrangedCatalogue, CatalogueHarness, KNOWN_QUALIFIER, SECRET_KEY, SECRET_VALUE, Shelf, function_name,
    },
    invoker::{ArrangedFunction, Behaviour, Gap, InvokerHarness, LOG_LINE},
};
use lamplight_domain::{FunctionName, FunctionRef};
use lamplight_fake_adapter::{FakeFunction, FakeProvider, FunctionFailure};
use std::{sync::Arc, time::Duration};

pub(crate) struct Simulated;

#[async_trait]
impl CatalogueHarness for Simulated {
    async fn arrange(&self, asked: Shelf) -> ArrangedCatalogue {
        let functions = (0..asked.functions).map(|index| {
            let mut function = FakeFunction::echo(function_name(index).parse().unwrap());
            function.environment = [(SECRET_KEY.to_owned(), SECRET_VALUE.to_owned())].into();
            if index == 0 {
                function.aliases = [(KNOWN_QUALIFIER.to_owned(), "1".to_owned())].into();
            }
            function
        });
        let provider = FakeProvider::new(functions).with_page_size(asked.largest_page);
        ArrangedCatalogue { catalogue: Arc::new(provider), keep: Box::new(()) }
    }

    async fn arrange_refusal(&self) -> ArrangedCatalogue {
        ArrangedCatalogue { catalogue: Arc::new(FakeProvider::new([]).refusing()), keep: Box::new(()) }
    }
}

#[async_trait]
impl InvokerHarness for Simulated {
    async fn arrange(&self, behaviour: Behaviour) -> ArrangedFunction {
        let name: FunctionName = "arranged".parse().unwrap();
        let mut function = FakeFunction::echo(name.clone());
        function.log = vec![LOG_LINE.to_owned()];
        match behaviour {
            Behaviour::Echoes | Behaviour::IsAbsent => {}
            Behaviour::ReportsAnError => {
                function =
                    FakeFunction::failing(name.clone(), FunctionFailure::unhandled("ValueError", "no"));
            }
            Behaviour::AnswersAtItsLimit => function.delay = Duration::from_millis(2900),
            Behaviour::RefusesLogTail => function.refuse_log_tail = true,
            Behaviour::IsThrottled => function.throttle = u32::MAX,
            Behaviour::IsForbidden => function.forbidden = true,
            // For the caller of a simulator, a cut answer is a lost one.
            Behaviour::DropsTheAnswer | Behaviour::CutsTheAnswer => function.drop_answer = true,
            Behaviour::CannotBeReached => function.refuse = u32::MAX,
            Behaviour::AnsweredBySomebodyElse => {
                unreachable!("nothing is between a simulator and its caller")
            }
        }
        let mut reference = FunctionRef::by_name(name);
        reference.timeout_seconds = Some(function.timeout_seconds);
        let provider = FakeProvider::new((behaviour != Behaviour::IsAbsent).then_some(function));
        let counting = provider.clone();
        ArrangedFunction {
            invoker: Arc::new(provider),
            function: reference,
            starts: Box::new(move || usize::try_from(counting.executions("arranged")).unwrap()),
            keep: Box::new(()),
        }
    }

    fn lacks(&self) -> &'static [Gap] {
        &[Gap::Behaviour(Behaviour::AnsweredBySomebodyElse)]
    }
}

mod catalogue {
    lamplight_conformance::function_catalogue!(super::Simulated);
}

mod invoker {
    lamplight_conformance::invoker!(super::Simulated);
}
