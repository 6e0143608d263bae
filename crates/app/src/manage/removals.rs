//! Finds out what a change would remove besides what it sets: providers replace some settings as a whole.

use super::{
    aliases::show_alias, complete_groups::complete_groups, percent::percent,
    show_function::function_not_found,
};
use crate::AppError;
use lamplight_domain::{
    AsyncSettings, DescribedAsyncSettings, EnvironmentVariable, Function, FunctionSettings, Routing,
};
use lamplight_ports::{Connection, QualifiedFunction, UpdateAlias, UpdateSettings};
use std::collections::{BTreeMap, BTreeSet};

/// A change, and what it would remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned<T> {
    /// The request. It has a revision wherever it depends on what was read: if somebody changes the resource in the
    /// meantime, the request fails.
    pub request: T,
    /// What exists now and would not exist afterwards, in words. Values of environment variables are never included.
    pub removed: Vec<String>,
}

/// Environment variables to set and to remove; all others keep their values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnvironmentMerge {
    /// The variables to set.
    pub set: Vec<EnvironmentVariable>,
    /// The keys of the variables to remove.
    pub unset: Vec<String>,
}

/// Plans an update of settings: merges environment variables into the existing ones, and finds out what would be removed.
///
/// # Guarantees
/// - Nothing is changed. The function is read only if the request could remove something or merges variables.
/// - What `merge` removes by name is not part of [`Planned::removed`].
pub async fn plan_settings(
    connection: &Connection,
    mut request: UpdateSettings,
    merge: &EnvironmentMerge,
) -> Result<Planned<UpdateSettings>, AppError> {
    let merges = *merge != EnvironmentMerge::default();
    if let Some(variable) = merge.set.iter().find(|variable| merge.unset.contains(&variable.key)) {
        let message = format!("environment variable {:?} cannot be both set and removed", variable.key);
        return Err(AppError::Setting(message));
    }
    if !merges && !may_remove(&request.settings) {
        return Ok(Planned { request, removed: Vec::new() });
    }
    let wanted = QualifiedFunction { function: request.function.clone(), qualifier: None };
    let found = connection.catalogue.configuration(&request.function, None).await?;
    let found = found.ok_or_else(|| function_not_found(connection, &wanted))?;
    if let (true, Some(error)) = (merges, &found.environment_error) {
        return Err(AppError::Setting(format!(
            "the environment variables of function {} cannot be read, so none can be merged into them: {error}",
            found.name
        )));
    }
    let completed = complete_groups(&request.settings, &found.settings);
    let removed = removals(&completed, &found);
    if merges {
        request.settings.environment = Some(merged(merge, found.environment()));
    }
    if merges || !removed.is_empty() {
        request.if_revision = request.if_revision.or(found.revision);
    }
    Ok(Planned { request, removed })
}

/// Plans an update of an alias.
///
/// # Guarantees
/// - Nothing is changed. The alias is read only if the request could remove something.
/// - Routing to the version that the alias will point to does not count as removed: that version gets all calls.
pub async fn plan_alias(
    connection: &Connection,
    mut request: UpdateAlias,
) -> Result<Planned<UpdateAlias>, AppError> {
    if request.routing.is_none() && request.description.as_deref() != Some("") {
        return Ok(Planned { request, removed: Vec::new() });
    }
    let found = show_alias(connection, &request.function, &request.name).await?;
    let version = request.version.as_ref().unwrap_or(&found.version);
    let mut removed = cleared("description", request.description.as_ref(), found.description.as_ref());
    if let Some(routing) = &request.routing {
        removed.extend(lost_routing(routing, &found.routing, version));
    }
    if !removed.is_empty() {
        request.if_revision = request.if_revision.or(found.revision);
    }
    Ok(Planned { request, removed })
}

/// What a change of asynchronous invocation settings would remove. With `whole`, settings that are not given return to
/// the provider's defaults.
pub async fn async_removals(
    connection: &Connection,
    subject: &QualifiedFunction,
    settings: &AsyncSettings,
    whole: bool,
) -> Result<Vec<String>, AppError> {
    let found = connection.management()?.async_invocations.get(subject).await?;
    let defaults = whole.then(|| connection.platform.async_defaults());
    let lost =
        |found: DescribedAsyncSettings| lost_async_settings(settings, &found.settings, defaults.as_ref());
    Ok(found.map(lost).unwrap_or_default())
}

