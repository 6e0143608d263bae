//! Checks links of documents: their files must exist, with the heading or the function that they name.

use std::collections::{BTreeMap, BTreeSet};

use super::files::ends_with;

/// Finds the broken links of all Markdown files. `exists` checks files that are not text.
pub(super) fn check(texts: &BTreeMap<String, String>, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let mut findings = Vec::new();
    for (name, text) in texts.iter().filter(|(name, _)| is_markdown(name)) {
        for (number, target) in links(text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, heading) = target.split_once('#').unwrap_or((&target, ""));
            let file = if path.is_empty() { Some(name.clone()) } else { resolve(name, path) };
            let found = match &file {
                None => false,
                Some(file) => match texts.get(file) {
                    Some(_) if heading.is_empty() => true,
                    Some(text) if is_markdown(file) => headings(text).contains(heading),
                    // `tests/it/runs.rs#name`: a test, by its name.
                    Some(text) => words(text).any(|word| word == heading),
                    None => exists(file),
                },
            };
            if !found {
                findings.push(format!("{name}:{number}: the link to `{target}` is broken"));
            }
        }
    }
    findings
}

fn is_markdown(name: &str) -> bool {
    ends_with(name, "md")
}

/// The file that a link in `from` points to; `None` if it is outside the project.
fn resolve(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The lines of text, without code blocks.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut code = false;
    text.lines().enumerate().filter_map(move |(number, line)| {
        let fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        if fence {
            code = !code;
        }
        (!code && !fence).then_some((number + 1, line))
    })
}

/// The targets of inline links `[text](target)` and of definitions `[name]: target`, with their lines.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        let line = without_code(line);
        for piece in line.split("](").skip(1) {
            let target = piece.split([')', ' ']).next().unwrap_or_default();
            found.push((number, target.trim_matches(['<', '>']).to_owned()));
        }
        if line.starts_with('[')
            && let Some((_, target)) = line.split_once("]: ")
        {
            found.push((number, target.split(' ').next().unwrap_or_default().to_owned()));
        }
    }
    found
}

/// A line without `code` spans.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphanumeric() && character != '_')
}

/// The anchors of a document's headings: lower case, words joined by `-`, no punctuation.
fn headings(text: &str) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut names = BTreeSet::new();
    for (_, line) in prose(text) {
        let Some(heading) = line.strip_prefix('#') else { continue };
        let heading = heading.trim_start_matches('#');
        if !heading.starts_with(' ') {
            continue;
        }
        let name: String = heading
            .trim()
            .to_lowercase()
            .chars()
            .filter(|character| character.is_alphanumeric() || matches!(character, ' ' | '-' | '_'))
            .map(|character| if character == ' ' { '-' } else { character })
            .collect();
        let count = seen.entry(name.clone()).or_default();
        names.insert(if *count == 0 { name } else { format!("{name}-{count}") });
        *count += 1;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(readme: &str) -> Vec<String> {
        let texts = BTreeMap::from([
            ("docs/README.md".to_owned(), readme.to_owned()),
            ("docs/errors.md".to_owned(), "# Errors\n## Not found: `E1`\n## Same\n## Same\n".to_owned()),
            ("LICENSE.md".to_owned(), String::new()),
            ("tests/runs.rs".to_owned(), "#[test]\nfn a_run_ends() {}\n".to_owned()),
        ]);
        check(&texts, |target| target == "docs/picture.png")
    }

    #[test]
    fn good_links_pass() {
        let text = "# Top\n[a](errors.md) [b](errors.md#not-found-e1) ![c](./picture.png) [d](../LICENSE.md)\n\
                    [e](#top) [f](https://example.com/x) [g](errors.md#same-1 \"title\") `[h](gone.md)`\n\
                    ```\n[i](gone.md)\n```\n[j]: errors.md\n[k](../tests/runs.rs#a_run_ends)\n";
        assert_eq!(findings(text), Vec::<String>::new());
    }

    #[test]
    fn a_broken_link_is_named_with_its_line() {
        for target in [
            "gone.md",
            "errors.md#gone",
            "#gone",
            "../../outside.md",
            "errors.md#same-2",
            "../tests/runs.rs#a_run",
        ] {
            assert_eq!(
                findings(&format!("# Top\n\nsee [this]({target}).\n")),
                [format!("docs/README.md:3: the link to `{target}` is broken")]
            );
        }
        assert_eq!(findings("[x]: gone.md\n").len(), 1);
    }
}
