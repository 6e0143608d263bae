//! `lamplight status`, `cancel` and `runs`.

use crate::{
    ExitCode,
    args::{Format, RunsCommand, RunsListArgs, RunsPruneArgs, RunsRmArgs},
    commands::{manage::confirm, parse},
    failure::Failure,
    hints::word_hint,
    listing::Listing,
    output, render,
    times::read_time,
    wiring::Wiring,
};
use lamplight_app::{
    AppError, FoundRun, RunName, cancel_run, count_prunable_runs, list_runs, manage::ListResult, prune_runs,
    removable_run, remove_run, settle_runs, show_run,
};
use lamplight_config::RunsTable;
use lamplight_domain::{ErrorCode, RunKey, RunState, did_you_mean};
use lamplight_ports::{Clock, Damaged, PageRequest, RunFilter};
use lamplight_system_adapter::SystemClock;
use lamplight_views::{CancelView, DamagedView, RunSummaryView, RunView, StatusView};
use lamplight_wiring::SqliteStore;
use std::sync::Arc;

/// `lamplight runs …`
pub async fn runs(command: RunsCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    match command {
        RunsCommand::List(args) => list(&args, wiring).await,
        RunsCommand::Show { run } => show(&run, wiring).await,
        RunsCommand::Rm(args) => remove(&args, wiring).await,
        RunsCommand::Prune(args) => prune(&args, wiring).await,
    }
}

/// `lamplight status RUN`
pub async fn status(run: &str, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let name: RunName = run.parse()?;
    let found = show_run(&*open_settled_store(wiring).await?, &name).await?;
    if wiring.json() {
        let FoundRun { decoded, run, response, others } = &found;
        let view = StatusView::new(decoded.as_ref(), run.as_ref(), response.as_deref(), others, word_hint);
        wiring.write(&view)?;
    } else {
        output::line(&render::status_text(&found))?;
    }
    warn_of_others(&found, wiring);
    Ok(ExitCode::Success)
}

/// Warns if the run ID is not unique.
fn warn_of_others(found: &FoundRun, wiring: &Wiring) {
    let (Some(run), [_, ..]) = (&found.run, found.others.as_slice()) else { return };
    let keys: Vec<&str> = found.others.iter().map(RunKey::as_str).collect();
    wiring.output.warn(&format!(
        "the run ID is not unique: shown is run {}; other runs of {} have the same request ID: {}",
        run.key(),
        run.function_name(),
        keys.join(", ")
    ));
}

/// `lamplight cancel RUN`
pub async fn cancel(run: &str, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let name: RunName = run.parse()?;
    let outcome = cancel_run(&*open_settled_store(wiring).await?, wiring, &SystemClock, &name).await?;
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
    let time = |text: &String| read_time(text, SystemClock.now());
    let filter = RunFilter {
        job: args.job.as_deref().map(parse).transpose()?,
        function: args.function.as_deref().map(parse).transpose()?,
        connection: wiring.named_connection()?,
        states: args.states.iter().map(|text| state(text)).collect::<Result<_, _>>()?,
        since: args.since.as_ref().map(time).transpose()?,
        before: args.until.as_ref().map(time).transpose()?,
        ..RunFilter::default()
    };
    let store = open_settled_store(wiring).await?;
    let (mut listing, mut damaged) = (Listing::new(wiring, "runs", render::RUN_COLUMNS), Vec::new());
    let walked = walk(&store, &filter, args, &mut listing, &mut damaged).await;
    listing.add_member("damaged", &damaged.iter().map(DamagedView::from).collect::<Vec<_>>());
    let code = listing.end(walked, "matching runs")?;
    report_damaged(&damaged);
    Ok(code)
}

/// Writes the runs page by page.
async fn walk(
    store: &SqliteStore,
    filter: &RunFilter,
    args: &RunsListArgs,
    listing: &mut Listing<'_, { render::RUN_COLUMNS.len() }>,
    damaged: &mut Vec<Damaged>,
) -> Result<ListResult, AppError> {
    let mut page = PageRequest { marker: args.marker.clone(), ..PageRequest::default() };
    let mut count = 0;
    while count < args.limit {
        page.size = args.limit - count;
        let found = list_runs(store, filter, &page).await?;
        count = count.saturating_add(u32::try_from(found.items.len()).unwrap_or(u32::MAX));
        damaged.extend(found.damaged);
        page.marker = found.next_marker;
        let ended = listing.page(&found.items, render::run_row, RunSummaryView::from).is_break();
        if ended || page.marker.is_none() {
            break;
        }
    }
    Ok(ListResult { count: count.into(), next_marker: page.marker })
}

