//! `lamplight functions`.

mod asynchronous;
mod settings;

use super::manage::{ChangeNote, Manager, interrupted, limits, report_change};
use crate::{
    ExitCode,
    args::{
        ClearArgs, CodeArgs, ConcurrencyCommand, CreateFunctionArgs, DeleteFunctionArgs, FunctionsCommand,
        GetFunctionArgs, ListFunctionsArgs, PageArgs, PublishVersionArgs, TagsCommand, UpdateCodeArgs,
        UpdateConfigurationArgs,
    },
    failure::Failure,
    interrupt,
    listing::Listing,
    output,
    progress::{Display, UploadBar},
    render,
    wiring::Wiring,
};
use lamplight_app::{
    AUTH_PATIENCE, AppError, AuthGate,
    manage::{
        self, ChangeOutcome, EnvironmentMerge, FunctionDetail, FunctionFilter, Planned, qualified_function,
        unqualified_function,
    },
    refresh_jobs,
};
use lamplight_domain::{
    CodeSource, ErrorCode, Function, FunctionCode, FunctionName, FunctionRef, FunctionSettings, Package,
};
use lamplight_ports::{
    CreateFunction, Publish, PublishVersion, QualifiedFunction, TagChange, UpdateCode, UpdateSettings,
};
use lamplight_system_adapter::{PackageError, SystemClock, TokioSleeper, ZipPackage, read_package};
use lamplight_views::{ConcurrencyView, FunctionView, SubjectView, TagsView};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// How many files of a packed folder are shown; a dry run shows all.
const SHOWN_FILES: usize = 20;

/// How long `--wait` waits.
const PATIENCE: Duration = Duration::from_mins(5);

/// `lamplight functions …`
pub async fn functions(command: FunctionsCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    match command {
        FunctionsCommand::List(args) => list(&args, wiring).await,
        FunctionsCommand::Get(args) => get(&args, FunctionDetail::Whole, wiring).await,
        FunctionsCommand::GetConfiguration(args) => get(&args, FunctionDetail::Settings, wiring).await,
        FunctionsCommand::Create(args) => create(*args, wiring).await,
        FunctionsCommand::UpdateCode(args) => update_code(*args, wiring).await,
        FunctionsCommand::UpdateConfiguration(args) => update_configuration(*args, wiring).await,
        FunctionsCommand::Delete(args) => delete(&args, wiring).await,
        FunctionsCommand::PublishVersion(args) => publish(args, wiring).await,
        FunctionsCommand::ListVersions { function, page } => list_versions(&function, &page, wiring).await,
        FunctionsCommand::Tags(command) => tags(command, wiring).await,
        FunctionsCommand::Concurrency(command) => concurrency(command, wiring).await,
        FunctionsCommand::Async(command) => asynchronous::asynchronous(command, wiring).await,
        FunctionsCommand::Wait { function, qualifier, timeout } => {
            let manager = Manager::open(wiring).await?;
            let wanted = qualified_function(&manager.connection, &function, qualifier.as_deref())?;
            let ready = wait(&manager, &wanted, Duration::from_secs(timeout), wiring).await?;
            show(&ready, false, wiring)
        }
    }
}

async fn list(args: &ListFunctionsArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let filter = FunctionFilter {
        all_versions: args.function_version.is_some(),
        primary_region: args.master_region.clone(),
    };
    let (pauses, never) = (Display::new(wiring.output), CancellationToken::new());
    let gate = AuthGate::new(&TokioSleeper, &pauses, &never, AUTH_PATIENCE);
    let mut listing = Listing::new(wiring, "functions", render::FUNCTION_COLUMNS);
    let mut on_page =
        |page: Vec<Function>| listing.page(&page, render::function_row, |f| FunctionView::new(f, false));
    let walked =
        manage::list_functions(&manager.connection, &filter, &limits(&args.page), &gate, &mut on_page).await;
    listing.end(walked, "functions")
}

async fn list_versions(function: &str, page: &PageArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let function = unqualified_function(&manager.connection, function)?;
    let mut listing = Listing::new(wiring, "versions", render::FUNCTION_COLUMNS);
    let mut on_page =
        |page: Vec<Function>| listing.page(&page, render::function_row, |f| FunctionView::new(f, false));
    let walked = manage::list_versions(&manager.connection, &function, &limits(page), &mut on_page).await;
    listing.end(walked, "versions")
}

