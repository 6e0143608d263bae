//! Creating and deleting functions.

use crate::workbench::{Gap, Workbench, expect_made};
use lamplight_domain::{EnvironmentVariable, Readiness};
use lamplight_ports::{CreateFunction, Effect, Publish, UploadWatch};
use std::sync::{Arc, Mutex};

/// The answer and a read describe the function as requested, and the function becomes ready.
pub async fn a_new_function_is_described_as_requested(bench: Arc<Workbench>) {
    let function = bench.new_function_ref();
    let mut wanted = bench.creation_request(&function);
    wanted.settings.ephemeral_storage_mb = Some(1024);
    wanted.settings.tracing = Some("Active".to_owned());
    let asked = wanted.settings.clone();
    let answer = expect_made(bench.management.functions.create(wanted, Effect::Make).await);
    let described = bench.wait_until_ready(&function).await;
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
        assert_eq!(sorted_pairs(settings.environment.as_ref()), sorted_pairs(asked.environment.as_ref()));
        assert_eq!(found.code_sha256.as_deref(), Some(bench.packages[0].sha256()));
        bench.expect(Gap::Revisions, found.revision.is_some(), found);
        let kept =
            settings.ephemeral_storage_mb == asked.ephemeral_storage_mb && settings.tracing == asked.tracing;
        bench.expect(Gap::EverySetting, kept, settings);
    }
    assert!(matches!(described.readiness, Some(Readiness::Ready | Readiness::Asleep) | None));
    let tags = crate::workbench::expect_read(bench.management.functions.tags(&function).await);
    assert_eq!(tags.get("suite").map(String::as_str), Some("conformance"));
}

/// The variables sorted by key, because each provider has its own order.
pub(super) fn sorted_pairs(variables: Option<&Vec<EnvironmentVariable>>) -> Vec<(&String, &String)> {
    let mut pairs: Vec<_> =
        variables.into_iter().flatten().map(|variable| (&variable.key, variable.value.reveal())).collect();
    pairs.sort();
    pairs
}

#[derive(Debug, Default)]
struct RecordedProgress(Mutex<Vec<(u64, u64)>>);

impl UploadWatch for RecordedProgress {
    fn sent(&self, sent: u64, of: u64) {
        self.0.lock().unwrap().push((sent, of));
    }
}

/// The reported progress of an upload never decreases, never exceeds the total, and ends with the total.
pub async fn upload_progress_is_reported_to_the_end(bench: Arc<Workbench>) {
    let (function, progress) = (bench.new_function_ref(), Arc::new(RecordedProgress::default()));
    let wanted = CreateFunction { watch: Some(progress.clone()), ..bench.creation_request(&function) };
    expect_made(bench.management.functions.create(wanted, Effect::Make).await);
    let progress = progress.0.lock().unwrap().clone();
    let (last, whole) = progress.last().copied().expect("progress is reported");
    assert!(progress.iter().all(|(_, of)| *of == whole), "{progress:?}");
    assert!(progress.is_sorted_by_key(|(sent, _)| *sent) && last == whole, "{progress:?}");
    assert!(
        whole > bench.packages[0].bytes().len() as u64,
        "the request contains more than the code: {whole}"
    );
}

/// A function that is created with `publish` has a version 1 that can be read.
pub async fn a_first_version_is_published_on_request(bench: Arc<Workbench>) {
    let function = bench.new_function_ref();
    let wanted = CreateFunction { publish: Publish::Version, ..bench.creation_request(&function) };
    let answer = expect_made(bench.management.functions.create(wanted, Effect::Make).await);
    assert_eq!(answer.version.as_deref(), Some("1"), "{answer:?}");
    bench.wait_until_ready(&function).await;
    let version = bench.find_function(&function, Some("1")).await.expect("version 1 exists");
    assert_eq!(version.code_sha256.as_deref(), Some(bench.packages[0].sha256()));
}

/// A deleted function no longer exists, nor do its versions.
pub async fn a_deleted_function_is_gone(bench: Arc<Workbench>) {
    let function = bench.function().await;
    let version = bench.version(&function).await;
    expect_made(bench.management.functions.delete(&function, None, Effect::Make).await);
    assert_eq!(bench.find_function(&function, None).await, None);
    assert_eq!(bench.find_function(&function, Some(&version)).await, None);
}
