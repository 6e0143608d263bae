//! Tags and reserved concurrency.

use crate::workbench::{Gap, Workbench, expect_made, expect_read};
use lamplight_domain::Tags;
use lamplight_ports::{Effect, TagChange};
use std::sync::Arc;

fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// Tags are set and removed, whether they existed or not; other tags do not change.
pub async fn tags_are_set_and_removed(bench: Arc<Workbench>) {
    let (function, functions) = (bench.function().await, &bench.management.functions);
    for (set, remove, expected) in [
        (tags(&[("a", "1"), ("b", "")]), vec![], tags(&[("a", "1"), ("b", ""), ("suite", "conformance")])),
        (tags(&[("a", "2")]), vec!["b", "absent"], tags(&[("a", "2"), ("suite", "conformance")])),
        (Tags::new(), vec!["a", "suite"], Tags::new()),
    ] {
        let change = TagChange { set, remove: remove.into_iter().map(str::to_owned).collect() };
        expect_made(functions.tag(&function, change, Effect::Make).await);
        assert_eq!(expect_read(functions.tags(&function).await), expected);
    }
}

/// Reserved concurrency is reported as set, zero differs from none, and removing it can be repeated.
pub async fn concurrency_is_reserved_and_released(bench: Arc<Workbench>) {
    let (function, functions) = (bench.function().await, &bench.management.functions);
    assert_eq!(expect_read(functions.reserved_concurrency(&function).await), None);
    for reserved in [Some(3), Some(0), None, None] {
        expect_made(functions.reserve_concurrency(&function, reserved, Effect::Make).await);
        let found = expect_read(functions.reserved_concurrency(&function).await);
        if reserved.is_some() {
            bench.expect(Gap::Concurrency, found == reserved, &(reserved, found));
        } else {
            assert_eq!(found, None);
        }
    }
}
