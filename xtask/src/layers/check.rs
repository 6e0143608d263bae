//! Compares the dependencies of the crates with the allowed ones. Pure: the data is passed in.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::{CrateRule, Rules};

/// The facts about a crate that the rules check.
#[derive(Debug, Clone)]
pub(super) struct Crate {
    pub(super) name: String,
    pub(super) uses: Vec<Use>,
    /// Whether the manifest says `[lints] workspace = true`.
    pub(super) workspace_lints: bool,
    /// Whether the manifest allows the crate to be published.
    pub(super) published: bool,
}

/// One declared dependency.
#[derive(Debug, Clone)]
pub(super) struct Use {
    pub(super) name: String,
    /// Whether it is only for tests, examples and benches.
    pub(super) dev: bool,
}

/// Every violation, one line each, in the order of the crates.
pub(super) fn check(rules: &Rules, crates: &[Crate]) -> Vec<String> {
    let members: BTreeSet<&str> = crates.iter().map(|one| one.name.as_str()).collect();
    let mut findings = Vec::new();
    for one in crates {
        let Some(rule) = rules.crates.get(&one.name) else {
            findings.push(format!("{}: no rule for this crate; add it to xtask/layers.toml", one.name));
            continue;
        };
        for used in &one.uses {
            if members.contains(used.name.as_str()) {
                findings.extend(check_arrow(one, used, rule));
                findings.extend(check_dev_only(one, used, rules));
            } else {
                findings.extend(check_external(one, used, rule));
                findings.extend(check_vendor(one, used, rule, rules));
            }
        }
        if !one.workspace_lints {
            findings.push(format!("{}: its Cargo.toml lacks `[lints] workspace = true`", one.name));
        }
        if one.published {
            findings.push(format!("{}: its Cargo.toml lacks `publish = false`", one.name));
        }
    }
    findings.extend(stale_rules(rules, crates, &members));
    findings
}

fn edge(one: &Crate, used: &Use) -> String {
    format!("{} -> {}{}", one.name, used.name, if used.dev { " (dev)" } else { "" })
}

fn check_arrow(one: &Crate, used: &Use, rule: &CrateRule) -> Option<String> {
    let mut allowed: Vec<&str> = rule.uses.iter().map(String::as_str).collect();
    if used.dev {
        allowed.extend(rule.dev.iter().map(String::as_str));
    }
    if allowed.iter().any(|name| *name == used.name || *name == "*") {
        return None;
    }
    let allowed = if allowed.is_empty() { "none".to_owned() } else { allowed.join(", ") };
    Some(format!("{}: not allowed; workspace crates it may use: {allowed}", edge(one, used)))
}

/// Crates for tests must not be part of a program, not even through a crate that may use all others.
fn check_dev_only(one: &Crate, used: &Use, rules: &Rules) -> Option<String> {
    let dev_only = rules.crates.get(&used.name).is_some_and(|rule| rule.dev_only);
    (dev_only && !used.dev).then(|| format!("{}: only tests may use this crate", edge(one, used)))
}

fn check_external(one: &Crate, used: &Use, rule: &CrateRule) -> Option<String> {
    let allowed = rule.external.as_ref()?;
    // Dependencies of tests do not reach the users of the crate.
    if used.dev || allowed.contains_key(&used.name) {
        return None;
    }
    Some(format!(
        "{}: not in the list of external crates; add it with a reason to xtask/layers.toml",
        edge(one, used)
    ))
}

fn check_vendor(one: &Crate, used: &Use, rule: &CrateRule, rules: &Rules) -> Vec<String> {
    if rule.sees_vendors {
        return Vec::new();
    }
    rules
        .vendor
        .iter()
        .filter(|vendor| vendor.covers(&used.name))
        .filter(|vendor| !vendor.only_in.contains(&one.name))
        .filter(|vendor| !(used.dev && vendor.dev_in.contains(&one.name)))
        .map(|vendor| {
            let only: Vec<&str> = vendor.only_in.iter().map(String::as_str).collect();
            format!("{}: only allowed in {}: {}", edge(one, used), only.join(", "), vendor.reason)
        })
        .collect()
}

