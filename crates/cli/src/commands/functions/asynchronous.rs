//! `lamplight functions async`.

use crate::{
    ExitCode,
    args::{AsyncCommand, PageArgs, RemovalArgs, SetAsyncArgs, SubjectArgs},
    commands::manage::{ChangeNote, Manager, limits, report_change},
    failure::Failure,
    listing::Listing,
    output, render,
    wiring::Wiring,
};
use lamplight_app::manage::{self, qualified_function, unqualified_function};
use lamplight_domain::{AsyncSettings, DescribedAsyncSettings, ErrorCode};
use lamplight_ports::QualifiedFunction;
use lamplight_views::{AsyncView, SubjectView};

/// `lamplight functions async …`
pub async fn asynchronous(command: AsyncCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    match command {
        AsyncCommand::Get(args) => get(&args, wiring).await,
        AsyncCommand::List { function, page } => list(&function, &page, wiring).await,
        AsyncCommand::Put(args) => set(args, true, wiring).await,
        AsyncCommand::Update(args) => set(args, false, wiring).await,
        AsyncCommand::Delete { subject, removal } => delete(&subject, removal, wiring).await,
    }
}

async fn get(args: &SubjectArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let found = manage::show_async_settings(&manager.connection, &subject(&manager, args)?).await?;
    if wiring.json() {
        wiring.write(&AsyncView::from(&found))?;
    } else {
        output::line(&render::async_details(&found))?;
    }
    Ok(ExitCode::Success)
}

async fn list(function: &str, page: &PageArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let function = unqualified_function(&manager.connection, function)?;
    let mut listing = Listing::new(wiring, "configurations", render::ASYNC_COLUMNS);
    let mut on_page =
        |page: Vec<DescribedAsyncSettings>| listing.page(&page, render::async_row, AsyncView::from);
    let walked =
        manage::list_async_settings(&manager.connection, &function, &limits(page), &mut on_page).await;
    listing.end(walked, "asynchronous configurations")
}

async fn set(args: SetAsyncArgs, whole: bool, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let settings = AsyncSettings {
        max_retries: args.maximum_retry_attempts,
        max_age_seconds: args.maximum_event_age_in_seconds,
        on_success: args.on_success,
        on_failure: args.on_failure,
    };
    if settings == AsyncSettings::default() {
        return Err(Failure::usage(ErrorCode::InvalidSetting, "no setting was given").with_hint(
            "give --maximum-retry-attempts, --maximum-event-age-in-seconds, --on-success or --on-failure",
        ));
    }
    let manager = Manager::open(wiring).await?.changing(args.change);
    let subject = subject(&manager, &args.subject)?;
    let thing = described(&subject);
    let removed = manage::async_removals(&manager.connection, &subject, &settings, whole).await?;
    manager.confirm_removals(&format!("set {thing}"), &removed, wiring)?;
    let made =
        manager.complete(manage::set_async_settings(&manager.tools()?, &subject, &settings, whole)).await?;
    let words = ChangeNote::of_change(&thing, "is set", "is already up to date").removing(&removed);
    report_change(&made, words, wiring, AsyncView::from, |set| Some(render::async_details(set)))
}

async fn delete(args: &SubjectArgs, removal: RemovalArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let subject = subject(&manager, args)?;
    let thing = described(&subject);
    let manager = manager.removing(removal, &format!("delete {thing}"), wiring)?;
    let made = manager.complete(manage::reset_async_settings(&manager.tools()?, &subject)).await?;
    let words = ChangeNote::of_removal(&thing, "deleted; Lambda's defaults apply");
    report_change(&made, words, wiring, |()| SubjectView::from(&subject), |()| None)
}

fn subject(manager: &Manager, args: &SubjectArgs) -> Result<QualifiedFunction, Failure> {
    Ok(qualified_function(&manager.connection, &args.function, args.qualifier.as_deref())?)
}

fn described(subject: &QualifiedFunction) -> String {
    let function = &subject.function.name;
    match &subject.qualifier {
        Some(qualifier) => {
            format!("the asynchronous invocation settings of {qualifier} of function {function}")
        }
        None => format!("the asynchronous invocation settings of function {function}"),
    }
}