async fn get(args: &GetFunctionArgs, detail: FunctionDetail, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let wanted = qualified_function(&manager.connection, &args.function, args.qualifier.as_deref())?;
    let function = manage::show_function(&manager.connection, &wanted, detail).await?;
    show(&function, args.show_secrets, wiring)
}

fn show(function: &Function, secrets: bool, wiring: &Wiring) -> Result<ExitCode, Failure> {
    if wiring.json() {
        wiring.write(&FunctionView::new(function, secrets))?;
    } else {
        output::line(&render::function_details(function, secrets))?;
    }
    Ok(ExitCode::Success)
}

async fn create(args: CreateFunctionArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?.changing(args.change);
    let name = new_name(&manager, &args.function)?;
    let mut settings = settings::settings(args.settings, ClearArgs::default(), wiring).await?;
    settings.role = Some(args.role);
    let bar = UploadBar::new(wiring.output);
    let request = CreateFunction {
        name: name.clone(),
        publish: publish_option(&args.code),
        code: code(args.code, &manager, wiring).await?,
        settings,
        tags: settings::tags(&args.tags)?,
        code_signing: args.code_signing_config_arn,
        tenancy: args.tenant_isolation_mode,
        watch: Some(Arc::new(bar.clone())),
    };
    let made = manager.complete(manage::create_function(&manager.tools()?, &request)).await;
    bar.finish();
    let made = wait_until_ready(made?, args.wait, &manager, wiring).await?;
    let thing = format!("function {name}");
    let done = match made.thing().and_then(published_version) {
        Some(version) => format!("created, and published as version {version}"),
        None => "created".to_owned(),
    };
    let words = ChangeNote::of_change(&thing, &done, "already exists with these settings");
    report_function(&made, words, args.change.show_secrets, wiring)
}

async fn update_code(args: UpdateCodeArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?.changing(args.change);
    let function = unqualified_function(&manager.connection, &args.function)?;
    let bar = UploadBar::new(wiring.output);
    let thing = format!("the code of function {}", function.name);
    let request = UpdateCode {
        function,
        publish: publish_option(&args.code),
        code: code(args.code, &manager, wiring).await?,
        if_revision: args.revision.if_revision,
        watch: Some(Arc::new(bar.clone())),
    };
    wait_for_earlier_update(&request.function, args.wait, &manager, wiring).await?;
    let made = manager.complete(manage::update_code(&manager.tools()?, &request)).await;
    bar.finish();
    let made = wait_until_ready(made?, args.wait, &manager, wiring).await?;
    let (done, already) = match made.thing().and_then(published_version) {
        Some(version) => (
            format!("is published as version {version}"),
            format!("is already published as version {version}"),
        ),
        None => ("updated".to_owned(), "already has this checksum".to_owned()),
    };
    let words = ChangeNote::of_change(&thing, &done, &already);
    report_function(&made, words, args.change.show_secrets, wiring)
}

async fn update_configuration(args: UpdateConfigurationArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?.changing(args.change);
    let function = unqualified_function(&manager.connection, &args.function)?;
    let mut settings = settings::settings(args.settings, args.clear, wiring).await?;
    settings.role = args.role;
    let merge = settings::merge(&args.merge, wiring).await?;
    if settings == FunctionSettings::default() && merge == EnvironmentMerge::default() {
        return Err(Failure::usage(ErrorCode::InvalidSetting, "no change was given")
            .with_hint("give at least one setting, such as --memory-size 256"));
    }
    let thing = format!("the configuration of function {}", function.name);
    wait_for_earlier_update(&function, args.wait, &manager, wiring).await?;
    let request = UpdateSettings { function, settings, if_revision: args.revision.if_revision };
    let Planned { request, removed } = manage::plan_settings(&manager.connection, request, &merge).await?;
    manager.confirm_removals(&format!("update {thing}"), &removed, wiring)?;
    let made = manager.complete(manage::update_settings(&manager.tools()?, &request)).await?;
    if let Some(function) = made.thing() {
        refresh_jobs_of(function, &manager, wiring).await;
    }
    let made = wait_until_ready(made, args.wait, &manager, wiring).await?;
    let words = ChangeNote::of_change(&thing, "updated", "is already up to date").removing(&removed);
    report_function(&made, words, args.change.show_secrets, wiring)
}

