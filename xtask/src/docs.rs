//! The pages of `docs/cli` and the schema of the configuration file. Both are generated from the definitions in the
//! code and committed; CI compares them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::process;
use crate::tidy::files;
use crate::workspace::Workspace;

const FOLDER: &str = "docs/cli";
const SCHEMA: &str = "docs/lamplight.schema.json";

/// How to generate the pages.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Change nothing; fail if a page differs from what would be written
    #[arg(long)]
    check: bool,
}

/// Writes the pages, or compares them with the committed ones.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    if options.check {
        return Ok(crate::report("docs", &differences(workspace)?));
    }
    let folder = workspace.root.join(FOLDER);
    let fresh = generate(workspace)?;
    // Removing the folder also removes the pages of verbs that no longer exist.
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {FOLDER}"))?;
    }
    for page in files::below(&fresh)? {
        let to = folder.join(files::relative(&page, &fresh));
        fs::create_dir_all(to.parent().unwrap_or(&folder))
            .with_context(|| format!("cannot create {FOLDER}"))?;
        fs::copy(&page, &to).with_context(|| format!("cannot write {}", to.display()))?;
    }
    fs::write(workspace.root.join(SCHEMA), schema(workspace)?)
        .with_context(|| format!("cannot write {SCHEMA}"))?;
    Ok(ExitCode::SUCCESS)
}

/// The differences between the committed pages and newly generated ones.
pub(crate) fn differences(workspace: &Workspace) -> Result<Vec<String>> {
    let fresh = generate(workspace)?;
    let mut findings = compare(&workspace.root.join(FOLDER), &fresh)?;
    let committed = fs::read_to_string(workspace.root.join(SCHEMA)).ok();
    findings.extend(compare_schema(committed.as_deref(), &schema(workspace)?));
    Ok(findings)
}

fn compare_schema(committed: Option<&str>, fresh: &str) -> Option<String> {
    let what = match committed {
        Some(committed) if committed == fresh => return None,
        Some(_) => "is out of date",
        None => "is missing",
    };
    Some(format!("{SCHEMA}: {what}; run `cargo xtask docs`"))
}

fn schema(workspace: &Workspace) -> Result<String> {
    process::read(&mut process::example(workspace, "lamplight-wiring", "schema")?)
}

fn generate(workspace: &Workspace) -> Result<std::path::PathBuf> {
    let fresh = workspace.target.join("generated-docs");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).with_context(|| format!("cannot clear {}", fresh.display()))?;
    }
    fs::create_dir_all(&fresh).with_context(|| format!("cannot create {}", fresh.display()))?;
    process::check(process::example(workspace, "lamplight-cli", "generate-docs")?.arg(&fresh))?;
    Ok(fresh)
}

fn compare(committed: &Path, fresh: &Path) -> Result<Vec<String>> {
    let mut names = BTreeSet::new();
    for folder in [committed, fresh] {
        if folder.exists() {
            names.extend(files::below(folder)?.iter().map(|page| files::relative(page, folder)));
        }
    }
    let mut findings = Vec::new();
    for name in names {
        let (old, new) = (fs::read(committed.join(&name)).ok(), fs::read(fresh.join(&name)).ok());
        let what = match (old, new) {
            (old, new) if old == new => continue,
            (None, _) => "is missing",
            (_, None) => "is no longer needed",
            _ => "is out of date",
        };
        findings.push(format!("{FOLDER}/{name}: {what}; run `cargo xtask docs`"));
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_outdated_and_left_over_pages_are_named() {
        let base = std::env::temp_dir().join(format!("xtask-docs-{}", std::process::id()));
        let (committed, fresh) = (base.join("committed"), base.join("fresh"));
        for (folder, name, text) in [
            (&committed, "same.md", "1"),
            (&fresh, "same.md", "1"),
            (&committed, "old.md", "1"),
            (&fresh, "old.md", "2"),
            (&committed, "left.md", "1"),
            (&fresh, "new.md", "1"),
        ] {
            fs::create_dir_all(folder).unwrap();
            fs::write(folder.join(name), text).unwrap();
        }
        let found = compare(&committed, &fresh).unwrap();
        fs::remove_dir_all(&base).unwrap();
        assert_eq!(
            found,
            [
                "docs/cli/left.md: is no longer needed; run `cargo xtask docs`",
                "docs/cli/new.md: is missing; run `cargo xtask docs`",
                "docs/cli/old.md: is out of date; run `cargo xtask docs`",
            ]
        );
    }
    #[test]
    fn a_missing_or_outdated_schema_is_named() {
        assert_eq!(compare_schema(Some("{}\n"), "{}\n"), None);
        for (committed, what) in [(None, "is missing"), (Some("{}\r\n"), "is out of date")] {
            let found = compare_schema(committed, "{}\n").unwrap();
            assert_eq!(found, format!("docs/lamplight.schema.json: {what}; run `cargo xtask docs`"));
        }
    }
}
