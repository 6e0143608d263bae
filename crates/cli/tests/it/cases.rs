//! Tests that differ only in their case: each row of a table is a test of its own, with the name of the row.

/// Calls a function with the values of each row.
macro_rules! each {
    ($check:expr; $($name:ident: $($value:expr),+;)+) => {$(
        #[test]
        fn $name() {
            $check($($value),+);
        }
    )+};
}

/// The same, and compares what the function returns with the snapshot `snapshots/it__MODULE__NAME.snap`.
macro_rules! snapshots {
    ($output:expr; $($name:ident: $($value:expr),+;)+) => {$(
        #[test]
        fn $name() {
            $crate::cases::assert_snapshot!(stringify!($name), $output($($value),+));
        }
    )+};
}

/// Compares with a snapshot, without what differs from run to run.
macro_rules! assert_snapshot {
    ($($name_and_value:expr),+) => {
        insta::with_settings!({ filters => $crate::cases::FILTERS }, { insta::assert_snapshot!($($name_and_value),+) })
    };
}

pub const FILTERS: [(&str, &str); 4] = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[UUID]"),
    (r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "[TIME]"),
    (r" in [0-9.]+ m?s\b", " in [DURATION]"),
    (r"SHA-256 [A-Za-z0-9+/=]+", "SHA-256 [HASH]"),
];

pub(crate) use {assert_snapshot, each, snapshots};
