//! Refused changes, previews, and secrets in texts.

use crate::{
    catalogue::SECRET_VALUE,
    samples::parse_name,
    workbench::{
        Gap, SHOW, Workbench, all_texts, check_texts, expect_refused, expect_shown, is_refused, publish,
        update_settings, variable,
    },
};
use lamplight_domain::{FunctionSettings, Qualifier};
use lamplight_ports::{
    Effect, ListVersions, PortError, PortErrorKind, Publish, TagChange, UpdateCode, UpdateSettings,
};
use std::{fmt::Debug, sync::Arc};

fn settings(timeout_seconds: u32, memory_mb: u32) -> FunctionSettings {
    FunctionSettings {
        timeout_seconds: Some(timeout_seconds),
        memory_mb: Some(memory_mb),
        ..FunctionSettings::default()
    }
}

/// A preview changes nothing, and its request is readable without code and secrets.
pub async fn a_preview_changes_nothing(bench: Arc<Workbench>) {
    let functions = &bench.management.functions;
    let unmade = bench.new_function_ref();
    expect_shown(functions.create(bench.creation_request(&unmade), SHOW).await, unmade.name.as_str());
    assert_eq!(bench.find_function(&unmade, None).await, None);

    let function = bench.function().await;
    let version = bench.version(&function).await;
    let (name, before) = (function.name.as_str(), bench.wait_until_ready(&function).await);
    let code = UpdateCode {
        function: function.clone(),
        code: bench.code(1),
        publish: Publish::Version,
        if_revision: None,
        watch: None,
    };
    let preview = expect_shown(functions.update_code(code, SHOW).await, name);
    let body = preview.body.unwrap_or_default();
    let zip_in_base64 = "UEsDB";
    assert!(!body.contains(zip_in_base64), "{body}");
    expect_shown(functions.update_settings(update_settings(&function, settings(9, 1024)), SHOW).await, name);
    expect_shown(functions.publish(publish(&function), SHOW).await, name);
    let change =
        TagChange { set: [("a".to_owned(), "b".to_owned())].into(), remove: vec!["suite".to_owned()] };
    expect_shown(functions.tag(&function, change, SHOW).await, name);
    expect_shown(functions.reserve_concurrency(&function, Some(1), SHOW).await, name);
    expect_shown(functions.reserve_concurrency(&function, None, SHOW).await, name);
    expect_shown(functions.delete(&function, Some(&parse_name::<Qualifier>(&version)), SHOW).await, name);
    expect_shown(functions.delete(&function, None, SHOW).await, name);

    assert_eq!(bench.current(&function).await, before);
    assert!(bench.find_function(&function, Some(&version)).await.is_some());
    let tags = crate::workbench::expect_read(functions.tags(&function).await);
    assert!(tags.contains_key("suite") && !tags.contains_key("a"), "{tags:?}");
}

/// A request that breaks rules which the adapter checks names each of them, and changes nothing.
pub async fn a_broken_rule_is_an_invalid_request_and_changes_nothing(bench: Arc<Workbench>) {
    let functions = &bench.management.functions;
    let unmade = bench.new_function_ref();
    let mut wanted = bench.creation_request(&unmade);
    let reserved = || Some(vec![variable("AWS_REGION", "x")]);
    wanted.settings.environment = reserved();
    wanted.settings.role = None;
    for effect in [Effect::Make, SHOW] {
        let error =
            expect_refused(functions.create(wanted.clone(), effect).await, PortErrorKind::InvalidRequest);
        for member in ["AWS_REGION", "Role"] {
            assert!(error.error.message.contains(member), "{member} is not in {error:?}");
        }
    }
    assert_eq!(bench.find_function(&unmade, None).await, None);

    let function = bench.function().await;
    let before = bench.current(&function).await;
    let update = FunctionSettings { environment: reserved(), ..settings(9, 1024) };
    let update = functions.update_settings(update_settings(&function, update), Effect::Make).await;
    let error = expect_refused(update, PortErrorKind::InvalidRequest);
    assert!(error.error.message.contains("AWS_REGION"), "{error:?}");
    assert_eq!(bench.current(&function).await, before);
}

