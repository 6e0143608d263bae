//! The suites of managing over the real adapter, against both peers. What a peer lacks is named, and held to be lacking
//! still.

use crate::peer::Peer;
use async_trait::async_trait;
use lamplight_aws_adapter::{AccessKey, AwsConnectionConfig, CredentialsSource, open};
use lamplight_aws_model::Region;
use lamplight_conformance::workbench::{ArrangedLayer, Arrangement, Gap, WorkbenchHarness};
use lamplight_domain::Package;
use lamplight_ports::IdSource;
use lamplight_system_adapter::{SystemIds, TokioSleeper, read_package};
use std::sync::Arc;

const RUNTIME: &str = "python3.12";

/// What ministack does not do as Lambda does.
const MINISTACK: &[Gap] = &[
    Gap::AliasesByVersion,
    Gap::AliasOfAbsentVersion,
    Gap::ChecksumOfPublish,
    Gap::RevisionOfPublish,
    Gap::EmptyPolicy,
    Gap::RevisionOfPolicy,
    Gap::QualifiedPolicies,
    Gap::AsyncSettingsPages,
    Gap::AsyncSettingsUpdate,
    Gap::TakingDestinationAway,
];

/// What moto does not do as Lambda does.
const MOTO: &[Gap] = &[
    Gap::Account,
    Gap::RevisionOfAlias,
    Gap::Pages,
    Gap::AliasesByVersion,
    Gap::ChecksumOfPublish,
    Gap::Revisions,
    Gap::VersionInUse,
    Gap::VersionsOfTheAbsent,
    Gap::StatementTwice,
    Gap::LayerPages,
    Gap::LayersByRuntime,
    Gap::OrganizationOfLayer,
    Gap::RevisionOfLayerPolicy,
    Gap::RemovalByRevision,
    Gap::QualifiedPolicies,
    Gap::AsyncSettingsListing,
    Gap::SecondPut,
    Gap::AsyncSettingsUpdate,
    Gap::TakingDestinationAway,
    Gap::QualifiedAsyncSettings,
    Gap::UpdateOfAbsentAsyncSettings,
];

/// One of the peers.
struct Bench {
    peer: fn() -> Peer,
    /// The account that all is in.
    account: &'static str,
    lacks: &'static [Gap],
    /// Whether a layer is laid down, which takes the real `aws` and its time.
    layered: bool,
}

/// Python that answers with its event, and a line that makes another package of it.
fn package(peer: &Peer, line: &str) -> Package {
    peer.file("code/app.py", &format!("def handler(event, context):\n    return event\n# {line}\n"));
    let package = read_package(&peer.path("code"), &[]).unwrap();
    Package::new(package.bytes, package.sha256)
}

#[async_trait]
impl WorkbenchHarness for Bench {
    async fn arrange(&self) -> Arrangement {
        let peer = (self.peer)();
        let key = AccessKey { id: "test".into(), secret: "test".into(), session_token: None };
        let ports = open(AwsConnectionConfig {
            endpoint_url: Some(peer.url().to_owned()),
            sts_endpoint_url: Some(peer.url().to_owned()),
            credentials: CredentialsSource::AccessKey(key),
            ..AwsConnectionConfig::new(Region::us_east_1())
        })
        .unwrap();
        let prefix = format!("suite-{}", SystemIds.run_key().to_string().replace('-', ""));
        let layer = self.layered.then(|| {
            let name = format!("{prefix}-layer");
            for _version in 1..=2 {
                peer.publish_layer(&name, RUNTIME);
            }
            ArrangedLayer { name, runtime: RUNTIME.to_owned(), other_runtime: "java21".to_owned() }
        });
        Arrangement {
            catalogue: ports.catalogue,
            management: ports.management,
            sleeper: Arc::new(TokioSleeper),
            packages: [package(&peer, "one"), package(&peer, "two")],
            runtime: RUNTIME.to_owned(),
            handler: "app.handler".to_owned(),
            role: format!("arn:aws:iam::{}:role/lamplight-peer", self.account),
            destinations: ["done", "failed"]
                .map(|name| format!("arn:aws:sqs:us-east-1:{}:{name}", self.account)),
            layer,
            lacks: self.lacks,
            prefix,
            keep: Box::new(peer),
        }
    }
}

macro_rules! every_suite {
    ($bench:ident) => {
        mod account {
            lamplight_conformance::account!(crate::conformance::$bench);
        }
        mod functions {
            lamplight_conformance::function_manager!(crate::conformance::$bench);
        }
        mod aliases {
            lamplight_conformance::aliases!(crate::conformance::$bench);
        }
        mod permissions {
            lamplight_conformance::permissions!(crate::conformance::$bench);
        }
        mod layers {
            use crate::conformance::{Bench, $bench};
            lamplight_conformance::layers!(Bench { layered: true, ..$bench });
        }
        mod async_invocations {
            lamplight_conformance::async_invocations!(crate::conformance::$bench);
        }
    };
}

const AT_MINISTACK: Bench =
    Bench { peer: Peer::ministack, account: "000000000000", lacks: MINISTACK, layered: false };
const AT_MOTO: Bench = Bench { peer: Peer::moto, account: "123456789012", lacks: MOTO, layered: false };

mod ministack {
    every_suite!(AT_MINISTACK);
}

mod moto {
    every_suite!(AT_MOTO);
}
