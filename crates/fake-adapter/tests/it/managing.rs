//! The management suites.

use async_trait::async_trait;
use lamplight_conformance::workbench::{ArrangedLayer, Arrangement, Gap, WorkbenchHarness};
use lamplight_domain::{LayerVersion, Package, Settings};
use lamplight_fake_adapter::{FakeProvider, ManualClock};
use std::sync::Arc;

/// A provider whose functions are described as pending after a change, with pages of at most two items.
struct Simulated(u32);

/// The beginning of every zip file; the simulator does not read the rest.
fn package(content: u8) -> Package {
    Package::new([b"PK\x03\x04".to_vec(), vec![content; 100_000]].concat(), format!("{content:043}="))
}

#[async_trait]
impl WorkbenchHarness for Simulated {
    async fn arrange(&self) -> Arrangement {
        let of_python = LayerVersion { runtimes: vec!["python3.13".to_owned()], ..LayerVersion::default() };
        let provider = FakeProvider::new([])
            .pending_for(self.0)
            .with_page_size(2)
            .with_layer("common", [of_python.clone(), of_python.clone()])
            .with_layer("other", [LayerVersion::default()])
            .with_layer("third", [of_python]);
        let connection = provider.connection("simulated".parse().unwrap(), Settings::default());
        Arrangement {
            prefix: "suite".to_owned(),
            catalogue: connection.catalogue,
            management: connection.management.unwrap(),
            sleeper: Arc::new(ManualClock::default()),
            packages: [package(1), package(2)],
            runtime: "python3.13".to_owned(),
            handler: "app.handler".to_owned(),
            role: "arn:aws:iam::000000000000:role/suite".to_owned(),
            destinations: ["done", "failed"]
                .map(|queue| format!("arn:aws:sqs:us-east-1:000000000000:{queue}")),
            layer: Some(ArrangedLayer {
                name: "common".to_owned(),
                runtime: "python3.13".to_owned(),
                other_runtime: "java25".to_owned(),
            }),
            lacks: LACKS,
            keep: Box::new(()),
        }
    }
}

/// The simulator has no gaps.
const LACKS: &[Gap] = &[];

mod account {
    lamplight_conformance::account!(super::Simulated(0));
}

mod functions {
    lamplight_conformance::function_manager!(super::Simulated(0));
}

mod functions_that_take_their_time {
    lamplight_conformance::function_manager!(super::Simulated(2));
}

mod aliases {
    lamplight_conformance::aliases!(super::Simulated(0));
}

mod permissions {
    lamplight_conformance::permissions!(super::Simulated(0));
}

mod layers {
    lamplight_conformance::layers!(super::Simulated(0));
}

mod async_invocations {
    lamplight_conformance::async_invocations!(super::Simulated(0));
}
