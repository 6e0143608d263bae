//! Writes listings page by page, so that the first rows appear before the last page is fetched.

use crate::{ExitCode, args::Format, failure::Failure, wiring::Wiring, yaml};
use lamplight_app::{AppError, manage::ListResult};
use lamplight_views::{harmless, harmless_json, one_line};
use serde::Serialize;
use std::{
    borrow::Cow,
    io::{self, Write},
    ops::ControlFlow,
};

/// A listing that is being written.
#[derive(Debug)]
pub struct Listing<'a, const N: usize> {
    wiring: &'a Wiring,
    name: &'static str,
    headings: [&'static str; N],
    /// The width of each column, taken from the first page; a wider text later shifts only its own row.
    widths: Option<[usize; N]>,
    rows: u64,
    /// Further members of the JSON object, as JSON.
    others: Vec<(&'static str, String)>,
    failure: Option<Failure>,
    gone: bool,
}

impl<'a, const N: usize> Listing<'a, N> {
    /// Starts a listing; `name` is the JSON member that holds the rows.
    pub fn new(wiring: &'a Wiring, name: &'static str, headings: [&'static str; N]) -> Self {
        Self { wiring, name, headings, widths: None, rows: 0, others: Vec::new(), failure: None, gone: false }
    }

    /// Adds a member to the JSON object, after the rows.
    pub fn add_member<T: Serialize>(&mut self, name: &'static str, value: &T) {
        self.others.push((name, serde_json::to_string(value).unwrap_or_default()));
    }

    /// Writes a page. The listing ends when the reader has gone or writing fails.
    pub fn page<'t, T, J: Serialize>(
        &mut self,
        things: &'t [T],
        row: impl Fn(&T) -> [String; N],
        json: impl Fn(&'t T) -> J,
    ) -> ControlFlow<()> {
        let text = match self.wiring.global.output {
            Format::Table => {
                let rows = things.iter().map(|thing| row(thing).map(|cell| one_line(&cell)));
                Ok(self.table(&rows.collect::<Vec<_>>()))
            }
            Format::Json => self.json(things.iter().map(json)),
            Format::Yaml => self.yaml(things.iter().map(json)),
        };
        self.rows += things.len() as u64;
        match text.and_then(|text| self.write(&text)) {
            Ok(()) if self.gone => ControlFlow::Break(()),
            Ok(()) => ControlFlow::Continue(()),
            Err(failure) => {
                self.failure = Some(failure);
                ControlFlow::Break(())
            }
        }
    }

    /// Ends the listing; `things` is the plural of what was listed. After a failure, what was written is still complete JSON
    /// or YAML.
    pub fn end(mut self, walked: Result<ListResult, AppError>, things: &str) -> Result<ExitCode, Failure> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        if self.gone {
            return Ok(ExitCode::Success);
        }
        let (marker, error) = match walked {
            Ok(listed) => (listed.next_marker, None),
            // Nothing has been written: report only the failure.
            Err(error) if self.rows == 0 => return Err(error.into()),
            Err(error) => (None, Some(error)),
        };
        let marker_json = serde_json::to_string(&marker).unwrap_or_default();
        self.others.insert(0, ("next_marker", marker_json));
        let end = match self.wiring.global.output {
            Format::Table => String::new(),
            Format::Json => {
                let member = |(name, json): &(&str, String)| format!("  \"{name}\": {json}");
                let members: Vec<String> = self.others.iter().map(member).collect();
                format!("{}\n  ],\n{}\n}}\n", self.begin_json(), members.join(",\n"))
            }
            Format::Yaml => {
                let rows = if self.rows == 0 { format!("{}: []\n", self.name) } else { String::new() };
                // JSON is also YAML.
                self.others.iter().fold(rows, |text, (name, json)| text + &format!("{name}: {json}\n"))
            }
        };
        self.write(&end)?;
        if let Some(error) = error {
            return Err(error.into());
        }
        if self.rows == 0 {
            self.wiring.output.note(&format!("no {things} found"));
        }
        if let Some(marker) = marker {
            self.wiring.output.note(&format!("more results are available: continue with --marker {marker}"));
        }
        Ok(ExitCode::Success)
    }

    fn table(&mut self, rows: &[[String; N]]) -> String {
        if rows.is_empty() {
            return String::new();
        }
        let mut text = String::new();
        let widths = *self.widths.get_or_insert_with(|| {
            let mut widths = self.headings.map(|heading| heading.chars().count());
            for row in rows {
                for (width, cell) in widths.iter_mut().zip(row) {
                    *width = (*width).max(cell.chars().count());
                }
            }
            widths
        });
        if self.rows == 0 {
            line(&mut text, &widths, self.headings.iter().copied());
        }
        for row in rows {
            line(&mut text, &widths, row.iter().map(String::as_str));
        }
        text
    }

    fn begin_json(&self) -> String {
        if self.rows == 0 { format!("{{\n  \"{}\": [", self.name) } else { String::new() }
    }

    fn json<J: Serialize>(&self, things: impl Iterator<Item = J>) -> Result<String, Failure> {
        let mut text = String::new();
        for (index, thing) in things.enumerate() {
            if index == 0 && self.rows == 0 {
                text.push_str(&self.begin_json());
            } else {
                text.push(',');
            }
            let one = serde_json::to_string_pretty(&thing).map_err(io::Error::from)?;
            text.push_str("\n    ");
            text.push_str(&one.replace('\n', "\n    "));
        }
        Ok(text)
    }

    fn yaml<J: Serialize>(&self, things: impl Iterator<Item = J>) -> Result<String, Failure> {
        let things: Vec<J> = things.collect();
        if things.is_empty() {
            return Ok(String::new());
        }
        let heading = if self.rows == 0 { format!("{}:\n", self.name) } else { String::new() };
        Ok(heading + &yaml::write_exact(&things)?)
    }

    fn write(&mut self, text: &str) -> Result<(), Failure> {
        if text.is_empty() {
            return Ok(());
        }
        let text = match self.wiring.global.output {
            _ if !self.wiring.output.stdout_is_terminal => Cow::Borrowed(text),
            Format::Json => harmless_json(text),
            Format::Table | Format::Yaml => harmless(text),
        };
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(())
            }
            other => Ok(other?),
        }
    }
}

fn line<'a>(text: &mut String, widths: &[usize], cells: impl Iterator<Item = &'a str>) {
    let begin = text.len();
    for (width, cell) in widths.iter().zip(cells) {
        text.push_str(cell);
        let missing = width.saturating_sub(cell.chars().count());
        text.extend(std::iter::repeat_n(' ', missing + 2));
    }
    let end = text[begin..].trim_end().len() + begin;
    text.truncate(end);
    text.push('\n');
}
