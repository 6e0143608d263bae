//! Tests reading entries with an in-memory keyring that can be made to fail or never to respond.

use super::*;
use async_trait::async_trait;
use keyring_core::{api::CredentialStoreApi, mock};
use lamplight_conformance::secret_resolver::{SecretHarness, SecretShelf};
use lamplight_domain::ErrorCode;
use lamplight_ports::{ExposeSecret, SecretResolver};
use std::{error::Error as _, sync::Arc};

/// An in-memory keyring that is read like the system's.
#[derive(Debug, Clone)]
struct InMemory(Arc<mock::Store>);

impl InMemory {
    fn new() -> Self {
        Self(mock::Store::new().unwrap())
    }

    fn entry(&self) -> keyring_core::Entry {
        self.0.build("lamplight", "prod/key", None).unwrap()
    }

    /// Makes the next read fail.
    fn fail(&self, error: Error) {
        let entry = self.entry();
        entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
    }
}

#[async_trait]
impl SecretResolver for InMemory {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        let SecretRef::Keyring { service, account } = reference else {
            // References to other stores are rejected before a keyring is read.
            return crate::KeyringSecrets.resolve(reference).await;
        };
        let store = Arc::clone(&self.0);
        read_on_thread(free(), service, account, reference, move |service, account| {
            let entry = store.build(service, account, None).map_err(Failure::Told)?;
            entry.get_password().map_err(Failure::Told)
        })
        .await
    }
}

/// A semaphore that never makes a read wait.
fn free() -> &'static Semaphore {
    static FREE: Semaphore = Semaphore::const_new(Semaphore::MAX_PERMITS);
    &FREE
}

struct Rings;

#[async_trait]
impl SecretHarness for Rings {
    async fn arrange(&self, secret: &str) -> Box<dyn SecretShelf> {
        let ring = InMemory::new();
        ring.put(secret).await;
        Box::new(ring)
    }
}

#[async_trait]
impl SecretShelf for InMemory {
    fn resolver(&self) -> Arc<dyn SecretResolver> {
        Arc::new(self.clone())
    }

    fn reference(&self) -> SecretRef {
        reference("keyring:lamplight/prod/key")
    }

    fn absent(&self) -> Vec<SecretRef> {
        ["keyring:lamplight/prod", "keyring:other/prod/key"].map(reference).to_vec()
    }

    fn foreign(&self) -> Vec<SecretRef> {
        ["env:KEY", "file:/key", "vault:kv/app#key", "aws-sm:app"].map(reference).to_vec()
    }

    async fn put(&self, secret: &str) {
        self.entry().set_password(secret).unwrap();
    }
}

fn reference(text: &str) -> SecretRef {
    text.parse().unwrap()
}

mod in_memory {
    lamplight_conformance::secret_resolver!(super::Rings);
}

#[tokio::test]
async fn each_failure_says_what_to_do_and_shows_no_secret() {
    use PortErrorKind::{InvalidRequest, NotFound, Unavailable};
    let ring = InMemory::new();
    ring.put("hunter2").await;
    let own = SecretShelf::reference(&ring);
    for (failure, kind, code, expected) in [
        (Error::NoEntry, NotFound, ErrorCode::SecretNotFound, "store it"),
        (Error::Ambiguous(vec![ring.entry()]), InvalidRequest, ErrorCode::SecretInvalid, "more than once"),
        (
            Error::BadEncoding(b"hunter2".to_vec()),
            InvalidRequest,
            ErrorCode::SecretInvalid,
            "not valid UTF-8",
        ),
        (
            Error::BadDataFormat(b"hunter2".to_vec(), "hunter2".into()),
            InvalidRequest,
            ErrorCode::SecretInvalid,
            "not valid UTF-8",
        ),
        (Error::TooLong("user".to_owned(), 5), InvalidRequest, ErrorCode::SecretInvalid, "limit of 5"),
        (Error::NoStorageAccess("not now".into()), Unavailable, ErrorCode::SecretUnreadable, "is locked"),
        (Error::NoDefaultStore, Unavailable, ErrorCode::SecretUnreadable, "mode 0600"),
        (Error::PlatformFailure("bus gone".into()), Unavailable, ErrorCode::SecretUnreadable, "bus gone"),
        (
            Error::BadStoreFormat("hunter2".to_owned()),
            Unavailable,
            ErrorCode::SecretUnreadable,
            "could not read",
        ),
    ] {
        ring.fail(failure);
        let error = ring.resolve(&own).await.unwrap_err();
        let cause = error.source().map(ToString::to_string);
        let told = format!("{error} {error:?} {:?} {cause:?}", error.hint);
        assert_eq!((error.kind, error.code.clone()), (kind, code), "{told}");
        assert!(error.message.contains("keyring:lamplight/prod/key") && error.hint.is_some(), "{told}");
        assert!(told.contains(expected) && !told.contains("hunter2"), "{told}");
    }
    assert_eq!(ring.resolve(&own).await.unwrap().expose_secret(), "hunter2", "it works again");
}

