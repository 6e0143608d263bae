//! One function: its versions and aliases, and what has changed since it was imported.

use super::{
    frame::{Frame, Place},
    functions::{function_state, may_use, open, package, preview, time_of},
    parts::{Markup, ago},
    visit::{Visit, show},
};
use crate::Problem;
use askama::{Template, filters::Safe};
use axum::{extract::Path, response::Response};
use lamplight_app::{
    AppError, Import, ImportedFunction,
    manage::{FunctionDetail, PageLimits, list_aliases, list_versions, qualified_function, show_function},
};
use lamplight_domain::{Alias, Function, FunctionRef, ImportAction, ImportChange, ImportField, Timestamp};
use lamplight_ports::Connection;
use std::{fmt::Write as _, ops::ControlFlow};

/// How many versions and aliases are shown.
const MOST: u32 = 50;

/// The page.
#[derive(Template)]
#[template(path = "function.html")]
struct FunctionPage {
    frame: Frame,
    name: String,
    connection: String,
    description: String,
    state: Option<Markup>,
    state_reason: Option<String>,
    versions: Result<Vec<VersionRow>, String>,
    aliases: Result<Vec<AliasRow>, String>,
    job: Option<String>,
    is_imported: bool,
    is_importable: bool,
    differences: Vec<Difference>,
    facts: Vec<(&'static str, String)>,
}

struct VersionRow {
    version: String,
    description: String,
    published: Option<Markup>,
    called_by: String,
}

struct AliasRow {
    name: String,
    version: String,
    bar: Markup,
    words: String,
}

/// A difference between what the job has and what the function says today.
struct Difference {
    class: &'static str,
    text: String,
}

/// Shows the page.
pub async fn show_page(
    visit: Visit,
    Path((connection, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let connection = open(&visit, &connection).await?;
    let wanted = qualified_function(&connection, &name, None)?;
    let function = show_function(&connection, &wanted, FunctionDetail::Whole).await?;
    let aliases = read_aliases(&connection, &wanted.function).await;
    let versions = read_versions(&connection, &wanted.function).await;
    let preview = preview(&visit, &connection, std::slice::from_ref(&function)).await?.into_iter().next();
    show(&FunctionPage::new(&visit, &connection, &function, versions, aliases, preview.as_ref()))
}

async fn read_versions(connection: &Connection, function: &FunctionRef) -> Result<Vec<Function>, AppError> {
    let mut all = Vec::new();
    let mut keep = |page: Vec<Function>| {
        all.extend(page);
        ControlFlow::Continue(())
    };
    let limits = PageLimits { max_items: Some(MOST), ..PageLimits::default() };
    list_versions(connection, function, &limits, &mut keep).await?;
    Ok(all)
}

async fn read_aliases(connection: &Connection, function: &FunctionRef) -> Result<Vec<Alias>, AppError> {
    let mut all = Vec::new();
    let mut keep = |page: Vec<Alias>| {
        all.extend(page);
        ControlFlow::Continue(())
    };
    let limits = PageLimits { max_items: Some(MOST), ..PageLimits::default() };
    list_aliases(connection, function, None, &limits, &mut keep).await?;
    Ok(all)
}

impl FunctionPage {
    fn new(
        visit: &Visit,
        connection: &Connection,
        function: &Function,
        versions: Result<Vec<Function>, AppError>,
        aliases: Result<Vec<Alias>, AppError>,
        preview: Option<&ImportedFunction>,
    ) -> Self {
        let now = visit.now();
        let known: &[Alias] = aliases.as_deref().unwrap_or_default();
        let versions =
            versions.map(|all| all.iter().map(|version| VersionRow::new(version, known, now)).collect());
        let (job, is_imported) = match preview.map(|preview| &preview.import) {
            Some(Import::Refreshed(name) | Import::Unchanged(name)) => (Some(name), true),
            Some(Import::Created(name)) => (Some(name), false),
            Some(Import::Skipped(_)) | None => (None, false),
        };
        let job = job.filter(|job| may_use(visit, connection, job));
        let changes = preview.map(|preview| preview.changes.as_slice()).unwrap_or_default();
        Self {
            frame: visit.frame().of(Place::Functions, function.name.as_str()),
            name: function.name.to_string(),
            connection: connection.name.to_string(),
            description: function.settings.description.clone().unwrap_or_default(),
            state: function_state(function),
            state_reason: function.state_reason.clone(),
            aliases: aliases
                .map(|all| all.iter().map(AliasRow::new).collect())
                .map_err(|error| error.to_string()),
            versions: versions.map_err(|error| error.to_string()),
            is_importable: job.is_some() && visit.frame().may_change(),
            job: job.map(ToString::to_string),
            is_imported,
            differences: changes.iter().map(Difference::new).collect(),
            facts: facts(function),
        }
    }

    /// Whether an import would change something.
    fn has_changes(&self) -> bool {
        self.differences.iter().any(|difference| difference.class != "kept")
    }
}

impl VersionRow {
    fn new(version: &Function, aliases: &[Alias], now: Timestamp) -> Self {
        let number = version.version.clone().unwrap_or_else(|| "not known".to_owned());
        let called_by: Vec<String> = aliases
            .iter()
            .filter_map(|alias| {
                let share = share_of(alias, &number)?;
                Some(if share >= 1.0 {
                    alias.name.clone()
                } else {
                    format!("{} {}", alias.name, percent(share))
                })
            })
            .collect();
        Self {
            description: version.settings.description.clone().unwrap_or_default(),
            published: version.last_modified.as_deref().and_then(time_of).map(|at| ago(at, now)),
            called_by: called_by.join(", "),
            version: number,
        }
    }
}

/// The share of an alias's calls that goes to a version; `None` if none does.
fn share_of(alias: &Alias, version: &str) -> Option<f64> {
    if alias.version == version {
        return Some(1.0 - alias.routing.values().sum::<f64>());
    }
    alias.routing.get(version).copied()
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if (percent - percent.round()).abs() < 0.05 {
        format!("{percent:.0} %")
    } else {
        format!("{percent:.1} %")
    }
}

impl AliasRow {
    fn new(alias: &Alias) -> Self {
        let own = 1.0 - alias.routing.values().sum::<f64>();
        let mut bar = String::from(
            "<svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"track\" \
             width=\"100\" height=\"10\"/>",
        );
        // Writing to a `String` cannot fail.
        let _ =
            write!(bar, "<rect class=\"fill\" width=\"{:.2}\" height=\"10\"/>", own.clamp(0.0, 1.0) * 100.0);
        let mut at = own;
        for share in alias.routing.values() {
            let (x, width) = (at.clamp(0.0, 1.0) * 100.0, share.clamp(0.0, 1.0) * 100.0);
            let _ = write!(bar, "<rect class=\"lampfill\" x=\"{x:.2}\" width=\"{width:.2}\" height=\"10\"/>");
            at += share;
        }
        bar.push_str("</svg>");
        let words = if alias.routing.is_empty() {
            format!("all to {}", alias.version)
        } else {
            let others =
                alias.routing.iter().map(|(version, share)| format!("{} to {version}", percent(*share)));
            std::iter::once(format!("{} to {}", percent(own), alias.version))
                .chain(others)
                .collect::<Vec<_>>()
                .join(", ")
        };
        Self { name: alias.name.clone(), version: alias.version.clone(), bar: Safe(bar), words }
    }
}

impl Difference {
    fn new(change: &ImportChange) -> Self {
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        let parameter = change.parameter.as_ref().map(ToString::to_string).unwrap_or_default();
        let subject = match (change.field, parameter.is_empty()) {
            (ImportField::Parameter, _) => parameter,
            (field, true) => field.as_str().to_owned(),
            (field, false) => format!("{parameter}, {}", field.as_str()),
        };
        let (before, after) = (value(&change.before), value(&change.after));
        let (class, text) = match change.action {
            ImportAction::Added => ("add", format!("+ {subject}  {after}")),
            ImportAction::Removed => ("del", format!("− {subject}  {before}")),
            ImportAction::Changed => ("add", format!("± {subject}  {before} → {after}")),
            ImportAction::Kept => ("kept", format!("  {subject}  {after}; yours is kept: {before}")),
        };
        Self { class, text }
    }
}

fn facts(function: &Function) -> Vec<(&'static str, String)> {
    let settings = &function.settings;
    let variables = settings.environment.as_ref().map(|variables| match variables.len() {
        0 => "none".to_owned(),
        1 => "1 variable, its value is not shown".to_owned(),
        many => format!("{many} variables, their values are not shown"),
    });
    let rows = [
        ("Reference", Some(function.reference.clone())),
        ("Runtime", settings.runtime.clone()),
        ("Handler", settings.handler.clone()),
        ("Role", settings.role.clone()),
        ("Memory", settings.memory_mb.map(|memory| format!("{memory} MiB"))),
        ("Time limit", settings.timeout_seconds.map(|limit| format!("{limit} s"))),
        ("Architecture", function.architecture.clone()),
        ("Package", Some(package(function)).filter(|text| !text.is_empty())),
        ("Environment", variables),
        ("Environment", function.environment_error.clone()),
        ("Reserved concurrency", function.reserved_concurrency.map(|many| many.to_string())),
        ("Changed", function.last_modified.clone()),
    ];
    rows.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_shown_with_its_shares() {
        let alias = Alias {
            name: "live".to_owned(),
            reference: String::new(),
            version: "14".to_owned(),
            description: None,
            routing: [("15".to_owned(), 0.1)].into(),
            revision: None,
        };
        let row = AliasRow::new(&alias);
        assert_eq!(row.words, "90 % to 14, 10 % to 15");
        assert_eq!(row.bar.0.matches("lampfill").count(), 1);
        assert_eq!(share_of(&alias, "15"), Some(0.1));
        assert_eq!(share_of(&alias, "13"), None);
        let plain = Alias { routing: lamplight_domain::Routing::new(), ..alias };
        assert_eq!(AliasRow::new(&plain).words, "all to 14");
    }
}
