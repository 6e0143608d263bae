//! `lamplight jobs`.

use crate::{
    ExitCode,
    args::{ConfirmArgs, CreateJobArgs, EditArgs, JobSettingsArgs, JobsCommand},
    arguments::read_json_text,
    commands::{manage, parse},
    failure::Failure,
    input::{read_text, source_name},
    output, render,
    wiring::Wiring,
    yaml,
};
use lamplight_app::{
    JobChange, JobDocument, JobEdit, NewJob, ParameterEdit, all_jobs, apply_jobs, create_job, edit_job,
    export_jobs, remove_job, show_job,
};
use lamplight_domain::{DataType, Direction, ErrorCode, JobName, ParamName, Parameter};
use lamplight_ports::{Damaged, StoredJob, StoredPage};
use lamplight_views::{AppliedJobView, AppliedJobsView, AppliedWord, DamagedView, JobView, JobsView};

/// `lamplight jobs …`
pub async fn jobs(command: JobsCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    match command {
        JobsCommand::List => list(wiring).await,
        JobsCommand::Show { job } => show(&job, wiring).await,
        JobsCommand::Create(args) => create(&args, wiring).await,
        JobsCommand::Edit(args) => edit(&args, wiring).await,
        JobsCommand::Rm { jobs, confirm } => remove(&jobs, confirm, wiring).await,
        JobsCommand::Export { jobs } => export(&jobs, wiring).await,
        JobsCommand::Apply { file } => apply(&file, wiring).await,
    }
}

async fn list(wiring: &Wiring) -> Result<ExitCode, Failure> {
    let StoredPage { items: jobs, damaged, .. } = all_jobs(&*wiring.store().await?).await?;
    if wiring.json() {
        wiring.write(&jobs_view(&jobs, &damaged))?;
    } else if jobs.is_empty() {
        wiring.output.note("no jobs found; `lamplight discover --import` creates them");
    } else {
        output::line(&render::jobs_table(&jobs))?;
    }
    report_damaged(&damaged);
    Ok(ExitCode::Success)
}

fn jobs_view<'a>(jobs: &'a [StoredJob], damaged: &'a [Damaged]) -> JobsView<'a> {
    JobsView { jobs: views(jobs), damaged: damaged.iter().map(DamagedView::from).collect() }
}

/// Names the jobs that cannot be read: they are not in the list.
fn report_damaged(damaged: &[Damaged]) {
    for Damaged { name, reason } in damaged {
        output::error(&format!("cannot read job {}: {reason}", render::one_line(name)));
    }
}

async fn show(job: &str, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let stored = show_job(&*wiring.store().await?, &parse(job)?).await?;
    if wiring.json() {
        wiring.write(&JobView::from(&stored.job))?;
    } else {
        output::line(&render::job_details(&stored))?;
    }
    Ok(ExitCode::Success)
}

async fn remove(names: &[String], confirm: ConfirmArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let names: Vec<JobName> = names.iter().map(|name| parse(name)).collect::<Result<_, _>>()?;
    let listed = names.iter().map(JobName::as_str).collect::<Vec<_>>().join(", ");
    let what =
        if names.len() == 1 { format!("remove job {listed}") } else { format!("remove jobs {listed}") };
    manage::confirm(confirm, &what, None, wiring)?;
    let store = wiring.store().await?;
    let mut first_failure = None;
    let mut removed = 0_usize;
    for name in &names {
        match remove_job(&*store, name).await {
            Ok(()) => {
                removed += 1;
                wiring.output.note(&format!("job {name} removed"));
            }
            Err(error) if names.len() == 1 => return Err(error.into()),
            Err(error) => {
                let failure = Failure::from(error);
                failure.report(crate::args::Format::Table);
                first_failure.get_or_insert(failure.exit_code);
            }
        }
    }
    Ok(match first_failure {
        None => ExitCode::Success,
        Some(_) if removed > 0 => ExitCode::Partial,
        Some(code) => code,
    })
}

async fn export(names: &[String], wiring: &Wiring) -> Result<ExitCode, Failure> {
    let names: Vec<JobName> = names.iter().map(|name| parse(name)).collect::<Result<_, _>>()?;
    let StoredPage { items: jobs, damaged, .. } = export_jobs(&*wiring.store().await?, &names).await?;
    if wiring.json() {
        wiring.write(&jobs_view(&jobs, &damaged))?;
    } else {
        let texts: Vec<String> = views(&jobs).iter().map(yaml::write).collect::<Result<_, _>>()?;
        output::data(texts.join("---\n").as_bytes())?;
    }
    report_damaged(&damaged);
    Ok(if damaged.is_empty() { ExitCode::Success } else { ExitCode::Partial })
}

async fn apply(file: &str, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let documents: Vec<JobDocument> = yaml::read_all(&read_text(file)?, &source_name(file))?;
    if documents.is_empty() {
        return Err(Failure::usage(
            ErrorCode::InvalidYaml,
            format!("{}: the file does not contain a document", source_name(file)),
        ));
    }
    let applied = apply_jobs(wiring, &*wiring.store().await?, documents).await?;
    if wiring.json() {
        let jobs = applied
            .iter()
            .map(|(name, change)| AppliedJobView { applied: applied_word(*change), name: name.as_str() });
        wiring.write(&AppliedJobsView { jobs: jobs.collect() })?;
    } else {
        for (name, change) in &applied {
            output::line(&format!("job {name} {}", applied_word(*change).as_str()))?;
        }
    }
    Ok(ExitCode::Success)
}

fn views(jobs: &[StoredJob]) -> Vec<JobView<'_>> {
    jobs.iter().map(|stored| JobView::from(&stored.job)).collect()
}

