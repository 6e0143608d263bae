//! What no compiler checks: first lines, lengths, forbidden calls, links between documents, required files.

pub(crate) mod files;
mod links;
mod source;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// What a project of this kind is expected to have at its root.
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

/// Everything that is read as text, by the ending of its name.
const TEXT: [&str; 9] = ["md", "py", "rs", "sh", "sql", "toml", "txt", "yaml", "yml"];

/// What is out of order, one line each.
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
        .map(|name| format!("{name}: is missing"))
        .collect();
    for (name, text) in &texts {
        findings.extend(text_findings(name, text, &machine_paths));
        if files::ends_with(name, "rs") {
            findings.extend(source::check(name, text));
        }
        let file = name.rsplit('/').next().unwrap_or(name);
        if matches!(file, "clippy.toml" | ".clippy.toml") && name != "clippy.toml" {
            findings.push(format!("{name}: clippy takes the nearest file and drops the root's; remove it"));
        }
    }
    findings.extend(links::check(&texts, |target| workspace.root.join(target).exists()));
    Ok(findings)
}

/// The folders of this very checkout, which nothing that is committed may name.
fn machine_paths(workspace: &Workspace) -> Vec<String> {
    [&workspace.root, &workspace.target]
        .into_iter()
        // A checkout directly below `/` has a name that may be a word of any text.
        .filter(|path| path.components().count() > 2)
        .map(|path: &std::path::PathBuf| path.display().to_string())
        .collect()
}

fn text_findings(name: &str, text: &str, machine_paths: &[String]) -> Vec<String> {
    let mut findings = Vec::new();
    // Snapshots and data of tests are what a program printed: they are not ours to trim.
    let ours = !Path::new(name).components().any(|part| part.as_os_str() == "data");
    for (number, line) in text.lines().enumerate() {
        if ours && line.trim_end() != line {
            findings.push(format!("{name}:{}: white space at the end of the line", number + 1));
        }
        for path in machine_paths {
            if line.contains(path.as_str()) {
                findings.push(format!("{name}:{}: names a folder of this machine, {path}", number + 1));
            }
        }
    }
    if ours && !text.is_empty() && !text.ends_with('\n') {
        findings.push(format!("{name}: no newline at the end of the file"));
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
        assert_eq!(text_findings("a.md", "one \n", &paths), ["a.md:1: white space at the end of the line"]);
        assert_eq!(text_findings("a.md", "one", &paths), ["a.md: no newline at the end of the file"]);
        assert_eq!(
            text_findings("a.md", "\nsee /srv/checkout/x\n", &paths),
            ["a.md:2: names a folder of this machine, /srv/checkout"]
        );
        assert_eq!(text_findings("tests/data/a.txt", "one \ntwo", &paths), Vec::<String>::new());
    }
}
