//! A function's settings, from flags and files.

use crate::{
    args::{ClearArgs, MergeArgs, SettingsArgs},
    arguments::read_mapping,
    failure::Failure,
    input::{read_text, source_name},
    wiring::Wiring,
};
use lamplight_app::manage::EnvironmentMerge;
use lamplight_domain::{
    CapacitySettings, DurableSettings, EnvironmentVariable, ErrorCode, FileSystemMount, FunctionSettings,
    ImageSettings, LoggingSettings, Network, Redacted, SecretRef, Tags,
};
use lamplight_ports::ExposeSecret;
use std::{collections::BTreeMap, path::Path};

/// The settings that the options ask for. The caller adds the role, which only `create` requires.
pub async fn settings(
    args: SettingsArgs,
    clear: ClearArgs,
    wiring: &Wiring,
) -> Result<FunctionSettings, Failure> {
    let environment = environment(&args, clear, wiring).await?;
    let logging = LoggingSettings {
        format: args.log_format,
        application_level: args.application_log_level,
        system_level: args.system_log_level,
        group: args.log_group,
    };
    let durable = DurableSettings {
        execution_timeout_seconds: args.durable_execution_timeout,
        retention_days: args.durable_retention_period,
        encryption_key: args.durable_kms_key_arn,
    };
    let image = ImageSettings {
        entry_point: words(args.image_entry_point),
        command: words(args.image_command),
        working_directory: args.image_working_directory,
    };
    let network = Network {
        subnets: args.subnet_ids,
        security_groups: args.security_group_ids,
        ipv6: args.ipv6_allowed_for_dual_stack,
    };
    Ok(FunctionSettings {
        description: args.description,
        runtime: args.runtime,
        handler: args.handler,
        role: None,
        timeout_seconds: args.timeout,
        memory_mb: args.memory_size,
        ephemeral_storage_mb: args.ephemeral_storage,
        environment,
        encryption_key: args.kms_key_arn,
        layers: (clear.no_layers || !args.layers.is_empty()).then_some(args.layers),
        tracing: args.tracing_mode,
        network: (clear.no_vpc || network != Network::default()).then_some(network),
        dead_letter_target: args.dead_letter_target_arn,
        file_systems: args.file_system.as_deref().map(file_systems).transpose()?,
        image: (image != ImageSettings::default()).then_some(image),
        snapshot_start: args.snap_start,
        logging: (logging != LoggingSettings::default()).then_some(logging),
        durable: (durable != DurableSettings::default()).then_some(durable),
        capacity: args.capacity_provider_arn.map(|reference| CapacitySettings {
            reference,
            concurrency_per_environment: args.per_execution_environment_max_concurrency,
            memory_gib_per_processor: args.execution_environment_memory_gib_per_vcpu,
        }),
    })
}

/// The words of a command; a single empty word removes all.
fn words(words: Vec<String>) -> Option<Vec<String>> {
    match &words[..] {
        [] => None,
        [only] if only.is_empty() => Some(Vec::new()),
        _ => Some(words),
    }
}

/// Tags, each as `KEY=VALUE`.
pub fn tags(texts: &[String]) -> Result<Tags, Failure> {
    let mut tags = Tags::new();
    for text in texts {
        let (key, value) = pair(text, "tag")?;
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(Failure::usage(ErrorCode::InvalidSetting, format!("tag {key:?} is given twice")));
        }
    }
    Ok(tags)
}