fn applied_word(change: JobChange) -> AppliedWord {
    match change {
        JobChange::Created => AppliedWord::Created,
        JobChange::Configured => AppliedWord::Configured,
        JobChange::Unchanged => AppliedWord::Unchanged,
    }
}

async fn create(args: &CreateJobArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let new = NewJob {
        name: parse(&args.job)?,
        connection: wiring.named_connection()?,
        function: args.function.clone().unwrap_or_else(|| args.job.clone()),
    };
    let edits = setting_edits(&args.settings, &[])?;
    let stored = create_job(wiring, &*wiring.store().await?, new, edits).await?;
    wiring.output.note(&format!("job {} created", stored.job.name));
    show_stored(&stored, wiring)
}

async fn edit(args: &EditArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let edits = edits(args)?;
    if edits.is_empty() {
        return Err(Failure::usage(ErrorCode::InvalidSetting, "no change was given").with_hint(
            "`lamplight jobs edit --help` lists the changes; `jobs export` and `jobs apply` edit as YAML",
        ));
    }
    let stored = edit_job(&*wiring.store().await?, &parse(&args.job)?, edits).await?;
    show_stored(&stored, wiring)
}

fn show_stored(stored: &StoredJob, wiring: &Wiring) -> Result<ExitCode, Failure> {
    if wiring.json() {
        wiring.write(&JobView::from(&stored.job))?;
    } else {
        output::line(&render::job_details(stored))?;
    }
    Ok(ExitCode::Success)
}

/// The changes, in an order in which they do not depend on how the options were ordered.
fn edits(args: &EditArgs) -> Result<Vec<JobEdit>, Failure> {
    let mut edits = Vec::new();
    for text in &args.rename_param {
        let (from, to) = pair(text)?;
        edits.push(JobEdit::RenameParameter(from, parse(to)?));
    }
    for name in &args.remove_param {
        edits.push(JobEdit::RemoveParameter(parse(name)?));
    }
    edits.extend(setting_edits(&args.settings, &args.unset_default)?);
    for (names, edit) in
        [(&args.not_secret, ParameterEdit::Secret(false)), (&args.optional, ParameterEdit::Required(false))]
    {
        for name in names {
            edits.push(JobEdit::Parameter(parse(name)?, edit.clone()));
        }
    }
    if let Some(text) = &args.move_to {
        edits.push(JobEdit::Connection(parse(text)?));
    }
    if args.no_idempotent {
        edits.push(JobEdit::Idempotent(false));
    }
    if args.closed {
        edits.push(JobEdit::Open(false));
    }
    Ok(edits)
}

/// What is set. Defaults are removed before a parameter becomes secret: then its default must be a reference.
fn setting_edits(args: &JobSettingsArgs, unset_default: &[String]) -> Result<Vec<JobEdit>, Failure> {
    let mut edits = Vec::new();
    for text in &args.add_param {
        let (name, data_type) = match text.rsplit_once(':') {
            Some((name, data_type)) => (name, parse::<DataType>(data_type)?),
            None => (text.as_str(), DataType::String),
        };
        edits.push(JobEdit::AddParameter(Parameter::new(parse(name)?, data_type)));
    }
    for text in &args.set_type {
        let (name, data_type) = pair(text)?;
        edits.push(JobEdit::Parameter(name, ParameterEdit::DataType(parse(data_type)?)));
    }
    for text in &args.set_direction {
        let (name, direction) = pair(text)?;
        edits.push(JobEdit::Parameter(name, ParameterEdit::Direction(parse::<Direction>(direction)?)));
    }
    for name in unset_default {
        edits.push(JobEdit::Parameter(parse(name)?, ParameterEdit::Default(None)));
    }
    for (names, edit) in
        [(&args.secret, ParameterEdit::Secret(true)), (&args.require, ParameterEdit::Required(true))]
    {
        for name in names {
            edits.push(JobEdit::Parameter(parse(name)?, edit.clone()));
        }
    }
    for text in &args.set_default {
        let (name, value) = pair(text)?;
        edits.push(JobEdit::Parameter(name, ParameterEdit::Default(Some(value.to_owned()))));
    }
    for text in &args.describe {
        let (name, description) = pair(text)?;
        let description = Some(description.to_owned()).filter(|text| !text.is_empty());
        edits.push(JobEdit::Parameter(name, ParameterEdit::Description(description)));
    }
    if let Some(text) = &args.invocation_type {
        edits.push(JobEdit::InvocationType(or_none(text)?));
    }
    if let Some(text) = &args.qualifier {
        edits.push(JobEdit::Qualifier(or_none(text)?));
    }
    if let Some(text) = &args.max_attempts {
        edits.push(JobEdit::MaxAttempts(or_none(text)?));
    }
    if let Some(text) = &args.log_tail {
        edits.push(JobEdit::LogTail(or_none(text)?));
    }
    if let Some(text) = &args.client_context {
        let text = read_json_text(text, ErrorCode::InvalidClientContext)?;
        edits.push(JobEdit::ClientContext(or_none(&text)?));
    }
    if let Some(text) = &args.description {
        edits.push(JobEdit::Description(Some(text.clone()).filter(|text| !text.is_empty())));
    }
    if args.idempotent {
        edits.push(JobEdit::Idempotent(true));
    }
    if args.open {
        edits.push(JobEdit::Open(true));
    }
    Ok(edits)
}

fn pair(text: &str) -> Result<(ParamName, &str), Failure> {
    let (name, value) = text.split_once('=').ok_or_else(|| {
        Failure::usage(
            ErrorCode::InvalidSetting,
            format!("{text:?} has no '='; give the parameter's name, '=' and the value"),
        )
    })?;
    Ok((parse(name)?, value))
}

fn or_none<T>(text: &str) -> Result<Option<T>, Failure>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    if text == "none" { Ok(None) } else { parse(text).map(Some) }
}
