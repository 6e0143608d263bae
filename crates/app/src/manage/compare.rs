//! Compares a request with an existing resource.

use crate::AppError;
use lamplight_domain::{Function, FunctionSettings};
use std::fmt;

/// The result of a comparison.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// The names of settings that differ, as users know them.
    pub(crate) differing: Vec<&'static str>,
    /// The names of requested settings that cannot be compared.
    pub(crate) incomparable: Vec<&'static str>,
}

impl Comparison {
    /// Whether everything is known to be as requested.
    pub(crate) fn is_as_requested(&self) -> bool {
        self.differing.is_empty() && self.incomparable.is_empty()
    }

    /// The error if it is not as requested.
    pub(crate) fn conflict(&self, thing: String) -> AppError {
        AppError::ExistsOtherwise { thing, how: self.to_string(), hint: UPDATE }
    }
}

/// What to do about a resource that differs and can be updated.
const UPDATE: &str = "update it, or delete it first";

impl fmt::Display for Comparison {
    /// Continues a message after "it exists".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.differing.is_empty() {
            write!(f, " and differs in {}", self.differing.join(", "))?;
        }
        if !self.incomparable.is_empty() {
            write!(f, "; cannot tell whether these are as requested: {}", self.incomparable.join(", "))?;
        }
        Ok(())
    }
}

/// The names of requested settings that differ from the existing ones, never their values, which may be secret.
///
/// Settings that were not requested are not compared. An empty text or list means that nothing must be set.
pub(crate) fn differences(asked: &FunctionSettings, found: &FunctionSettings) -> Vec<&'static str> {
    // Destructured, so that a new setting cannot be forgotten here.
    let FunctionSettings {
        description,
        runtime,
        handler,
        role,
        timeout_seconds,
        memory_mb,
        ephemeral_storage_mb,
        environment,
        encryption_key,
        layers,
        tracing,
        network,
        dead_letter_target,
        file_systems,
        image,
        snapshot_start,
        logging,
        durable,
        capacity,
    } = asked;
    let sorted = |variables: &Option<Vec<lamplight_domain::EnvironmentVariable>>| {
        variables.clone().map(|mut variables| {
            variables.sort_by(|one, other| one.key.cmp(&other.key));
            variables
        })
    };
    let logging_differs = logging.as_ref().is_some_and(|asked| {
        let found = found.logging.clone().unwrap_or_default();
        text_differs(asked.format.as_ref(), found.format.as_ref())
            || text_differs(asked.application_level.as_ref(), found.application_level.as_ref())
            || text_differs(asked.system_level.as_ref(), found.system_level.as_ref())
            || text_differs(asked.group.as_ref(), found.group.as_ref())
    });
    let image_differs = image.as_ref().is_some_and(|asked| {
        let found = found.image.clone().unwrap_or_default();
        list_differs(asked.entry_point.as_deref(), found.entry_point.as_deref())
            || list_differs(asked.command.as_deref(), found.command.as_deref())
            || text_differs(asked.working_directory.as_ref(), found.working_directory.as_ref())
    });
    let durable_differs = durable.as_ref().is_some_and(|asked| {
        let found = found.durable.clone().unwrap_or_default();
        value_differs(asked.execution_timeout_seconds.as_ref(), found.execution_timeout_seconds.as_ref())
            || value_differs(asked.retention_days.as_ref(), found.retention_days.as_ref())
            || text_differs(asked.encryption_key.as_ref(), found.encryption_key.as_ref())
    });
    let network_differs = network.as_ref().is_some_and(|asked| {
        let found = found.network.clone().unwrap_or_default();
        to_set(&asked.subnets) != to_set(&found.subnets)
            || to_set(&asked.security_groups) != to_set(&found.security_groups)
            || value_differs(asked.ipv6.as_ref(), found.ipv6.as_ref())
    });
    [
        ("description", text_differs(description.as_ref(), found.description.as_ref())),
        ("runtime", text_differs(runtime.as_ref(), found.runtime.as_ref())),
        ("handler", text_differs(handler.as_ref(), found.handler.as_ref())),
        ("role", text_differs(role.as_ref(), found.role.as_ref())),
        ("timeout", value_differs(timeout_seconds.as_ref(), found.timeout_seconds.as_ref())),
        ("memory size", value_differs(memory_mb.as_ref(), found.memory_mb.as_ref())),
        (
            "ephemeral storage",
            value_differs(ephemeral_storage_mb.as_ref(), found.ephemeral_storage_mb.as_ref()),
        ),
        ("environment", list_differs(sorted(environment).as_deref(), sorted(&found.environment).as_deref())),
        ("encryption key", text_differs(encryption_key.as_ref(), found.encryption_key.as_ref())),
        ("layers", list_differs(layers.as_deref(), found.layers.as_deref())),
        ("tracing", text_differs(tracing.as_ref(), found.tracing.as_ref())),
        ("network", network_differs),
        ("dead letter target", text_differs(dead_letter_target.as_ref(), found.dead_letter_target.as_ref())),
        ("file systems", list_differs(file_systems.as_deref(), found.file_systems.as_deref())),
        ("image settings", image_differs),
        ("snapshot start", text_differs(snapshot_start.as_ref(), found.snapshot_start.as_ref())),
        ("logging", logging_differs),
        ("durable executions", durable_differs),
        ("capacity", value_differs(capacity.as_ref(), found.capacity.as_ref())),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}

