//! Managing on the simulator: repeated changes, lost answers, throttling and missing resources, verb by verb.

use crate::desk::{
    Desk, adder, class, code, found, function, live, made, memory, new_code, relive, retries, statement,
    tags, version, whole,
};
use lamplight_app::{
    AuthGate, NoProgress,
    manage::{
        ChangeOutcome, EnvironmentMerge, FunctionDetail, FunctionFilter, PageLimits, add_permission,
        create_alias, create_function, delete_alias, delete_function, list_aliases, list_async_settings,
        list_functions, list_versions, plan_alias, plan_settings, publish_version, qualified_function,
        remove_permission, reserve_concurrency, reset_async_settings, set_async_settings, show_alias,
        show_async_settings, show_concurrency, show_function, show_policy, show_tags, tag_function,
        unqualified_function, update_alias, update_code, update_settings, wait_for_function,
        wait_while_pending,
    },
};
use lamplight_domain::{
    CodeSource, EnvironmentVariable, ErrorClass, ErrorCode, Function, FunctionCode, FunctionSettings,
    ImageSettings, PermissionStatement, Readiness, Redacted, Routing,
};
use lamplight_fake_adapter::{FakeFunction, FakeProvider};
use lamplight_ports::{
    CreateAlias, CreateFunction, Effect, QualifiedFunction, UpdateAlias, UpdateCode, UpdateSettings,
};
use std::{ops::ControlFlow, time::Duration};

/// Makes a change in four ways, each at its own provider: directly, after throttling, with a lost answer, and with a
/// lost request. The result is the same, except that it is `Found` after a lost answer. Making the change again gives
/// `$again`.
macro_rules! every_way {
    ($setup:expr, $again:pat, |$desk:ident| $change:expr) => {
        for way in ["plainly", "throttled", "answer lost", "request lost"] {
            let setup: Desk = $setup;
            let provider = setup.provider.clone();
            match way {
                "throttled" => drop(provider.throttle_changes(2)),
                "answer lost" => drop(provider.lose_next_answer()),
                "request lost" => drop(provider.lose_next_request()),
                _ => {}
            }
            let $desk = &setup;
            let change = $change.unwrap_or_else(|error| panic!("{way}: {error}"));
            let expected = if way == "answer lost" { found(&change) } else { made(&change) };
            assert!(expected, "{way}: {change:?}");
            let again = $change.map_err(|error| error.class());
            assert!(matches!(again, $again), "{way}: again: {again:?}");
        }
    };
}

#[tokio::test]
async fn functions_are_created_and_deleted_once_whatever_is_lost() {
    every_way!(Desk::empty(), Ok(ChangeOutcome::Unchanged(_)), |desk| create_function(
        &desk.changing(),
        &adder()
    )
    .await);
    every_way!(Desk::with_adder().await, Err(ErrorClass::NotFound), |desk| delete_function(
        &desk.changing(),
        &whole()
    )
    .await);
}

#[tokio::test]
async fn a_function_is_changed_once_whatever_is_lost() {
    every_way!(Desk::with_adder().await, Ok(ChangeOutcome::Unchanged(_)), |desk| update_code(
        &desk.changing(),
        &new_code("two")
    )
    .await);
    every_way!(Desk::with_adder().await, Ok(ChangeOutcome::Unchanged(_)), |desk| update_settings(
        &desk.changing(),
        &memory(512)
    )
    .await);
    every_way!(Desk::with_adder().await, Ok(ChangeOutcome::Unchanged(_)), |desk| tag_function(
        &desk.changing(),
        &function(),
        &tags()
    )
    .await);
    every_way!(Desk::with_adder().await, Ok(ChangeOutcome::Unchanged(_)), |desk| reserve_concurrency(
        &desk.changing(),
        &function(),
        Some(3)
    )
    .await);
}

