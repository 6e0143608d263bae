//! What can be set about a function.

use super::{
    environment::check_environment,
    grammar,
    network::{check_file_systems, check_network},
    runtime::check_runtime,
    violation::{Checked, RuleViolation, Violations, at_most, length, matching, one_of, within},
};
use crate::{FunctionSpec, limits::MAX_TIMEOUT};
use lamplight_domain::{CapacitySettings, DurableSettings, FunctionSettings, ImageSettings, LoggingSettings};

/// The most layers of a function (Lambda quotas, "Function layers").
const MAX_LAYERS: usize = 5;

/// A function as an operation takes it that changes one: a name, a partial or a full ARN, of at most 140 characters and
/// without the dot that only calls allow in a name.
pub fn check_function_reference(text: &str) -> Result<(), RuleViolation> {
    length("FunctionName", text, &(1..=140))?;
    match text.parse::<FunctionSpec>() {
        Err(error) => Err(RuleViolation::new("FunctionName", format!("is wrong: {error}"))),
        Ok(spec) => matching(
            "FunctionName",
            text,
            !spec.name().as_str().contains('.'),
            "no function can be managed whose name has a dot",
        ),
    }
}

/// At most 256 characters.
pub fn check_description(text: &str) -> Result<(), RuleViolation> {
    length("Description", text, &(0..=256))
}

/// 1-128 characters without spaces.
pub fn check_handler(text: &str) -> Result<(), RuleViolation> {
    length("Handler", text, &(1..=128))?;
    matching("Handler", text, grammar::has_no_space(text), "no space can stand in it")
}

/// The ARN of a role.
pub fn check_role(text: &str) -> Result<(), RuleViolation> {
    matching("Role", text, grammar::is_role(text), "it looks like arn:aws:iam::123456789012:role/NAME")
}

/// 1-5,400 seconds.
pub fn check_timeout(seconds: u32) -> Result<(), RuleViolation> {
    within("Timeout", seconds, &(1..=5_400), "seconds")
}

/// Above 900 seconds a function has to run on Lambda Managed Instances (Lambda API, `Timeout`). Whether one does that is
/// there already cannot be told from a change, so the change names the provider again.
fn check_timeout_without_provider(seconds: u32, provider: bool) -> Checked {
    if provider || u64::from(seconds) <= MAX_TIMEOUT.as_secs() {
        return Ok(());
    }
    let problem =
        format!("{seconds} is above 900 seconds, which only a capacity provider allows: name it as well");
    Err(RuleViolation::new("Timeout", problem))
}

/// 128-32,768 MB. What the account allows can be less; Lambda tells.
pub fn check_memory_size(megabytes: u32) -> Result<(), RuleViolation> {
    within("MemorySize", megabytes, &(128..=32_768), "MB")
}

/// 512-32,768 MB. Above 10,240 it needs an accelerator (Lambda API, `EphemeralStorage`); Lambda tells.
pub fn check_ephemeral_storage(megabytes: u32) -> Result<(), RuleViolation> {
    within("EphemeralStorage.Size", megabytes, &(512..=32_768), "MB")
}

/// The ARN of a key; empty takes it away.
pub fn check_kms_key(member: &'static str, text: &str) -> Result<(), RuleViolation> {
    length(member, text, &(0..=10_000))?;
    matching(
        member,
        text,
        text.is_empty() || grammar::is_any_arn(text),
        "it looks like arn:aws:kms:REGION:123456789012:key/ID",
    )
}

/// ARNs of versions of layers, at most 5 (Lambda quotas, "Function layers").
pub fn check_layers(layers: &[String]) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    found.note(at_most("Layers", layers.len(), MAX_LAYERS));
    for layer in layers {
        found.note(length("Layers", layer, &(1..=2_048)));
        found.note(matching(
            "Layers",
            layer,
            grammar::is_layer_version(layer),
            "a layer is named with its version, as arn:aws:lambda:REGION:123456789012:layer:NAME:3",
        ));
    }
    found.finish()
}

/// What a thing must not have changed from: any word that the API gave.
pub fn check_revision_id(text: &str) -> Result<(), RuleViolation> {
    matching(
        "RevisionId",
        text,
        grammar::has_no_space(text),
        "it is what reading the thing gives as RevisionId",
    )
}

