//! Outcomes of changes whose answers were lost, and of versions and functions that already exist.

use crate::desk::{
    Desk, adder, class, code, found, function, live, made, new_code, relive, statement, tags, version, whole,
};
use async_trait::async_trait;
use lamplight_app::manage::{
    ChangeContext, ChangeOutcome, FunctionDetail, add_permission, create_alias, create_function,
    delete_alias, delete_function, publish_version, remove_permission, reset_async_settings,
    set_async_settings, show_alias, show_function, update_alias, update_code,
};
use lamplight_domain::{
    Alias, AsyncSettings, CodeSource, ErrorClass, ErrorCode, FunctionCode, FunctionRef, Routing,
};
use lamplight_ports::{
    Aliases, Applied, ChangeError, Changed, Connection, CreateAlias, CreateFunction, Effect, ListAliases,
    Page, PortError, PortErrorKind, Publish, Sleeper, UpdateAlias, UpdateCode,
};
use std::{sync::Arc, time::Duration};

#[tokio::test]
async fn publishing_with_a_lost_answer_makes_no_second_version() {
    for lose_answer in [false, true] {
        let desk = Desk::with_adder().await;
        update_code(&desk.changing(), &new_code("two")).await.unwrap();
        let provider = desk.provider.clone();
        drop(if lose_answer { provider.lose_next_answer() } else { provider.lose_next_request() });
        let change = publish_version(&desk.changing(), &version()).await.unwrap();
        assert!(if lose_answer { found(&change) } else { made(&change) }, "{change:?}");
        let published = change.thing().unwrap();
        assert_eq!(published.version.as_deref(), Some("2"));
        let versions = desk.versions().await;
        assert_eq!(versions, ["$LATEST", "1", "2"]);
    }
}

#[tokio::test]
async fn a_differing_create_is_unknown_if_the_answer_is_lost() {
    let desk = Desk::with_adder().await;
    let mut other = adder();
    other.settings.memory_mb = Some(1024);
    drop(desk.provider.clone().lose_next_request());
    let error = create_function(&desk.changing(), &other).await.unwrap_err();
    assert_eq!((error.class(), error.code()), (ErrorClass::Unknown, ErrorCode::ChangeUnknown));
    assert!(error.to_string().contains("memory size"), "{error}");
}

#[tokio::test]
async fn a_change_that_may_have_been_made_before_is_not_reported_as_made() {
    let desk = Desk::with_adder().await;
    drop(desk.provider.clone().lose_next_request());
    let change = create_function(&desk.changing(), &adder()).await.unwrap();
    assert!(found(&change), "it was there before: {change:?}");

    add_permission(&desk.changing(), &whole(), &statement(), None).await.unwrap();
    drop(desk.provider.clone().lose_next_request());
    let change = add_permission(&desk.changing(), &whole(), &statement(), None).await.unwrap();
    assert!(found(&change), "it was there before: {change:?}");
}

/// Aliases of a provider where each change is made, then changed again by somebody else, and then its answer is lost.
#[derive(Debug)]
struct Raced(Arc<dyn Aliases>);

impl Raced {
    fn lost<T>() -> Result<Changed<T>, ChangeError> {
        let error = PortError::new(PortErrorKind::Unavailable, ErrorCode::NoAnswer, "the connection ended");
        Err(ChangeError { applied: Applied::Maybe, transient: true, retry_after: None, error })
    }
}

#[async_trait]
impl Aliases for Raced {
    async fn get(&self, function: &FunctionRef, name: &str) -> Result<Option<Alias>, PortError> {
        self.0.get(function, name).await
    }

    async fn list(&self, request: ListAliases) -> Result<Page<Alias>, PortError> {
        self.0.list(request).await
    }

    async fn create(&self, request: CreateAlias, effect: Effect) -> Result<Changed<Alias>, ChangeError> {
        self.0.create(request, effect).await
    }

