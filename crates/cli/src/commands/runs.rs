//! `lamplight status`, `cancel` and `runs`.

use crate::{
    ExitCode,
    args::{RunsCommand, RunsListArgs},
    commands::parse,
    failure::Failure,
    hints::word_hint,
    output, render,
    wiring::Wiring,
};
use lamplight_app::{FoundRun, RunName, cancel_run, list_runs, settle_runs, show_run};
use lamplight_domain::{ErrorCode, RunState};
use lamplight_ports::{PageRequest, RunFilter, RunSummary};
use lamplight_system_adapter::SystemClock;
use lamplight_views::{CancelView, RunSummaryView, RunView, RunsView, StatusView};
use lamplight_wiring::SqliteStore;
use std::sync::Arc;

/// `lamplight runs …`
pub async fn runs(command: RunsCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    match command {
        RunsCommand::List(args) => list(&args, wiring).await,
        RunsCommand::Show { run } => show(&run, wiring).await,
    }
}

/// `lamplight status RUN`
pub async fn status(run: &str, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let name: RunName = run.parse()?;
    let found = show_run(&*open_settled_store(wiring).await?, &name).await?;
    if wiring.json() {
        let FoundRun { decoded, run, response } = &found;
        wiring.write(&StatusView::new(decoded.as_ref(), run.as_ref(), response.as_deref(), word_hint))?;
    } else {
        output::line(&render::status_text(&found))?;
    }
    Ok(ExitCode::Success)
}

/// `lamplight cancel RUN`
pub async fn cancel(run: &str, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let name: RunName = run.parse()?;
    let outcome = cancel_run(&*open_settled_store(wiring).await?, wiring, &name).await?;
    if wiring.json() {
        let run_id = outcome.run_id.as_ref().map(ToString::to_string);
        wiring.write(&CancelView { run_id, cancelled: outcome.cancelled, reason: &outcome.reason })?;
    } else {
        output::line(&format!("{}", outcome.cancelled))?;
        let what = if outcome.cancelled { "cancelled" } else { "not cancelled" };
        wiring.output.note(&format!("{what}: {}", outcome.reason));
    }
    Ok(if outcome.cancelled { ExitCode::Success } else { ExitCode::Unexpected })
}

async fn list(args: &RunsListArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let filter = RunFilter {
        job: args.job.as_deref().map(parse).transpose()?,
        function: args.function.as_deref().map(parse).transpose()?,
        state: args.state.as_deref().map(state).transpose()?,
        ..RunFilter::default()
    };
    let runs = first_runs(&*open_settled_store(wiring).await?, &filter, args.limit).await?;
    if wiring.json() {
        wiring.write(&RunsView { runs: runs.iter().map(RunSummaryView::from).collect() })?;
    } else if runs.is_empty() {
        wiring.output.note("no matching runs found");
    } else {
        output::line(&render::runs_table(&runs))?;
    }
    Ok(ExitCode::Success)
}

/// The latest runs, at most `limit`, read page by page.
async fn first_runs(store: &SqliteStore, filter: &RunFilter, limit: u32) -> Result<Vec<RunSummary>, Failure> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let (mut runs, mut page) = (Vec::new(), PageRequest::default());
    while runs.len() < limit {
        page.size = u32::try_from(limit - runs.len()).unwrap_or(u32::MAX);
        let next = list_runs(store, filter, &page).await?;
        runs.extend(next.items);
        page.marker = next.next_marker;
        if page.marker.is_none() {
            break;
        }
    }
    Ok(runs)
}

async fn show(run: &str, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let name: RunName = run.parse()?;
    let found = show_run(&*open_settled_store(wiring).await?, &name).await?;
    let Some(run) = &found.run else {
        let shown = found.decoded.map(|id| id.to_string()).unwrap_or_default();
        return Err(lamplight_app::AppError::RunNotFound { name: shown }.into());
    };
    if wiring.json() {
        wiring.write(&RunView::new(run, found.response.as_deref(), word_hint))?;
    } else {
        output::line(&render::run_details(run, found.response.as_deref()))?;
    }
    Ok(ExitCode::Success)
}

/// Opens the store and settles the runs whose process is gone, so that what is shown is true. A store that cannot be
/// written is shown as it is.
async fn open_settled_store(wiring: &Wiring) -> Result<Arc<SqliteStore>, Failure> {
    let store = wiring.store().await?;
    if let Err(error) = settle_runs(&*store, &*store, &SystemClock).await {
        wiring.output.warn(&format!("could not settle the runs whose process ended: {error}"));
    }
    Ok(store)
}

fn state(text: &str) -> Result<RunState, Failure> {
    RunState::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| {
        let known: Vec<&str> = RunState::ALL.into_iter().map(RunState::as_str).collect();
        Failure::usage(
            ErrorCode::InvalidSetting,
            format!("{text:?} is not a run state; use one of {}", known.join(", ")),
        )
    })
}
