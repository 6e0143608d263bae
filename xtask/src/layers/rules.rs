//! The rules as data: the shape of `layers.toml`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde::Deserialize;

/// All rules of the workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    /// Per crate what it may use; every crate of the workspace stands here.
    pub(super) crates: BTreeMap<String, CrateRule>,
    /// External crates that only some crates may see.
    #[serde(default)]
    pub(super) vendor: Vec<VendorRule>,
    /// Crates that name no vendor.
    pub(super) neutral: NeutralRule,
    /// Who may name a front's commands and flags.
    pub(super) fronts: FrontsRule,
}

/// What one crate may use.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CrateRule {
    /// Crates of the workspace that it may use; `*` is all of them.
    #[serde(default)]
    pub(super) uses: BTreeSet<String>,
    /// Crates of the workspace that its tests and examples may use besides.
    #[serde(default)]
    pub(super) dev: BTreeSet<String>,
    /// The only external crates that it may use, each with the reason; absent where any is fine.
    pub(super) external: Option<BTreeMap<String, String>>,
    /// No crate may use it but in tests, examples and benches.
    #[serde(default)]
    pub(super) dev_only: bool,
    /// The rules of `vendor` do not hold for it.
    #[serde(default)]
    pub(super) sees_vendors: bool,
}

/// External crates that only some crates may see.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VendorRule {
    /// Names; a trailing `*` stands for any ending.
    pub(super) names: BTreeSet<String>,
    /// The crates of the workspace that may use them.
    pub(super) only_in: BTreeSet<String>,
    /// Crates whose tests may use them besides.
    #[serde(default)]
    pub(super) dev_in: BTreeSet<String>,
    /// Why.
    pub(super) reason: String,
}

/// Crates that name no vendor, neither in code nor in what they say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NeutralRule {
    /// The crates.
    pub(super) crates: BTreeSet<String>,
    /// The words, in lower case, that no identifier, string literal and documentation of theirs contains.
    pub(super) words: BTreeSet<String>,
    /// Where literals and documentation may, because the word is data.
    #[serde(default)]
    pub(super) said_in: Vec<Said>,
}

/// Words that one file may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    /// The file, from the root.
    pub(super) file: String,
    /// The words.
    pub(super) words: BTreeSet<String>,
    /// Why.
    #[expect(dead_code, reason = "read by people")]
    pub(super) reason: String,
}

/// Who may name a front's commands and flags in strings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FrontsRule {
    /// The crates; no other may.
    pub(super) named_in: BTreeSet<String>,
}

impl Rules {
    /// Reads the rules.
    pub(super) fn parse(text: &str) -> Result<Self> {
        Ok(toml::from_str(text)?)
    }
}

impl NeutralRule {
    /// Whether a file's literals and documentation may say this word.
    pub(super) fn may_say(&self, file: &str, word: &str) -> bool {
        self.said_in.iter().any(|said| said.file == file && said.words.contains(word))
    }
}

impl VendorRule {
    /// Whether the rule is about this external crate.
    pub(super) fn covers(&self, name: &str) -> bool {
        self.names.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => pattern == name,
        })
    }
}
