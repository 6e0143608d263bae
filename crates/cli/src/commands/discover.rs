//! `lamplight discover`.

use crate::{
    ExitCode, args::DiscoverArgs, failure::Failure, output, progress::Display, render, wiring::Wiring,
};
use lamplight_app::{
    AUTH_PATIENCE, AuthGate, DiscoverRequest, Import, ImportRequest, ImportedFunction, discover as find,
    import_functions,
};
use lamplight_ports::Connector;
use lamplight_system_adapter::TokioSleeper;
use tokio_util::sync::CancellationToken;

/// Lists functions, and imports them as jobs with `--import`.
pub async fn discover(args: &DiscoverArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let connection = wiring.open(wiring.named_connection()?.as_ref()).await?;
    let request =
        DiscoverRequest { marker: args.marker.clone(), page_size: args.page_size, max_items: args.max_items };
    let (pauses, never) = (Display::new(wiring.output), CancellationToken::new());
    let gate = AuthGate::new(&TokioSleeper, &pauses, &never, AUTH_PATIENCE);
    let found = find(&connection, &request, &gate).await?;
    let imported = if args.import {
        let store = wiring.store().await?;
        let request = ImportRequest { closed: args.closed, dry_run: args.dry_run };
        Some(import_functions(&*store, &connection, &found.functions, request).await?)
    } else {
        None
    };
    if wiring.json() {
        wiring.write(&render::discovery_view(&found, imported.as_deref(), args.dry_run))?;
    } else {
        if found.functions.is_empty() {
            wiring.output.note(&format!("no functions found with connection {}", connection.name));
        } else if let Some(imported) = imported.as_ref().filter(|_| args.dry_run) {
            let difference = imported.iter().filter_map(render::import_difference).collect::<Vec<_>>();
            if !difference.is_empty() {
                output::line(&difference.join("\n"))?;
            }
        } else {
            output::line(&render::functions_table(&found.functions))?;
        }
        if let Some(marker) = &found.next_marker {
            wiring.output.note(&format!("more results are available: continue with --marker {marker}"));
        }
        for line in imported.iter().flatten().flat_map(notes) {
            wiring.output.warn(&line);
        }
        if let Some(imported) = &imported {
            // A new job shows nothing that the table and `jobs show` do not; an existing one may surprise.
            let existing = imported.iter().filter(|one| !matches!(one.import, Import::Created(_)));
            for difference in existing.filter(|_| !args.dry_run).filter_map(render::import_difference) {
                wiring.output.note(&difference);
            }
            wiring.output.note(&summary(imported, args.dry_run));
        }
    }
    let skipped = imported.iter().flatten().any(|one| matches!(one.import, Import::Skipped(_)));
    Ok(if skipped { ExitCode::Partial } else { ExitCode::Success })
}

fn notes(imported: &ImportedFunction) -> Vec<String> {
    let mut notes = imported.notes.clone();
    if let Import::Skipped(reason) = &imported.import {
        notes.push(format!("{} was not imported: {reason}", imported.function));
    }
    notes
}

fn summary(imported: &[ImportedFunction], dry_run: bool) -> String {
    let count = |wanted: fn(&Import) -> bool| imported.iter().filter(|one| wanted(&one.import)).count();
    format!(
        "{}jobs: {} created, {} refreshed, {} unchanged, {} skipped",
        if dry_run { "dry run, nothing was changed; " } else { "" },
        count(|i| matches!(i, Import::Created(_))),
        count(|i| matches!(i, Import::Refreshed(_))),
        count(|i| matches!(i, Import::Unchanged(_))),
        count(|i| matches!(i, Import::Skipped(_))),
    )
}
