//! Checks that no compiler makes: first lines, lengths, forbidden calls, links between documents, required files.

pub(crate) mod files;
mod links;
mod snapshots;
mod source;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// Files that the root of the project must contain.
const REQUIRED: [&str; 11] = [
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    "clippy.toml",
    "deny.toml",
    "docs/architecture.md",
    "rust-toolchain.toml",
];

/// The extensions of files that are read as text.
const TEXT: [&str; 10] = ["md", "py", "rs", "sh", "snap", "sql", "toml", "txt", "yaml", "yml"];

/// The problems found, one line each.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let mut texts = BTreeMap::new();
    for path in files::below(&workspace.root)? {
        let name = files::relative(&path, &workspace.root);
        if TEXT.iter().any(|ending| files::ends_with(&name, ending)) {
            let bytes = fs::read(&path).with_context(|| format!("cannot read {name}"))?;
            texts.insert(name, String::from_utf8_lossy(&bytes).into_owned());
        }
    }

    let machine_paths = machine_paths(workspace);
    let mut findings: Vec<String> = REQUIRED
        .iter()
        .filter(|name| !workspace.root.join(name).is_file())
        .map(|name| format!("{name}: missing"))
        .collect();
    for (name, text) in &texts {
        findings.extend(text_findings(name, text, &machine_paths));
        if files::ends_with(name, "rs") {
            findings.extend(source::check(name, text));
        }
        let file = name.rsplit('/').next().unwrap_or(name);
        if matches!(file, "clippy.toml" | ".clippy.toml") && name != "clippy.toml" {
            findings.push(format!("{name}: clippy would use this file instead of the root's; remove it"));
        }
    }
    findings.extend(snapshots::check(&texts));
    findings.extend(links::check(&texts, |target| workspace.root.join(target).exists()));
    Ok(findings)
}

/// The folders of this checkout, which committed files must not name.
fn machine_paths(workspace: &Workspace) -> Vec<String> {
    [&workspace.root, &workspace.target]
        .into_iter()
        // The name of a checkout directly below `/` may be an ordinary word.
        .filter(|path| path.components().count() > 2)
        .map(|path: &std::path::PathBuf| path.display().to_string())
        .collect()
}

fn text_findings(name: &str, text: &str, machine_paths: &[String]) -> Vec<String> {
    let mut findings = Vec::new();
    // Snapshots and test data contain the output of programs, so they are not checked.
    let printed =
        |part: std::path::Component| ["data", "snapshots"].iter().any(|own| part.as_os_str() == *own);
    let ours = !Path::new(name).components().any(printed);
    for (number, line) in text.lines().enumerate() {
        if ours && line.trim_end() != line {
            findings.push(format!("{name}:{}: trailing white space", number + 1));
        }
        for path in machine_paths {
            if line.contains(path.as_str()) {
                findings.push(format!("{name}:{}: contains a path of this machine, {path}", number + 1));
            }
        }
    }
    if ours && !text.is_empty() && !text.ends_with('\n') {
        findings.push(format!("{name}: missing newline at the end of the file"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_machine_paths_are_found() {
        let paths = ["/srv/checkout".to_owned()];
        assert_eq!(text_findings("a.md", "one\ntwo\n", &paths), Vec::<String>::new());
        assert_eq!(text_findings("a.md", "one \n", &paths), ["a.md:1: trailing white space"]);
        assert_eq!(text_findings("a.md", "one", &paths), ["a.md: missing newline at the end of the file"]);
        assert_eq!(
            text_findings("a.md", "\nsee /srv/checkout/x\n", &paths),
            ["a.md:2: contains a path of this machine, /srv/checkout"]
        );
        assert_eq!(text_findings("tests/data/a.txt", "one \ntwo", &paths), Vec::<String>::new());
    }
}
