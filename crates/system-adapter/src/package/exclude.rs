//! Decides which parts of a folder are left out of its package.

use super::PackageError;
use glob::{MatchOptions, Pattern};

/// What is left out by default, in the notation of `.gitignore`.
pub const LEFT_OUT: [&str; 30] = [
    // Repositories, which are also files that point to one.
    ".git",
    ".hg",
    ".svn",
    ".bzr",
    ".jj",
    // Secrets of the machine.
    ".env",
    ".env.*",
    ".envrc",
    ".aws/",
    ".ssh/",
    ".netrc",
    ".npmrc",
    ".pypirc",
    // Caches and results of tools. A `.pyc` file outside of `__pycache__` may be the code itself.
    "__pycache__/",
    ".pytest_cache/",
    ".mypy_cache/",
    ".ruff_cache/",
    ".hypothesis/",
    ".ipynb_checkpoints/",
    ".tox/",
    ".nox/",
    ".venv/",
    ".cache/",
    ".parcel-cache/",
    ".nyc_output/",
    ".gradle/",
    ".terraform/",
    ".serverless/",
    ".aws-sam/",
    ".DS_Store",
];

/// `*` and `?` match within one name only, as in `.gitignore`.
const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// Patterns in the order in which they apply: the last one that matches decides.
#[derive(Debug)]
pub(super) struct Rules(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    pattern: Pattern,
    /// Whether it packs what an earlier pattern leaves out.
    packs: bool,
    only_folders: bool,
    /// Whether it is compared with the whole path and not only with the name.
    whole_path: bool,
}

impl Rules {
    /// The default rules, and after them `patterns`, which are written as in `.gitignore`: `*.log` matches names in every
    /// folder, `docs/*.md` the path from the packed folder, `tests/` only folders, `**` any number of folders, and
    /// `!.env` packs what an earlier pattern leaves out.
    pub(super) fn new(patterns: &[String]) -> Result<Self, PackageError> {
        let all = LEFT_OUT.into_iter().chain(patterns.iter().map(String::as_str));
        all.map(rule).collect::<Result<_, _>>().map(Self)
    }

    /// Whether the file or folder with this path below the packed folder is left out.
    pub(super) fn leaves_out(&self, path: &str, is_folder: bool) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let matches = |rule: &&Rule| {
            let text = if rule.whole_path { path } else { name };
            (is_folder || !rule.only_folders) && rule.pattern.matches_with(text, OPTIONS)
        };
        self.0.iter().rev().find(matches).is_some_and(|rule| !rule.packs)
    }
}

fn rule(text: &str) -> Result<Rule, PackageError> {
    let (packs, rest) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest));
    let (only_folders, rest) = rest.strip_suffix('/').map_or((false, rest), |rest| (true, rest));
    let whole_path = rest.contains('/');
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let rest = rest.strip_prefix("./").unwrap_or(rest);
    let refused =
        |problem: &str| PackageError::Pattern { pattern: text.to_owned(), problem: problem.to_owned() };
    if rest.is_empty() {
        return Err(refused("it is empty"));
    }
    let pattern = Pattern::new(rest).map_err(|error| refused(error.msg))?;
    Ok(Rule { pattern, packs, only_folders, whole_path })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves_out(patterns: &[&str], path: &str) -> bool {
        let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
        let (path, is_folder) = path.strip_suffix('/').map_or((path, false), |path| (path, true));
        Rules::new(&patterns).unwrap().leaves_out(path, is_folder)
    }

    #[test]
    fn repositories_secrets_and_caches_are_left_out_by_default() {
        for path in [
            ".git/",
            "module/.git",
            ".env",
            "app/.env.local",
            "lib/__pycache__/",
            "node_modules/.cache/",
            ".DS_Store",
        ] {
            assert!(leaves_out(&[], path), "{path}");
        }
        for path in [
            "app.py",
            ".gitignore",
            "env",
            "environment.json",
            "lib/code.pyc",
            "node_modules/",
            "cache/",
            ".cache",
        ] {
            assert!(!leaves_out(&[], path), "{path}");
        }
    }

    #[test]
    fn patterns_are_read_as_in_a_gitignore_file() {
        for (pattern, path, out) in [
            ("*.log", "a.log", true),
            ("*.log", "deep/b.log", true),
            ("*.log", "a.log.txt", false),
            ("docs/*.md", "docs/a.md", true),
            ("docs/*.md", "docs/deep/a.md", false),
            ("docs/*.md", "other/docs/a.md", false),
            ("docs/**/*.md", "docs/deep/a.md", true),
            ("**/fixtures", "a/b/fixtures/", true),
            ("/build", "build/", true),
            ("/build", "lib/build/", false),
            ("./build", "build/", true),
            ("tests/", "lib/tests/", true),
            ("tests/", "tests", false),
            ("a?.py", "ab.py", true),
            ("[ab].py", "b.py", true),
            ("!.env", ".env", false),
            ("TESTS/", "tests/", false),
        ] {
            assert_eq!(leaves_out(&[pattern], path), out, "{pattern} {path}");
        }
        assert!(leaves_out(&["!.env", ".env"], ".env"), "the last one decides");
    }

    #[test]
    fn what_is_not_a_pattern_is_refused_by_name() {
        for pattern in ["", "!", "/", "a[", "***"] {
            let error = Rules::new(&[pattern.to_owned()]).unwrap_err();
            assert!(error.to_string().contains(&format!("{pattern:?}")), "{error}");
        }
    }
}
