//! Writes data to stdout and everything else to stderr, and stays quiet after the reader has gone.
//!
//! Everything that a terminal shows passes through here: texts for people are harmless wherever they go, and data that goes to
//! a terminal is, too. Data that goes elsewhere is whole.

use crate::{args::Format, failure::Failure, yaml};
use anstyle::Style;
use lamplight_views::{harmless, harmless_json};
use std::io::{self, IsTerminal, Write};

/// What a person is told beside the data, and how.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
pub struct Output {
    /// Whether stdout is a terminal.
    pub stdout_is_terminal: bool,
    /// Whether stderr is a terminal.
    pub stderr_is_terminal: bool,
    /// Whether stdout and stderr go to the same place, where both are read together.
    pub is_one_stream: bool,
    /// Whether a person can answer questions.
    pub can_ask: bool,
    /// Whether only errors go to stderr.
    pub quiet: bool,
}

impl Output {
    /// The streams of this process.
    pub fn new(quiet: bool) -> Self {
        let (stdout_is_terminal, stderr_is_terminal) =
            (io::stdout().is_terminal(), io::stderr().is_terminal());
        Self {
            stdout_is_terminal,
            stderr_is_terminal,
            is_one_stream: is_one_stream().unwrap_or(false),
            can_ask: stderr_is_terminal && io::stdin().is_terminal(),
            quiet,
        }
    }

    /// Prints a note to stderr.
    pub fn note(self, text: &str) {
        if !self.quiet {
            say(text);
        }
    }

    /// Prints a warning to stderr.
    pub fn warn(self, text: &str) {
        if !self.quiet {
            warn_always(text);
        }
    }

    /// Prints a note to stderr that begins with a heading.
    pub fn heading(self, heading: &str, text: &str) {
        if !self.quiet {
            say_styled(Style::new().bold(), heading, text);
        }
    }
}

/// Prints an error to stderr, also if only errors are wanted there.
pub fn error(text: &str) {
    say_styled(anstyle::AnsiColor::Red.on_default().bold(), "error", &format!(": {text}"));
}

/// Prints a warning to stderr even if only errors are wanted there: for what others can do to the user.
pub fn warn_always(text: &str) {
    say_styled(anstyle::AnsiColor::Yellow.on_default().bold(), "warning", &format!(": {text}"));
}

#[cfg(unix)]
fn is_one_stream() -> io::Result<bool> {
    use std::os::{
        fd::{AsFd, BorrowedFd},
        unix::fs::MetadataExt,
    };
    let place = |stream: BorrowedFd<'_>| -> io::Result<(u64, u64)> {
        let metadata = std::fs::File::from(stream.try_clone_to_owned()?).metadata()?;
        Ok((metadata.dev(), metadata.ino()))
    };
    Ok(place(io::stdout().as_fd())? == place(io::stderr().as_fd())?)
}

#[cfg(not(unix))]
fn is_one_stream() -> io::Result<bool> {
    Ok(false)
}

/// Writes data. It is not an error if the reader has gone away: it read what it wanted.
pub fn data(bytes: &[u8]) -> io::Result<()> {
    stream(|out| {
        if io::stdout().is_terminal() {
            out.write_all(harmless(&String::from_utf8_lossy(bytes)).as_bytes())
        } else {
            out.write_all(bytes)
        }
    })
}

/// Writes a text for people and a line end to stdout.
pub fn line(text: &str) -> io::Result<()> {
    stream(|out| writeln!(out, "{}", harmless(text.trim_end_matches('\n'))))
}

/// Writes a value in a form for programs.
pub fn structured<T: serde::Serialize>(format: Format, value: &T) -> Result<(), Failure> {
    match format {
        Format::Table | Format::Json => Ok(json(value)?),
        Format::Yaml => Ok(data(yaml::write_exact(value)?.as_bytes())?),
    }
}

/// Writes a value as JSON and a line end to stdout, to a pipe or a file without building the text first.
pub fn json<T: serde::Serialize>(value: &T) -> io::Result<()> {
    stream(|out| {
        if io::stdout().is_terminal() {
            let text = serde_json::to_string_pretty(value).map_err(io::Error::from)?;
            return writeln!(out, "{}", harmless_json(&text));
        }
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
    say_styled(Style::new(), "", text);
}

/// Prints to stderr, even if only errors are wanted there, a text that begins with a label in a style. The style is left out
/// if colour is not wanted.
pub fn say_styled(style: Style, label: &str, text: &str) {
    let (label, text) = (harmless(label), harmless(text));
    // If stderr cannot be written, the failure cannot be reported either.
    let _ = writeln!(anstream::stderr().lock(), "{style}{label}{style:#}{text}");
}

/// Writes bytes that others print, such as log lines, to stderr.
#[derive(Debug)]
pub struct HarmlessStderr;

impl Write for HarmlessStderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stderr().lock().write_all(harmless(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().lock().flush()
    }
}
