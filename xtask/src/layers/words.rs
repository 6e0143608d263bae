//! Finds words of vendors in the identifiers, string literals and documentation of provider-neutral crates.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::rules::NeutralRule;
use crate::rust_text::RustText;
use crate::tidy::files;

/// Finds the lines below `folder` that contain one of the words: in code everywhere, and in `src` also in string
/// literals and documentation. Tests may use any words in examples.
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
        findings.extend(check_code(&shown, &read, rule));
        if path.starts_with(folder.join("src")) {
            let (found, allowed) = check_texts(&shown, &text, read, rule);
            findings.extend(found);
            spoken.extend(allowed);
        }
    }
    findings.extend(stale_exceptions(folder.strip_prefix(root).unwrap_or(folder), &spoken, rule));
    Ok(findings)
}

/// Checks the code for the words.
fn check_code(file: &str, read: &RustText, rule: &NeutralRule) -> Vec<String> {
    let lines = read.code.lines().enumerate();
    lines
        .flat_map(|(number, line)| {
            forbidden_words(line, &rule.words).into_iter().map(move |word| finding(file, number + 1, &word))
        })
        .collect()
}

/// Checks the texts of a file for the words. Also returns the words that exceptions allow, each with the file.
fn check_texts(
    file: &str,
    text: &str,
    read: RustText,
    rule: &NeutralRule,
) -> (Vec<String>, BTreeSet<(String, String)>) {
    let (mut findings, mut allowed) = (Vec::new(), BTreeSet::new());
    for (line, said) in texts_of(text, read.without_tests()) {
        for word in forbidden_words(&said, &rule.words) {
            if rule.may_say(file, &word) {
                allowed.insert((file.to_owned(), word));
            } else {
                findings.push(finding(file, line, &word));
            }
        }
    }
    (findings, allowed)
}

/// Exceptions below `folder` that are no longer needed.
fn stale_exceptions(folder: &Path, spoken: &BTreeSet<(String, String)>, rule: &NeutralRule) -> Vec<String> {
    let here = rule.said_in.iter().filter(|said| Path::new(&said.file).starts_with(folder));
    here.flat_map(|said| said.words.iter().map(|word| (said.file.clone(), word.clone())))
        .filter(|exception| !spoken.contains(exception))
        .map(|(file, word)| {
            format!("xtask/layers.toml: {file} no longer says `{word}`; remove it from the list")
        })
        .collect()
}

fn finding(file: &str, line: usize, word: &str) -> String {
    format!("{file}:{line}: contains `{word}`: this crate must not name a provider")
}

/// The string literals and the lines of documentation, each with its line number.
fn texts_of(text: &str, read: RustText) -> Vec<(usize, String)> {
    let documentation = text.lines().enumerate().filter_map(|(number, line)| {
        let said = line.trim_start();
        let said = said.strip_prefix("///").or_else(|| said.strip_prefix("//!"))?;
        Some((number + 1, said.to_owned()))
    });
    documentation.chain(read.literals.into_iter().map(|literal| (literal.line, literal.text))).collect()
}

/// The forbidden words in a text.
fn forbidden_words(text: &str, words: &BTreeSet<String>) -> Vec<String> {
    split(text).into_iter().filter(|word| words.contains(word)).collect()
}

/// Splits a text into words in lower case: `aws_arn` and `AwsArn` are both `aws` and `arn`.
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
        let found = |line| forbidden_words(&RustText::read(line).code, &words);
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
    fn documentation_and_literals_are_checked_and_comments_are_not() {
        let text = "//! Of AWS.\n/// An ARN.\n// aws\nfn f() {}\nconst A: &str = \"an arn\"; // arn\n\
                    #[cfg(test)]\nmod tests {\n    const B: &str = \"aws\";\n}\n";
        let words = BTreeSet::from(["aws".to_owned(), "arn".to_owned()]);
        let mut lines: Vec<usize> = texts_of(text, RustText::read(text).without_tests())
            .into_iter()
            .filter(|(_, said)| !forbidden_words(said, &words).is_empty())
            .map(|(line, _)| line)
            .collect();
        lines.sort_unstable();
        assert_eq!(lines, [1, 2, 5]);
    }

    #[test]
    fn an_exception_applies_to_its_file_and_must_be_needed() {
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
            let (mut findings, spoken) = check_texts(file, text, RustText::read(text), &rule);
            findings.extend(stale_exceptions(Path::new("core"), &spoken, &rule));
            findings
        };
        assert_eq!(findings("core/src/lib.rs", &["aws"]), Vec::<String>::new());
        assert_eq!(findings("core/src/lib.rs", &[]).len(), 1);
        assert_eq!(
            findings("core/src/lib.rs", &["arn", "aws"]),
            ["xtask/layers.toml: core/src/lib.rs no longer says `arn`; remove it from the list"]
        );
        assert_eq!(findings("core/src/other.rs", &["aws"]).len(), 2);
    }
}
