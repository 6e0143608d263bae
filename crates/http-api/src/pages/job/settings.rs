//! The settings of a job: what it overrides, what it is for, and its removal.

use super::{
    fields::Filled,
    head::{Head, find_job, latest_runs},
};
use crate::{
    Problem,
    pages::{
        filters,
        frame::{Frame, Place},
        visit::{Visit, lead_to, show, show_as},
    },
};
use askama::Template;
use axum::{
    extract::{Form, Path},
    http::StatusCode,
    response::Response,
};
use lamplight_app::{AppError, JobEdit, edit_job_revision, remove_job};
use lamplight_domain::{ErrorClass, ErrorCode, InvocationType, Job, Revision, Role};
use lamplight_ports::{RunSummary, StoredJob};
use serde::Deserialize;

/// The page.
#[derive(Template)]
#[template(path = "job/settings.html")]
struct SettingsPage {
    frame: Frame,
    head: Head,
    tab: &'static str,
    revision: u64,
    fields: SettingsForm,
    refusal: Option<String>,
}

/// The form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct SettingsForm {
    description: String,
    invocation_type: String,
    qualifier: String,
    attempts: String,
    log_tail: String,
    context: String,
    is_open: bool,
    is_idempotent: bool,
}

impl SettingsForm {
    fn of(job: &Job) -> Self {
        let overrides = &job.overrides;
        Self {
            description: job.description.clone().unwrap_or_default(),
            invocation_type: overrides.invocation_type.map(|own| own.to_string()).unwrap_or_default(),
            qualifier: overrides.qualifier.as_ref().map(ToString::to_string).unwrap_or_default(),
            attempts: overrides.max_attempts.map(|own| own.to_string()).unwrap_or_default(),
            log_tail: overrides
                .log_tail
                .map(|own| if own { "yes" } else { "no" }.to_owned())
                .unwrap_or_default(),
            context: overrides.client_context.clone().unwrap_or_default(),
            is_open: job.open,
            is_idempotent: job.idempotent,
        }
    }

    fn read(filled: &Filled) -> Self {
        let of = |name: &str| filled.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
        Self {
            description: of("description"),
            invocation_type: of("type"),
            qualifier: of("qualifier"),
            attempts: of("attempts"),
            log_tail: of("log_tail"),
            context: of("context"),
            is_open: !of("open").is_empty(),
            is_idempotent: !of("idempotent").is_empty(),
        }
    }

    fn edits(&self) -> Result<Vec<JobEdit>, AppError> {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let wrong = |error: &dyn std::fmt::Display| AppError::Setting(error.to_string());
        let invocation_type = some(&self.invocation_type).map(|text| text.parse::<InvocationType>());
        let attempts = some(&self.attempts).map(|text| {
            text.parse::<u32>()
                .map_err(|_| AppError::Setting(format!("{text:?} is not a number of attempts")))
        });
        Ok(vec![
            JobEdit::Description(some(&self.description)),
            JobEdit::InvocationType(invocation_type.transpose().map_err(|error| wrong(&error))?),
            JobEdit::Qualifier(some(&self.qualifier).map(|text| text.parse()).transpose()?),
            JobEdit::MaxAttempts(attempts.transpose()?),
            JobEdit::LogTail(match self.log_tail.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            }),
            JobEdit::ClientContext(some(&self.context)),
            JobEdit::Idempotent(self.is_idempotent),
            JobEdit::Open(self.is_open),
        ])
    }
}

impl SettingsPage {
    fn new(visit: &Visit, stored: &StoredJob, latest: &[RunSummary], fields: SettingsForm) -> Self {
        Self {
            frame: visit.frame().of(Place::Jobs, format!("{}: settings", stored.job.name)),
            head: Head::new(stored, latest),
            tab: "settings",
            revision: stored.revision.0,
            fields,
            refusal: None,
        }
    }
}

/// Shows the settings.
pub async fn show_settings(visit: Visit, Path(name): Path<String>) -> Result<Response, Problem> {
    let stored = find_job(&visit, &name).await?;
    let latest = latest_runs(&visit, &stored.job.name).await?;
    show(&SettingsPage::new(&visit, &stored, &latest, SettingsForm::of(&stored.job)))
}

/// Takes the form.
pub async fn save_settings(
    visit: Visit,
    Path(name): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    visit.require(Role::Admin)?;
    let stored = find_job(&visit, &name).await?;
    let filled: Filled = pairs.into_iter().collect();
    let looked_at = Revision(filled.get("revision").and_then(|text| text.parse().ok()).unwrap_or_default());
    let fields = SettingsForm::read(&filled);
    let result = match fields.edits() {
        Ok(edits) => edit_job_revision(&*visit.server.ports.jobs, &stored.job.name, looked_at, edits).await,
        Err(error) => Err(error),
    };
    let refused = match result {
        Ok(saved) => {
            if saved.revision != looked_at {
                let subject = format!("job {name}, revision {} to {}", looked_at.0, saved.revision.0);
                visit.caller.audit(&visit.server, "job.updated", subject, None).await;
            }
            return Ok(lead_to(&format!("/jobs/{name}/settings")));
        }
        Err(error) => error,
    };
    let latest = latest_runs(&visit, &stored.job.name).await?;
    let now = find_job(&visit, &name).await?;
    let mut page = SettingsPage::new(&visit, &now, &latest, fields);
    if refused.code() == ErrorCode::RevisionChanged {
        page.refusal = Some(format!(
            "Nothing was saved: you edited revision {}, and somebody else has saved revision {} meanwhile. Your input is \
             still here; saving again replaces that revision.",
            looked_at.0, now.revision.0
        ));
        return show_as(StatusCode::PRECONDITION_FAILED, &page);
    }
    if refused.class() != ErrorClass::Usage {
        return Err(refused.into());
    }
    page.refusal = Some(format!("Nothing was saved: {refused}."));
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Removes the job, if the form repeats its name. Its runs are kept.
pub async fn remove(
    visit: Visit,
    Path(name): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    visit.require(Role::Admin)?;
    let stored = find_job(&visit, &name).await?;
    let filled: Filled = pairs.into_iter().collect();
    if filled.get("name").map(|typed| typed.trim()) != Some(stored.job.name.as_str()) {
        return Err(Problem::invalid("the job was not removed: its name was not repeated")
            .with_hint("type the name of the job into the field beside the button"));
    }
    remove_job(&*visit.server.ports.jobs, &stored.job.name).await?;
    visit.caller.audit(&visit.server, "job.deleted", format!("job {name}"), None).await;
    Ok(lead_to("/"))
}
