//! The tags of a function.

use super::violation::{Checked, RuleViolation, Violations, at_most, length, matching};
use lamplight_domain::Tags;

/// The most tags of one thing (Lambda Developer Guide, "Using tags on Lambda functions").
pub const MAX_TAGS: usize = 50;

/// At most 50; keys of 1-128 characters that do not begin with `aws:`, values of 0-256.
pub fn check_tags(tags: &Tags) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    found.note(at_most("Tags", tags.len(), MAX_TAGS));
    for (key, value) in tags {
        found.note(check_key("Tags", key));
        found.note(length("Tags", value, &(0..=256)));
        found.note(matching("Tags", value, is_tag_text(value), TEXT_RULE));
    }
    found.finish()
}

/// Keys of tags to be taken away.
pub fn check_tag_keys(keys: &[String]) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    for key in keys {
        found.note(check_key("TagKeys", key));
    }
    found.finish()
}

const TEXT_RULE: &str = "only letters, digits, spaces and _.:/=+-@ can stand in it";

fn check_key(member: &'static str, key: &str) -> Checked {
    length(member, key, &(1..=128))?;
    matching(member, key, is_tag_text(key), TEXT_RULE)?;
    // Capitals or not (Tagging AWS Resources User Guide, "Tag naming limits and requirements").
    let own = key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    matching(member, key, !own, "a key that begins with aws: is AWS's own")
}

/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`, and the marks that go with letters.
fn is_tag_text(text: &str) -> bool {
    let separator = |c: char| c.is_whitespace() && !c.is_control();
    text.chars().all(|c| c.is_alphanumeric() || separator(c) || "_.:/=+-@".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tags(count: usize) -> Tags {
        (0..count).map(|n| (format!("key{n}"), String::new())).collect()
    }

    fn of(key: &str, value: &str) -> Result<(), Vec<RuleViolation>> {
        check_tags(&Tags::from([(key.to_owned(), value.to_owned())]))
    }

    #[test]
    fn counts_and_lengths_end_where_the_documents_end_them() {
        assert_eq!(check_tags(&tags(50)), Ok(()));
        assert_eq!(
            check_tags(&tags(51)).unwrap_err()[0].message,
            "Tags has 51 entries; it can have at most 50"
        );
        for (key, value, fits) in
            [(1, 0, true), (128, 256, true), (0, 0, false), (129, 0, false), (1, 257, false)]
        {
            assert_eq!(of(&"ä".repeat(key), &"ö".repeat(value)).is_ok(), fits, "{key} {value}");
        }
    }

    #[test]
    fn keys_of_aws_and_foreign_characters_are_refused() {
        for bad in ["aws:x", "AWS:x", "Aws:cloudformation:stack-name", "a\nb", "a,b", "a*"] {
            assert!(of(bad, "").is_err(), "{bad}");
            assert!(check_tag_keys(&[bad.to_owned()]).is_err(), "{bad}");
        }
        for good in ["aws", "awsome", "Kostenstelle für Müller", "a:b", "äws:"] {
            assert_eq!(of(good, good), Ok(()), "{good}");
        }
        assert!(of("a", "x\ty").is_err());
    }

    proptest! {
        #[test]
        fn every_text_of_the_models_pattern_holds(text in r"[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,40}") {
            prop_assert!(is_tag_text(&text), "{text:?}");
        }
    }
}