/// All that is set, each for itself: what a change of settings can be checked for.
///
/// # Errors
/// Every rule that is broken.
pub fn check_settings(settings: &FunctionSettings) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    found.check(settings.description.as_deref(), check_description);
    found.check(settings.runtime.as_deref(), check_runtime);
    found.check(settings.handler.as_deref(), check_handler);
    found.check(settings.role.as_deref(), check_role);
    found.check(settings.timeout_seconds, |seconds| {
        check_timeout(seconds)?;
        check_timeout_without_provider(seconds, settings.capacity.is_some())
    });
    found.check(settings.memory_mb, check_memory_size);
    found.check(settings.ephemeral_storage_mb, check_ephemeral_storage);
    if let Some(environment) = &settings.environment {
        found.note_all(check_environment(environment));
    }
    found.check(settings.encryption_key.as_deref(), |key| check_kms_key("KMSKeyArn", key));
    if let Some(layers) = &settings.layers {
        found.note_all(check_layers(layers));
    }
    found.check(settings.tracing.as_deref(), |mode| {
        one_of("TracingConfig.Mode", mode, &["Active", "PassThrough"])
    });
    if let Some(network) = &settings.network {
        found.note_all(check_network(network));
    }
    found.check(settings.dead_letter_target.as_deref(), check_dead_letter_target);
    if let Some(file_systems) = &settings.file_systems {
        found.note_all(check_file_systems(file_systems));
    }
    if let Some(image) = &settings.image {
        found.note_all(check_image_settings(image));
    }
    found.check(settings.snapshot_start.as_deref(), |when| {
        one_of("SnapStart.ApplyOn", when, &["PublishedVersions", "None"])
    });
    if let Some(logging) = &settings.logging {
        found.note_all(check_logging(logging));
    }
    if let Some(durable) = &settings.durable {
        found.note_all(check_durable(durable));
    }
    if let Some(capacity) = &settings.capacity {
        found.note_all(check_capacity(capacity));
    }
    found.finish()
}

/// The ARN of a queue or a topic; empty takes it away.
fn check_dead_letter_target(text: &str) -> Checked {
    length("DeadLetterConfig.TargetArn", text, &(0..=10_000))?;
    matching(
        "DeadLetterConfig.TargetArn",
        text,
        text.is_empty() || grammar::is_any_arn(text),
        "it is the ARN of an SQS queue or SNS topic",
    )
}

fn check_image_settings(image: &ImageSettings) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    found.check(image.entry_point.as_ref(), |words| at_most("ImageConfig.EntryPoint", words.len(), 1_500));
    found.check(image.command.as_ref(), |words| at_most("ImageConfig.Command", words.len(), 1_500));
    found.check(image.working_directory.as_deref(), |folder| {
        length("ImageConfig.WorkingDirectory", folder, &(0..=1_000))
    });
    found.finish()
}

fn check_logging(logging: &LoggingSettings) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    found.check(logging.format.as_deref(), |format| {
        one_of("LoggingConfig.LogFormat", format, &["JSON", "Text"])
    });
    found.check(logging.application_level.as_deref(), |level| {
        let levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
        one_of("LoggingConfig.ApplicationLogLevel", level, &levels)
    });
    found.check(logging.system_level.as_deref(), |level| {
        one_of("LoggingConfig.SystemLogLevel", level, &["DEBUG", "INFO", "WARN"])
    });
    // "To use log level filtering, you must configure your function to use JSON log format" (Lambda Developer Guide,
    // "Configuring advanced logging controls").
    if logging.format.as_deref() == Some("Text") {
        for (member, level) in levels(logging) {
            if level.is_some() {
                found.broken(member, "needs LogFormat JSON, not Text");
            }
        }
    }
    found.check(logging.group.as_deref(), |group| {
        length("LoggingConfig.LogGroup", group, &(1..=512))?;
        let holds = group.chars().all(|c| c.is_ascii_alphanumeric() || ".-_/#".contains(c));
        matching("LoggingConfig.LogGroup", group, holds, "only letters, digits and .-_/# can stand in it")
    });
    found.finish()
}

/// The levels that only the JSON format knows, under their names.
pub(super) fn levels(logging: &LoggingSettings) -> [(&'static str, Option<&str>); 2] {
    [
        ("LoggingConfig.ApplicationLogLevel", logging.application_level.as_deref()),
        ("LoggingConfig.SystemLogLevel", logging.system_level.as_deref()),
    ]
}

fn check_durable(durable: &DurableSettings) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    found.check(durable.execution_timeout_seconds, |seconds| {
        within("DurableConfig.ExecutionTimeout", seconds, &(1..=31_622_400), "seconds")
    });
    found.check(durable.retention_days, |days| {
        within("DurableConfig.RetentionPeriodInDays", days, &(1..=90), "days")
    });
    found.check(durable.encryption_key.as_deref(), |key| check_kms_key("DurableConfig.KMSKeyArn", key));
    found.finish()
}

