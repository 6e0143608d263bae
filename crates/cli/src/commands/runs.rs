//! `lamplight status`, `cancel` and `runs`.

use crate::{
    ExitCode,
    args::{RunsCommand, RunsListArgs},
    commands::parse,
    failure::Failure,
    output, render,
    wiring::Wiring,
};
use lamplight_app::{RunName, cancel_run, list_runs, settle_runs, show_run};
use lamplight_domain::{ErrorCode, RunState};
use lamplight_ports::{PageRequest, RunFilter, RunSummary};
use lamplight_system_adapter::SystemClock;
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
    let found = show_run(&*settled(wiring).await?, &name).await?;
    let status = render::StatusJson::new(&found);
    if wiring.json() {
        wiring.write(&status)?;
    } else {
        output::line(&render::status_text(&found))?;
    }
    Ok(ExitCode::Success)
}

/// `lamplight cancel RUN`
pub async fn cancel(run: &str, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let name: RunName = run.parse()?;
    let outcome = cancel_run(&*settled(wiring).await?, wiring, &name).await?;
    if wiring.json() {
        wiring.write(&render::CancelJson::new(&outcome))?;
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
    let runs = first_runs(&*settled(wiring).await?, &filter, args.limit).await?;
    if wiring.json() {
        let runs: Vec<_> = runs.iter().map(render::SummaryJson::new).collect();
        wiring.write(&serde_json::json!({ "runs": runs }))?;
    } else if runs.is_empty() {
        wiring.output.note("no runs are recorded that match");
    } else {
        output::line(&render::runs_table(&runs))?;
    }
    Ok(ExitCode::Success)
}

/// The latest runs, so many of them, read a page at a time.
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
    let found = show_run(&*settled(wiring).await?, &name).await?;
    let Some(run) = &found.run else {
        let shown = found.decoded.map(|id| id.to_string()).unwrap_or_default();
        return Err(lamplight_app::AppError::RunNotFound { name: shown }.into());
    };
    if wiring.json() {
        wiring.write(&render::RunJson::new(run, found.response.as_deref()))?;
    } else {
        output::line(&render::run_details(run, found.response.as_deref()))?;
    }
    Ok(ExitCode::Success)
}

/// The store, after runs that lost their process were settled: what is shown next is the truth. A store that
/// cannot be written to is still shown as it is.
async fn settled(wiring: &Wiring) -> Result<Arc<SqliteStore>, Failure> {
    let store = wiring.store().await?;
    if let Err(error) = settle_runs(&*store, &*store, &SystemClock).await {
        wiring.output.warn(&format!("runs whose process ended could not be settled: {error}"));
    }
    Ok(store)
}

fn state(text: &str) -> Result<RunState, Failure> {
    RunState::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| {
        let known: Vec<&str> = RunState::ALL.into_iter().map(RunState::as_str).collect();
        Failure::usage(
            ErrorCode::InvalidSetting,
            format!("{text:?} is no state; use one of {}", known.join(", ")),
        )
    })
}
