//! Generators of well-formed texts, one per grammar, written independently of the parsers that they test.

use lamplight_aws_model::Region;
use proptest::{prelude::*, sample::select};

/// A bare function name.
pub(crate) fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z0-9_.-]{1,64}",
        // Names that could be confused with other forms.
        1 => select(vec!["function", "arn", "aws", "lambda", "123456789012"]).prop_map(str::to_owned),
    ]
}

/// A version, an alias, `$LATEST` or `$LATEST.PUBLISHED`.
pub(crate) fn qualifier() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,128}",
        "[a-zA-Z0-9_-]{1,128}",
        Just("$LATEST".to_owned()),
        Just("$LATEST.PUBLISHED".to_owned())
    ]
}

/// A short qualifier, so that whole ARNs have less than 256 characters.
fn short_qualifier() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,20}",
        "[a-zA-Z0-9_-]{1,60}",
        Just("$LATEST".to_owned()),
        Just("$LATEST.PUBLISHED".to_owned())
    ]
}

/// A well-formed region, known or not.
pub(crate) fn region() -> impl Strategy<Value = String> {
    prop_oneof![
        "(eusc-)?[a-z]{2}(-gov|-iso[a-z]?)?-[a-z]{1,12}-[0-9]",
        select(Region::all_known().collect::<Vec<_>>()).prop_map(str::to_owned),
    ]
}

/// An account ID.
pub(crate) fn account() -> impl Strategy<Value = String> {
    "[0-9]{12}"
}

/// `:qualifier`, or nothing.
fn suffix() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), short_qualifier().prop_map(|qualifier| format!(":{qualifier}"))]
}

/// A function ARN of at most 256 characters.
pub(crate) fn arn() -> impl Strategy<Value = String> {
    ("aws[a-zA-Z-]{0,10}", region(), account(), name(), suffix()).prop_map(
        |(partition, region, account, name, suffix)| {
            format!("arn:{partition}:lambda:{region}:{account}:function:{name}{suffix}")
        },
    )
}

/// A function in the form that `Display` writes: ambiguous names have the prefix.
pub(crate) fn spec() -> impl Strategy<Value = String> {
    prop_oneof![
        name(),
        (name(), qualifier()).prop_map(|(name, qualifier)| {
            let misread = name == "function"
                || name == "arn"
                || name.bytes().all(|b| b.is_ascii_digit()) && name.len() == 12;
            let prefix = if misread { "function:" } else { "" };
            format!("{prefix}{name}:{qualifier}")
        }),
        (account(), name(), suffix())
            .prop_map(|(account, name, suffix)| format!("{account}:function:{name}{suffix}")),
        arn(),
    ]
}
