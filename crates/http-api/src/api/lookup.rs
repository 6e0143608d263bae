//! Finds what a request names. What the caller may not see is answered exactly as what does not exist.

use crate::{Caller, Problem, Server, events::is_in_scope};
use lamplight_app::{AppError, RunName, find_run, show_job};
use lamplight_domain::{ConnectionName, ErrorCode, JobName, Run};
use lamplight_ports::{Connection, PageRequest, RunFilter, RunSummary, StoredJob};

/// Finds a job.
pub(crate) async fn job(server: &Server, caller: &Caller, name: &str) -> Result<StoredJob, Problem> {
    let name: JobName = name.parse().map_err(AppError::Name)?;
    let (jobs, scope) = (&*server.ports.jobs, &caller.actor.scope);
    if scope.is_unlimited() {
        return Ok(show_job(jobs, &name).await?);
    }
    let found = jobs.get(&name).await?;
    let seen = found.filter(|stored| scope.includes(&stored.job.connection, Some(&name)));
    // The nearest name may be one that the caller may not see.
    seen.ok_or_else(|| AppError::JobNotFound { name, nearest: None }.into())
}

/// Refuses a job that the caller may not see.
pub(crate) fn check_job(caller: &Caller, connection: &ConnectionName, name: &JobName) -> Result<(), Problem> {
    if caller.actor.scope.includes(connection, Some(name)) {
        return Ok(());
    }
    Err(AppError::JobNotFound { name: name.clone(), nearest: None }.into())
}

/// Opens a connection to look at its functions or to call one without a job; `None` is the default one.
pub(crate) async fn connection(
    server: &Server,
    caller: &Caller,
    name: Option<&ConnectionName>,
) -> Result<Connection, Problem> {
    let scope = &caller.actor.scope;
    if let Some(name) = name {
        check_connection(caller, name)?;
    }
    match server.ports.connector.open(name).await {
        Ok(connection) => {
            check_connection(caller, &connection.name)?;
            Ok(connection)
        }
        // The error lists the connections.
        Err(error) if error.code == ErrorCode::ConnectionNotFound && !scope.is_unlimited() => {
            Err(no_connection(name))
        }
        Err(error) => Err(error.into()),
    }
}

/// Refuses a connection that the caller may not see.
pub(crate) fn check_connection(caller: &Caller, name: &ConnectionName) -> Result<(), Problem> {
    if caller.actor.scope.includes(name, None) { Ok(()) } else { Err(no_connection(Some(name))) }
}

fn no_connection(name: Option<&ConnectionName>) -> Problem {
    let message =
        name.map_or_else(|| "connection not found".to_owned(), |name| format!("connection {name} not found"));
    Problem::new(ErrorCode::ConnectionNotFound, message)
}

/// Parses the name of a connection in a query.
pub(crate) fn connection_name(text: Option<&str>) -> Result<Option<ConnectionName>, Problem> {
    text.map(|text| text.parse().map_err(|error| AppError::Name(error).into())).transpose()
}

/// Finds a run by its key, the beginning of its key, its run ID, or `latest`.
pub(crate) async fn run(server: &Server, caller: &Caller, text: &str) -> Result<Run, Problem> {
    let mut name: RunName = text.parse()?;
    let not_found = || Problem::from(AppError::RunNotFound { name: text.to_owned() });
    let (runs, scope) = (&*server.ports.run.runs, &caller.actor.scope);
    if name == RunName::Latest && !scope.is_unlimited() {
        let filter = RunFilter { scope: scope.clone(), ..RunFilter::default() };
        let latest = runs.list(&filter, &PageRequest::first(1)).await?.items.into_iter().next();
        name = RunName::Key(latest.ok_or_else(not_found)?.key.into());
    }
    let found = match find_run(runs, &name).await {
        // The error shows keys.
        Err(error) if error.code() == ErrorCode::RunAmbiguous && !scope.is_unlimited() => None,
        found => found?,
    };
    found.filter(|run| is_in_scope(scope, &RunSummary::from(run))).ok_or_else(not_found)
}