fn check_capacity(capacity: &CapacitySettings) -> Result<(), Vec<RuleViolation>> {
    let mut found = Violations::default();
    let reference = &capacity.reference;
    found.note(matching(
        "CapacityProviderArn",
        reference,
        reference.len() <= 140 && grammar::is_capacity_provider(reference),
        "it looks like arn:aws:lambda:REGION:123456789012:capacity-provider:NAME, of at most 140 characters",
    ));
    found.check(capacity.concurrency_per_environment, |calls| {
        within("PerExecutionEnvironmentMaxConcurrency", calls, &(1..=1_600), "calls")
    });
    found.check(capacity.memory_gib_per_processor, |gib| {
        within("ExecutionEnvironmentMemoryGiBPerVCpu", gib, &(2.0..=8.0), "GiB")
    });
    found.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::{FileSystemMount, Network};

    fn messages(settings: &FunctionSettings) -> Vec<String> {
        check_settings(settings).err().into_iter().flatten().map(|one| one.to_string()).collect()
    }

    #[test]
    fn ranges_end_where_the_model_ends_them() {
        for (seconds, fits) in [(0, false), (1, true), (900, true), (5_400, true), (5_401, false)] {
            assert_eq!(check_timeout(seconds).is_ok(), fits, "{seconds}");
        }
        for (megabytes, fits) in [(127, false), (128, true), (10_241, true), (32_768, true), (32_769, false)]
        {
            assert_eq!(check_memory_size(megabytes).is_ok(), fits, "{megabytes}");
        }
        for (megabytes, fits) in [(511, false), (512, true), (32_768, true), (32_769, false)] {
            assert_eq!(check_ephemeral_storage(megabytes).is_ok(), fits, "{megabytes}");
        }
        for (characters, fits) in [(0, true), (256, true), (257, false)] {
            assert_eq!(check_description(&"ä".repeat(characters)).is_ok(), fits, "{characters}");
        }
        for (characters, fits) in [(0, false), (1, true), (128, true), (129, false)] {
            assert_eq!(check_handler(&"x".repeat(characters)).is_ok(), fits, "{characters}");
        }
        assert!(check_handler("app handler").is_err());
    }

    #[test]
    fn functions_are_named_by_name_or_arn_without_a_dot() {
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:adder";
        for good in ["adder", "123456789012:function:adder", arn, &"x".repeat(64)] {
            assert_eq!(check_function_reference(good), Ok(()), "{good}");
        }
        for bad in ["", "a.b", "a b", &"x".repeat(65), &"x".repeat(141), "arn:aws:s3:::bucket"] {
            let violation = check_function_reference(bad).unwrap_err();
            assert!(violation.message.starts_with("FunctionName "), "{violation}");
        }
    }

    #[test]
    fn at_most_five_layers_each_with_its_version() {
        let layer = "arn:aws:lambda:eu-west-1:123456789012:layer:common:3".to_owned();
        assert_eq!(check_layers(&vec![layer.clone(); 5]), Ok(()));
        assert_eq!(check_layers(&vec![layer.clone(); 6]).unwrap_err().len(), 1);
        let unversioned = layer.trim_end_matches(":3").to_owned();
        let found = check_layers(&[layer, unversioned, "common".to_owned()]).unwrap_err();
        assert_eq!(found.len(), 2);
        assert!(found[0].message.contains("named with its version"), "{}", found[0]);
    }

    #[test]
    fn nothing_set_and_everything_well_set_break_no_rule() {
        assert_eq!(messages(&FunctionSettings::default()), Vec::<String>::new());
        let arn = |rest: &str| Some(format!("arn:aws:{rest}"));
        let settings = FunctionSettings {
            description: Some(String::new()),
            runtime: Some("python3.14".to_owned()),
            handler: Some("app.handler".to_owned()),
            role: arn("iam::123456789012:role/service-role/adder"),
            timeout_seconds: Some(900),
            memory_mb: Some(10_240),
            ephemeral_storage_mb: Some(512),
            environment: Some(Vec::new()),
            encryption_key: Some(String::new()),
            layers: Some(Vec::new()),
            tracing: Some("PassThrough".to_owned()),
            network: Some(Network::default()),
            dead_letter_target: arn("sqs:eu-west-1:123456789012:dead"),
            file_systems: Some(Vec::new()),
            image: Some(ImageSettings { working_directory: Some("/app".to_owned()), ..Default::default() }),
            snapshot_start: Some("None".to_owned()),
            logging: Some(LoggingSettings {
                format: Some("JSON".to_owned()),
                application_level: Some("FATAL".to_owned()),
                system_level: Some("WARN".to_owned()),
                group: Some("/aws/lambda/adder#1".to_owned()),
            }),
            durable: Some(DurableSettings {
                execution_timeout_seconds: Some(31_622_400),
                retention_days: Some(90),
                encryption_key: Some(String::new()),
            }),
            capacity: Some(CapacitySettings {
                reference: "arn:aws:lambda:eu-west-1:123456789012:capacity-provider:own".to_owned(),
                concurrency_per_environment: Some(1_600),
                memory_gib_per_processor: Some(8.0),
            }),
        };
        assert_eq!(messages(&settings), Vec::<String>::new());
    }

    #[test]
    fn more_than_fifteen_minutes_need_a_capacity_provider() {
        let with = |seconds, capacity: bool| {
            let capacity = capacity.then(|| CapacitySettings {
                reference: "arn:aws:lambda:eu-west-1:123456789012:capacity-provider:own".to_owned(),
                ..CapacitySettings::default()
            });
            messages(&FunctionSettings {
                timeout_seconds: Some(seconds),
                capacity,
                ..FunctionSettings::default()
            })
        };
        assert_eq!(with(900, false), Vec::<String>::new());
        assert_eq!(with(5_400, true), Vec::<String>::new());
        assert_eq!(
            with(1_000, false),
            ["Timeout 1000 is above 900 seconds, which only a capacity provider allows: name it as well"]
        );
        assert_eq!(with(5_401, false), ["Timeout 5401 is above 5400 seconds"]);
    }

    #[test]
    fn levels_need_the_format_that_has_them() {
        let with = |format: Option<&str>, application: Option<&str>, system: Option<&str>| {
            let text = |text: Option<&str>| text.map(str::to_owned);
            messages(&FunctionSettings {
                logging: Some(LoggingSettings {
                    format: text(format),
                    application_level: text(application),
                    system_level: text(system),
                    group: None,
                }),
                ..FunctionSettings::default()
            })
        };
        assert_eq!(with(Some("JSON"), Some("DEBUG"), Some("WARN")), Vec::<String>::new());
        // A change may be of a function whose format is JSON already.
        assert_eq!(with(None, Some("DEBUG"), Some("WARN")), Vec::<String>::new());
        assert_eq!(with(Some("Text"), None, None), Vec::<String>::new());
        assert_eq!(
            with(Some("Text"), Some("DEBUG"), Some("WARN")),
            [
                "LoggingConfig.ApplicationLogLevel needs LogFormat JSON, not Text",
                "LoggingConfig.SystemLogLevel needs LogFormat JSON, not Text",
            ]
        );
    }

    #[test]
    fn every_broken_rule_is_told_at_once() {
        let text = |text: &str| Some(text.to_owned());
        let settings = FunctionSettings {
            description: Some("x".repeat(257)),
            runtime: text(""),
            handler: text(""),
            role: text("adder"),
            timeout_seconds: Some(0),
            memory_mb: Some(64),
            ephemeral_storage_mb: Some(100),
            environment: None,
            encryption_key: text("alias/key"),
            layers: Some(vec!["common:3".to_owned()]),
            tracing: text("active"),
            network: Some(Network { subnets: vec!["net-1".to_owned()], ..Network::default() }),
            dead_letter_target: text("dead"),
            file_systems: Some(vec![FileSystemMount {
                reference: "fs-1".to_owned(),
                path: "/data".to_owned(),
            }]),
            image: Some(ImageSettings { working_directory: Some("x".repeat(1_001)), ..Default::default() }),
            snapshot_start: text(""),
            logging: Some(LoggingSettings {
                format: text("Json"),
                application_level: text("OFF"),
                system_level: text("ERROR"),
                group: text("a b"),
            }),
            durable: Some(DurableSettings {
                execution_timeout_seconds: Some(31_622_401),
                retention_days: Some(0),
                encryption_key: text("key"),
            }),
            capacity: Some(CapacitySettings {
                reference: "own".to_owned(),
                concurrency_per_environment: Some(1_601),
                memory_gib_per_processor: Some(f64::NAN),
            }),
        };
        let members: Vec<_> = check_settings(&settings).unwrap_err().iter().map(|one| one.member).collect();
        assert_eq!(
            members,
            [
                "Description",
                "Runtime",
                "Handler",
                "Role",
                "Timeout",
                "MemorySize",
                "EphemeralStorage.Size",
                "KMSKeyArn",
                "Layers",
                "TracingConfig.Mode",
                "VpcConfig.SubnetIds",
                "VpcConfig.SecurityGroupIds",
                "DeadLetterConfig.TargetArn",
                "FileSystemConfigs.Arn",
                "FileSystemConfigs.LocalMountPath",
                "ImageConfig.WorkingDirectory",
                "SnapStart.ApplyOn",
                "LoggingConfig.LogFormat",
                "LoggingConfig.ApplicationLogLevel",
                "LoggingConfig.SystemLogLevel",
                "LoggingConfig.LogGroup",
                "DurableConfig.ExecutionTimeout",
                "DurableConfig.RetentionPeriodInDays",
                "DurableConfig.KMSKeyArn",
                "CapacityProviderArn",
                "PerExecutionEnvironmentMaxConcurrency",
                "ExecutionEnvironmentMemoryGiBPerVCpu",
            ]
        );
    }
}