/// Records the function's time limit in its jobs. The change has been made, so a failure is only a warning.
async fn refresh_jobs_of(function: &Function, manager: &Manager, wiring: &Wiring) {
    let refresh = async {
        let store = wiring.store().await?;
        Ok::<_, Failure>(refresh_jobs(&*store, &manager.connection.name, function).await?)
    };
    match refresh.await {
        Ok(jobs) => {
            for job in jobs {
                wiring.output.note(&format!("recorded the new time limit in job {job}"));
            }
        }
        Err(failure) => wiring.output.warn(&format!(
            "the jobs of function {} keep the earlier time limit: {}",
            function.name, failure.message
        )),
    }
}

async fn publish(args: PublishVersionArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?.changing(args.change);
    let function = unqualified_function(&manager.connection, &args.function)?;
    let name = function.name.clone();
    let request = PublishVersion {
        function,
        description: args.description,
        if_code_sha256: args.code_sha256,
        if_revision: args.revision.if_revision,
        latest_published: args.publish_to.is_some(),
    };
    wait_for_earlier_update(&request.function, args.wait, &manager, wiring).await?;
    let made = manager.complete(manage::publish_version(&manager.tools()?, &request)).await?;
    let made = wait_until_ready(made, args.wait, &manager, wiring).await?;
    let version = made.thing().and_then(|version| version.version.clone()).unwrap_or_default();
    let thing = format!("version {version} of function {name}");
    let words = ChangeNote::of_change(&thing, "is published", "is already published");
    report_function(&made, words, args.change.show_secrets, wiring)
}

async fn delete(args: &DeleteFunctionArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let wanted = qualified_function(&manager.connection, &args.function, args.qualifier.as_deref())?;
    let name = &wanted.function.name;
    ensure_published_version(&wanted)?;
    let (thing, with) = match &wanted.qualifier {
        Some(version) => (format!("version {version} of function {name}"), ""),
        None => (format!("function {name}"), " with all its versions and aliases"),
    };
    let manager = manager.removing(args.removal, &format!("delete {thing}{with}"), wiring)?;
    let made = manager.complete(manage::delete_function(&manager.tools()?, &wanted)).await?;
    let words = ChangeNote::of_removal(&thing, "deleted");
    report_change(&made, words, wiring, |()| SubjectView::from(&wanted), |()| None)
}

/// The name of a function to create. Only a bare name is accepted, because account and region are the connection's.
fn new_name(manager: &Manager, text: &str) -> Result<FunctionName, Failure> {
    if text.contains(':') {
        let problem = format!(
            "{text:?} is not a bare name: a function is created in the connection's account and region"
        );
        return Err(Failure::usage(ErrorCode::InvalidReference, problem)
            .with_hint("give the bare name, such as adder"));
    }
    Ok(unqualified_function(&manager.connection, text)?.name)
}

/// Only a function as a whole and its published versions can be deleted (Lambda API, `DeleteFunction`).
fn ensure_published_version(wanted: &QualifiedFunction) -> Result<(), Failure> {
    let name = &wanted.function.name;
    let Some(qualifier) = wanted.qualifier.as_ref().filter(|one| one.as_str().parse::<u64>().is_err()) else {
        return Ok(());
    };
    let hint = if qualifier.as_str().starts_with('$') {
        format!("`lamplight functions delete {name}` deletes the function with all its versions")
    } else {
        format!("an alias is deleted with `lamplight aliases delete {name} {qualifier}`")
    };
    let problem =
        format!("{qualifier} of function {name} is not a published version, and only those can be deleted");
    Err(Failure::usage(ErrorCode::InvalidReference, problem).with_hint(hint))
}

