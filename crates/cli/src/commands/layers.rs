//! `lamplight layers`.

use super::manage::{ChangeNote, Manager, limits, report_change, report_statement, show_policy};
use crate::{
    ExitCode,
    args::{
        AddLayerPermissionArgs, LayerFilterArgs, LayerVersionArgs, LayersCommand, PageArgs,
        RemoveLayerPermissionArgs,
    },
    failure::Failure,
    listing::Listing,
    output, render,
    wiring::Wiring,
};
use lamplight_app::manage;
use lamplight_domain::{ErrorCode, Layer, LayerVersion, PermissionStatement};
use lamplight_ports::{LayerVersionRef, ListLayers};
use lamplight_views::{LayerVersionView, LayerView, RemovedLayerPermissionView};

/// `lamplight layers …`
pub async fn layers(command: LayersCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    match command {
        LayersCommand::List { filter, page } => list(filter, &page, wiring).await,
        LayersCommand::ListVersions { layer, filter, page } => versions(&layer, filter, &page, wiring).await,
        LayersCommand::Get(args) => get(args, wiring).await,
        LayersCommand::AddPermission(args) => add_permission(args, wiring).await,
        LayersCommand::RemovePermission(args) => remove_permission(args, wiring).await,
        LayersCommand::GetPolicy(args) => {
            let version = version(args)?;
            let manager = Manager::open(wiring).await?;
            let policy = manage::show_layer_policy(&manager.connection, &version).await?;
            show_policy(&policy, wiring)
        }
    }
}

async fn list(filter: LayerFilterArgs, page: &PageArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let mut listing = Listing::new(wiring, "layers", render::LAYER_COLUMNS);
    let mut on_page = |page: Vec<Layer>| listing.page(&page, render::layer_row, LayerView::from);
    let (filter, limits) = (list_request(filter), limits(page));
    let walked = manage::list_layers(&manager.connection, &filter, &limits, &mut on_page).await;
    listing.end(walked, "layers")
}

async fn versions(
    layer: &str,
    filter: LayerFilterArgs,
    page: &PageArgs,
    wiring: &Wiring,
) -> Result<ExitCode, Failure> {
    let manager = Manager::open(wiring).await?;
    let mut listing = Listing::new(wiring, "versions", render::LAYER_VERSION_COLUMNS);
    let mut on_page =
        |page: Vec<LayerVersion>| listing.page(&page, render::layer_version_row, LayerVersionView::from);
    let (filter, limits) = (list_request(filter), limits(page));
    let walked =
        manage::list_layer_versions(&manager.connection, layer, &filter, &limits, &mut on_page).await;
    listing.end(walked, "versions")
}

async fn get(args: LayerVersionArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let version = version(args)?;
    let manager = Manager::open(wiring).await?;
    let found = manage::show_layer_version(&manager.connection, &version).await?;
    if wiring.json() {
        wiring.write(&LayerVersionView::from(&found))?;
    } else {
        output::line(&render::layer_version_details(&found))?;
    }
    Ok(ExitCode::Success)
}

async fn add_permission(args: AddLayerPermissionArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let version = version(args.version)?;
    let manager = Manager::open(wiring).await?.changing(args.change);
    let statement = PermissionStatement {
        id: args.statement_id,
        action: args.action,
        principal: args.principal,
        organization: args.organization_id,
        ..PermissionStatement::default()
    };
    if statement.principal == "*" && statement.organization.is_none() {
        wiring.output.warn("any account may use it; restrict it with --organization-id");
    }
    let revision = args.revision.if_revision.as_deref();
    let made =
        manager.complete(manage::share_layer(&manager.tools()?, &version, &statement, revision)).await?;
    report_statement(&made, &described(&statement.id, &version), wiring)
}

async fn remove_permission(args: RemoveLayerPermissionArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let version = version(args.version)?;
    let thing = described(&args.statement_id, &version);
    let manager = Manager::open(wiring).await?.removing(args.removal, &format!("remove {thing}"), wiring)?;
    let revision = args.revision.if_revision.as_deref();
    let made = manager
        .complete(manage::unshare_layer(&manager.tools()?, &version, &args.statement_id, revision))
        .await?;
    let words = ChangeNote::of_removal(&thing, "removed");
    let json = |(): &()| RemovedLayerPermissionView::new(&version, &args.statement_id);
    report_change(&made, words, wiring, json, |()| None)
}

fn list_request(filter: LayerFilterArgs) -> ListLayers {
    ListLayers {
        runtime: filter.compatible_runtime,
        architecture: filter.compatible_architecture,
        ..ListLayers::default()
    }
}

fn described(statement: &str, version: &LayerVersionRef) -> String {
    format!("permission {statement} of version {} of layer {}", version.version, version.layer)
}

/// A layer version, given as layer and number or as its ARN.
fn version(args: LayerVersionArgs) -> Result<LayerVersionRef, Failure> {
    let LayerVersionArgs { layer, version_number } = args;
    let own = layer.rsplit_once(':').filter(|(above, _)| above.matches(':').count() == 6);
    let own = own.and_then(|(above, number)| Some((above.to_owned(), number.parse::<u64>().ok()?)));
    let found = match (own, version_number) {
        (Some((_, own)), Some(number)) if own != number => {
            return Err(Failure::usage(
                ErrorCode::InvalidReference,
                format!("{layer:?} names version {own}, and {number} is given as well: give one of the two"),
            ));
        }
        (Some((layer, version)), _) => LayerVersionRef { layer, version },
        (None, Some(version)) => LayerVersionRef { layer, version },
        (None, None) => {
            let problem = format!("{layer:?} does not name a version of a layer");
            return Err(Failure::usage(ErrorCode::InvalidReference, problem).with_hint(
                "give the version's number behind the layer; `lamplight layers list-versions` lists them",
            ));
        }
    };
    if found.version == 0 {
        return Err(Failure::usage(ErrorCode::InvalidReference, "layer versions start at 1"));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYER: &str = "arn:aws:lambda:eu-west-1:123456789012:layer:tools";

    #[test]
    fn a_version_is_named_by_number_or_by_its_arn() {
        let named = |layer: &str, number| {
            version(LayerVersionArgs { layer: layer.to_owned(), version_number: number })
        };
        let at = |layer: &str, version| LayerVersionRef { layer: layer.to_owned(), version };
        assert_eq!(named("tools", Some(3)).unwrap(), at("tools", 3));
        assert_eq!(named(LAYER, Some(3)).unwrap(), at(LAYER, 3));
        assert_eq!(named(&format!("{LAYER}:7"), None).unwrap(), at(LAYER, 7));
        assert_eq!(named(&format!("{LAYER}:7"), Some(7)).unwrap(), at(LAYER, 7));
        for (layer, number, part) in [
            ("tools", None, "does not name a version"),
            (LAYER, None, "does not name a version"),
            ("tools", Some(0), "start at 1"),
            (&format!("{LAYER}:7"), Some(8), "names version 7, and 8 is given as well"),
        ] {
            assert!(named(layer, number).unwrap_err().message.contains(part), "{layer}");
        }
    }
}
