//! Adding and removing connections, with everything else left as people wrote it.

use crate::{Config, ConfigError, place_of};
use lamplight_domain::ConnectionName;
use toml_edit::{DocumentMut, Item, Table, TableLike, Value, value};

/// A connection to be written: its settings as dotted paths below its table, in their order.
#[derive(Debug, Clone)]
pub struct NewConnection {
    /// Its name.
    pub name: ConnectionName,
    /// The settings, such as `auth.assume-role.role_arn` and its text. A text that is a TOML value is taken as
    /// that value, any other as a string.
    pub settings: Vec<(String, String)>,
    /// Whether it becomes the default connection.
    pub make_default: bool,
}

/// The text with a further connection at its end.
///
/// # Errors
/// The name is taken, a setting contradicts another one, or the result would be no valid configuration.
pub fn add_connection(text: &str, shown: &str, new: &NewConnection) -> Result<String, ConfigError> {
    let error = |message: String, hint: Option<String>| ConfigError {
        shown: shown.to_owned(),
        place: place_of(text, &["connections", new.name.as_str()]),
        message,
        hint,
    };
    Config::parse(text, shown)?;
    let mut document = parsed(text, shown)?;
    let mut table = Table::new();
    for (path, text) in &new.settings {
        let keys: Vec<&str> = path.split('.').map(str::trim).collect();
        set(&mut table, &keys, typed(text)).map_err(|problem| error(format!("{path}: {problem}"), None))?;
    }
    // A file of comments alone keeps them at its head.
    let head = if document.as_table().is_empty() { text } else { "" };
    if !head.is_empty() {
        document = DocumentMut::new();
    }
    let connections = document.entry("connections").or_insert_with(implicit);
    let Some(connections) = connections.as_table_like_mut() else {
        return Err(error("`connections` is no table".to_owned(), None));
    };
    if connections.contains_key(new.name.as_str()) {
        let hint = format!("remove it first: `lamplight connections remove {}`", new.name);
        return Err(error(format!("there is a connection {} already", new.name), Some(hint)));
    }
    connections.insert(new.name.as_str(), Item::Table(table));
    if new.make_default {
        document.insert("default_connection", value(new.name.as_str()));
    }
    let gap = if head.is_empty() || head.ends_with("\n\n") {
        ""
    } else if head.ends_with('\n') {
        "\n"
    } else {
        "\n\n"
    };
    checked(format!("{head}{gap}{document}"), shown)
}

/// The text without a connection; `None` where there is none of that name.
///
/// # Errors
/// The text, or the result, is no valid configuration: something else names the connection.
pub fn remove_connection(
    text: &str,
    shown: &str,
    name: &ConnectionName,
    unset_default: bool,
) -> Result<Option<String>, ConfigError> {
    let config = Config::parse(text, shown)?;
    let mut document = parsed(text, shown)?;
    let connections = document.get_mut("connections").and_then(Item::as_table_like_mut);
    let Some(connections) = connections else { return Ok(None) };
    let Some(removed) = connections.remove(name.as_str()) else { return Ok(None) };
    let is_empty = connections.is_empty();
    let is_implicit = document.get("connections").and_then(Item::as_table).is_some_and(Table::is_implicit);
    if is_empty && is_implicit {
        document.remove("connections");
    }
    keep_comments(&mut document, &removed);
    if unset_default && config.default_connection.as_ref() == Some(name) {
        document.remove("default_connection");
    }
    checked(document.to_string(), shown).map(Some)
}

/// Comments right above a table are about it and go with it. What a blank line parts from it is somebody's own:
/// it moves to what follows.
fn keep_comments(document: &mut DocumentMut, removed: &Item) {
    let Some(first) = first_heading(removed) else { return };
    let prefix = first.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
    let Some(end) = prefix.rfind("\n\n").map(|at| at + 2) else { return };
    let own = prefix.get(..end).unwrap_or_default();
    if own.trim().is_empty() {
        return;
    }
    let own = own.to_owned();
    let position = first.position();
    if let Some(next) = next_heading(document.as_table_mut(), position) {
        let rest = next.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
        let joined = format!("{own}{}", rest.trim_start_matches('\n'));
        next.decor_mut().set_prefix(joined);
    } else {
        let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
        document.set_trailing(format!("{own}{trailing}"));
    }
}

/// The first table of an item that has a heading of its own.
fn first_heading(item: &Item) -> Option<&Table> {
    let table = item.as_table()?;
    if !table.is_implicit() && !table.is_dotted() {
        return Some(table);
    }
    table.iter().filter_map(|(_, item)| first_heading(item)).min_by_key(|table| table.position())
}

/// The table whose heading comes next after `position`.
fn next_heading(table: &mut Table, position: Option<isize>) -> Option<&mut Table> {
    let mut found: Option<&mut Table> = None;
    for (_, item) in table.iter_mut() {
        let Some(inner) = item.as_table_mut() else { continue };
        let is_heading = !inner.is_implicit() && !inner.is_dotted() && inner.position() > position;
        let candidate = if is_heading { Some(inner) } else { next_heading(inner, position) };
        let Some(candidate) = candidate else { continue };
        if found.as_ref().is_none_or(|best| candidate.position() < best.position()) {
            found = Some(candidate);
        }
    }
    found
}

fn parsed(text: &str, shown: &str) -> Result<DocumentMut, ConfigError> {
    text.parse::<DocumentMut>().map_err(|error| ConfigError {
        shown: shown.to_owned(),
        place: error.span().map(|span| crate::Place::at(text, span.start)),
        message: error.message().to_owned(),
        hint: None,
    })
}

fn checked(text: String, shown: &str) -> Result<String, ConfigError> {
    // The place would be one in a text that nobody has seen.
    Config::parse(&text, shown).map(|_| text).map_err(|error| ConfigError { place: None, ..error })
}

fn implicit() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

/// `text` as the TOML value that it is, else as a string.
fn typed(text: &str) -> Value {
    text.parse::<Value>().unwrap_or_else(|_| Value::from(text))
}

fn set(table: &mut dyn TableLike, keys: &[&str], set_to: Value) -> Result<(), String> {
    let Some((first, rest)) = keys.split_first() else { return Ok(()) };
    if first.is_empty() {
        return Err("the path has an empty part".to_owned());
    }
    if rest.is_empty() {
        if table.contains_key(first) {
            return Err("this is set already".to_owned());
        }
        table.insert(first, Item::Value(set_to));
        return Ok(());
    }
    let inner = table.entry(first).or_insert_with(implicit);
    match inner.as_table_like_mut() {
        Some(inner) => set(inner, rest, set_to),
        None => Err(format!("{first} is a value already")),
    }
}
