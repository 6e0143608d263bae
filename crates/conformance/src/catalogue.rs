//! What every adapter of [`FunctionCatalogue`] must do.

use async_trait::async_trait;
use lamplight_domain::{Function, FunctionRef, Qualifier};
use lamplight_ports::{FunctionCatalogue, ListFunctions, Page, PortErrorKind};
use std::{any::Any, collections::BTreeSet, fmt, sync::Arc};

/// The value of the environment variable [`SECRET_KEY`] of every arranged function.
pub const SECRET_VALUE: &str = "hunter2-in-the-environment";
/// The environment variable that every arranged function has.
pub const SECRET_KEY: &str = "CONFORMANCE_SECRET";
/// The only alias of the first arranged function.
pub const KNOWN_QUALIFIER: &str = "live";

/// What a catalogue must contain, and how the provider serves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shelf {
    /// The number of functions; their names are those of [`function_name`] from 0 on.
    pub functions: usize,
    /// The largest page that the provider returns.
    pub largest_page: usize,
    /// Whether one page in the middle is empty, if the provider can do that.
    pub with_an_empty_page: bool,
}

/// The name of the arranged function at `index`.
pub fn function_name(index: usize) -> String {
    format!("conformance-{index:04}")
}

/// A catalogue, and what must live as long as the catalogue: a server, a temporary folder.
pub struct ArrangedCatalogue {
    /// The catalogue.
    pub catalogue: Arc<dyn FunctionCatalogue>,
    /// What must stay alive while the catalogue is used.
    pub keep: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for ArrangedCatalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrangedCatalogue").field("catalogue", &self.catalogue).finish_non_exhaustive()
    }
}

/// A feature that the provider does not have. The suite asserts that the feature is missing, so that a gap that was
/// closed does not stay on the list. Only `Refusals` is not asserted: its test is skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// Functions have no versions and no aliases.
    Qualifiers,
    /// The environment variables of a function are not reported.
    Environment,
    /// The runtime of a function is not reported.
    Runtime,
    /// The time limit of a function is not reported.
    TimeLimit,
    /// The memory of a function is not reported.
    Memory,
    /// No request is refused.
    Refusals,
}

/// Arranges catalogues for the suite: a scripted server behind an adapter, a simulator, a real provider.
#[async_trait]
pub trait CatalogueHarness: Send + Sync {
    /// Arranges a catalogue with the functions of `shelf`. Each has the environment variable [`SECRET_KEY`], a runtime,
    /// a time limit, memory, and a state if the provider reports one; the first has the alias [`KNOWN_QUALIFIER`].
    async fn arrange(&self, shelf: Shelf) -> ArrangedCatalogue;

    /// Arranges a catalogue whose provider refuses every request.
    async fn arrange_refusal(&self) -> ArrangedCatalogue;

    /// The features that the provider does not have; functions are arranged without them.
    fn lacks(&self) -> &'static [Gap] {
        &[]
    }
}

impl dyn CatalogueHarness + '_ {
    fn has(&self, gap: Gap) -> bool {
        !self.lacks().contains(&gap)
    }

    /// Fails if a feature is missing that should exist, and if a feature exists that is listed as missing.
    fn expect(&self, gap: Gap, is_there: bool, what: &dyn fmt::Debug) {
        assert!(is_there || !self.has(gap), "{gap:?}: {what:?}");
        assert!(!is_there || self.has(gap), "{gap:?} is no longer a gap: remove it from the list ({what:?})");
    }
}