/// Rules about crates that no longer exist; without this check the list would only grow.
fn stale_rules(rules: &Rules, crates: &[Crate], members: &BTreeSet<&str>) -> Vec<String> {
    let mut named: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, rule) in &rules.crates {
        named.entry(name).or_insert("[crates]");
        for other in rule.uses.iter().chain(&rule.dev).filter(|other| *other != "*") {
            named.entry(other).or_insert(name);
        }
    }
    for vendor in &rules.vendor {
        for other in vendor.only_in.iter().chain(&vendor.dev_in) {
            named.entry(other).or_insert("[[vendor]]");
        }
    }
    for other in &rules.neutral.crates {
        named.entry(other).or_insert("[neutral]");
    }
    for other in &rules.fronts.named_in {
        named.entry(other).or_insert("[fronts]");
    }
    let mut findings: Vec<String> = named
        .into_iter()
        .filter(|(name, _)| !members.contains(name))
        .map(|(name, place)| {
            format!("xtask/layers.toml: {place} names {name}, which is not a crate of the workspace")
        })
        .collect();
    for (name, rule) in &rules.crates {
        let used: BTreeSet<&str> = crates
            .iter()
            .filter(|one| one.name == *name)
            .flat_map(|one| one.uses.iter().map(|used| used.name.as_str()))
            .collect();
        for (external, _) in rule.external.iter().flatten() {
            if members.contains(name.as_str()) && !used.contains(external.as_str()) {
                findings.push(format!(
                    "xtask/layers.toml: {name} no longer uses {external}; remove it from the list"
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
        [crates.core]
        external = { serde = "values are stored and shown" }
        [crates.front]
        uses = ["core"]
        dev = ["suite"]
        [crates.suite]
        uses = ["*"]
        dev_only = true
        [crates.bench]
        uses = ["*"]
        sees_vendors = true
        [[vendor]]
        names = ["aws-*", "sqlx"]
        only_in = ["suite"]
        dev_in = ["front"]
        reason = "vendors stay behind ports"
        [neutral]
        crates = ["core"]
        words = ["aws"]
        [fronts]
        named_in = ["front"]
    "#;

    fn new_crate(name: &str, uses: &[(&str, bool)]) -> Crate {
        Crate {
            name: name.to_owned(),
            uses: uses.iter().map(|&(name, dev)| Use { name: name.to_owned(), dev }).collect(),
            workspace_lints: true,
            published: false,
        }
    }

    fn good() -> Vec<Crate> {
        vec![
            new_crate("bench", &[("aws-sdk-lambda", false)]),
            new_crate("core", &[("serde", false), ("proptest", true)]),
            new_crate("front", &[("core", false), ("suite", true), ("aws-types", true), ("clap", false)]),
            new_crate("suite", &[("core", false), ("front", false), ("sqlx", false)]),
        ]
    }

    fn findings(crates: &[Crate]) -> Vec<String> {
        check(&Rules::parse(RULES).unwrap(), crates)
    }

    fn with(index: usize, change: impl FnOnce(&mut Crate)) -> Vec<String> {
        let mut crates = good();
        change(&mut crates[index]);
        findings(&crates)
    }

    fn using(index: usize, name: &str, dev: bool) -> Vec<String> {
        with(index, |one| one.uses.push(Use { name: name.to_owned(), dev }))
    }

    #[test]
    fn dependencies_that_the_rules_allow_pass() {
        assert_eq!(findings(&good()), Vec::<String>::new());
    }

    #[test]
    fn a_forbidden_dependency_is_named_with_its_rule() {
        assert_eq!(
            using(1, "front", false),
            ["core -> front: not allowed; workspace crates it may use: none"]
        );
        assert_eq!(
            using(1, "suite", true),
            ["core -> suite (dev): not allowed; workspace crates it may use: none"]
        );
        // A dependency that is allowed for tests is not allowed for the crate itself.
        assert_eq!(
            using(2, "suite", false),
            [
                "front -> suite: not allowed; workspace crates it may use: core",
                "front -> suite: only tests may use this crate"
            ]
        );
    }

    #[test]
    fn a_crate_for_tests_is_used_by_tests_only() {
        assert_eq!(using(0, "suite", true), Vec::<String>::new());
        assert_eq!(using(0, "suite", false), ["bench -> suite: only tests may use this crate"]);
    }

    #[test]
    fn an_external_crate_must_be_on_the_list() {
        let found = using(1, "tokio", false);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("core -> tokio: not in the list of external crates"), "{found:?}");
    }

    #[test]
    fn a_vendor_crate_is_allowed_in_its_adapter_only() {
        assert_eq!(
            using(2, "aws-config", false),
            ["front -> aws-config: only allowed in suite: vendors stay behind ports"]
        );
        assert_eq!(using(2, "sqlx", true), Vec::<String>::new());
        assert_eq!(using(0, "sqlx", false), Vec::<String>::new());
        // `sqlx` is not a pattern: another crate may begin with the same letters.
        assert_eq!(using(2, "sqlx-log", false), Vec::<String>::new());
    }

    #[test]
    fn a_crate_without_a_rule_is_refused() {
        let mut crates = good();
        crates.push(new_crate("stranger", &[("core", false)]));
        assert_eq!(findings(&crates), ["stranger: no rule for this crate; add it to xtask/layers.toml"]);
    }

    #[test]
    fn rules_about_crates_that_no_longer_exist_are_refused() {
        let mut crates = good();
        crates.remove(3);
        crates[1].uses.retain(|used| used.name != "suite");
        // Reported once, at the first place that names it.
        assert_eq!(
            findings(&crates),
            ["xtask/layers.toml: front names suite, which is not a crate of the workspace"]
        );
        assert_eq!(
            with(1, |one| one.uses.clear()),
            ["xtask/layers.toml: core no longer uses serde; remove it from the list"]
        );
    }

    #[test]
    fn every_crate_takes_the_lints_and_stays_unpublished() {
        assert_eq!(
            with(0, |one| one.workspace_lints = false),
            ["bench: its Cargo.toml lacks `[lints] workspace = true`"]
        );
        assert_eq!(with(0, |one| one.published = true), ["bench: its Cargo.toml lacks `publish = false`"]);
    }

    #[test]
    fn a_misspelt_rule_is_an_error() {
        assert!(Rules::parse(&RULES.replace("dev =", "devs =")).is_err());
    }
}