/// Whether a request can remove something: it replaces a list as a whole, or sets something to nothing.
fn may_remove(asked: &FunctionSettings) -> bool {
    let empty = |text: &Option<String>| text.as_deref() == Some("");
    let image = asked.image.as_ref().is_some_and(|image| {
        let none = |words: &Option<Vec<String>>| words.as_ref().is_some_and(Vec::is_empty);
        none(&image.entry_point) || none(&image.command) || empty(&image.working_directory)
    });
    asked.environment.is_some()
        || asked.layers.is_some()
        || asked.network.is_some()
        || asked.file_systems.is_some()
        || image
        || [&asked.description, &asked.encryption_key, &asked.dead_letter_target].into_iter().any(empty)
        || asked.durable.as_ref().is_some_and(|durable| empty(&durable.encryption_key))
        || asked.logging.as_ref().is_some_and(|logging| empty(&logging.group))
}

/// What a completed request would remove from a function.
fn removals(asked: &FunctionSettings, found: &Function) -> Vec<String> {
    let mut removed = Vec::new();
    if let Some(asked) = &asked.environment {
        let kept: BTreeSet<&str> = asked.iter().map(|variable| variable.key.as_str()).collect();
        let gone = found.environment().iter().filter(|variable| !kept.contains(variable.key.as_str()));
        removed.extend(gone.map(|variable| format!("environment variable {}", variable.key)));
        if let Some(error) = &found.environment_error {
            removed.push(format!("all other environment variables, which cannot be read: {error}"));
        }
    }
    let found = &found.settings;
    if let Some(asked) = &asked.layers {
        // Another version of the same layer replaces it.
        let kept: BTreeSet<&str> = asked.iter().map(|layer| without_version(layer)).collect();
        let gone = found.layers.iter().flatten().filter(|layer| !kept.contains(without_version(layer)));
        removed.extend(gone.map(|layer| format!("layer {layer}")));
    }
    if let (Some(asked), Some(found)) = (&asked.network, &found.network) {
        removed.extend(gone(&asked.subnets, &found.subnets).map(|id| format!("subnet {id}")));
        removed.extend(
            gone(&asked.security_groups, &found.security_groups).map(|id| format!("security group {id}")),
        );
    }
    if let Some(asked) = &asked.file_systems {
        let gone = found.file_systems.iter().flatten().filter(|mount| !asked.contains(mount));
        removed.extend(gone.map(|mount| format!("file system {} at {}", mount.reference, mount.path)));
    }
    if let (Some(asked), Some(found)) = (&asked.image, &found.image) {
        let none = Vec::new();
        for (what, asked, found) in [
            ("entry point", &asked.entry_point, &found.entry_point),
            ("command", &asked.command, &found.command),
        ] {
            let found = found.as_ref().unwrap_or(&none);
            if asked.as_ref().is_some_and(Vec::is_empty) && !found.is_empty() {
                removed.push(format!("{what} {found:?}"));
            }
        }
        let (asked, found) = (&asked.working_directory, &found.working_directory);
        removed.extend(cleared("working directory", asked.as_ref(), found.as_ref()));
    }
    for (what, asked, found) in [
        ("description", &asked.description, &found.description),
        ("encryption key", &asked.encryption_key, &found.encryption_key),
        ("dead-letter target", &asked.dead_letter_target, &found.dead_letter_target),
    ] {
        removed.extend(cleared(what, asked.as_ref(), found.as_ref()));
    }
    if let (Some(asked), Some(found)) = (&asked.durable, &found.durable) {
        let (asked, found) = (&asked.encryption_key, &found.encryption_key);
        removed.extend(cleared("encryption key of durable executions", asked.as_ref(), found.as_ref()));
    }
    if let (Some(asked), Some(found)) = (&asked.logging, &found.logging) {
        removed.extend(cleared("log group", asked.group.as_ref(), found.group.as_ref()));
    }
    removed
}

/// The existing variables with those that are set, and without those that are removed.
fn merged(merge: &EnvironmentMerge, found: &[EnvironmentVariable]) -> Vec<EnvironmentVariable> {
    let mut variables: BTreeMap<&str, &EnvironmentVariable> =
        found.iter().chain(&merge.set).map(|variable| (variable.key.as_str(), variable)).collect();
    variables.retain(|key, _| !merge.unset.iter().any(|unset| unset == key));
    variables.into_values().cloned().collect()
}