#[tokio::test]
async fn aliases_permissions_and_async_change_once_despite_failures() {
    every_way!(Desk::with_adder().await, Ok(ChangeOutcome::Unchanged(_)), |desk| create_alias(
        &desk.changing(),
        &live("1")
    )
    .await);
    let with_alias = async || {
        let desk = Desk::with_adder().await;
        create_alias(&desk.changing(), &live("1")).await.unwrap();
        update_code(&desk.changing(), &new_code("two")).await.unwrap();
        publish_version(&desk.changing(), &version()).await.unwrap();
        desk
    };
    every_way!(with_alias().await, Ok(ChangeOutcome::Unchanged(_)), |desk| update_alias(
        &desk.changing(),
        &relive([("2".to_owned(), 0.1)].into())
    )
    .await);
    every_way!(with_alias().await, Err(ErrorClass::NotFound), |desk| delete_alias(
        &desk.changing(),
        &function(),
        "live"
    )
    .await);
    every_way!(Desk::with_adder().await, Ok(ChangeOutcome::Unchanged(_)), |desk| add_permission(
        &desk.changing(),
        &whole(),
        &statement(),
        None
    )
    .await);
    let with_permission = async || {
        let desk = Desk::with_adder().await;
        add_permission(&desk.changing(), &whole(), &statement(), None).await.unwrap();
        desk
    };
    every_way!(with_permission().await, Err(ErrorClass::NotFound), |desk| remove_permission(
        &desk.changing(),
        &whole(),
        "events",
        None
    )
    .await);
    every_way!(Desk::with_adder().await, Ok(ChangeOutcome::Unchanged(_)), |desk| set_async_settings(
        &desk.changing(),
        &whole(),
        &retries(1),
        true
    )
    .await);
    let with_async_settings = async || {
        let desk = Desk::with_adder().await;
        set_async_settings(&desk.changing(), &whole(), &retries(1), true).await.unwrap();
        desk
    };
    every_way!(with_async_settings().await, Ok(ChangeOutcome::Unchanged(_)), |desk| set_async_settings(
        &desk.changing(),
        &whole(),
        &retries(2),
        false
    )
    .await);
    every_way!(with_async_settings().await, Err(ErrorClass::NotFound), |desk| reset_async_settings(
        &desk.changing(),
        &whole()
    )
    .await);
}

#[tokio::test]
async fn a_part_that_is_not_requested_is_kept() {
    let desk = Desk::empty();
    let words = |word: &str| Some(vec![word.to_owned()]);
    let image =
        ImageSettings { entry_point: words("node"), command: words("old.js"), ..ImageSettings::default() };
    let made_of_image = CreateFunction {
        code: FunctionCode::new(CodeSource::Image(
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/adder:1".to_owned(),
        )),
        settings: FunctionSettings {
            role: adder().settings.role,
            image: Some(image),
            ..FunctionSettings::default()
        },
        ..adder()
    };
    create_function(&desk.changing(), &made_of_image).await.unwrap();
    let image = ImageSettings { command: words("new.js"), ..ImageSettings::default() };
    let settings = FunctionSettings { image: Some(image), ..FunctionSettings::default() };
    let request = UpdateSettings { function: function(), settings, if_revision: None };
    assert!(made(&update_settings(&desk.changing(), &request).await.unwrap()));
    assert!(!made(&update_settings(&desk.changing(), &request).await.unwrap()));
    let there = show_function(&desk.connection, &whole(), FunctionDetail::Whole).await.unwrap();
    let image = there.settings.image.unwrap();
    assert_eq!((image.entry_point, image.command), (words("node"), words("new.js")));
}

#[tokio::test]
async fn an_alias_cannot_route_to_the_version_it_points_to() {
    let desk = Desk::with_adder().await;
    create_alias(&desk.changing(), &live("1")).await.unwrap();
    let error = update_alias(&desk.changing(), &relive([("1".to_owned(), 0.1)].into())).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Usage);
    assert!(error.to_string().contains("the weight must go to another version"), "{error}");
}