/// Expands to one test per guarantee, run through `Arc<dyn FunctionCatalogue>`, as callers hold the port. The argument
/// is an expression that creates a [`CatalogueHarness`]; the crate needs `tokio` with its macros as a dev-dependency.
#[macro_export]
macro_rules! function_catalogue {
    ($harness:expr) => {
        $crate::function_catalogue!(@each $harness;
            walking_gives_every_function_once,
            a_page_is_no_larger_than_asked,
            a_page_size_out_of_range_is_refused,
            reading_changes_nothing,
            concurrent_reads_do_not_affect_each_other,
            a_foreign_marker_is_refused_or_ignored,
            a_function_is_described,
            reading_a_missing_function_gives_none,
            environment_values_are_never_printed,
            a_refusal_says_what_is_missing,
        );
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test]
            async fn $guarantee() {
                $crate::catalogue::$guarantee(&$harness).await;
            }
        )*
    };
}

/// Following the markers to the end returns every function exactly once, whatever page size the provider uses and
/// whatever size is requested; a page may be empty without being the last.
pub async fn walking_gives_every_function_once(harness: &dyn CatalogueHarness) {
    for (functions, largest_page, with_an_empty_page) in [
        (0, 50, false),
        (1, 1, false),
        (8, 1, true),
        (23, 7, false),
        (23, 7, true),
        (120, 50, false),
        (100, 50, true),
    ] {
        let shelf = Shelf { functions, largest_page, with_an_empty_page };
        let arranged = harness.arrange(shelf).await;
        for page_size in [None, Some(1), Some(7), Some(50), Some(10_000)] {
            let found = walk(&*arranged.catalogue, page_size).await;
            let names: Vec<String> = found.iter().map(|function| function.name.to_string()).collect();
            let distinct: BTreeSet<String> = names.iter().cloned().collect();
            let expected: BTreeSet<String> = (0..functions).map(function_name).collect();
            assert_eq!(distinct, expected, "{shelf:?} in pages of {page_size:?}");
            assert_eq!(names.len(), functions, "each function once: {shelf:?} in pages of {page_size:?}");
        }
    }
}

/// A page has at most as many functions as requested.
pub async fn a_page_is_no_larger_than_asked(harness: &dyn CatalogueHarness) {
    let arranged =
        harness.arrange(Shelf { functions: 23, largest_page: 10, with_an_empty_page: false }).await;
    for page_size in [1, 2, 7, 23] {
        let page = list(&*arranged.catalogue, None, Some(page_size)).await;
        assert!(!page.items.is_empty() && page.items.len() <= page_size as usize, "requested {page_size}");
        assert!(page.next_marker.is_some() || page.items.len() == 23, "requested {page_size}");
    }
}

/// A page size that the port does not allow is refused, not rounded.
pub async fn a_page_size_out_of_range_is_refused(harness: &dyn CatalogueHarness) {
    let arranged = harness.arrange(Shelf { functions: 3, largest_page: 10, with_an_empty_page: false }).await;
    for page_size in [0, 10_001, u32::MAX] {
        let request = ListFunctions { page_size: Some(page_size), ..ListFunctions::default() };
        let error = arranged.catalogue.list(request).await.expect_err("a page size out of range is refused");
        assert_eq!(error.kind, PortErrorKind::InvalidRequest, "{page_size}: {error:?}");
        assert!(error.message.contains(&page_size.to_string()), "{page_size}: {error:?}");
    }
}

/// Reading changes nothing: the same request returns the same answer.
pub async fn reading_changes_nothing(harness: &dyn CatalogueHarness) {
    let arranged = harness.arrange(Shelf { functions: 9, largest_page: 4, with_an_empty_page: false }).await;
    let catalogue = &*arranged.catalogue;
    let first = list(catalogue, None, None).await;
    assert_eq!(list(catalogue, None, None).await, first);
    let second = list(catalogue, first.next_marker.clone(), None).await;
    assert_eq!(list(catalogue, first.next_marker.clone(), None).await, second);
    let function = reference(catalogue).await;
    let described = catalogue.get(&function, None).await;
    let again = catalogue.get(&function, None).await;
    assert!(matches!((described, again), (Ok(Some(one)), Ok(Some(other))) if one == other));
}

