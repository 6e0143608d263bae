//! Decides which parts of a folder are left out of its package.

use super::PackageError;
use glob::{MatchOptions, Pattern};

/// What is left out by default, in the notation of `.gitignore`. The case of letters does not matter. Private keys in files
/// of other names are left out, too: see `may_be_key`.
pub const LEFT_OUT: [&str; 65] = [
    // Repositories, which are also files that point to one.
    ".git",
    ".hg",
    ".svn",
    ".bzr",
    ".jj",
    // Secrets of the machine.
    ".env",
    ".env.*",
    "*.env",
    ".envrc",
    ".aws/",
    ".azure/",
    ".boto",
    ".docker/",
    ".dockercfg",
    ".git-credentials",
    ".gnupg/",
    ".htpasswd",
    ".kube/",
    ".my.cnf",
    ".mylogin.cnf",
    ".netrc",
    "_netrc",
    ".npmrc",
    ".pgpass",
    "pgpass.conf",
    ".pypirc",
    ".s3cfg",
    ".ssh/",
    ".terraformrc",
    ".vault-token",
    "credentials.json",
    "application_default_credentials.json",
    "*.tfstate",
    "*.tfstate.*",
    "*.kdbx",
    "*.p12",
    "*.pfx",
    "*.ppk",
    "id_dsa",
    "id_ecdsa",
    "id_ecdsa_sk",
    "id_ed25519",
    "id_ed25519_sk",
    "id_rsa",
    // What was typed into shells and other programs.
    ".*_history",
    ".histfile",
    ".lesshst",
    ".zhistory",
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

/// Ends of the names of files that may contain a private key, or only certificates.
const OF_KEYS: [&str; 5] = [".pem", ".key", ".p8", ".pk8", ".crt"];

/// Whether only its contents tell if the file contains a private key.
pub(super) fn may_be_key(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    OF_KEYS.iter().any(|end| name.ends_with(end))
}

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
    options: MatchOptions,
}

impl Rules {
    /// The default rules, and after them `patterns`, which are written as in `.gitignore`: `*.log` matches names in every
    /// folder, `docs/*.md` the path from the packed folder, `tests/` only folders, `**` any number of folders, and
    /// `!.env` packs what an earlier pattern leaves out.
    pub(super) fn new(patterns: &[String]) -> Result<Self, PackageError> {
        let any_case = MatchOptions { case_sensitive: false, ..OPTIONS };
        let defaults = LEFT_OUT.into_iter().map(|text| rule(text, any_case));
        defaults.chain(patterns.iter().map(|text| rule(text, OPTIONS))).collect::<Result<_, _>>().map(Self)
    }

    /// Whether the file or folder with this path below the packed folder is left out; `None` if no pattern says so or
    /// otherwise.
    pub(super) fn leaves_out(&self, path: &str, is_folder: bool) -> Option<bool> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let matches = |rule: &&Rule| {
            let text = if rule.whole_path { path } else { name };
            (is_folder || !rule.only_folders) && rule.pattern.matches_with(text, rule.options)
        };
        self.0.iter().rev().find(matches).map(|rule| !rule.packs)
    }
}

fn rule(text: &str, options: MatchOptions) -> Result<Rule, PackageError> {
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
    Ok(Rule { pattern, packs, only_folders, whole_path, options })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves_out(patterns: &[&str], path: &str) -> bool {
        let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
        let (path, is_folder) = path.strip_suffix('/').map_or((path, false), |path| (path, true));
        Rules::new(&patterns).unwrap().leaves_out(path, is_folder) == Some(true)
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
            ".ENV",
            "prod.env",
            "deep/.git-credentials",
            "keys/id_rsa",
            "ID_ED25519",
            ".pgpass",
            ".my.cnf",
            ".htpasswd",
            ".vault-token",
            ".s3cfg",
            ".boto",
            ".dockercfg",
            ".docker/",
            "_netrc",
            ".bash_history",
            ".python_history",
            ".zhistory",
            ".lesshst",
            "Credentials.json",
            "terraform.tfstate",
            "terraform.tfstate.backup",
            "cert.pfx",
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
            "id_rsa.pub",
            "history.py",
            "environment",
            "dotenv.py",
            "credentials.py",
            "cacert.pem",
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
