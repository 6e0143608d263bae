//! Writes data to stdout and everything else to stderr, and stays quiet after the reader has gone.

use crate::{args::Format, failure::Failure, yaml};
use anstyle::Style;
use std::io::{self, IsTerminal, Write};

/// What a person is told beside the data, and how.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// Whether stderr is a terminal.
    pub stderr_is_terminal: bool,
    /// Whether a person can answer questions.
    pub can_ask: bool,
    /// Whether only errors go to stderr.
    pub quiet: bool,
}

impl Output {
    /// The streams of this process.
    pub fn new(quiet: bool) -> Self {
        let stderr_is_terminal = io::stderr().is_terminal();
        Self { stderr_is_terminal, can_ask: stderr_is_terminal && io::stdin().is_terminal(), quiet }
    }

    /// Prints a note to stderr.
    pub fn note(self, text: &str) {
        if !self.quiet {
            say(text);
        }
    }

    /// Prints an error to stderr, also if only errors are wanted there.
    pub fn error(self, text: &str) {
        let style = anstyle::AnsiColor::Red.on_default().bold();
        say(&format!("{style}error{style:#}: {text}"));
    }

    /// Prints a warning to stderr.
    pub fn warn(self, text: &str) {
        let style = anstyle::AnsiColor::Yellow.on_default().bold();
        self.note(&format!("{style}warning{style:#}: {text}"));
    }
}

/// Writes data. It is not an error if the reader has gone away: it read what it wanted.
pub fn data(bytes: &[u8]) -> io::Result<()> {
    stream(|out| out.write_all(bytes))
}

/// Writes a response byte for byte, and adds a line end if it lacks one.
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
            // Nobody reads what is still buffered; dropping the writer would try to write it again.
            let _ = out.into_parts();
            Ok(())
        }
        other => other,
    }
}

/// Prints to stderr even if only errors are wanted there.
pub fn say(text: &str) {
    // If stderr cannot be written, the failure cannot be reported either.
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// A style for headings on stderr; it is left out if colour is not wanted.
pub fn heading() -> Style {
    Style::new().bold()
}