/// Concurrent reads do not affect each other.
pub async fn concurrent_reads_do_not_affect_each_other(harness: &dyn CatalogueHarness) {
    let arranged = harness.arrange(Shelf { functions: 20, largest_page: 3, with_an_empty_page: false }).await;
    let mut walks = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let catalogue = Arc::clone(&arranged.catalogue);
        walks.spawn(async move { walk(&*catalogue, None).await.len() });
    }
    let lengths = walks.join_all().await;
    assert_eq!(lengths, vec![20; 6]);
}

/// A marker that the provider did not return is refused as an invalid request if the provider can tell.
pub async fn a_foreign_marker_is_refused_or_ignored(harness: &dyn CatalogueHarness) {
    let arranged = harness.arrange(Shelf { functions: 9, largest_page: 4, with_an_empty_page: false }).await;
    let request = ListFunctions { marker: Some("no marker of yours".to_owned()), ..ListFunctions::default() };
    match arranged.catalogue.list(request).await {
        Ok(page) => assert!(page.items.len() <= 4, "a foreign marker returned functions: {page:?}"),
        Err(error) => assert_eq!(error.kind, PortErrorKind::InvalidRequest, "{error:?}"),
    }
}

/// `get` and `configuration` describe the requested function.
pub async fn a_function_is_described(harness: &dyn CatalogueHarness) {
    let arranged = harness.arrange(Shelf { functions: 3, largest_page: 50, with_an_empty_page: false }).await;
    let catalogue = &*arranged.catalogue;
    let listed = walk(catalogue, None).await;
    for function in &listed {
        let named = FunctionRef::by_name(function.name.clone());
        for wanted in [&function.to_ref(), &named] {
            let (got, configuration) =
                (catalogue.get(wanted, None).await, catalogue.configuration(wanted, None).await);
            for described in [expect_found(got), expect_found(configuration)] {
                assert_eq!(described.name, function.name);
                assert_eq!(described.reference, function.reference);
                assert_eq!(described.settings.runtime, function.settings.runtime);
                assert_eq!(described.settings.timeout_seconds, function.settings.timeout_seconds);
                assert_eq!(described.settings.memory_mb, function.settings.memory_mb);
                harness.expect(Gap::Runtime, described.settings.runtime.is_some(), &described);
                harness.expect(Gap::TimeLimit, described.settings.timeout_seconds.is_some(), &described);
                harness.expect(Gap::Memory, described.settings.memory_mb.is_some(), &described);
                let secret = described.environment().iter().find(|variable| variable.key == SECRET_KEY);
                harness.expect(Gap::Environment, secret.is_some(), &described);
                assert!(secret.is_none_or(|variable| variable.value.reveal() == SECRET_VALUE));
            }
        }
    }
    let alias = parse_qualifier(KNOWN_QUALIFIER);
    let first = FunctionRef::by_name(parse_name(&function_name(0)));
    for described in
        [catalogue.get(&first, Some(&alias)).await, catalogue.configuration(&first, Some(&alias)).await]
    {
        let Ok(described) = described else { panic!("reading an alias failed: {described:?}") };
        harness.expect(Gap::Qualifiers, described.is_some(), &described);
        assert!(described.is_none_or(|described| described.name.as_str() == function_name(0)));
    }
}

/// A function or qualifier that does not exist is `None`, not an error.
pub async fn reading_a_missing_function_gives_none(harness: &dyn CatalogueHarness) {
    let arranged = harness.arrange(Shelf { functions: 2, largest_page: 50, with_an_empty_page: false }).await;
    let catalogue = &*arranged.catalogue;
    let absent = FunctionRef::by_name(parse_name("conformance-absent"));
    let first = FunctionRef::by_name(parse_name(&function_name(0)));
    let elsewhere = parse_qualifier("no-such-alias");
    for (function, qualifier) in [(&absent, None), (&absent, Some(&elsewhere)), (&first, Some(&elsewhere))] {
        assert!(matches!(catalogue.get(function, qualifier).await, Ok(None)), "{function:?} {qualifier:?}");
        assert!(matches!(catalogue.configuration(function, qualifier).await, Ok(None)), "{function:?}");
    }
}

