//! The settings of a function: the defaults of a new one, and how a change is applied.

use lamplight_domain::{FunctionName, FunctionSettings, LoggingSettings};

/// The defaults of a new function (Lambda API, `CreateFunction`).
pub(crate) fn defaults(name: &FunctionName) -> FunctionSettings {
    FunctionSettings {
        timeout_seconds: Some(3),
        memory_mb: Some(128),
        ephemeral_storage_mb: Some(512),
        tracing: Some("PassThrough".to_owned()),
        snapshot_start: Some("None".to_owned()),
        logging: Some(LoggingSettings {
            format: Some("Text".to_owned()),
            group: Some(format!("/aws/lambda/{name}")),
            ..LoggingSettings::default()
        }),
        ..FunctionSettings::default()
    }
}

/// The settings after a change: `None` changes nothing, an empty text or list removes the setting.
pub(crate) fn apply_change(mut set: FunctionSettings, asked: FunctionSettings) -> FunctionSettings {
    // Destructured, so that a new field cannot be forgotten here.
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
    set_text(&mut set.description, description);
    set_text(&mut set.runtime, runtime);
    set_text(&mut set.handler, handler);
    set_text(&mut set.role, role);
    set_value(&mut set.timeout_seconds, timeout_seconds);
    set_value(&mut set.memory_mb, memory_mb);
    set_value(&mut set.ephemeral_storage_mb, ephemeral_storage_mb);
    set_list(&mut set.environment, environment);
    if let Some(variables) = &mut set.environment {
        variables.sort_by(|one, other| one.key.cmp(&other.key));
    }
    set_text(&mut set.encryption_key, encryption_key);
    set_list(&mut set.layers, layers);
    set_text(&mut set.tracing, tracing);
    if let Some(network) = network {
        set.network = Some(network).filter(|network| !network.subnets.is_empty());
    }
    set_text(&mut set.dead_letter_target, dead_letter_target);
    set_list(&mut set.file_systems, file_systems);
    if let Some(asked) = image {
        let kept = set.image.get_or_insert_default();
        set_list(&mut kept.entry_point, asked.entry_point);
        set_list(&mut kept.command, asked.command);
        set_text(&mut kept.working_directory, asked.working_directory);
    }
    set_text(&mut set.snapshot_start, snapshot_start);
    if let Some(asked) = logging {
        let kept = set.logging.get_or_insert_default();
        set_text(&mut kept.format, asked.format);
        set_text(&mut kept.application_level, asked.application_level);
        set_text(&mut kept.system_level, asked.system_level);
        set_text(&mut kept.group, asked.group);
    }
    if let Some(asked) = durable {
        let kept = set.durable.get_or_insert_default();
        set_value(&mut kept.execution_timeout_seconds, asked.execution_timeout_seconds);
        set_value(&mut kept.retention_days, asked.retention_days);
        set_text(&mut kept.encryption_key, asked.encryption_key);
    }
    set_value(&mut set.capacity, capacity);
    set
}

fn set_value<T>(set: &mut Option<T>, asked: Option<T>) {
    if asked.is_some() {
        *set = asked;
    }
}

pub(crate) fn set_text(set: &mut Option<String>, asked: Option<String>) {
    if asked.is_some() {
        *set = asked.filter(|text| !text.is_empty());
    }
}

fn set_list<T>(set: &mut Option<Vec<T>>, asked: Option<Vec<T>>) {
    if asked.is_some() {
        *set = asked.filter(|list| !list.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::Network;

    #[test]
    fn a_change_keeps_what_it_leaves_out_and_removes_what_is_empty() {
        let set = FunctionSettings {
            description: Some("adds".to_owned()),
            memory_mb: Some(512),
            layers: Some(vec!["a".to_owned()]),
            network: Some(Network { subnets: vec!["subnet-1".to_owned()], ..Network::default() }),
            ..defaults(&"adder".parse().unwrap())
        };
        assert_eq!(apply_change(set.clone(), FunctionSettings::default()), set);
        let taken_away = FunctionSettings {
            description: Some(String::new()),
            layers: Some(Vec::new()),
            network: Some(Network::default()),
            ..FunctionSettings::default()
        };
        let expected = FunctionSettings { description: None, layers: None, network: None, ..set.clone() };
        assert_eq!(apply_change(set, taken_away), expected);
    }

    #[test]
    fn each_part_of_a_group_is_changed_by_itself() {
        let logging = LoggingSettings { format: Some("JSON".to_owned()), ..LoggingSettings::default() };
        let asked = FunctionSettings { logging: Some(logging), ..FunctionSettings::default() };
        let logging = apply_change(defaults(&"adder".parse().unwrap()), asked).logging.unwrap();
        assert_eq!(logging.format.as_deref(), Some("JSON"));
        assert_eq!(logging.group.as_deref(), Some("/aws/lambda/adder"));
    }
}
