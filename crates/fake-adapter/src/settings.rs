//! What is set about a function: the defaults of a new one, and how a change falls upon what is there.

use lamplight_domain::{FunctionName, FunctionSettings, LoggingSettings};

/// What a new function has where nothing else is asked for (Lambda API, `CreateFunction`).
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

/// What is set after a change: `None` stays as it is, an empty text or list takes away what is set.
pub(crate) fn changed(mut set: FunctionSettings, asked: FunctionSettings) -> FunctionSettings {
    // Taken apart, so that a setting which is added later cannot be forgotten here.
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
    text(&mut set.description, description);
    text(&mut set.runtime, runtime);
    text(&mut set.handler, handler);
    text(&mut set.role, role);
    value(&mut set.timeout_seconds, timeout_seconds);
    value(&mut set.memory_mb, memory_mb);
    value(&mut set.ephemeral_storage_mb, ephemeral_storage_mb);
    list(&mut set.environment, environment);
    if let Some(variables) = &mut set.environment {
        variables.sort_by(|one, other| one.key.cmp(&other.key));
    }
    text(&mut set.encryption_key, encryption_key);
    list(&mut set.layers, layers);
    text(&mut set.tracing, tracing);
    if let Some(network) = network {
        set.network = Some(network).filter(|network| !network.subnets.is_empty());
    }
    text(&mut set.dead_letter_target, dead_letter_target);
    list(&mut set.file_systems, file_systems);
    if let Some(asked) = image {
        let kept = set.image.get_or_insert_default();
        list(&mut kept.entry_point, asked.entry_point);
        list(&mut kept.command, asked.command);
        text(&mut kept.working_directory, asked.working_directory);
    }
    text(&mut set.snapshot_start, snapshot_start);
    if let Some(asked) = logging {
        let kept = set.logging.get_or_insert_default();
        text(&mut kept.format, asked.format);
        text(&mut kept.application_level, asked.application_level);
        text(&mut kept.system_level, asked.system_level);
        text(&mut kept.group, asked.group);
    }
    if let Some(asked) = durable {
        let kept = set.durable.get_or_insert_default();
        value(&mut kept.execution_timeout_seconds, asked.execution_timeout_seconds);
        value(&mut kept.retention_days, asked.retention_days);
        text(&mut kept.encryption_key, asked.encryption_key);
    }
    value(&mut set.capacity, capacity);
    set
}

fn value<T>(set: &mut Option<T>, asked: Option<T>) {
    if asked.is_some() {
        *set = asked;
    }
}

pub(crate) fn text(set: &mut Option<String>, asked: Option<String>) {
    if asked.is_some() {
        *set = asked.filter(|text| !text.is_empty());
    }
}

fn list<T>(set: &mut Option<Vec<T>>, asked: Option<Vec<T>>) {
    if asked.is_some() {
        *set = asked.filter(|list| !list.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::Network;

    #[test]
    fn what_is_not_asked_for_stays_and_what_is_empty_goes() {
        let set = FunctionSettings {
            description: Some("adds".to_owned()),
            memory_mb: Some(512),
            layers: Some(vec!["a".to_owned()]),
            network: Some(Network { subnets: vec!["subnet-1".to_owned()], ..Network::default() }),
            ..defaults(&"adder".parse().unwrap())
        };
        assert_eq!(changed(set.clone(), FunctionSettings::default()), set);
        let taken_away = FunctionSettings {
            description: Some(String::new()),
            layers: Some(Vec::new()),
            network: Some(Network::default()),
            ..FunctionSettings::default()
        };
        let expected = FunctionSettings { description: None, layers: None, network: None, ..set.clone() };
        assert_eq!(changed(set, taken_away), expected);
    }

    #[test]
    fn each_part_of_a_group_is_changed_by_itself() {
        let logging = LoggingSettings { format: Some("JSON".to_owned()), ..LoggingSettings::default() };
        let asked = FunctionSettings { logging: Some(logging), ..FunctionSettings::default() };
        let logging = changed(defaults(&"adder".parse().unwrap()), asked).logging.unwrap();
        assert_eq!(logging.format.as_deref(), Some("JSON"));
        assert_eq!(logging.group.as_deref(), Some("/aws/lambda/adder"));
    }
}
