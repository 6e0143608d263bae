//! Adds and removes connections without changing any other byte of the file.

use crate::{
    AMBIENT, Config, ConfigError, DEMO, Providers, error,
    lines::{self, comments_above, line_end},
    place::Source,
};
use lamplight_domain::{Action, ConnectionName, Hint};
use toml_edit::{Document, DocumentMut, InlineTable, Item, Key, Table, TableLike, TomlError, Value};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A connection to add. Its settings are dotted paths below its table, in the order in which they are written.
#[derive(Debug, Clone)]
pub struct NewConnection {
    /// The name, which must not exist yet.
    pub name: ConnectionName,
    /// The settings.
    pub settings: Vec<NewSetting>,
    /// Whether it becomes the default connection.
    pub make_default: bool,
}

/// A setting of a connection to add.
#[derive(Debug, Clone)]
pub struct NewSetting {
    /// The option with which the user gave it, such as `--role-arn`: errors name it.
    pub given_by: String,
    /// The path, such as `auth.assume-role.role_arn`; a part of it may be quoted as in TOML.
    pub path: String,
    /// The value: a TOML value if the text can be parsed as one, otherwise a string.
    pub value: String,
}

impl NewSetting {
    fn wrong(&self, message: &str) -> ConfigError {
        ConfigError { shown: self.given_by.clone(), place: None, message: message.to_owned(), hint: None }
    }
}

impl NewConnection {
    /// Turns an error in the text of the new connection into one that names the setting that caused it.
    fn name_setting(&self, mistake: ConfigError, block: &str) -> ConfigError {
        let quote = "put a text that looks like a number in quotes, as in external_id='\"0042\"'";
        let is_text = mistake.message.ends_with("must be a string");
        let hint = mistake.hint.or_else(|| is_text.then(|| quote.into()));
        let source = Source::new(block);
        let line = |path: &[&str]| source.place_of(path).map(|place| place.line);
        let at = mistake.place.map(|place| place.line);
        let is_unknown = mistake.message.starts_with("unknown");
        let setting = self.settings.iter().find(|setting| {
            let keys = Key::parse(&setting.path).unwrap_or_default();
            let head = ["connections", self.name.as_str()];
            let path: Vec<&str> = head.into_iter().chain(keys.iter().map(Key::get)).collect();
            // Several paths begin with the same heading. A key that is missing below it is not the fault of any one of
            // them, so only the error of an unknown key may match a heading.
            let shortest = if is_unknown { head.len() + 1 } else { path.len() };
            at.is_some() && (shortest..=path.len()).any(|end| path.get(..end).and_then(line) == at)
        });
        let shown = match setting {
            Some(setting) => setting.given_by.clone(),
            None => format!("connection {}", self.name),
        };
        ConfigError { shown, place: None, message: mistake.message, hint }
    }
}

/// Adds a connection at the end of the text. Nothing else changes, except the default connection if `make_default` is
/// set.
///
/// # Errors
/// The name already exists or is built in, two settings contradict each other, or the result is not a valid
/// configuration.
pub fn add_connection(
    text: &str,
    shown: &str,
    new: &NewConnection,
    providers: &Providers,
) -> Result<String, ConfigError> {
    let config = Config::parse(text, shown, providers)?;
    if config.connections.contains_key(&new.name) {
        let message = format!("connection {} already exists", new.name);
        let hint = Hint::new("remove it first: ").action(Action::RemoveConnection(new.name.to_string()));
        return Err(config.mistake(&["connections", new.name.as_str()], message, hint));
    }
    if [DEMO, AMBIENT].contains(&new.name.as_str()) {
        return Err(ConfigError {
            shown: format!("connection {}", new.name),
            place: None,
            message: "this name is reserved for a built-in connection".to_owned(),
            hint: Some("choose another name".into()),
        });
    }
    let mut table = Table::new();
    for setting in &new.settings {
        let keys = Key::parse(&setting.path)
            .map_err(|_| setting.wrong("this is not a valid path: write keys separated by dots"))?;
        set(&mut table, &keys, parse_value(&setting.value)).map_err(|problem| setting.wrong(problem))?;
    }
    let block = block(&new.name, table.clone());
    Config::parse(&block, "", providers).map_err(|mistake| new.name_setting(mistake, &block))?;
    let (mark, text) = without_mark(text);
    let mut edited = text.to_owned();
    if new.make_default {
        edited = with_default(&edited, &new.name).map_err(|error| parse_error(&error, &edited, shown))?;
    }
    let add = |all: &mut InlineTable| {
        all.insert(new.name.as_str(), Value::InlineTable(table.into_inline_table()));
    };
    edited = with_inline(&edited, add).unwrap_or_else(|| with_block(&edited, &block));
    check_edited(format!("{mark}{edited}"), shown, providers)
}

