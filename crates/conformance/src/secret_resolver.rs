//! What every adapter of [`SecretResolver`] must do.

use async_trait::async_trait;
use lamplight_domain::SecretRef;
use lamplight_ports::{ExposeSecret, PortError, PortErrorKind, SecretResolver};
use std::{error::Error, sync::Arc};

/// What every secret arranged has in it, to be looked for in texts.
pub const MARK: &str = "hunter2";

/// A resolver over a store that holds one secret.
#[async_trait]
pub trait SecretShelf: Send + Sync {
    /// The resolver.
    fn resolver(&self) -> Arc<dyn SecretResolver>;

    /// Where the secret is.
    fn reference(&self) -> SecretRef;

    /// References of kinds that the resolver reads and that lead nowhere; at least one.
    fn absent(&self) -> Vec<SecretRef>;

    /// References of kinds that the resolver does not read; at least one.
    fn foreign(&self) -> Vec<SecretRef>;

    /// Replaces the secret.
    async fn put(&self, secret: &str);
}

/// Makes stores for the suite.
#[async_trait]
pub trait SecretHarness: Send + Sync {
    /// A store of its own that holds `secret`, which does not end with a line end.
    async fn arrange(&self, secret: &str) -> Box<dyn SecretShelf>;
}

/// Expands to one test for each guarantee, run through `Arc<dyn SecretResolver>`, which is how the port is
/// held. The argument is an expression that gives a [`SecretHarness`]; the crate needs `tokio` with its macros
/// among its dev-dependencies.
#[macro_export]
macro_rules! secret_resolver {
    ($harness:expr) => {
        $crate::secret_resolver!(@each $harness;
            a_secret_is_given_as_it_is_kept,
            a_replaced_secret_is_given_at_once,
            what_leads_nowhere_is_named,
            what_is_kept_elsewhere_is_refused_and_named,
            no_secret_is_in_a_text,
            many_can_read_at_once,
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

/// A secret comes out as it went in, whatever characters it has.
pub async fn a_secret_is_given_as_it_is_kept(harness: &dyn SecretHarness) {
    let long = MARK.repeat(500);
    for secret in [MARK, " hunter2\t", "\"hunter2\\n{}", "ключ-hunter2-🔑", "hunter2\nhunter2", "12", &long]
    {
        let shelf = harness.arrange(secret).await;
        assert_eq!(read(&*shelf.resolver(), &shelf.reference()).await, secret);
    }
}

/// A secret that was replaced is given from the next reading on.
pub async fn a_replaced_secret_is_given_at_once(harness: &dyn SecretHarness) {
    let shelf = harness.arrange("hunter2-old").await;
    let (resolver, reference) = (shelf.resolver(), shelf.reference());
    for secret in ["hunter2-old", "hunter2-new", "hunter2-newer"] {
        shelf.put(secret).await;
        assert_eq!(read(&*resolver, &reference).await, secret);
    }
}

/// A reference that leads nowhere is not found, and the error names it.
pub async fn what_leads_nowhere_is_named(harness: &dyn SecretHarness) {
    let shelf = harness.arrange(MARK).await;
    for reference in shelf.absent() {
        let error = refused(&*shelf.resolver(), &reference).await;
        assert_eq!(error.kind, PortErrorKind::NotFound, "{reference}: {error:?}");
        assert_named(&error, &reference);
    }
}

/// A reference of another kind is unsupported, and the error names it.
pub async fn what_is_kept_elsewhere_is_refused_and_named(harness: &dyn SecretHarness) {
    let shelf = harness.arrange(MARK).await;
    for reference in shelf.foreign() {
        let error = refused(&*shelf.resolver(), &reference).await;
        assert_eq!(error.kind, PortErrorKind::Unsupported, "{reference}: {error:?}");
        assert_named(&error, &reference);
    }
}

/// No secret appears in an error or in `Debug`, neither before it was read nor after.
pub async fn no_secret_is_in_a_text(harness: &dyn SecretHarness) {
    let shelf = harness.arrange(MARK).await;
    let resolver = shelf.resolver();
    let mut texts = vec![format!("{resolver:?}")];
    texts.push(format!("{:?}", resolver.resolve(&shelf.reference()).await));
    for reference in shelf.absent().into_iter().chain(shelf.foreign()) {
        let error = refused(&*resolver, &reference).await;
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

/// Readings at the same time do not disturb one another.
pub async fn many_can_read_at_once(harness: &dyn SecretHarness) {
    let shelf = harness.arrange(MARK).await;
    let mut readings = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (resolver, reference) = (shelf.resolver(), shelf.reference());
        readings.spawn(async move { read(&*resolver, &reference).await });
    }
    assert_eq!(readings.join_all().await, vec![MARK; 8]);
}

async fn read(resolver: &dyn SecretResolver, reference: &SecretRef) -> String {
    match resolver.resolve(reference).await {
        Ok(secret) => secret.expose_secret().to_owned(),
        Err(error) => panic!("{reference} was refused: {error:?}"),
    }
}

async fn refused(resolver: &dyn SecretResolver, reference: &SecretRef) -> PortError {
    match resolver.resolve(reference).await {
        Ok(_) => panic!("{reference} led somewhere"),
        Err(error) => error,
    }
}

fn assert_named(error: &PortError, reference: &SecretRef) {
    assert!(error.message.contains(&reference.to_string()), "{error:?}");
    assert!(error.code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{error:?}");
}
