//! A function that is to be made: what has to be there, and what goes together.

use super::{
    code::check_code,
    function::{check_settings, levels},
    grammar,
    tags::check_tags,
    violation::{RuleViolation, Violations, length, matching, one_of},
};
use lamplight_domain::{CodeSource, FunctionCode, FunctionSettings, Tags};

/// A function that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewFunction<'a> {
    /// Its bare name.
    pub name: &'a str,
    /// Its code.
    pub code: &'a FunctionCode,
    /// What is set about it.
    pub settings: &'a FunctionSettings,
    /// What it is tagged with.
    pub tags: &'a Tags,
    /// The ARN of its code signing configuration.
    pub code_signing: Option<&'a str>,
    /// How callers are kept apart: `PER_TENANT`.
    pub tenancy: Option<&'a str>,
}

/// 1-64 letters, digits, `-` and `_` (Lambda API, `FunctionName`: "If you specify only the function name, it is limited
/// to 64 characters in length").
pub fn check_new_function_name(text: &str) -> Result<(), RuleViolation> {
    length("FunctionName", text, &(1..=64))?;
    matching(
        "FunctionName",
        text,
        grammar::is_word(text),
        "only letters a-z and A-Z, digits, '-' and '_' can stand in it",
    )
}

/// All that `CreateFunction` takes, with what it needs: a role; runtime and handler for a package, and neither them nor
/// layers for an image; levels of logs only with the JSON format.
///
/// # Errors
/// Every rule that is broken.
pub fn check_new_function(new: &NewFunction<'_>) -> Result<(), Vec<RuleViolation>> {
    let NewFunction { settings, .. } = new;
    let mut found = Violations::default();
    found.note(check_new_function_name(new.name));
    found.note_all(check_code(new.code));
    found.note_all(check_settings(settings));
    if settings.role.is_none() {
        found.broken("Role", "is missing: a function runs as a role");
    }
    let given = [("Runtime", settings.runtime.is_some()), ("Handler", settings.handler.is_some())];
    let image = matches!(new.code.source, CodeSource::Image(_));
    for (member, given) in given {
        if image && given {
            found.broken(member, "cannot be set for a container image, which has its own");
        } else if !image && !given {
            found.broken(member, "is missing: only a container image goes without");
        }
    }
    if image && settings.layers.as_ref().is_some_and(|layers| !layers.is_empty()) {
        found.broken("Layers", "cannot be set for a container image, which has its own");
    }
    // What is not said is Text.
    if let Some(logging) = settings.logging.as_ref().filter(|logging| logging.format.is_none()) {
        for (member, level) in levels(logging) {
            if level.is_some() {
                found.broken(member, "needs LogFormat JSON: a new function has Text");
            }
        }
    }
    found.note_all(check_tags(new.tags));
    found.check(new.code_signing, |arn| {
        matching(
            "CodeSigningConfigArn",
            arn,
            grammar::is_code_signing_config(arn),
            "it looks like arn:aws:lambda:REGION:123456789012:code-signing-config:csc-ID",
        )
    });
    found.check(new.tenancy, |mode| one_of("TenancyConfig.TenantIsolationMode", mode, &["PER_TENANT"]));
    found.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::{LoggingSettings, Package};

    fn zip() -> FunctionCode {
        FunctionCode::new(CodeSource::Package(Package::new(vec![1], "")))
    }

    fn image() -> FunctionCode {
        FunctionCode::new(CodeSource::Image(
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/adder:1".to_owned(),
        ))
    }

    fn settings() -> FunctionSettings {
        FunctionSettings {
            runtime: Some("python3.14".to_owned()),
            handler: Some("app.handler".to_owned()),
            role: Some("arn:aws:iam::123456789012:role/adder".to_owned()),
            ..FunctionSettings::default()
        }
    }

    fn messages(name: &str, code: &FunctionCode, settings: &FunctionSettings) -> Vec<String> {
        let tags = Tags::default();
        let new = NewFunction { name, code, settings, tags: &tags, code_signing: None, tenancy: None };
        check_new_function(&new).err().into_iter().flatten().map(|one| one.to_string()).collect()
    }

    #[test]
    fn names_have_64_characters_and_no_dot() {
        for good in ["a", "order-Adder_2", &"x".repeat(64)] {
            assert_eq!(check_new_function_name(good), Ok(()), "{good}");
        }
        for bad in
            ["", "a.b", "a b", "ä", "arn:aws:lambda:us-east-1:123456789012:function:f", &"x".repeat(65)]
        {
            assert!(check_new_function_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_package_needs_what_an_image_must_not_have() {
        let none = FunctionSettings::default();
        assert_eq!(
            messages("adder", &zip(), &none),
            [
                "Role is missing: a function runs as a role",
                "Runtime is missing: only a container image goes without",
                "Handler is missing: only a container image goes without",
            ]
        );
        assert_eq!(messages("adder", &zip(), &settings()), Vec::<String>::new());
        let layers = Some(vec!["arn:aws:lambda:eu-west-1:123456789012:layer:common:3".to_owned()]);
        assert_eq!(
            messages("adder", &image(), &FunctionSettings { layers, ..settings() }),
            [
                "Runtime cannot be set for a container image, which has its own",
                "Handler cannot be set for a container image, which has its own",
                "Layers cannot be set for a container image, which has its own",
            ]
        );
        let bare = FunctionSettings { runtime: None, handler: None, ..settings() };
        assert_eq!(messages("adder", &image(), &bare), Vec::<String>::new());
    }

    #[test]
    fn levels_need_the_format_that_has_them() {
        let with = |format: Option<&str>| {
            let logging = LoggingSettings {
                format: format.map(str::to_owned),
                system_level: Some("WARN".to_owned()),
                ..LoggingSettings::default()
            };
            messages("f", &zip(), &FunctionSettings { logging: Some(logging), ..settings() })
        };
        assert_eq!(with(Some("JSON")), Vec::<String>::new());
        assert_eq!(
            with(None),
            ["LoggingConfig.SystemLogLevel needs LogFormat JSON: a new function has Text"]
        );
    }

    #[test]
    fn everything_is_told_at_once() {
        let tags = Tags::from([("aws:x".to_owned(), String::new())]);
        let new = NewFunction {
            name: "a.b",
            code: &FunctionCode { architecture: Some("sparc".to_owned()), ..zip() },
            settings: &FunctionSettings { memory_mb: Some(1), ..settings() },
            tags: &tags,
            code_signing: Some("csc-1"),
            tenancy: Some("SHARED"),
        };
        let members: Vec<_> = check_new_function(&new).unwrap_err().iter().map(|one| one.member).collect();
        assert_eq!(
            members,
            [
                "FunctionName",
                "Architectures",
                "MemorySize",
                "Tags",
                "CodeSigningConfigArn",
                "TenancyConfig.TenantIsolationMode",
            ]
        );
    }
}
