//! Finds a front's commands and flags in the strings of lower layers, whose messages every front shows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::rules::FrontsRule;
use crate::rust_text::RustText;
use crate::tidy::files;

/// The generated pages of the command line, which name its commands and flags.
const PAGES: &str = "docs/cli";
const PROGRAM: &str = "lamplight";
/// The beginnings of commands of other programs, whose flags may have the same names as ours.
const OTHERS: [&str; 3] = ["aws ", "eval \"$(aws ", "secret-tool "];

/// The commands and flags of the command line.
#[derive(Debug, Default)]
pub(super) struct Front {
    /// The verbs: the first words after the program's name.
    verbs: BTreeSet<String>,
    /// The flags, such as `-q` and `--quiet`.
    flags: BTreeSet<String>,
}

impl Front {
    /// Reads the pages of the command line.
    ///
    /// # Errors
    ///
    /// The pages cannot be read, or contain no verb or no flag.
    pub(super) fn of_pages(root: &Path) -> Result<Self> {
        let mut front = Self::default();
        for page in files::below(&root.join(PAGES))? {
            let text =
                fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
            front.add_page(&text);
        }
        if front.verbs.is_empty() || front.flags.is_empty() {
            bail!("the pages of {PAGES} contain no verb or no flag");
        }
        Ok(front)
    }

    /// Adds a page: its title names a verb, and the first cell of a table row names a flag.
    fn add_page(&mut self, page: &str) {
        for line in page.lines() {
            if let Some(verb) = line.strip_prefix(&format!("# {PROGRAM} ")) {
                self.verbs.extend(verb.split(' ').next().map(str::to_owned));
            }
            if let Some(cell) = line.strip_prefix("| `-").and_then(|row| row.split('`').next()) {
                let names = cell.split(", -").map(|name| name.split([' ', '=']).next().unwrap_or_default());
                self.flags.extend(names.map(|name| format!("-{name}")));
            }
        }
    }

    /// The commands and flags in a string.
    fn named_in(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        // Text between backticks is code, and may be the command of another program.
        for (index, span) in text.split('`').enumerate() {
            if index % 2 == 1 && OTHERS.iter().any(|start| span.starts_with(start)) {
                continue;
            }
            let words: Vec<&str> = span.split(is_around_a_word).filter(|word| !word.is_empty()).collect();
            for pair in words.windows(2) {
                if pair[0] == PROGRAM && self.verbs.contains(pair[1]) {
                    found.push(pair.join(" "));
                }
            }
            let flags = words.iter().filter_map(|word| word.split('=').next());
            found.extend(flags.filter(|word| self.flags.contains(*word)).map(str::to_owned));
        }
        found
    }
}

fn is_around_a_word(character: char) -> bool {
    character.is_whitespace() || ",;:.()[]{}\"'/|".contains(character)
}

/// Finds strings in the `src` folder of a crate, without tests, that name a command or flag of the command line.
pub(super) fn check(folder: &Path, root: &Path, front: &Front, rule: &FrontsRule) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for path in files::below(&folder.join("src"))? {
        let name = files::relative(&path, root);
        if !files::ends_with(&name, "rs")
            || name.ends_with("/tests.rs")
            || name.contains("/tests/")
            || rule.files.contains_key(&name)
        {
            continue;
        }
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?;
        for literal in RustText::read(&text).without_tests().literals {
            findings.extend(front.named_in(&literal.text).iter().map(|what| {
                format!(
                    "{name}:{}: the string names `{what}` of the command line: return a hint instead, which each front puts into its own words",
                    literal.line
                )
            }));
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# lamplight jobs edit\n\n| name | meaning |\n| --- | --- |\n\
                        | `-p, --param <NAME=VALUE>` | see `--other` |\n| `--region <REGION>` | |\n| `<JOB>` | |\n";

    fn named(text: &str) -> Vec<String> {
        let mut front = Front::default();
        front.add_page(PAGE);
        front.named_in(text)
    }

    #[test]
    fn commands_and_flags_of_the_pages_are_found() {
        assert_eq!(named("see `lamplight jobs show`, then"), ["lamplight jobs"]);
        assert_eq!(named("run lamplight jobs edit --param=x"), ["lamplight jobs", "--param"]);
        assert_eq!(named("use a connection or --region."), ["--region"]);
        assert_eq!(named("give text as -p name=value"), ["-p"]);
    }

    #[test]
    fn text_without_our_commands_and_flags_is_allowed() {
        for text in [
            "lamplight.toml",
            "the lamplight job",
            "lamplight jobless",
            "`aws sso login --region here`",
            "`eval \"$(aws configure --region here)\"`",
            "--other",
            "--regional",
            "x-p --",
        ] {
            assert_eq!(named(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn the_pages_of_the_command_line_are_understood() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let front = Front::of_pages(root).unwrap();
        for verb in ["run", "jobs", "functions"] {
            assert!(front.verbs.contains(verb), "{verb}");
        }
        for flag in ["-p", "--param", "--region", "--quiet", "--dry-run"] {
            assert!(front.flags.contains(flag), "{flag}");
        }
    }

    #[test]
    fn only_strings_outside_of_tests_are_checked() {
        let root = std::env::temp_dir().join(format!("xtask-fronts-{}", std::process::id()));
        fs::create_dir_all(root.join("core/src/inner")).unwrap();
        let text = "//! See --region.\nfn f() { g(\"x\n --region\") }\n#[cfg(test)]\nmod tests { const A: &str = \"-p\"; }\n";
        fs::write(root.join("core/src/lib.rs"), text).unwrap();
        fs::write(root.join("core/src/inner/tests.rs"), "const A: &str = \"-p\";\n").unwrap();
        fs::write(root.join("core/src/others.rs"), "const A: &str = \"-p\";\n").unwrap();
        let files = [("core/src/others.rs".to_owned(), "of another program".to_owned())].into();
        let rule = FrontsRule { named_in: BTreeSet::new(), files };
        let mut front = Front::default();
        front.add_page(PAGE);
        let found = check(&root.join("core"), &root, &front, &rule);
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(
            found.unwrap(),
            [
                "core/src/lib.rs:2: the string names `--region` of the command line: return a hint instead, which each front puts into its own words"
            ]
        );
    }
}
