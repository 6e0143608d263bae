//! Lists, shows and tests connections.

use super::{lookup, query::Query, reply::json};
use crate::{
    Caller, Problem, Server,
    openapi::{Endpoint, Operation, connection_name, job_name},
    problem::word_hint,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use lamplight_app::{
    AppError, Check, CheckOutcome, DoctorPorts, DoctorRequest, DoctorTarget, NoProgress, doctor,
};
use lamplight_domain::{ConnectionName, ErrorCode, Role};
use lamplight_ports::{ConnectionInfo, EffectiveSetting, SettingOrigin};
use lamplight_views::{
    CheckView, CheckWord, ChecksView, ConnectionSettingsView, ConnectionView, ConnectionsView, SettingView,
};
use serde_json::Value;
use std::sync::Arc;

pub(super) fn list() -> Endpoint {
    Operation::get("/api/v1/connections", "list_connections", "List connections")
        .answer::<ConnectionsView>(200, "The connections")
        .handled_by(list_connections)
}

async fn list_connections(
    State(server): State<Arc<Server>>,
    caller: Caller,
    query: Query,
) -> Result<Response, Problem> {
    query.finish()?;
    let connections = visible(&server, &caller)?.iter().map(connection_view).collect();
    Ok(json(StatusCode::OK, &ConnectionsView { connections }))
}

fn visible(server: &Server, caller: &Caller) -> Result<Vec<ConnectionInfo>, Problem> {
    let mut all = server.ports.directory.list()?;
    all.retain(|info| caller.actor.scope.includes(&info.name, None));
    Ok(all)
}

fn connection_view(info: &ConnectionInfo) -> ConnectionView {
    let setting =
        |key: &str| info.settings.iter().find(|setting| setting.key == key).map(|setting| &setting.value);
    let text = |key: &str| setting(key).and_then(Value::as_str).map(str::to_owned);
    ConnectionView {
        auth: setting("auth").and_then(|auth| match auth {
            Value::String(name) => Some(name.clone()),
            Value::Object(table) => table.keys().next().cloned(),
            _ => None,
        }),
        default: info.is_default,
        endpoint_url: text("endpoint_url"),
        labels: info.labels.clone(),
        name: info.name.to_string(),
        provider: info.provider.clone(),
        region: text("region"),
    }
}

pub(super) fn show() -> Endpoint {
    Operation::get("/api/v1/connections/{name}", "show_connection", "Show the settings of a connection")
        .about("Secrets are references.")
        .in_path("name", "The name of the connection", connection_name)
        .answer::<ConnectionSettingsView<'_>>(200, "The settings")
        .fails(404, "The connection does not exist")
        .handled_by(show_connection)
}

async fn show_connection(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    query.finish()?;
    let name: ConnectionName = name.parse().map_err(AppError::Name)?;
    let info = find(&server, &caller, &name)?;
    let settings = info.settings.iter().map(setting_view).collect();
    Ok(json(StatusCode::OK, &ConnectionSettingsView { name: name.as_str(), settings }))
}

fn find(server: &Server, caller: &Caller, name: &ConnectionName) -> Result<ConnectionInfo, Problem> {
    let found = visible(server, caller)?.into_iter().find(|info| info.name == *name);
    found.ok_or_else(|| Problem::new(ErrorCode::ConnectionNotFound, format!("connection {name} not found")))
}

fn setting_view(setting: &EffectiveSetting) -> SettingView {
    let EffectiveSetting { key, value, origin } = setting;
    let origin = match origin {
        SettingOrigin::Given(name) => name.clone(),
        SettingOrigin::Table(_) => "configuration".to_owned(),
        SettingOrigin::Variable(name) => (*name).to_owned(),
        SettingOrigin::File(place) => place.clone(),
        SettingOrigin::Default if value.is_null() => "not set".to_owned(),
        SettingOrigin::Default => "default".to_owned(),
    };
    SettingView { key: key.clone(), origin, value: value.clone() }
}

pub(super) fn test() -> Endpoint {
    Operation::post("/api/v1/connections/{name}/test", "test_connection", "Check a connection step by step")
        .about("A function is called only as a dry run, and only if a job is named.")
        .role(Role::Runner)
        .in_path("name", "The name of the connection", connection_name)
        .query("job", "A job to check as well", job_name)
        .answer::<ChecksView>(200, "The checks, in order")
        .fails(404, "The connection or the job does not exist")
        .handled_by(test_connection)
}

async fn test_connection(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let job = query.text("job")?;
    query.finish()?;
    let name: ConnectionName = name.parse().map_err(AppError::Name)?;
    find(&server, &caller, &name)?;
    if let Some(job) = &job {
        let stored = lookup::job(&server, &caller, job).await?;
        lookup::check_job(&caller, &name, &stored.job.name)?;
    }
    let run = &server.ports.run;
    let ports = DoctorPorts {
        connector: &*server.ports.connector,
        secrets: &*server.ports.secrets,
        clock: &*run.clock,
    };
    let target = job.as_deref().map(|text| DoctorTarget { text, jobs: &*server.ports.jobs });
    let request = DoctorRequest { connection: Some(&name), target, connection_alone: target.is_none() };
    let checks = doctor(&ports, &request, &NoProgress).await;
    caller.audit(&server, "connection.tested", name.as_str(), None).await;
    Ok(json(StatusCode::OK, &ChecksView { checks: checks.into_iter().map(check_view).collect() }))
}

fn check_view(check: Check) -> CheckView {
    let name = check.name.as_str();
    let (outcome, detail) = match check.outcome {
        CheckOutcome::Pass { detail } => (CheckWord::Pass, detail),
        CheckOutcome::Skipped { reason } => (CheckWord::Skipped, reason),
        CheckOutcome::Fail(error) => {
            let hint = error.hint().as_ref().map(word_hint);
            let problem = Problem::from(error);
            return CheckView {
                causes: problem.causes().to_vec(),
                code: Some(problem.code().to_string()),
                detail: problem.to_string(),
                hint,
                name,
                outcome: CheckWord::Fail,
            };
        }
    };
    CheckView { causes: Vec::new(), code: None, detail, hint: None, name, outcome }
}