async fn tags(command: TagsCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let (manager, function, change) = match command {
        TagsCommand::List { function } => {
            let function = unqualified_function(&manager.connection, &function)?;
            let tags = manage::show_tags(&manager.connection, &function).await?;
            if wiring.json() {
                wiring.write(&TagsView { tags: &tags })?;
            } else if tags.is_empty() {
                wiring.output.note(&format!("function {} has no tags", function.name));
            } else {
                output::line(&render::tags_table(&tags))?;
            }
            return Ok(ExitCode::Success);
        }
        TagsCommand::Set { function, tags, change } => {
            let set = TagChange { set: settings::tags(&tags)?, remove: Vec::new() };
            (manager.changing(change), function, set)
        }
        TagsCommand::Remove { function, keys, removal } => {
            if keys.iter().any(String::is_empty) {
                return Err(Failure::usage(
                    ErrorCode::InvalidSetting,
                    "a tag key is empty; it needs 1 to 128 characters",
                ));
            }
            let count = if keys.len() == 1 { "1 tag".to_owned() } else { format!("{} tags", keys.len()) };
            let question = format!("remove {count} from function {function}");
            let removed = TagChange { set: lamplight_domain::Tags::new(), remove: keys };
            (manager.removing(removal, &question, wiring)?, function, removed)
        }
    };
    let function = unqualified_function(&manager.connection, &function)?;
    let made = manager.complete(manage::tag_function(&manager.tools()?, &function, &change)).await?;
    let thing = format!("the tags of function {}", function.name);
    let words = ChangeNote::of_change(&thing, "changed", "are already up to date");
    report_change(
        &made,
        words,
        wiring,
        |tags| TagsView { tags },
        |tags| (!tags.is_empty()).then(|| render::tags_table(tags)),
    )
}

async fn concurrency(command: ConcurrencyCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let json = |reserved: &Option<u32>| ConcurrencyView { reserved_concurrent_executions: *reserved };
    let (manager, function, reserved) = match command {
        ConcurrencyCommand::Get { function } => {
            let function = unqualified_function(&manager.connection, &function)?;
            let reserved = manage::show_concurrency(&manager.connection, &function).await?;
            match (wiring.json(), reserved) {
                (true, reserved) => wiring.write(&json(&reserved))?,
                (false, Some(reserved)) => output::line(&reserved.to_string())?,
                (false, None) => {
                    wiring.output.note(&format!("function {} has no reserved concurrency", function.name));
                }
            }
            return Ok(ExitCode::Success);
        }
        ConcurrencyCommand::Put { function, reserved_concurrent_executions, change } => {
            (manager.changing(change), function, Some(reserved_concurrent_executions))
        }
        ConcurrencyCommand::Delete { function, removal } => {
            let question = format!("remove the reserved concurrency of function {function}");
            (manager.removing(removal, &question, wiring)?, function, None)
        }
    };
    let function = unqualified_function(&manager.connection, &function)?;
    let made = manager.complete(manage::reserve_concurrency(&manager.tools()?, &function, reserved)).await?;
    let thing = format!("the reserved concurrency of function {}", function.name);
    let words = ChangeNote::of_change(&thing, "changed", "is already up to date");
    report_change(&made, words, wiring, json, |reserved| reserved.map(|reserved| reserved.to_string()))
}

/// Waits until the changed function is ready, if `--wait` was given.
async fn wait_until_ready(
    change: ChangeOutcome<Function>,
    wanted: bool,
    manager: &Manager,
    wiring: &Wiring,
) -> Result<ChangeOutcome<Function>, Failure> {
    let Some(function) = change.thing().filter(|_| wanted) else { return Ok(change) };
    let qualifier = published_version(function).and_then(|version| version.parse().ok());
    let subject = QualifiedFunction { function: function.to_ref(), qualifier };
    let ready = wait(manager, &subject, PATIENCE, wiring).await?;
    Ok(change.map(|_| ready))
}

/// Waits while an earlier update is in progress, if `--wait` was given: until then Lambda refuses another one.
async fn wait_for_earlier_update(
    function: &FunctionRef,
    wanted: bool,
    manager: &Manager,
    wiring: &Wiring,
) -> Result<(), Failure> {
    if !wanted || !manager.makes_changes() {
        return Ok(());
    }
    let subject = QualifiedFunction { function: function.clone(), qualifier: None };
    let notes = Display::new(wiring.output);
    let time = (&SystemClock as _, &TokioSleeper as _);
    let pending = manage::wait_while_pending(&manager.connection, &subject, time, PATIENCE, &notes);
    let settled = interruptible(pending, "stopped waiting; nothing was changed").await;
    notes.finish();
    settled.map(|_| ())
}