/// What differs in the code, as far as it can be compared.
pub(crate) fn code_differs(code: &lamplight_domain::FunctionCode, found: &Function) -> Option<&'static str> {
    let sha256 = code.source.sha256();
    if sha256.is_some() && sha256 != found.code_sha256.as_deref() {
        return Some("code");
    }
    if value_differs(code.architecture.as_ref(), found.architecture.as_ref()) {
        return Some("architecture");
    }
    None
}

fn value_differs<T: PartialEq>(asked: Option<&T>, found: Option<&T>) -> bool {
    asked.is_some() && asked != found
}

fn text_differs(asked: Option<&String>, found: Option<&String>) -> bool {
    asked.is_some_and(|asked| asked.as_str() != found.map_or("", String::as_str))
}

fn list_differs<T: PartialEq>(asked: Option<&[T]>, found: Option<&[T]>) -> bool {
    asked.is_some_and(|asked| asked != found.unwrap_or_default())
}

fn to_set(texts: &[String]) -> std::collections::BTreeSet<&String> {
    texts.iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::{EnvironmentVariable, LoggingSettings, Network, Redacted};

    fn variable(key: &str, value: &str) -> EnvironmentVariable {
        EnvironmentVariable { key: key.to_owned(), value: Redacted::new(value.to_owned()) }
    }

    #[test]
    fn what_was_not_requested_does_not_differ() {
        let found = FunctionSettings {
            memory_mb: Some(512),
            environment: Some(vec![variable("A", "1")]),
            ..FunctionSettings::default()
        };
        assert!(differences(&FunctionSettings::default(), &found).is_empty());
    }

    #[test]
    fn an_empty_text_or_list_equals_nothing_set() {
        let asked = FunctionSettings {
            description: Some(String::new()),
            dead_letter_target: Some(String::new()),
            layers: Some(Vec::new()),
            environment: Some(Vec::new()),
            network: Some(Network::default()),
            ..FunctionSettings::default()
        };
        assert!(differences(&asked, &FunctionSettings::default()).is_empty());
    }

    #[test]
    fn order_matters_only_for_layers() {
        let asked = FunctionSettings {
            environment: Some(vec![variable("B", "2"), variable("A", "1")]),
            layers: Some(vec!["x".to_owned(), "y".to_owned()]),
            network: Some(Network { subnets: vec!["b".to_owned(), "a".to_owned()], ..Network::default() }),
            ..FunctionSettings::default()
        };
        let mut found = asked.clone();
        found.environment.as_mut().unwrap().reverse();
        found.network.as_mut().unwrap().subnets.reverse();
        assert!(differences(&asked, &found).is_empty());
        found.layers.as_mut().unwrap().reverse();
        assert_eq!(differences(&asked, &found), ["layers"]);
    }

    #[test]
    fn each_part_of_a_group_is_compared_separately() {
        let level = |level: &str| Some(level.to_owned());
        let logging = |application_level| LoggingSettings { application_level, ..LoggingSettings::default() };
        let asked = FunctionSettings { logging: Some(logging(level("WARN"))), ..FunctionSettings::default() };
        let mut found = asked.clone();
        found.logging.as_mut().unwrap().format = level("JSON");
        assert!(differences(&asked, &found).is_empty());
        found.logging.as_mut().unwrap().application_level = level("INFO");
        assert_eq!(differences(&asked, &found), ["logging"]);
    }
}
