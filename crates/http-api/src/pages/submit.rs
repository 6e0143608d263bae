//! Queues a run for a visitor.

use super::visit::Visit;
use crate::Problem;
use lamplight_app::{
    AppError, EventSource, References, RunRequest, Submitted, TargetName, prepare_run, resolve_target,
};
use lamplight_domain::{ConnectionName, Provenance, Role, SecretHash, Settings};
use lamplight_ports::OnceKey;

/// A run that a form asks for.
pub struct Wanted<'a> {
    /// The job or function.
    pub target: TargetName<'a>,
    /// The connection, if it is not that of the job.
    pub connection: Option<&'a ConnectionName>,
    /// The event.
    pub event: EventSource,
    /// The settings of this run only.
    pub settings: Settings,
    /// The form's own key.
    pub once: &'a str,
    /// The form as it was sent, to tell whether the same key was used for another one.
    pub body: &'a [u8],
}

/// Refuses a visitor who starts too many runs.
pub fn take_permit(visit: &Visit) -> Result<(), Problem> {
    visit.server.limits.runs.take(&visit.actor().id(), visit.now())
}

/// Queues it. Sending the same form again finds the run that the first one made.
pub async fn submit(visit: &Visit, wanted: Wanted<'_>) -> Result<Submitted, AppError> {
    let server = &visit.server;
    let ports = &server.ports;
    let target = resolve_target(&*ports.connector, &*ports.jobs, wanted.target, wanted.connection).await?;
    let request = RunRequest {
        settings: wanted.settings,
        provenance: Provenance { started_by: Some(visit.actor().who.clone()), ..Provenance::default() },
        references: References::Refuse,
        ..RunRequest::new(target, wanted.event)
    };
    let prepared = prepare_run(&*ports.secrets, request).await?;
    let once = OnceKey {
        owner: visit.actor().id(),
        key: wanted.once.chars().take(LONGEST_KEY).collect(),
        digest: SecretHash::of(wanted.body).0,
    };
    let submitted = server.queue.submit(prepared, Some(once)).await?;
    if submitted.is_new {
        visit.caller.audit(server, "run.created", submitted.key.as_str(), None).await;
    }
    Ok(submitted)
}

/// A form's key is one of ours; more of it is not needed.
const LONGEST_KEY: usize = 64;

/// The role that may start runs.
pub const MAY_RUN: Role = Role::Runner;