/// Names the runs that cannot be read: they are not in the list.
fn report_damaged(damaged: &[Damaged]) {
    for Damaged { name, reason } in damaged {
        output::error(&format!("cannot read run {}: {reason}", render::one_line(name)));
    }
}

async fn show(run: &str, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let name: RunName = run.parse()?;
    let found = show_run(&*open_settled_store(wiring).await?, &name).await?;
    let Some(run) = &found.run else {
        let shown = found.decoded.map(|id| id.to_string()).unwrap_or_default();
        return Err(AppError::RunNotFound { name: shown }.into());
    };
    if wiring.json() {
        wiring.write(&RunView::new(run, found.response.as_deref(), word_hint))?;
    } else {
        output::line(&render::run_details(run, found.response.as_deref()))?;
    }
    warn_of_others(&found, wiring);
    Ok(ExitCode::Success)
}

async fn remove(args: &RunsRmArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let names = args.runs.iter().map(|run| run.parse()).collect::<Result<Vec<RunName>, _>>()?;
    let store = open_settled_store(wiring).await?;
    let (mut keys, mut failed) = (Vec::new(), None);
    for name in &names {
        match removable_run(&*store, name).await {
            Ok(key) => keys.push(key),
            Err(error) if names.len() == 1 => return Err(error.into()),
            Err(error) => {
                let failure = Failure::from(error);
                failure.report(Format::Table);
                failed.get_or_insert(failure.exit_code);
            }
        }
    }
    // Two names may mean the same run.
    keys.sort();
    keys.dedup();
    if !keys.is_empty() {
        confirm(args.confirm, &format!("remove {}", counted(keys.len() as u64)), None, wiring)?;
    }
    for key in &keys {
        if remove_run(&*store, key).await? {
            wiring.output.note(&format!("run {key} removed"));
        } else if names.len() == 1 {
            return Err(AppError::RunNotFound { name: key.to_string() }.into());
        }
    }
    Ok(match failed {
        None => ExitCode::Success,
        Some(_) if !keys.is_empty() => ExitCode::Partial,
        Some(code) => code,
    })
}

async fn prune(args: &RunsPruneArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let given = RunsTable { keep_days: args.keep_days, keep_at_most: args.keep_at_most };
    let table = if given == RunsTable::default() { wiring.connections.config()?.runs.clone() } else { given };
    let Some(retention) = table.retention(SystemClock.now()) else {
        let message = "nothing says which runs to keep";
        return Err(Failure::usage(ErrorCode::InvalidSetting, message).with_hint(
            "give --keep-days or --keep-at-most, or set them as keep_days or keep_at_most in [runs] of lamplight.toml",
        ));
    };
    let store = open_settled_store(wiring).await?;
    if args.dry_run {
        let count = count_prunable_runs(&*store, &retention).await?;
        output::line(&format!("{} would be removed", counted(count)))?;
        return Ok(ExitCode::Success);
    }
    if !args.confirm.yes {
        let count = count_prunable_runs(&*store, &retention).await?;
        confirm(args.confirm, &format!("remove {}", counted(count)), None, wiring)?;
    }
    let removed = prune_runs(&*store, &retention).await?;
    wiring.output.note(&format!("{} removed", counted(removed)));
    Ok(ExitCode::Success)
}

fn counted(runs: u64) -> String {
    if runs == 1 { "1 run".to_owned() } else { format!("{runs} runs") }
}

/// Opens the store and settles the runs whose process is gone, so that what is shown is true. A store that cannot be
/// written is shown as it is.
async fn open_settled_store(wiring: &Wiring) -> Result<Arc<SqliteStore>, Failure> {
    let store = wiring.store().await?;
    match settle_runs(&*store, &*store, &SystemClock).await {
        Ok(settled) => {
            for Damaged { name, reason } in settled.damaged {
                wiring.output.warn(&format!(
                    "cannot tell how run {} ended: {reason}; `lamplight runs rm` with its whole key removes it",
                    render::one_line(&name)
                ));
            }
        }
        Err(error) => {
            wiring.output.warn(&format!("could not settle the runs whose process ended: {error}"));
        }
    }
    Ok(store)
}

fn state(text: &str) -> Result<RunState, Failure> {
    RunState::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| {
        let known: Vec<&str> = RunState::ALL.into_iter().map(RunState::as_str).collect();
        Failure::usage(
            ErrorCode::InvalidSetting,
            format!(
                "{text:?} is not a run state; use one of {}{}",
                known.join(", "),
                did_you_mean(text, known.iter().copied())
            ),
        )
    })
}
