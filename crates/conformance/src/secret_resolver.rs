//! What every adapter of [`SecretResolver`] must do.

use async_trait::async_trait;
use lamplight_domain::SecretRef;
use lamplight_ports::{ExposeSecret, PortError, PortErrorKind, SecretResolver};
use std::{error::Error, sync::Arc};

/// Part of every arranged secret, so that texts can be searched for it.
pub const MARK: &str = "hunter2";

/// A resolver and its store, which holds one secret.
#[async_trait]
pub trait SecretShelf: Send + Sync {
    /// The resolver.
    fn resolver(&self) -> Arc<dyn SecretResolver>;

    /// The reference to the secret.
    fn reference(&self) -> SecretRef;

    /// References that the resolver can read, to secrets that do not exist; at least one.
    fn absent(&self) -> Vec<SecretRef>;

    /// References of kinds that the resolver does not support; at least one.
    fn foreign(&self) -> Vec<SecretRef>;

    /// Replaces the secret.
    async fn put(&self, secret: &str);
}

/// Arranges stores for the suite.
#[async_trait]
pub trait SecretHarness: Send + Sync {
    /// Arranges a separate store that holds `secret`, which does not end with a line break.
    async fn arrange(&self, secret: &str) -> Box<dyn SecretShelf>;
}

/// Expands to one test per guarantee, run through `Arc<dyn SecretResolver>`, as callers hold the port. The argument is
/// an expression that creates a [`SecretHarness`]; the crate needs `tokio` with its macros as a dev-dependency.
#[macro_export]
macro_rules! secret_resolver {
    ($harness:expr) => {
        $crate::secret_resolver!(@each $harness;
            a_secret_is_read_as_stored,
            a_replaced_secret_is_read_immediately,
            an_absent_secret_is_named,
            a_foreign_reference_is_refused_and_named,
            secrets_are_never_printed,
            concurrent_reads_do_not_affect_each_other,
        );
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test]
            async fn $guarantee() {
                $crate::secret_resolver::$guarantee(&$harness).await;
            }
        )*
    };
}

/// A secret is read exactly as it was stored, whatever characters it has.
pub async fn a_secret_is_read_as_stored(harness: &dyn SecretHarness) {
    let long = MARK.repeat(500);
    for secret in [MARK, " hunter2\t", "\"hunter2\\n{}", "ключ-hunter2-🔑", "hunter2\nhunter2", "12", &long]
    {
        let shelf = harness.arrange(secret).await;
        assert_eq!(expect_secret(&*shelf.resolver(), &shelf.reference()).await, secret);
    }
}

/// The next read after a replacement returns the new secret.
pub async fn a_replaced_secret_is_read_immediately(harness: &dyn SecretHarness) {
    let shelf = harness.arrange("hunter2-old").await;
    let (resolver, reference) = (shelf.resolver(), shelf.reference());
    for secret in ["hunter2-old", "hunter2-new", "hunter2-newer"] {
        shelf.put(secret).await;
        assert_eq!(expect_secret(&*resolver, &reference).await, secret);
    }
}

/// A reference to a secret that does not exist fails as not found, and the error names the reference.
pub async fn an_absent_secret_is_named(harness: &dyn SecretHarness) {
    let shelf = harness.arrange(MARK).await;
    for reference in shelf.absent() {
        let error = expect_error(&*shelf.resolver(), &reference).await;
        assert_eq!(error.kind, PortErrorKind::NotFound, "{reference}: {error:?}");
        assert_named(&error, &reference);
    }
}

/// A reference of another kind fails as unsupported, and the error names the reference.
pub async fn a_foreign_reference_is_refused_and_named(harness: &dyn SecretHarness) {
    let shelf = harness.arrange(MARK).await;
    for reference in shelf.foreign() {
        let error = expect_error(&*shelf.resolver(), &reference).await;
        assert_eq!(error.kind, PortErrorKind::Unsupported, "{reference}: {error:?}");
        assert_named(&error, &reference);
    }
}

/// No secret appears in an error or in `Debug` output, neither before nor after it was read.
pub async fn secrets_are_never_printed(harness: &dyn SecretHarness) {
    let shelf = harness.arrange(MARK).await;
    let resolver = shelf.resolver();
    let mut texts = vec![format!("{resolver:?}")];
    texts.push(format!("{:?}", resolver.resolve(&shelf.reference()).await));
    for reference in shelf.absent().into_iter().chain(shelf.foreign()) {
        let error = expect_error(&*resolver, &reference).await;
        texts.push(format!(
            "{error:?} {error} {:?} {:?}",
            error.hint,
            error.source().map(ToString::to_string)
        ));
    }
    texts.push(format!("{resolver:?}"));
    for text in texts {
        assert!(!text.contains(MARK), "{text}");
    }
}

/// Concurrent reads do not affect each other.
pub async fn concurrent_reads_do_not_affect_each_other(harness: &dyn SecretHarness) {
    let shelf = harness.arrange(MARK).await;
    let mut readings = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (resolver, reference) = (shelf.resolver(), shelf.reference());
        readings.spawn(async move { expect_secret(&*resolver, &reference).await });
    }
    assert_eq!(readings.join_all().await, vec![MARK; 8]);
}

async fn expect_secret(resolver: &dyn SecretResolver, reference: &SecretRef) -> String {
    match resolver.resolve(reference).await {
        Ok(secret) => secret.expose_secret().to_owned(),
        Err(error) => panic!("reading {reference} failed: {error:?}"),
    }
}

async fn expect_error(resolver: &dyn SecretResolver, reference: &SecretRef) -> PortError {
    match resolver.resolve(reference).await {
        Ok(_) => panic!("reading {reference} should fail"),
        Err(error) => error,
    }
}

fn assert_named(error: &PortError, reference: &SecretRef) {
    assert!(error.message.contains(&reference.to_string()), "{error:?}");
    assert!(error.code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{error:?}");
}
