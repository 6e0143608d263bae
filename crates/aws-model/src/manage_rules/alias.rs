//! Aliases, the versions they lead to, and how calls are shared between two.

use super::{
    function::check_description,
    grammar,
    violation::{RuleViolation, Violations, at_most, length, matching, within},
};
use crate::text::is_digits;
use lamplight_domain::Routing;

const WEIGHTS: &str = "RoutingConfig.AdditionalVersionWeights";

/// 1-128 letters, digits, `-` and `_`, and not digits alone, which would be a version.
pub fn check_alias_name(text: &str) -> Result<(), RuleViolation> {
    length("Name", text, &(1..=128))?;
    let rule = "only letters a-z and A-Z, digits, '-' and '_' can stand in it";
    matching("Name", text, grammar::is_word(text), rule)?;
    matching("Name", text, !is_digits(text), "digits alone are a version; an alias has another character too")
}

/// A version number, `$LATEST` or `$LATEST.PUBLISHED`.
pub fn check_function_version(text: &str) -> Result<(), RuleViolation> {
    length("FunctionVersion", text, &(1..=1_024))?;
    let holds = is_digits(text) || matches!(text, "$LATEST" | "$LATEST.PUBLISHED");
    matching("FunctionVersion", text, holds, "it is a number, $LATEST or $LATEST.PUBLISHED")
}

/// At most one other version, by its number, with a weight of 0.0-1.0. Where the alias's own version is known, the two
/// differ, and it is a numbered one too (Lambda Developer Guide, "Implement Lambda canary deployments using a weighted
/// alias").
pub fn check_routing(routing: &Routing, own_version: Option<&str>) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    found.note(at_most(WEIGHTS, routing.len(), 1));
    for (version, weight) in routing {
        found.note(matching(
            WEIGHTS,
            version,
            is_digits(version) && version.len() <= 1_024,
            "calls go to a published version, by its number",
        ));
        found.note(within(WEIGHTS, *weight, &(0.0..=1.0), ""));
        if own_version == Some(version) {
            let problem = format!(
                "{version} is the version that the alias leads to anyway; the weight must go to another version"
            );
            found.broken(WEIGHTS, problem);
        }
    }
    if !routing.is_empty() && own_version.is_some_and(|own| own.starts_with('$')) {
        let problem = "cannot be set for an alias of the unpublished code; publish a version first";
        found.broken(WEIGHTS, problem);
    }
    found.finish()
}

/// An alias that is made, or what changes about one: then only what is given.
///
/// # Errors
/// Every rule that is broken.
pub fn check_alias(
    name: &str,
    version: Option<&str>,
    description: Option<&str>,
    routing: Option<&Routing>,
) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    found.note(check_alias_name(name));
    found.check(version, check_function_version);
    found.check(description, check_description);
    if let Some(routing) = routing {
        found.note_all(check_routing(routing, version));
    }
    found.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn routing(weights: &[(&str, f64)]) -> Routing {
        weights.iter().map(|(version, weight)| ((*version).to_owned(), *weight)).collect()
    }

    #[test]
    fn names_are_no_versions() {
        for good in ["live", "1a", "-", "v_2", &"x".repeat(128)] {
            assert_eq!(check_alias_name(good), Ok(()), "{good}");
        }
        for bad in ["", "12", "a.b", "$LATEST", "a b", &"x".repeat(129)] {
            assert!(check_alias_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn versions_are_numbers_or_moving_names() {
        for good in ["1", "0", "$LATEST", "$LATEST.PUBLISHED"] {
            assert_eq!(check_function_version(good), Ok(()), "{good}");
        }
        for bad in ["", "live", "1.0", "$latest", "-1", "LATEST"] {
            assert!(check_function_version(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn one_other_version_takes_a_share() {
        for (weights, own, fits) in [
            (vec![], Some("$LATEST"), true),
            (vec![("2", 0.0)], Some("1"), true),
            (vec![("2", 1.0)], None, true),
            (vec![("2", 0.1)], Some("2"), false),
            (vec![("2", 0.1)], Some("$LATEST"), false),
            (vec![("2", -0.1)], None, false),
            (vec![("2", 1.1)], None, false),
            (vec![("2", 10.0)], None, false),
            (vec![("2", f64::NAN)], None, false),
            (vec![("$LATEST", 0.1)], None, false),
            (vec![("live", 0.1)], None, false),
            (vec![("2", 0.1), ("3", 0.1)], None, false),
        ] {
            assert_eq!(check_routing(&routing(&weights), own).is_ok(), fits, "{weights:?} {own:?}");
        }
        let found = check_routing(&routing(&[("2", 10.0)]), None).unwrap_err();
        assert_eq!(found[0].message, "RoutingConfig.AdditionalVersionWeights 10 is above 1");
        let found = check_routing(&routing(&[("2", 0.1)]), Some("2")).unwrap_err();
        assert!(found[0].message.ends_with("the weight must go to another version"), "{}", found[0]);
    }

    #[test]
    fn an_alias_is_told_all_that_is_wrong() {
        let weights = routing(&[("2", 2.0)]);
        let long = "x".repeat(257);
        let found = check_alias("7", Some("live"), Some(&long), Some(&weights)).unwrap_err();
        let members: Vec<_> = found.iter().map(|one| one.member).collect();
        assert_eq!(members, ["Name", "FunctionVersion", "Description", WEIGHTS]);
        assert_eq!(check_alias("live", None, Some(""), None), Ok(()));
    }

    proptest! {
        #[test]
        fn every_name_of_the_models_pattern_holds(name in "[a-zA-Z0-9_-]{1,128}") {
            let digits = name.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert_eq!(check_alias_name(&name).is_ok(), !digits);
        }

        #[test]
        fn every_share_holds(weight in 0.0..=1.0) {
            prop_assert!(check_routing(&routing(&[("2", weight)]), Some("1")).is_ok());
        }
    }
}
