//! Checks the crates that must build for WebAssembly, where there is no operating system.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

use super::Outcome;
use crate::process::{cargo, check, read};
use crate::workspace::Workspace;

const TARGET: &str = "wasm32-unknown-unknown";
const CRATES: [&str; 1] = ["lamplight-domain"];
/// Packages with which a build script finds or compiles code in other languages.
const COMPILERS: [&str; 5] = ["bindgen", "cc", "cmake", "pkg-config", "vcpkg"];

/// Checks the dependencies of the crates, and the crates themselves if the target is installed.
pub(super) fn run(workspace: &Workspace) -> Result<Outcome> {
    let metadata = MetadataCommand::new()
        .manifest_path(workspace.root.join("Cargo.toml"))
        .other_options(["--filter-platform".to_owned(), TARGET.to_owned(), "--locked".to_owned()])
        .exec()
        .with_context(|| format!("cannot resolve the workspace for {TARGET}"))?;
    let findings = native_dependencies(&metadata)?;
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{}", crate::problems(findings.len()));
    }

    // Ask the compiler, because other tools than rustup install targets too.
    let rustc = read(Command::new("rustc").current_dir(&workspace.root).args([
        "--print",
        "target-libdir",
        "--target",
        TARGET,
    ]))?;
    if !Path::new(rustc.trim()).is_dir() {
        return Ok(Outcome::Partly(format!(
            "only the dependencies were checked: {TARGET} is not installed; run `rustup target add {TARGET}`"
        )));
    }
    let mut command = cargo(workspace, ["check", "--target", TARGET]);
    command.args(CRATES.iter().flat_map(|name| ["--package", *name]));
    check(&mut command)?;
    Ok(Outcome::Passed)
}

/// The dependencies of the crates that contain code in other languages.
fn native_dependencies(metadata: &Metadata) -> Result<Vec<String>> {
    let resolve = metadata.resolve.as_ref().context("cargo returned no dependency graph")?;
    let mut open: Vec<&PackageId> = Vec::new();
    for name in CRATES {
        let package = metadata.packages.iter().find(|package| package.name == name);
        open.push(&package.with_context(|| format!("crate {name} does not exist"))?.id);
    }
    let mut seen = open.clone();
    let mut findings = Vec::new();
    while let Some(id) = open.pop() {
        let package = &metadata[id];
        let mut build_uses = Vec::new();
        for used in &resolve[id].deps {
            let has = |kind| used.dep_kinds.iter().any(|one| one.kind == kind);
            if has(DependencyKind::Build) {
                build_uses.push(metadata[&used.pkg].name.as_str());
            }
            if has(DependencyKind::Normal) && !seen.contains(&&used.pkg) {
                seen.push(&used.pkg);
                open.push(&used.pkg);
            }
        }
        findings.extend(native(&package.name, package.links.as_deref(), &build_uses));
    }
    Ok(findings)
}

/// Why a package contains code in other languages, according to its manifest.
fn native(name: &str, links: Option<&str>, build_uses: &[&str]) -> Option<String> {
    if let Some(library) = links {
        return Some(format!("{name}: links the library {library}, which {TARGET} lacks"));
    }
    let compiler = build_uses.iter().find(|used| COMPILERS.contains(used))?;
    Some(format!("{name}: its build script uses {compiler}, so it contains code in other languages"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_with_code_in_other_languages_are_found() {
        assert_eq!(native("jiff", None, &["version_check"]), None);
        assert_eq!(
            native("libsqlite3-sys", Some("sqlite3"), &["cc"]).unwrap(),
            "libsqlite3-sys: links the library sqlite3, which wasm32-unknown-unknown lacks"
        );
        assert_eq!(
            native("psm", None, &["version_check", "cc"]).unwrap(),
            "psm: its build script uses cc, so it contains code in other languages"
        );
    }
}
