//! The catalogue's conformance suite.

use crate::support::open_all;
use async_trait::async_trait;
use lamplight_conformance::catalogue::{ArrangedCatalogue, CatalogueHarness, Gap, Shelf, function_name};
use lamplight_http_functions_adapter::HttpFunction;

struct Harness;

#[async_trait]
impl CatalogueHarness for Harness {
    async fn arrange(&self, wanted: Shelf) -> ArrangedCatalogue {
        let functions = (0..wanted.functions).map(|index| {
            let url = format!("http://127.0.0.1:9/{index}");
            (
                function_name(index).parse().unwrap(),
                HttpFunction { timeout_seconds: Some(3), ..HttpFunction::new(url) },
            )
        });
        ArrangedCatalogue { catalogue: open_all(functions.collect()).catalogue, keep: Box::new(()) }
    }

    async fn arrange_refusal(&self) -> ArrangedCatalogue {
        unreachable!("nobody is refused")
    }

    fn lacks(&self) -> &'static [Gap] {
        &[Gap::Qualifiers, Gap::Environment, Gap::Runtime, Gap::Memory, Gap::Refusals]
    }
}

lamplight_conformance::function_catalogue!(Harness);
