//! Writing: data to stdout, everything else to stderr, and quiet where nobody listens.

use crate::{args::Format, failure::Failure, yaml};
use anstyle::Style;
use std::io::{self, IsTerminal, Write};

/// What is said to the person, beside the data.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// Whether stderr is a terminal.
    pub stderr_is_terminal: bool,
    /// Whether somebody can answer questions.
    pub can_ask: bool,
    /// Whether only errors are to be said on stderr.
    pub quiet: bool,
}

impl Output {
    /// The process's own streams.
    pub fn new(quiet: bool) -> Self {
        let stderr_is_terminal = io::stderr().is_terminal();
        Self { stderr_is_terminal, can_ask: stderr_is_terminal && io::stdin().is_terminal(), quiet }
    }

    /// Says something beside the data.
    pub fn note(self, text: &str) {
        if !self.quiet {
            say(text);
        }
    }

    /// Says something that must be seen.
    pub fn warn(self, text: &str) {
        let style = anstyle::AnsiColor::Yellow.on_default().bold();
        self.note(&format!("{style}warning{style:#}: {text}"));
    }
}

/// Writes data. A reader that has gone away is no error: it has what it wanted.
pub fn data(bytes: &[u8]) -> io::Result<()> {
    stream(|out| out.write_all(bytes))
}

/// Writes a response as it came, with a line end where it has none.
pub fn response(response: &[u8]) -> io::Result<()> {
    stream(|out| {
        out.write_all(response)?;
        if response.ends_with(b"\n") { Ok(()) } else { out.write_all(b"\n") }
    })
}

/// Writes a text and a line end to stdout.
pub fn line(text: &str) -> io::Result<()> {
    stream(|out| writeln!(out, "{}", text.trim_end_matches('\n')))
}

/// Writes a value in a form for programs.
pub fn structured<T: serde::Serialize>(format: Format, value: &T) -> Result<(), Failure> {
    match format {
        Format::Table | Format::Json => Ok(json(value)?),
        Format::Yaml => Ok(data(yaml::write_exact(value)?.as_bytes())?),
    }
}

/// Writes a value as JSON and a line end to stdout, without building the text first.
pub fn json<T: serde::Serialize>(value: &T) -> io::Result<()> {
    stream(|out| {
        serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
        out.write_all(b"\n")
    })
}

fn stream(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            // What is still buffered has no reader; dropping the writer would try once more.
            let _ = out.into_parts();
            Ok(())
        }
        other => other,
    }
}

/// Says something on stderr, also where only errors are to be said.
pub fn say(text: &str) {
    // Stderr that cannot be written to leaves nobody to tell.
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// A style for headings on stderr; it is stripped where colour is not wanted.
pub fn heading() -> Style {
    Style::new().bold()
}
