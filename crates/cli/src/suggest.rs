//! Suggests the command for a verb that does not exist: what other tools and the AWS CLI call it.

use clap::{
    Command, Error,
    error::{ContextKind, ContextValue},
};
use std::ffi::OsString;

/// Verbs that mean the same. A group of verbs that lacks one probably has another.
const SAME: [&[&str]; 6] = [
    &["list", "ls", "all"],
    &["show", "get", "describe", "view", "info", "inspect", "cat"],
    CREATE,
    &["rm", "remove", "delete", "del", "destroy", "unset"],
    CHANGE,
    &["run", "invoke", "call", "exec", "execute", "start", "trigger"],
];

const CREATE: &[&str] = &["create", "add", "new", "make"];
const CHANGE: &[&str] = &["edit", "update", "set", "put", "change", "modify", "configure"];

/// What words mean that are not verbs of this program, whatever stands before them.
const MEANT: [(&[&str], &[&str]); 11] = [
    (&["invoke", "call", "exec", "execute", "start", "trigger", "invoke-async"], &["run"]),
    (&["logs", "log", "tail"], &["runs show latest"]),
    (&["history", "executions", "invocations"], &["runs list"]),
    (&["ls", "list", "all"], &["discover", "jobs list", "functions list", "runs list"]),
    (&["show", "get", "describe", "view", "info", "inspect"], &["jobs show", "functions get", "runs show"]),
    (&["create", "new", "add", "deploy"], &["jobs create", "functions create", "functions update-code"]),
    (&["update", "edit"], &["jobs edit", "functions update-code", "functions update-configuration"]),
    (&["rm", "remove", "delete", "del"], &["jobs rm", "functions delete"]),
    (
        &["config", "configure", "configuration", "init", "login", "auth", "profile", "profiles", "setup"],
        &["connections add", "connections list"],
    ),
    (&["whoami", "test", "check", "ping"], &["doctor", "connections test"]),
    (&["import"], &["discover --import"]),
];

/// Operations of the AWS CLI whose verbs have other names here.
const OPERATIONS: [(&str, &str); 35] = [
    ("add-layer-version-permission", "layers add-permission"),
    ("add-permission", "permissions add"),
    ("create-alias", "aliases create"),
    ("create-function", "functions create"),
    ("delete-alias", "aliases delete"),
    ("delete-function", "functions delete"),
    ("delete-function-concurrency", "functions concurrency delete"),
    ("delete-function-event-invoke-config", "functions async delete"),
    ("get-account-settings", "account settings"),
    ("get-alias", "aliases get"),
    ("get-function", "functions get"),
    ("get-function-concurrency", "functions concurrency get"),
    ("get-function-configuration", "functions get-configuration"),
    ("get-function-event-invoke-config", "functions async get"),
    ("get-layer-version", "layers get"),
    ("get-layer-version-policy", "layers get-policy"),
    ("get-policy", "permissions get"),
    ("list-aliases", "aliases list"),
    ("list-function-event-invoke-configs", "functions async list"),
    ("list-functions", "functions list"),
    ("list-layer-versions", "layers list-versions"),
    ("list-layers", "layers list"),
    ("list-tags", "functions tags list"),
    ("list-versions-by-function", "functions list-versions"),
    ("publish-version", "functions publish-version"),
    ("put-function-concurrency", "functions concurrency put"),
    ("put-function-event-invoke-config", "functions async put"),
    ("remove-layer-version-permission", "layers remove-permission"),
    ("remove-permission", "permissions remove"),
    ("tag-resource", "functions tags set"),
    ("untag-resource", "functions tags remove"),
    ("update-alias", "aliases update"),
    ("update-function-code", "functions update-code"),
    ("update-function-configuration", "functions update-configuration"),
    ("update-function-event-invoke-config", "functions async update"),
];

/// Replaces what clap suggests for an unknown verb by the verbs that were meant, if they are known.
pub fn suggest_verbs(error: &mut Error, grammar: &Command, arguments: &[OsString]) {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return };
    let word = word.clone();
    let (group, path) = group_of(grammar, arguments, &word);
    let commands = meant(group, &path, &word.to_lowercase());
    if commands.is_empty() {
        return;
    }
    let shown: Vec<String> = commands.iter().map(|command| format!("'lamplight {command}'")).collect();
    let tip = match &shown[..] {
        [only] => format!("use {only}"),
        many => format!("use one of {}", many.join(", ")),
    };
    error.remove(ContextKind::SuggestedSubcommand);
    error.remove(ContextKind::Suggested);
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
}

