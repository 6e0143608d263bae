//! The environment variables of a function. Their values appear in no message.

use super::violation::{RuleViolation, Violations};
use crate::{limits::ENVIRONMENT_BYTES, text::excerpt};
use lamplight_domain::EnvironmentVariable;
use std::collections::BTreeSet;

const MEMBER: &str = "Environment.Variables";

/// The keys that Lambda sets itself and lets nobody set (Lambda Developer Guide, "Defined runtime environment
/// variables").
pub const RESERVED_KEYS: &[&str] = &[
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
];

/// Whether Lambda sets a key itself.
pub fn is_reserved_key(key: &str) -> bool {
    RESERVED_KEYS.contains(&key)
}

/// Keys of the right form, none reserved, none twice, and at most 4 KB of keys and values together (Lambda quotas).
pub fn check_environment(variables: &[EnvironmentVariable]) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    let mut seen = BTreeSet::new();
    for EnvironmentVariable { key, .. } in variables {
        let problem = if is_reserved_key(key) {
            "is set by Lambda itself"
        } else if !is_key(key) {
            "is wrong: it has at least two characters, begins with a letter, \
             and has only letters a-z and A-Z, digits and '_'"
        } else if !seen.insert(key) {
            "stands twice"
        } else {
            continue;
        };
        found.broken(MEMBER, format!("key {:?} {problem}", excerpt(key)));
    }
    // Lambda measures a little more than keys and values; what is over with them alone is over in any case.
    let bytes: usize =
        variables.iter().map(|variable| variable.key.len() + variable.value.reveal().len()).sum();
    if bytes > ENVIRONMENT_BYTES {
        let problem = format!("has {bytes} bytes; it can have at most {ENVIRONMENT_BYTES}");
        found.broken(MEMBER, problem);
    }
    found.finish()
}

/// `[a-zA-Z]([a-zA-Z0-9_])+`
fn is_key(text: &str) -> bool {
    text.len() >= 2
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::Redacted;
    use proptest::prelude::*;

    fn variable(key: &str, value: &str) -> EnvironmentVariable {
        EnvironmentVariable { key: key.to_owned(), value: Redacted::new(value.to_owned()) }
    }

    fn messages(variables: &[EnvironmentVariable]) -> Vec<String> {
        check_environment(variables).err().into_iter().flatten().map(|one| one.to_string()).collect()
    }

    #[test]
    fn keys_are_well_formed_single_and_nobody_elses() {
        for good in ["AB", "a1", "Table_Name_"] {
            assert!(messages(&[variable(good, "")]).is_empty(), "{good}");
        }
        for bad in ["", "A", "1A", "_A", "A-B", "A B", "Ä1", "A=B"] {
            let found = messages(&[variable(bad, "hunter2")]);
            assert_eq!(found.len(), 1, "{bad}");
            assert!(
                found[0].contains("begins with a letter") && !found[0].contains("hunter2"),
                "{}",
                found[0]
            );
        }
        for reserved in RESERVED_KEYS {
            assert!(messages(&[variable(reserved, "x")])[0].ends_with("is set by Lambda itself"));
        }
        // Set by runtimes, and free to be set by anyone.
        assert!(messages(&[variable("TZ", "x"), variable("LANG", "C"), variable("PATH", "/")]).is_empty());
        assert_eq!(
            messages(&[variable("AB", "1"), variable("AB", "2")]),
            ["Environment.Variables key \"AB\" stands twice"]
        );
    }

    #[test]
    fn four_kilobytes_fit() {
        assert!(messages(&[variable("AB", &"x".repeat(4_094))]).is_empty());
        assert_eq!(
            messages(&[variable("AB", &"x".repeat(4_095))]),
            ["Environment.Variables has 4097 bytes; it can have at most 4096"]
        );
    }

    proptest! {
        #[test]
        fn every_key_of_the_models_pattern_holds(key in "[a-zA-Z][a-zA-Z0-9_]{1,40}") {
            prop_assert!(is_key(&key));
        }

        #[test]
        fn values_are_in_no_message(key in ".{0,20}", value in "secret-[0-9]{8}") {
            let variables = [variable(&key, &value), variable("_HANDLER", &value), variable("A", &value.repeat(400))];
            for message in messages(&variables) {
                prop_assert!(!message.contains("secret-"), "{message}");
            }
        }
    }
}