#[tokio::test]
async fn what_exists_with_differences_is_a_conflict_that_names_them() {
    let desk = Desk::with_adder().await;
    let mut other = adder();
    other.settings.memory_mb = Some(1024);
    other.code = code("two");
    let error = create_function(&desk.changing(), &other).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Conflict);
    assert_eq!(
        error.to_string(),
        "function adder already exists and differs in memory size, code; nothing was changed"
    );
    let there = show_function(&desk.connection, &whole(), FunctionDetail::Whole).await.unwrap();
    assert_eq!(there.code_sha256.as_deref(), Some("one"));

    create_alias(&desk.changing(), &live("1")).await.unwrap();
    let other = CreateAlias { description: Some("canary".to_owned()), ..live("1") };
    assert_eq!(class(create_alias(&desk.changing(), &other).await), ErrorClass::Conflict);
    assert_eq!(show_alias(&desk.connection, &function(), "live").await.unwrap().description, None);

    add_permission(&desk.changing(), &whole(), &statement(), None).await.unwrap();
    let other = PermissionStatement { source_account: None, ..statement() };
    assert_eq!(class(add_permission(&desk.changing(), &whole(), &other, None).await), ErrorClass::Conflict);
    let policy = show_policy(&desk.connection, &whole()).await.unwrap();
    assert_eq!(policy.statement("events"), Some(&statement()));
}

#[tokio::test]
async fn a_change_of_another_revision_is_refused_and_changes_nothing() {
    let desk = Desk::with_adder().await;
    let stale = || Some("00000000-0000-4000-8000-000000000000".to_owned());
    let request = UpdateSettings { if_revision: stale(), ..memory(512) };
    assert_eq!(class(update_settings(&desk.changing(), &request).await), ErrorClass::Conflict);
    let request = UpdateCode { if_revision: stale(), ..new_code("two") };
    assert_eq!(class(update_code(&desk.changing(), &request).await), ErrorClass::Conflict);
    let there = show_function(&desk.connection, &whole(), FunctionDetail::Settings).await.unwrap();
    assert_eq!((there.settings.memory_mb, there.code_sha256.as_deref()), (Some(128), Some("one")));
    let request = UpdateSettings { if_revision: there.revision, ..memory(512) };
    assert!(made(&update_settings(&desk.changing(), &request).await.unwrap()));
}

#[tokio::test]
async fn what_is_only_shown_does_not_exist_afterwards() {
    let desk = Desk { effect: Effect::Show { secrets: false }, ..Desk::empty() };
    let change = create_function(&desk.changing(), &adder()).await.unwrap();
    assert!(matches!(change, ChangeOutcome::Shown(_)), "{change:?}");
    let absent = show_function(&desk.connection, &whole(), FunctionDetail::Whole).await;
    assert_eq!(class(absent), ErrorClass::NotFound);

    let mut desk = Desk::with_adder().await;
    desk.effect = Effect::Show { secrets: false };
    assert!(!made(&update_settings(&desk.changing(), &memory(512)).await.unwrap()));
    assert!(!made(&reserve_concurrency(&desk.changing(), &function(), Some(1)).await.unwrap()));
    assert!(!made(&delete_function(&desk.changing(), &whole()).await.unwrap()));
    let there = show_function(&desk.connection, &whole(), FunctionDetail::Whole).await.unwrap();
    assert_eq!((there.settings.memory_mb, there.reserved_concurrency), (Some(128), None));
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let desk = Desk::empty();
    let (changing, connection) = (desk.changing(), &desk.connection);
    let classes = [
        class(update_code(&changing, &new_code("two")).await),
        class(update_settings(&changing, &memory(512)).await),
        class(delete_function(&changing, &whole()).await),
        class(publish_version(&changing, &version()).await),
        class(tag_function(&changing, &function(), &tags()).await),
        class(reserve_concurrency(&changing, &function(), Some(1)).await),
        class(create_alias(&changing, &live("1")).await),
        class(update_alias(&changing, &relive(Routing::new())).await),
        class(delete_alias(&changing, &function(), "live").await),
        class(add_permission(&changing, &whole(), &statement(), None).await),
        class(remove_permission(&changing, &whole(), "events", None).await),
        class(set_async_settings(&changing, &whole(), &retries(1), true).await),
        class(reset_async_settings(&changing, &whole()).await),
        class(show_function(connection, &whole(), FunctionDetail::Settings).await),
        class(show_tags(connection, &function()).await),
        class(show_concurrency(connection, &function()).await),
        class(show_alias(connection, &function(), "live").await),
        class(show_policy(connection, &whole()).await),
        class(show_async_settings(connection, &whole()).await),
    ];
    assert_eq!(classes, [ErrorClass::NotFound; 19]);
}

