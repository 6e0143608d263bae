//! The crates that keep building for WebAssembly, where there is no operating system.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

use super::Outcome;
use crate::process::{cargo, check, read};
use crate::workspace::Workspace;

const TARGET: &str = "wasm32-unknown-unknown";
const CRATES: [&str; 1] = ["lamplight-domain"];
/// Packages by which a build script finds or compiles code that is not Rust.
const COMPILERS: [&str; 5] = ["bindgen", "cc", "cmake", "pkg-config", "vcpkg"];

/// Checks the crates for the target where it is installed, and in any case what they depend on.
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
        bail!("{} to fix", findings.len());
    }

    // Asked of the compiler: rustup is not the only one that installs targets.
    let rustc = read(Command::new("rustc").current_dir(&workspace.root).args([
        "--print",
        "target-libdir",
        "--target",
        TARGET,
    ]))?;
    if !Path::new(rustc.trim()).is_dir() {
        return Ok(Outcome::Partly(format!(
            "only the dependencies were checked: {TARGET} is not installed (`rustup target add {TARGET}`)"
        )));
    }
    let mut command = cargo(workspace, ["check", "--target", TARGET]);
    command.args(CRATES.iter().flat_map(|name| ["--package", *name]));
    check(&mut command)?;
    Ok(Outcome::Passed)
}

/// The dependencies of the crates that bring code which is not Rust.
fn native_dependencies(metadata: &Metadata) -> Result<Vec<String>> {
    let resolve = metadata.resolve.as_ref().context("cargo resolved nothing")?;
    let mut open: Vec<&PackageId> = Vec::new();
    for name in CRATES {
        let package = metadata.packages.iter().find(|package| package.name == name);
        open.push(&package.with_context(|| format!("there is no crate {name}"))?.id);
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

/// Why a package brings code that is not Rust, by what it declares.
fn native(name: &str, links: Option<&str>, build_uses: &[&str]) -> Option<String> {
    if let Some(library) = links {
        return Some(format!("{name}: links the library {library}, which {TARGET} lacks"));
    }
    let compiler = build_uses.iter().find(|used| COMPILERS.contains(used))?;
    Some(format!("{name}: its build script uses {compiler}, so it is not all Rust"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_that_is_not_rust_is_found_by_what_a_package_declares() {
        assert_eq!(native("jiff", None, &["version_check"]), None);
        assert_eq!(
            native("libsqlite3-sys", Some("sqlite3"), &["cc"]).unwrap(),
            "libsqlite3-sys: links the library sqlite3, which wasm32-unknown-unknown lacks"
        );
        assert_eq!(
            native("psm", None, &["version_check", "cc"]).unwrap(),
            "psm: its build script uses cc, so it is not all Rust"
        );
    }
}
