//! The rules as data: the format of `layers.toml`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde::Deserialize;

/// All rules of the workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    /// What each crate may use; every crate of the workspace needs an entry.
    pub(super) crates: BTreeMap<String, CrateRule>,
    /// External crates that only some crates may use.
    #[serde(default)]
    pub(super) vendor: Vec<VendorRule>,
    /// Crates that must not name a vendor.
    pub(super) neutral: NeutralRule,
    /// Crates that may name a front's commands and flags.
    pub(super) fronts: FrontsRule,
}

/// What one crate may use.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CrateRule {
    /// Crates of the workspace that it may use; `*` means all.
    #[serde(default)]
    pub(super) uses: BTreeSet<String>,
    /// Crates of the workspace that its tests and examples may use in addition.
    #[serde(default)]
    pub(super) dev: BTreeSet<String>,
    /// The only external crates that it may use, each with a reason; without a list any is allowed.
    pub(super) external: Option<BTreeMap<String, String>>,
    /// Whether only tests, examples and benches may use it.
    #[serde(default)]
    pub(super) dev_only: bool,
    /// Whether it is exempt from the rules of `vendor`.
    #[serde(default)]
    pub(super) sees_vendors: bool,
}

/// External crates that only some crates may use.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VendorRule {
    /// The names; a trailing `*` matches any ending.
    pub(super) names: BTreeSet<String>,
    /// The crates of the workspace that may use them.
    pub(super) only_in: BTreeSet<String>,
    /// Crates whose tests may use them in addition.
    #[serde(default)]
    pub(super) dev_in: BTreeSet<String>,
    pub(super) reason: String,
}

/// Crates that must not name a vendor, neither in code nor in texts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NeutralRule {
    pub(super) crates: BTreeSet<String>,
    /// The words, in lower case, that must not occur in their identifiers, string literals and documentation.
    pub(super) words: BTreeSet<String>,
    /// Exceptions for literals and documentation in which the word is data.
    #[serde(default)]
    pub(super) said_in: Vec<Said>,
}

/// Words that are allowed in the texts of one file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    /// The path of the file from the root.
    pub(super) file: String,
    pub(super) words: BTreeSet<String>,
    #[expect(dead_code, reason = "read by people")]
    pub(super) reason: String,
}

/// Crates that may name a front's commands and flags in strings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FrontsRule {
    /// The crates that may; all others must not.
    pub(super) named_in: BTreeSet<String>,
    /// Files of other crates that may, by their paths from the root, each with a reason.
    #[serde(default)]
    pub(super) files: BTreeMap<String, String>,
}

impl Rules {
    /// Parses the rules.
    pub(super) fn parse(text: &str) -> Result<Self> {
        Ok(toml::from_str(text)?)
    }
}

impl NeutralRule {
    /// Whether the texts of a file may contain this word.
    pub(super) fn may_say(&self, file: &str, word: &str) -> bool {
        self.said_in.iter().any(|said| said.file == file && said.words.contains(word))
    }
}

impl VendorRule {
    /// Whether the rule applies to this external crate.
    pub(super) fn covers(&self, name: &str) -> bool {
        self.names.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => pattern == name,
        })
    }
}
