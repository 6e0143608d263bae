//! What is refused, what is only shown, and what stands in no text.

use crate::{
    catalogue::SECRET_VALUE,
    samples::parsed,
    workbench::{
        Gap, SHOW, Workbench, all_texts, check_texts, is_refused, publish, refused, shown, update_settings,
        variable,
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

/// A change that is only shown changes nothing, and its request can be read without code and secrets.
pub async fn showing_changes_nothing(bench: Arc<Workbench>) {
    let functions = &bench.management.functions;
    let unmade = bench.unmade();
    shown(functions.create(bench.wanted(&unmade), SHOW).await, unmade.name.as_str());
    assert_eq!(bench.look(&unmade, None).await, None);

    let function = bench.function().await;
    let version = bench.version(&function).await;
    let (name, before) = (function.name.as_str(), bench.ready(&function).await);
    let code = UpdateCode {
        function: function.clone(),
        code: bench.code(1),
        publish: Publish::Version,
        if_revision: None,
        watch: None,
    };
    let preview = shown(functions.update_code(code, SHOW).await, name);
    let body = preview.body.unwrap_or_default();
    let zip_in_base64 = "UEsDB";
    assert!(!body.contains(zip_in_base64), "{body}");
    shown(functions.update_settings(update_settings(&function, settings(9, 1024)), SHOW).await, name);
    shown(functions.publish(publish(&function), SHOW).await, name);
    let change =
        TagChange { set: [("a".to_owned(), "b".to_owned())].into(), remove: vec!["suite".to_owned()] };
    shown(functions.tag(&function, change, SHOW).await, name);
    shown(functions.reserve_concurrency(&function, Some(1), SHOW).await, name);
    shown(functions.reserve_concurrency(&function, None, SHOW).await, name);
    shown(functions.delete(&function, Some(&parsed::<Qualifier>(&version)), SHOW).await, name);
    shown(functions.delete(&function, None, SHOW).await, name);

    assert_eq!(bench.now(&function).await, before);
    assert!(bench.look(&function, Some(&version)).await.is_some());
    let tags = crate::workbench::read(functions.tags(&function).await);
    assert!(tags.contains_key("suite") && !tags.contains_key("a"), "{tags:?}");
}

/// A request that breaks rules of the provider names each of them, and changes nothing.
pub async fn a_broken_rule_is_an_invalid_request_and_changes_nothing(bench: Arc<Workbench>) {
    let functions = &bench.management.functions;
    let unmade = bench.unmade();
    let mut wanted = bench.wanted(&unmade);
    wanted.settings = FunctionSettings { ..settings(0, 1) };
    for effect in [Effect::Make, SHOW] {
        let error = refused(functions.create(wanted.clone(), effect).await, PortErrorKind::InvalidRequest);
        for member in ["Timeout", "MemorySize", "Role"] {
            assert!(error.error.message.contains(member), "{member} is not in {error:?}");
        }
    }
    assert_eq!(bench.look(&unmade, None).await, None);

    let function = bench.function().await;
    let before = bench.now(&function).await;
    let update = update_settings(&function, settings(1_000_000, 1));
    let error = refused(functions.update_settings(update, Effect::Make).await, PortErrorKind::InvalidRequest);
    for member in ["Timeout", "MemorySize"] {
        assert!(error.error.message.contains(member), "{member} is not in {error:?}");
    }
    assert_eq!(bench.now(&function).await, before);
}

/// A function that exists is not made again, and stays as it is.
pub async fn what_exists_already_is_a_conflict(bench: Arc<Workbench>) {
    let function = bench.function().await;
    let before = bench.now(&function).await;
    let mut wanted = bench.wanted(&function);
    wanted.settings.memory_mb = Some(1024);
    refused(bench.management.functions.create(wanted, Effect::Make).await, PortErrorKind::Conflict);
    assert_eq!(bench.now(&function).await, before);
}

/// Changing, deleting or reading more of a function that does not exist is not found.
pub async fn what_does_not_exist_is_not_found(bench: Arc<Workbench>) {
    let (absent, functions) = (bench.unmade(), &bench.management.functions);
    let not_found = PortErrorKind::NotFound;
    let code = UpdateCode {
        function: absent.clone(),
        code: bench.code(1),
        publish: Publish::No,
        if_revision: None,
        watch: None,
    };
    refused(functions.update_code(code, Effect::Make).await, not_found);
    refused(
        functions.update_settings(update_settings(&absent, settings(9, 256)), Effect::Make).await,
        not_found,
    );
    refused(functions.publish(publish(&absent), Effect::Make).await, not_found);
    refused(functions.delete(&absent, None, Effect::Make).await, not_found);
    assert_eq!(bench.look(&absent, None).await, None);

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

/// Values of the environment stand in no error, with its causes, and in no `Debug`.
pub async fn secrets_are_in_no_text(bench: Arc<Workbench>) {
    let (function, functions) = (bench.function().await, &bench.management.functions);
    let silent = |thing: &dyn Debug| {
        let text = format!("{thing:?}");
        assert!(!text.contains(SECRET_VALUE), "{text}");
    };
    let wanted = bench.wanted(&function);
    silent(&wanted);
    silent(&bench.now(&function).await);
    silent(functions);
    silent(&bench.catalogue);

    let mut broken = bench.wanted(&bench.unmade());
    broken.settings.memory_mb = Some(1);
    // A key that is none, with the secret as its value.
    broken.settings.environment = Some(vec![variable("1 2", SECRET_VALUE)]);
    let update = UpdateSettings {
        if_revision: Some("no-such-revision".to_owned()),
        ..update_settings(&bench.unmade(), wanted.settings.clone())
    };
    let errors = [
        functions.create(broken, Effect::Make).await.err(),
        functions.create(wanted, Effect::Make).await.err(),
        functions.update_settings(update, Effect::Make).await.err(),
    ];
    for error in errors {
        let error = error.expect("each is refused");
        silent(&error);
        let texts = all_texts(&error.error);
        assert!(!texts.contains(SECRET_VALUE), "{texts}");
    }
}
