//! Finds vendors' words in the identifiers of crates that are to know none.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::rust_text::RustText;
use crate::tidy::files;

/// The lines below `folder` whose code holds one of the words.
pub(super) fn check(folder: &Path, root: &Path, words: &BTreeSet<String>) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for path in files::below(folder)? {
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        for (number, line) in RustText::read(&text).code.lines().enumerate() {
            for word in found(line, words) {
                findings.push(format!(
                    "{shown}:{}: names `{word}`: this crate serves every provider and names none",
                    number + 1
                ));
            }
        }
    }
    Ok(findings)
}

/// The forbidden words among those that the identifiers of a line consist of. Comments and strings are data:
/// a list of names that look secret may well hold a vendor's.
fn found(code: &str, words: &BTreeSet<String>) -> Vec<String> {
    split(code).into_iter().filter(|word| words.contains(word)).collect()
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
}
