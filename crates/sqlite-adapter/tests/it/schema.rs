//! The schema after all migrations.

use crate::support::Place;
use lamplight_conformance::samples::sample_run;
use lamplight_ports::RunStore;

/// The schema stored beside this file; a migration changes both.
const EXPECTED: &str = include_str!("schema.sql");

#[tokio::test]
async fn all_migrations_result_in_the_stored_schema() {
    let place = Place::new();
    place.open("a").await.insert(&sample_run(1)).await.unwrap();
    let raw = place.raw();
    let mut select =
        raw.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
    let statements: Vec<String> =
        select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let found = statements.join(";\n\n") + ";\n";
    assert!(found == EXPECTED, "tests/it/schema.sql should be:\n{found}");
}

#[tokio::test]
async fn the_database_has_its_application_id() {
    let place = Place::new();
    place.open("a").await.insert(&sample_run(1)).await.unwrap();
    let mark = |name: &str| place.raw().pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(mark("user_version"), 4);
    assert_eq!(mark("application_id"), i64::from(u32::from_be_bytes(*b"LMPL")));
    let mode: String = place.raw().pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[cfg(unix)]
#[tokio::test]
async fn the_store_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let store = place.open("a").await;
    lamplight_ports::Runners::enlist(&*store).await.unwrap();
    store.insert(&sample_run(1)).await.unwrap();
    let mode =
        |name: &str| std::fs::metadata(place.0.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("data"), mode("data/runners")), (0o700, 0o700));
    for file in ["data/lamplight.db", "data/lamplight.db-wal", "data/lamplight.db-shm"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
}