#[tokio::test]
async fn without_a_keyring_the_error_gives_reason_and_alternative() {
    let own = reference("keyring:lamplight/prod/key");
    let missing = |_: &str, _: &str| Err(Failure::None(Some("no bus".to_owned())));
    let error = read_on_thread(free(), "lamplight", "prod/key", &own, missing).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Unavailable, ErrorCode::SecretUnreadable));
    assert!(error.message.contains("keyring:lamplight/prod/key"), "{error:?}");
    assert!(
        error
            .hint
            .as_ref()
            .map(ToString::to_string)
            .as_deref()
            .is_some_and(|hint| hint.contains("file:") && hint.contains("env:"))
    );
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("no bus"));
}

#[tokio::test(start_paused = true)]
async fn a_keyring_that_never_answers_times_out() {
    let own = reference("keyring:lamplight/prod/key");
    let (let_go, held) = std::sync::mpsc::channel::<()>();
    let silent = move |_: &str, _: &str| {
        let _ = held.recv();
        Ok("hunter2".to_owned())
    };
    let begun = tokio::time::Instant::now();
    let error = read_on_thread(free(), "lamplight", "prod/key", &own, silent).await.unwrap_err();
    assert_eq!(begun.elapsed(), PATIENCE);
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Unavailable, ErrorCode::SecretUnreadable));
    assert!(error.message.contains("keyring:lamplight/prod/key"), "{error:?}");
    drop(let_go);
}

#[test]
fn a_keyring_that_never_answers_does_not_block_shutdown() {
    let own = reference("keyring:lamplight/prod/key");
    let (let_go, held) = std::sync::mpsc::channel::<()>();
    let silent = move |_: &str, _: &str| {
        let _ = held.recv();
        Ok("hunter2".to_owned())
    };
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().unwrap();
    assert!(runtime.block_on(read_on_thread(free(), "lamplight", "prod/key", &own, silent)).is_err());
    // This would wait forever if the read ran on one of the runtime's own threads.
    drop(runtime);
    assert!(let_go.send(()).is_ok(), "the keyring is silent still");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_timed_out_is_not_made_later() {
    static TURN: Semaphore = Semaphore::const_new(1);
    let own = reference("keyring:lamplight/prod/key");
    let (let_go, held) = std::sync::mpsc::channel::<()>();
    let silent = move |_: &str, _: &str| {
        let _ = held.recv();
        Ok("hunter2".to_owned())
    };
    assert!(read_on_thread(&TURN, "lamplight", "prod/key", &own, silent).await.is_err());
    let (asked, was_asked) = std::sync::mpsc::channel();
    let second = move |_: &str, _: &str| {
        let _ = asked.send(());
        Ok("hunter2".to_owned())
    };
    let error = read_on_thread(&TURN, "lamplight", "prod/key", &own, second).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Unavailable, ErrorCode::SecretUnreadable));
    assert!(was_asked.recv().is_err(), "the second reading waits behind the first and is given up");
    // The first read ends, and the keyring can be read again.
    drop(let_go);
    let _turn = TURN.acquire().await.unwrap();
}

#[tokio::test]
async fn a_keyring_that_breaks_down_is_an_error_like_any_other() {
    let own = reference("keyring:lamplight/prod/key");
    // `resume_unwind` does not print a panic message into the test output.
    let broken = |_: &str, _: &str| std::panic::resume_unwind(Box::new("broken"));
    let error = read_on_thread(free(), "lamplight", "prod/key", &own, broken).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Unavailable, ErrorCode::SecretUnreadable));
}

#[test]
fn names_in_commands_are_quoted_for_the_shell() {
    for (word, expected) in [
        ("prod/key@x.example", "prod/key@x.example"),
        ("my app", "'my app'"),
        ("$(reboot)", "'$(reboot)'"),
        ("it's", r"'it'\''s'"),
    ] {
        assert_eq!(quote(word), expected);
    }
}
