//! `lamplight aliases`.

use super::manage::{ChangeNote, Manager, limits, report_change};
use crate::{
    ExitCode,
    args::{AliasArgs, AliasesCommand, CreateAliasArgs, DeleteAliasArgs, ListAliasesArgs, UpdateAliasArgs},
    failure::Failure,
    listing::Listing,
    output, render,
    wiring::Wiring,
};
use lamplight_app::manage::{self, ChangeOutcome, Planned, unqualified_function};
use lamplight_domain::{Alias, ErrorCode, Routing};
use lamplight_ports::{CreateAlias, UpdateAlias};
use lamplight_views::{AliasView, RemovedAliasView};

/// `lamplight aliases …`
pub async fn aliases(command: AliasesCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    match command {
        AliasesCommand::Create(args) => create(args, wiring).await,
        AliasesCommand::Get(args) => get(&args, wiring).await,
        AliasesCommand::List(args) => list(&args, wiring).await,
        AliasesCommand::Update(args) => update(args, wiring).await,
        AliasesCommand::Delete(args) => delete(&args, wiring).await,
    }
}

async fn create(args: CreateAliasArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let routing = routing(&args.settings.routing)?;
    let manager = Manager::open(wiring).await?.changing(args.change);
    let function = unqualified_function(&manager.connection, &args.alias.function)?;
    let request = CreateAlias {
        function,
        name: args.alias.name,
        version: args.function_version,
        description: args.settings.description,
        routing,
    };
    let made = manager.complete(manage::create_alias(&manager.tools()?, &request)).await?;
    let thing = format!("alias {} of function {}", request.name, request.function.name);
    let words = ChangeNote::of_change(&thing, "created", "already exists with these settings");
    report_alias(&made, words, wiring)
}

async fn get(args: &AliasArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let function = unqualified_function(&manager.connection, &args.function)?;
    let alias = manage::show_alias(&manager.connection, &function, &args.name).await?;
    if wiring.json() {
        wiring.write(&AliasView::from(&alias))?;
    } else {
        output::line(&render::alias_details(&alias))?;
    }
    Ok(ExitCode::Success)
}

async fn list(args: &ListAliasesArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let function = unqualified_function(&manager.connection, &args.function)?;
    let mut listing = Listing::new(wiring, "aliases", render::ALIAS_COLUMNS);
    let mut on_page = |page: Vec<Alias>| listing.page(&page, render::alias_row, AliasView::from);
    let version = args.function_version.as_deref();
    let walked =
        manage::list_aliases(&manager.connection, &function, version, &limits(&args.page), &mut on_page)
            .await;
    listing.end(walked, "aliases")
}

async fn update(args: UpdateAliasArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let routing = match (&args.settings.routing[..], args.no_routing) {
        ([], false) => None,
        (texts, _) => Some(routing(texts)?),
    };
    if args.function_version.is_none() && args.settings.description.is_none() && routing.is_none() {
        return Err(Failure::usage(ErrorCode::InvalidSetting, "no change was given")
            .with_hint("give --function-version, --routing, --no-routing or --description"));
    }
    let manager = Manager::open(wiring).await?.changing(args.change);
    let function = unqualified_function(&manager.connection, &args.alias.function)?;
    let request = UpdateAlias {
        function,
        name: args.alias.name,
        version: args.function_version,
        description: args.settings.description,
        routing,
        if_revision: args.revision.if_revision,
    };
    let Planned { request, removed } = manage::plan_alias(&manager.connection, request).await?;
    let thing = format!("alias {} of function {}", request.name, request.function.name);
    manager.confirm_removals(&format!("update {thing}"), &removed, wiring)?;
    let made = manager.complete(manage::update_alias(&manager.tools()?, &request)).await?;
    let words = ChangeNote::of_change(&thing, "updated", "is already up to date").removing(&removed);
    report_alias(&made, words, wiring)
}

async fn delete(args: &DeleteAliasArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let function = unqualified_function(&manager.connection, &args.alias.function)?;
    let name = &args.alias.name;
    let thing = format!("alias {name} of function {}", function.name);
    let manager = manager.removing(args.removal, &format!("delete {thing}"), wiring)?;
    let made = manager.complete(manage::delete_alias(&manager.tools()?, &function, name)).await?;
    let words = ChangeNote::of_removal(&thing, "deleted");
    let json = |(): &()| RemovedAliasView { function: function.name.as_str(), name };
    report_change(&made, words, wiring, json, |()| None)
}

fn report_alias(
    change: &ChangeOutcome<Alias>,
    words: ChangeNote<'_>,
    wiring: &Wiring,
) -> Result<ExitCode, Failure> {
    report_change(change, words, wiring, AliasView::from, |alias| Some(render::alias_details(alias)))
}

/// The weights of other versions, each as `VERSION=WEIGHT`.
fn routing(texts: &[String]) -> Result<Routing, Failure> {
    let mut routing = Routing::new();
    for text in texts {
        let invalid =
            |why: &str| Failure::usage(ErrorCode::InvalidSetting, format!("--routing {text:?} {why}"));
        let Some((version, weight)) = text.split_once('=').filter(|(version, _)| !version.is_empty()) else {
            return Err(invalid("is not written as VERSION=WEIGHT, such as 2=0.1 or 2=10%"));
        };
        let Some(weight) = weight_of(weight) else {
            return Err(invalid("does not have a weight of 0.0-1.0 or 0%-100%"));
        };
        if routing.insert(version.to_owned(), weight).is_some() {
            return Err(invalid("repeats a version"));
        }
    }
    Ok(routing)
}

/// A weight, as a fraction of 1 or in per cent.
fn weight_of(text: &str) -> Option<f64> {
    let number = match text.strip_suffix('%').map(str::trim_end) {
        // The exponent shifts the point without rounding; a division would round.
        Some(percent) if percent.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
            format!("{percent}e-2").parse().ok()?
        }
        Some(_) => return None,
        None => text.parse::<f64>().ok()?,
    };
    (0.0..=1.0).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_parts_of_one_or_per_cent() {
        for (text, weight) in [
            ("0", Some(0.0)),
            ("0.1", Some(0.1)),
            ("1.0", Some(1.0)),
            ("10%", Some(0.1)),
            ("33.3 %", Some(0.333)),
            ("100%", Some(1.0)),
            ("101%", None),
            ("10", None),
            ("-0.1", None),
            ("NaN", None),
            ("inf", None),
            ("1e1%", None),
            ("%", None),
            ("", None),
        ] {
            assert_eq!(weight_of(text), weight, "{text}");
        }
    }

    #[test]
    fn invalid_routing_is_refused_with_the_reason() {
        for (texts, part) in [
            (&["2"][..], "VERSION=WEIGHT"),
            (&["=0.1"], "VERSION=WEIGHT"),
            (&["2=many"], "0.0-1.0"),
            (&["2=0.1", "2=0.2"], "repeats a version"),
        ] {
            let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
            let failure = routing(&texts).unwrap_err();
            assert!(failure.message.contains("--routing") && failure.message.contains(part), "{failure:?}");
        }
    }
}
