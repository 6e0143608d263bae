//! Adding and removing connections, with every other byte left as people wrote it.

use crate::{
    AMBIENT, Config, ConfigError, DEMO, Place, Providers,
    lines::{self, Entry, blank_above, blank_below, comments_above, cut, line_end},
};
use lamplight_domain::{Action, ConnectionName, Hint};
use std::ops::Range;
use toml_edit::{Document, DocumentMut, InlineTable, Item, Key, Table, TableLike, Value, value};

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
        let entries = lines::entries(block).unwrap_or_default();
        let line = |at: usize| Place::at(block, at).line;
        let at = mistake.place.map(|place| place.line);
        // A heading is the beginning of several settings' paths: what lacks in its table is the mistake of none of them.
        let is_of_a_setting = |entry: &Entry| !entry.is_heading || mistake.message.starts_with("unknown");
        let entry = entries.iter().find(|entry| {
            at.is_some_and(|at| line(entry.lines.start) <= at && at < line(entry.lines.end))
                && is_of_a_setting(entry)
        });
        let setting = entry.and_then(|entry| {
            self.settings.iter().find(|setting| {
                let keys = Key::parse(&setting.path).unwrap_or_default();
                let own = entry.path.iter().skip(2);
                keys.len() >= own.len() && keys.iter().map(Key::get).zip(own).all(|(key, own)| key == own)
            })
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
        return Err(ConfigError {
            shown: shown.to_owned(),
            place: config.place_of(&["connections", new.name.as_str()]),
            message: format!("there is a connection {} already", new.name),
            hint: Some(Hint::new("remove it first: ").action(Action::RemoveConnection(new.name.to_string()))),
        });
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
        edited = with_default(&edited, shown, &new.name)?;
    }
    edited = match inline_connections(&edited) {
        Some((mut all, span)) => {
            all.insert(new.name.as_str(), Value::InlineTable(table.into_inline_table()));
            format!("{}{all}{}", &edited[..span.start], &edited[span.end..])
        }
        None => with_block(&edited, &block),
    };
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
    let named = |path: &[&str], message: String, hint: &str| ConfigError {
        shown: shown.to_owned(),
        place: config.place_of(path),
        message,
        hint: Some(hint.into()),
    };
    let is_default = config.default_connection.as_ref() == Some(name);
    if is_default && !unset_default {
        let message = format!("{name} is the default connection");
        return Err(named(&["default_connection"], message, "name another one there first"));
    }
    if config.secrets.aws_sm.as_ref().and_then(|store| store.connection.as_ref()) == Some(name) {
        let message = format!("{name} is the connection that reads secrets of AWS Secrets Manager");
        return Err(named(&["secrets", "aws-sm", "connection"], message, "name another one there first"));
    }
    let (mark, text) = without_mark(text);
    let mut edited = match inline_connections(text) {
        Some((mut all, span)) => {
            all.remove(name.as_str());
            format!("{}{all}{}", &text[..span.start], &text[span.end..])
        }
        None => without_entries(text, &parsed(text, shown)?, name),
    };
    if is_default {
        edited = without_default(&edited, &parsed(&edited, shown)?);
    }
    checked(format!("{mark}{edited}"), shown, providers).map(Some)
}

fn without_mark(text: &str) -> (&str, &str) {
    match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => (BYTE_ORDER_MARK, rest),
        None => ("", text),
    }
}

fn parsed(text: &str, shown: &str) -> Result<Vec<Entry>, ConfigError> {
    lines::entries(text).map_err(|error| ConfigError {
        shown: shown.to_owned(),
        place: error.span().map(|span| Place::at(text, span.start)),
        message: error.message().to_owned(),
        hint: None,
    })
}

fn checked(text: String, shown: &str, providers: &Providers) -> Result<String, ConfigError> {
    // The place would be one in a text that nobody has seen.
    Config::parse(&text, shown, providers).map(|_| text).map_err(|error| ConfigError { place: None, ..error })
}

/// All connections, where they are the value of one key: they cannot be added to by headings.
fn inline_connections(text: &str) -> Option<(InlineTable, Range<usize>)> {
    let document = Document::parse(text).ok()?;
    let Item::Value(Value::InlineTable(all)) = document.as_table().get("connections")? else { return None };
    // A table of dotted keys has no text of its own.
    let span = all.span().filter(|span| text.get(span.clone()).is_some_and(|own| own.starts_with('{')))?;
    // Only the other kind of document still knows how each value is written.
    let mut all = text.parse::<DocumentMut>().ok()?.get("connections")?.as_inline_table()?.clone();
    all.decor_mut().clear();
    Some((all, span))
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

fn with_default(text: &str, shown: &str, name: &ConnectionName) -> Result<String, ConfigError> {
    let entries = parsed(text, shown)?;
    let end = line_end(text);
    let quoted = value(name.as_str()).to_string();
    let quoted = quoted.trim();
    if let Some(own) = entries.iter().find(|entry| is_default(entry)) {
        return Ok(format!("{}{quoted}{}", &text[..own.value.start], &text[own.value.end..]));
    }
    let line = format!("default_connection = {quoted}");
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

fn is_default(entry: &Entry) -> bool {
    entry.path == ["default_connection"]
}

fn without_entries(text: &str, entries: &[Entry], name: &ConnectionName) -> String {
    let goes = |entry: &Entry| matches!(entry.path.as_slice(), [first, second, ..] if first == "connections" && second == name.as_str());
    let mut edited = text.to_owned();
    // From the end, so that what is cut moves nothing that is still to be cut.
    for run in entries.chunk_by(|a, b| goes(a) == goes(b)).rev() {
        let ([first, ..], [.., last]) = (run, run) else { continue };
        if !goes(first) {
            continue;
        }
        let start = comments_above(&edited, first.lines.start);
        let range = if start == 0 {
            start..blank_below(&edited, last.lines.end)
        } else {
            blank_above(&edited, start)..last.lines.end
        };
        edited = cut(&edited, &range);
    }
    edited
}

fn without_default(text: &str, entries: &[Entry]) -> String {
    let Some(own) = entries.iter().find(|entry| is_default(entry)) else { return text.to_owned() };
    let Range { start, end } = own.lines;
    let (above, below) = (blank_above(text, start), blank_below(text, end));
    let is_parted = start == 0 || above < start;
    cut(
        text,
        &if is_parted && below > end {
            start..below
        } else if end == text.len() {
            above..end
        } else {
            start..end
        },
    )
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
