//! Writing: data to stdout, everything else to stderr, and quiet where nobody listens.

use anstyle::Style;
use std::io::{self, IsTerminal, Write};

/// Where a command writes.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// Whether stderr is a terminal.
    pub stderr_is_terminal: bool,
    /// Whether somebody can answer questions.
    pub can_ask: bool,
}

impl Output {
    /// The process's own streams.
    pub fn new() -> Self {
        let stderr_is_terminal = io::stderr().is_terminal();
        Self { stderr_is_terminal, can_ask: stderr_is_terminal && io::stdin().is_terminal() }
    }

    /// Writes data. A reader that has gone away is no error: it has what it wanted.
    pub fn data(self, bytes: &[u8]) -> io::Result<()> {
        self.stream(|out| out.write_all(bytes))
    }

    /// Writes a response as it came, with a line end where it has none.
    pub fn stdout_response(self, response: &[u8]) -> io::Result<()> {
        self.stream(|out| {
            out.write_all(response)?;
            if response.ends_with(b"\n") { Ok(()) } else { out.write_all(b"\n") }
        })
    }

    /// Writes a text and a line end to stdout.
    pub fn line(self, text: &str) -> io::Result<()> {
        self.stream(|out| writeln!(out, "{}", text.trim_end_matches('\n')))
    }

    /// Writes a value as JSON and a line end to stdout, without building the text first.
    pub fn json<T: serde::Serialize>(self, value: &T) -> io::Result<()> {
        self.stream(|out| {
            serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
            out.write_all(b"\n")
        })
    }

    fn stream(self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
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

    /// Says something beside the data.
    pub fn note(self, text: &str) {
        // Stderr that cannot be written to leaves nobody to tell.
        let _ = writeln!(anstream::stderr().lock(), "{text}");
    }

    /// Says something that must be seen.
    pub fn warn(self, text: &str) {
        let style = anstyle::AnsiColor::Yellow.on_default().bold();
        self.note(&format!("{style}warning{style:#}: {text}"));
    }
}

/// A style for headings on stderr; it is stripped where colour is not wanted.
pub fn heading() -> Style {
    Style::new().bold()
}
