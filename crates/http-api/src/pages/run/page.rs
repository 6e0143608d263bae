//! The page of a run, and what its buttons do.

use super::{
    again::{Again, Inputs, arguments_of},
    cards::{Cards, Record},
    verdict::{Verdict, in_words, subject, title},
};
use crate::{
    Problem,
    pages::{
        frame::{Frame, Place},
        parts::Markup,
        submit::{MAY_RUN, Wanted, submit, take_permit},
        visit::{Visit, lead_to, part, show},
    },
};
use askama::Template;
use axum::{
    extract::{Form, Path},
    response::Response,
};
use lamplight_app::{EventSource, RunName, TargetName, note_run, show_run};
use lamplight_domain::{EffectiveSettings, ErrorCode, Job, Level, Run, RunKey, RunState, Settings};
use lamplight_ports::{Bytes, Note, RunSelector};
use serde::Deserialize;

/// The page.
#[derive(Template)]
#[template(path = "run/page.html")]
struct RunPage {
    frame: Frame,
    key: String,
    job: Option<String>,
    verdict: Markup,
    cards: Markup,
}

/// A run that the visitor may see, with what belongs to it.
struct Found {
    run: Run,
    response: Option<Bytes>,
    job: Option<Job>,
    notes: Vec<Note>,
    others: Vec<String>,
    inputs: Inputs,
}

impl Found {
    async fn read(visit: &Visit, key: &RunKey) -> Result<Self, Problem> {
        let ports = &visit.server.ports;
        let found = show_run(&*ports.run.runs, &RunName::Key(key.to_string())).await;
        // What does not exist and what may not be seen look the same.
        let found = found.map_err(|error| match error.code() {
            ErrorCode::RunNotFound => Problem::not_found(),
            _ => error.into(),
        })?;
        let Some(run) = found.run.filter(|run| run.key() == key && may_see(visit, run)) else {
            return Err(Problem::not_found());
        };
        let job = match &run.intent.job {
            Some(name) => ports.jobs.get(name).await?.map(|stored| stored.job),
            None => None,
        };
        Ok(Self {
            inputs: arguments_of(&run, job.as_ref()),
            response: found.response,
            notes: ports.history.notes(key).await?,
            others: found.others.iter().map(ToString::to_string).collect(),
            job,
            run,
        })
    }

    /// How it can be run again: only with the same inputs, and only if its job still exists.
    fn again(&self, visit: &Visit) -> Option<Again> {
        let has_target = self.run.intent.job.is_none() || self.job.is_some();
        let is_offered = visit.actor().may(MAY_RUN) && self.inputs.is_complete && has_target;
        is_offered.then(|| Again { once: visit.once_key() })
    }

    fn verdict(&self, visit: &Visit, loads_cards: bool) -> Verdict {
        Verdict::new(&self.run, &visit.frame(), self.again(visit), loads_cards)
    }

    fn cards(&self, visit: &Visit) -> Cards {
        let record = Record {
            run: &self.run,
            response: self.response.as_deref(),
            job: self.job.as_ref(),
            notes: &self.notes,
            others: self.others.clone(),
            inputs: &self.inputs,
        };
        Cards::new(record, &visit.frame(), self.again(visit))
    }
}

fn may_see(visit: &Visit, run: &Run) -> bool {
    visit.actor().scope.includes(&run.intent.connection, run.intent.job.as_ref())
}

/// Shows the page. A run ID in place of the key leads to the page of the run.
pub async fn show_run_page(visit: Visit, Path(name): Path<String>) -> Result<Response, Problem> {
    let Ok(key) = name.parse::<RunKey>() else { return lead_to_run(&visit, &name).await };
    if name == "latest" {
        return lead_to_run(&visit, &name).await;
    }
    let found = Found::read(&visit, &key).await?;
    let is_under_way = found.run.outcome().is_none();
    let mut frame = visit.frame().of(Place::Runs, title(&found.run));
    if is_under_way {
        frame = frame.live(format!("run:{key}"));
        frame.refresh = true;
    }
    show(&RunPage {
        verdict: part(&found.verdict(&visit, false))?,
        cards: part(&found.cards(&visit))?,
        job: found.run.intent.job.as_ref().map(ToString::to_string),
        key: key.to_string(),
        frame,
    })
}

/// A run ID whose `/` is a part of the address; its status is not sent by browsers.
pub async fn show_run_by_id(
    visit: Visit,
    Path((function, request)): Path<(String, String)>,
) -> Result<Response, Problem> {
    lead_to_run(&visit, &format!("{function}/{request}#Unknown")).await
}

/// Leads from what users call a run to its page.
async fn lead_to_run(visit: &Visit, name: &str) -> Result<Response, Problem> {
    let name: RunName = name.parse().map_err(|_| Problem::not_found())?;
    let found = show_run(&*visit.server.ports.run.runs, &name).await.map_err(|_| Problem::not_found())?;
    match found.run.filter(|run| may_see(visit, run)) {
        Some(run) => Ok(lead_to(&format!("/runs/{}", run.key()))),
        None => Err(Problem::not_found()),
    }
}

