//! Validated names: a value of one of these types always follows its rule.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Why a text is not a valid name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} {text:?} {rule}")]
pub struct NameError {
    /// The kind of name: `job name`, `parameter name`, …
    pub kind: &'static str,
    /// The text as given, truncated to 80 characters.
    pub text: String,
    /// The rule that it breaks.
    pub rule: &'static str,
}

impl NameError {
    pub(crate) fn new(kind: &'static str, text: &str, rule: &'static str) -> Self {
        Self { kind, text: text.chars().take(80).collect(), rule }
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                let check: fn(&str) -> Result<(), &'static str> = $check;
                check(text).map_err(|rule| NameError::new($kind, text, rule))?;
                Ok(Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// The name of a job: 1–140 letters, digits, `.`, `_` or `-`, not beginning with '.' or '-'.
    JobName, "job name", |text| {
        check_slug(text, 140, "must be 1-140 letters, digits, '.', '_' or '-', not beginning with '.' or '-'")
    }
);
name!(
    /// The name of a connection: 1–64 letters, digits, `.`, `_` or `-`, not beginning with '.' or '-'.
    ConnectionName, "connection name", |text| {
        check_slug(text, 64, "must be 1-64 letters, digits, '.', '_' or '-', not beginning with '.' or '-'")
    }
);
name!(
    /// The bare name of a function, in whatever format the caller gave it: 1–256 characters without `/`, `#`, white
    /// space or control characters, so that it can be part of a [`RunId`](crate::RunId).
    FunctionName, "function name", |text| {
        if text.is_empty() || text.chars().count() > 256 {
            return Err("must be 1-256 characters long");
        }
        if text.chars().any(|c| matches!(c, '/' | '#') || c.is_whitespace() || c.is_control()) {
            return Err("must not contain '/', '#', white space or control characters");
        }
        Ok(())
    }
);
name!(
    /// A version or alias of a function: 1–128 characters without white space or control characters.
    /// The provider's own grammar is checked by [`Platform::parse_qualifier`](crate::Platform::parse_qualifier).
    Qualifier, "qualifier", |text| {
        if text.is_empty() || text.chars().count() > 128 {
            return Err("must be 1-128 characters long");
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("must not contain white space or control characters");
        }
        Ok(())
    }
);
name!(
    /// The name of a parameter, and so of a top-level property of the event: 1–256 characters, without control
    /// characters or `=`, and without white space at either end or `:` at the end, so that `name=value` and
    /// `name:=json` can be parsed.
    ParamName, "parameter name", |text| {
        if text.is_empty() || text.chars().count() > 256 {
            return Err("must be 1-256 characters long");
        }
        if text.contains('=') || text.ends_with(':') {
            return Err("must not contain '=' or end with ':'");
        }
        if text.trim() != text || text.chars().any(char::is_control) {
            return Err("must not begin or end with white space or contain control characters");
        }
        Ok(())
    }
);

impl ParamName {
    /// The lower-case form that names are compared in: names that differ only in case are the same name.
    pub fn folded(&self) -> String {
        fold(&self.0)
    }
}

/// Converts a text to Unicode lower case, to compare names.
pub(crate) fn fold(text: &str) -> String {
    text.to_lowercase()
}

fn check_slug(text: &str, longest: usize, rule: &'static str) -> Result<(), &'static str> {
    let mut chars = text.chars();
    let begins = chars.next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    let goes_on = chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    if begins && goes_on && text.len() <= longest { Ok(()) } else { Err(rule) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_kind_the_text_and_the_rule() {
        let error = "a=b".parse::<ParamName>().unwrap_err();
        assert_eq!(error.to_string(), r#"parameter name "a=b" must not contain '=' or end with ':'"#);
    }

    #[test]
    fn names_keep_to_their_rules() {
        for good in ["a", "Nightly.load-2", "7zip"] {
            assert_eq!(good.parse::<JobName>().unwrap().as_str(), good);
        }
        for bad in ["", "-a", "a b", "a/b", "é"] {
            assert!(bad.parse::<JobName>().is_err(), "{bad:?}");
        }
        for bad in ["", "a/b", "a#b", "a b"] {
            assert!(bad.parse::<FunctionName>().is_err(), "{bad:?}");
        }
        for bad in ["", " a", "a:", "a\nb"] {
            assert!(bad.parse::<ParamName>().is_err(), "{bad:?}");
        }
        assert!("grüße und mehr".parse::<ParamName>().is_ok());
    }

    #[test]
    fn names_of_parameters_compare_without_case() {
        let (a, b) = ("ÄPFEL".parse::<ParamName>().unwrap(), "äpfel".parse::<ParamName>().unwrap());
        assert_eq!(a.folded(), b.folded());
    }
}
