//! The runtimes that Lambda has, and those that it may have by the time this is read.

use super::{
    grammar,
    violation::{RuleViolation, length, matching},
};

/// The runtimes of the API model, current and withdrawn; without `custom`, which names no runtime of its own.
pub const KNOWN_RUNTIMES: &[&str] = &[
    "dotnet10",
    "dotnet6",
    "dotnet8",
    "dotnetcore1.0",
    "dotnetcore2.0",
    "dotnetcore2.1",
    "dotnetcore3.1",
    "go1.x",
    "java11",
    "java11.al2023",
    "java17",
    "java17.al2023",
    "java21",
    "java25",
    "java8",
    "java8.al2",
    "java8.al2023",
    "nodejs",
    "nodejs10.x",
    "nodejs12.x",
    "nodejs14.x",
    "nodejs16.x",
    "nodejs18.x",
    "nodejs20.x",
    "nodejs22.x",
    "nodejs24.x",
    "nodejs26.x",
    "nodejs4.3",
    "nodejs4.3-edge",
    "nodejs6.10",
    "nodejs8.10",
    "provided",
    "provided.al2",
    "provided.al2023",
    "python2.7",
    "python3.10",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "python3.15",
    "python3.6",
    "python3.7",
    "python3.8",
    "python3.9",
    "ruby2.5",
    "ruby2.7",
    "ruby3.2",
    "ruby3.3",
    "ruby3.4",
    "ruby4.0",
];

/// Whether the API model does not know a runtime. It may be new, or a slip: Lambda decides, people are warned.
///
/// ```
/// use lamplight_aws_model::manage_rules::unknown_runtime;
///
/// assert!(!unknown_runtime("python3.14"));
/// assert!(unknown_runtime("pyton3.14"));
/// ```
pub fn unknown_runtime(text: &str) -> bool {
    text != "custom" && !KNOWN_RUNTIMES.contains(&text)
}

/// One word, known or not: Lambda gets new runtimes more often than programs are installed anew.
pub fn check_runtime(text: &str) -> Result<(), RuleViolation> {
    length("Runtime", text, &(1..=128))?;
    matching("Runtime", text, grammar::has_no_space(text), "it looks like python3.14")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_of_the_future_is_let_through_with_a_warning() {
        for (text, fits, unknown) in [
            ("nodejs24.x", true, false),
            ("provided.al2023", true, false),
            ("custom", true, false),
            ("python9.9", true, true),
            ("Python3.14", true, true),
            ("", false, true),
            ("python 3.14", false, true),
        ] {
            assert_eq!((check_runtime(text).is_ok(), unknown_runtime(text)), (fits, unknown), "{text}");
        }
    }
}
