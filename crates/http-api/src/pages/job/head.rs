//! The head of each page of a job.

use super::fields::end_sentence;
use crate::{
    Problem,
    api::lookup,
    pages::{
        address,
        parts::{Markup, marks},
        visit::Visit,
    },
};
use lamplight_domain::{JobName, RunState};
use lamplight_ports::{PageRequest, RunFilter, RunSummary, StoredJob};

/// What is at the top of each page of a job.
pub struct Head {
    /// The name.
    pub name: String,
    /// The connection.
    pub connection: String,
    /// What the job is for.
    pub description: String,
    /// The function, with its qualifier.
    pub function: String,
    /// The page of the function.
    pub function_link: String,
    /// The time limit, if it is known.
    pub limit: String,
    /// The latest runs.
    pub marks: Markup,
}

impl Head {
    /// The head of a job with these latest runs.
    pub fn new(stored: &StoredJob, latest: &[RunSummary]) -> Self {
        let job = &stored.job;
        let qualifier = job.overrides.qualifier.as_ref().or(job.function.qualifier.as_ref());
        let states: Vec<RunState> = latest.iter().map(|run| run.state).collect();
        Self {
            name: job.name.to_string(),
            connection: job.connection.to_string(),
            description: job.description.as_deref().map(end_sentence).unwrap_or_default(),
            function: match qualifier {
                Some(qualifier) => format!("{}:{qualifier}", job.function.name),
                None => job.function.name.to_string(),
            },
            function_link: address::of_function(job.connection.as_str(), job.function.name.as_str()),
            limit: job.function.timeout_seconds.map(|limit| format!(", {limit} s limit")).unwrap_or_default(),
            marks: marks(&states),
        }
    }
}

/// The job that the visitor names, if it may be seen.
pub async fn find_job(visit: &Visit, name: &str) -> Result<StoredJob, Problem> {
    lookup::job(&visit.server, &visit.caller, name).await
}

/// The latest runs of a job, latest first.
pub async fn latest_runs(visit: &Visit, name: &JobName) -> Result<Vec<RunSummary>, Problem> {
    let scope = visit.actor().scope.clone();
    let filter = RunFilter { job: Some(name.clone()), scope, ..RunFilter::default() };
    Ok(visit.server.ports.run.runs.list(&filter, &PageRequest::first(10)).await?.items)
}