/// The command that the unknown word was given to, and the words that lead to it.
fn group_of<'a>(grammar: &'a Command, arguments: &[OsString], unknown: &str) -> (&'a Command, Vec<String>) {
    let (mut group, mut path) = (grammar, Vec::new());
    for word in arguments.iter().skip(1).filter_map(|argument| argument.to_str()) {
        if word == unknown {
            break;
        }
        if let Some(below) = group.find_subcommand(word) {
            path.push(below.get_name().to_owned());
            group = below;
        }
    }
    (group, path)
}

/// The commands that a word probably means in a group of verbs.
fn meant(group: &Command, path: &[String], word: &str) -> Vec<String> {
    if let Some((_, command)) = OPERATIONS.iter().find(|(operation, _)| *operation == word) {
        return vec![(*command).to_owned()];
    }
    let in_group = |same: &[&str]| -> Vec<String> {
        let verbs: Vec<&str> = group.get_subcommands().map(Command::get_name).collect();
        // `list` is meant rather than `list-versions`.
        let exact = verbs.iter().any(|name| same.contains(name));
        let fits = |name: &str| {
            let word = if exact { name } else { name.split('-').next().unwrap_or(name) };
            same.contains(&word)
        };
        verbs
            .into_iter()
            .filter(|name| fits(name))
            .map(|name| path.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join(" "))
            .collect()
    };
    if !path.is_empty() {
        let same = SAME.iter().find(|same| same.contains(&word)).copied().unwrap_or_default();
        // Some groups create and change things with the same verb.
        let setting = if same == CREATE { CHANGE } else { same };
        if let Some(found) = [same, setting].into_iter().map(in_group).find(|found| !found.is_empty()) {
            return found;
        }
    }
    let known = MEANT.iter().find(|(words, _)| words.contains(&word));
    known.map(|(_, commands)| commands.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cli;
    use clap::{CommandFactory, Parser};

    fn told(line: &str) -> Vec<String> {
        let arguments: Vec<OsString> =
            ["lamplight"].into_iter().chain(line.split(' ')).map(OsString::from).collect();
        let grammar = Cli::command();
        let word = line.split(' ').next_back().unwrap();
        let (group, path) = group_of(&grammar, &arguments, word);
        meant(group, &path, word)
    }

    #[test]
    fn words_of_other_tools_lead_to_verbs() {
        for (line, commands) in [
            ("invoke", vec!["run"]),
            ("ls", vec!["discover", "jobs list", "functions list", "runs list"]),
            ("logs", vec!["runs show latest"]),
            ("-c demo invoke", vec!["run"]),
            ("functions invoke", vec!["run"]),
            ("functions ls", vec!["functions list"]),
            ("functions describe", vec!["functions get"]),
            ("functions update", vec!["functions update-code", "functions update-configuration"]),
            ("functions rm", vec!["functions delete"]),
            ("functions logs", vec!["runs show latest"]),
            ("functions tags add", vec!["functions tags set"]),
            ("jobs delete", vec!["jobs rm"]),
            ("jobs ls", vec!["jobs list"]),
            ("jobs update", vec!["jobs edit"]),
            ("connections get", vec!["connections show"]),
            ("aliases rm", vec!["aliases delete"]),
            ("list-functions", vec!["functions list"]),
            ("functions update-function-code", vec!["functions update-code"]),
            ("frobnicate", vec![]),
        ] {
            assert_eq!(told(line), commands, "{line}");
        }
    }

    #[test]
    fn everything_that_is_suggested_exists() {
        let operations = OPERATIONS.iter().map(|(_, command)| *command);
        for command in MEANT.iter().flat_map(|(_, commands)| commands.iter().copied()).chain(operations) {
            let error = Cli::try_parse_from(["lamplight"].into_iter().chain(command.split(' '))).err();
            // An argument may be missing, but every word must be known.
            let unknown = error.as_ref().and_then(|error| error.get(ContextKind::InvalidSubcommand));
            let unexpected =
                error.as_ref().is_some_and(|error| error.kind() == clap::error::ErrorKind::UnknownArgument);
            assert!(unknown.is_none() && !unexpected, "{command}");
        }
    }
}