#[tokio::test]
async fn waiting_ends_as_soon_as_a_function_is_ready() {
    let desk = Desk::of(FakeProvider::new([]).pending_for(3));
    create_function(&desk.changing(), &adder()).await.unwrap();
    let time = (&desk.clock as _, &desk.clock as _);
    let patience = Duration::from_millis(600);
    let error = wait_for_function(&desk.connection, &whole(), time, patience, &NoProgress).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::FunctionNotReady);
    let ready =
        wait_for_function(&desk.connection, &whole(), time, Duration::from_mins(5), &NoProgress).await;
    assert_eq!(ready.unwrap().state.as_deref(), Some("Active"));
    let absent = QualifiedFunction { qualifier: Some("9".parse().unwrap()), ..whole() };
    let missing = wait_for_function(&desk.connection, &absent, time, patience, &NoProgress).await;
    assert_eq!(class(missing), ErrorClass::NotFound);
}

#[tokio::test]
async fn an_update_in_progress_is_waited_for_and_a_failed_one_is_not() {
    let desk = Desk::of(FakeProvider::new([]).pending_for(3));
    create_function(&desk.changing(), &adder()).await.unwrap();
    let time = (&desk.clock as _, &desk.clock as _);
    let waited =
        wait_while_pending(&desk.connection, &whole(), time, Duration::from_mins(5), &NoProgress).await;
    assert_eq!(waited.unwrap().readiness, Some(Readiness::Ready));
    update_settings(&desk.changing(), &memory(512)).await.unwrap();
    let patience = Duration::ZERO;
    let error =
        wait_while_pending(&desk.connection, &whole(), time, patience, &NoProgress).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::FunctionNotReady);
}

fn variables(pairs: &[(&str, &str)]) -> Vec<EnvironmentVariable> {
    let variable = |(key, value): &(&str, &str)| EnvironmentVariable {
        key: (*key).to_owned(),
        value: Redacted::new((*value).to_owned()),
    };
    pairs.iter().map(variable).collect()
}

fn with_environment(pairs: &[(&str, &str)]) -> UpdateSettings {
    let settings = FunctionSettings { environment: Some(variables(pairs)), ..FunctionSettings::default() };
    UpdateSettings { function: function(), settings, if_revision: None }
}

#[tokio::test]
async fn variables_are_merged_into_the_revision_that_was_read() {
    let desk = Desk::with_adder().await;
    update_settings(&desk.changing(), &with_environment(&[("A", "1"), ("B", "2")])).await.unwrap();
    let merge = EnvironmentMerge { set: variables(&[("B", "3"), ("C", "4")]), unset: vec!["A".to_owned()] };
    let nothing = UpdateSettings { settings: FunctionSettings::default(), ..memory(128) };
    let plan = plan_settings(&desk.connection, nothing, &merge).await.unwrap();
    assert!(plan.removed.is_empty(), "{:?}", plan.removed);
    assert_eq!(plan.request.settings.environment, Some(variables(&[("B", "3"), ("C", "4")])));
    // Somebody else's variable is not lost.
    update_settings(&desk.changing(), &with_environment(&[("A", "1"), ("B", "2"), ("D", "5")]))
        .await
        .unwrap();
    assert_eq!(class(update_settings(&desk.changing(), &plan.request).await), ErrorClass::Conflict);
    let both = EnvironmentMerge { set: variables(&[("A", "1")]), unset: vec!["A".to_owned()] };
    assert_eq!(class(plan_settings(&desk.connection, memory(1), &both).await), ErrorClass::Usage);
}