/// The variables of all three sources; `None` without any, which leaves the variables as they are.
async fn environment(
    args: &SettingsArgs,
    clear: ClearArgs,
    wiring: &Wiring,
) -> Result<Option<Vec<EnvironmentVariable>>, Failure> {
    let mut variables = Variables::default();
    if let Some(file) = &args.environment_file {
        if let Some((key, _)) = file.split_once('=').filter(|_| !Path::new(file).exists()) {
            let message = format!("--environment-file names a file, and {key}=… is a variable");
            return Err(Failure::usage(ErrorCode::InvalidSetting, message)
                .with_hint("give it with --environment, or with --environment-from"));
        }
        let read: BTreeMap<String, String> = read_mapping(&read_text(file)?, &source_name(file))?;
        // The program that writes the file may have failed, and all variables would be lost.
        if read.is_empty() {
            let message = format!("{} does not contain a variable", source_name(file));
            return Err(Failure::usage(ErrorCode::InvalidSetting, message)
                .with_hint("`functions update-configuration --no-environment` removes all variables"));
        }
        for (key, value) in read {
            variables.add(&key, value)?;
        }
    }
    variables.add_texts(&args.environment)?;
    variables.add_references("--environment-from", &args.environment_from, wiring).await?;
    let given = clear.no_environment || args.environment_file.is_some() || !variables.0.is_empty();
    Ok(given.then(|| variables.into_list()))
}

/// Changes of single environment variables.
pub async fn merge(args: &MergeArgs, wiring: &Wiring) -> Result<EnvironmentMerge, Failure> {
    let mut set = Variables::default();
    set.add_texts(&args.set_environment)?;
    set.add_references("--set-environment-from", &args.set_environment_from, wiring).await?;
    // The text is not repeated: it may be a secret.
    if args.unset_environment.iter().any(|key| key.is_empty() || key.contains('=')) {
        let message = "--unset-environment takes the key of a variable, without a value";
        return Err(Failure::usage(ErrorCode::InvalidSetting, message));
    }
    Ok(EnvironmentMerge { set: set.into_list(), unset: args.unset_environment.clone() })
}

/// Environment variables by their keys.
#[derive(Default)]
struct Variables(BTreeMap<String, Redacted<String>>);

impl Variables {
    fn add(&mut self, key: &str, value: String) -> Result<(), Failure> {
        match self.0.insert(key.to_owned(), Redacted::new(value)) {
            None => Ok(()),
            Some(_) => Err(Failure::usage(
                ErrorCode::InvalidSetting,
                format!("environment variable {key:?} is given twice"),
            )),
        }
    }

    /// Variables as `KEY=VALUE`.
    fn add_texts(&mut self, texts: &[String]) -> Result<(), Failure> {
        for text in texts {
            let (key, value) = pair(text, "environment variable")?;
            self.add(key, value.to_owned())?;
        }
        Ok(())
    }

    /// Variables as `KEY=REFERENCE`.
    async fn add_references(
        &mut self,
        option: &str,
        texts: &[String],
        wiring: &Wiring,
    ) -> Result<(), Failure> {
        for text in texts {
            let (key, reference) = pair(text, "environment variable")?;
            let reference: SecretRef =
                reference.parse().map_err(|error: lamplight_domain::SecretRefError| {
                    Failure::usage(ErrorCode::InvalidSecretReference, format!("{option} {key}: {error}"))
                })?;
            let secret = wiring.secrets()?.resolve(&reference).await?;
            self.add(key, secret.expose_secret().to_owned())?;
        }
        Ok(())
    }

    fn into_list(self) -> Vec<EnvironmentVariable> {
        let variable = |(key, value)| EnvironmentVariable { key, value };
        self.0.into_iter().map(variable).collect()
    }
}

/// The message does not repeat the text, which may be a secret.
fn pair<'a>(text: &'a str, what: &str) -> Result<(&'a str, &'a str), Failure> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key, value)),
        _ => {
            Err(Failure::usage(ErrorCode::InvalidSetting, format!("one {what} is not written as KEY=VALUE")))
        }
    }
}

fn file_systems(text: &str) -> Result<Vec<FileSystemMount>, Failure> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let (reference, path) = text.rsplit_once('=').ok_or_else(|| {
        Failure::usage(ErrorCode::InvalidSetting, format!("file system {text:?} is not written as ARN=PATH"))
    })?;
    Ok(vec![FileSystemMount { reference: reference.to_owned(), path: path.to_owned() }])
}