/// Creating a function that exists fails and does not change it.
pub async fn creating_what_exists_is_a_conflict(bench: Arc<Workbench>) {
    let function = bench.function().await;
    let before = bench.current(&function).await;
    let mut wanted = bench.creation_request(&function);
    wanted.settings.memory_mb = Some(1024);
    expect_refused(bench.management.functions.create(wanted, Effect::Make).await, PortErrorKind::Conflict);
    assert_eq!(bench.current(&function).await, before);
}

/// Changing, deleting or reading details of a function that does not exist fails as not found.
pub async fn what_does_not_exist_is_not_found(bench: Arc<Workbench>) {
    let (absent, functions) = (bench.new_function_ref(), &bench.management.functions);
    let not_found = PortErrorKind::NotFound;
    let code = UpdateCode {
        function: absent.clone(),
        code: bench.code(1),
        publish: Publish::No,
        if_revision: None,
        watch: None,
    };
    expect_refused(functions.update_code(code, Effect::Make).await, not_found);
    expect_refused(
        functions.update_settings(update_settings(&absent, settings(9, 256)), Effect::Make).await,
        not_found,
    );
    expect_refused(functions.publish(publish(&absent), Effect::Make).await, not_found);
    expect_refused(functions.delete(&absent, None, Effect::Make).await, not_found);
    assert_eq!(bench.find_function(&absent, None).await, None);

    let absent_too = |error: Option<PortError>| {
        error.is_some_and(|error| {
            check_texts(&error);
            error.kind == not_found
        })
    };
    let versions = ListVersions { function: absent.clone(), marker: None, page_size: None };
    let outcome = functions.versions(versions).await;
    let told = format!("{outcome:?}");
    bench.expect(Gap::VersionsOfTheAbsent, absent_too(outcome.err()), &told);

    let change = TagChange { set: [("a".to_owned(), "b".to_owned())].into(), remove: Vec::new() };
    let changed = functions.tag(&absent, change, Effect::Make).await;
    let holds = is_refused(&changed, not_found) && absent_too(functions.tags(&absent).await.err());
    bench.expect(Gap::TagsOfTheAbsent, holds, &changed);

    let changed = functions.reserve_concurrency(&absent, Some(1), Effect::Make).await;
    let holds =
        is_refused(&changed, not_found) && absent_too(functions.reserved_concurrency(&absent).await.err());
    bench.expect(Gap::ConcurrencyOfTheAbsent, holds, &changed);
}

/// The values of environment variables do not appear in errors, in their causes, or in `Debug` output.
pub async fn secrets_are_never_printed(bench: Arc<Workbench>) {
    let (function, functions) = (bench.function().await, &bench.management.functions);
    let silent = |thing: &dyn Debug| {
        let text = format!("{thing:?}");
        assert!(!text.contains(SECRET_VALUE), "{text}");
    };
    let wanted = bench.creation_request(&function);
    silent(&wanted);
    silent(&bench.current(&function).await);
    silent(functions);
    silent(&bench.catalogue);

    let mut broken = bench.creation_request(&bench.new_function_ref());
    broken.settings.environment = Some(vec![variable("AWS_REGION", SECRET_VALUE)]);
    let update = UpdateSettings {
        if_revision: Some("no-such-revision".to_owned()),
        ..update_settings(&bench.new_function_ref(), wanted.settings.clone())
    };
    let errors = [
        functions.create(broken, Effect::Make).await.err(),
        functions.create(wanted, Effect::Make).await.err(),
        functions.update_settings(update, Effect::Make).await.err(),
    ];
    for error in errors {
        let error = error.expect("each request is refused");
        silent(&error);
        let texts = all_texts(&error.error);
        assert!(!texts.contains(SECRET_VALUE), "{texts}");
    }
}
