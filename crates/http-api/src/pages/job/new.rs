//! A new job for a function.

use crate::{
    Problem,
    pages::{
        filters,
        frame::{Frame, Place},
        jobs::connection_names,
        visit::{Visit, lead_to, show, show_as},
    },
};
use askama::Template;
use axum::{extract::Form, http::StatusCode, response::Response};
use lamplight_app::{AppError, NewJob, create_job};
use lamplight_domain::{ConnectionName, ErrorClass, JobName, Role};
use serde::Deserialize;

/// The page.
#[derive(Template)]
#[template(path = "job/new.html")]
struct NewJobPage {
    frame: Frame,
    connections: Vec<String>,
    form: NewJobForm,
    refusal: Option<String>,
}

/// The form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NewJobForm {
    name: String,
    connection: String,
    function: String,
}

fn page(visit: &Visit, form: NewJobForm) -> Result<NewJobPage, Problem> {
    Ok(NewJobPage {
        frame: visit.frame().of(Place::Jobs, "New job"),
        connections: connection_names(visit)?,
        form,
        refusal: None,
    })
}

/// Shows the form.
pub async fn show_new(visit: Visit) -> Result<Response, Problem> {
    visit.require(Role::Admin)?;
    show(&page(&visit, NewJobForm::default())?)
}

/// Takes the form, and leads to the parameters of the new job.
pub async fn create(visit: Visit, Form(form): Form<NewJobForm>) -> Result<Response, Problem> {
    visit.require(Role::Admin)?;
    let error = match new_job(&visit, &form).await {
        Ok(name) => {
            visit.caller.audit(&visit.server, "job.created", format!("job {name}"), None).await;
            return Ok(lead_to(&format!("/jobs/{name}/parameters")));
        }
        Err(error) => error,
    };
    if !matches!(error.class(), ErrorClass::Usage | ErrorClass::Conflict | ErrorClass::NotFound) {
        return Err(error.into());
    }
    let mut page = page(&visit, form)?;
    page.refusal = Some(format!("The job was not created: {error}."));
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn new_job(visit: &Visit, form: &NewJobForm) -> Result<JobName, AppError> {
    let name: JobName = form.name.trim().parse()?;
    let connection: ConnectionName = form.connection.trim().parse()?;
    let scope = &visit.actor().scope;
    if !scope.includes(&connection, Some(&name)) {
        return Err(AppError::Setting(format!(
            "connection {connection} does not exist, or you may not use it for this job"
        )));
    }
    let ports = &visit.server.ports;
    let new = NewJob {
        name: name.clone(),
        connection: Some(connection),
        function: form.function.trim().to_owned(),
    };
    create_job(&*ports.connector, &*ports.jobs, new, Vec::new()).await?;
    Ok(name)
}
