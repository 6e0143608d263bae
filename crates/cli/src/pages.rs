//! Generates one page per verb from the grammar of the command line.

use crate::Cli;
use clap::{Arg, ArgAction, Command, CommandFactory};
use std::fmt::Write;

/// The name and the text of every page.
pub fn pages() -> Vec<(String, String)> {
    let mut root = Cli::command();
    root.build();
    let mut verbs = Vec::new();
    collect(&root, "", &mut verbs);
    let mut index = String::from("# The command line\n\nGenerated from the program's own grammar.\n\n");
    let mut pages = Vec::new();
    for (name, verb) in verbs {
        let file = format!("{}.md", name.replace(' ', "-"));
        // Writing into a `String` cannot fail.
        let _ = writeln!(index, "- [`lamplight {name}`]({file}): {}", about(verb));
        pages.push((file, page(verb, &name)));
    }
    pages.push(("README.md".to_owned(), index));
    pages
}

/// The verbs that do something, with the words that lead to them.
fn collect<'a>(command: &'a Command, above: &str, verbs: &mut Vec<(String, &'a Command)>) {
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        let name = format!("{above}{}", verb.get_name());
        if verb.has_subcommands() {
            collect(verb, &format!("{name} "), verbs);
        } else {
            verbs.push((name, verb));
        }
    }
}

fn about(verb: &Command) -> String {
    verb.get_about().map(ToString::to_string).unwrap_or_default()
}

fn page(verb: &Command, name: &str) -> String {
    let usage = verb.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let mut text = format!("# lamplight {name}\n\n{}.\n\n```text\n{usage}\n```\n", about(verb));
    if let Some(examples) = verb.get_after_help() {
        let examples = examples.to_string();
        let lines = examples.lines().skip(1).map(str::trim).collect::<Vec<_>>().join("\n");
        let _ = write!(text, "\n## Examples\n\n```sh\n{lines}\n```\n");
    }
    let shown = |arg: &&Arg| !arg.is_hide_set();
    section(&mut text, "Arguments", verb.get_positionals().filter(shown));
    // A key for one call is global within its verbs only.
    let is_global = |arg: &&Arg| arg.get_help_heading() == Some("Global options");
    let own = |arg: &&Arg| !arg.is_positional() && !is_global(arg) && shown(arg);
    section(&mut text, "Options", verb.get_arguments().filter(own));
    section(&mut text, "Global options", verb.get_arguments().filter(|arg| is_global(arg) && shown(arg)));
    text
}

fn section<'a>(text: &mut String, title: &str, arguments: impl Iterator<Item = &'a Arg>) {
    let rows: Vec<String> = arguments.map(row).collect();
    if !rows.is_empty() {
        // Writing into a `String` cannot fail.
        let _ = write!(text, "\n## {title}\n\n| name | meaning |\n| --- | --- |\n{}", rows.concat());
    }
}

fn row(arg: &Arg) -> String {
    let names: Vec<String> =
        [arg.get_short().map(|short| format!("-{short}")), arg.get_long().map(|long| format!("--{long}"))]
            .into_iter()
            .flatten()
            .collect();
    let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let value = arg.get_value_names().filter(|_| takes_value).map(|names| format!("<{}>", names.join("> <")));
    let name = match (names.is_empty(), value) {
        (true, Some(value)) => value,
        (true, None) => arg.get_id().to_string(),
        (false, Some(value)) => format!("{} {value}", names.join(", ")),
        (false, None) => names.join(", "),
    };
    let mut meaning = arg.get_help().map(ToString::to_string).unwrap_or_default().replace('\n', " ");
    let possible: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|v| !v.is_hide_set())
        .map(|v| format!("`{}`", v.get_name()))
        .collect();
    // A single value is named in the help itself.
    if takes_value && possible.len() > 1 {
        let _ = write!(meaning, "; one of {}", possible.join(", "));
    }
    if let Some(variable) = arg.get_env() {
        let _ = write!(meaning, "; environment: `{}`", variable.to_string_lossy());
    }
    format!("| `{name}` | {} |\n", meaning.replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use crate::args::Cli;
    use clap::{Command, CommandFactory, Parser};

    fn check(command: &Command, name: &str) {
        if command.has_subcommands() {
            for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
                check(verb, &format!("{name} {}", verb.get_name()));
            }
            return;
        }
        let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let mut lines = examples.lines();
        assert!(lines.next().is_some_and(|heading| heading.starts_with("Example")), "{name} has no example");
        for line in lines {
            let line = line.trim();
            assert!(line.starts_with(&format!("{name} ")) || line == name, "{name}: {line}");
            let command_line = line.split(" > ").next().unwrap_or(line);
            // A shell removes the quotes; no word inside them begins with a hyphen.
            let words = command_line.split('\'').enumerate().flat_map(|(at, part)| {
                let is_quoted = at % 2 == 1;
                if is_quoted { vec![part] } else { part.split_whitespace().collect() }
            });
            if let Err(error) = Cli::try_parse_from(words) {
                panic!("{line}: {error}");
            }
        }
    }

    #[test]
    fn every_verb_has_examples_that_it_understands() {
        check(&Cli::command(), "lamplight");
    }
}
