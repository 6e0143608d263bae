//! Lists of runs and the status of one, for people.

use crate::render::{
    run_text::run_details,
    table::{details, or_dash},
};
use lamplight_app::FoundRun;
use lamplight_ports::RunSummary;

/// The columns of a list of runs.
pub const RUN_COLUMNS: [&str; 7] = ["KEY", "FUNCTION", "JOB", "STATE", "STATUS", "STARTED", "TOOK"];

/// A run in a list.
pub fn run_row(run: &RunSummary) -> [String; 7] {
    let took = run.ended_at.map(|ended| format!("{} ms", ended.duration_since(run.started_at).as_millis()));
    [
        run.key.to_string(),
        run.function.to_string(),
        or_dash(run.job.as_ref()),
        run.state.to_string(),
        run.state.status().to_string(),
        format!("{:.0}", run.started_at),
        or_dash(took),
    ]
}

/// A status for people.
pub fn status_text(found: &FoundRun) -> String {
    match (&found.run, &found.decoded) {
        (Some(run), _) => format!("{}\n{}", run.status(), run_details(run, found.response.as_deref())),
        (None, Some(id)) => format!(
            "{}\n{}",
            id.status(),
            details(&[
                ("function", id.function().to_string()),
                ("request id", id.request_id().to_owned()),
                ("record", "not recorded here; the status is the one in the run ID".to_owned()),
            ])
        ),
        (None, None) => String::new(),
    }
}