/// Shows what is below the verdict, for a page whose run has ended meanwhile.
pub async fn cards(visit: Visit, Path(key): Path<String>) -> Result<Response, Problem> {
    let key = key.parse().map_err(|_| Problem::not_found())?;
    show(&Found::read(&visit, &key).await?.cards(&visit))
}

/// The verdict of a run as markup, and its end in words if it has ended: what a page that shows it receives.
pub async fn verdict_event(visit: &Visit, key: &RunKey) -> Result<(Markup, Option<String>), Problem> {
    let found = Found::read(visit, key).await?;
    let end = found.run.outcome().is_some().then(|| format!("{}.", in_words(&found.run)));
    Ok((part(&found.verdict(visit, end.is_some()))?, end))
}

/// The form below the verdict of a run whose outcome is unknown.
#[derive(Debug, Deserialize)]
pub struct NoteForm {
    text: String,
}

/// Keeps a note.
pub async fn note(
    visit: Visit,
    Path(key): Path<String>,
    Form(form): Form<NoteForm>,
) -> Result<Response, Problem> {
    visit.require(MAY_RUN)?;
    let key: RunKey = key.parse().map_err(|_| Problem::not_found())?;
    Found::read(&visit, &key).await?;
    let ports = &visit.server.ports;
    let name = RunName::Key(key.to_string());
    note_run(&*ports.run.runs, &*ports.history, &*ports.run.clock, visit.actor(), &name, &form.text).await?;
    visit.caller.audit(&visit.server, "run.noted", format!("run {key}"), None).await;
    Ok(lead_to(&format!("/runs/{key}")))
}

/// The form that runs something again.
#[derive(Debug, Deserialize)]
pub struct AgainForm {
    key: String,
    #[serde(default)]
    checked: String,
}

/// Runs a run again with the same inputs and settings. A run whose outcome is unknown needs the ticked box.
pub async fn run_again(
    visit: Visit,
    Path(key): Path<String>,
    Form(form): Form<AgainForm>,
) -> Result<Response, Problem> {
    visit.require(MAY_RUN)?;
    let key: RunKey = key.parse().map_err(|_| Problem::not_found())?;
    let found = Found::read(&visit, &key).await?;
    let run = &found.run;
    match run.state() {
        RunState::Succeeded | RunState::FunctionFailed | RunState::Rejected | RunState::Validated => {}
        RunState::Unknown if form.checked == "yes" => {}
        RunState::Unknown => {
            return Err(Problem::invalid("the outcome of this run is unknown: the function may have run")
                .with_hint("look first, then tick the box that says that a second execution does no harm"));
        }
        RunState::Queued | RunState::Running | RunState::Accepted => {
            return Err(Problem::new(
                ErrorCode::Conflict,
                format!("{} and may run the function", in_words(run)),
            ));
        }
    }
    if !found.inputs.is_complete {
        let address = match &run.intent.job {
            Some(job) => format!("/jobs/{job}?from={key}"),
            None => format!("/runs/{key}"),
        };
        return Ok(lead_to(&address));
    }
    let subject = subject(run);
    let target = match &run.intent.job {
        Some(_) => TargetName::Job(&subject),
        None => TargetName::Function(&run.intent.function.reference),
    };
    let body = format!("again {key}");
    let wanted = Wanted {
        target,
        connection: Some(&run.intent.connection),
        event: EventSource::Arguments(found.inputs.arguments.clone()),
        settings: own_settings(&run.intent.effective),
        once: &form.key,
        body: body.as_bytes(),
    };
    take_permit(&visit)?;
    let submitted = submit(&visit, wanted).await?;
    Ok(lead_to(&format!("/runs/{}", submitted.key)))
}

/// The settings that were given for the run alone.
pub fn own_settings(effective: &EffectiveSettings) -> Settings {
    let EffectiveSettings { invocation_type, qualifier, max_attempts, log_tail, client_context } = effective;
    let own = |level: Level| level == Level::Run;
    Settings {
        invocation_type: own(invocation_type.level).then_some(invocation_type.value),
        qualifier: qualifier.value.clone().filter(|_| own(qualifier.level)),
        max_attempts: own(max_attempts.level).then_some(max_attempts.value),
        log_tail: own(log_tail.level).then_some(log_tail.value),
        client_context: client_context.value.clone().filter(|_| own(client_context.level)),
    }
}

/// A run by its key, if the visitor may see it.
pub async fn find(visit: &Visit, key: &RunKey) -> Result<Option<Run>, Problem> {
    let run = visit.server.ports.run.runs.find(&RunSelector::Key(key.clone())).await?;
    Ok(run.filter(|run| may_see(visit, run)))
}
