//! The dependencies between crates: `layers.toml` says which are allowed, `cargo metadata` which exist.

mod check;
mod circles;
mod fronts;
mod rules;
mod words;

use std::fs;

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use check::{Crate, Use};
use fronts::Front;
use rules::Rules;

/// The violations of the rules, one line each.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let path = workspace.root.join("xtask/layers.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let rules = Rules::parse(&text).with_context(|| format!("cannot parse {}", path.display()))?;
    let crates = workspace.packages.iter().map(read_crate).collect::<Result<Vec<_>>>()?;
    let mut findings = check::check(&rules, &crates);
    let front = Front::of_pages(&workspace.root)?;
    for package in &workspace.packages {
        let folder = package.manifest_path.parent().context("a manifest lies in a folder")?.as_std_path();
        findings.extend(circles::check(folder, &workspace.root)?);
        if rules.neutral.crates.contains(package.name.as_str()) {
            findings.extend(words::check(folder, &workspace.root, &rules.neutral)?);
        }
        if !rules.fronts.named_in.contains(package.name.as_str()) {
            findings.extend(fronts::check(folder, &workspace.root, &front, &rules.fronts)?);
        }
    }
    Ok(findings)
}

fn read_crate(package: &cargo_metadata::Package) -> Result<Crate> {
    let text = fs::read_to_string(&package.manifest_path)
        .with_context(|| format!("cannot read {}", package.manifest_path))?;
    let manifest: toml::Table =
        toml::from_str(&text).with_context(|| format!("cannot parse {}", package.manifest_path))?;
    let lints = manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool);
    Ok(Crate {
        name: package.name.to_string(),
        uses: package
            .dependencies
            .iter()
            .map(|dependency| Use {
                name: dependency.name.clone(),
                dev: dependency.kind == cargo_metadata::DependencyKind::Development,
            })
            .collect(),
        workspace_lints: lints == Some(true),
        published: package.publish.as_ref().is_none_or(|registries| !registries.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_keeps_its_layers() {
        let workspace = Workspace::load().unwrap();
        assert!(workspace.packages.len() > 5, "the metadata covers the whole workspace");
        assert_eq!(check(&workspace).unwrap(), Vec::<String>::new());
    }
}
