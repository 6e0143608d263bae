//! Tags, and calls that are reserved.

use crate::workbench::{Gap, Workbench, made, read};
use lamplight_domain::Tags;
use lamplight_ports::{Effect, TagChange};
use std::sync::Arc;

fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// Tags are set and taken away, whether they are there or not; the others stay.
pub async fn tags_are_set_and_taken_away(bench: Arc<Workbench>) {
    let (function, functions) = (bench.function().await, &bench.management.functions);
    for (set, remove, expected) in [
        (tags(&[("a", "1"), ("b", "")]), vec![], tags(&[("a", "1"), ("b", ""), ("suite", "conformance")])),
        (tags(&[("a", "2")]), vec!["b", "absent"], tags(&[("a", "2"), ("suite", "conformance")])),
        (Tags::new(), vec!["a", "suite"], Tags::new()),
    ] {
        let change = TagChange { set, remove: remove.into_iter().map(str::to_owned).collect() };
        made(functions.tag(&function, change, Effect::Make).await);
        assert_eq!(read(functions.tags(&function).await), expected);
    }
}

/// What is reserved is told, none is not nothing, and setting free may be repeated.
pub async fn calls_are_reserved_and_set_free(bench: Arc<Workbench>) {
    let (function, functions) = (bench.function().await, &bench.management.functions);
    assert_eq!(read(functions.reserved_concurrency(&function).await), None);
    for reserved in [Some(3), Some(0), None, None] {
        made(functions.reserve_concurrency(&function, reserved, Effect::Make).await);
        let found = read(functions.reserved_concurrency(&function).await);
        if reserved.is_some() {
            bench.expect(Gap::Concurrency, found == reserved, &(reserved, found));
        } else {
            assert_eq!(found, None);
        }
    }
}