/// Removes a connection from the text; `None` if it does not exist. Comments directly above it are removed with it;
/// comments separated from it by a blank line stay.
///
/// # Errors
/// The text or the result is not a valid configuration, or another setting names the connection.
pub fn remove_connection(
    text: &str,
    shown: &str,
    name: &ConnectionName,
    unset_default: bool,
    providers: &Providers,
) -> Result<Option<String>, ConfigError> {
    let config = Config::parse(text, shown, providers)?;
    if !config.connections.contains_key(name) {
        return Ok(None);
    }
    let hint = "change that setting to another connection first";
    let is_default = config.default_connection.as_ref() == Some(name);
    if is_default && !unset_default {
        return Err(config.mistake(
            &["default_connection"],
            format!("{name} is the default connection"),
            hint,
        ));
    }
    if config.secrets.aws_sm.as_ref().and_then(|store| store.connection.as_ref()) == Some(name) {
        let message = format!("{name} is the connection that reads secrets from AWS Secrets Manager");
        return Err(config.mistake(&["secrets", "aws-sm", "connection"], message, hint));
    }
    let (mark, text) = without_mark(text);
    let remove = |all: &mut InlineTable| {
        all.remove(name.as_str());
    };
    let mut edited = match with_inline(text, remove) {
        Some(edited) => edited,
        None => lines::remove_entries(text, &["connections", name.as_str()], true)
            .map_err(|error| parse_error(&error, text, shown))?,
    };
    if is_default {
        edited = lines::remove_entries(&edited, &["default_connection"], false)
            .map_err(|error| parse_error(&error, &edited, shown))?;
    }
    check_edited(format!("{mark}{edited}"), shown, providers).map(Some)
}

fn without_mark(text: &str) -> (&str, &str) {
    match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => (BYTE_ORDER_MARK, rest),
        None => ("", text),
    }
}

fn parse_error(error: &TomlError, text: &str, shown: &str) -> ConfigError {
    error::from_parser(&error.clone().into(), text, shown)
}

fn check_edited(text: String, shown: &str, providers: &Providers) -> Result<String, ConfigError> {
    // The user has not seen the edited text, so a place in it would not help.
    Config::parse(&text, shown, providers).map(|_| text).map_err(|error| ConfigError { place: None, ..error })
}

/// Changes connections that are written as one inline table, `connections = { … }`: TOML does not allow headings to
/// extend it. `None` if they are not written so.
fn with_inline(text: &str, change: impl FnOnce(&mut InlineTable)) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let Item::Value(Value::InlineTable(all)) = document.get("connections")? else { return None };
    // The span of a table made of dotted keys does not cover a `{ … }`.
    let span = all.span().filter(|span| text.get(span.clone()).is_some_and(|own| own.starts_with('{')))?;
    // `DocumentMut` keeps the formatting of each value; `Document` keeps the spans.
    let mut all = text.parse::<DocumentMut>().ok()?.get("connections")?.as_inline_table()?.clone();
    all.decor_mut().clear();
    change(&mut all);
    Some(format!("{}{all}{}", text.get(..span.start)?, text.get(span.end..)?))
}

/// The tables of a connection as text.
fn block(name: &ConnectionName, table: Table) -> String {
    let mut document = DocumentMut::new();
    let mut connections = Table::new();
    connections.set_implicit(true);
    connections.insert(name.as_str(), Item::Table(table));
    document.insert("connections", Item::Table(connections));
    document.to_string()
}

fn with_block(text: &str, block: &str) -> String {
    if text.is_empty() {
        return block.to_owned();
    }
    let end = line_end(text);
    // In a multi-line string, a line ending is part of the value and must not be changed.
    let is_plain = !block.contains("\"\"\"") && !block.contains("'''");
    let block = if is_plain { block.replace('\n', end) } else { block.to_owned() };
    if text.ends_with('\n') {
        return format!("{text}{end}{block}");
    }
    // A file whose last line has no line ending stays so, also after the connection is removed again.
    format!("{text}{end}{end}{}", block.trim_end())
}

fn with_default(text: &str, name: &ConnectionName) -> Result<String, TomlError> {
    // Connection names contain no character that TOML would need to escape.
    let quoted = format!("\"{name}\"");
    if let Some(own) = Document::parse(text)?.get("default_connection").and_then(Item::span) {
        return Ok(format!("{}{quoted}{}", &text[..own.start], &text[own.end..]));
    }
    let (line, end) = (format!("default_connection = {quoted}"), line_end(text));
    let entries = lines::entries(text, &[])?;
    let heading = entries.iter().position(|entry| entry.is_heading);
    let last_key = entries[..heading.unwrap_or(entries.len())].last();
    Ok(match (last_key, heading.map(|at| &entries[at])) {
        (Some(key), _) => {
            let (before, after) = text.split_at(key.lines.end);
            if before.ends_with('\n') {
                format!("{before}{line}{end}{after}")
            } else {
                format!("{before}{end}{line}")
            }
        }
        (None, Some(heading)) => {
            let (before, after) = text.split_at(comments_above(text, heading.lines.start));
            format!("{before}{line}{end}{end}{after}")
        }
        (None, None) => with_block(text, &format!("{line}\n")),
    })
}

/// Parses `text` as a TOML value; any other text is a string.
fn parse_value(text: &str) -> Value {
    text.parse::<Value>().unwrap_or_else(|_| Value::from(text))
}

fn set(table: &mut dyn TableLike, keys: &[Key], set_to: Value) -> Result<(), &'static str> {
    let Some((first, rest)) = keys.split_first() else { return Ok(()) };
    let name = first.get();
    if rest.is_empty() {
        if table.contains_key(name) {
            return Err("this setting is given twice");
        }
        table.insert(name, Item::Value(set_to));
        return Ok(());
    }
    let inner = table.entry(name).or_insert_with(|| {
        let mut inner = Table::new();
        inner.set_implicit(true);
        Item::Table(inner)
    });
    match inner.as_table_like_mut() {
        Some(inner) => set(inner, rest, set_to),
        None => Err("a part of the path already has a value"),
    }
}