/// The values of environment variables never appear in `Debug` output; [`a_refusal_says_what_is_missing`] checks
/// errors.
pub async fn environment_values_are_never_printed(harness: &dyn CatalogueHarness) {
    let arranged = harness.arrange(Shelf { functions: 2, largest_page: 50, with_an_empty_page: false }).await;
    let catalogue = &*arranged.catalogue;
    let page = list(catalogue, None, None).await;
    let described = catalogue.get(&reference(catalogue).await, None).await;
    for text in [format!("{page:?}"), format!("{described:?}"), format!("{catalogue:?}")] {
        assert!(!text.contains(SECRET_VALUE), "{text}");
    }
    harness.expect(Gap::Environment, format!("{page:?}").contains(SECRET_KEY), &page);
}

/// A refused request is `Denied` or `Unauthenticated`, with a stable code, a message and a hint.
pub async fn a_refusal_says_what_is_missing(harness: &dyn CatalogueHarness) {
    if !harness.has(Gap::Refusals) {
        return;
    }
    let arranged = harness.arrange_refusal().await;
    let catalogue = &*arranged.catalogue;
    let function = FunctionRef::by_name(parse_name(&function_name(0)));
    let refusals = [
        catalogue.list(ListFunctions::default()).await.err(),
        catalogue.get(&function, None).await.err(),
        catalogue.configuration(&function, None).await.err(),
    ];
    for refusal in refusals {
        let Some(error) = refusal else { panic!("a request that must be refused succeeded") };
        assert!(matches!(error.kind, PortErrorKind::Denied | PortErrorKind::Unauthenticated), "{error:?}");
        assert!(error.code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{error:?}");
        assert!(!error.message.is_empty() && error.hint.is_some(), "{error:?}");
        assert!(!format!("{error:?} {error}").contains(SECRET_VALUE), "{error:?}");
    }
}

/// Follows the markers and returns all functions.
async fn walk(catalogue: &dyn FunctionCatalogue, page_size: Option<u32>) -> Vec<Function> {
    let mut functions = Vec::new();
    let mut marker = None;
    // A listing that never ends must fail the test, not hang it.
    for _ in 0..1_000 {
        let page = list(catalogue, marker, page_size).await;
        functions.extend(page.items);
        marker = page.next_marker;
        if marker.is_none() {
            return functions;
        }
    }
    panic!("the listing does not end");
}

async fn list(
    catalogue: &dyn FunctionCatalogue,
    marker: Option<String>,
    page_size: Option<u32>,
) -> Page<Function> {
    match catalogue.list(ListFunctions { marker, page_size, ..ListFunctions::default() }).await {
        Ok(page) => page,
        Err(error) => panic!("listing a page failed: {error:?}"),
    }
}

async fn reference(catalogue: &dyn FunctionCatalogue) -> FunctionRef {
    match list(catalogue, None, None).await.items.first() {
        Some(function) => function.to_ref(),
        None => panic!("the first page is empty"),
    }
}

fn expect_found(described: Result<Option<Function>, lamplight_ports::PortError>) -> Function {
    match described {
        Ok(Some(function)) => function,
        Ok(None) => panic!("an existing function was not found"),
        Err(error) => panic!("reading an existing function failed: {error:?}"),
    }
}

fn parse_name(name: &str) -> lamplight_domain::FunctionName {
    match name.parse() {
        Ok(name) => name,
        Err(error) => panic!("{error}"),
    }
}

fn parse_qualifier(text: &str) -> Qualifier {
    match text.parse() {
        Ok(qualifier) => qualifier,
        Err(error) => panic!("{error}"),
    }
}