#[tokio::test]
async fn what_was_confirmed_to_go_is_all_that_goes() {
    let desk = Desk::with_adder().await;
    update_settings(&desk.changing(), &with_environment(&[("A", "1"), ("B", "2")])).await.unwrap();
    let plan = plan_settings(&desk.connection, with_environment(&[("B", "9")]), &EnvironmentMerge::default())
        .await
        .unwrap();
    assert_eq!(plan.removed, ["environment variable A"]);
    update_settings(&desk.changing(), &with_environment(&[("A", "1"), ("B", "2"), ("C", "3")]))
        .await
        .unwrap();
    assert_eq!(class(update_settings(&desk.changing(), &plan.request).await), ErrorClass::Conflict);
    let plan = plan_settings(&desk.connection, memory(512), &EnvironmentMerge::default()).await.unwrap();
    assert_eq!((plan.removed.len(), plan.request.if_revision), (0, None));
}

#[tokio::test]
async fn an_alias_is_not_pointed_to_the_version_that_it_routes_to() {
    let desk = Desk::with_adder().await;
    create_alias(&desk.changing(), &live("1")).await.unwrap();
    update_code(&desk.changing(), &new_code("two")).await.unwrap();
    publish_version(&desk.changing(), &version()).await.unwrap();
    update_alias(&desk.changing(), &relive([("2".to_owned(), 0.1)].into())).await.unwrap();
    let to_2 = UpdateAlias { version: Some("2".to_owned()), routing: None, ..relive(Routing::new()) };
    let error = update_alias(&desk.changing(), &to_2).await.unwrap_err();
    assert!(error.to_string().contains("already routes 10 % of its calls to version 2"), "{error}");
    let promotion = UpdateAlias { routing: Some(Routing::new()), ..to_2 };
    let plan = plan_alias(&desk.connection, promotion).await.unwrap();
    assert!(plan.removed.is_empty(), "{:?}", plan.removed);
    assert!(made(&update_alias(&desk.changing(), &plan.request).await.unwrap()));
}

#[tokio::test]
async fn a_statement_is_the_same_however_its_principal_is_spelled() {
    let desk = Desk::with_adder().await;
    let with = |principal: &str| PermissionStatement {
        id: "s".to_owned(),
        action: "lambda:InvokeFunction".to_owned(),
        principal: principal.to_owned(),
        ..PermissionStatement::default()
    };
    let root = with("arn:aws:iam::123456789012:root");
    add_permission(&desk.changing(), &whole(), &root, None).await.unwrap();
    for principal in ["123456789012", "arn:aws:iam::123456789012:root"] {
        let again = add_permission(&desk.changing(), &whole(), &with(principal), None).await.unwrap();
        assert!(matches!(again, ChangeOutcome::Unchanged(_)), "{principal}");
    }
    let other = add_permission(&desk.changing(), &whole(), &with("210987654321"), None).await;
    assert_eq!(class(other), ErrorClass::Conflict);
}

#[tokio::test]
async fn a_policy_of_nothing_is_told_from_a_function_without_one() {
    let desk = Desk::with_adder().await;
    let nothing = QualifiedFunction { qualifier: Some("nothere".parse().unwrap()), ..whole() };
    for (subject, code) in [(whole(), ErrorCode::NotFound), (nothing, ErrorCode::FunctionNotFound)] {
        assert_eq!(show_policy(&desk.connection, &subject).await.unwrap_err().code(), code);
        assert_eq!(show_async_settings(&desk.connection, &subject).await.unwrap_err().code(), code);
        let removed = remove_permission(&desk.changing(), &subject, "s", None).await;
        assert_eq!(removed.unwrap_err().code(), code);
    }
}

