//! Changes of the code and the settings of functions.

use super::making::sorted_pairs;
use crate::{
    catalogue::{SECRET_KEY, SECRET_VALUE},
    workbench::{Gap, Workbench, expect_made, is_refused, publish, update_settings, variable},
};
use lamplight_domain::{Function, FunctionRef, FunctionSettings};
use lamplight_ports::{Effect, PortErrorKind, Publish, PublishVersion, UpdateCode, UpdateSettings};
use std::sync::Arc;

fn new_code(bench: &Workbench, function: &FunctionRef) -> UpdateCode {
    UpdateCode {
        function: function.clone(),
        code: bench.code(1),
        publish: Publish::No,
        if_revision: None,
        watch: None,
    }
}

fn memory(memory_mb: u32) -> FunctionSettings {
    FunctionSettings { memory_mb: Some(memory_mb), ..FunctionSettings::default() }
}

/// A change does not affect what it leaves out; what it contains is set as requested, the environment as a whole.
pub async fn an_update_keeps_what_it_leaves_out(bench: Arc<Workbench>) {
    let function = bench.function().await;
    let before = bench.current(&function).await;
    expect_made(
        bench
            .management
            .functions
            .update_settings(update_settings(&function, memory(512)), Effect::Make)
            .await,
    );
    let after = bench.wait_until_ready(&function).await;
    assert_eq!(after.settings, FunctionSettings { memory_mb: Some(512), ..before.settings });
    assert_eq!(after.code_sha256, before.code_sha256);
    let environment = Some(vec![variable("ONLY", "this")]);
    let asked = FunctionSettings { environment, ..FunctionSettings::default() };
    expect_made(
        bench.management.functions.update_settings(update_settings(&function, asked), Effect::Make).await,
    );
    let after = bench.wait_until_ready(&function).await.settings.environment;
    assert_eq!(sorted_pairs(after.as_ref()), [(&"ONLY".to_owned(), &"this".to_owned())]);
}

/// An empty text or list removes a setting.
pub async fn an_empty_value_removes_a_setting(bench: Arc<Workbench>) {
    let function = bench.function().await;
    let nothing = FunctionSettings {
        description: Some(String::new()),
        environment: Some(Vec::new()),
        ..FunctionSettings::default()
    };
    expect_made(
        bench.management.functions.update_settings(update_settings(&function, nothing), Effect::Make).await,
    );
    let after = bench.wait_until_ready(&function).await;
    let taken_away = after.settings.description.is_none() && after.environment().is_empty();
    bench.expect(Gap::TakingAway, taken_away, &after);
}

/// New code changes the checksum and does not change settings.
pub async fn new_code_has_its_checksum(bench: Arc<Workbench>) {
    let function = bench.function().await;
    let before = bench.current(&function).await;
    let answer =
        expect_made(bench.management.functions.update_code(new_code(&bench, &function), Effect::Make).await);
    assert_eq!(answer.code_sha256.as_deref(), Some(bench.packages[1].sha256()));
    let after = bench.wait_until_ready(&function).await;
    assert_eq!(after.code_sha256.as_deref(), Some(bench.packages[1].sha256()));
    assert_eq!(after.settings, before.settings);
}

/// No two states of a function have the same revision, and reading does not change the revision.
pub async fn every_change_gives_a_new_revision(bench: Arc<Workbench>) {
    let function = bench.function().await;
    let mut seen = vec![bench.current(&function).await.revision];
    expect_made(
        bench
            .management
            .functions
            .update_settings(update_settings(&function, memory(512)), Effect::Make)
            .await,
    );
    seen.push(bench.wait_until_ready(&function).await.revision);
    expect_made(bench.management.functions.update_code(new_code(&bench, &function), Effect::Make).await);
    seen.push(bench.wait_until_ready(&function).await.revision);
    assert_eq!(seen.last(), Some(&bench.current(&function).await.revision), "reading changed something");
    let distinct = seen[0].is_some() && seen[0] != seen[1] && seen[1] != seen[2] && seen[0] != seen[2];
    bench.expect(Gap::Revisions, distinct, &seen);
}

/// A change for another revision is a conflict and is not made; a change for the current revision is made.
pub async fn a_stale_revision_is_a_conflict(bench: Arc<Workbench>) {
    if bench.lacks(Gap::Revisions) {
        return;
    }
    let (function, functions) = (bench.function().await, &bench.management.functions);
    let stale = bench.current(&function).await.revision;
    expect_made(functions.update_settings(update_settings(&function, memory(512)), Effect::Make).await);
    let before = bench.wait_until_ready(&function).await;
    let unchanged =
        |after: &Function| (&after.settings, &after.code_sha256) == (&before.settings, &before.code_sha256);

    let settings = |if_revision| UpdateSettings { if_revision, ..update_settings(&function, memory(640)) };
    let outcome = functions.update_settings(settings(stale.clone()), Effect::Make).await;
    let holds =
        is_refused(&outcome, PortErrorKind::Conflict) && unchanged(&bench.wait_until_ready(&function).await);
    bench.expect(Gap::RevisionOfSettings, holds, &outcome);

    let code = |if_revision| UpdateCode { if_revision, ..new_code(&bench, &function) };
    let outcome = functions.update_code(code(stale.clone()), Effect::Make).await;
    let refused = is_refused(&outcome, PortErrorKind::Conflict);
    let after = bench.wait_until_ready(&function).await;
    bench.expect(Gap::RevisionOfCode, refused && after.code_sha256 == before.code_sha256, &outcome);

    let version = |if_revision| PublishVersion { if_revision, ..publish(&function) };
    let outcome = functions.publish(version(stale), Effect::Make).await;
    bench.expect(Gap::RevisionOfPublish, is_refused(&outcome, PortErrorKind::Conflict), &outcome);

    expect_made(
        functions
            .update_settings(settings(bench.wait_until_ready(&function).await.revision), Effect::Make)
            .await,
    );
    expect_made(
        functions.update_code(code(bench.wait_until_ready(&function).await.revision), Effect::Make).await,
    );
    expect_made(
        functions.publish(version(bench.wait_until_ready(&function).await.revision), Effect::Make).await,
    );
}

/// A preview shows the values of environment variables only if secrets are requested.
pub async fn environment_values_are_shown_only_on_request(bench: Arc<Workbench>) {
    let function = bench.function().await;
    let environment = Some(vec![variable(SECRET_KEY, SECRET_VALUE)]);
    let asked = FunctionSettings { environment, ..FunctionSettings::default() };
    for secrets in [false, true] {
        let effect = Effect::Show { secrets };
        let update = update_settings(&function, asked.clone());
        let create = bench.creation_request(&bench.new_function_ref());
        let bodies = [
            bench.management.functions.update_settings(update, effect).await,
            bench.management.functions.create(create, effect).await,
        ];
        for changed in bodies {
            let Ok(lamplight_ports::Changed::Shown(preview)) = changed else { panic!("{changed:?}") };
            let body = preview.body.unwrap_or_default();
            assert!(body.contains(SECRET_KEY), "{body}");
            assert_eq!(body.contains(SECRET_VALUE), secrets, "{body}");
        }
    }
}