/// Waits for a result, unless the process is asked to stop.
async fn interruptible<T>(
    result: impl Future<Output = Result<T, AppError>>,
    stopped_message: &str,
) -> Result<T, Failure> {
    let stopped = interrupt::install_signal_handlers();
    tokio::select! {
        biased;
        result = result => Ok(result?),
        () = stopped.cancelled() => Err(interrupted(stopped_message)),
    }
}

/// The version number; `None` for the function itself.
fn published_version(function: &Function) -> Option<&str> {
    function.version.as_deref().filter(|version| version.parse::<u64>().is_ok())
}

async fn wait(
    manager: &Manager,
    wanted: &QualifiedFunction,
    patience: Duration,
    wiring: &Wiring,
) -> Result<Function, Failure> {
    let notes = Display::new(wiring.output);
    let time = (&SystemClock as _, &TokioSleeper as _);
    let waiting = manage::wait_for_function(&manager.connection, wanted, time, patience, &notes);
    let ready =
        interruptible(waiting, "stopped waiting; the change that was already requested continues").await;
    notes.finish();
    ready
}

fn report_function(
    change: &ChangeOutcome<Function>,
    words: ChangeNote<'_>,
    secrets: bool,
    wiring: &Wiring,
) -> Result<ExitCode, Failure> {
    let text = |function: &Function| Some(render::function_details(function, secrets));
    report_change(change, words, wiring, |function| FunctionView::new(function, secrets), text)
}

fn publish_option(code: &CodeArgs) -> Publish {
    match (code.publish, &code.publish_to) {
        (_, Some(_)) => Publish::LatestPublished,
        (true, None) => Publish::Version,
        (false, None) => Publish::No,
    }
}

/// Reads the code if it is a local file or folder.
async fn code(args: CodeArgs, manager: &Manager, wiring: &Wiring) -> Result<FunctionCode, Failure> {
    let source = match (args.zip_file, args.s3_bucket, args.s3_key, args.image_uri) {
        (Some(path), ..) => {
            let package = package(path.clone(), args.exclude).await?;
            if let Some(packed) = &package.packed {
                let most = if manager.makes_changes() { SHOWN_FILES } else { usize::MAX };
                wiring.output.note(&render::packed_text(&path, packed, most));
            }
            CodeSource::Package(Package::new(package.bytes, package.sha256))
        }
        (None, Some(bucket), Some(key), _) => CodeSource::StoredObject {
            bucket,
            key,
            version: args.s3_object_version,
            mode: args.s3_object_storage_mode,
        },
        (None, _, _, Some(image)) => CodeSource::Image(image),
        // The grammar requires one of them.
        _ => {
            return Err(
                Failure::usage(ErrorCode::InvalidSetting, "the code is missing").with_hint("give --zip-file")
            );
        }
    };
    Ok(FunctionCode { source, architecture: args.architectures, encryption_key: args.source_kms_key_arn })
}

/// Reads a package on a blocking thread, so that Ctrl-C still works meanwhile.
async fn package(path: PathBuf, exclude: Vec<String>) -> Result<ZipPackage, Failure> {
    let read = tokio::task::spawn_blocking(move || read_package(&path, &exclude)).await;
    let read = read.map_err(|error| Failure {
        exit_code: ExitCode::Unexpected,
        causes: causes_of(&error),
        ..Failure::usage(ErrorCode::InvalidPackage, "could not read the whole package")
    })?;
    read.map_err(|error| Failure {
        // A missing file has the same exit code in every verb.
        exit_code: match error {
            PackageError::Missing { .. } => ExitCode::NotFound,
            _ => ExitCode::Usage,
        },
        causes: causes_of(&error),
        ..Failure::usage(ErrorCode::InvalidPackage, error.to_string())
    })
}

fn causes_of(error: &dyn std::error::Error) -> Vec<String> {
    std::iter::successors(error.source(), |error| error.source()).map(ToString::to_string).collect()
}
