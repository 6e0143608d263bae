//! Asynchronous invocation settings, as rows and details.

use crate::render::table::{details, one_line, or_dash};
use lamplight_domain::{AsyncSettings, DescribedAsyncSettings};

/// The headings of [`async_row`].
pub const ASYNC_COLUMNS: [&str; 5] = ["REFERENCE", "RETRIES", "AGE", "ON SUCCESS", "ON FAILURE"];

/// The settings of a function, version or alias as a row.
pub fn async_row(set: &DescribedAsyncSettings) -> [String; 5] {
    let [retries, age, success, failure] = setting_texts(&set.settings);
    [one_line(&set.reference), or_dash(retries), or_dash(age), or_dash(success), or_dash(failure)]
}

/// The same for people.
pub fn async_details(set: &DescribedAsyncSettings) -> String {
    let [retries, age, success, failure] = setting_texts(&set.settings);
    let rows = [
        ("reference", Some(one_line(&set.reference))),
        ("maximum retry attempts", retries),
        ("maximum event age", age),
        ("on success", success),
        ("on failure", failure),
        ("last modified", set.last_modified.clone()),
    ];
    let rows: Vec<(&str, String)> =
        rows.into_iter().filter_map(|(label, value)| Some((label, value?))).collect();
    details(&rows)
}

fn setting_texts(settings: &AsyncSettings) -> [Option<String>; 4] {
    // Destructured, so that a new field does not compile before it is shown.
    let AsyncSettings { max_retries, max_age_seconds, on_success, on_failure } = settings;
    [
        max_retries.map(|retries| retries.to_string()),
        max_age_seconds.map(|seconds| format!("{seconds} s")),
        on_success.as_deref().map(one_line),
        on_failure.as_deref().map(one_line),
    ]
}
