//! A rule that is broken, and how several are gathered.

use crate::text::excerpt;
use std::{fmt::Display, ops::RangeInclusive};

/// A rule of the API that a request would break. Values of environment variables are never in it.
///
/// ```
/// use lamplight_aws_model::manage_rules::check_memory_size;
///
/// let violation = check_memory_size(64).unwrap_err();
/// assert_eq!(violation.member, "MemorySize");
/// assert_eq!(violation.to_string(), "MemorySize 64 is below 128 MB");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RuleViolation {
    /// The member of the request under its name in the API, as `VpcConfig.SubnetIds`.
    pub member: &'static str,
    /// What is wrong, with the member's name in it.
    pub message: String,
}

/// What one check says.
pub(super) type Checked = Result<(), RuleViolation>;

impl RuleViolation {
    pub(super) fn new(member: &'static str, problem: impl Display) -> Self {
        Self { member, message: format!("{member} {problem}") }
    }
}

/// Holds where `holds`; else the text and the rule are told.
pub(super) fn matching(member: &'static str, text: &str, holds: bool, rule: &str) -> Checked {
    if holds {
        Ok(())
    } else {
        Err(RuleViolation::new(member, format!("{:?} is wrong: {rule}", excerpt(text))))
    }
}

/// A number with its unit, which may be empty.
pub(super) fn within<N: Copy + PartialOrd + Display>(
    member: &'static str,
    value: N,
    range: &RangeInclusive<N>,
    unit: &str,
) -> Checked {
    let (low, high) = (range.start(), range.end());
    let space = if unit.is_empty() { "" } else { " " };
    let problem = if range.contains(&value) {
        return Ok(());
    } else if value < *low {
        format!("{value} is below {low}{space}{unit}")
    } else if value > *high {
        format!("{value} is above {high}{space}{unit}")
    } else {
        // Only what is no number at all is neither.
        format!("{value} is not between {low} and {high}{space}{unit}")
    };
    Err(RuleViolation::new(member, problem))
}

/// A text of so many characters.
pub(super) fn length(member: &'static str, text: &str, range: &RangeInclusive<usize>) -> Checked {
    let characters = text.chars().count();
    if characters < *range.start() {
        let problem = if characters == 0 {
            "cannot be empty".to_owned()
        } else {
            format!("has {characters} characters; it has at least {}", range.start())
        };
        Err(RuleViolation::new(member, problem))
    } else if characters > *range.end() {
        let problem = format!("has {characters} characters; it can have at most {}", range.end());
        Err(RuleViolation::new(member, problem))
    } else {
        Ok(())
    }
}

/// A list of at most so many.
pub(super) fn at_most(member: &'static str, count: usize, most: usize) -> Checked {
    if count <= most {
        Ok(())
    } else {
        Err(RuleViolation::new(member, format!("has {count} entries; it can have at most {most}")))
    }
}

/// One of the API's words.
pub(super) fn one_of(member: &'static str, text: &str, words: &[&str]) -> Checked {
    if words.contains(&text) {
        Ok(())
    } else {
        let problem = format!("{:?} is not one of {}", excerpt(text), words.join(", "));
        Err(RuleViolation::new(member, problem))
    }
}

/// Gathers what several checks say.
#[derive(Debug, Default)]
pub(super) struct Violations(Vec<RuleViolation>);

impl Violations {
    /// Notes what a check says.
    pub(super) fn note(&mut self, checked: Checked) {
        self.0.extend(checked.err());
    }

    /// Notes a rule that was found broken without a check of its own.
    pub(super) fn broken(&mut self, member: &'static str, problem: impl Display) {
        self.0.push(RuleViolation::new(member, problem));
    }

    /// Notes what several say.
    pub(super) fn note_all(&mut self, checked: Result<(), Vec<RuleViolation>>) {
        self.0.extend(checked.err().into_iter().flatten());
    }

    /// Checks what is there.
    pub(super) fn check<T>(&mut self, value: Option<T>, check: impl FnOnce(T) -> Checked) {
        if let Some(value) = value {
            self.note(check(value));
        }
    }

    /// All of them, where there is one.
    pub(super) fn finish(self) -> Result<(), Vec<RuleViolation>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(checked: Checked) -> String {
        checked.unwrap_err().to_string()
    }

    #[test]
    fn messages_say_what_is_wrong_with_which_member() {
        assert_eq!(
            message(within("Timeout", 901, &(1..=900), "seconds")),
            "Timeout 901 is above 900 seconds"
        );
        assert_eq!(message(within("MaxItems", 0, &(1..=50), "")), "MaxItems 0 is below 1");
        assert_eq!(
            message(within("Weight", f64::NAN, &(0.0..=1.0), "")),
            "Weight NaN is not between 0 and 1"
        );
        assert_eq!(message(length("Name", "", &(1..=2))), "Name cannot be empty");
        assert_eq!(message(length("Name", "äöü", &(1..=2))), "Name has 3 characters; it can have at most 2");
        assert_eq!(message(length("Name", "a", &(3..=9))), "Name has 1 characters; it has at least 3");
        assert_eq!(message(at_most("Layers", 6, 5)), "Layers has 6 entries; it can have at most 5");
        assert_eq!(
            message(one_of("Mode", "active", &["Active", "PassThrough"])),
            "Mode \"active\" is not one of Active, PassThrough"
        );
        assert_eq!(
            message(matching("Handler", "a b", false, "no spaces")),
            "Handler \"a b\" is wrong: no spaces"
        );
    }

    #[test]
    fn every_violation_is_kept() {
        let mut found = Violations::default();
        found.note(Ok(()));
        found.check(None::<u32>, |_| unreachable!());
        assert_eq!(Violations::default().finish(), Ok(()));
        found.check(Some(9), |count| at_most("A", count, 1));
        found.note_all(Err(vec![RuleViolation::new("B", "is wrong"), RuleViolation::new("C", "is wrong")]));
        let members: Vec<_> = found.finish().unwrap_err().iter().map(|one| one.member).collect();
        assert_eq!(members, ["A", "B", "C"]);
    }
}