#[tokio::test]
async fn a_list_passes_each_page_on_before_it_fetches_the_next() {
    let functions = (0..10).map(|n| FakeFunction::echo(format!("f{n}").parse().unwrap()));
    let desk = Desk::of(FakeProvider::new(functions).with_page_size(3));
    let never = lamplight_app::CancellationToken::new();
    let gate = AuthGate::new(&desk.clock, &NoProgress, &never, Duration::ZERO);
    let mut pages = Vec::new();
    let mut keep = |page: Vec<Function>| {
        pages.push(page.len());
        if pages.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let (filter, limits) = (FunctionFilter::default(), PageLimits::default());
    let listed = list_functions(&desk.connection, &filter, &limits, &gate, &mut keep).await.unwrap();
    assert_eq!((listed.count, listed.next_marker.is_some()), (6, true));
    assert_eq!(pages, [3, 3], "the reader can stop the list");
    let limits = PageLimits { marker: listed.next_marker, ..PageLimits::default() };
    let mut rest = 0;
    let mut count = |page: Vec<Function>| {
        rest += page.len();
        ControlFlow::Continue(())
    };
    let listed = list_functions(&desk.connection, &filter, &limits, &gate, &mut count).await.unwrap();
    assert_eq!((rest, listed.next_marker), (4, None));
    let filter = FunctionFilter { primary_region: Some("ALL".to_owned()), ..filter };
    let mut none = |_page: Vec<Function>| ControlFlow::Continue(());
    let refused = list_functions(&desk.connection, &filter, &PageLimits::default(), &gate, &mut none).await;
    assert_eq!(class(refused), ErrorClass::Usage);
}

#[tokio::test]
async fn aliases_and_async_settings_are_listed() {
    let desk = Desk::with_adder().await;
    create_alias(&desk.changing(), &live("1")).await.unwrap();
    create_alias(&desk.changing(), &CreateAlias { name: "next".to_owned(), ..live("$LATEST") })
        .await
        .unwrap();
    let mut names = Vec::new();
    let mut keep = |page: Vec<lamplight_domain::Alias>| {
        names.extend(page.into_iter().map(|alias| alias.name));
        ControlFlow::Continue(())
    };
    list_aliases(&desk.connection, &function(), Some("1"), &PageLimits::default(), &mut keep).await.unwrap();
    list_aliases(&desk.connection, &function(), None, &PageLimits::default(), &mut keep).await.unwrap();
    assert_eq!(names, ["live", "live", "next"]);
    set_async_settings(&desk.changing(), &whole(), &retries(0), true).await.unwrap();
    let mut found = 0;
    let mut count = |page: Vec<lamplight_domain::DescribedAsyncSettings>| {
        found += page.len();
        ControlFlow::Continue(())
    };
    list_async_settings(&desk.connection, &function(), &PageLimits::default(), &mut count).await.unwrap();
    assert_eq!(found, 1);
}

#[tokio::test]
async fn a_text_is_parsed_as_a_function_with_at_most_one_version_or_alias() {
    let connection = Desk::empty().connection;
    let qualified = |text, beside| qualified_function(&connection, text, beside);
    assert_eq!(qualified("adder:live", None).unwrap().qualifier.unwrap().as_str(), "live");
    assert_eq!(qualified("adder", Some("7")).unwrap().qualifier.unwrap().as_str(), "7");
    assert_eq!(qualified("adder:live", Some("live")).unwrap().qualifier.unwrap().as_str(), "live");
    assert!(qualified("adder", None).unwrap().qualifier.is_none());
    assert_eq!(class(qualified("adder:live", Some("7"))), ErrorClass::Usage);
    assert_eq!(class(unqualified_function(&connection, "adder:live")), ErrorClass::Usage);
    assert_eq!(unqualified_function(&connection, "adder").unwrap().name.as_str(), "adder");
}

#[test]
fn use_cases_can_be_awaited_from_any_thread() {
    fn is_send<T: Send>(_: &T) {}
    let desk = Desk::empty();
    let (changing, request) = (desk.changing(), adder());
    is_send(&create_function(&changing, &request));
    let alias = live("1");
    is_send(&create_alias(&changing, &alias));
    let statement = statement();
    let subject = whole();
    is_send(&add_permission(&changing, &subject, &statement, None));
    let mut keep = |_page: Vec<Function>| ControlFlow::Continue(());
    let (function, limits) = (function(), PageLimits::default());
    is_send(&list_versions(&desk.connection, &function, &limits, &mut keep));
}
