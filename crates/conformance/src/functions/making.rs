//! Making functions, and deleting them.

use crate::workbench::{Gap, Workbench, made};
use lamplight_domain::{EnvironmentVariable, Readiness};
use lamplight_ports::{CreateFunction, Effect, Publish, UploadWatch};
use std::sync::{Arc, Mutex};

/// What was asked for is what is described, by the answer and by reading; it can be called in the end.
pub async fn what_is_created_is_described_as_asked(bench: Arc<Workbench>) {
    let function = bench.unmade();
    let mut wanted = bench.wanted(&function);
    wanted.settings.ephemeral_storage_mb = Some(1024);
    wanted.settings.tracing = Some("Active".to_owned());
    let asked = wanted.settings.clone();
    let answer = made(bench.management.functions.create(wanted, Effect::Make).await);
    let described = bench.ready(&function).await;
    for found in [&answer, &described] {
        assert_eq!(found.name, function.name);
        assert!(found.reference.contains(function.name.as_str()), "{found:?}");
        let settings = &found.settings;
        assert_eq!(settings.description, asked.description);
        assert_eq!(settings.runtime, asked.runtime);
        assert_eq!(settings.handler, asked.handler);
        assert_eq!(settings.role, asked.role);
        assert_eq!(settings.timeout_seconds, asked.timeout_seconds);
        assert_eq!(settings.memory_mb, asked.memory_mb);
        assert_eq!(sorted(settings.environment.as_ref()), sorted(asked.environment.as_ref()));
        assert_eq!(found.code_sha256.as_deref(), Some(bench.packages[0].sha256()));
        bench.expect(Gap::Revisions, found.revision.is_some(), found);
        let kept =
            settings.ephemeral_storage_mb == asked.ephemeral_storage_mb && settings.tracing == asked.tracing;
        bench.expect(Gap::EverySetting, kept, settings);
    }
    assert!(matches!(described.readiness, Some(Readiness::Ready | Readiness::Asleep) | None));
    let tags = crate::workbench::read(bench.management.functions.tags(&function).await);
    assert_eq!(tags.get("suite").map(String::as_str), Some("conformance"));
}

/// Each by its key: a provider has its own order.
pub(super) fn sorted(variables: Option<&Vec<EnvironmentVariable>>) -> Vec<(&String, &String)> {
    let mut pairs: Vec<_> =
        variables.into_iter().flatten().map(|variable| (&variable.key, variable.value.reveal())).collect();
    pairs.sort();
    pairs
}

#[derive(Debug, Default)]
struct Heard(Mutex<Vec<(u64, u64)>>);

impl UploadWatch for Heard {
    fn sent(&self, sent: u64, of: u64) {
        self.0.lock().unwrap().push((sent, of));
    }
}

/// What is told of an upload never falls, never passes the whole, and ends with it.
pub async fn an_upload_is_told_from_its_beginning_to_its_end(bench: Arc<Workbench>) {
    let (function, heard) = (bench.unmade(), Arc::new(Heard::default()));
    let wanted = CreateFunction { watch: Some(heard.clone()), ..bench.wanted(&function) };
    made(bench.management.functions.create(wanted, Effect::Make).await);
    let heard = heard.0.lock().unwrap().clone();
    let (last, whole) = heard.last().copied().expect("something is told");
    assert!(heard.iter().all(|(_, of)| *of == whole), "{heard:?}");
    assert!(heard.is_sorted_by_key(|(sent, _)| *sent) && last == whole, "{heard:?}");
    assert!(
        whole > bench.packages[0].bytes().len() as u64,
        "the code is only a part of the request: {whole}"
    );
}

/// A function that is published as it is made has a version that can be found.
pub async fn a_first_version_is_published_where_it_is_asked_for(bench: Arc<Workbench>) {
    let function = bench.unmade();
    let wanted = CreateFunction { publish: Publish::Version, ..bench.wanted(&function) };
    let answer = made(bench.management.functions.create(wanted, Effect::Make).await);
    assert_eq!(answer.version.as_deref(), Some("1"), "{answer:?}");
    bench.ready(&function).await;
    let version = bench.look(&function, Some("1")).await.expect("version 1 is there");
    assert_eq!(version.code_sha256.as_deref(), Some(bench.packages[0].sha256()));
}

/// A function that was deleted is gone, with its versions.
pub async fn what_is_deleted_is_gone(bench: Arc<Workbench>) {
    let function = bench.function().await;
    let version = bench.version(&function).await;
    made(bench.management.functions.delete(&function, None, Effect::Make).await);
    assert_eq!(bench.look(&function, None).await, None);
    assert_eq!(bench.look(&function, Some(&version)).await, None);
}
