//! Finds files of a crate that depend on each other in a cycle, so that none of them can be read, moved or tested
//! alone.
//!
//! A file depends on the file of a module if a path that begins with `crate` or `super` names the module. Re-exports
//! are not followed, and a module may use what its parents define.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::rust_text::RustText;
use crate::tidy::files;

/// A module as the list of names in its path; the crate root has an empty list.
type Module = Vec<String>;

/// Finds the cycles in the `src` folder of a crate, without tests; one line each.
pub(super) fn check(folder: &Path, root: &Path) -> Result<Vec<String>> {
    let source = folder.join("src");
    let mut codes = BTreeMap::new();
    for path in files::below(&source)? {
        let name = files::relative(&path, &source);
        if files::ends_with(&name, "rs") {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?;
            codes.insert(module_of(&name), RustText::read(&text).without_tests().code);
        }
    }
    let place = files::relative(&source, root);
    Ok(circles(&codes)
        .into_iter()
        .map(|circle| {
            let names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
            format!("{place}: these modules depend on each other in a cycle: {}", names.join(", "))
        })
        .collect())
}

/// `a/b.rs` and `a/b/mod.rs` are both the module `a::b`.
fn module_of(name: &str) -> Module {
    let mut parts: Module = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        parts.pop();
    }
    parts
}

/// The groups of modules that can reach each other.
fn circles(codes: &BTreeMap<Module, String>) -> Vec<Vec<&Module>> {
    let arrows: BTreeMap<&Module, BTreeSet<&Module>> =
        codes.iter().map(|(module, code)| (module, arrows_of(module, code, codes))).collect();
    let reached: BTreeMap<&Module, BTreeSet<&Module>> =
        arrows.keys().map(|module| (*module, reached_from(module, &arrows))).collect();
    let mut found: Vec<Vec<&Module>> = Vec::new();
    for (module, reaches) in &reached {
        let circle: Vec<&Module> =
            reaches.iter().filter(|other| reached[*other].contains(module)).copied().collect();
        if circle.len() > 1 && !found.contains(&circle) {
            found.push(circle);
        }
    }
    found
}

fn reached_from<'a>(
    start: &'a Module,
    arrows: &BTreeMap<&'a Module, BTreeSet<&'a Module>>,
) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(module) = open.pop() {
        open.extend(arrows[module].iter().filter(|next| reached.insert(**next)).copied());
    }
    reached
}

fn arrows_of<'a>(module: &Module, code: &str, codes: &'a BTreeMap<Module, String>) -> BTreeSet<&'a Module> {
    paths(module, code)
        .iter()
        .filter_map(|path| (0..=path.len()).rev().find_map(|length| codes.get_key_value(&path[..length])))
        .map(|(target, _)| target)
        .filter(|target| !module.starts_with(target))
        .collect()
}

/// The paths that begin with `crate` or `super`, from the crate root, with the members of a group separated.
fn paths(module: &Module, code: &str) -> Vec<Module> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        if at > 0 && tokens[at - 1] == "::" {
            continue;
        }
        match tokens[at] {
            "crate" => follow(&tokens, at + 1, &mut Vec::new(), &mut found),
            "super" => {
                let mut parent = module.clone();
                parent.pop();
                follow(&tokens, at + 1, &mut parent, &mut found)
            }
            _ => 0,
        };
    }
    found
}

/// Reads the rest of the path after `at` and returns where the path ends.
fn follow(tokens: &[&str], mut at: usize, path: &mut Module, found: &mut Vec<Module>) -> usize {
    while tokens.get(at) == Some(&"::") {
        match tokens.get(at + 1) {
            Some(&"{") => {
                at += 2;
                while tokens.get(at).is_some_and(|token| *token != "}") {
                    let mut member = path.clone();
                    if let Some(name) = tokens.get(at).filter(|token| is_name(token)) {
                        member.push((*name).to_owned());
                        at = follow(tokens, at + 1, &mut member, found);
                    } else {
                        at += 1;
                    }
                }
                return at + 1;
            }
            Some(&"super") => {
                path.pop();
            }
            Some(name) if is_name(name) => path.push((*name).to_owned()),
            _ => break,
        }
        at += 2;
    }
    found.push(path.clone());
    at
}

fn is_name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Splits code into names, `::`, and single characters.
fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_alphanumeric() || first == '_' {
            rest.find(|other: char| !other.is_alphanumeric() && other != '_').unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let codes = files.iter().map(|(name, code)| (module_of(name), (*code).to_owned())).collect();
        let named = |circle: Vec<&Module>| circle.into_iter().map(|module| module.join("::")).collect();
        circles(&codes).into_iter().map(named).collect()
    }

    #[test]
    fn files_that_depend_on_each_other_are_named() {
        let files = [
            ("lib.rs", "mod a; mod b; mod c; pub use a::A;"),
            ("a.rs", "use crate::{b::{self, B as Other}, c::C};"),
            ("b.rs", "fn f() { crate::folder::deep::g() }"),
            ("c.rs", "use std::fmt;"),
            ("folder/mod.rs", "mod deep; mod other;"),
            ("folder/deep.rs", "use super::other::{x, y}; use super::super::a::A;"),
            ("folder/other.rs", "fn x() {}"),
        ];
        assert_eq!(found(&files), [["a", "b", "folder::deep"]]);
        let mut mended = files;
        mended[5].1 = "use super::other::{x, y};";
        assert!(found(&mended).is_empty());
    }

    #[test]
    fn parents_and_children_may_use_each_other() {
        let files = [
            ("lib.rs", "mod a; pub use a::A; pub use crate::a::A as B;"),
            ("a/mod.rs", "mod b; use crate::a::b::B; struct Shared;"),
            ("a/b.rs", "use super::Shared; use crate::A;"),
        ];
        assert!(found(&files).is_empty());
    }

    #[test]
    fn other_paths_are_not_dependencies() {
        let code =
            "use other::crate_name; pub(crate) fn f() {} pub(super) struct S; pub(in crate::a) fn g() {}";
        assert_eq!(paths(&vec!["b".to_owned()], code), [vec![], vec![], vec!["a".to_owned()]]);
    }
}