    async fn update(&self, request: UpdateAlias, effect: Effect) -> Result<Changed<Alias>, ChangeError> {
        let back = UpdateAlias { description: Some("theirs".to_owned()), ..request.clone() };
        self.0.update(request, effect).await?;
        self.0.update(back, effect).await?;
        Self::lost()
    }

    async fn delete(
        &self,
        function: &FunctionRef,
        name: &str,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError> {
        self.0.delete(function, name, effect).await?;
        let theirs = CreateAlias { description: Some("theirs".to_owned()), ..live("1") };
        self.0.create(theirs, effect).await?;
        Self::lost()
    }
}

#[tokio::test]
async fn a_later_change_by_another_user_is_not_undone() {
    let mut desk = Desk::with_adder().await;
    create_alias(&desk.changing(), &live("1")).await.unwrap();
    let management = desk.connection.management.as_mut().unwrap();
    management.aliases = Arc::new(Raced(Arc::clone(&management.aliases)));
    let ours = UpdateAlias { description: Some("ours".to_owned()), routing: None, ..relive(Routing::new()) };
    assert_eq!(class(update_alias(&desk.changing(), &ours).await), ErrorClass::Unknown);
    let there = show_alias(&desk.connection, &function(), "live").await.unwrap();
    assert_eq!(there.description.as_deref(), Some("theirs"));
    assert_eq!(class(delete_alias(&desk.changing(), &function(), "live").await), ErrorClass::Unknown);
    let there = show_alias(&desk.connection, &function(), "live").await.unwrap();
    assert_eq!(there.description.as_deref(), Some("theirs"));
}

#[tokio::test]
async fn what_does_not_exist_is_reported_before_the_change() {
    let desk = Desk::with_adder().await;
    drop(desk.provider.clone().lose_next_request());
    assert_eq!(class(delete_alias(&desk.changing(), &function(), "live").await), ErrorClass::NotFound);
    assert_eq!(
        class(remove_permission(&desk.changing(), &whole(), "events", None).await),
        ErrorClass::NotFound
    );
    assert_eq!(class(reset_async_settings(&desk.changing(), &whole()).await), ErrorClass::NotFound);
    assert_eq!(class(delete_function(&Desk::empty().changing(), &whole()).await), ErrorClass::NotFound);
    let settings = AsyncSettings { max_retries: Some(1), ..AsyncSettings::default() };
    assert_eq!(
        class(set_async_settings(&desk.changing(), &whole(), &settings, false).await),
        ErrorClass::NotFound
    );
}

#[tokio::test]
async fn publishing_an_already_published_version_is_unchanged() {
    let desk = Desk::with_adder().await;
    let change = publish_version(&desk.changing(), &version()).await.unwrap();
    let ChangeOutcome::Unchanged(published) = change else { panic!("{change:?}") };
    assert_eq!(published.version.as_deref(), Some("1"));
    drop(desk.provider.clone().lose_next_answer());
    let change = publish_version(&desk.changing(), &version()).await.unwrap();
    assert!(matches!(change, ChangeOutcome::Unchanged(_)), "{change:?}");
    assert_eq!(desk.versions().await, ["$LATEST", "1"]);
}

/// Somebody else, who updates the code of the function during every wait.
#[derive(Debug)]
struct Meddler(Connection);

#[async_trait]
impl Sleeper for Meddler {
    async fn sleep(&self, _duration: Duration) {
        let uploaded =
            self.0.management.as_ref().unwrap().functions.update_code(new_code("theirs"), Effect::Make).await;
        drop(uploaded.unwrap());
    }
}

#[tokio::test]
async fn code_uploaded_by_another_user_is_not_published() {
    let desk = Desk::with_adder().await;
    update_code(&desk.changing(), &new_code("ours")).await.unwrap();
    let meddler = Meddler(desk.connection.clone());
    for fault in ["request lost", "throttled"] {
        let provider = desk.provider.clone();
        drop(if fault == "throttled" { provider.throttle_changes(1) } else { provider.lose_next_request() });
        let changing = ChangeContext { sleeper: &meddler, ..desk.changing() };
        let error = publish_version(&changing, &version()).await.unwrap_err();
        assert_eq!(desk.versions().await, ["$LATEST", "1"], "{fault}: {error}");
        update_code(&desk.changing(), &new_code("ours")).await.unwrap();
    }
}

#[tokio::test]
async fn code_that_already_exists_is_published_without_being_sent() {
    let desk = Desk::with_adder().await;
    let publishing = |sha256| UpdateCode { publish: Publish::Version, ..new_code(sha256) };
    let change = update_code(&desk.changing(), &publishing("one")).await.unwrap();
    assert!(
        matches!(&change, ChangeOutcome::Unchanged(version) if version.version.as_deref() == Some("1")),
        "{change:?}"
    );
    update_code(&desk.changing(), &new_code("two")).await.unwrap();
    let change = update_code(&desk.changing(), &publishing("two")).await.unwrap();
    assert!(
        matches!(&change, ChangeOutcome::Made(version) if version.version.as_deref() == Some("2")),
        "{change:?}"
    );
}

#[tokio::test]
async fn a_version_published_with_a_lost_answer_is_found() {
    let desk = Desk::with_adder().await;
    drop(desk.provider.clone().lose_next_answer());
    let request = UpdateCode { publish: Publish::Version, ..new_code("two") };
    let change = update_code(&desk.changing(), &request).await.unwrap();
    assert!(
        matches!(&change, ChangeOutcome::Found(version) if version.version.as_deref() == Some("2")),
        "{change:?}"
    );

    let desk = Desk::empty();
    drop(desk.provider.clone().lose_next_answer());
    let request = CreateFunction { publish: Publish::Version, ..adder() };
    let change = create_function(&desk.changing(), &request).await.unwrap();
    assert!(
        matches!(&change, ChangeOutcome::Found(version) if version.version.as_deref() == Some("1")),
        "{change:?}"
    );
    let change = create_function(&desk.changing(), &request).await.unwrap();
    assert!(
        matches!(&change, ChangeOutcome::Unchanged(version) if version.version.as_deref() == Some("1")),
        "{change:?}"
    );

    update_code(&desk.changing(), &new_code("two")).await.unwrap();
    let request = CreateFunction { code: code("two"), ..request };
    let error = create_function(&desk.changing(), &request).await.unwrap_err();
    assert!(error.to_string().contains("differs in newest version"), "{error}");
}

#[tokio::test]
async fn a_function_matches_only_if_every_part_can_be_compared() {
    let desk = Desk::empty();
    let tagged = CreateFunction { tags: tags().set, ..adder() };
    create_function(&desk.changing(), &tagged).await.unwrap();
    assert!(!made(&create_function(&desk.changing(), &tagged).await.unwrap()));
    let mut otherwise = tagged.clone();
    otherwise.tags.insert("team".to_owned(), "risk".to_owned());
    let stored = FunctionCode::new(CodeSource::StoredObject {
        bucket: "builds".to_owned(),
        key: "adder.zip".to_owned(),
        version: None,
        mode: None,
    });
    for (request, what) in [
        (otherwise, "differs in tags;"),
        (CreateFunction { tenancy: Some("PER_TENANT".to_owned()), ..tagged.clone() }, "differs in tenancy;"),
        (CreateFunction { code: stored, ..tagged.clone() }, "as requested: code;"),
        (
            CreateFunction {
                code_signing: Some(
                    "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0"
                        .to_owned(),
                ),
                ..tagged
            },
            "as requested: code signing;",
        ),
    ] {
        let error = create_function(&desk.changing(), &request).await.unwrap_err();
        assert_eq!((error.class(), error.code()), (ErrorClass::Conflict, ErrorCode::ExistsOtherwise));
        assert!(error.to_string().contains(what), "{error}");
    }
    let there = show_function(&desk.connection, &whole(), FunctionDetail::Whole).await.unwrap();
    assert_eq!(there.tags, Some(tags().set));
}
