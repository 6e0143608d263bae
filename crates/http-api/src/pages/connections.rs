//! The connections, and one of them with its settings and the doctor's checks.

use super::{
    frame::{Frame, Place},
    parts::{Markup, badge},
    submit::MAY_RUN,
    visit::{Visit, show},
};
use crate::{Problem, problem::word_hint};
use askama::Template;
use axum::{extract::Path, response::Response};
use lamplight_app::{Check, CheckOutcome, DoctorPorts, DoctorRequest, NoProgress, doctor};
use lamplight_domain::ConnectionName;
use lamplight_ports::{ConnectionInfo, EffectiveSetting, SettingOrigin};
use serde_json::Value;
use std::error::Error;

/// The list.
#[derive(Template)]
#[template(path = "connections.html")]
struct ConnectionsPage {
    frame: Frame,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    is_default: bool,
    provider: String,
    region: String,
    auth: String,
    labels: String,
}

/// The page of one connection.
#[derive(Template)]
#[template(path = "connection.html")]
struct ConnectionPage {
    frame: Frame,
    row: Row,
    settings: Vec<SettingRow>,
    /// The checks, if they were just made.
    checks: Option<Vec<CheckRow>>,
}

struct SettingRow {
    key: String,
    value: String,
    origin: String,
    is_set: bool,
}

struct CheckRow {
    name: &'static str,
    outcome: Markup,
    text: String,
    code: String,
    causes: Vec<String>,
    hint: Option<String>,
}

impl Row {
    fn new(info: &ConnectionInfo) -> Self {
        let text = |key: &str| {
            let setting = info.settings.iter().find(|setting| setting.key == key)?;
            setting.value.as_str().map(str::to_owned)
        };
        let auth = info.settings.iter().find_map(|setting| match (setting.key.as_str(), &setting.value) {
            ("auth", Value::Object(methods)) => methods.keys().next().cloned(),
            ("auth", Value::String(method)) => Some(method.clone()),
            (key, _) => {
                key.strip_prefix("auth.").map(|rest| rest.split('.').next().unwrap_or(rest).to_owned())
            }
        });
        let labels: Vec<String> = info.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Self {
            name: info.name.to_string(),
            is_default: info.is_default,
            provider: info.provider.clone(),
            region: text("region").unwrap_or_else(|| "–".to_owned()),
            auth: auth.unwrap_or_else(|| "–".to_owned()),
            labels: labels.join(", "),
        }
    }
}

/// The settings as rows. A table of settings is shown with one row for each.
fn setting_rows(settings: &[EffectiveSetting]) -> Vec<SettingRow> {
    let mut rows = Vec::new();
    for EffectiveSetting { key, value, origin } in settings {
        let (origin, is_set) = match origin {
            SettingOrigin::Given(name) => (name.clone(), true),
            SettingOrigin::Table(_) => ("configuration".to_owned(), true),
            SettingOrigin::Variable(name) => ((*name).to_owned(), true),
            SettingOrigin::File(place) => (place.clone(), true),
            SettingOrigin::Default if value.is_null() => ("not set".to_owned(), false),
            SettingOrigin::Default => ("default".to_owned(), false),
        };
        flatten(key, value, &origin, is_set, &mut rows);
    }
    rows
}

fn flatten(key: &str, value: &Value, origin: &str, is_set: bool, rows: &mut Vec<SettingRow>) {
    let value = match value {
        Value::Object(inner) if !inner.is_empty() => {
            for (name, value) in inner {
                flatten(&format!("{key}.{name}"), value, origin, is_set, rows);
            }
            return;
        }
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    };
    rows.push(SettingRow { key: key.to_owned(), value, origin: origin.to_owned(), is_set });
}

impl CheckRow {
    fn new(check: &Check) -> Self {
        let row = |outcome, text: &str| Self {
            name: check.name.as_str(),
            outcome,
            text: text.to_owned(),
            code: String::new(),
            causes: Vec::new(),
            hint: None,
        };
        match &check.outcome {
            CheckOutcome::Pass { detail } => row(badge("ok", "Pass"), detail),
            CheckOutcome::Skipped { reason } => row(badge("off", "Skipped"), reason),
            CheckOutcome::Fail(error) => {
                let mut causes = Vec::new();
                let mut cause: Option<&dyn Error> = error.cause().map(|cause| cause as &dyn Error);
                while let Some(found) = cause {
                    causes.push(found.to_string());
                    cause = found.source();
                }
                Self {
                    code: error.code().to_string(),
                    causes,
                    hint: error.hint().as_ref().map(word_hint),
                    ..row(badge("bad", "Fail"), &error.to_string())
                }
            }
        }
    }
}

fn seen(visit: &Visit) -> Result<Vec<ConnectionInfo>, Problem> {
    let mut all = visit.server.ports.directory.list()?;
    all.retain(|info| visit.actor().scope.has_connection(&info.name));
    Ok(all)
}

fn find(visit: &Visit, name: &str) -> Result<ConnectionInfo, Problem> {
    let name: ConnectionName = name.parse().map_err(|_| Problem::not_found())?;
    seen(visit)?.into_iter().find(|info| info.name == name).ok_or_else(Problem::not_found)
}

/// Shows the list.
pub async fn list(visit: Visit) -> Result<Response, Problem> {
    show(&ConnectionsPage {
        frame: visit.frame().of(Place::Connections, "Connections"),
        rows: seen(&visit)?.iter().map(Row::new).collect(),
    })
}

fn page(visit: &Visit, info: &ConnectionInfo, checks: Option<Vec<CheckRow>>) -> ConnectionPage {
    ConnectionPage {
        frame: visit.frame().of(Place::Connections, info.name.as_str()),
        row: Row::new(info),
        settings: setting_rows(&info.settings),
        checks,
    }
}

/// Shows one connection.
pub async fn show_one(visit: Visit, Path(name): Path<String>) -> Result<Response, Problem> {
    let info = find(&visit, &name)?;
    show(&page(&visit, &info, None))
}

/// Makes the doctor's checks and shows them.
pub async fn check(visit: Visit, Path(name): Path<String>) -> Result<Response, Problem> {
    visit.require(MAY_RUN)?;
    let info = find(&visit, &name)?;
    let server = &visit.server.ports;
    let ports =
        DoctorPorts { connector: &*server.connector, secrets: &*server.secrets, clock: &*server.run.clock };
    let request = DoctorRequest { connection: Some(&info.name), target: None, connection_alone: false };
    let checks = doctor(&ports, &request, &NoProgress).await;
    show(&page(&visit, &info, Some(checks.iter().map(CheckRow::new).collect())))
}
