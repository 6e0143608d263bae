//! Adding and removing connections, with every other byte left as people wrote it.

use crate::{
    AMBIENT, Config, ConfigError, DEMO, Providers, error,
    lines::{self, comments_above, line_end},
    place::Source,
};
use lamplight_domain::{Action, ConnectionName, Hint};
use toml_edit::{Document, DocumentMut, InlineTable, Item, Key, Table, TableLike, TomlError, Value};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A connection to be written: its settings as dotted paths below its table, in their order.
#[derive(Debug, Clone)]
pub struct NewConnection {
    /// Its name.
    pub name: ConnectionName,
    /// The settings.
    pub settings: Vec<NewSetting>,
    /// Whether it becomes the default connection.
    pub make_default: bool,
}

/// A setting to be written.
#[derive(Debug, Clone)]
pub struct NewSetting {
    /// What people gave it by, such as `--role-arn`: mistakes are told under this name.
    pub given_by: String,
    /// The path, such as `auth.assume-role.role_arn`; a part of it may be quoted as in TOML.
    pub path: String,
    /// A text that is a TOML value is taken as that value, any other as a string.
    pub value: String,
}

impl NewSetting {
    fn wrong(&self, message: &str) -> ConfigError {
        ConfigError { shown: self.given_by.clone(), place: None, message: message.to_owned(), hint: None }
    }
}

impl NewConnection {
    /// A mistake in the connection's own text, told under the name of the setting that made it.
    fn blamed(&self, mistake: ConfigError, block: &str) -> ConfigError {
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
            // A heading is the beginning of several paths: what lacks in its table is the mistake of none of them.
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

/// The text with a further connection at its end. Nothing before it changes, but for the default connection where
/// that was asked for.
///
/// # Errors
/// The name is taken or built in, a setting contradicts another one, or the result would be no valid configuration.
pub fn add_connection(
    text: &str,
    shown: &str,
    new: &NewConnection,
    providers: &Providers,
) -> Result<String, ConfigError> {
    let config = Config::parse(text, shown, providers)?;
    if config.connections.contains_key(&new.name) {
        let message = format!("there is a connection {} already", new.name);
        let hint = Hint::new("remove it first: ").action(Action::RemoveConnection(new.name.to_string()));
        return Err(config.mistake(&["connections", new.name.as_str()], message, hint));
    }
    if [DEMO, AMBIENT].contains(&new.name.as_str()) {
        return Err(ConfigError {
            shown: format!("connection {}", new.name),
            place: None,
            message: "this name is built in".to_owned(),
            hint: Some("choose another name".into()),
        });
    }
    let mut table = Table::new();
    for setting in &new.settings {
        let keys =
            Key::parse(&setting.path).map_err(|_| setting.wrong("a path is keys with dots between them"))?;
        set(&mut table, &keys, typed(&setting.value)).map_err(|problem| setting.wrong(problem))?;
    }
    let block = block(&new.name, table.clone());
    Config::parse(&block, "", providers).map_err(|mistake| new.blamed(mistake, &block))?;
    let (mark, text) = without_mark(text);
    let mut edited = text.to_owned();
    if new.make_default {
        edited = with_default(&edited, &new.name).map_err(|error| unread(&error, &edited, shown))?;
    }
    let add = |all: &mut InlineTable| {
        all.insert(new.name.as_str(), Value::InlineTable(table.into_inline_table()));
    };
    edited = with_inline(&edited, add).unwrap_or_else(|| with_block(&edited, &block));
    checked(format!("{mark}{edited}"), shown, providers)
}

/// The text without a connection; `None` where there is none of that name. Comments right above it go with it, and
/// those that a blank line parts from it stay.
///
/// # Errors
/// The text, or the result, is no valid configuration: something else names the connection.
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
    let hint = "name another one there first";
    let is_default = config.default_connection.as_ref() == Some(name);
    if is_default && !unset_default {
        return Err(config.mistake(
            &["default_connection"],
            format!("{name} is the default connection"),
            hint,
        ));
    }
    if config.secrets.aws_sm.as_ref().and_then(|store| store.connection.as_ref()) == Some(name) {
        let message = format!("{name} is the connection that reads secrets of AWS Secrets Manager");
        return Err(config.mistake(&["secrets", "aws-sm", "connection"], message, hint));
    }
    let (mark, text) = without_mark(text);
    let remove = |all: &mut InlineTable| {
        all.remove(name.as_str());
    };
    let mut edited = match with_inline(text, remove) {
        Some(edited) => edited,
        None => lines::without(text, &["connections", name.as_str()], true)
            .map_err(|error| unread(&error, text, shown))?,
    };
    if is_default {
        edited = lines::without(&edited, &["default_connection"], false)
            .map_err(|error| unread(&error, &edited, shown))?;
    }
    checked(format!("{mark}{edited}"), shown, providers).map(Some)
}

fn without_mark(text: &str) -> (&str, &str) {
    match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => (BYTE_ORDER_MARK, rest),
        None => ("", text),
    }
}

fn unread(error: &TomlError, text: &str, shown: &str) -> ConfigError {
    error::of_parser(&error.clone().into(), text, shown)
}

fn checked(text: String, shown: &str, providers: &Providers) -> Result<String, ConfigError> {
    // The place would be one in a text that nobody has seen.
    Config::parse(&text, shown, providers).map(|_| text).map_err(|error| ConfigError { place: None, ..error })
}

/// The text with its connections changed, where they are the value of one key: they cannot be added to by headings.
fn with_inline(text: &str, change: impl FnOnce(&mut InlineTable)) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let Item::Value(Value::InlineTable(all)) = document.get("connections")? else { return None };
    // A table of dotted keys has no text of its own.
    let span = all.span().filter(|span| text.get(span.clone()).is_some_and(|own| own.starts_with('{')))?;
    // Only the other kind of document still knows how each value is written.
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
    // Within a text of several lines an end of a line is a part of the value.
    let is_plain = !block.contains("\"\"\"") && !block.contains("'''");
    let block = if is_plain { block.replace('\n', end) } else { block.to_owned() };
    if text.ends_with('\n') {
        return format!("{text}{end}{block}");
    }
    // A file whose last line has no end keeps that, and gets it back when the connection goes.
    format!("{text}{end}{end}{}", block.trim_end())
}

fn with_default(text: &str, name: &ConnectionName) -> Result<String, TomlError> {
    // No character of a name needs an escape.
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

/// `text` as the TOML value that it is, else as a string.
fn typed(text: &str) -> Value {
    text.parse::<Value>().unwrap_or_else(|_| Value::from(text))
}

fn set(table: &mut dyn TableLike, keys: &[Key], set_to: Value) -> Result<(), &'static str> {
    let Some((first, rest)) = keys.split_first() else { return Ok(()) };
    let name = first.get();
    if rest.is_empty() {
        if table.contains_key(name) {
            return Err("this is set already");
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
        None => Err("a part of the path is a value already"),
    }
}
