//! Finds vendors' words in crates that are to know none: in identifiers, string literals and documentation.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::rules::NeutralRule;
use crate::rust_text::RustText;
use crate::tidy::files;

/// The lines below `folder` that hold one of the words: in code everywhere, and in the sources also in what they say,
/// which is string literals and the documentation of items. Tests may give examples in any words.
pub(super) fn check(folder: &Path, root: &Path, rule: &NeutralRule) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let mut spoken = BTreeSet::new();
    for path in files::below(folder)? {
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let read = RustText::read(&text);
        findings.extend(named(&shown, &read, rule));
        if path.starts_with(folder.join("src")) {
            let (found, allowed) = told(&shown, &text, read, rule);
            findings.extend(found);
            spoken.extend(allowed);
        }
    }
    findings.extend(stale(folder.strip_prefix(root).unwrap_or(folder), &spoken, rule));
    Ok(findings)
}

/// The words in code.
fn named(file: &str, read: &RustText, rule: &NeutralRule) -> Vec<String> {
    let lines = read.code.lines().enumerate();
    lines
        .flat_map(|(number, line)| {
            found(line, &rule.words).into_iter().map(move |word| finding(file, number + 1, &word))
        })
        .collect()
}

/// The words in what a file says, and those of them that it may say, each with the file.
fn told(
    file: &str,
    text: &str,
    read: RustText,
    rule: &NeutralRule,
) -> (Vec<String>, BTreeSet<(String, String)>) {
    let (mut findings, mut allowed) = (Vec::new(), BTreeSet::new());
    for (line, said) in said(text, read.without_tests()) {
        for word in found(&said, &rule.words) {
            if rule.may_say(file, &word) {
                allowed.insert((file.to_owned(), word));
            } else {
                findings.push(finding(file, line, &word));
            }
        }
    }
    (findings, allowed)
}

/// Exceptions below `folder` that nothing needs any more.
fn stale(folder: &Path, spoken: &BTreeSet<(String, String)>, rule: &NeutralRule) -> Vec<String> {
    let here = rule.said_in.iter().filter(|said| Path::new(&said.file).starts_with(folder));
    here.flat_map(|said| said.words.iter().map(|word| (said.file.clone(), word.clone())))
        .filter(|exception| !spoken.contains(exception))
        .map(|(file, word)| {
            format!("xtask/layers.toml: {file} no longer says `{word}`; take it off the list")
        })
        .collect()
}

fn finding(file: &str, line: usize, word: &str) -> String {
    format!("{file}:{line}: names `{word}`: this crate serves every provider and names none")
}

/// The string literals and the lines of documentation, each with its line.
fn said(text: &str, read: RustText) -> Vec<(usize, String)> {
    let documentation = text.lines().enumerate().filter_map(|(number, line)| {
        let said = line.trim_start();
        let said = said.strip_prefix("///").or_else(|| said.strip_prefix("//!"))?;
        Some((number + 1, said.to_owned()))
    });
    documentation.chain(read.literals.into_iter().map(|literal| (literal.line, literal.text))).collect()
}

/// The forbidden words among those that a text consists of.
fn found(text: &str, words: &BTreeSet<String>) -> Vec<String> {
    split(text).into_iter().filter(|word| words.contains(word)).collect()
}

/// `aws_arn` and `AwsArn` are each `aws` and `arn`.
fn split(code: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before_lower = false;
    for character in code.chars() {
        if !character.is_alphanumeric() || (character.is_uppercase() && before_lower) {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
        before_lower = character.is_lowercase() || character.is_numeric();
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::rules::Said;

    #[test]
    fn words_are_found_in_every_spelling() {
        let words = BTreeSet::from(["aws".to_owned(), "arn".to_owned()]);
        let found = |line| found(&RustText::read(line).code, &words);
        for line in ["let aws_region = 1;", "struct AwsRegion;", "parse_arn(x)", "FunctionArn::new()", "AWS"]
        {
            assert_eq!(found(line).len(), 1, "{line}");
        }
        for line in
            ["Warning::Learned", "jaws", "// an ARN of AWS", "let yarn = 1; // arn", "\"SECRET_ARN\","]
        {
            assert_eq!(found(line), Vec::<String>::new(), "{line}");
        }
    }
    #[test]
    fn what_sources_say_is_read_and_what_they_remark_is_not() {
        let text = "//! Of AWS.\n/// An ARN.\n// aws\nfn f() {}\nconst A: &str = \"an arn\"; // arn\n\
                    #[cfg(test)]\nmod tests {\n    const B: &str = \"aws\";\n}\n";
        let words = BTreeSet::from(["aws".to_owned(), "arn".to_owned()]);
        let mut lines: Vec<usize> = said(text, RustText::read(text).without_tests())
            .into_iter()
            .filter(|(_, said)| !found(said, &words).is_empty())
            .map(|(line, _)| line)
            .collect();
        lines.sort_unstable();
        assert_eq!(lines, [1, 2, 5]);
    }

    #[test]
    fn an_exception_holds_for_its_file_and_only_as_long_as_it_is_needed() {
        let rule = |exceptions: &[&str]| NeutralRule {
            crates: BTreeSet::new(),
            words: BTreeSet::from(["aws".to_owned(), "arn".to_owned()]),
            said_in: vec![Said {
                file: "core/src/lib.rs".to_owned(),
                words: exceptions.iter().map(|word| (*word).to_owned()).collect(),
                reason: "data".to_owned(),
            }],
        };
        let text = "const A: &str = \"aws\";\n";
        let findings = |file: &str, exceptions: &[&str]| {
            let rule = rule(exceptions);
            let (mut findings, spoken) = told(file, text, RustText::read(text), &rule);
            findings.extend(stale(Path::new("core"), &spoken, &rule));
            findings
        };
        assert_eq!(findings("core/src/lib.rs", &["aws"]), Vec::<String>::new());
        assert_eq!(findings("core/src/lib.rs", &[]).len(), 1);
        assert_eq!(
            findings("core/src/lib.rs", &["arn", "aws"]),
            ["xtask/layers.toml: core/src/lib.rs no longer says `arn`; take it off the list"]
        );
        assert_eq!(findings("core/src/other.rs", &["aws"]).len(), 2);
    }
}