/// A text that is set to nothing and is not nothing now.
fn cleared(what: &str, asked: Option<&String>, found: Option<&String>) -> Vec<String> {
    let found = found.filter(|found| !found.is_empty() && asked.is_some_and(String::is_empty));
    found.map(|found| format!("{what} {found}")).into_iter().collect()
}

fn gone<'a>(asked: &'a [String], found: &'a [String]) -> impl Iterator<Item = &'a String> {
    found.iter().filter(|one| !asked.contains(one))
}

fn without_version(layer: &str) -> &str {
    let numbered = |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    layer.rsplit_once(':').filter(|(_, number)| numbered(number)).map_or(layer, |(layer, _)| layer)
}

fn lost_routing(asked: &Routing, found: &Routing, version: &str) -> Vec<String> {
    let gone = found.iter().filter(|(other, _)| !asked.contains_key(*other) && *other != version);
    gone.map(|(other, weight)| format!("the routing of {} % to version {other}", percent(*weight))).collect()
}

/// With `defaults`, settings that are not given return to them.
fn lost_async_settings(
    asked: &AsyncSettings,
    found: &AsyncSettings,
    defaults: Option<&AsyncSettings>,
) -> Vec<String> {
    let mut removed = Vec::new();
    if let Some(defaults) = defaults {
        for (what, asked, found, default) in [
            ("maximum retry attempts", asked.max_retries, found.max_retries, defaults.max_retries),
            (
                "maximum event age in seconds",
                asked.max_age_seconds,
                found.max_age_seconds,
                defaults.max_age_seconds,
            ),
        ] {
            if let (None, Some(found)) = (asked, found.filter(|found| Some(*found) != default)) {
                removed.push(format!("{what} {found}"));
            }
        }
    }
    for (what, asked, found) in [
        ("destination on success", &asked.on_success, &found.on_success),
        ("destination on failure", &asked.on_failure, &found.on_failure),
    ] {
        let asked = asked.clone().or_else(|| defaults.map(|_| String::new()));
        removed.extend(cleared(what, asked.as_ref(), found.as_ref()));
    }
    removed
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::{FileSystemMount, ImageSettings, Network, Redacted};

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    fn variables(keys: &[&str]) -> Vec<EnvironmentVariable> {
        let variable = |key: &&str| EnvironmentVariable {
            key: (*key).to_owned(),
            value: Redacted::new("hunter2".to_owned()),
        };
        keys.iter().map(variable).collect()
    }

    fn existing() -> Function {
        let settings = FunctionSettings {
            description: Some("adds".to_owned()),
            environment: Some(variables(&["A", "B"])),
            encryption_key: Some("key".to_owned()),
            layers: Some(texts(&["arn:x:layer:tools:3", "arn:x:layer:more:1"])),
            network: Some(Network {
                subnets: texts(&["subnet-1", "subnet-2"]),
                security_groups: texts(&["sg-1"]),
                ipv6: None,
            }),
            dead_letter_target: Some("queue".to_owned()),
            file_systems: Some(vec![FileSystemMount {
                reference: "efs".to_owned(),
                path: "/mnt/a".to_owned(),
            }]),
            image: Some(ImageSettings { command: Some(texts(&["run"])), ..ImageSettings::default() }),
            ..FunctionSettings::default()
        };
        Function { settings, ..Function::new("adder".parse().unwrap(), "adder") }
    }

    fn removed(asked: &FunctionSettings) -> Vec<String> {
        let found = existing();
        let completed = complete_groups(asked, &found.settings);
        assert!(may_remove(asked) || removals(&completed, &found).is_empty(), "{asked:?}");
        removals(&completed, &found)
    }

    #[test]
    fn each_setting_that_is_replaced_as_a_whole_names_what_goes() {
        let none = FunctionSettings::default;
        let empty = || Some(String::new());
        for (asked, gone) in [
            (
                FunctionSettings { environment: Some(variables(&["ONLY"])), ..none() },
                vec!["environment variable A", "environment variable B"],
            ),
            (
                FunctionSettings { environment: Some(Vec::new()), ..none() },
                vec!["environment variable A", "environment variable B"],
            ),
            (
                FunctionSettings { layers: Some(texts(&["arn:x:layer:tools:4"])), ..none() },
                vec!["layer arn:x:layer:more:1"],
            ),
            (
                FunctionSettings {
                    network: Some(Network { subnets: texts(&["subnet-2"]), ..Network::default() }),
                    ..none()
                },
                vec!["subnet subnet-1"],
            ),
            (
                FunctionSettings { network: Some(Network::default()), ..none() },
                vec!["subnet subnet-1", "subnet subnet-2", "security group sg-1"],
            ),
            (
                FunctionSettings { file_systems: Some(Vec::new()), ..none() },
                vec!["file system efs at /mnt/a"],
            ),
            (
                FunctionSettings {
                    image: Some(ImageSettings { command: Some(Vec::new()), ..ImageSettings::default() }),
                    ..none()
                },
                vec!["command [\"run\"]"],
            ),
            (FunctionSettings { description: empty(), ..none() }, vec!["description adds"]),
            (FunctionSettings { encryption_key: empty(), ..none() }, vec!["encryption key key"]),
            (FunctionSettings { dead_letter_target: empty(), ..none() }, vec!["dead-letter target queue"]),
        ] {
            assert_eq!(removed(&asked), gone, "{asked:?}");
        }
    }

    #[test]
    fn what_is_kept_added_or_replaced_by_another_value_does_not_go() {
        let none = FunctionSettings::default;
        for asked in [
            none(),
            FunctionSettings { memory_mb: Some(512), ..none() },
            FunctionSettings { environment: Some(variables(&["A", "B", "C"])), ..none() },
            FunctionSettings {
                layers: Some(texts(&["arn:x:layer:more:2", "arn:x:layer:tools:4"])),
                ..none()
            },
            FunctionSettings { description: Some("sums".to_owned()), ..none() },
            FunctionSettings { dead_letter_target: Some("other".to_owned()), ..none() },
        ] {
            assert!(removed(&asked).is_empty(), "{asked:?}");
        }
    }

    #[test]
    fn variables_that_cannot_be_read_are_said_to_go() {
        let mut found = existing();
        found.settings.environment = None;
        found.environment_error = Some("access to the key is denied".to_owned());
        let asked = FunctionSettings { environment: Some(variables(&["A"])), ..FunctionSettings::default() };
        let removed = removals(&asked, &found);
        assert!(removed.len() == 1 && removed[0].contains("access to the key is denied"), "{removed:?}");
    }

    #[test]
    fn variables_are_merged_by_their_keys() {
        let merge = EnvironmentMerge { set: variables(&["C", "A"]), unset: texts(&["B", "absent"]) };
        let keys: Vec<String> =
            merged(&merge, &variables(&["A", "B", "D"])).into_iter().map(|variable| variable.key).collect();
        assert_eq!(keys, ["A", "C", "D"]);
    }

    #[test]
    fn routing_goes_unless_its_version_gets_all_calls() {
        let found = Routing::from([("2".to_owned(), 0.1)]);
        assert_eq!(lost_routing(&Routing::new(), &found, "1"), ["the routing of 10 % to version 2"]);
        assert_eq!(lost_routing(&Routing::from([("3".to_owned(), 0.1)]), &found, "1").len(), 1);
        assert!(lost_routing(&Routing::from([("2".to_owned(), 0.5)]), &found, "1").is_empty());
        assert!(lost_routing(&Routing::new(), &found, "2").is_empty());
    }

    #[test]
    fn asynchronous_settings_that_are_not_given_return_to_their_defaults() {
        let defaults =
            AsyncSettings { max_retries: Some(2), max_age_seconds: Some(600), ..AsyncSettings::default() };
        let found = AsyncSettings {
            max_retries: Some(2),
            max_age_seconds: Some(60),
            on_failure: Some("queue".to_owned()),
            on_success: None,
        };
        let asked = AsyncSettings { max_retries: Some(1), ..AsyncSettings::default() };
        assert_eq!(
            lost_async_settings(&asked, &found, Some(&defaults)),
            ["maximum event age in seconds 60", "destination on failure queue"]
        );
        assert!(lost_async_settings(&asked, &found, None).is_empty());
        let cleared = AsyncSettings { on_failure: Some(String::new()), ..AsyncSettings::default() };
        assert_eq!(lost_async_settings(&cleared, &found, None), ["destination on failure queue"]);
        assert!(lost_async_settings(&found, &found, Some(&defaults)).is_empty());
    }
}
